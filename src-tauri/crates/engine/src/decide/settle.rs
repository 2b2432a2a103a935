//! After every input: whoever can start, starts; whoever can land, lands; what is due to be removed
//! is removed; and when nothing is left to do, that is said once.

use plan::{Stage, TaskId};

use crate::fact::Fact;
use crate::ids::PlanId;
use crate::turn::{At, Effect, Turn};
use crate::world::{Lane, Mode, RunKind};

impl Turn<'_> {
    pub(super) fn settle(&mut self, plan_id: &PlanId) {
        // The landing first: what it is about to release may deserve the slot more.
        self.next_landing(plan_id);
        self.dispatch(plan_id);
        self.remove_due(plan_id);
        self.rest(plan_id);
    }

    fn dispatch(&mut self, plan_id: &PlanId) {
        while let Some(task) = self
            .plan(plan_id)
            .filter(|plan| plan.head.mode == Mode::Running)
            .and_then(|plan| plan.order.next(plan.lands_now()))
        {
            self.start_attempt(plan_id, &task);
        }
    }

    /// Orders the removals in whose worktrees no process lives any more.
    fn remove_due(&mut self, plan_id: &PlanId) {
        let Some(plan) = self.plan(plan_id) else { return };
        let due: Vec<(TaskId, u32)> =
            plan.activity.removing.difference(&plan.activity.being_removed).cloned().collect();
        for (task, attempt) in due {
            let at = At { plan: plan_id.clone(), task: task.clone(), attempt };
            if self.remove_worktree(&at)
                && let Some(plan) = self.world.plans.get_mut(plan_id)
            {
                plan.activity.being_removed.insert((task, attempt));
            }
        }
    }

    /// Says `plan.finished` once when nothing runs and nothing can move by itself.
    fn rest(&mut self, plan_id: &PlanId) {
        let Some(plan) = self.plan(plan_id) else { return };
        let runs = plan
            .activity
            .runs
            .iter()
            .any(|run| self.world.runs.get(run).is_some_and(|run| run.kind != RunKind::Shell));
        let moving = runs
            || !plan.activity.busy.is_empty()
            || !plan.activity.removing.is_empty()
            || plan.head.landing.is_some()
            || (plan.head.mode != Mode::Stopped && !plan.head.queue.is_empty())
            || (plan.head.mode == Mode::Running && plan.order.has_ready())
            || (!plan.head.at_rest && plan.tasks.values().any(|task| task.judging.is_some()));
        if plan.head.at_rest || moving || matches!(plan.head.mode, Mode::Draft | Mode::Finished) {
            return;
        }
        let total = plan.tasks.len() as u32;
        let count =
            |of: fn(&Stage) -> bool| plan.tasks.values().filter(|task| of(&task.stage)).count() as u32;
        let landed = count(|stage| matches!(stage, Stage::Landed { .. }));
        let failed = count(|stage| matches!(stage, Stage::Failed { .. } | Stage::NeedsYou { .. }));
        let dropped = count(|stage| matches!(stage, Stage::Cancelled | Stage::Discarded));
        let closed = landed + dropped == total;
        if closed && let Some(lane) = plan.head.lane.clone() {
            if lane.removing {
                return;
            }
            let lane = Lane { removing: true, ..lane };
            let Some(project) = self.project_of(plan_id) else { return };
            self.record(plan_id, Fact::LaneSet { lane: Some(lane.clone()) });
            return self.effect(Effect::RemoveLane { plan: plan_id.clone(), project, lane });
        }
        let waiting = total - landed - failed - dropped;
        self.record(plan_id, Fact::PlanFinished { landed, failed, waiting, total, closed });
    }
}
