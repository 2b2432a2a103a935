//! A person's word on one task: once more, away with it, approved, looked at again.

use plan::{NeedsYou, Stage, TaskId};
use protocol::{Error, ErrorCode, Reply};

use crate::decide::command::{Answer, not_found, refused};
use crate::fact::Fact;
use crate::ids::{PlanId, RunId};
use crate::turn::{At, Effect, Turn};
use crate::world::{AttemptPlace, Step};

impl Turn<'_> {
    pub(super) fn retry(&mut self, id: &PlanId, task: &TaskId, attempt: Option<u32>) -> Answer {
        let failed = |stage: &Stage| matches!(stage, Stage::NeedsYou { .. } | Stage::Failed { .. });
        let known = self.plan(id).and_then(|plan| plan.tasks.get(task));
        let drafts = known.filter(|known| known.is_contest() && known.stage == Stage::Draft);
        if drafts.is_some() && attempt.is_none() {
            self.record(id, Fact::TaskRetried { task: task.clone(), attempt });
            self.settle(id);
            return Ok(Reply::Done);
        }
        let (at, stage) = self.meant(id, task, attempt, failed)?;
        match stage {
            Stage::Draft => self.stage(&at, Stage::Waiting),
            Stage::NeedsYou { .. }
            | Stage::Failed { .. }
            | Stage::AwaitingApproval
            | Stage::Cancelled
            | Stage::Discarded => {
                self.end_live_runs(&at);
                self.try_afresh(&at);
            }
            other => {
                return Err(refused(
                    format!("{} can't be tried again now: {}", self.title_of(&at), other.describe()),
                    "Stop its agent or cancel it first.",
                ));
            }
        }
        self.settle(id);
        Ok(Reply::Done)
    }

    pub(super) fn discard(&mut self, id: &PlanId, task: &TaskId, attempt: Option<u32>) -> Answer {
        let known = self.plan(id).and_then(|plan| plan.tasks.get(task));
        let one = known
            .filter(|known| attempt.is_some() && known.is_contest())
            .and_then(|known| known.contenders.iter().position(|one| one.attempt == attempt));
        match (one, attempt) {
            (Some(place), Some(number)) => {
                let at = At { plan: id.clone(), task: task.clone(), attempt: number };
                self.drop_one(&at, place);
                self.settle(id);
                Ok(Reply::Done)
            }
            _ => {
                self.meant(id, task, attempt, |_| true).or_else(|error| match attempt {
                    // The task as a whole is meant.
                    None => self.task_at(id, task),
                    Some(_) => Err(error),
                })?;
                self.drop_task(id, task, Stage::Discarded)
            }
        }
    }

    pub(super) fn drop_task(&mut self, id: &PlanId, task: &TaskId, into: Stage) -> Answer {
        let (at, stage) = self.task_at(id, task)?;
        match stage {
            Stage::Landed { .. } => {
                return Err(refused(
                    format!("{} has landed.", self.title_of(&at)),
                    "Undo the landing instead.",
                ));
            }
            Stage::Landing => {
                return Err(refused(
                    format!("{} is landing.", self.title_of(&at)),
                    "Wait for the landing to end; it takes its checks' time.",
                ));
            }
            _ => {}
        }
        if stage == into {
            return Ok(Reply::Done);
        }
        let cancelled = into == Stage::Cancelled;
        let why = if cancelled { "It was cancelled." } else { "It was discarded." };
        self.dismiss_judge(&at);
        let contenders =
            self.plan(id).and_then(|plan| plan.tasks.get(task)).map(|task| task.contenders.clone());
        for (place, one) in contenders.unwrap_or_default().into_iter().enumerate().rev() {
            let one = At { attempt: one.attempt.unwrap_or(0), ..at.clone() };
            self.end_live_runs(&one);
            self.end_attempt(&one, why, false);
            match place {
                0 => self.stage(&one, into.clone()),
                contender => self.record(id, Fact::Dropped { task: task.clone(), contender }),
            }
        }
        let task = task.clone();
        self.record(
            id,
            if cancelled {
                Fact::TaskCancelled { task: task.clone() }
            } else {
                Fact::TaskDiscarded { task: task.clone() }
            },
        );
        self.clear_away(id, &task);
        self.settle(id);
        Ok(Reply::Done)
    }

    pub(super) fn end_live_runs(&mut self, at: &At) {
        let Some(attempt) = self.attempt(at) else { return };
        for folder in [attempt.worktree.clone(), attempt.view(), attempt.judges_view()] {
            self.end_runs_in(&at.plan, &folder);
        }
    }

    pub(super) fn approve_by_person(
        &mut self,
        id: &PlanId,
        task: &TaskId,
        attempt: Option<u32>,
        head: Option<String>,
    ) -> Answer {
        let (at, stage) = self.meant(id, task, attempt, |stage| *stage == Stage::AwaitingApproval)?;
        if self.is_contest(&at) {
            return Err(several(&self.title_of(&at)));
        }
        if self.is_approved(&at, &stage, head.as_deref()) {
            // The engine that recorded it died before it could answer.
            return Ok(Reply::Done);
        }
        if stage != Stage::AwaitingApproval {
            return Err(refused(
                format!("{} does not wait for an approval: {}", self.title_of(&at), stage.describe()),
                "See what it waits for with `coppice status`.",
            ));
        }
        if self.attempt(&at).is_some_and(|attempt| attempt.step != Step::Rest) {
            return Err(refused(
                format!("{} is being changed right now.", self.title_of(&at)),
                "Nothing was approved. Look at its new head and approve that.",
            ));
        }
        let known = self.attempt(&at).and_then(|attempt| attempt.head.clone());
        let Some(known) = known else { return Err(not_found("head of task", task)) };
        if let Some(head) = head
            && !is_short_for(&head, &known)
        {
            return Err(Error::new(
                ErrorCode::Moved,
                format!("The head of {} is {}, not {head}.", self.title_of(&at), known.short()),
            )
            .hint("Nothing was approved. Look at the diff again and approve what you see."));
        }
        self.approve(&at, known, "person");
        self.settle(id);
        Ok(Reply::Done)
    }

    /// Exactly this head has its approval already and is on its way.
    fn is_approved(&self, at: &At, stage: &Stage, head: Option<&str>) -> bool {
        let on_its_way = matches!(stage, Stage::Queued | Stage::Landing | Stage::Landed { .. });
        let approval = self.attempt(at).and_then(|attempt| attempt.approval.as_ref());
        on_its_way
            && approval.is_some_and(|approval| {
                approval.void.is_none() && head.is_none_or(|head| is_short_for(head, &approval.head))
            })
    }

    pub(super) fn unapprove(&mut self, id: &PlanId, task: &TaskId) -> Answer {
        let (at, stage) = self.task_at(id, task)?;
        if stage != Stage::Queued {
            return Err(refused(
                format!("{} has no approval that could be taken back now.", self.title_of(&at)),
                "An approval can be taken back while the task is queued.",
            ));
        }
        self.void_approval(&at, "It was taken back.");
        self.unqueue(&at, "The approval was taken back.");
        self.stage(&at, Stage::AwaitingApproval);
        self.settle(id);
        Ok(Reply::Done)
    }

    pub(super) fn leftovers(
        &mut self,
        id: &PlanId,
        task: &TaskId,
        attempt: Option<u32>,
        commit: bool,
    ) -> Answer {
        let left = |stage: &Stage| matches!(stage, Stage::NeedsYou { reason: NeedsYou::Uncommitted { .. } });
        let (at, stage) = self.meant(id, task, attempt, left)?;
        let rests = self.attempt(&at).is_some_and(|attempt| attempt.step == Step::Rest);
        if !left(&stage) || !rests {
            return Err(refused(
                format!("{} has no uncommitted work to decide about.", self.title_of(&at)),
                "See where it stands with `coppice status`.",
            ));
        }
        if commit {
            self.begin_commit_leftovers(&at);
        } else {
            self.begin_tidy(&at, 0);
        }
        Ok(Reply::Done)
    }

    pub(super) fn recheck(&mut self, id: &PlanId, task: &TaskId, attempt: Option<u32>) -> Answer {
        let (at, stage) = self.meant(id, task, attempt, |_| true)?;
        let rests = self.attempt(&at).is_some_and(|attempt| {
            attempt.ended_ms.is_none()
                && attempt.step == Step::Rest
                && attempt.place == AttemptPlace::Worktree
        });
        if !rests || matches!(stage, Stage::Queued | Stage::Landing) {
            return Err(refused(
                format!("{} can't be checked again now: {}", self.title_of(&at), stage.describe()),
                "Its attempt must be open and at rest.",
            ));
        }
        self.proceed(&at);
        self.settle(id);
        Ok(Reply::Done)
    }

    pub(super) fn retry_landing(&mut self, id: &PlanId, task: &TaskId) -> Answer {
        let (at, stage) = self.task_at(id, task)?;
        if self.is_contest(&at) {
            return Err(several(&self.title_of(&at)));
        }
        let approved = self.attempt(&at).is_some_and(|attempt| {
            attempt.ended_ms.is_none()
                && attempt.step == Step::Rest
                && attempt.approval.as_ref().is_some_and(|approval| approval.void.is_none())
        });
        if !approved || !matches!(stage, Stage::NeedsYou { .. }) {
            return Err(refused(
                format!("{} is not held on its way to the target.", self.title_of(&at)),
                "Only an approved task whose landing was held can be landed again.",
            ));
        }
        self.enqueue(&at);
        self.settle(id);
        Ok(Reply::Done)
    }

    pub(super) fn end_run(&mut self, run: &RunId) -> Answer {
        if !self.is_live(run) {
            return Err(not_found("living run", run));
        }
        self.effect(Effect::EndRun { run: run.clone() });
        Ok(Reply::Done)
    }

    pub(super) fn open_shell(&mut self, plan: PlanId, task: TaskId, attempt: u32) -> Answer {
        let at = At { plan, task, attempt };
        let known = self.attempt(&at).ok_or_else(|| not_found("attempt", attempt))?;
        if known.place != AttemptPlace::Worktree {
            return Err(refused(
                "The attempt's worktree is in the trash.",
                "Restore it from the trash first.",
            ));
        }
        let run = self.launch_user_shell(&at).ok_or_else(|| not_found("attempt", attempt))?;
        let run = self.world.runs.get(&run).ok_or_else(|| not_found("run", &run))?;
        Ok(Reply::Run(crate::view::run(run, std::path::Path::new(""))))
    }
}

fn several(title: &str) -> Error {
    refused(
        format!("Several attempts of {title} stand side by side."),
        "Adopt one of them first; then approve it.",
    )
}

/// The first four digits or more of a commit.
fn is_short_for(text: &str, commit: &plan::CommitId) -> bool {
    text.len() >= 4 && commit.as_str().starts_with(&text.to_ascii_lowercase())
}
