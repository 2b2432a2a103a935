//! What a fresh engine does with what an earlier one left: every open step is asked for again. All
//! effects can be repeated, so this is the same list that led there, no more.

use crate::fact::Fact;
use crate::ids::{PlanId, ProjectId};
use crate::turn::{At, Effect, Turn};
use crate::world::{Mode, Step};

impl Turn<'_> {
    /// `rebooted`: the machine was restarted since; then nothing is started by itself.
    pub fn restart(&mut self, rebooted: bool) {
        let plans: Vec<PlanId> = self.world.plans.keys().cloned().collect();
        for id in &plans {
            self.restart_plan(id, rebooted);
        }
        for id in &plans {
            self.settle(id);
        }
    }

    fn restart_plan(&mut self, id: &PlanId, rebooted: bool) {
        let Some(plan) = self.plan(id) else { return };
        if rebooted && plan.head.mode == Mode::Running {
            self.record(id, Fact::PlanPaused);
        }
        let Some(plan) = self.plan(id) else { return };
        let lane = plan.head.lane.clone();
        let runs: Vec<_> = plan.activity.runs.iter().cloned().collect();
        let busy: Vec<At> = plan
            .activity
            .busy
            .iter()
            .map(|(task, attempt)| At { plan: id.clone(), task: task.clone(), attempt: *attempt })
            .collect();
        // Runs come first: what lives must be known before anything in its worktree is touched.
        for run in runs {
            self.effect(Effect::Adopt { run });
        }
        for at in busy {
            self.ask_again(&at);
        }
        self.judge_on(id, rebooted);
        if let (Some(lane), Some(project)) = (lane.filter(|lane| lane.removing), self.project_of(id)) {
            self.effect(Effect::RemoveLane { plan: id.clone(), project, lane });
        }
    }

    fn ask_again(&mut self, at: &At) {
        let (Some(plan), Some(project), Some(attempt)) =
            (self.plan(&at.plan), self.project_of(&at.plan), self.attempt(at))
        else {
            return;
        };
        match attempt.step.clone() {
            Step::Cut => {
                let (worktree, branch, base) =
                    (attempt.worktree.clone(), attempt.branch.clone(), attempt.base.clone());
                let copy = plan.doc.settings.setup.copy.clone();
                self.effect(Effect::Cut { at: at.clone(), project, worktree, branch, base, copy });
            }
            Step::Setup { run }
            | Step::Implement { run }
            | Step::Check { run, .. }
            | Step::Review { run, .. }
            | Step::Fix { run }
            | Step::LaneSetup { run }
            | Step::LaneCheck { run, .. } => {
                // Its end was recorded together with the next step; a step that still names it
                // and finds it over was cut short between the two.
                if !self.is_live(&run) {
                    self.begin_inspect(at);
                }
            }
            Step::Leave { run } if self.is_live(&run) => self.effect(Effect::EndRun { run }),
            Step::Leave { .. } => self.begin_inspect(at),
            Step::View => self.set_view(at),
            Step::Report { run, .. } => self.read_report(at, &run),
            Step::Stopped { run } if self.is_live(&run) => self.look_at_stopped(at, &run),
            Step::Stopped { .. } | Step::Inspect => self.begin_inspect(at),
            Step::CommitLeftovers => self.begin_commit_leftovers(at),
            Step::Tidy { check } => self.begin_tidy(at, check),
            Step::Candidate => self.build_candidate(at),
            Step::LanePrepare { check } => self.prepare_lane(at, check),
            Step::Advance => self.begin_advance(at),
            Step::Take { .. } => self.move_to_taken(at),
            Step::Rest => {}
        }
    }

    /// Somebody moved a branch: an approval of an attempt whose head moved is void.
    pub(super) fn refs_moved(&mut self, project: &ProjectId) {
        let Some(known) = self.world.projects.get(project).cloned() else { return };
        let resting: Vec<(At, plan::CommitId, String)> = self
            .world
            .plans
            .values()
            .filter(|plan| plan.head.project == *project)
            .flat_map(|plan| {
                plan.tasks.values().flat_map(|task| plan.contending(task)).filter_map(|attempt| {
                    let rests = attempt.ended_ms.is_none() && attempt.step == Step::Rest;
                    let waits = matches!(attempt.stage, plan::Stage::AwaitingApproval | plan::Stage::Queued);
                    let head = attempt.head.clone().filter(|_| rests && waits)?;
                    let at = At {
                        plan: plan.head.id.clone(),
                        task: attempt.task.clone(),
                        attempt: attempt.number,
                    };
                    Some((at, head, attempt.branch.clone()))
                })
            })
            .collect();
        for (at, head, branch) in resting {
            if self.outside.tip(&known, &branch).is_ok_and(|tip| tip != head) {
                self.void_approval(&at, "The head moved after the approval.");
                self.unqueue_if_queued(&at);
                self.proceed(&at);
                self.settle(&at.plan);
            }
        }
    }

    fn unqueue_if_queued(&mut self, at: &At) {
        let queued =
            self.plan(&at.plan).is_some_and(|plan| plan.head.queue.contains(&(at.task.clone(), at.attempt)));
        if queued {
            self.unqueue(at, "The head moved after the approval.");
        }
    }
}
