//! Off the path: an attempt ends badly, is stopped, or needs a person.

use plan::{Failure, NeedsYou, Stage};

use crate::fact::Fact;
use crate::turn::{At, Turn};
use crate::world::{Mode, Step};

impl Turn<'_> {
    /// An attempt ended badly: once more by itself, then a person is asked.
    pub(super) fn fail(&mut self, at: &At, failure: Failure) {
        let Some(plan) = self.plan(&at.plan) else { return };
        let Some(task) = plan.tasks.get(&at.task) else { return };
        let place = task.contender_of(Some(at.attempt));
        let failed = place.and_then(|place| task.contenders.get(place)).map_or(0, |one| one.failures);
        let retry = failed < plan.doc.settings.retries && plan.head.mode != Mode::Stopped;
        let failures = failed + 1;
        let reason = failure.describe();
        if retry {
            self.end_attempt(at, &reason, true);
            return self.stage(at, Stage::Waiting);
        }
        self.task_failed(at, failure.code(), &reason);
        self.rest_needing(at, NeedsYou::FailedTwice { attempts: failures, last: failure });
    }

    pub(super) fn task_failed(&mut self, at: &At, code: &str, reason: &str) {
        let fact =
            Fact::TaskFailed { task: at.task.clone(), code: code.to_owned(), reason: reason.to_owned() };
        self.record(&at.plan, fact);
    }

    pub(super) fn end_attempt(&mut self, at: &At, reason: &str, will_retry: bool) {
        let open = self.attempt(at).is_some_and(|attempt| attempt.ended_ms.is_none());
        if open {
            let (task, attempt) = (at.task.clone(), at.attempt);
            self.record(
                &at.plan,
                Fact::AttemptEnded { task, attempt, reason: reason.to_owned(), will_retry },
            );
        }
    }

    /// A person ended the agent: with the whole plan (it starts afresh later), or this one alone.
    pub(super) fn ended_by_person(&mut self, at: &At) {
        if self.is_stopped(at) {
            return self.park(at);
        }
        let failure = Failure::Stopped;
        self.task_failed(at, failure.code(), &failure.describe());
        self.rest_needing(at, NeedsYou::FailedTwice { attempts: 1, last: failure });
    }

    /// The plan was stopped before this attempt's agent had ended.
    pub(super) fn park(&mut self, at: &At) {
        self.end_attempt(at, "The plan was stopped.", false);
        self.stage(at, Stage::Waiting);
    }

    pub(super) fn rest_needing(&mut self, at: &At, reason: NeedsYou) {
        self.step(at, Step::Rest);
        self.needs_you(at, Some(at.attempt), reason);
        self.ready_to_compare(at);
    }

    pub(super) fn needs_you(&mut self, at: &At, attempt: Option<u32>, reason: NeedsYou) {
        let (code, words) = (reason.code().to_owned(), reason.describe());
        self.stage(at, Stage::NeedsYou { reason });
        self.record(&at.plan, Fact::NeedsYou { task: at.task.clone(), attempt, code, reason: words });
    }
}
