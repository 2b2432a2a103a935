//! One line per event that a person wants to know of; for logs, pipes and `events`.

use protocol::{Event, EventBody, ReviewVerdict, RunKind, RunOutcome};

use crate::display::text::{printable, short};

/// `None` for what only a program wants to know.
pub(crate) fn sentence(event: &Event) -> Option<String> {
    let text = match &event.body {
        EventBody::ProjectOpened { root } => format!("project {root} opened"),
        EventBody::ProjectClosed {} => "project closed".into(),
        EventBody::PlanCreated { title } => format!("plan “{title}” created"),
        EventBody::PlanEdited { what, .. } => format!("plan edited: {what}"),
        EventBody::PlanDeleted {} => "plan deleted".into(),
        EventBody::PlanStarted { again: false, .. } => "plan started".into(),
        EventBody::PlanStarted { again: true, .. } => "plan started again".into(),
        EventBody::PlanPaused {} => "plan paused: no further task starts, running agents go on".into(),
        EventBody::PlanStopped {} => "plan stopped: running agents are ended, their work is kept".into(),
        EventBody::PlanFinished { landed, failed, waiting, total } => {
            let mut text = format!("plan at rest: {landed} of {total} landed");
            if *failed > 0 {
                text.push_str(&format!(", {failed} failed"));
            }
            if *waiting > 0 {
                text.push_str(&format!(", {waiting} waiting"));
            }
            text
        }
        EventBody::AttemptStarted { task, attempt, base, branch, .. } => {
            format!("{task}: attempt {attempt} starts from {} on {branch}", short(base))
        }
        EventBody::AttemptEnded { task, attempt, reason, will_retry } => {
            let then = if *will_retry { "; it is tried once more" } else { "" };
            format!("{task}: attempt {attempt} ended: {}{then}", reason.trim_end_matches('.'))
        }
        EventBody::ProcessExited { task, kind, code, outcome, .. } if *code != Some(0) => {
            format!("{task}: {} {}", process(*kind), ended(*outcome, *code))
        }
        EventBody::CheckFinished { task, name, code, head, merged, reused, .. } => {
            let place = if *merged { " merged" } else { "" };
            let how = match (code, reused) {
                (Some(0), true) => "passed (same tree as before)".into(),
                (Some(0), false) => "passed".into(),
                (Some(code), _) => format!("failed with code {code}"),
                (None, _) => "did not end by itself".to_owned(),
            };
            format!("{task}: check {name} {how} at{place} {}", short(head))
        }
        EventBody::PermissionAsked { task, what, .. } => format!("{task}: asks for permission: {what}"),
        EventBody::ReviewFinished { task, head, verdict, unmet, findings, .. } => {
            let open = |count: u32, what: &str| (count > 0).then(|| format!("{count} {what}"));
            let gaps = [open(*unmet, "unmet"), open(*findings, "open findings")];
            let gaps: Vec<_> = gaps.into_iter().flatten().collect();
            match verdict {
                ReviewVerdict::Pass => format!("{task}: review of {} passed", short(head)),
                ReviewVerdict::Gaps if gaps.is_empty() => {
                    format!("{task}: review of {} found gaps", short(head))
                }
                ReviewVerdict::Gaps => format!("{task}: review of {}: {}", short(head), gaps.join(", ")),
                ReviewVerdict::Failed => format!("{task}: the review of {} failed", short(head)),
            }
        }
        EventBody::FixStarted { task, round, .. } => format!("{task}: fix round {round} starts"),
        EventBody::ChangesRequested { task, comments: 0, .. } => format!("{task}: to be fixed once more"),
        EventBody::ChangesRequested { task, comments, .. } => {
            format!("{task}: changes requested ({comments})")
        }
        EventBody::Waived { task, id, reason, .. } => format!("{task}: {id} waived: {reason}"),
        EventBody::LeftoversKept { task, paths, keep_ref, .. } => {
            format!("{task}: {} put away under {keep_ref}", paths.join(", "))
        }
        EventBody::LeftoversCommitted { task, paths, head, .. } => {
            format!("{task}: {} committed as {}", paths.join(", "), short(head))
        }
        EventBody::NeedsYou { task, code, .. } if code == "approval" => {
            format!("{task}: waits for your approval: coppice approve {task}")
        }
        EventBody::NeedsYou { task, code, reason, .. } if code == "compare" => {
            format!("{task}: {reason} coppice compare {task}")
        }
        EventBody::NeedsYou { task, reason, .. } => format!("{task}: needs you: {reason}"),
        EventBody::AttemptJoined { task, agent } => format!("{task}: {agent} is to try it too"),
        EventBody::Adopted { task, attempt } => format!("{task}: attempt {attempt} is adopted"),
        EventBody::Taken { task, attempt, from, paths, head } => {
            let paths = paths.join(", ");
            format!("{task}: {paths} taken from attempt {from} into {attempt} as {}", short(head))
        }
        EventBody::Judged { task, a, b, better: Some(better), by } => {
            format!("{task}: {by} prefers attempt {better} of {a} and {b}, in either order")
        }
        EventBody::Judged { task, a, b, better: None, by } => {
            format!("{task}: {by} can't tell attempts {a} and {b} apart")
        }
        EventBody::Approved { task, head, by, .. } => format!("{task}: {} approved by {by}", short(head)),
        EventBody::ApprovalVoid { task, why } => format!("{task}: the approval is void: {why}"),
        EventBody::LandingHeld { task, reason, .. } => format!("{task}: landing held: {reason}"),
        EventBody::Landed { task, commit, .. } => format!("{task}: landed as {}", short(commit)),
        EventBody::TaskFailed { task, reason, .. } => format!("{task}: failed: {reason}"),
        EventBody::TaskRetried { task } => format!("{task}: is tried again"),
        EventBody::TaskCancelled { task } => format!("{task}: cancelled"),
        EventBody::TaskDiscarded { task } => format!("{task}: discarded"),
        EventBody::WorktreeRestored { worktree } => format!("worktree {worktree} restored"),
        EventBody::Warning { task: Some(task), message } => format!("{task}: warning: {message}"),
        EventBody::Warning { task: None, message } => format!("warning: {message}"),
        EventBody::TaskStage { .. }
        | EventBody::ProcessStarted { .. }
        | EventBody::ProcessExited { .. }
        | EventBody::HeadMoved { .. }
        | EventBody::Usage { .. }
        | EventBody::NeedsYouSettled { .. }
        | EventBody::LandingStarted { .. }
        | EventBody::WorktreeRemoved { .. } => return None,
    };
    Some(printable(&text))
}

fn process(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Setup => "setup",
        RunKind::Implement => "the agent",
        RunKind::Check => "a check",
        RunKind::Review => "the reviewer",
        RunKind::Fix => "the fixer",
        RunKind::Judge => "the judge",
        RunKind::Plan => "the planner",
        RunKind::Resolve => "the resolver",
        RunKind::Shell => "the shell",
    }
}

fn ended(outcome: RunOutcome, code: Option<i32>) -> String {
    match (outcome, code) {
        (RunOutcome::Exited, Some(code)) => format!("ended with code {code}"),
        (RunOutcome::Exited, None) => "ended".into(),
        (RunOutcome::Signalled, _) => "was ended by a signal".into(),
        (RunOutcome::TimedOut, _) => "ran into its time limit".into(),
        (RunOutcome::Ended, _) => "was stopped".into(),
        (RunOutcome::Lost, _) => "is lost: the process that held its terminal died".into(),
        (RunOutcome::StartFailed, _) => "could not be started".into(),
    }
}
