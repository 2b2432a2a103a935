//! What reviewers and persons said of a task's work.

use std::fmt::Write;
use std::process::ExitCode;

use protocol::{
    AttemptView, FindingState, FindingView, RequirementStatus, RequirementView, ReviewView, TaskDetail,
};

use super::decide::find_task;
use super::print;
use crate::args::Report;
use crate::display::text::{printable, short};
use crate::engine::Engine;
use crate::failure::{DONE, Failure};

pub(crate) async fn report(words: Report) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let (_, detail) = find_task(&engine, &words.what.task).await?;
    let current = words.what.attempt.or(detail.task.attempt);
    let attempt = detail.attempts.iter().find(|attempt| Some(attempt.number) == current);
    if let (Some(number), None) = (words.what.attempt, attempt) {
        return Err(Failure::usage(format!("The task {} has no attempt {number}.", detail.task.id)));
    }
    let review = attempt.map(|attempt| attempt.review.clone()).unwrap_or_default();
    let text = if words.json {
        let whole = serde_json::json!({
            "task": detail.task.id,
            "attempt": current,
            "head": attempt.and_then(|attempt| attempt.head.clone()),
            "review": review,
        });
        format!("{whole}\n")
    } else {
        page(&head(&detail, attempt), &review)
    };
    print(&text)?;
    Ok(DONE)
}

/// What is spoken of, and what its review comes to. The task's own words are those of the attempt that speaks for it.
fn head(detail: &TaskDetail, attempt: Option<&AttemptView>) -> String {
    let title = printable(&detail.task.title);
    match attempt {
        Some(attempt) if Some(attempt.number) != detail.task.attempt => {
            let (number, agent) = (attempt.number, printable(&attempt.agent));
            format!("{title}, attempt {number} ({agent}): {}", words(&attempt.review))
        }
        _ => format!("{title}: {}", printable(&detail.task.review)),
    }
}

fn words(review: &ReviewView) -> String {
    match &review.last {
        None => "Not reviewed".to_owned(),
        Some(last) if last.failed.is_some() => "Review failed".to_owned(),
        Some(last) if last.void.is_some() => "Review void".to_owned(),
        Some(_) => {
            let settled = |found: &&RequirementView| {
                found.waived.is_some() || found.status == Some(RequirementStatus::Met)
            };
            let met = review.requirements.iter().filter(settled).count();
            format!("Reviewed: {met} of {} met", review.requirements.len())
        }
    }
}

fn page(head: &str, review: &ReviewView) -> String {
    let mut page = format!("{head}\n");
    // Writing to a string does not fail.
    if let Some(last) = &review.last {
        let by: Vec<_> = last.by.iter().map(|name| printable(name)).collect();
        let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
        let _ = writeln!(page, "Read {} on {}{by}.", short(&last.head), short(&last.base));
        for why in [&last.failed, &last.void].into_iter().flatten() {
            let _ = writeln!(page, "{}", printable(why));
        }
    }
    if review.rounds > 0 {
        let _ = writeln!(page, "Rounds of fixing: {} of {}.", review.rounds, review.most_rounds);
    }
    if !review.requirements.is_empty() {
        page.push_str("\nRequirements\n");
        review.requirements.iter().for_each(|requirement| self::requirement(&mut page, requirement));
    }
    if !review.findings.is_empty() {
        page.push_str("\nFindings\n");
        review.findings.iter().for_each(|found| finding(&mut page, found));
    }
    page
}

fn requirement(page: &mut String, requirement: &RequirementView) {
    let word = match (&requirement.waived, requirement.status) {
        (Some(_), _) => "waived",
        (None, None) => "not judged",
        (None, Some(RequirementStatus::Met)) => "met",
        (None, Some(RequirementStatus::Unmet)) => "unmet",
        (None, Some(RequirementStatus::Unverifiable)) => "unverifiable",
    };
    let _ =
        writeln!(page, "  {:>3}  {word:<13} {}", printable(&requirement.id), first_line(&requirement.text));
    if let Some(why) = &requirement.waived {
        let _ = writeln!(page, "       {}", printable(why));
    }
    for place in &requirement.evidence {
        let _ = writeln!(page, "       {}:{} {}", printable(&place.file), place.line, printable(&place.why));
    }
}

fn finding(page: &mut String, finding: &FindingView) {
    let state = match finding.state {
        FindingState::Open => "open",
        FindingState::Addressed => "addressed",
        FindingState::Waived => "waived",
    };
    let (kind, severity) = (word(&finding.kind), word(&finding.severity));
    let _ = writeln!(page, "  {:>3}  {state:<9} {severity}, {kind}: {}", finding.id, printable(&finding.why));
    if let Some(file) = &finding.file {
        let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
        let _ = writeln!(page, "       {}{line}", printable(file));
    }
    if !finding.verify.is_empty() {
        let _ = writeln!(page, "       To verify: {}", printable(&finding.verify));
    }
    if let Some(why) = &finding.waived {
        let _ = writeln!(page, "       {}", printable(why));
    }
}

/// A value's word on the wire, for people.
fn word(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned));
    text.unwrap_or_default().replace('_', " ")
}

fn first_line(text: &str) -> String {
    printable(text.lines().next().unwrap_or_default()).to_string()
}
