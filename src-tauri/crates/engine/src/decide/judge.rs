//! A judge reads two attempts, then the same two in the other order. It advises whoever chooses; nothing moves by
//! what it says, and nothing waits for it.

use plan::TaskId;
use protocol::Reply;

use crate::decide::command::{Answer, not_found, refused};
use crate::decide::review::another_vendor;
use crate::fact::Fact;
use crate::ids::{PlanId, RunId};
use crate::turn::{At, Effect, JudgeParts, JudgedSide, Turn, Work};
use crate::world::{AttemptPlace, Judgement, Judging, Opinion, Outcome, RunKind};

impl Turn<'_> {
    pub(super) fn judge(
        &mut self,
        id: &PlanId,
        task: &TaskId,
        [a, b]: [u32; 2],
        agent: Option<String>,
    ) -> Answer {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let known = plan.tasks.get(task).ok_or_else(|| not_found("task", task))?;
        if known.judging.is_some() {
            return Err(refused("A judge reads already.", "Wait for what it says, or end its run."));
        }
        // It reads beside one of the two, which is removed with that one.
        let stands = |number: u32| {
            let known = plan.attempts.get(&(task.clone(), number));
            known.is_some_and(|attempt| attempt.place == AttemptPlace::Worktree)
        };
        if !stands(a) {
            return Err(refused(
                format!("The worktree of attempt {a} is gone."),
                "Judge attempts that still stand side by side.",
            ));
        }
        let [one, other] = self.pair(plan, task, a, b)?;
        let (Some(head_a), Some(head_b)) = (one.head.clone(), other.head.clone()) else {
            return Err(refused(
                "An attempt that has committed nothing can't be judged.",
                "Wait until both have come to their checks.",
            ));
        };
        let settings = &plan.doc.settings;
        let named = settings.review.as_ref().and_then(|review| review.agents.first().cloned());
        let by = agent.or(named).unwrap_or_else(|| another_vendor(plan, one));
        if plan.agent(&by).is_none() {
            return Err(not_found("agent of the plan with the name", by));
        }
        let at = At { plan: id.clone(), task: task.clone(), attempt: a };
        let judging = Judging { a, b, head_a, head_b, by, first: None, run: None };
        self.record(id, Fact::Judging { task: task.clone(), judging: Some(judging) });
        self.set_judges_view(&at);
        self.settle(id);
        Ok(Reply::Done)
    }

    fn judging(&self, at: &At) -> Option<&Judging> {
        self.plan(&at.plan)?.tasks.get(&at.task)?.judging.as_ref().filter(|judging| judging.a == at.attempt)
    }

    pub(super) fn set_judges_view(&mut self, at: &At) {
        let (Some(project), Some(attempt)) = (self.project_of(&at.plan), self.attempt(at)) else { return };
        let (view, commit) = (attempt.judges_view(), attempt.base.clone());
        self.effect(Effect::SetJudgesView { at: at.clone(), project, view, commit });
    }

    pub(super) fn judges_view_set(&mut self, at: &At, result: Result<(), String>) {
        if self.judging(at).is_none_or(|judging| judging.run.is_some()) {
            return;
        }
        match result {
            Ok(()) => self.launch_judge(at),
            Err(why) => self.judged(at, Some(why)),
        }
    }

    /// Starts the judge for whichever order is due.
    pub(super) fn launch_judge(&mut self, at: &At) {
        let (Some(judging), Some(project)) = (self.judging(at).cloned(), self.project_of(&at.plan)) else {
            return;
        };
        if self.is_stopped(at) {
            return self.judged(at, Some("The plan was stopped.".to_owned()));
        }
        let (Some(plan), Some(attempt)) = (self.plan(&at.plan), self.attempt(at)) else { return };
        let side = |number: u32, head: &plan::CommitId| JudgedSide {
            head: head.clone(),
            checks: plan
                .attempts
                .get(&(at.task.clone(), number))
                .map(|attempt| {
                    let results = attempt.evidence_at(head, false).into_values();
                    results.map(|found| (found.check.clone(), found.code, found.run.clone())).collect()
                })
                .unwrap_or_default(),
        };
        let mut sides = [side(judging.a, &judging.head_a), side(judging.b, &judging.head_b)];
        if judging.first.is_some() {
            sides.reverse();
        }
        let spec = plan.doc_task(&at.task).map(|task| task.spec.as_str()).unwrap_or_default();
        let requirements = plan::requirements(spec);
        let parts = JudgeParts { project, base: attempt.base.clone(), requirements, sides };
        let folder = attempt.judges_view();
        match self.launch_as(at, RunKind::Judge, &judging.by, folder, Work::Judge(Box::new(parts)), None) {
            Ok(run) => {
                let judging = Judging { run: Some(run), ..judging };
                self.record(&at.plan, Fact::Judging { task: at.task.clone(), judging: Some(judging) });
            }
            Err(why) => self.judged(at, Some(why)),
        }
    }

    pub(super) fn judge_ended(
        &mut self,
        at: &At,
        run: &RunId,
        outcome: Outcome,
        code: Option<i32>,
        detail: Option<String>,
    ) {
        if self.judging(at).is_none_or(|judging| judging.run.as_ref() != Some(run)) {
            return;
        }
        match (outcome, code) {
            (Outcome::Exited, Some(0)) => self.read_opinion(at, run),
            (Outcome::Voided, _) => self.launch_judge(at),
            (Outcome::Ended, _) => self.judged(at, Some("You ended the judge.".to_owned())),
            (Outcome::Exited, code) => {
                let why = format!("The judge ended with code {}.", code.unwrap_or(-1));
                self.judged(at, Some(why));
            }
            _ => {
                let why = detail.unwrap_or_else(|| "The judge was ended by a signal.".to_owned());
                self.judged(at, Some(why));
            }
        }
    }

    fn read_opinion(&mut self, at: &At, run: &RunId) {
        let agent = self.agent_of_run(at, run);
        self.effect(Effect::ReadOpinion { at: at.clone(), run: run.clone(), agent });
    }

    pub(super) fn opinion_read(&mut self, at: &At, run: &RunId, result: Result<plan::Opinion, String>) {
        let Some(judging) = self.judging(at).filter(|judging| judging.run.as_ref() == Some(run)).cloned()
        else {
            return;
        };
        let said = match result {
            Ok(said) => said,
            Err(why) => return self.judged(at, Some(why)),
        };
        let order = if judging.first.is_none() { [judging.a, judging.b] } else { [judging.b, judging.a] };
        let opinion = Opinion { better: said.preferred(order), why: said.why };
        let task = at.task.clone();
        match judging.first.clone() {
            None => {
                let judging = Judging { first: Some(opinion), run: None, ..judging };
                self.record(&at.plan, Fact::Judging { task, judging: Some(judging) });
                // What the first reading left in its folder is no part of the second.
                self.set_judges_view(at);
            }
            Some(first) => {
                let judgement = judgement(judging, vec![first, opinion], None, self.now);
                self.record(&at.plan, Fact::Judged { task, judgement });
            }
        }
    }

    /// It came to no end of its own.
    fn judged(&mut self, at: &At, failed: Option<String>) {
        let Some(judging) = self.judging(at).cloned() else { return };
        let opinions = judging.first.clone().into_iter().collect();
        let judgement = judgement(judging, opinions, failed, self.now);
        self.record(&at.plan, Fact::Judged { task: at.task.clone(), judgement });
    }

    /// The choice is made: nobody waits for advice any more.
    pub(super) fn dismiss_judge(&mut self, at: &At) {
        let Some(judging) = self.plan(&at.plan).and_then(|plan| plan.tasks.get(&at.task)?.judging.clone())
        else {
            return;
        };
        self.record(&at.plan, Fact::Judging { task: at.task.clone(), judging: None });
        if let Some(run) = judging.run.filter(|run| self.is_live(run)) {
            self.effect(Effect::EndRun { run });
        }
    }

    /// The same where the attempt that goes is one of those that it reads.
    pub(super) fn dismiss_judge_of(&mut self, at: &At) {
        let judging = self.plan(&at.plan).and_then(|plan| plan.tasks.get(&at.task)?.judging.as_ref());
        if judging.is_some_and(|judging| [judging.a, judging.b].contains(&at.attempt)) {
            self.dismiss_judge(at);
        }
    }

    /// A restarted engine takes up where the one before it was; after a restart of the machine nothing is started.
    pub(super) fn judge_on(&mut self, id: &PlanId, rebooted: bool) {
        let Some(plan) = self.plan(id) else { return };
        let open: Vec<(At, Option<RunId>)> = plan
            .tasks
            .values()
            .filter_map(|task| {
                let judging = task.judging.as_ref()?;
                let at = At { plan: id.clone(), task: task.id.clone(), attempt: judging.a };
                Some((at, judging.run.clone()))
            })
            .collect();
        for (at, run) in open {
            match run {
                _ if rebooted => self.judged(&at, Some("The machine was restarted.".to_owned())),
                None => self.set_judges_view(&at),
                Some(run) if !self.is_live(&run) => self.read_opinion(&at, &run),
                Some(_) => {}
            }
        }
    }
}

fn judgement(judging: Judging, opinions: Vec<Opinion>, failed: Option<String>, at_ms: i64) -> Judgement {
    let Judging { a, b, head_a, head_b, by, .. } = judging;
    Judgement { a, b, head_a, head_b, by, opinions, failed, at_ms }
}
