//! Edits as values: each can be sent, logged, applied, refused and taken back.
//!
//! An edit that would leave an invalid document is refused as a whole. Whether a running plan
//! permits it is the engine's question.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cycle::{Cycle, find_cycle};
use crate::document::{PlanDoc, Position, Settings, Task};
use crate::fault::{Fault, faults};
use crate::graph::TaskIdx;
use crate::id::TaskId;

/// One change of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Edit {
    /// A new task. `task.after` are its dependencies.
    AddTask {
        task: Task,
        /// Place in the document; None = at the end.
        #[serde(default)]
        at: Option<usize>,
        #[serde(default)]
        position: Option<Position>,
        /// Tasks that are to come after it, with the place in their `after` (`None` = last).
        #[serde(default)]
        dependents: Vec<Dependent>,
    },
    /// With its edges and its position.
    RemoveTask {
        id: TaskId,
    },
    RenameTask {
        id: TaskId,
        title: String,
    },
    /// Replaces the task that has the same id, dependencies included.
    UpdateTask {
        task: Task,
    },
    /// Every mention follows.
    ChangeId {
        from: TaskId,
        to: TaskId,
    },
    /// `to` comes after `from`. `at` = place in the `after` of `to`, None = last.
    Connect {
        from: TaskId,
        to: TaskId,
        #[serde(default)]
        at: Option<usize>,
    },
    Disconnect {
        from: TaskId,
        to: TaskId,
    },
    /// None = laid out automatically again.
    Move {
        positions: BTreeMap<TaskId, Option<Position>>,
    },
    /// Puts the tasks in this order; it must name each exactly once.
    Order {
        ids: Vec<TaskId>,
    },
    SetPlan {
        settings: Box<Settings>,
    },
    /// All or nothing; judged by its outcome, so that its parts may pass through invalid documents.
    Batch {
        edits: Vec<Edit>,
    },
}

/// A task that comes after another, and where that stands in its `after`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependent {
    pub id: TaskId,
    #[serde(default)]
    pub at: Option<usize>,
}

/// Why an edit is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("There is no task \"{0}\".")]
    NoTask(TaskId),
    #[error("There is a task \"{id}\" already; \"{free}\" is free.")]
    TaskExists { id: TaskId, free: TaskId },
    #[error("\"{to}\" comes after \"{from}\" already.")]
    Connected { from: TaskId, to: TaskId },
    #[error("\"{to}\" does not come after \"{from}\".")]
    NotConnected { from: TaskId, to: TaskId },
    #[error("Task \"{0}\" cannot depend on itself.")]
    SelfDependency(TaskId),
    #[error("Tasks would wait for each other: {0}.")]
    Cycle(Cycle),
    #[error("The new order does not name every task exactly once.")]
    Order,
    #[error("{}", .0.first().map_or("The plan would be invalid.", |fault| fault.message.as_str()))]
    Invalid(Vec<Fault>),
}

/// The document after `edit`, and the edit that takes it back exactly.
pub fn apply_edit(doc: &PlanDoc, edit: &Edit) -> Result<(PlanDoc, Edit), Refused> {
    let mut next = doc.clone();
    let inverse = apply(&mut next, edit)?;
    judge(doc, &next, edit)?;
    Ok((next, inverse))
}

/// Refuses what made the document invalid. Faults that were there before do not block other edits,
/// so that a document can be mended step by step.
fn judge(before: &PlanDoc, after: &PlanDoc, edit: &Edit) -> Result<(), Refused> {
    if matches!(
        edit,
        Edit::Move { .. } | Edit::RenameTask { .. } | Edit::Order { .. } | Edit::Disconnect { .. }
    ) {
        return Ok(());
    }
    if let Some(cycle) = cycle_of(after)
        && cycle_of(before).as_ref() != Some(&cycle)
    {
        return Err(Refused::Cycle(cycle));
    }
    if matches!(edit, Edit::Connect { .. }) {
        return Ok(());
    }
    let mut new = faults(after);
    if !new.is_empty() {
        let old = faults(before);
        // Places shift when tasks come and go, so a fault is known by its task and words.
        new.retain(|fault| !old.iter().any(|old| old.task == fault.task && old.message == fault.message));
    }
    if new.is_empty() { Ok(()) } else { Err(Refused::Invalid(new)) }
}

fn cycle_of(doc: &PlanDoc) -> Option<Cycle> {
    let ids: Vec<TaskId> = doc.tasks.iter().map(|task| task.id.clone()).collect();
    let index: BTreeMap<&TaskId, usize> = ids.iter().enumerate().map(|(at, id)| (id, at)).collect();
    let edges: Vec<Vec<TaskIdx>> = doc
        .tasks
        .iter()
        .map(|task| task.after.iter().filter_map(|id| index.get(id)).map(|at| TaskIdx::of(*at)).collect())
        .collect();
    find_cycle(&ids, &edges)
}

/// Makes the change without judging the outcome; gives the inverse.
fn apply(doc: &mut PlanDoc, edit: &Edit) -> Result<Edit, Refused> {
    match edit {
        Edit::AddTask { task, at, position, dependents } => add(doc, task, *at, *position, dependents),
        Edit::RemoveTask { id } => remove(doc, id),
        Edit::RenameTask { id, title } => {
            let task = task_mut(doc, id)?;
            let title = std::mem::replace(&mut task.title, title.clone());
            Ok(Edit::RenameTask { id: id.clone(), title })
        }
        Edit::UpdateTask { task } => {
            if task.after.contains(&task.id) {
                return Err(Refused::SelfDependency(task.id.clone()));
            }
            let old = std::mem::replace(task_mut(doc, &task.id)?, task.clone());
            Ok(Edit::UpdateTask { task: old })
        }
        Edit::ChangeId { from, to } => change_id(doc, from, to),
        Edit::Connect { from, to, at } => connect(doc, from, to, *at),
        Edit::Disconnect { from, to } => {
            let after = &mut task_mut(doc, to)?.after;
            let at = after
                .iter()
                .position(|id| id == from)
                .ok_or_else(|| Refused::NotConnected { from: from.clone(), to: to.clone() })?;
            after.remove(at);
            Ok(Edit::Connect { from: from.clone(), to: to.clone(), at: Some(at) })
        }
        Edit::Move { positions } => {
            if let Some(id) = positions.keys().find(|id| doc.task(id).is_none()) {
                return Err(Refused::NoTask(id.clone()));
            }
            let old = positions.iter().map(|(id, position)| {
                let old = match position {
                    Some(position) => doc.layout.insert(id.clone(), *position),
                    None => doc.layout.remove(id),
                };
                (id.clone(), old)
            });
            Ok(Edit::Move { positions: old.collect() })
        }
        Edit::Order { ids } => order(doc, ids),
        Edit::SetPlan { settings } => {
            let settings = Box::new(std::mem::replace(&mut doc.settings, (**settings).clone()));
            Ok(Edit::SetPlan { settings })
        }
        Edit::Batch { edits } => {
            let inverses: Result<Vec<Edit>, Refused> = edits.iter().map(|edit| apply(doc, edit)).collect();
            let mut edits = inverses?;
            edits.reverse();
            Ok(Edit::Batch { edits })
        }
    }
}

fn task_mut<'a>(doc: &'a mut PlanDoc, id: &TaskId) -> Result<&'a mut Task, Refused> {
    doc.tasks.iter_mut().find(|task| task.id == *id).ok_or_else(|| Refused::NoTask(id.clone()))
}

fn add(
    doc: &mut PlanDoc,
    task: &Task,
    at: Option<usize>,
    position: Option<Position>,
    dependents: &[Dependent],
) -> Result<Edit, Refused> {
    let id = &task.id;
    if doc.task(id).is_some() {
        return Err(Refused::TaskExists { id: id.clone(), free: doc.fresh_id(id) });
    }
    if task.after.contains(id) {
        return Err(Refused::SelfDependency(id.clone()));
    }
    let at = at.unwrap_or(doc.tasks.len()).min(doc.tasks.len());
    doc.tasks.insert(at, task.clone());
    if let Some(position) = position {
        doc.layout.insert(id.clone(), position);
    }
    for dependent in dependents {
        connect(doc, id, &dependent.id, dependent.at)?;
    }
    Ok(Edit::RemoveTask { id: id.clone() })
}

fn remove(doc: &mut PlanDoc, id: &TaskId) -> Result<Edit, Refused> {
    let at = doc.tasks.iter().position(|task| task.id == *id).ok_or_else(|| Refused::NoTask(id.clone()))?;
    let task = doc.tasks.remove(at);
    let position = doc.layout.remove(id);
    let mut dependents = Vec::new();
    for other in &mut doc.tasks {
        if let Some(place) = other.after.iter().position(|before| before == id) {
            other.after.remove(place);
            dependents.push(Dependent { id: other.id.clone(), at: Some(place) });
        }
    }
    Ok(Edit::AddTask { task, at: Some(at), position, dependents })
}

fn connect(doc: &mut PlanDoc, from: &TaskId, to: &TaskId, at: Option<usize>) -> Result<Edit, Refused> {
    if doc.task(from).is_none() {
        return Err(Refused::NoTask(from.clone()));
    }
    if from == to {
        return Err(Refused::SelfDependency(to.clone()));
    }
    let after = &mut task_mut(doc, to)?.after;
    if after.contains(from) {
        return Err(Refused::Connected { from: from.clone(), to: to.clone() });
    }
    let at = at.unwrap_or(after.len()).min(after.len());
    after.insert(at, from.clone());
    Ok(Edit::Disconnect { from: from.clone(), to: to.clone() })
}

fn change_id(doc: &mut PlanDoc, from: &TaskId, to: &TaskId) -> Result<Edit, Refused> {
    if from != to && doc.task(to).is_some() {
        return Err(Refused::TaskExists { id: to.clone(), free: doc.fresh_id(to) });
    }
    task_mut(doc, from)?.id = to.clone();
    for id in doc.tasks.iter_mut().flat_map(|task| &mut task.after).filter(|id| *id == from) {
        *id = to.clone();
    }
    if let Some(position) = doc.layout.remove(from) {
        doc.layout.insert(to.clone(), position);
    }
    Ok(Edit::ChangeId { from: to.clone(), to: from.clone() })
}

fn order(doc: &mut PlanDoc, ids: &[TaskId]) -> Result<Edit, Refused> {
    let old: Vec<TaskId> = doc.tasks.iter().map(|task| task.id.clone()).collect();
    let place: BTreeMap<&TaskId, usize> = ids.iter().enumerate().map(|(at, id)| (id, at)).collect();
    if ids.len() != old.len() || place.len() != old.len() || !old.iter().all(|id| place.contains_key(id)) {
        return Err(Refused::Order);
    }
    doc.tasks.sort_by_key(|task| place.get(&task.id).copied());
    Ok(Edit::Order { ids: old })
}
