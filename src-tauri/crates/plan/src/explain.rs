//! "Why is this waiting?" and "what would finishing this unblock?", each in one sentence.

use serde::{Deserialize, Serialize};

use crate::document::PlanDoc;
use crate::graph::{Graph, TaskIdx};
use crate::id::TaskId;
use crate::schedule::{Schedule, Status};
use crate::stage::{Stage, StageKind};

/// What finishing a task sets free.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unblocks {
    /// Tasks that have nothing else to wait for but a slot.
    pub starts: Vec<TaskId>,
    /// Direct dependents that also wait for something else.
    pub closer: Vec<TaskId>,
    /// Everything that cannot land before it, `starts` and `closer` included, dependencies first.
    pub downstream: Vec<TaskId>,
    pub sentence: String,
}

/// One sentence that says what `task` waits for; for a task that does not wait, what happens to it.
/// `stages` runs parallel to the graph's tasks, and `graph` and `schedule` belong to `doc`. Costs the
/// task's dependencies, or all that lies before it when something there stands still.
pub fn why_waiting(
    doc: &PlanDoc,
    graph: &Graph,
    stages: &[Stage],
    schedule: &Schedule,
    task: TaskIdx,
) -> String {
    if stages[task.at()] != Stage::Waiting {
        return stages[task.at()].describe();
    }
    let name = |task: TaskIdx| doc.tasks[task.at()].name();
    let open: Vec<TaskIdx> = graph
        .dependencies(task)
        .iter()
        .copied()
        .filter(|before| schedule.status(*before) != Status::Landed)
        .collect();
    if open.is_empty() {
        return waits_for_slot(schedule, task);
    }
    if let Some(dead) = open.iter().copied().find(|before| schedule.status(*before) == Status::Closed) {
        let what = ended(&stages[dead.at()]);
        return format!("Waits for {}, which {what}: nothing will move until it lands.", name(dead));
    }
    // The nearest thing that stands still is what a person can act on.
    let upstream = graph.upstream(task);
    let stuck = upstream.iter().rev().copied().find(|before| {
        matches!(stages[before.at()], Stage::NeedsYou { .. }) || schedule.status(*before) == Status::Closed
    });
    let names: Vec<&str> = open.iter().map(|before| name(*before)).collect();
    let list = list(&names);
    match stuck {
        Some(stuck) if open.len() == 1 && open[0] == stuck => {
            format!("Waits for {list} to land, which {}.", ended(&stages[stuck.at()]))
        }
        Some(stuck) => {
            format!("Waits for {list} to land; {} before it {}.", name(stuck), ended(&stages[stuck.at()]))
        }
        None => match (open.as_slice(), open.first().map(|before| &stages[before.at()])) {
            ([_], Some(Stage::AwaitingApproval)) => {
                format!("Waits for {list} to land, which awaits your approval.")
            }
            ([_], Some(Stage::Draft)) => format!("Waits for {list} to land, which is still a draft."),
            _ => format!("Waits for {list} to land."),
        },
    }
}

fn waits_for_slot(schedule: &Schedule, task: TaskIdx) -> String {
    if schedule.waits_for_wave(task) {
        return "Waits for the rest of the previous wave to land.".to_owned();
    }
    let (working, slots) = (schedule.working(), schedule.slots());
    if working >= slots {
        let verb = if working == 1 { "is" } else { "are" };
        format!("Waits for a free slot: {working} of {slots} {verb} working.")
    } else {
        "Is ready and starts as soon as the plan runs.".to_owned()
    }
}

/// What would be set free if `task` landed now.
pub fn unblocks(doc: &PlanDoc, graph: &Graph, schedule: &Schedule, task: TaskIdx) -> Unblocks {
    let name = |task: &TaskIdx| doc.tasks[task.at()].name();
    let waiting = |task: &TaskIdx| matches!(schedule.status(*task), Status::Waiting | Status::Held);
    let (starts, closer): (Vec<TaskIdx>, Vec<TaskIdx>) =
        graph.dependents(task).iter().copied().filter(waiting).partition(|next| {
            schedule.status(*next) == Status::Waiting
                && graph
                    .dependencies(*next)
                    .iter()
                    .all(|before| *before == task || schedule.status(*before) == Status::Landed)
        });
    let downstream: Vec<TaskIdx> = graph.downstream(task).into_iter().filter(waiting).collect();
    let further = downstream.len() - starts.len();
    let names: Vec<&str> = starts.iter().map(name).collect();
    let sentence = if schedule.status(task) == Status::Landed {
        "Has landed: nothing waits for it.".to_owned()
    } else if downstream.is_empty() {
        "Nothing waits for it.".to_owned()
    } else if starts.is_empty() {
        let closer: Vec<&str> = closer.iter().map(name).collect();
        match closer.as_slice() {
            [] => format!("Starts nothing directly; {} later.", tasks(further)),
            _ => {
                format!("Starts nothing by itself: {} also {} for others.", list(&closer), wait(closer.len()))
            }
        }
    } else if further == 0 {
        format!("Starts {}.", list(&names))
    } else {
        format!("Starts {}; {} further on.", list(&names), tasks(further))
    };
    let ids = |tasks: Vec<TaskIdx>| tasks.into_iter().map(|task| graph.id(task).clone()).collect();
    Unblocks { starts: ids(starts), closer: ids(closer), downstream: ids(downstream), sentence }
}

fn tasks(count: usize) -> String {
    if count == 1 { "1 task waits".to_owned() } else { format!("{count} tasks wait") }
}

fn wait(count: usize) -> &'static str {
    if count == 1 { "waits" } else { "wait" }
}

fn ended(stage: &Stage) -> &'static str {
    match stage.kind() {
        StageKind::Cancelled => "was cancelled",
        StageKind::Discarded => "was discarded",
        StageKind::NeedsYou => "needs you",
        StageKind::Failed
        | StageKind::Draft
        | StageKind::Waiting
        | StageKind::Preparing
        | StageKind::Implementing
        | StageKind::Checking
        | StageKind::Reviewing
        | StageKind::Fixing
        | StageKind::AwaitingApproval
        | StageKind::Queued
        | StageKind::Landing
        | StageKind::Landed => "failed",
    }
}

/// "A", "A and B", "A, B and C", and a count beyond four.
fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] if names.len() <= 4 => format!("{} and {last}", first.join(", ")),
        [a, b, c, rest @ ..] => format!("{a}, {b}, {c} and {} more", rest.len()),
        [..] => names.join(", "),
    }
}
