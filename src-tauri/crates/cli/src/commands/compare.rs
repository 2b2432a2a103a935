//! Several attempts at one task: side by side, judged, taken from, adopted.

use std::fmt::Write;
use std::process::ExitCode;

use protocol::{CompareView, ComparedFile, Request, SideView, Taken, TaskDetail};

use super::decide::find_task;
use super::print;
use crate::args::{Adopt, Compare, Judge, Pair, Take, Try};
use crate::display::text::{elapsed, printable, short};
use crate::engine::{Engine, reply};
use crate::failure::{DONE, Failure};
use crate::find;

pub(crate) async fn try_beside(words: Try) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let plan = find::task(&engine, &words.task.which, &words.task.task).await?.id;
    engine.ask(Request::TryBeside { plan, task: words.task.task.clone(), agent: words.agent }).await?;
    print(&format!("{}: one more attempt starts as soon as there is a slot.\n", words.task.task))?;
    Ok(DONE)
}

pub(crate) async fn adopt(words: Adopt) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let plan = find::task(&engine, &words.task.which, &words.task.task).await?.id;
    let (task, attempt) = (words.task.task.clone(), words.attempt);
    let reason = Some(words.reason.join(" ")).filter(|reason| !reason.is_empty());
    engine.ask(Request::Adopt { plan, task, attempt, reason }).await?;
    print(&format!(
        "{}: attempt {attempt} is adopted; what the others did is kept under refs.\n",
        words.task.task
    ))?;
    Ok(DONE)
}

pub(crate) async fn judge(words: Judge) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let (view, detail) = find_task(&engine, &words.task).await?;
    let (a, b) = both(&detail, words.pair)?;
    let task = words.task.task.clone();
    engine.ask(Request::Judge { plan: view.id, task, a, b, agent: words.agent }).await?;
    print(&format!("{}: a judge reads attempts {a} and {b}, in either order.\n", words.task.task))?;
    Ok(DONE)
}

/// Both heads are asked for first, so that what is taken is what is there now.
pub(crate) async fn take(words: Take) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let plan = find::task(&engine, &words.task.which, &words.task.task).await?.id;
    let (task, into, from) = (words.task.task.clone(), words.into, words.from);
    let asked = Request::Compare { plan: plan.clone(), task: task.clone(), a: into, b: from };
    let view = *reply!(engine.ask(asked).await?, Compare)?;
    let head = |side: &SideView| {
        side.head
            .clone()
            .ok_or_else(|| Failure::usage(format!("Attempt {} has committed nothing yet.", side.attempt)))
    };
    let parts = words.files.iter().map(|path| Taken { path: path.clone(), hunks: Vec::new() }).collect();
    let request = Request::Take {
        plan,
        task,
        attempt: into,
        head: head(&view.a)?,
        from,
        from_head: head(&view.b)?,
        parts,
    };
    engine.ask(request).await?;
    let files = words.files.iter().map(|file| printable(file)).collect::<Vec<_>>().join(", ");
    print(&format!(
        "{}: {files} of attempt {from} is in attempt {into}; its gates begin again.\n",
        words.task.task
    ))?;
    Ok(DONE)
}

pub(crate) async fn compare(words: Compare) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let (view, detail) = find_task(&engine, &words.task).await?;
    let (a, b) = both(&detail, words.pair)?;
    let request = Request::Compare { plan: view.id, task: words.task.task.clone(), a, b };
    let compared = *reply!(engine.ask(request).await?, Compare)?;
    let text = if words.json {
        let whole = serde_json::json!({ "compare": compared, "judgements": detail.judgements });
        format!("{whole}\n")
    } else {
        page(&detail, &compared)
    };
    print(&text)?;
    Ok(DONE)
}

/// The two that are named, else the newest two that were cut at one commit.
fn both(detail: &TaskDetail, pair: Pair) -> Result<(u32, u32), Failure> {
    if let (Some(a), Some(b)) = (pair.a, pair.b) {
        return Ok((a, b));
    }
    let side_by_side: Vec<u32> = match detail.task.contenders.as_slice() {
        [] => detail.attempts.iter().rev().map(|attempt| attempt.number).collect(),
        several => several.iter().filter_map(|one| one.attempt).collect(),
    };
    match side_by_side.as_slice() {
        [a, b] => Ok((*a, *b)),
        [] | [_] => Err(Failure::usage(format!(
            "{} has no two attempts to compare; `coppice try {}` starts another.",
            printable(&detail.task.title),
            detail.task.id
        ))),
        several => {
            let names: Vec<String> = several.iter().map(ToString::to_string).collect();
            Err(Failure::usage(format!("There are {}; say which two.", names.join(", "))))
        }
    }
}

fn page(detail: &TaskDetail, view: &CompareView) -> String {
    let mut page = format!("{}: cut at {}\n", printable(&detail.task.title), short(&view.base));
    // Writing to a string does not fail.
    let mut row = |name: &str, of: &dyn Fn(&SideView) -> String| {
        let _ = writeln!(page, "  {name:<13} {:<26} {}", of(&view.a), of(&view.b));
    };
    row("", &|side| format!("{} {}", side.attempt, printable(&side.agent)));
    row("stands", &|side| printable(&side.stage.word));
    row("checks", &|side| format!("{} of {} green", side.checks_green, side.checks));
    row("requirements", &|side| {
        side.met
            .map_or_else(|| "not reviewed".to_owned(), |met| format!("{met} of {} met", side.requirements))
    });
    row("findings", &|side| format!("{} open", side.findings));
    row("files", &|side| side.files.to_string());
    row("lines", &|side| format!("+{} -{}", side.added, side.deleted));
    row("time", &|side| elapsed(side.took_ms));
    row("cost", &|side| side.usage.cost.map_or_else(|| "-".to_owned(), |cost| format!("${cost:.2}")));
    if !view.files.is_empty() {
        page.push_str("\nFiles\n");
    }
    for file in &view.files {
        let _ = writeln!(page, "  {:<5} {}", mark(view, file), printable(&file.path));
    }
    for judgement in &detail.judgements {
        let said = match (&judgement.failed, judgement.better) {
            (Some(why), _) => format!("came to nothing: {}", printable(why.trim_end_matches('.'))),
            (None, Some(better)) => format!("prefers {better} in either order"),
            (None, None) => "can't tell them apart".to_owned(),
        };
        let void = if judgement.void.is_some() { " (void: an attempt moved on since)" } else { "" };
        let _ = writeln!(
            page,
            "\nJudge {} on {} and {}: {said}{void}.",
            printable(&judgement.by),
            judgement.a,
            judgement.b
        );
        for why in &judgement.why {
            let _ = writeln!(page, "  {}", printable(why));
        }
    }
    page
}

fn mark(view: &CompareView, file: &ComparedFile) -> String {
    match (&file.a, &file.b) {
        (Some(_), None) => format!("{}", view.a.attempt),
        (None, Some(_)) => format!("  {}", view.b.attempt),
        _ if file.same => format!("{}={}", view.a.attempt, view.b.attempt),
        _ => format!("{} {}", view.a.attempt, view.b.attempt),
    }
}
