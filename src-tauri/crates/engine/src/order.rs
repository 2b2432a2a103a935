//! A plan's graph and who of it may start next, kept in step with the tasks' stages.

use plan::{Graph, PlanDoc, Schedule, Stage, TaskId, contest};

#[derive(Debug, Clone)]
pub struct Order {
    pub graph: Graph,
    schedule: Schedule,
}

impl Order {
    /// `stages` tells where each task's contenders stand.
    pub fn new<'a>(doc: &PlanDoc, graph: Graph, stages: impl Fn(&TaskId) -> Vec<&'a Stage>) -> Order {
        let priorities = plan::priorities(&graph, &plan::lengths(doc, plan::ready::DEFAULT_ESTIMATE));
        let standings: Vec<_> =
            graph.tasks().map(|task| contest::standing(&stages(graph.id(task)))).collect();
        let statuses: Vec<_> = standings.iter().map(|(status, _)| *status).collect();
        let mut schedule =
            Schedule::new(&graph, &priorities, &statuses, doc.settings.slots, doc.settings.waves);
        for (task, (status, held)) in graph.tasks().zip(standings) {
            schedule.set_holding(task, status, held);
        }
        Order { graph, schedule }
    }

    pub fn set(&mut self, task: &TaskId, stages: &[&Stage]) {
        if let Some(index) = self.graph.find(task) {
            let (status, held) = contest::standing(stages);
            self.schedule.set_holding(index, status, held);
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
