//! Cycles: found, named, and with the edges that break them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::graph::TaskIdx;
use crate::id::TaskId;

/// Tasks that wait for each other in a ring. `tasks[0] → tasks[1] → … → tasks[0]`, where an arrow
/// goes from a task to one that starts after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    /// Each once; the first is the one that stands first in the document.
    pub tasks: Vec<TaskId>,
}

impl Cycle {
    /// The ring's edges as (dependency, dependent). Removing any one of them breaks this ring.
    pub fn cuts(&self) -> Vec<(TaskId, TaskId)> {
        let next = self.tasks.iter().cycle().skip(1);
        self.tasks.iter().cloned().zip(next.cloned()).collect()
    }

    /// What to do about it, in one sentence.
    pub fn hint(&self) -> String {
        let cuts: Vec<String> = self
            .cuts()
            .iter()
            .map(|(before, after)| format!("\"{before}\" from the after of \"{after}\""))
            .collect();
        format!("Remove one of these dependencies: {}.", cuts.join(", or "))
    }
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for id in &self.tasks {
            write!(f, "{id} → ")?;
        }
        match self.tasks.first() {
            Some(first) => write!(f, "{first}"),
            None => Ok(()),
        }
    }
}

/// The shortest cycle through the first task (in document order) that is on any.
pub(crate) fn find_cycle(ids: &[TaskId], dependencies: &[Vec<TaskIdx>]) -> Option<Cycle> {
    cycles(ids, dependencies).into_iter().next()
}

/// One cycle for every knot of tasks that wait for each other, so that one report names them all.
pub(crate) fn cycles(ids: &[TaskId], dependencies: &[Vec<TaskIdx>]) -> Vec<Cycle> {
    let knots = knots(dependencies);
    let mut named = vec![false; ids.len()];
    let mut found = Vec::new();
    for start in 0..ids.len() {
        let knot = knots[start];
        if named[knot] {
            continue;
        }
        if let Some(ring) = ring(start, dependencies, &knots) {
            named[knot] = true;
            found.push(Cycle { tasks: ring.into_iter().map(|at| ids[at].clone()).collect() });
        }
    }
    found
}

/// Shortest way from `start` back to itself inside its knot, in the direction of work.
fn ring(start: usize, dependencies: &[Vec<TaskIdx>], knots: &[usize]) -> Option<Vec<usize>> {
    let mut came_from = vec![None; dependencies.len()];
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for before in dependencies[at].iter().map(|idx| idx.at()) {
            if before == start {
                // `came_from` leads from `at` to `start` along dependents: the direction of work.
                let mut ring = vec![start];
                let mut step = at;
                while step != start {
                    ring.push(step);
                    step = came_from[step]?;
                }
                return Some(ring);
            }
            if knots[before] == knots[start] && came_from[before].is_none() {
                came_from[before] = Some(at);
                open.push_back(before);
            }
        }
    }
    None
}

/// Tarjan's strongly connected components, with a stack of our own because a chain of 10,000
/// tasks is a legal plan. Gives every task the number of its component.
fn knots(edges: &[Vec<TaskIdx>]) -> Vec<usize> {
    const NEW: usize = usize::MAX;
    let n = edges.len();
    let (mut number, mut low, mut knot) = (vec![NEW; n], vec![0; n], vec![NEW; n]);
    let (mut stack, mut counter, mut count) = (Vec::new(), 0, 0);
    for root in 0..n {
        if number[root] != NEW {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((at, step)) = calls.last_mut() {
            let at = *at;
            if *step == 0 {
                number[at] = counter;
                low[at] = counter;
                counter += 1;
                stack.push(at);
            }
            if let Some(next) = edges[at].get(*step).map(|idx| idx.at()) {
                *step += 1;
                if number[next] == NEW {
                    calls.push((next, 0));
                } else if knot[next] == NEW {
                    low[at] = low[at].min(number[next]);
                }
                continue;
            }
            if low[at] == number[at] {
                while let Some(member) = stack.pop() {
                    knot[member] = count;
                    if member == at {
                        break;
                    }
                }
                count += 1;
            }
            calls.pop();
            if let Some((parent, _)) = calls.last() {
                low[*parent] = low[*parent].min(low[at]);
            }
        }
    }
    knot
}
