//! How long the plan will take: the critical path, a bound that nothing can beat, a simulated run,
//! and what strict waves would cost or one more slot would buy.
//!
//! The simulation starts tasks exactly as [`Schedule`] would. Landings, setup and people take no
//! time in it, because nothing is known about theirs.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::document::PlanDoc;
use crate::graph::{Graph, TaskIdx};
use crate::id::TaskId;
use crate::ready::{DEFAULT_ESTIMATE, lengths, priorities};
use crate::schedule::{Schedule, Status};

/// What is left to do of one task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Not started; takes this long.
    Todo(Duration),
    /// Works and holds a slot; takes this much longer.
    Running(Duration),
    /// Nothing is left for an agent to do.
    Done,
    /// Will not land, nor will anything that depends on it.
    Closed,
}

/// The expected course of a plan from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// The longest chain that is left, first task first.
    pub critical_path: Vec<TaskId>,
    pub critical: Duration,
    /// All work that is left, one after the other.
    pub total: Duration,
    /// max(critical, total / slots): no schedule is shorter.
    pub lower_bound: Duration,
    /// What the scheduler's own rule needs.
    pub makespan: Duration,
    /// What strict waves would need.
    pub waves: Duration,
    /// What one more slot would need.
    pub one_more_slot: Duration,
    /// When every task that can still run starts and ends, from now, in order of start.
    pub spans: Vec<Span>,
    /// Tasks that cannot run because something before them is closed, in document order.
    pub blocked: Vec<TaskId>,
}

/// One bar of the simulated timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub task: TaskId,
    pub start: Duration,
    pub end: Duration,
}

/// Forecast of a plan that has not begun.
pub fn forecast_fresh(doc: &PlanDoc, graph: &Graph) -> Forecast {
    let work: Vec<Work> = lengths(doc, DEFAULT_ESTIMATE).into_iter().map(Work::Todo).collect();
    forecast(graph, &work, doc.settings.slots, doc.settings.waves)
}

/// `work` runs parallel to the graph's tasks. `strict_waves` says how the plan itself runs, that is,
/// what `makespan` stands for.
pub fn forecast(graph: &Graph, work: &[Work], slots: usize, strict_waves: bool) -> Forecast {
    let slots = slots.max(1);
    let blocked = blocked(graph, work);
    // What will never run must not lengthen the path nor the sum.
    let left: Vec<Duration> = graph
        .tasks()
        .map(|task| if blocked[task.at()] { Duration::ZERO } else { length(work[task.at()]) })
        .collect();
    let counts =
        |task: TaskIdx| !blocked[task.at()] && matches!(work[task.at()], Work::Todo(_) | Work::Running(_));
    let (critical_path, critical) = critical_path(graph, &left, counts);
    let total: Duration = left.iter().sum();
    let priorities = priorities(graph, &left);
    let run = |slots, waves| simulate(graph, work, &left, &priorities, slots, waves);
    let spans = run(slots, strict_waves);
    let end = |spans: &[(TaskIdx, Duration, Duration)]| {
        spans.iter().map(|(_, _, end)| *end).max().unwrap_or_default()
    };
    Forecast {
        critical_path: critical_path.into_iter().map(|task| graph.id(task).clone()).collect(),
        critical,
        total,
        lower_bound: critical.max(total / slots as u32),
        makespan: end(&spans),
        waves: if strict_waves { end(&spans) } else { end(&run(slots, true)) },
        one_more_slot: end(&run(slots + 1, strict_waves)),
        spans: spans
            .into_iter()
            .map(|(task, start, end)| Span { task: graph.id(task).clone(), start, end })
            .collect(),
        blocked: graph
            .tasks()
            .filter(|task| blocked[task.at()] && work[task.at()] != Work::Closed)
            .map(|task| graph.id(task).clone())
            .collect(),
    }
}

fn length(work: Work) -> Duration {
    match work {
        Work::Todo(length) | Work::Running(length) => length,
        Work::Done | Work::Closed => Duration::ZERO,
    }
}

/// Closed tasks and all that comes after one and has not begun.
fn blocked(graph: &Graph, work: &[Work]) -> Vec<bool> {
    let mut blocked = vec![false; graph.len()];
    for task in graph.topological() {
        let behind = graph.dependencies(*task).iter().any(|before| blocked[before.at()]);
        blocked[task.at()] = match work[task.at()] {
            Work::Closed => true,
            Work::Todo(_) => behind,
            Work::Running(_) | Work::Done => false,
        };
    }
    blocked
}

fn critical_path(
    graph: &Graph,
    left: &[Duration],
    counts: impl Fn(TaskIdx) -> bool,
) -> (Vec<TaskIdx>, Duration) {
    let mut ways = vec![Duration::ZERO; graph.len()];
    let mut next: Vec<Option<TaskIdx>> = vec![None; graph.len()];
    for task in graph.topological().iter().rev().copied().filter(|task| counts(*task)) {
        let longest = graph
            .dependents(task)
            .iter()
            .copied()
            .filter(|dependent| counts(*dependent))
            // Ties go to the one that stands first in the document.
            .max_by_key(|dependent| (ways[dependent.at()], Reverse(*dependent)));
        next[task.at()] = longest;
        ways[task.at()] = left[task.at()] + longest.map_or(Duration::ZERO, |dependent| ways[dependent.at()]);
    }
    let first =
        graph.tasks().filter(|task| counts(*task)).max_by_key(|task| (ways[task.at()], Reverse(*task)));
    let path: Vec<TaskIdx> = std::iter::successors(first, |task| next[task.at()]).collect();
    (path, first.map_or(Duration::ZERO, |task| ways[task.at()]))
}

/// Start and end of every task that can run, by list scheduling.
fn simulate(
    graph: &Graph,
    work: &[Work],
    left: &[Duration],
    priorities: &[u64],
    slots: usize,
    waves: bool,
) -> Vec<(TaskIdx, Duration, Duration)> {
    let statuses: Vec<Status> = work
        .iter()
        .map(|work| match work {
            Work::Todo(_) => Status::Waiting,
            Work::Running(_) => Status::Started,
            Work::Done => Status::Landed,
            Work::Closed => Status::Closed,
        })
        .collect();
    let mut schedule = Schedule::new(graph, priorities, &statuses, slots, waves);
    let mut spans = Vec::new();
    let mut ends = BinaryHeap::new();
    for task in graph.tasks().filter(|task| statuses[task.at()] == Status::Started) {
        spans.push((task, Duration::ZERO, left[task.at()]));
        ends.push(Reverse((left[task.at()], task)));
    }
    let mut now = Duration::ZERO;
    loop {
        while let Some(task) = schedule.next() {
            schedule.started(task);
            spans.push((task, now, now + left[task.at()]));
            ends.push(Reverse((now + left[task.at()], task)));
        }
        let Some(Reverse((end, task))) = ends.pop() else { return spans };
        now = end;
        schedule.landed(task);
        // All that end at the same instant end before anything starts at it.
        while ends.peek().is_some_and(|Reverse((other, _))| *other == now) {
            if let Some(Reverse((_, task))) = ends.pop() {
                schedule.landed(task);
            }
        }
    }
}
