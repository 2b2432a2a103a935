//! Copies of tasks: fresh names, the edges among them kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{PlanDoc, Position, Task};
use crate::edit::Edit;
use crate::id::TaskId;

/// One edit that adds copies of `tasks` (of this plan or of another) and moves their positions by
/// `offset`. Names that are taken become `name-2`, `name-3`, …; edges among the copies follow;
/// edges to tasks that this plan does not have are dropped. Agents are kept by name.
pub fn paste(
    doc: &PlanDoc,
    tasks: &[Task],
    positions: &BTreeMap<TaskId, Position>,
    offset: Position,
) -> Edit {
    let mut taken: BTreeSet<TaskId> = doc.tasks.iter().map(|task| task.id.clone()).collect();
    let known = taken.clone();
    let mut names: BTreeMap<&TaskId, TaskId> = BTreeMap::new();
    for task in tasks {
        let fresh = fresh_id(&task.id, |id| taken.contains(id));
        taken.insert(fresh.clone());
        names.insert(&task.id, fresh);
    }
    let copies = tasks.iter().filter_map(|task| {
        let mut copy = task.clone();
        copy.id = names.get(&task.id)?.clone();
        copy.after = task
            .after
            .iter()
            .filter_map(|id| names.get(id).cloned().or_else(|| known.contains(id).then(|| id.clone())))
            .collect();
        let moved = |(x, y): Position| (x.saturating_add(offset.0), y.saturating_add(offset.1));
        let position = positions.get(&task.id).copied().map(moved);
        Some((copy, position))
    });
    // A copy may come after one that is pasted later: all of them stand before any edge is drawn.
    let mut edits = Vec::new();
    let mut edges = Vec::new();
    for (mut copy, position) in copies {
        let after = std::mem::take(&mut copy.after);
        edges.extend(after.into_iter().map(|from| Edit::Connect { from, to: copy.id.clone(), at: None }));
        edits.push(Edit::AddTask { task: copy, at: None, position, dependents: Vec::new() });
    }
    edits.extend(edges);
    Edit::Batch { edits }
}

/// `wish`, or the first of `wish-2`, `wish-3`, … that is not taken. A number that `wish` already
/// ends with is counted on, so that copies of copies do not grow tails.
pub(crate) fn fresh_id(wish: &TaskId, taken: impl Fn(&TaskId) -> bool) -> TaskId {
    if !taken(wish) {
        return wish.clone();
    }
    let numbered = wish.as_str().rsplit_once('-').and_then(|(stem, number)| {
        let counted: usize = number.parse().ok().filter(|number| (2..10_000).contains(number))?;
        Some((TaskId::new(stem).ok()?, counted))
    });
    let (stem, first) = numbered.map_or((wish.clone(), 2), |(stem, number)| (stem, number + 1));
    let mut number = first;
    loop {
        let id = stem.numbered(number);
        if !taken(&id) {
            return id;
        }
        number += 1;
    }
}
