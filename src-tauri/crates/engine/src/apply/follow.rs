//! How a plan's own books follow its facts: tasks and contenders, who may start next, what is going on.

use std::collections::BTreeSet;

use plan::{PlanDoc, Stage, TaskId};

use super::{Key, Touched, order};
use crate::world::{Activity, Attempt, AttemptPlace, Contender, Plan, Task};

/// One who has not begun.
pub(crate) fn contender(agent: Option<String>, stage: Stage) -> Contender {
    Contender { agent, stage, attempt: None, failures: 0 }
}

/// Who is to try a task: each of its `attempts`, else whoever the document names when it starts.
fn contenders(doc: &PlanDoc, task: &plan::Task) -> Vec<Option<String>> {
    match doc.agents_of(task).as_slice() {
        [] | [_] => vec![None],
        several => several.iter().map(|name| Some((*name).to_owned())).collect(),
    }
}

impl Activity {
    pub fn note(&mut self, attempt: &Attempt) {
        let keep = |set: &mut BTreeSet<(TaskId, u32)>, yes: bool| {
            if yes {
                set.insert(attempt.key());
            } else {
                set.remove(&attempt.key());
            }
        };
        keep(&mut self.busy, attempt.is_busy());
        keep(&mut self.removing, attempt.place == AttemptPlace::Removing);
        if attempt.place != AttemptPlace::Removing {
            self.being_removed.remove(&attempt.key());
        }
        match attempt.port {
            Some(port) => self.leases.insert(attempt.key(), port),
            None => self.leases.remove(&attempt.key()),
        };
    }
}

impl Plan {
    /// Gives every task of the document a state, and drops the state of those that are gone. Their
    /// attempts stay on record.
    pub fn follow_doc(&mut self, now: i64, touched: &mut Touched) {
        let id = self.head.id.clone();
        for task in &self.doc.tasks {
            let agents = contenders(&self.doc, task);
            if let Some(known) = self.tasks.get_mut(&task.id) {
                // Whoever has begun goes on; a change of who tries it counts from the next beginning.
                let waits = |contender: &Contender| matches!(contender.stage, Stage::Draft | Stage::Waiting);
                let same = known.contenders.iter().map(|contender| &contender.agent).eq(&agents);
                let fresh = known.attempt.is_none() && known.contenders.iter().all(waits);
                if fresh && !same {
                    let stage = known.stage.clone();
                    known.contenders =
                        agents.into_iter().map(|agent| contender(agent, stage.clone())).collect();
                    touched.insert(Key::Task(id.clone(), task.id.clone()));
                }
                continue;
            }
            let attempts = self.attempts_of(&task.id).map(|attempt| attempt.number).max().unwrap_or(0);
            let state = Task {
                plan: id.clone(),
                id: task.id.clone(),
                stage: Stage::Draft,
                since_ms: now,
                attempt: None,
                attempts,
                contenders: agents.into_iter().map(|agent| contender(agent, Stage::Draft)).collect(),
                judgements: Vec::new(),
                judging: None,
            };
            touched.insert(Key::Task(id.clone(), task.id.clone()));
            self.tasks.insert(task.id.clone(), state);
        }
        let known: BTreeSet<TaskId> = self.doc.tasks.iter().map(|task| task.id.clone()).collect();
        let gone: Vec<TaskId> = self.tasks.keys().filter(|task| !known.contains(*task)).cloned().collect();
        for task in gone {
            self.tasks.remove(&task);
            touched.insert(Key::Task(id.clone(), task));
        }
        self.reorder();
    }

    /// Computes anew who may start next; after the document or many stages changed.
    pub fn reorder(&mut self) {
        if let Some(order) = order(&self.doc, &self.tasks) {
            self.order = order;
        }
    }

    /// Drafts wait from now on; `again`: what is over does so too, with everybody who is to try it.
    pub(super) fn release_all(&mut self, again: bool, now: i64, touched: &mut Touched) {
        let over = |task: &&Task| task.stage == Stage::Draft || (again && task.stage.is_over());
        let released: Vec<TaskId> = self.tasks.values().filter(over).map(|task| task.id.clone()).collect();
        for id in released {
            let agents = self.doc_task(&id).map(|task| contenders(&self.doc, task)).unwrap_or_default();
            self.change_task(&id, now, touched, |task| {
                let attempt = task.attempt;
                task.contenders = agents.into_iter().map(|agent| contender(agent, Stage::Waiting)).collect();
                // What came before is still shown until the next attempt begins.
                if let Some(first) = task.contenders.first_mut() {
                    first.attempt = attempt;
                }
            });
        }
    }

    /// A task that is tried afresh is tried by whomever the document names by now, unless one was chosen.
    pub(super) fn contend_anew(&mut self, id: &TaskId, touched: &mut Touched) {
        let Some(agents) = self.doc_task(id).map(|task| contenders(&self.doc, task)) else { return };
        let Some(task) = self.tasks.get_mut(id) else { return };
        let [only] = task.contenders.as_slice() else { return };
        if only.agent.is_none() && agents.len() > 1 {
            let (attempt, stage) = (only.attempt, only.stage.clone());
            task.contenders = agents.into_iter().map(|agent| contender(agent, Stage::Waiting)).collect();
            task.contenders[0].attempt = attempt;
            // The one that is tried again is moved by who asked for it.
            task.contenders[0].stage = stage;
            touched.insert(Key::Task(self.head.id.clone(), id.clone()));
        }
    }

    /// A contender's stage, and with it the task's.
    pub(super) fn set_stage(
        &mut self,
        task: &TaskId,
        attempt: Option<u32>,
        stage: &Stage,
        now: i64,
        touched: &mut Touched,
    ) {
        let mut current = None;
        self.change_task(task, now, touched, |known| {
            let place = known.contender_of(attempt);
            if let Some(contender) = place.and_then(|place| known.contenders.get_mut(place)) {
                contender.stage = stage.clone();
                if let Some(number) = attempt.filter(|number| *number > 0) {
                    // By this number it can be meant, even if nothing was cut for it.
                    contender.attempt = Some(number);
                    known.attempts = known.attempts.max(number);
                }
                current = contender.attempt;
            }
        });
        if let Some(number) = current {
            self.change(task, number, touched, |attempt| {
                if attempt.ended_ms.is_none() || matches!(stage, Stage::Landed { .. }) {
                    attempt.stage = stage.clone();
                }
            });
        }
    }

    pub(super) fn change_task(
        &mut self,
        task: &TaskId,
        now: i64,
        touched: &mut Touched,
        with: impl FnOnce(&mut Task),
    ) {
        let Some(known) = self.tasks.get_mut(task) else { return };
        with(known);
        known.follow_lead(now);
        self.order.set(task, &known.stages());
        touched.insert(Key::Task(self.head.id.clone(), task.clone()));
    }

    pub(super) fn change(
        &mut self,
        task: &TaskId,
        number: u32,
        touched: &mut Touched,
        with: impl FnOnce(&mut Attempt),
    ) {
        if let Some(attempt) = self.attempts.get_mut(&(task.clone(), number)) {
            with(attempt);
            self.activity.note(attempt);
            touched.insert(Key::Attempt(self.head.id.clone(), task.clone(), number));
        }
    }

    pub(super) fn leave_landing(&mut self, task: &TaskId, number: u32) {
        if self.head.landing.as_ref().is_some_and(|(landing, at)| (landing, *at) == (task, number)) {
            self.head.landing = None;
        }
    }
}
