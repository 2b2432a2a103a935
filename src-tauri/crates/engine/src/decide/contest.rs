//! Several attempts at one task, side by side: who joins, who is chosen, what one takes from another.
//!
//! Deliberately absent: an automatic choice. Which attempt is the better one is a person's word, whatever checks,
//! reviewers and judges say.

use plan::{Stage, Status, TaskId};
use protocol::{Error, Reply};

use crate::decide::command::{Answer, not_found, refused};
use crate::fact::Fact;
use crate::ids::PlanId;
use crate::turn::{Advanced, At, Effect, Turn};
use crate::world::{AttemptPlace, Plan, Step, Task};

impl Turn<'_> {
    /// The attempt that a person means: the one that is named; else the task's only one; else, of several, the only
    /// one that `fits`.
    pub(super) fn meant(
        &self,
        id: &PlanId,
        task: &TaskId,
        attempt: Option<u32>,
        fits: impl Fn(&Stage) -> bool,
    ) -> Result<(At, Stage), Error> {
        let (at, stage) = self.task_at(id, task)?;
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let known = plan.tasks.get(task).ok_or_else(|| not_found("task", task))?;
        let fitting: Vec<_> = match attempt {
            Some(_) => known.contenders.iter().filter(|one| one.attempt == attempt).collect(),
            None if known.is_contest() => known.contenders.iter().filter(|one| fits(&one.stage)).collect(),
            None => return Ok((at, stage)),
        };
        match (fitting.as_slice(), attempt) {
            ([one], _) => Ok((At { attempt: one.attempt.unwrap_or(0), ..at }, one.stage.clone())),
            (_, Some(number)) => Err(not_found(&format!("open attempt of {task} with the number"), number)),
            (_, None) => Err(refused(
                format!(
                    "Several attempts of {} stand side by side: {}.",
                    self.title_of(&at),
                    names(plan, known)
                ),
                "Say which one is meant, or adopt one of them first.",
            )),
        }
    }

    pub(super) fn is_contest(&self, at: &At) -> bool {
        self.plan(&at.plan).and_then(|plan| plan.tasks.get(&at.task)).is_some_and(Task::is_contest)
    }

    /// One of several has passed its gates: when the others rest too, a person is asked to choose.
    pub(super) fn ready_to_compare(&mut self, at: &At) {
        let Some(task) = self.plan(&at.plan).and_then(|plan| plan.tasks.get(&at.task)) else { return };
        let (status, held) = plan::contest::standing(&task.stages());
        let ready = task.contenders.iter().filter(|one| one.stage == Stage::AwaitingApproval).count();
        if !task.is_contest() || ready == 0 || held > 0 || status != Status::Released {
            return;
        }
        let reason = match ready {
            1 => "1 of several attempts has passed its gates: compare them and adopt one.".to_owned(),
            n => format!("{n} attempts have passed their gates: compare them and adopt one."),
        };
        let (task, code) = (at.task.clone(), "compare".to_owned());
        self.record(&at.plan, Fact::NeedsYou { task, attempt: None, code, reason });
    }

    /// One more agent tries the task, from the base of the attempts that are there.
    pub(super) fn try_beside(&mut self, id: &PlanId, task: &TaskId, agent: Option<String>) -> Answer {
        let (at, stage) = self.task_at(id, task)?;
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let known = plan.tasks.get(task).ok_or_else(|| not_found("task", task))?;
        let settled = matches!(
            stage,
            Stage::Queued | Stage::Landing | Stage::Landed { .. } | Stage::Cancelled | Stage::Discarded
        );
        let beside = plan.contending(known).find(|attempt| attempt.ended_ms.is_none());
        let Some(beside) = beside.filter(|_| !settled) else {
            return Err(refused(
                format!("{} has no open attempt to stand beside: {}", self.title_of(&at), stage.describe()),
                "Start it first, or name several agents for it in the plan.",
            ));
        };
        let agent = agent.unwrap_or_else(|| beside.agent.clone());
        if !plan.doc.settings.agents.contains_key(&agent) {
            return Err(not_found("agent of the plan with the name", agent));
        }
        self.record(id, Fact::Joined { task: task.clone(), agent });
        self.settle(id);
        Ok(Reply::Done)
    }

    /// The others end; what they did is kept under refs, with the reason.
    pub(super) fn adopt(&mut self, id: &PlanId, task: &TaskId, number: u32, reason: Option<&str>) -> Answer {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let known = plan.tasks.get(task).ok_or_else(|| not_found("task", task))?;
        let at = At { plan: id.clone(), task: task.clone(), attempt: number };
        let contends = known.contenders.iter().any(|one| one.attempt == Some(number));
        if !contends && self.attempt(&at).is_some_and(|attempt| attempt.ended_ms.is_some()) {
            return Err(refused(
                format!(
                    "Attempt {number} of {} is over; its commits are kept under refs.",
                    self.title_of(&at)
                ),
                "Adopt one that is open, or try the task again.",
            ));
        }
        let chosen = self.attempt(&at).filter(|_| contends).ok_or_else(|| not_found("attempt", number))?;
        if chosen.adopted && !known.is_contest() {
            // The engine that recorded it died before it could answer.
            return Ok(Reply::Done);
        }
        if !known.is_contest() {
            return Err(refused(
                format!("Attempt {number} is the only one of {}.", self.title_of(&at)),
                "Approve it, or try another agent beside it first.",
            ));
        }
        if chosen.ended_ms.is_some() {
            return Err(refused(
                format!("Attempt {number} of {} is over.", self.title_of(&at)),
                "Adopt one that is open, or try the task again.",
            ));
        }
        let mut why = format!("Attempt {number} ({}) was adopted instead.", chosen.agent);
        if let Some(reason) = reason.map(str::trim).filter(|reason| !reason.is_empty()) {
            why = format!("Attempt {number} ({}) was adopted instead: {reason}", chosen.agent);
        }
        let others: Vec<u32> =
            known.contenders.iter().filter_map(|one| one.attempt).filter(|other| *other != number).collect();
        self.dismiss_judge(&at);
        for other in others {
            self.give_up(&At { attempt: other, ..at.clone() }, &why);
        }
        self.settling(&at, Fact::Adopted { task: task.clone(), attempt: number });
        // While something is being taken into it, its gates begin again anyway.
        let rests = self.attempt(&at).is_some_and(|attempt| attempt.step == Step::Rest);
        if rests && self.stage_of(&at) == Some(&Stage::AwaitingApproval) {
            self.gates_passed(&at);
        }
        self.settle(id);
        Ok(Reply::Done)
    }

    /// One of several is out, the others go on.
    pub(super) fn drop_one(&mut self, at: &At, place: usize) {
        self.dismiss_judge_of(at);
        self.give_up(at, "It was discarded; the others went on.");
        self.settling(at, Fact::Dropped { task: at.task.clone(), contender: place });
        let left = self.plan(&at.plan).and_then(|plan| plan.tasks.get(&at.task));
        let left = left.filter(|task| !task.is_contest()).and_then(|task| task.attempt);
        if let Some(number) = left {
            let left = At { attempt: number, ..at.clone() };
            let rests = self.attempt(&left).is_some_and(|attempt| attempt.step == Step::Rest);
            if rests && self.stage_of(&left) == Some(&Stage::AwaitingApproval) {
                self.gates_passed(&left);
            }
        }
        self.ready_to_compare(at);
    }

    /// Records that somebody is out, and says when nothing is asked of a person any more.
    fn settling(&mut self, at: &At, fact: Fact) {
        let waits = |turn: &Self| {
            let task = turn.plan(&at.plan).and_then(|plan| plan.tasks.get(&at.task));
            let waits = |stage: &Stage| matches!(stage, Stage::NeedsYou { .. } | Stage::AwaitingApproval);
            task.is_some_and(|task| waits(&task.stage))
        };
        let waited = waits(self);
        self.record(&at.plan, fact);
        if waited && !waits(self) {
            self.record(&at.plan, Fact::NeedsYouSettled { task: at.task.clone() });
        }
    }

    /// Its processes end, and its worktree goes to the trash.
    fn give_up(&mut self, at: &At, why: &str) {
        self.end_live_runs(at);
        self.end_attempt(at, why, false);
        if self.attempt(at).is_some_and(|attempt| attempt.place == AttemptPlace::Worktree) {
            self.record(&at.plan, Fact::RemovalDue { task: at.task.clone(), attempt: at.attempt });
        }
    }

    /// Moves an attempt that rests to `commit`, which holds what was taken from another, and sends it through its
    /// gates again.
    pub(super) fn take(&mut self, at: &At, take: Step) -> Answer {
        let Step::Take { onto, .. } = &take else { return Ok(Reply::Done) };
        let stage = self.stage_of(at).cloned().unwrap_or(Stage::Draft);
        let rests = match &stage {
            Stage::AwaitingApproval => true,
            Stage::NeedsYou { reason } => !reason.agent_lives(),
            _ => false,
        };
        let attempt = self.attempt(at).ok_or_else(|| not_found("attempt", at.attempt))?;
        if !rests || !attempt.is_resumable() {
            return Err(refused(
                format!(
                    "Attempt {} of {} can't take anything now: {}",
                    at.attempt,
                    self.title_of(at),
                    stage.describe()
                ),
                "Wait until it rests, or end its run first.",
            ));
        }
        if attempt.head.as_ref() != Some(onto) {
            return Err(moved(at));
        }
        self.step(at, take);
        self.move_to_taken(at);
        Ok(Reply::Done)
    }

    pub(super) fn move_to_taken(&mut self, at: &At) {
        let (Some(project), Some(attempt)) = (self.project_of(&at.plan), self.attempt(at)) else { return };
        let Step::Take { onto, commit, .. } = attempt.step.clone() else { return };
        let branch = attempt.branch.clone();
        self.effect(Effect::Take { at: at.clone(), project, branch, old: onto, new: commit });
    }

    pub(super) fn taken(&mut self, at: &At, result: Advanced) {
        let step = self.attempt(at).filter(|attempt| attempt.ended_ms.is_none()).map(|a| a.step.clone());
        let Some(Step::Take { from, commit, paths, .. }) = step else { return };
        let why = match result {
            Advanced::Moved => {
                self.void_approval(at, &format!("Something was taken from attempt {from}."));
                let (task, attempt) = (at.task.clone(), at.attempt);
                self.record(&at.plan, Fact::Taken { task, attempt, from, paths, head: commit });
                return self.proceed(at);
            }
            Advanced::Stale => "its branch moved meanwhile".to_owned(),
            Advanced::Blocked { paths } => {
                format!("its worktree holds uncommitted changes to {}", paths.join(", "))
            }
            Advanced::Failed { why } => why,
        };
        let message = format!("Nothing was taken into attempt {}: {why}.", at.attempt);
        self.record(&at.plan, Fact::Warning { task: Some(at.task.clone()), message });
        self.proceed(at);
    }

    /// A check of its own word on a pair of attempts that are to be compared.
    pub(super) fn pair<'a>(
        &self,
        plan: &'a Plan,
        task: &TaskId,
        a: u32,
        b: u32,
    ) -> Result<[&'a crate::world::Attempt; 2], Error> {
        let known = |number: u32| {
            plan.attempts.get(&(task.clone(), number)).ok_or_else(|| not_found("attempt", number))
        };
        let pair = [known(a)?, known(b)?];
        if a == b || pair[0].base != pair[1].base {
            return Err(refused(
                format!("Attempts {a} and {b} were not cut side by side, so they can't be compared."),
                "Choose two attempts with the same base.",
            ));
        }
        Ok(pair)
    }
}

fn moved(at: &At) -> Error {
    Error::new(protocol::ErrorCode::Moved, format!("Attempt {} has moved on meanwhile.", at.attempt))
        .hint("Nothing was taken. Look at the two again and choose anew.")
}

/// "1 (opus), 2 (gpt)".
fn names(plan: &Plan, task: &Task) -> String {
    let name = |one: &crate::world::Contender| {
        let number = one.attempt?;
        let attempt = plan.attempts.get(&(task.id.clone(), number))?;
        Some(format!("{number} ({})", attempt.agent))
    };
    task.contenders.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}
