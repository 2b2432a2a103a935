//! Priority and readiness by their plain definitions, in a few lines that can be read as true.
//!
//! [`crate::schedule::Schedule`] gives the same answers without looking at every task.

use std::time::Duration;

use crate::document::PlanDoc;
use crate::graph::{Graph, TaskIdx};
use crate::schedule::Status;

/// Length of a task that has no estimate, for priority and forecast.
pub const DEFAULT_ESTIMATE: Duration = Duration::from_secs(600);

/// Estimate of every task, or `default` where there is none.
pub fn lengths(doc: &PlanDoc, default: Duration) -> Vec<Duration> {
    doc.tasks.iter().map(|task| task.estimate.unwrap_or(default)).collect()
}

/// For every task the longest way from its start to the end of the plan, itself included, in
/// milliseconds. Who has the longest way to go starts first.
pub fn priorities(graph: &Graph, lengths: &[Duration]) -> Vec<u64> {
    let mut ways = vec![0; graph.len()];
    for task in graph.topological().iter().rev() {
        let rest = graph.dependents(*task).iter().map(|next| ways[next.at()]).max().unwrap_or(0);
        // A task without length still stands before what depends on it.
        let own = (lengths[task.at()].as_millis() as u64).max(1);
        ways[task.at()] = rest + own;
    }
    ways
}

/// The tasks to start now, in the order in which to start them: waiting, all dependencies landed,
/// ties of priority by document order, as many as there are free slots.
pub fn ready(graph: &Graph, priorities: &[u64], statuses: &[Status], slots: usize) -> Vec<TaskIdx> {
    let working = statuses.iter().filter(|status| **status == Status::Started).count();
    let landed = |task: &TaskIdx| statuses[task.at()] == Status::Landed;
    let mut ready: Vec<TaskIdx> = graph
        .tasks()
        .filter(|task| statuses[task.at()] == Status::Waiting)
        .filter(|task| graph.dependencies(*task).iter().all(landed))
        .collect();
    ready.sort_by_key(|task| (std::cmp::Reverse(priorities[task.at()]), *task));
    ready.truncate(slots.saturating_sub(working));
    ready
}
