use std::process::ExitCode;

use protocol::{ErrorCode, Request, RunKind, RunView};

use super::print;
use crate::args::{Kind, Log};
use crate::display::text::{printable, printable_lines};
use crate::engine::{Engine, reply};
use crate::failure::{DONE, Failure, say};
use crate::find;

pub(crate) async fn log(words: Log) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let direct = Request::RunLog { run: words.what.clone(), tail_bytes: words.tail };
    let text = match engine.ask(direct).await {
        Err(Failure::Answer(error)) if error.code == ErrorCode::NotFound => {
            let run = newest(&engine, &words).await?;
            say(&format!("{} of attempt {} ({})\n", printable(&run.name), run.attempt, printable(&run.id)));
            engine.ask(Request::RunLog { run: run.id, tail_bytes: words.tail }).await?
        }
        outcome => outcome?,
    };
    print(&printable_lines(&reply!(text, Text)?))?;
    Ok(DONE)
}

/// The task's newest run that fits.
async fn newest(engine: &Engine, words: &Log) -> Result<RunView, Failure> {
    let view = find::task(engine, &words.which, &words.what).await?;
    let request = Request::Task { plan: view.id, task: words.what.clone() };
    let detail = *reply!(engine.ask(request).await?, Task)?;
    let kind = words.kind.map(|kind| match kind {
        Kind::Setup => RunKind::Setup,
        Kind::Implement => RunKind::Implement,
        Kind::Check => RunKind::Check,
        Kind::Review => RunKind::Review,
        Kind::Fix => RunKind::Fix,
        Kind::Judge => RunKind::Judge,
        Kind::Shell => RunKind::Shell,
    });
    let runs = detail.attempts.into_iter().flat_map(|attempt| attempt.runs);
    runs.filter(|run| kind.is_none_or(|kind| run.kind == kind))
        .max_by_key(|run| (run.started_ms, run.id.clone()))
        .ok_or_else(|| Failure::usage(format!("The task {} has no such run yet.", words.what)))
}
