//! What is legal but unwise, or stops a run before it starts: said before Run is pressed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::document::{PlanDoc, Task};
use crate::graph::{Graph, TaskIdx};
use crate::id::TaskId;
use crate::overlap::overlap;

/// Most pairs of overlapping tasks that are named one by one.
pub const MOST_PAIRS: usize = 50;

/// One thing to look at before a plan runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    pub kind: WarningKind,
    /// The tasks that it concerns, in document order; empty = the plan.
    pub tasks: Vec<TaskId>,
    /// What is so and what to do, in one or two sentences.
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningKind {
    /// The plan cannot run: a task has no agent.
    NoAgent,
    NoTasks,
    NoChecks,
    /// Tasks that can run side by side may all change every file.
    NoScope,
    /// Two tasks that can run side by side may change the same files.
    Overlap,
    /// A scope that lets a task change nothing.
    EmptyScope,
    /// A task that gives its agent nothing to go by.
    NoSpec,
}

impl Warning {
    /// Whether the plan cannot run before it is mended.
    pub fn stops(&self) -> bool {
        self.kind == WarningKind::NoAgent
    }
}

/// Everything worth saying about a valid document.
pub fn warnings(doc: &PlanDoc) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut add = |kind, tasks: Vec<TaskId>, message: String| found.push(Warning { kind, tasks, message });
    if doc.tasks.is_empty() {
        add(WarningKind::NoTasks, Vec::new(), "The plan has no tasks yet: add one.".to_owned());
        return found;
    }
    for task in &doc.tasks {
        let id = || vec![task.id.clone()];
        if doc.agents_of(task).is_empty() {
            let message = format!("{} has no agent: name one for it or for the plan.", task.name());
            add(WarningKind::NoAgent, id(), message);
        }
        if task.scope.as_ref().is_some_and(Vec::is_empty) {
            let message = format!("{} may change nothing: its scope is an empty list.", task.name());
            add(WarningKind::EmptyScope, id(), message);
        }
        if [&task.role, &task.deliverable, &task.spec].iter().all(|text| text.trim().is_empty()) {
            let message =
                format!("{} has no role, deliverable or spec: its agent gets only a title.", task.name());
            add(WarningKind::NoSpec, id(), message);
        }
    }
    if doc.settings.checks.is_empty() {
        let message = "The plan has no checks: nothing but an agent's word says that its work is sound.";
        add(WarningKind::NoChecks, Vec::new(), message.to_owned());
    }
    if let Ok(graph) = Graph::new(doc) {
        found.extend(side_by_side(doc, &graph));
    }
    found
}

/// Warnings about tasks that nothing keeps apart in time.
fn side_by_side(doc: &PlanDoc, graph: &Graph) -> Vec<Warning> {
    let ancestors = ancestors(graph);
    let parallel = |a: TaskIdx, b: TaskIdx| !has(&ancestors[a.at()], b) && !has(&ancestors[b.at()], a);
    let mut found = Vec::new();
    let open: Vec<TaskIdx> = graph.tasks().filter(|task| doc.tasks[task.at()].scope.is_none()).collect();
    let loose: Vec<TaskIdx> =
        open.iter().copied().filter(|a| graph.tasks().any(|b| b != *a && parallel(*a, b))).collect();
    if let [first, rest @ ..] = loose.as_slice() {
        let name = doc.tasks[first.at()].name();
        let message = match rest.len() {
            0 => format!("{name} runs beside other tasks and has no scope: it may change every file."),
            more => format!(
                "{name} and {more} more run beside other tasks and have no scope: each may change every file."
            ),
        };
        let tasks = loose.iter().map(|task| graph.id(*task).clone()).collect();
        found.push(Warning { kind: WarningKind::NoScope, tasks, message });
    }
    for (a, b) in candidates(doc) {
        if found.len() > MOST_PAIRS {
            break;
        }
        let (one, two) = (&doc.tasks[a.at()], &doc.tasks[b.at()]);
        if parallel(a, b)
            && let Some((x, y)) = overlap(one, two)
        {
            found.push(Warning {
                kind: WarningKind::Overlap,
                tasks: vec![one.id.clone(), two.id.clone()],
                message: pair_message(one, two, x, y),
            });
        }
    }
    found
}

fn pair_message(one: &Task, two: &Task, x: &str, y: &str) -> String {
    let (one, two) = (one.name(), two.name());
    if x == y {
        format!("{one} and {two} may run at once and both change {x}: connect them, or narrow a scope.")
    } else {
        format!(
            "{one} and {two} may run at once and both change what {x} and {y} share: connect them, or narrow a scope."
        )
    }
}

/// Pairs of scoped tasks that share the first folder of some glob, or where one begins with a
/// wildcard: other pairs cannot overlap, and 10,000 tasks have too many pairs to try them all.
fn candidates(doc: &PlanDoc) -> impl Iterator<Item = (TaskIdx, TaskIdx)> {
    let mut by_head: BTreeMap<String, Vec<TaskIdx>> = BTreeMap::new();
    let mut heads_of = Vec::new();
    for (at, task) in doc.tasks.iter().enumerate() {
        let mut heads: Vec<String> = task.scope.iter().flatten().map(|glob| head(glob)).collect();
        heads.sort();
        heads.dedup();
        for head in &heads {
            by_head.entry(head.clone()).or_default().push(TaskIdx::of(at));
        }
        heads_of.push(heads);
    }
    heads_of.into_iter().enumerate().flat_map(move |(at, heads)| {
        let own = TaskIdx::of(at);
        let mut others: Vec<TaskIdx> = Vec::new();
        if heads.iter().any(String::is_empty) {
            others.extend(by_head.values().flatten());
        } else {
            let wild = std::iter::once(String::new());
            others.extend(heads.into_iter().chain(wild).filter_map(|head| by_head.get(&head)).flatten());
        }
        others.sort_unstable();
        others.dedup();
        // The pair of a wild task and a tame one is found from both sides; once is enough.
        others.into_iter().filter(move |other| *other > own).map(move |other| (own, other))
    })
}

/// The first folder of a glob; empty when that is not one plain name.
fn head(glob: &str) -> String {
    let glob = glob.trim_start_matches("./");
    let first = glob.split('/').next().unwrap_or_default();
    if glob.contains('{') || first.contains(['*', '?', '[']) || first == "." {
        String::new()
    } else {
        first.to_owned()
    }
}

/// For every task one bit per task: set when it must land before.
fn ancestors(graph: &Graph) -> Vec<Vec<u64>> {
    let words = graph.len().div_ceil(64);
    let mut rows = vec![Vec::new(); graph.len()];
    for task in graph.topological() {
        let mut row = vec![0; words];
        for before in graph.dependencies(*task) {
            row[before.at() / 64] |= 1 << (before.at() % 64);
            let above: &Vec<u64> = &rows[before.at()];
            row.iter_mut().zip(above).for_each(|(word, above)| *word |= above);
        }
        rows[task.at()] = row;
    }
    rows
}

fn has(row: &[u64], task: TaskIdx) -> bool {
    row[task.at() / 64] >> (task.at() % 64) & 1 == 1
}
