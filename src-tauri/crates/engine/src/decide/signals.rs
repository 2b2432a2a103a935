//! What agent programs say of themselves, by their hooks and transcripts. A word of theirs moves a task only to ask a
//! person, or to have Coppice look: done is what the worktree shows.

use agents::{FailCode, Signal};
use plan::{NeedsYou, Stage};

use crate::fact::Fact;
use crate::ids::RunId;
use crate::turn::{At, Effect, Inspected, Turn, Work};
use crate::world::{Run, RunKind, Step, Usage};

/// An agent that was killed is taken up again this often within one attempt.
const RESUMES: usize = 3;

impl Turn<'_> {
    pub(super) fn heard(&mut self, run: &RunId, signal: Signal) {
        let Some(known) = self.world.runs.get(run).filter(|known| !known.is_over()).cloned() else { return };
        let at = At { plan: known.plan.clone(), task: known.task.clone(), attempt: known.attempt };
        if let Signal::SessionStarted { session, .. } = &signal
            && known.session.as_ref() != Some(session)
        {
            self.record(&at.plan, Fact::SessionStarted { run: run.clone(), session: session.clone() });
        }
        let step = self.attempt(&at).filter(|attempt| attempt.ended_ms.is_none()).map(|a| a.step.clone());
        // Only an agent in front of a person asks, stops and goes on; the others end by themselves.
        match step {
            Some(Step::Implement { run: awaited } | Step::Stopped { run: awaited }) if awaited == *run => {}
            _ => return,
        }
        match signal {
            Signal::SessionStarted { .. } | Signal::Ended => {}
            // Other tools may go on beside the one that waits for a permission.
            Signal::Working { .. } if self.waits_with(&at).is_some() => {}
            Signal::Done { what } if self.waits_with(&at).is_some_and(|asked| asked != what) => {}
            Signal::Working { .. } | Signal::Done { .. } => self.works_on(&at, run),
            // An engine that comes later is told again.
            Signal::PermissionAsked { what } if self.waits_with(&at).as_ref() == Some(&what) => {}
            Signal::Question { text, .. } if self.is_asked(&at, &text) => {}
            Signal::PermissionAsked { what } => {
                let (task, attempt) = (at.task.clone(), at.attempt);
                let fact = Fact::PermissionAsked { task, attempt, run: run.clone(), what: what.clone() };
                self.record(&at.plan, fact);
                self.needs_you(&at, Some(at.attempt), NeedsYou::Permission { what });
            }
            Signal::Question { text, .. } => {
                self.needs_you(&at, Some(at.attempt), NeedsYou::Question { text });
            }
            Signal::Stopped { .. } => self.look_at_stopped(&at, run),
            Signal::Interrupted => {
                self.rests_at_prompt(&at, "It was interrupted; say how to go on.".to_owned());
            }
            Signal::Failed { code, message } => self.rests_at_prompt(&at, failed(code, message.trim())),
        }
        self.settle(&at.plan);
    }

    /// The action that its agent asks to be allowed.
    fn waits_with(&self, at: &At) -> Option<String> {
        match self.stage_of(at)? {
            Stage::NeedsYou { reason: NeedsYou::Permission { what } } => Some(what.clone()),
            _ => None,
        }
    }

    fn is_asked(&self, at: &At, question: &str) -> bool {
        matches!(self.stage_of(at), Some(Stage::NeedsYou { reason: NeedsYou::Question { text } }) if text == question)
    }

    /// Its hooks are silent: said once, for nothing that is shown of it can be trusted.
    pub(super) fn unproven(&mut self, run: &RunId, look_at: &str) {
        let Some(known) = self.world.runs.get(run) else { return };
        let (plan, task, name) = (known.plan.clone(), known.task.clone(), known.name.clone());
        let message = format!(
            "Nothing is heard from {name}: its hooks do not reach Coppice, so whether it works, asks or has stopped \
             can't be told, and what it uses isn't counted. {look_at} Leave the program when its work is committed: \
             then it is checked."
        );
        self.record(&plan, Fact::Warning { task: Some(task), message });
    }

    /// It is at work again: what it asked is settled, by whomever.
    fn works_on(&mut self, at: &At, run: &RunId) {
        self.stage(at, Stage::Implementing);
        let stopped =
            matches!(self.attempt(at).map(|attempt| attempt.step.clone()), Some(Step::Stopped { .. }));
        if stopped {
            self.step(at, Step::Implement { run: run.clone() });
        }
    }

    fn rests_at_prompt(&mut self, at: &At, why: String) {
        let reason = NeedsYou::Stopped { why };
        if self.stage_of(at) != Some(&Stage::NeedsYou { reason: reason.clone() }) {
            self.needs_you(at, Some(at.attempt), reason);
        }
    }

    /// It says that it is done.
    pub(super) fn look_at_stopped(&mut self, at: &At, run: &RunId) {
        let (Some(project), Some(attempt)) = (self.project_of(&at.plan), self.attempt(at)) else { return };
        let (worktree, base) = (attempt.worktree.clone(), attempt.base.clone());
        let scope = self.scope_of(at);
        self.step(at, Step::Stopped { run: run.clone() });
        self.effect(Effect::Inspect { at: at.clone(), project, worktree, branch: None, base, scope });
    }

    /// Its head moved and its tree is clean: its process ends and the gates begin. Otherwise a person is asked.
    pub(super) fn stopped_seen(&mut self, at: &At, run: &RunId, result: Result<Inspected, String>) {
        let Some(attempt) = self.attempt(at) else { return };
        let base = attempt.base.clone();
        let why = match result {
            Err(why) => why,
            Ok(seen) if seen.head == base => "It has not committed anything.".to_owned(),
            Ok(seen) if !seen.dirty_inside.is_empty() => match seen.dirty_inside.len() {
                1 => "It left 1 file uncommitted.".to_owned(),
                n => format!("It left {n} files uncommitted."),
            },
            Ok(seen) => match seen.in_progress {
                Some(what) => format!("Its worktree is in the middle of {what}."),
                None => {
                    self.step(at, Step::Leave { run: run.clone() });
                    self.stage(at, Stage::Checking);
                    return self.effect(Effect::EndRun { run: run.clone() });
                }
            },
        };
        self.step(at, Step::Implement { run: run.clone() });
        self.rests_at_prompt(at, why);
    }

    pub(super) fn used(&mut self, run: &RunId, usage: Usage) {
        let Some(known) = self.world.runs.get(run) else { return };
        // Some records name no model: the one that is known stays.
        let model = usage.model.clone().or_else(|| known.usage.as_ref()?.model.clone());
        let usage = Usage { model, ..usage };
        if known.usage.as_ref() == Some(&usage) {
            return;
        }
        let (plan, of) = (known.plan.clone(), known.into());
        self.record(&plan, Fact::UsageSeen { run: run.clone(), of, usage });
    }

    /// Its program keeps the conversation, so that a killed agent goes on where it was.
    pub(super) fn can_resume(&self, run: &Run) -> bool {
        let at = At { plan: run.plan.clone(), task: run.task.clone(), attempt: run.attempt };
        let runs = self.attempt(&at).map(|attempt| attempt.runs.clone()).unwrap_or_default();
        let kind = |id: &&RunId| self.world.runs.get(*id).is_some_and(|run| run.kind == RunKind::Implement);
        run.session.is_some() && runs.iter().filter(kind).count() <= RESUMES && !self.is_stopped(&at)
    }

    pub(super) fn resume_agent(&mut self, at: &At, run: &Run) {
        self.stage(at, Stage::Implementing);
        let (worktree, session) = (run.worktree.clone(), run.session.clone());
        match self.launch_as(at, RunKind::Implement, &run.name, worktree, Work::Implement, session) {
            Ok(run) => self.step(at, Step::Implement { run }),
            Err(why) => self.fail(at, plan::Failure::NotStarted { why }),
        }
    }
}

fn failed(code: FailCode, message: &str) -> String {
    match code {
        FailCode::Auth => format!("Its login was refused; log in again, then tell it to go on. {message}"),
        FailCode::RateLimit { until: Some(until) } => {
            let until = jiff::Timestamp::from_second(until).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
            format!("Its limit is used up until {until}; then tell it to go on. {message}")
        }
        FailCode::RateLimit { until: None } => {
            format!("Its limit is used up; tell it to go on later. {message}")
        }
        FailCode::Network => format!("Its model could not be reached; tell it to go on. {message}"),
        FailCode::Other => message.to_owned(),
    }
}
