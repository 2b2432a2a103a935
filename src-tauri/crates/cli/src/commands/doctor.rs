use std::process::ExitCode;

use protocol::{DoctorStatus, Request};

use super::print;
use crate::args::Doctor;
use crate::display::json;
use crate::display::paint::{Paint, Tone};
use crate::display::text::{pad, printable, width};
use crate::engine::{Engine, reply};
use crate::failure::{DONE, Failure, open};

pub(crate) async fn doctor(words: Doctor) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let report = reply!(engine.ask(Request::Doctor { rebuild: words.rebuild }).await?, Doctor)?;
    let bad = report.rows.iter().any(|row| row.status == DoctorStatus::Bad);
    if words.json {
        json::line(&report)?;
    } else {
        let paint = Paint::new();
        let column = report.rows.iter().map(|row| width(&row.name)).max().unwrap_or(0);
        for row in &report.rows {
            let (word, tone) = match row.status {
                DoctorStatus::Good => ("good   ", Tone::Good),
                DoctorStatus::Warning => ("warning", Tone::Asking),
                DoctorStatus::Bad => ("bad    ", Tone::Bad),
            };
            print(&format!(
                "{}  {}  {}\n",
                paint.tone(tone, word),
                pad(&printable(&row.name), column),
                printable(&row.found)
            ))?;
            if let Some(hint) = &row.hint {
                print(&format!("         {}  {}\n", " ".repeat(column), printable(hint)))?;
            }
        }
    }
    Ok(if bad { open() } else { DONE })
}
