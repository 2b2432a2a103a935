//! The second opinion: reviewers read the spec against the diff, a fixer works off what they found, and they look
//! again. What passes is decided by [`plan::Gaps`]; here is who is started when.

use plan::{Adapter, NeedsYou, Next, Stage, TaskId};
use protocol::Reply;

use crate::decide::command::{Answer, refused};
use crate::fact::{Comment, Fact};
use crate::ids::{PlanId, RunId};
use crate::turn::{At, Effect, FixParts, ReportRead, ReviewParts, Turn, Work};
use crate::world::{Attempt, Outcome, Plan, Reviewed, RunKind, Step};

impl Turn<'_> {
    /// The checks are green at the head: is its review?
    pub(super) fn review_gate(&mut self, at: &At) {
        let (Some(plan), Some(attempt)) = (self.plan(&at.plan), self.attempt(at)) else { return };
        if plan.doc.settings.review.is_none() {
            return self.gates_passed(at);
        }
        if is_reviewed(plan, attempt) { self.after_review(at) } else { self.set_view(at) }
    }

    /// The newest review read exactly this head: what follows from it?
    fn after_review(&mut self, at: &At) {
        let (Some(plan), Some(attempt)) = (self.plan(&at.plan), self.attempt(at)) else { return };
        let gaps = &attempt.review.gaps;
        let idle = attempt.review.idle_rounds(attempt.head.as_ref());
        match gaps.next_after(rounds(plan), idle) {
            Next::Pass => self.gates_passed(at),
            Next::Fix => self.begin_fix(at),
            Next::Undecided { points } => self.rest_needing(at, NeedsYou::Undecided { points }),
            Next::Stuck { open } => {
                let reason = NeedsYou::FindingsRemain { rounds: gaps.rounds, open };
                self.task_failed(at, reason.code(), &reason.describe());
                self.rest_needing(at, reason);
            }
        }
    }

    pub(super) fn set_view(&mut self, at: &At) {
        if self.is_stopped(at) {
            return self.step(at, Step::Rest);
        }
        let (Some(project), Some(attempt)) = (self.project_of(&at.plan), self.attempt(at)) else { return };
        let Some(commit) = attempt.head.clone() else { return };
        let view = attempt.view();
        self.stage(at, Stage::Reviewing);
        self.step(at, Step::View);
        self.effect(Effect::SetView { at: at.clone(), project, view, commit });
    }

    pub(super) fn view_set(&mut self, at: &At, result: Result<(), String>) {
        if !self.waits_for(at, |step| *step == Step::View) {
            return;
        }
        match result {
            Ok(()) => {
                if let Some(head) = self.attempt(at).and_then(|attempt| attempt.head.clone()) {
                    let (task, attempt) = (at.task.clone(), at.attempt);
                    self.record(&at.plan, Fact::ReviewBegun { task, attempt, head });
                }
                self.launch_reviewer(at, 0, false, Vec::new());
            }
            Err(why) => self.rest_needing(at, NeedsYou::Blocked { why }),
        }
    }

    /// `refused`: what was wrong with the report before.
    pub(super) fn launch_reviewer(&mut self, at: &At, reviewer: usize, again: bool, refused: Vec<String>) {
        if self.is_stopped(at) {
            return self.step(at, Step::Rest);
        }
        let (Some(plan), Some(attempt), Some(project)) =
            (self.plan(&at.plan), self.attempt(at), self.project_of(&at.plan))
        else {
            return;
        };
        let (Some(name), Some(head)) =
            (reviewers(plan, attempt).get(reviewer).cloned(), attempt.head.clone())
        else {
            return self
                .review_failed(at, "No agent of the plan can review; name one in [review].".to_owned());
        };
        let checks = attempt
            .evidence_at(&head, false)
            .into_values()
            .map(|found| (found.check.clone(), found.code, found.run.clone()))
            .collect();
        let parts = ReviewParts {
            project,
            base: attempt.base.clone(),
            head,
            since: attempt.review.last.as_ref().map(|last| last.head.clone()),
            requirements: attempt.review.gaps.spec.clone(),
            open: attempt.review.gaps.open().cloned().collect(),
            checks,
            refused,
        };
        let view = attempt.view();
        match self.launch_as(at, RunKind::Review, &name, view, Work::Review(Box::new(parts)), None) {
            Ok(run) => self.step(at, Step::Review { reviewer, again, run }),
            Err(why) => self.review_failed(at, why),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "how a process ended, and whose it was")]
    pub(super) fn reviewer_ended(
        &mut self,
        at: &At,
        reviewer: usize,
        again: bool,
        run: &RunId,
        outcome: Outcome,
        code: Option<i32>,
        detail: Option<String>,
    ) {
        match (outcome, code) {
            (Outcome::Exited, Some(0)) => {
                self.step(at, Step::Report { reviewer, again, run: run.clone() });
                self.read_report(at, run);
            }
            (Outcome::Ended, _) if self.is_stopped(at) => self.step(at, Step::Rest),
            (Outcome::Ended, _) => self.review_failed(at, "You ended the reviewer.".to_owned()),
            (Outcome::Exited, code) => {
                let why = format!("The reviewer ended with code {}.", code.unwrap_or(-1));
                self.ask_reviewer_again(at, reviewer, again, vec![why]);
            }
            _ => {
                let why = detail.unwrap_or_else(|| "The reviewer was ended by a signal.".to_owned());
                self.ask_reviewer_again(at, reviewer, again, vec![why]);
            }
        }
    }

    pub(super) fn read_report(&mut self, at: &At, run: &RunId) {
        let (Some(project), Some(head)) =
            (self.project_of(&at.plan), self.attempt(at).and_then(|attempt| attempt.head.clone()))
        else {
            return;
        };
        let agent = self.agent_of_run(at, run);
        self.effect(Effect::ReadReport { at: at.clone(), project, run: run.clone(), agent, head });
    }

    /// Who a run's agent is, as the plan has it now.
    pub(super) fn agent_of_run(&self, at: &At, run: &RunId) -> Option<(String, Box<plan::Agent>)> {
        let name = self.world.runs.get(run)?.name.clone();
        let agent = self.plan(&at.plan)?.agent(&name)?;
        Some((name, Box::new(agent)))
    }

    pub(super) fn report_read(&mut self, at: &At, run: &RunId, result: Result<ReportRead, String>) {
        let step = self.attempt(at).filter(|attempt| attempt.ended_ms.is_none()).map(|a| a.step.clone());
        let Some(Step::Report { reviewer, again, run: awaited }) = step else { return };
        if awaited != *run {
            return;
        }
        let (Some(plan), Some(attempt)) = (self.plan(&at.plan), self.attempt(at)) else { return };
        let report = match result {
            Ok(read) => {
                let spec = &attempt.review.gaps.spec;
                let problems = read.report.problems(spec, &self.expected(at), &read.lines);
                if !problems.is_empty() {
                    return self.ask_reviewer_again(at, reviewer, again, problems);
                }
                read.report
            }
            Err(why) => return self.ask_reviewer_again(at, reviewer, again, vec![why]),
        };
        let all = reviewers(plan, attempt);
        let by = all.get(reviewer).cloned().unwrap_or_default();
        self.record(&at.plan, Fact::ReportTaken { task: at.task.clone(), attempt: at.attempt, by, report });
        if reviewer + 1 < all.len() {
            return self.launch_reviewer(at, reviewer + 1, false, Vec::new());
        }
        self.finish_review(at, None);
        // If the spec was edited meanwhile, what was read is not what is asked for.
        self.review_gate(at);
    }

    /// Requirements that need a verdict: all in a first review, later those that are not met yet.
    fn expected(&self, at: &At) -> Vec<plan::Requirement> {
        let Some(attempt) = self.attempt(at) else { return Vec::new() };
        let met = |id: &str| {
            let judged = attempt.review.gaps.requirements.iter().find(|judged| judged.id == id);
            judged.is_some_and(|judged| judged.status == plan::report::Status::Met || judged.waived.is_some())
        };
        let spec = attempt.review.gaps.spec.iter();
        spec.filter(|requirement| !met(&requirement.id)).cloned().collect()
    }

    /// Once; then the review has failed.
    fn ask_reviewer_again(&mut self, at: &At, reviewer: usize, again: bool, problems: Vec<String>) {
        if again {
            return self.review_failed(at, problems.join(" "));
        }
        self.launch_reviewer(at, reviewer, true, problems);
    }

    fn review_failed(&mut self, at: &At, why: String) {
        self.finish_review(at, Some(why.clone()));
        let reason = NeedsYou::ReviewFailed { why };
        self.task_failed(at, reason.code(), &reason.describe());
        self.rest_needing(at, reason);
    }

    fn finish_review(&mut self, at: &At, failed: Option<String>) {
        let Some(attempt) = self.attempt(at) else { return };
        let Some(head) = attempt.head.clone() else { return };
        let by: Vec<String> = attempt.review.pending.iter().map(|(by, _)| by.clone()).collect();
        let reviewed = Reviewed { head, base: attempt.base.clone(), by, at_ms: self.now, failed };
        // As it will be once this is recorded.
        let mut gaps = attempt.review.gaps.clone();
        if reviewed.failed.is_none() {
            gaps.review(&attempt.review.pending);
        }
        let (unmet, findings) = (gaps.unmet().count() as u32, gaps.open().count() as u32);
        let unverifiable = gaps.unverifiable().count() as u32;
        let (task, attempt) = (at.task.clone(), at.attempt);
        self.record(
            &at.plan,
            Fact::ReviewFinished { task, attempt, reviewed, unmet, findings, unverifiable },
        );
    }

    /// A fix that turned a check red is mended by the next round, while there is one.
    pub(super) fn mends_red_checks(&self, at: &At) -> bool {
        let (Some(plan), Some(attempt)) = (self.plan(&at.plan), self.attempt(at)) else { return false };
        let fixed = attempt.review.gaps.rounds;
        fixed > 0 && fixed < rounds(plan)
    }

    pub(super) fn begin_fix(&mut self, at: &At) {
        if self.is_stopped(at) {
            return self.step(at, Step::Rest);
        }
        let Some(attempt) = self.attempt(at) else { return };
        let round = attempt.review.gaps.rounds + 1;
        self.stage(at, Stage::Fixing { round });
        self.record(&at.plan, Fact::FixStarted { task: at.task.clone(), attempt: at.attempt, round });
        self.launch_fixer(at);
    }

    pub(super) fn launch_fixer(&mut self, at: &At) {
        let (Some(plan), Some(attempt), Some(project)) =
            (self.plan(&at.plan), self.attempt(at), self.project_of(&at.plan))
        else {
            return;
        };
        let gaps = &attempt.review.gaps;
        let spec = plan.doc_task(&at.task).map(|task| task.spec.as_str()).unwrap_or_default();
        let texts = plan::requirements(spec);
        let unmet = gaps
            .unmet()
            .filter_map(|judged| {
                let text = texts.iter().find(|requirement| requirement.id == judged.id)?;
                Some((text.clone(), judged.evidence.clone()))
            })
            .collect();
        let red = attempt.head.iter().flat_map(|head| attempt.evidence_at(head, false).into_values());
        let red = red
            .filter(|found| !found.passed())
            .map(|found| (found.check.clone(), found.code, found.run.clone()))
            .collect();
        // A round ended where the next one began.
        let tried = attempt.review.fixes.windows(2).filter_map(|pair| match pair {
            [(round, from), (_, to)] => Some((*round, from.clone(), to.clone())),
            _ => None,
        });
        let parts = FixParts {
            project,
            round: gaps.rounds,
            findings: gaps.fixable().cloned().collect(),
            unmet,
            red,
            tried: tried.collect(),
        };
        let name = plan.doc.settings.fix.as_ref().and_then(|fix| fix.agent.clone());
        let name = name.unwrap_or_else(|| attempt.agent.clone());
        let worktree = attempt.worktree.clone();
        match self.launch_as(at, RunKind::Fix, &name, worktree, Work::Fix(Box::new(parts)), None) {
            Ok(run) => self.step(at, Step::Fix { run }),
            Err(why) => self.rest_needing(at, NeedsYou::Blocked { why }),
        }
    }

    /// However it ended, its round is spent: what it did is checked and reviewed like anything else.
    pub(super) fn fixer_ended(&mut self, at: &At, outcome: Outcome, detail: Option<String>) {
        match outcome {
            Outcome::Ended if self.is_stopped(at) => self.step(at, Step::Rest),
            Outcome::Ended => self.ended_by_person(at),
            Outcome::StartFailed => {
                let why = detail.unwrap_or_else(|| "The fixer did not start.".to_owned());
                self.rest_needing(at, NeedsYou::Blocked { why });
            }
            _ => self.begin_inspect(at),
        }
    }

    /// Recorded, so that who reviews is decided by what was here at the plan's start.
    pub(super) fn programs_found(&mut self, id: &PlanId, programs: Vec<Adapter>) -> Answer {
        if self.plan(id).is_some_and(|plan| plan.head.programs != programs) {
            self.record(id, Fact::ProgramsFound { programs });
        }
        Ok(Reply::Done)
    }

    /// A person does without a requirement or a finding, for a reason that stays on record.
    pub(super) fn waive(
        &mut self,
        id: &PlanId,
        task: &TaskId,
        attempt: Option<u32>,
        what: &str,
        reason: &str,
    ) -> Answer {
        let (at, _) = self.meant(id, task, attempt, |_| true)?;
        if reason.trim().is_empty() {
            return Err(refused("A waiver needs a reason.", "Say why it is not needed; the reason is kept."));
        }
        let mut gaps = self.attempt(&at).map(|attempt| attempt.review.gaps.clone()).unwrap_or_default();
        if !gaps.waive(what, reason) {
            return Err(refused(
                format!("{} has no open finding and no unmet requirement {what}.", self.title_of(&at)),
                "See `coppice report` for what is open.",
            ));
        }
        let (task, attempt) = (at.task.clone(), at.attempt);
        let (what, reason) = (what.to_owned(), reason.trim().to_owned());
        self.record(id, Fact::Waived { task, attempt, id: what, reason });
        self.reconsider(&at);
        self.settle(id);
        Ok(Reply::Done)
    }

    /// A person's comments go to the fixer, as soon as there is a slot. Without a comment: once more for what is
    /// open already.
    pub(super) fn request_changes(
        &mut self,
        id: &PlanId,
        task: &TaskId,
        attempt: Option<u32>,
        comments: Vec<Comment>,
    ) -> Answer {
        let rests = |stage: &Stage| matches!(stage, Stage::AwaitingApproval | Stage::NeedsYou { .. });
        let (at, stage) = self.meant(id, task, attempt, rests)?;
        let open = self.attempt(&at).is_some_and(|attempt| attempt.is_resumable());
        let rests = matches!(stage, Stage::AwaitingApproval | Stage::Queued | Stage::NeedsYou { .. });
        if !open || !rests {
            return Err(refused(
                format!("{} can't be changed now: {}", self.title_of(&at), stage.describe()),
                "Wait until it rests, or end its run first.",
            ));
        }
        let nothing = self.attempt(&at).is_none_or(|attempt| attempt.review.gaps.fixable().next().is_none());
        if comments.is_empty() && nothing {
            return Err(refused("There is nothing to change.", "Write a comment first."));
        }
        if comments.iter().any(|comment| comment.text.trim().is_empty()) {
            return Err(refused("A comment is empty.", "Write what is to change, or remove it."));
        }
        self.void_approval(&at, "Changes were requested.");
        if stage == Stage::Queued {
            self.unqueue(&at, "Changes were requested.");
        }
        let (task, attempt) = (at.task.clone(), at.attempt);
        self.record(id, Fact::ChangesRequested { task, attempt, comments });
        self.stage(&at, Stage::Waiting);
        self.settle(id);
        Ok(Reply::Done)
    }

    /// A person waived something: perhaps nothing is in the way any more.
    pub(super) fn reconsider(&mut self, at: &At) {
        if self.attempt(at).is_none_or(|attempt| attempt.step != Step::Rest) {
            return;
        }
        let undecided = self.stage_of(at).is_some_and(|stage| {
            matches!(
                stage,
                Stage::NeedsYou { reason: NeedsYou::Undecided { .. } | NeedsYou::FindingsRemain { .. } }
            )
        });
        let (Some(plan), Some(attempt)) = (self.plan(&at.plan), self.attempt(at)) else { return };
        if !undecided || !is_reviewed(plan, attempt) {
            return;
        }
        let idle = attempt.review.idle_rounds(attempt.head.as_ref());
        match attempt.review.gaps.next_after(rounds(plan), idle) {
            Next::Pass => self.gates_passed(at),
            Next::Undecided { points } => {
                self.stage(at, Stage::NeedsYou { reason: NeedsYou::Undecided { points } })
            }
            Next::Stuck { open } => {
                let rounds = attempt.review.gaps.rounds;
                self.stage(at, Stage::NeedsYou { reason: NeedsYou::FindingsRemain { rounds, open } });
            }
            Next::Fix => {}
        }
    }
}

/// A review that could be read has read exactly this head, against the spec as it is.
fn is_reviewed(plan: &Plan, attempt: &Attempt) -> bool {
    let last = attempt.review.last.as_ref();
    let spec = plan.doc_task(&attempt.task).map(|task| task.spec.as_str()).unwrap_or_default();
    last.is_some_and(|last| last.failed.is_none() && attempt.head.as_ref() == Some(&last.head))
        && attempt.review.gaps.is_of(&plan::requirements(spec))
}

fn rounds(plan: &Plan) -> u32 {
    plan.doc.settings.review.as_ref().map_or(plan::document::DEFAULT_ROUNDS, |review| review.rounds)
}

/// Who reviews an attempt: those that the plan names, else another vendor's agent.
pub(crate) fn reviewers(plan: &Plan, attempt: &Attempt) -> Vec<String> {
    let settings = &plan.doc.settings;
    let Some(review) = &settings.review else { return Vec::new() };
    if !review.agents.is_empty() {
        return review.agents.clone();
    }
    vec![another_vendor(plan, attempt)]
}

/// An agent of the plan whose program is another vendor's than that of the attempt's; else, where the attempt's is
/// a vendor's, another one's program that is here; else the attempt's own, which then starts without its memory.
pub(super) fn another_vendor(plan: &Plan, attempt: &Attempt) -> String {
    let settings = &plan.doc.settings;
    let own = settings.agents.get(&attempt.agent).map(|agent| agent.adapter);
    let is_vendors = |adapter: Adapter| matches!(adapter, Adapter::Claude | Adapter::Codex);
    let described =
        settings.agents.iter().find(|(_, agent)| is_vendors(agent.adapter) && Some(agent.adapter) != own);
    if let Some((name, _)) = described {
        return name.clone();
    }
    // What a command or a script starts may be of any vendor; then nothing that costs money is added to the plan.
    let others = plan.head.programs.iter().filter(|here| own.is_some_and(is_vendors) && Some(**here) != own);
    let mut names = others.map(|here| crate::wire::adapter(*here).to_owned());
    names.find(|name| !settings.agents.contains_key(name)).unwrap_or_else(|| attempt.agent.clone())
}
