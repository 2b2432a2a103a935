//! Tests of the whole crate in one binary; one file for each feature.

mod arbitrary;
mod contests;
mod edits;
mod explanation;
mod file;
mod forecasts;
mod graphs;
mod preflight;
mod problems;
mod reviews;
mod scheduling;
mod stages;
mod words;

use crate::{PlanDoc, Task, TaskId};

pub(crate) fn id(text: &str) -> TaskId {
    TaskId::new(text).unwrap()
}

/// A plan from lines like `c: a b` (c comes after a and b).
pub(crate) fn drawn(lines: &str) -> PlanDoc {
    let tasks = lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        let (name, after) = line.split_once(':').unwrap_or((line, ""));
        let mut task = Task::new(id(name.trim()));
        task.after = after.split_whitespace().map(id).collect();
        task
    });
    PlanDoc { tasks: tasks.collect(), ..PlanDoc::default() }
}
