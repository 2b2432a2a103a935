//! A plan's graph and who of it may start next, kept in step with the tasks' stages.

use plan::{Graph, PlanDoc, Schedule, Stage, TaskId};

#[derive(Debug)]
pub struct Order {
    pub graph: Graph,
    schedule: Schedule,
}

impl Order {
    /// `stage` tells where each task stands.
    pub fn new<'a>(doc: &PlanDoc, graph: Graph, stage: impl Fn(&TaskId) -> Option<&'a Stage>) -> Order {
        let priorities = plan::priorities(&graph, &plan::lengths(doc, plan::ready::DEFAULT_ESTIMATE));
        let statuses: Vec<_> =
            graph.tasks().map(|task| stage(graph.id(task)).unwrap_or(&Stage::Waiting).status()).collect();
        let schedule = Schedule::new(&graph, &priorities, &statuses, doc.settings.slots, doc.settings.waves);
        Order { graph, schedule }
    }

    pub fn set(&mut self, task: &TaskId, stage: &Stage) {
        if let Some(index) = self.graph.find(task) {
            self.schedule.set(index, stage.status());
        }
    }

    /// The task to start now, if a slot is free. `landing` is the task that lands within moments, if one does.
    pub fn next(&self, landing: Option<&TaskId>) -> Option<TaskId> {
        let next = match landing.and_then(|task| self.graph.find(task)) {
            Some(landing) => self.schedule.next_beside(landing),
            None => self.schedule.next(),
        };
        next.map(|task| self.graph.id(task).clone())
    }

    /// Some task could start as soon as a slot is free.
    pub fn has_ready(&self) -> bool {
        self.schedule.first_ready().is_some()
    }

    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }
}
