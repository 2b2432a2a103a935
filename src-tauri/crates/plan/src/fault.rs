//! What makes a document invalid, whoever wrote it: one set of rules for the file and for edits.
//!
//! A fault knows its place by keys, not by lines; [`crate::file::parse`] turns keys into lines.
//! What is merely unwise is a warning and stands in `warning.rs`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cycle::cycles;
use crate::document::{Adapter, Agent, MOST_RETRIES, MOST_SLOTS, PlanDoc, Settings, Task, VERSION};
use crate::graph::TaskIdx;
use crate::id::TaskId;
use crate::scope::check_glob;

/// Most rounds of fixing that a plan can ask for.
pub const MOST_ROUNDS: u32 = 20;

/// One thing that is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Where, in the words of the plan file: `task`, 3, `after`, 0.
    pub place: Vec<Step>,
    /// The task that it concerns, if it concerns one.
    pub task: Option<TaskId>,
    /// What is wrong, a sentence.
    pub message: String,
    /// What to do, a sentence.
    pub hint: Option<String>,
}

/// One step into a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Step {
    Key(String),
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Step {
        Step::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Step {
        Step::Index(index)
    }
}

macro_rules! place {
    ($($step:expr),*) => { vec![$(Step::from($step)),*] };
}

/// Everything that is wrong, in the order of the document.
pub fn faults(doc: &PlanDoc) -> Vec<Fault> {
    let mut found = Faults::default();
    settings_faults(&doc.settings, &mut found);
    for (at, task) in doc.tasks.iter().enumerate() {
        task_faults(doc, at, task, &mut found);
    }
    graph_faults(doc, &mut found);
    found.list
}

#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) list: Vec<Fault>,
    task: Option<TaskId>,
}

impl Faults {
    fn add(&mut self, place: Vec<Step>, message: impl Into<String>, hint: impl Into<String>) {
        let (message, hint) = (message.into(), hint.into());
        let hint = (!hint.is_empty()).then_some(hint);
        self.list.push(Fault { place, task: self.task.clone(), message, hint });
    }
}

pub(crate) fn settings_faults(settings: &Settings, found: &mut Faults) {
    found.task = None;
    if settings.version != VERSION {
        let message = format!("Version {} is not known.", settings.version);
        found.add(place!["version"], message, format!("Write version = {VERSION}, or use a newer Coppice."));
    }
    if settings.target.as_deref().is_some_and(|target| target.trim().is_empty()) {
        found.add(
            place!["target"],
            "The target is empty.",
            "Name a branch, or leave the key out to use the current one.",
        );
    }
    if !(1..=MOST_SLOTS).contains(&settings.slots) {
        let message = format!("A plan with {} slots cannot run.", settings.slots);
        found.add(place!["slots"], message, format!("Use 1 to {MOST_SLOTS} slots."));
    }
    if settings.retries > MOST_RETRIES {
        let message = format!("{} retries are too many.", settings.retries);
        found.add(place!["retries"], message, format!("Use 0 to {MOST_RETRIES}."));
    }
    known_agent(settings, settings.agent.as_deref(), place!["agent"], found);
    setup_faults(settings, found);
    check_faults(settings, found);
    for (name, agent) in &settings.agents {
        agent_faults(name, agent, found);
    }
    if let Some(review) = &settings.review {
        for (at, name) in review.agents.iter().enumerate() {
            known_agent(settings, Some(name), place!["review", "agent", at], found);
        }
        if !(1..=MOST_ROUNDS).contains(&review.rounds) {
            let message = format!("{} rounds of fixing cannot be done.", review.rounds);
            found.add(place!["review", "rounds"], message, format!("Use 1 to {MOST_ROUNDS}."));
        }
    }
    if let Some(fix) = &settings.fix {
        known_agent(settings, fix.agent.as_deref(), place!["fix", "agent"], found);
    }
}

fn setup_faults(settings: &Settings, found: &mut Faults) {
    let setup = &settings.setup;
    if setup.command.as_deref().is_some_and(|command| command.trim().is_empty()) {
        found.add(
            place!["setup", "command"],
            "The setup command is empty.",
            "Write a command, or leave the key out.",
        );
    }
    for (at, path) in setup.copy.iter().enumerate() {
        if check_glob(path).is_err() {
            let message = format!("\"{path}\" cannot be copied into a worktree.");
            found.add(place!["setup", "copy", at], message, "Use a path inside the repository, with \"/\".");
        }
    }
    for (at, port) in setup.ports.iter().enumerate() {
        let place = place!["setup", "ports", at];
        if port.is_empty() || !port.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            let message = format!("\"{port}\" cannot name a port.");
            found.add(place, message, "Use letters, digits and \"_\": the name becomes COPPICE_PORT_<NAME>.");
        } else if setup.ports[..at].iter().any(|other| other.eq_ignore_ascii_case(port)) {
            let message = format!("Port \"{port}\" is named twice.");
            found.add(place, message, "Give each port its own name; upper and lower case are the same here.");
        }
    }
    some_time(setup.timeout, place!["setup", "timeout"], found);
}

fn check_faults(settings: &Settings, found: &mut Faults) {
    for (at, check) in settings.checks.iter().enumerate() {
        if check.name.trim().is_empty() {
            found.add(
                place!["check", at, "name"],
                "A check has no name.",
                "Give it one, like name = \"test\".",
            );
        } else if settings.checks[..at].iter().any(|other| other.name == check.name) {
            let message = format!("Two checks are named \"{}\".", check.name);
            found.add(place!["check", at, "name"], message, "Rename one of them.");
        }
        if check.command.trim().is_empty() {
            let message = format!("Check \"{}\" has no command.", check.name);
            found.add(place!["check", at, "command"], message, "Write the command that is to succeed.");
        }
        some_time(check.timeout, place!["check", at, "timeout"], found);
    }
}

fn agent_faults(name: &str, agent: &Agent, found: &mut Faults) {
    if name.trim().is_empty() {
        found.add(place!["agents", name], "An agent has an empty name.", "Name it, like [agents.quick].");
    }
    let command = agent.command.first().is_some_and(|program| !program.trim().is_empty());
    let script = agent.script.as_deref().is_some_and(|script| !script.trim().is_empty());
    match agent.adapter {
        Adapter::Command if !command => {
            let message = format!("Agent \"{name}\" has the adapter \"command\" but no command.");
            found.add(
                place!["agents", name, "command"],
                message,
                "Write it, like command = [\"sh\", \"agent.sh\"].",
            );
        }
        Adapter::Scripted if !script => {
            let message = format!("Agent \"{name}\" has the adapter \"scripted\" but no script.");
            found.add(place!["agents", name, "script"], message, "Write it, like script = \"agent.toml\".");
        }
        Adapter::Command | Adapter::Scripted | Adapter::Claude | Adapter::Codex => {}
    }
    for key in agent.env.keys() {
        if key.is_empty() || key.contains(['=', '\0']) {
            let message = format!("\"{key}\" cannot name an environment variable.");
            found.add(
                place!["agents", name, "env", key.as_str()],
                message,
                "Leave out \"=\", and do not leave it empty.",
            );
        }
    }
}

pub(crate) fn task_faults(doc: &PlanDoc, at: usize, task: &Task, found: &mut Faults) {
    found.task = Some(task.id.clone());
    let lists = [("scope", task.scope.as_deref().unwrap_or_default()), ("exclude", task.exclude.as_slice())];
    for (key, globs) in lists {
        for (place, glob) in globs.iter().enumerate() {
            if let Err(bad) = check_glob(glob) {
                let message = format!("In the {key} of \"{}\", {bad}.", task.id);
                found.add(
                    place!["task", at, key, place],
                    message,
                    "Write it like \"src/**\" or \"docs/*.md\".",
                );
            }
        }
    }
    known_agent(&doc.settings, task.agent.as_deref(), place!["task", at, "agent"], found);
    for (place, name) in task.attempts.iter().enumerate() {
        known_agent(&doc.settings, Some(name), place!["task", at, "attempts", place], found);
    }
    if task.agent.is_some() && !task.attempts.is_empty() {
        let message = format!("Task \"{}\" has both an agent and attempts.", task.id);
        found.add(
            place!["task", at, "attempts"],
            message,
            "Keep one of them: attempts stand instead of an agent.",
        );
    }
    found.task = None;
}

pub(crate) fn graph_faults(doc: &PlanDoc, found: &mut Faults) {
    let mut index: BTreeMap<&TaskId, usize> = BTreeMap::new();
    for (at, task) in doc.tasks.iter().enumerate() {
        found.task = Some(task.id.clone());
        if index.contains_key(&task.id) {
            let message = format!("Two tasks have the id \"{}\".", task.id);
            found.add(place!["task", at, "id"], message, "Rename one of them, and its mentions in after.");
        } else {
            index.insert(&task.id, at);
        }
    }
    let mut dependencies = vec![Vec::new(); doc.tasks.len()];
    for (at, task) in doc.tasks.iter().enumerate() {
        found.task = Some(task.id.clone());
        for (place, before) in task.after.iter().enumerate() {
            let place_of = place!["task", at, "after", place];
            if *before == task.id {
                let message = format!("Task \"{before}\" depends on itself.");
                found.add(place_of, message, "Remove it from its own after.");
            } else if task.after[..place].contains(before) {
                let message = format!("Task \"{}\" names \"{before}\" twice in after.", task.id);
                found.add(place_of, message, "Remove one of the two.");
            } else if let Some(before) = index.get(before) {
                dependencies[at].push(TaskIdx::of(*before));
            } else {
                let near = nearest(before.as_str(), index.keys().map(|id| id.as_str()));
                let message =
                    format!("Task \"{}\" comes after \"{before}\", which is no task of this plan.", task.id);
                found.add(
                    place_of,
                    message,
                    near.unwrap_or_else(|| "Add that task, or remove the name.".to_owned()),
                );
            }
        }
    }
    found.task = None;
    let ids: Vec<TaskId> = doc.tasks.iter().map(|task| task.id.clone()).collect();
    for cycle in cycles(&ids, &dependencies) {
        // The last edge closes the ring: the first task waits for the last one.
        let (first, last) = (cycle.tasks.first(), cycle.tasks.last());
        let at = first.and_then(|id| index.get(id)).copied().unwrap_or(0);
        let place = doc.tasks[at].after.iter().position(|id| Some(id) == last).unwrap_or(0);
        found.task = first.cloned();
        found.add(
            place!["task", at, "after", place],
            format!("Tasks wait for each other: {cycle}."),
            cycle.hint(),
        );
    }
    for id in doc.layout.keys().filter(|id| !index.contains_key(id)) {
        found.task = Some(id.clone());
        let near = nearest(id.as_str(), index.keys().map(|id| id.as_str()));
        let message = format!("The layout has a place for \"{id}\", which is no task of this plan.");
        found.add(
            place!["layout", id.as_str()],
            message,
            near.unwrap_or_else(|| "Remove the line.".to_owned()),
        );
    }
    found.task = None;
}

fn known_agent(settings: &Settings, name: Option<&str>, place: Vec<Step>, found: &mut Faults) {
    let Some(name) = name else { return };
    if name.trim().is_empty() {
        let hint = "Name one, or leave the key out.";
        return found.add(place, "The name of an agent is empty.", hint);
    }
    if !settings.agents.contains_key(name) {
        let near = nearest(name, settings.agents.keys().map(String::as_str));
        let hint =
            near.unwrap_or_else(|| format!("Add [agents.{name}], or name an agent that the plan has."));
        found.add(place, format!("There is no agent \"{name}\"."), hint);
    }
}

fn some_time(length: Duration, place: Vec<Step>, found: &mut Faults) {
    if length.is_zero() {
        found.add(place, "A time limit of nothing ends every run at once.", "Write it like \"10m\".");
    }
}

/// "Did you mean …?" when a known name is at most a third of the letters away.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let far = (name.chars().count() / 3).max(1);
    known
        .map(|other| (distance(name, other), other))
        .filter(|(distance, _)| *distance <= far)
        .min()
        .map(|(_, other)| format!("Did you mean \"{other}\"?"))
}

/// Levenshtein's distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let swap = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = swap.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
