//! The graph behind a plan: indices instead of names, both directions of every edge, an order and
//! levels.
//!
//! It is always acyclic; a document with a cycle has no graph, only a [`Cycle`]. What state a task
//! is in is not known here.

use std::collections::BTreeMap;

use crate::cycle::{Cycle, find_cycle};
use crate::document::PlanDoc;
use crate::id::TaskId;

/// A task's place in document order; valid for the graph that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskIdx(pub u32);

impl TaskIdx {
    /// For indexing slices that run parallel to the tasks.
    pub fn at(self) -> usize {
        self.0 as usize
    }

    pub(crate) fn of(at: usize) -> TaskIdx {
        TaskIdx(u32::try_from(at).unwrap_or(u32::MAX))
    }
}

/// Dependencies of a plan's tasks. Memory is linear in tasks and edges.
#[derive(Debug, Clone)]
pub struct Graph {
    ids: Vec<TaskId>,
    index: BTreeMap<TaskId, TaskIdx>,
    dependencies: Vec<Vec<TaskIdx>>,
    dependents: Vec<Vec<TaskIdx>>,
    order: Vec<TaskIdx>,
    levels: Vec<u32>,
}

impl Graph {
    /// Names in `after` that no task has are left out; a checked document has none.
    pub fn new(doc: &PlanDoc) -> Result<Graph, Cycle> {
        let ids: Vec<TaskId> = doc.tasks.iter().map(|task| task.id.clone()).collect();
        let index: BTreeMap<TaskId, TaskIdx> =
            ids.iter().enumerate().map(|(at, id)| (id.clone(), TaskIdx::of(at))).collect();
        let mut dependencies = vec![Vec::new(); ids.len()];
        let mut dependents = vec![Vec::new(); ids.len()];
        for (at, task) in doc.tasks.iter().enumerate() {
            for before in task.after.iter().filter_map(|id| index.get(id)) {
                // Named twice is still one edge: the counters count edges.
                if !dependencies[at].contains(before) {
                    dependencies[at].push(*before);
                    dependents[before.at()].push(TaskIdx::of(at));
                }
            }
        }
        let (order, levels) = sort(&dependencies, &dependents)
            .ok_or_else(|| find_cycle(&ids, &dependencies).unwrap_or_else(|| Cycle { tasks: ids.clone() }))?;
        Ok(Graph { ids, index, dependencies, dependents, order, levels })
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// All tasks in document order.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = TaskIdx> + ExactSizeIterator + use<> {
        (0..self.ids.len() as u32).map(TaskIdx)
    }

    pub fn find(&self, id: &TaskId) -> Option<TaskIdx> {
        self.index.get(id).copied()
    }

    pub fn id(&self, task: TaskIdx) -> &TaskId {
        &self.ids[task.at()]
    }

    /// What must land before `task`, each once, in the order of its `after`.
    pub fn dependencies(&self, task: TaskIdx) -> &[TaskIdx] {
        &self.dependencies[task.at()]
    }

    /// What names `task` in its `after`, in document order.
    pub fn dependents(&self, task: TaskIdx) -> &[TaskIdx] {
        &self.dependents[task.at()]
    }

    /// Every task after all that it depends on; document order where the graph leaves a choice of
    /// level.
    pub fn topological(&self) -> &[TaskIdx] {
        &self.order
    }

    /// 0 for a task without dependencies, else one more than the highest of its dependencies.
    pub fn level(&self, task: TaskIdx) -> u32 {
        self.levels[task.at()]
    }

    /// Tasks by level: wave n can start when waves 0..n have landed.
    pub fn waves(&self) -> Vec<Vec<TaskIdx>> {
        let count = self.levels.iter().max().map_or(0, |deepest| *deepest as usize + 1);
        let mut waves = vec![Vec::new(); count];
        for task in self.tasks() {
            waves[self.level(task) as usize].push(task);
        }
        waves
    }

    /// All that can be reached by dependents, `task` itself left out, in topological order.
    pub fn downstream(&self, task: TaskIdx) -> Vec<TaskIdx> {
        self.reach(task, &self.dependents)
    }

    /// All that must land before `task`, directly or not, in topological order.
    pub fn upstream(&self, task: TaskIdx) -> Vec<TaskIdx> {
        self.reach(task, &self.dependencies)
    }

    fn reach(&self, task: TaskIdx, edges: &[Vec<TaskIdx>]) -> Vec<TaskIdx> {
        let mut seen = vec![false; self.len()];
        let mut open = vec![task];
        while let Some(at) = open.pop() {
            for next in &edges[at.at()] {
                if !std::mem::replace(&mut seen[next.at()], true) {
                    open.push(*next);
                }
            }
        }
        self.order.iter().copied().filter(|at| seen[at.at()]).collect()
    }
}

/// Kahn's algorithm, level by level; None when a cycle keeps some task from ever being free.
fn sort(dependencies: &[Vec<TaskIdx>], dependents: &[Vec<TaskIdx>]) -> Option<(Vec<TaskIdx>, Vec<u32>)> {
    let mut open: Vec<usize> = dependencies.iter().map(Vec::len).collect();
    let mut levels = vec![0; open.len()];
    let mut order: Vec<TaskIdx> = (0..open.len()).filter(|at| open[*at] == 0).map(TaskIdx::of).collect();
    let mut done = 0;
    while done < order.len() {
        let wave = done..order.len();
        done = wave.end;
        let mut next = Vec::new();
        for task in &order[wave] {
            for dependent in &dependents[task.at()] {
                open[dependent.at()] -= 1;
                if open[dependent.at()] == 0 {
                    levels[dependent.at()] = levels[task.at()] + 1;
                    next.push(*dependent);
                }
            }
        }
        next.sort_unstable();
        order.extend(next);
    }
    (order.len() == dependencies.len()).then_some((order, levels))
}
