//! An attempt's life from the cut of its worktree to green checks at its head.

use plan::{Failure, NeedsYou, Stage};

use crate::fact::Fact;
use crate::ids::RunId;
use crate::turn::{At, Effect, Inspected, Tidied, Turn};
use crate::world::{AttemptPlace, Evidence, Mode, Outcome, RunKind, RunState, Step};

/// How often a check whose terminal was lost is run again before that counts as red.
const LOST_CHECKS: usize = 3;

impl Turn<'_> {
    /// Cuts a new attempt of a task that is ready.
    pub(super) fn start_attempt(&mut self, plan_id: &crate::ids::PlanId, task_id: &plan::TaskId) {
        let (Some(plan), Some(project)) = (self.plan(plan_id), self.project_of(plan_id)) else { return };
        let Some(task) = plan.tasks.get(task_id) else { return };
        let Some(place) = task.next_to_start() else { return };
        let contender = &task.contenders[place];
        let counts = contender.attempt.and_then(|number| plan.attempts.get(&(task_id.clone(), number)));
        if let Some(open) = counts.filter(|attempt| attempt.is_resumable()) {
            let at = At { plan: plan_id.clone(), task: task_id.clone(), attempt: open.number };
            return if open.review.gaps.asked { self.begin_fix(&at) } else { self.begin_inspect(&at) };
        }
        let Some(document) = plan.doc_task(task_id) else { return };
        let attempt = task.attempts + 1;
        let at = At { plan: plan_id.clone(), task: task_id.clone(), attempt };
        let named = contender.agent.clone();
        let agents = plan.doc.agents_of(document);
        let Some(agent) = named.or_else(|| agents.first().map(|name| (*name).to_owned())) else {
            let why =
                format!("No agent is named for {}; choose one for it, or one for the plan.", document.name());
            return self.needs_you(&at, None, NeedsYou::Blocked { why });
        };
        // Side by side on the same base, so that they can be compared.
        let beside = plan.contending(task).find(|other| other.ended_ms.is_none());
        let tip = || self.outside.tip(&project, &plan.head.target);
        let base = match beside.map_or_else(tip, |other| Ok(other.base.clone())) {
            Ok(base) => base,
            Err(why) => return self.needs_you(&at, None, NeedsYou::Blocked { why }),
        };
        let ports = plan.doc.settings.setup.ports.len();
        let prefix = &plan.head.branch_prefix;
        let branch = format!("{prefix}/{plan_id}/{task_id}/{attempt}");
        let worktree =
            project.place.join("worktrees").join(plan_id.as_str()).join(format!("{task_id}-{attempt}"));
        let copy = plan.doc.settings.setup.copy.clone();
        let port = match self.lease(ports) {
            Ok(port) => port,
            Err(why) => return self.needs_you(&at, None, NeedsYou::Blocked { why }),
        };
        self.record(
            plan_id,
            Fact::AttemptStarted {
                task: task_id.clone(),
                attempt,
                contender: place,
                agent,
                base: base.clone(),
                branch: branch.clone(),
                worktree: worktree.clone(),
                port,
            },
        );
        self.effect(Effect::Cut { at, project, worktree, branch, base, copy });
    }

    pub(super) fn worktree_cut(&mut self, at: &At, result: Result<(), String>) {
        if !self.waits_for(at, |step| *step == Step::Cut) {
            return;
        }
        match result {
            Err(why) => self.fail(at, Failure::Repository { why }),
            Ok(()) if self.is_stopped(at) => self.park(at),
            Ok(()) if self.plan(&at.plan).is_some_and(|plan| plan.doc.settings.setup.command.is_some()) => {
                self.begin_setup(at);
            }
            Ok(()) => self.begin_implement(at),
        }
    }

    pub(super) fn begin_setup(&mut self, at: &At) {
        if let Some(run) = self.launch_shell(at, RunKind::Setup, "setup", None) {
            self.step(at, Step::Setup { run });
        }
    }

    pub(super) fn begin_implement(&mut self, at: &At) {
        if self.is_stopped(at) {
            return self.park(at);
        }
        self.stage(at, Stage::Implementing);
        match self.launch_agent(at) {
            Ok(run) => self.step(at, Step::Implement { run }),
            Err(why) => self.fail(at, Failure::NotStarted { why }),
        }
    }

    /// Looks at the attempt's worktree (again), and goes on from what is there: at once when it
    /// holds a slot, otherwise as soon as it is given one.
    pub(super) fn proceed(&mut self, at: &At) {
        if self.stage_of(at).is_some_and(|stage| stage.status() == plan::Status::Started) {
            return self.begin_inspect(at);
        }
        self.step(at, Step::Rest);
        self.stage(at, Stage::Waiting);
    }

    pub(super) fn begin_inspect(&mut self, at: &At) {
        let (Some(project), Some(attempt)) = (self.project_of(&at.plan), self.attempt(at)) else { return };
        let (worktree, base) = (attempt.worktree.clone(), attempt.base.clone());
        let branch = Some(attempt.branch.clone());
        let scope = self.scope_of(at);
        self.stage(at, Stage::Checking);
        self.step(at, Step::Inspect);
        self.effect(Effect::Inspect { at: at.clone(), project, worktree, branch, base, scope });
    }

    pub(super) fn inspected(&mut self, at: &At, result: Result<Inspected, String>) {
        if let Some(Step::Stopped { run }) = self.attempt(at).map(|attempt| attempt.step.clone()) {
            return self.stopped_seen(at, &run, result);
        }
        if !self.waits_for(at, |step| *step == Step::Inspect) {
            return;
        }
        let seen = match result {
            Ok(seen) => seen,
            Err(why) => return self.rest_needing(at, NeedsYou::Blocked { why }),
        };
        let Some(attempt) = self.attempt(at) else { return };
        let base = attempt.base.clone();
        if attempt.head.as_ref() != Some(&seen.head) {
            self.void_approval(at, "The head moved.");
        }
        self.record(
            &at.plan,
            Fact::HeadSeen {
                task: at.task.clone(),
                attempt: at.attempt,
                head: seen.head.clone(),
                size: seen.size,
                out_of_scope: seen.out_of_scope.clone(),
            },
        );
        if let Some(what) = seen.in_progress {
            let why = format!(
                "Its worktree is in the middle of {what}: finish or abort it there, then check again."
            );
            return self.rest_needing(at, NeedsYou::Blocked { why });
        }
        if let Some(other) = seen.apart {
            let branch = self.attempt(at).map(|attempt| attempt.branch.clone()).unwrap_or_default();
            let why = format!(
                "Its worktree has {other} checked out, which does not hold all of its branch {branch}: check that \
                 branch out there, bring in what is missing, then check again."
            );
            return self.rest_needing(at, NeedsYou::Blocked { why });
        }
        if !seen.dirty_inside.is_empty() {
            let commits =
                self.plan(&at.plan).is_some_and(|p| p.doc.settings.commit == plan::CommitPolicy::Scope);
            return match commits {
                true => self.begin_commit_leftovers(at),
                false => self.rest_needing(at, NeedsYou::Uncommitted { paths: seen.dirty_inside }),
            };
        }
        if seen.head == base {
            let reason = NeedsYou::NoCommit;
            self.task_failed(at, reason.code(), &reason.describe());
            return self.rest_needing(at, reason);
        }
        if !seen.descends {
            let why = format!("Its branch no longer contains {}, where it was cut.", base.short());
            return self.rest_needing(at, NeedsYou::Blocked { why });
        }
        if !seen.out_of_scope.is_empty() {
            return self.rest_needing(at, NeedsYou::OutOfScope { paths: seen.out_of_scope });
        }
        if seen.dirty_outside.is_empty() { self.begin_check(at, 0) } else { self.begin_tidy(at, 0) }
    }

    pub(super) fn begin_commit_leftovers(&mut self, at: &At) {
        let (Some(project), Some(attempt)) = (self.project_of(&at.plan), self.attempt(at)) else { return };
        let worktree = attempt.worktree.clone();
        let title = self.title_of(at);
        let scope = self.scope_of(at);
        self.step(at, Step::CommitLeftovers);
        let message =
            format!("{title}\n\nCommitted by Coppice from what the agent left uncommitted in its scope.\n");
        self.effect(Effect::CommitLeftovers { at: at.clone(), project, worktree, scope, message });
    }

    pub(super) fn leftovers_committed(
        &mut self,
        at: &At,
        result: Result<(Vec<String>, plan::CommitId), String>,
    ) {
        if !self.waits_for(at, |step| *step == Step::CommitLeftovers) {
            return;
        }
        match result {
            Ok((paths, head)) => {
                if !paths.is_empty() {
                    self.record(
                        &at.plan,
                        Fact::LeftoversCommitted { task: at.task.clone(), attempt: at.attempt, paths, head },
                    );
                }
                self.proceed(at);
            }
            Err(why) => self.rest_needing(at, NeedsYou::Blocked { why }),
        }
    }

    pub(super) fn begin_tidy(&mut self, at: &At, check: usize) {
        let (Some(project), Some(attempt)) = (self.project_of(&at.plan), self.attempt(at)) else { return };
        let worktree = attempt.worktree.clone();
        let keep = format!("{}/{}/{}/leftovers-{}", at.plan, at.task, at.attempt, self.world.seq);
        self.step(at, Step::Tidy { check });
        self.effect(Effect::Tidy { at: at.clone(), project, worktree, keep });
    }

    pub(super) fn tidied(&mut self, at: &At, result: Result<Tidied, String>) {
        let Some(Step::Tidy { check }) = self.attempt(at).map(|attempt| attempt.step.clone()) else { return };
        let tidied = match result {
            Ok(tidied) => tidied,
            Err(why) => return self.rest_needing(at, NeedsYou::Blocked { why }),
        };
        if let Some((paths, keep_ref)) = tidied.kept {
            let (task, attempt) = (at.task.clone(), at.attempt);
            self.record(&at.plan, Fact::LeftoversKept { task, attempt, paths, keep_ref });
        }
        let head = self.attempt(at).and_then(|attempt| attempt.head.clone());
        let same =
            head.as_ref() == Some(&tidied.head) && self.attempt(at).is_some_and(|a| a.base != tidied.head);
        let holds_slot = self.stage_of(at).is_some_and(|stage| stage.status() == plan::Status::Started);
        if !same || !holds_slot {
            return self.proceed(at);
        }
        self.begin_check(at, check);
    }

    /// Check number `index` at the head, or the next gate when there are no more.
    pub(super) fn begin_check(&mut self, at: &At, index: usize) {
        let Some(plan) = self.plan(&at.plan) else { return };
        let Some(check) = plan.doc.settings.checks.get(index).cloned() else { return self.checks_done(at) };
        if self.is_stopped(at) {
            return self.step(at, Step::Rest);
        }
        self.stage(at, Stage::Checking);
        if let Some(run) =
            self.launch_shell(at, RunKind::Check, &format!("check {}", check.name), Some(&check))
        {
            self.step(at, Step::Check { index, run });
        }
    }

    pub(super) fn check_ended(
        &mut self,
        at: &At,
        index: usize,
        run: &crate::world::Run,
        outcome: Outcome,
        code: Option<i32>,
    ) {
        match outcome {
            Outcome::Ended => return self.step(at, Step::Rest),
            Outcome::Lost if self.lost_runs(at) < LOST_CHECKS => return self.begin_tidy(at, index),
            _ => {}
        }
        let Some(attempt) = self.attempt(at) else { return };
        let Some(head) = attempt.head.clone() else { return };
        let base = attempt.base.clone();
        let evidence = self.evidence(run, head, base, outcome, code, false);
        self.record(&at.plan, Fact::CheckFinished { task: at.task.clone(), attempt: at.attempt, evidence });
        let more = self.plan(&at.plan).is_some_and(|plan| index + 1 < plan.doc.settings.checks.len());
        if more { self.begin_tidy(at, index + 1) } else { self.checks_done(at) }
    }

    pub(super) fn evidence(
        &self,
        run: &crate::world::Run,
        head: plan::CommitId,
        base: plan::CommitId,
        outcome: Outcome,
        code: Option<i32>,
        merged: bool,
    ) -> Evidence {
        Evidence {
            check: run.name.strip_prefix("check ").unwrap_or(&run.name).to_owned(),
            command: run.command.clone(),
            merged,
            head,
            base,
            code: code.filter(|_| outcome == Outcome::Exited),
            reused: false,
            run: Some(run.id.clone()),
            duration_ms: self.now - run.planned_ms,
            at_ms: self.now,
        }
    }

    /// Every check has run at the head: red ones stop the attempt, otherwise a person is next.
    fn checks_done(&mut self, at: &At) {
        let (Some(plan), Some(attempt)) = (self.plan(&at.plan), self.attempt(at)) else { return };
        let Some(head) = attempt.head.clone() else { return };
        let results = attempt.evidence_at(&head, false);
        let red = plan.doc.settings.checks.iter().find_map(|check| {
            let found = results.get(check.name.as_str())?;
            (!found.passed()).then(|| (check.name.clone(), found.code, found.run.clone()))
        });
        if let Some((name, code, run)) = red {
            let timed_out = run
                .and_then(|run| self.world.runs.get(&run))
                .is_some_and(|run| matches!(run.state, RunState::Ended { outcome: Outcome::TimedOut, .. }));
            let reason = match timed_out {
                true => NeedsYou::CheckTimedOut { name },
                false => NeedsYou::CheckFailed { name, code },
            };
            if self.mends_red_checks(at) {
                return self.begin_fix(at);
            }
            self.task_failed(at, reason.code(), &reason.describe());
            return self.rest_needing(at, reason);
        }
        self.review_gate(at);
    }

    /// Every gate is green at the head: the person is next, or the plan's own word.
    pub(super) fn gates_passed(&mut self, at: &At) {
        let (Some(plan), Some(attempt)) = (self.plan(&at.plan), self.attempt(at)) else { return };
        let Some(head) = attempt.head.clone() else { return };
        // What a person asked for is shown to a person, whatever the plan says.
        let asked = attempt.review.gaps.findings.iter().any(|finding| finding.by.is_none());
        // Which of several is the better one is a person's word too.
        let contest = self.is_contest(at);
        let auto = plan.doc.settings.approve == plan::Approve::Auto && !asked && !contest;
        let approved = attempt
            .approval
            .as_ref()
            .is_some_and(|approval| approval.void.is_none() && approval.head == head);
        let reviewed = attempt.review.last.as_ref().is_some_and(|last| last.head == head);
        self.step(at, Step::Rest);
        if approved && !contest {
            self.enqueue(at);
        } else if auto {
            self.approve(at, head, "plan");
        } else if contest {
            self.stage(at, Stage::AwaitingApproval);
            self.ready_to_compare(at);
        } else {
            self.stage(at, Stage::AwaitingApproval);
            let reviewed = if reviewed { "its review passed" } else { "it was not reviewed" };
            let reason =
                format!("Ready to review: its checks are green, {reviewed}, and it waits for your approval.");
            self.record(
                &at.plan,
                Fact::NeedsYou {
                    task: at.task.clone(),
                    attempt: Some(at.attempt),
                    code: "approval".to_owned(),
                    reason,
                },
            );
        }
    }

    pub(super) fn approve(&mut self, at: &At, head: plan::CommitId, by: &str) {
        let approval = crate::world::Approval { head, by: by.to_owned(), at_ms: self.now, void: None };
        self.record(&at.plan, Fact::Approved { task: at.task.clone(), attempt: at.attempt, approval });
        self.enqueue(at);
    }

    pub(super) fn void_approval(&mut self, at: &At, why: &str) {
        let stands = self
            .attempt(at)
            .and_then(|attempt| attempt.approval.as_ref())
            .is_some_and(|approval| approval.void.is_none());
        if stands {
            let (task, attempt) = (at.task.clone(), at.attempt);
            self.record(&at.plan, Fact::ApprovalVoid { task, attempt, why: why.to_owned() });
        }
    }

    pub(super) fn is_stopped(&self, at: &At) -> bool {
        self.plan(&at.plan).is_some_and(|plan| plan.head.mode == Mode::Stopped)
    }

    pub(super) fn waits_for(&self, at: &At, step: impl Fn(&Step) -> bool) -> bool {
        self.attempt(at).is_some_and(|attempt| {
            attempt.ended_ms.is_none() && attempt.place == AttemptPlace::Worktree && step(&attempt.step)
        })
    }

    /// Runs of the attempt whose terminal was lost.
    fn lost_runs(&self, at: &At) -> usize {
        let Some(attempt) = self.attempt(at) else { return 0 };
        let lost = |run: &&RunId| {
            self.world.runs.get(*run).is_some_and(|run| {
                run.kind == RunKind::Check
                    && matches!(run.state, RunState::Ended { outcome: Outcome::Lost, .. })
            })
        };
        attempt.runs.iter().filter(lost).count()
    }
}
