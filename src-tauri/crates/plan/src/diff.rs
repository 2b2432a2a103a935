//! From one document to another as edits, so that a file changed by hand becomes an edit of the
//! plan like any other.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{PlanDoc, Task};
use crate::edit::Edit;
use crate::id::TaskId;

/// The edits that turn `old` into `new`, to be applied as one [`Edit::Batch`]; empty when they are
/// equal. A task whose id changed is one that went and one that came: a file does not say more.
pub fn diff(old: &PlanDoc, new: &PlanDoc) -> Vec<Edit> {
    let mut edits = Vec::new();
    if old.settings != new.settings {
        edits.push(Edit::SetPlan { settings: Box::new(new.settings.clone()) });
    }
    let before: BTreeMap<&TaskId, &Task> = old.tasks.iter().map(|task| (&task.id, task)).collect();
    let after: BTreeMap<&TaskId, &Task> = new.tasks.iter().map(|task| (&task.id, task)).collect();

    let gone: BTreeSet<&TaskId> = before.keys().filter(|id| !after.contains_key(*id)).copied().collect();
    edits.extend(gone.iter().map(|id| Edit::RemoveTask { id: (*id).clone() }));
    let came: Vec<&Task> = new.tasks.iter().filter(|task| !before.contains_key(&task.id)).collect();
    for task in &came {
        // It may name tasks that come later: a batch is judged by its outcome.
        edits.push(Edit::AddTask { task: (*task).clone(), at: None, position: None, dependents: Vec::new() });
    }
    for task in &new.tasks {
        if let Some(was) = before.get(&task.id) {
            // What the removals above have already taken away.
            let mut was = (*was).clone();
            was.after.retain(|id| !gone.contains(id));
            edits.extend(task_edits(&was, task));
        }
    }

    let kept = old.tasks.iter().map(|task| &task.id).filter(|id| !gone.contains(*id));
    let reached = kept.chain(came.iter().map(|task| &task.id));
    if !reached.eq(new.tasks.iter().map(|task| &task.id)) {
        edits.push(Edit::Order { ids: new.tasks.iter().map(|task| task.id.clone()).collect() });
    }
    edits.extend(moves(old, new, &gone));
    edits
}

/// The smallest words for what happened to one task.
fn task_edits(was: &Task, task: &Task) -> Vec<Edit> {
    if was == task {
        return Vec::new();
    }
    let dressed = Task { title: task.title.clone(), after: task.after.clone(), ..was.clone() };
    let edges = edge_edits(was, task);
    let (true, Some(mut edits)) = (dressed == *task, edges) else {
        return vec![Edit::UpdateTask { task: task.clone() }];
    };
    if was.title != task.title {
        edits.insert(0, Edit::RenameTask { id: task.id.clone(), title: task.title.clone() });
    }
    edits
}

/// Edges drawn and removed; None when that would not give the same order of `after`.
fn edge_edits(was: &Task, task: &Task) -> Option<Vec<Edit>> {
    let to = || task.id.clone();
    let mut after = was.after.clone();
    let mut edits = Vec::new();
    for from in was.after.iter().filter(|id| !task.after.contains(id)) {
        after.retain(|id| id != from);
        edits.push(Edit::Disconnect { from: from.clone(), to: to() });
    }
    for (at, from) in task.after.iter().enumerate().filter(|(_, id)| !was.after.contains(id)) {
        let place = (at < after.len()).then_some(at);
        after.insert(at.min(after.len()), from.clone());
        edits.push(Edit::Connect { from: from.clone(), to: to(), at: place });
    }
    (after == task.after).then_some(edits)
}

fn moves(old: &PlanDoc, new: &PlanDoc, gone: &BTreeSet<&TaskId>) -> Option<Edit> {
    let mut positions = BTreeMap::new();
    for id in old.layout.keys().filter(|id| !gone.contains(id) && !new.layout.contains_key(*id)) {
        positions.insert(id.clone(), None);
    }
    for (id, position) in &new.layout {
        if old.layout.get(id) != Some(position) {
            positions.insert(id.clone(), Some(*position));
        }
    }
    (!positions.is_empty()).then_some(Edit::Move { positions })
}
