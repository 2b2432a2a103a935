//! A person's word on one task. It returns when the word is recorded; the engine goes on by itself.

use std::process::ExitCode;

use protocol::{AgentAnswer, Comment, PlanView, Request, TaskDetail};

use super::print;
use crate::args::{Approve, Change, Leftovers, OneAttempt, OneTask, SayTo, Waive};
use crate::display::text::{printable, short};
use crate::engine::{Engine, reply};
use crate::failure::{DONE, Failure};
use crate::find;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Decision {
    Unapprove,
    Discard,
    Retry,
    Recheck,
    Cancel,
}

pub(crate) async fn approve(words: Approve) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let OneAttempt { task: named, attempt } = words.what;
    let (view, detail) = find_task(&engine, &named).await?;
    let head = newest_head(&detail, attempt);
    // An abbreviation is completed from what the engine shows; the engine compares the whole.
    let meant = match (&words.head, head) {
        (Some(named), Some(head)) if named.len() >= 4 && head.starts_with(&named.to_ascii_lowercase()) => {
            Some(head.to_owned())
        }
        (Some(named), _) => Some(named.clone()),
        (None, head) => head.map(str::to_owned),
    };
    let (plan, task) = (view.id.clone(), named.task.clone());
    let request = Request::Approve { plan, task, attempt, head: meant.clone() };
    engine.ask(request).await?;
    let head = meant.as_deref().map(short).unwrap_or_default();
    let effect = detail.landing_effect.as_deref().map(|effect| format!(" {}", printable(effect)));
    // Whatever nobody has read the spec against is called that once more.
    let review = printable(&detail.task.review);
    print(&format!("Approved {} at {head}. {review}.{}\n", named.task, effect.unwrap_or_default()))?;
    Ok(DONE)
}

pub(crate) async fn decide(words: OneAttempt, decision: Decision) -> Result<ExitCode, Failure> {
    let OneAttempt { task: words, attempt } = words;
    let engine = Engine::find().await?;
    let plan = find::task(&engine, &words.which, &words.task).await?.id;
    let task = words.task.clone();
    let (request, done) = match decision {
        Decision::Unapprove => (Request::Unapprove { plan, task }, "The approval is taken back."),
        Decision::Discard => {
            (Request::Discard { plan, task, attempt }, "Discarded; its work is kept under a keep ref.")
        }
        Decision::Retry => (Request::Retry { plan, task, attempt }, "A fresh attempt starts."),
        Decision::Recheck => (Request::Recheck { plan, task, attempt }, "Its checks run again."),
        Decision::Cancel => (Request::Cancel { plan, task }, "Cancelled; its work is kept under a keep ref."),
    };
    engine.ask(request).await?;
    print(&format!("{}: {done}\n", words.task))?;
    Ok(DONE)
}

pub(crate) async fn leftovers(words: Leftovers) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let OneAttempt { task: named, attempt } = words.what;
    let plan = find::task(&engine, &named.which, &named.task).await?.id;
    let commit = words.then.commit;
    engine.ask(Request::Leftovers { plan, task: named.task.clone(), attempt, commit }).await?;
    let done = if commit { "What lies inside its scope is committed." } else { "Put away under a keep ref." };
    print(&format!("{}: {done}\n", named.task))?;
    Ok(DONE)
}

pub(crate) async fn change(words: Change) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let OneAttempt { task: named, attempt } = words.what;
    let plan = find::task(&engine, &named.which, &named.task).await?.id;
    let text = words.text.join(" ");
    let comment = Comment { file: words.file, line: words.line, end_line: None, text };
    let comments: Vec<Comment> =
        Some(comment).filter(|comment| !comment.text.is_empty()).into_iter().collect();
    engine.ask(Request::RequestChanges { plan, task: named.task.clone(), attempt, comments }).await?;
    print(&format!("{}: its fixer starts as soon as there is a slot.\n", named.task))?;
    Ok(DONE)
}

/// `allow` and `deny` are words for a permission; anything else answers a question.
pub(crate) async fn answer(words: SayTo) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let OneAttempt { task: named, attempt } = words.what;
    let plan = find::task(&engine, &named.which, &named.task).await?.id;
    let answer = match words.text.split_first() {
        Some((word, [])) if word == "allow" => AgentAnswer::Allow {},
        Some((word, rest)) if word == "deny" => AgentAnswer::Deny { message: rest.join(" ") },
        _ => AgentAnswer::Text { text: words.text.join(" ") },
    };
    engine.ask(Request::Answer { plan, task: named.task.clone(), attempt, answer }).await?;
    print(&format!("{}: answered.\n", named.task))?;
    Ok(DONE)
}

pub(crate) async fn message(words: SayTo) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let OneAttempt { task: named, attempt } = words.what;
    let plan = find::task(&engine, &named.which, &named.task).await?.id;
    let text = words.text.join(" ");
    engine.ask(Request::Message { plan, task: named.task.clone(), attempt, text }).await?;
    print(&format!("{}: said.\n", named.task))?;
    Ok(DONE)
}

pub(crate) async fn waive(words: Waive) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let OneAttempt { task: named, attempt } = words.what;
    let plan = find::task(&engine, &named.which, &named.task).await?.id;
    let (id, reason) = (words.id, words.reason.join(" "));
    engine.ask(Request::Waive { plan, task: named.task.clone(), attempt, id: id.clone(), reason }).await?;
    print(&format!("{}: {} is waived.\n", named.task, printable(&id)))?;
    Ok(DONE)
}

pub(crate) async fn find_task(engine: &Engine, words: &OneTask) -> Result<(PlanView, TaskDetail), Failure> {
    let view = find::task(engine, &words.which, &words.task).await?;
    let request = Request::Task { plan: view.id.clone(), task: words.task.clone() };
    let detail = *reply!(engine.ask(request).await?, Task)?;
    Ok((view, detail))
}

/// Of the attempt that is named, else of the one that counts.
fn newest_head(detail: &TaskDetail, attempt: Option<u32>) -> Option<&str> {
    let current = attempt.or(detail.task.attempt);
    let attempt = detail.attempts.iter().find(|attempt| Some(attempt.number) == current)?;
    attempt.head.as_deref()
}
