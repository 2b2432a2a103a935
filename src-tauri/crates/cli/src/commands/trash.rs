use std::process::ExitCode;

use protocol::{Request, TrashView};

use super::print;
use crate::args::{Trash, TrashWhat};
use crate::display::json;
use crate::display::text::{printable, short};
use crate::engine::{Engine, reply};
use crate::failure::{DONE, Failure};
use crate::find;

pub(crate) async fn trash(words: Trash) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let project = find::project(&engine, &words.repo).await?.id;
    match words.what {
        None | Some(TrashWhat::List) => {
            let entries = reply!(engine.ask(Request::Trash { project }).await?, Trash)?;
            list(&entries, words.json)?;
        }
        Some(TrashWhat::Restore { entry }) => {
            engine.ask(Request::RestoreTrash { project, entry }).await?;
            print("Restored.\n")?;
        }
        Some(TrashWhat::Empty) => {
            engine.ask(Request::EmptyTrash { project }).await?;
            print("Emptied. Commits and uncommitted files stay under refs/coppice/keep/.\n")?;
        }
    }
    Ok(DONE)
}

fn list(entries: &[TrashView], as_json: bool) -> Result<(), Failure> {
    for entry in entries {
        if as_json {
            json::line(entry)?;
            continue;
        }
        let branch = entry.branch.as_deref().unwrap_or("no branch");
        let head = entry.head.as_deref().map(short).unwrap_or("no commit");
        let dirty = if entry.uncommitted.is_some() { ", with uncommitted files" } else { "" };
        let size = entry.bytes.map(|bytes| format!(", {} KiB", bytes.div_ceil(1024))).unwrap_or_default();
        print(&printable(&format!("{}  {branch} at {head}{dirty}{size}", entry.id)))?;
        print("\n")?;
    }
    if entries.is_empty() && !as_json {
        print("The trash is empty.\n")?;
    }
    Ok(())
}
