//! The merge queue: one attempt at a time is merged with the target's tip, checked as merged, and
//! the target is moved to exactly what was checked.

use plan::{NeedsYou, Stage};

use crate::fact::Fact;
use crate::ids::PlanId;
use crate::turn::{Advanced, At, Build, Built, Effect, Turn};
use crate::world::{AttemptPlace, Candidate, Evidence, Lane, Mode, Outcome, Run, RunKind, Step};

impl Turn<'_> {
    pub(super) fn enqueue(&mut self, at: &At) {
        self.stage(at, Stage::Queued);
        self.record(&at.plan, Fact::Queued { task: at.task.clone(), attempt: at.attempt });
    }

    /// Begins the next landing, when none is under way and nothing lives in the lane.
    pub(super) fn next_landing(&mut self, plan_id: &PlanId) {
        let Some(plan) = self.plan(plan_id) else { return };
        let open = matches!(plan.head.mode, Mode::Running | Mode::Paused) && plan.head.landing.is_none();
        let lane_lives = plan
            .head
            .lane
            .as_ref()
            .is_some_and(|lane| lane.removing || !self.lives_in(plan_id, &lane.worktree).is_empty());
        if !open || lane_lives {
            return;
        }
        // What unblocks the longest chain lands first; among equals, who was approved first.
        let order = plan.order.schedule();
        let next = plan
            .head
            .queue
            .iter()
            .enumerate()
            .min_by_key(|(place, (task, _))| (plan.order.graph.find(task).map(|i| order.rank(i)), *place))
            .map(|(_, (task, attempt))| At { plan: plan_id.clone(), task: task.clone(), attempt: *attempt });
        let Some(at) = next else { return };
        self.record(plan_id, Fact::LandingBegun { task: at.task.clone(), attempt: at.attempt });
        self.stage(&at, Stage::Landing);
        self.build_candidate(&at);
    }

    pub(super) fn build_candidate(&mut self, at: &At) {
        let (Some(plan), Some(project), Some(attempt)) =
            (self.plan(&at.plan), self.project_of(&at.plan), self.attempt(at))
        else {
            return;
        };
        let Some(approval) = attempt.approval.clone() else { return };
        let message = format!(
            "{}\n\nCoppice-Plan: {}\nCoppice-Task: {}\nCoppice-Attempt: {}\n",
            self.title_of(at),
            at.plan,
            at.task,
            at.attempt
        );
        let build = Build {
            project,
            target: plan.head.target.clone(),
            worktree: attempt.worktree.clone(),
            base: attempt.base.clone(),
            head: approval.head,
            how: plan.doc.settings.land,
            message,
            at_ms: approval.at_ms,
        };
        self.step(at, Step::Candidate);
        self.effect(Effect::BuildCandidate { at: at.clone(), build: Box::new(build) });
    }

    pub(super) fn candidate_built(&mut self, at: &At, result: Built) {
        if !self.waits_for(at, |step| *step == Step::Candidate) {
            return;
        }
        match result {
            Built::Clean(candidate) => {
                let (task, attempt) = (at.task.clone(), at.attempt);
                self.record(&at.plan, Fact::CandidateBuilt { task, attempt, candidate: candidate.clone() });
                self.check_candidate(at, &candidate);
            }
            Built::Conflict { paths } => {
                let reason = NeedsYou::Conflict { paths };
                self.task_failed(at, reason.code(), &reason.describe());
                self.hold(at, reason);
            }
            Built::HeadMoved { head } => self.head_moved(at, &head),
            Built::Failed { why } => self.hold(at, NeedsYou::Blocked { why }),
        }
    }

    /// What was approved is not what is there now: nothing of it lands before a person has seen the rest.
    fn head_moved(&mut self, at: &At, head: &plan::CommitId) {
        self.void_approval(at, &format!("The head moved to {} after the approval.", head.short()));
        self.unqueue(at, "The head moved after the approval.");
        self.stage(at, Stage::AwaitingApproval);
        self.proceed(at);
    }

    /// All is green. Somebody may have committed while the merged tree was checked.
    fn advance_if_unmoved(&mut self, at: &At) {
        let (Some(project), Some(attempt)) = (self.project_of(&at.plan), self.attempt(at)) else { return };
        let approved = attempt.approval.as_ref().map(|approval| approval.head.clone());
        // A branch that somebody deleted moves nothing: the commit is kept under a ref.
        let tip = self.outside.tip(&project, &attempt.branch).ok();
        match tip.filter(|tip| approved.as_ref() != Some(tip)) {
            Some(head) => self.head_moved(at, &head),
            None => self.begin_advance(at),
        }
    }

    /// Uses the evidence there is for exactly this candidate, or makes it in the lane.
    fn check_candidate(&mut self, at: &At, candidate: &Candidate) {
        let (Some(plan), Some(attempt)) = (self.plan(&at.plan), self.attempt(at)) else { return };
        let green = |evidence: &std::collections::BTreeMap<&str, &Evidence>| {
            plan.doc.settings.checks.iter().all(|check| {
                evidence
                    .get(check.name.as_str())
                    .is_some_and(|found| found.passed() && found.command == check.command)
            })
        };
        if green(&attempt.evidence_at(&candidate.commit, true)) {
            return self.advance_if_unmoved(at);
        }
        let head = attempt.head.clone().unwrap_or_else(|| attempt.base.clone());
        let at_head = attempt.evidence_at(&head, false);
        if candidate.same_tree && green(&at_head) {
            let serve = |evidence: &Evidence| Evidence {
                merged: true,
                head: candidate.commit.clone(),
                base: candidate.onto.clone(),
                reused: true,
                at_ms: self.now,
                ..evidence.clone()
            };
            let served: Vec<Evidence> = plan
                .doc
                .settings
                .checks
                .iter()
                .filter_map(|check| at_head.get(check.name.as_str()).map(|found| serve(found)))
                .collect();
            for evidence in served {
                let (task, attempt) = (at.task.clone(), at.attempt);
                self.record(&at.plan, Fact::CheckFinished { task, attempt, evidence });
            }
            return self.advance_if_unmoved(at);
        }
        self.prepare_lane(at, 0);
    }

    pub(super) fn prepare_lane(&mut self, at: &At, check: usize) {
        let (Some(plan), Some(project), Some(attempt)) =
            (self.plan(&at.plan), self.project_of(&at.plan), self.attempt(at))
        else {
            return;
        };
        let Some(candidate) = attempt.candidate.clone() else { return };
        let known = plan.head.lane.clone();
        let copy = plan.doc.settings.setup.copy.clone();
        let ports = plan.doc.settings.setup.ports.len();
        let lane = match known {
            Some(lane) => lane,
            None => {
                let worktree = project.place.join("worktrees").join(at.plan.as_str()).join("lane");
                let port = match self.lease(ports) {
                    Ok(port) => port,
                    Err(why) => return self.hold(at, NeedsYou::Blocked { why }),
                };
                let lane = Lane { worktree, port, prepared_for: None, removing: false };
                self.record(&at.plan, Fact::LaneSet { lane: Some(lane.clone()) });
                lane
            }
        };
        self.step(at, Step::LanePrepare { check });
        self.effect(Effect::PrepareLane { at: at.clone(), project, lane, commit: candidate.commit, copy });
    }

    /// `lock_print` stands for the lock files of the candidate's tree.
    pub(super) fn lane_prepared(&mut self, at: &At, result: Result<String, String>) {
        let Some(Step::LanePrepare { check }) = self.attempt(at).map(|attempt| attempt.step.clone()) else {
            return;
        };
        let lock_print = match result {
            Ok(print) => print,
            Err(why) => return self.hold(at, NeedsYou::Blocked { why }),
        };
        let Some(plan) = self.plan(&at.plan) else { return };
        let Some(lane) = plan.head.lane.clone() else { return };
        let setup = plan.doc.settings.setup.command.clone();
        let fresh = lane.prepared_for.as_deref() != Some(lock_print.as_str());
        if fresh && setup.is_some() {
            let lane = Lane { prepared_for: Some(lock_print), ..lane };
            self.record(&at.plan, Fact::LaneSet { lane: Some(lane) });
            return self.begin_lane_setup(at);
        }
        self.begin_lane_check(at, check);
    }

    pub(super) fn begin_lane_setup(&mut self, at: &At) {
        if let Some(run) = self.launch_lane(at, RunKind::Setup, "setup of the landing lane", None) {
            self.step(at, Step::LaneSetup { run });
        }
    }

    pub(super) fn lane_setup_ended(&mut self, at: &At, outcome: Outcome, code: Option<i32>) {
        match (outcome, code) {
            (Outcome::Exited, Some(0)) => self.begin_lane_check(at, 0),
            (Outcome::Ended, _) => {
                self.forget_lane_setup(at);
                self.requeue(at);
            }
            (Outcome::Lost, _) => {
                self.forget_lane_setup(at);
                self.prepare_lane(at, 0);
            }
            _ => {
                self.forget_lane_setup(at);
                self.hold(at, NeedsYou::SetupFailed { code });
            }
        }
    }

    fn forget_lane_setup(&mut self, at: &At) {
        let lane = self.plan(&at.plan).and_then(|plan| plan.head.lane.clone());
        if let Some(lane) = lane {
            self.record(&at.plan, Fact::LaneSet { lane: Some(Lane { prepared_for: None, ..lane }) });
        }
    }

    fn begin_lane_check(&mut self, at: &At, index: usize) {
        let Some(plan) = self.plan(&at.plan) else { return };
        let Some(check) = plan.doc.settings.checks.get(index).cloned() else {
            return self.advance_if_unmoved(at);
        };
        if self.is_stopped(at) {
            return self.requeue(at);
        }
        if let Some(run) =
            self.launch_lane(at, RunKind::Check, &format!("check {}", check.name), Some(&check))
        {
            self.step(at, Step::LaneCheck { index, run });
        }
    }

    pub(super) fn lane_check_ended(
        &mut self,
        at: &At,
        index: usize,
        run: &Run,
        outcome: Outcome,
        code: Option<i32>,
    ) {
        match outcome {
            Outcome::Ended => return self.requeue(at),
            // The terminal died, not the check: an untested tree never lands, so it runs again.
            Outcome::Lost => return self.prepare_lane(at, index),
            _ => {}
        }
        let Some(candidate) = self.attempt(at).and_then(|attempt| attempt.candidate.clone()) else { return };
        let evidence = self.evidence(run, candidate.commit, candidate.onto, outcome, code, true);
        let (passed, name, code) = (evidence.passed(), evidence.check.clone(), evidence.code);
        let (task, attempt) = (at.task.clone(), at.attempt);
        self.record(&at.plan, Fact::CheckFinished { task, attempt, evidence });
        if !passed {
            let reason = NeedsYou::MergedCheckFailed { name, code };
            self.task_failed(at, reason.code(), &reason.describe());
            return self.hold(at, reason);
        }
        let more = self.plan(&at.plan).is_some_and(|plan| index + 1 < plan.doc.settings.checks.len());
        if more { self.prepare_lane(at, index + 1) } else { self.advance_if_unmoved(at) }
    }

    pub(super) fn begin_advance(&mut self, at: &At) {
        let (Some(plan), Some(project), Some(attempt)) =
            (self.plan(&at.plan), self.project_of(&at.plan), self.attempt(at))
        else {
            return;
        };
        let Some(candidate) = attempt.candidate.clone() else { return };
        let target = plan.head.target.clone();
        self.step(at, Step::Advance);
        let (old, new) = (candidate.onto, candidate.commit);
        self.effect(Effect::Advance { at: at.clone(), project, target, old, new });
    }

    pub(super) fn advanced(&mut self, at: &At, result: Advanced) {
        if !self.waits_for(at, |step| *step == Step::Advance) {
            return;
        }
        match result {
            Advanced::Moved => {
                let Some(candidate) = self.attempt(at).and_then(|attempt| attempt.candidate.clone()) else {
                    return;
                };
                self.landed(at, candidate.commit, candidate.onto);
            }
            // Somebody moved the target meanwhile: what was tested is not what would land.
            Advanced::Stale => self.build_candidate(at),
            Advanced::Blocked { paths } => self.hold(at, NeedsYou::CheckoutBlocked { paths }),
            Advanced::Failed { why } => self.hold(at, NeedsYou::Blocked { why }),
        }
    }

    fn landed(&mut self, at: &At, commit: plan::CommitId, previous: plan::CommitId) {
        let (task, attempt) = (at.task.clone(), at.attempt);
        self.record(&at.plan, Fact::Landed { task, attempt, commit, previous });
        self.clear_away(&at.plan, &at.task);
    }

    /// Out of the queue and to a person; the approval stands.
    fn hold(&mut self, at: &At, reason: NeedsYou) {
        self.unqueue(at, &reason.describe());
        self.rest_needing(at, reason);
    }

    pub(super) fn unqueue(&mut self, at: &At, why: &str) {
        let (task, attempt) = (at.task.clone(), at.attempt);
        self.record(&at.plan, Fact::Unqueued { task, attempt, why: why.to_owned() });
    }

    fn requeue(&mut self, at: &At) {
        self.unqueue(at, "The plan was stopped.");
        self.step(at, Step::Rest);
        self.enqueue(at);
    }

    /// The task is settled: the worktrees of all its attempts go to the trash.
    pub(super) fn clear_away(&mut self, plan_id: &PlanId, task: &plan::TaskId) {
        let Some(plan) = self.plan(plan_id) else { return };
        let due: Vec<u32> = plan
            .attempts_of(task)
            .filter(|attempt| attempt.place == AttemptPlace::Worktree)
            .map(|attempt| attempt.number)
            .collect();
        for attempt in due {
            self.record(plan_id, Fact::RemovalDue { task: task.clone(), attempt });
        }
    }

    /// Orders the removal if no process lives there; otherwise the end of the last one does.
    pub(super) fn remove_worktree(&mut self, at: &At) -> bool {
        let (Some(project), Some(attempt)) = (self.project_of(&at.plan), self.attempt(at)) else {
            return false;
        };
        let (worktree, branch) = (attempt.worktree.clone(), attempt.branch.clone());
        let views = [attempt.view(), attempt.judges_view()];
        let lives = |folder: &std::path::PathBuf| !self.lives_in(&at.plan, folder).is_empty();
        if lives(&worktree) || views.iter().any(lives) {
            return false;
        }
        let keep = format!("{}/{}/{}", at.plan, at.task, at.attempt);
        self.effect(Effect::Remove { at: at.clone(), project, worktree, views, branch, keep });
        true
    }

    pub(super) fn removed(&mut self, at: &At, result: Result<Vec<String>, String>) {
        let Some(attempt) = self.attempt(at).filter(|attempt| attempt.place == AttemptPlace::Removing) else {
            return;
        };
        let worktree = attempt.worktree.clone();
        let (task, attempt) = (at.task.clone(), at.attempt);
        self.record(
            &at.plan,
            match result {
                Ok(keep_refs) => Fact::WorktreeRemoved { task, attempt, worktree, keep_refs },
                Err(why) => Fact::RemovalFailed { task, attempt, why },
            },
        );
    }

    pub(super) fn lane_removed(&mut self, plan_id: &PlanId, result: Result<(), String>) {
        if let Err(message) = result {
            self.record(plan_id, Fact::Warning { task: None, message });
        }
        if self.plan(plan_id).is_some_and(|plan| plan.head.lane.as_ref().is_some_and(|lane| lane.removing)) {
            self.record(plan_id, Fact::LaneSet { lane: None });
        }
    }
}
