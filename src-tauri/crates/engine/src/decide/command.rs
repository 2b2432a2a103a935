//! What a person (or a client for them) may tell the engine to do. Reading the world outside that a
//! command needs (a file, a repository) was done before it comes here.

use std::path::PathBuf;

use plan::{NeedsYou, Stage, TaskId};
use protocol::{Error, ErrorCode, PlanRef, Reply, Started};

use crate::decide::edits;
use crate::fact::{Comment, Fact};
use crate::ids::{PlanId, ProjectId, RunId};
use crate::turn::{At, Effect, Turn};
use crate::world::{AttemptPlace, Mode, PlanHead, Project, Step};

#[derive(Debug, Clone)]
pub enum Command {
    OpenProject {
        project: Project,
    },
    CloseProject {
        project: ProjectId,
    },
    OpenPlan {
        opened: Box<Opened>,
    },
    SetPlanText {
        plan: PlanId,
        toml: String,
    },
    EditPlan {
        plan: PlanId,
        edit: Box<protocol::Edit>,
        revision: Option<u64>,
    },
    Undo {
        plan: PlanId,
    },
    Redo {
        plan: PlanId,
    },
    DeletePlan {
        plan: PlanId,
    },
    /// What of the agent programs is installed and logged in.
    ProgramsFound {
        plan: PlanId,
        programs: Vec<plan::Adapter>,
    },
    Start {
        plan: PlanId,
        again: bool,
    },
    Pause {
        plan: PlanId,
    },
    Stop {
        plan: PlanId,
    },
    Retry {
        plan: PlanId,
        task: TaskId,
    },
    Cancel {
        plan: PlanId,
        task: TaskId,
    },
    Discard {
        plan: PlanId,
        task: TaskId,
    },
    Approve {
        plan: PlanId,
        task: TaskId,
        head: Option<String>,
    },
    Unapprove {
        plan: PlanId,
        task: TaskId,
    },
    Leftovers {
        plan: PlanId,
        task: TaskId,
        commit: bool,
    },
    Recheck {
        plan: PlanId,
        task: TaskId,
    },
    Waive {
        plan: PlanId,
        task: TaskId,
        id: String,
        reason: String,
    },
    RequestChanges {
        plan: PlanId,
        task: TaskId,
        comments: Vec<Comment>,
    },
    RetryLanding {
        plan: PlanId,
        task: TaskId,
    },
    EndRun {
        run: RunId,
    },
    OpenShell {
        plan: PlanId,
        task: TaskId,
        attempt: u32,
    },
    Restored {
        project: ProjectId,
        worktree: PathBuf,
    },
}

/// A plan, read and parsed, with what its repository says of it.
#[derive(Debug, Clone)]
pub struct Opened {
    pub project: ProjectId,
    /// Wished for; numbered when taken.
    pub id: PlanId,
    pub file: Option<PathBuf>,
    pub toml: String,
    pub target: String,
    pub branch_prefix: String,
}

pub(super) type Answer = Result<Reply, Error>;

impl Turn<'_> {
    pub fn command(&mut self, command: Command) -> Answer {
        match command {
            Command::OpenProject { project } => {
                let known = self.world.projects.get(&project.id);
                if known != Some(&project) {
                    let id = project.id.clone();
                    self.record_as(Some(id), None, Fact::ProjectOpened { project });
                }
                Ok(Reply::Done)
            }
            Command::CloseProject { project } => self.close_project(&project),
            Command::OpenPlan { opened } => self.open_plan(*opened),
            Command::SetPlanText { plan, toml } => self.set_text(&plan, &toml),
            Command::EditPlan { plan, edit, revision } => self.edit(&plan, &edit, revision),
            Command::Undo { plan } => self.undo(&plan),
            Command::Redo { plan } => self.redo(&plan),
            Command::DeletePlan { plan } => self.delete_plan(&plan),
            Command::ProgramsFound { plan, programs } => self.programs_found(&plan, programs),
            Command::Start { plan, again } => self.start(&plan, again),
            Command::Pause { plan } => self.pause(&plan),
            Command::Stop { plan } => self.stop(&plan),
            Command::Retry { plan, task } => self.retry(&plan, &task),
            Command::Cancel { plan, task } => self.drop_task(&plan, &task, Stage::Cancelled),
            Command::Discard { plan, task } => self.drop_task(&plan, &task, Stage::Discarded),
            Command::Approve { plan, task, head } => self.approve_by_person(&plan, &task, head),
            Command::Unapprove { plan, task } => self.unapprove(&plan, &task),
            Command::Leftovers { plan, task, commit } => self.leftovers(&plan, &task, commit),
            Command::Recheck { plan, task } => self.recheck(&plan, &task),
            Command::Waive { plan, task, id, reason } => self.waive(&plan, &task, &id, &reason),
            Command::RequestChanges { plan, task, comments } => self.request_changes(&plan, &task, comments),
            Command::RetryLanding { plan, task } => self.retry_landing(&plan, &task),
            Command::EndRun { run } => self.end_run(&run),
            Command::OpenShell { plan, task, attempt } => self.open_shell(plan, task, attempt),
            Command::Restored { project, worktree } => {
                self.record_as(Some(project), None, Fact::WorktreeRestored { worktree });
                Ok(Reply::Done)
            }
        }
    }

    fn close_project(&mut self, id: &ProjectId) -> Answer {
        let Some(project) = self.world.projects.get(id) else { return Err(not_found("project", id)) };
        let root = project.root.display().to_string();
        let busy = self.world.plans.values().any(|plan| {
            plan.head.project == *id && (!plan.activity.runs.is_empty() || !plan.activity.busy.is_empty())
        });
        if busy {
            return Err(refused(format!("A plan of {root} is at work."), "Stop it first."));
        }
        self.record_as(Some(id.clone()), None, Fact::ProjectClosed);
        Ok(Reply::Done)
    }

    fn open_plan(&mut self, opened: Opened) -> Answer {
        let same = |plan: &&crate::world::Plan| {
            plan.head.project == opened.project && opened.file.is_some() && plan.head.file == opened.file
        };
        if let Some(known) = self.world.plans.values().find(same) {
            let reference = plan_ref(&known.head);
            let id = known.head.id.clone();
            if known.text.toml != opened.toml {
                self.set_text(&id, &opened.toml)?;
            }
            return Ok(Reply::PlanRef(reference));
        }
        let doc = plan::parse(&opened.toml).map_err(edits::invalid)?;
        let mut id = opened.id.clone();
        let mut number = 1;
        while self.world.plans.contains_key(&id) {
            number += 1;
            id = PlanId::new(format!("{}-{number}", opened.id));
        }
        let head = PlanHead {
            id: id.clone(),
            project: opened.project,
            title: doc.settings.title.clone(),
            file: opened.file,
            target: opened.target,
            branch_prefix: opened.branch_prefix,
            mode: Mode::Draft,
            revision: 1,
            created_ms: self.now,
            started_ms: None,
            at_rest: false,
            queue: Vec::new(),
            landing: None,
            lane: None,
            programs: Vec::new(),
        };
        let reference = plan_ref(&head);
        let project = head.project.clone();
        self.record_as(Some(project), Some(id), Fact::PlanCreated { head, toml: opened.toml });
        Ok(Reply::PlanRef(reference))
    }

    fn delete_plan(&mut self, id: &PlanId) -> Answer {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        if !plan.activity.busy.is_empty()
            || !plan.activity.runs.is_empty()
            || !plan.activity.removing.is_empty()
        {
            return Err(refused("The plan is at work.", "Stop it first."));
        }
        let open = plan.attempts.values().filter(|attempt| attempt.place == AttemptPlace::Worktree).count();
        if open > 0 {
            return Err(refused(
                format!("{open} attempts of the plan still have a worktree."),
                "Discard their tasks first; their work is then kept in the trash.",
            ));
        }
        let project = plan.head.project.clone();
        self.record_as(Some(project), Some(id.clone()), Fact::PlanDeleted);
        Ok(Reply::Done)
    }

    fn start(&mut self, id: &PlanId, again: bool) -> Answer {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        if plan.doc.tasks.is_empty() {
            return Err(refused("The plan has no tasks.", "Draw one, or add one to the plan file."));
        }
        if let Some(reason) = self.missing_agent(id) {
            return Err(refused(reason.describe(), "Name it in the plan's settings or in the task."));
        }
        let engine_pid = self.outside.engine_pid();
        self.record(id, Fact::PlanStarted { engine_pid, again });
        let seq = self.world.seq;
        self.resume(id);
        self.settle(id);
        Ok(Reply::Started(Started { seq, engine_pid }))
    }

    /// Takes up what an earlier start left: what failed is tried afresh, what waits for something
    /// that may have changed is looked at again. What waits for an approval goes on waiting.
    fn resume(&mut self, id: &PlanId) {
        let Some(plan) = self.plan(id) else { return };
        let left: Vec<(TaskId, Stage)> = plan
            .tasks
            .values()
            .filter(|task| {
                matches!(
                    task.stage,
                    Stage::NeedsYou { .. }
                        | Stage::Failed { .. }
                        | Stage::Checking
                        | Stage::Reviewing
                        | Stage::Fixing { .. }
                )
            })
            .map(|task| (task.id.clone(), task.stage.clone()))
            .collect();
        for (task, stage) in left {
            let attempt = self.plan(id).and_then(|plan| plan.current(&task)).cloned();
            let at = At {
                plan: id.clone(),
                task: task.clone(),
                attempt: attempt.as_ref().map_or(0, |a| a.number),
            };
            let open = attempt.as_ref().is_some_and(|a| a.ended_ms.is_none() && a.step == Step::Rest);
            match stage {
                Stage::NeedsYou { reason } => match reason {
                    NeedsYou::FailedTwice { .. } | NeedsYou::NoCommit | NeedsYou::SetupFailed { .. } => {
                        self.try_afresh(&at);
                    }
                    // Only a person's word moves these on.
                    NeedsYou::Undecided { .. } | NeedsYou::FindingsRemain { .. } if open => {}
                    NeedsYou::Blocked { .. } if !open => self.try_afresh(&at),
                    NeedsYou::Conflict { .. }
                    | NeedsYou::MergedCheckFailed { .. }
                    | NeedsYou::CheckoutBlocked { .. }
                        if open =>
                    {
                        self.enqueue(&at);
                    }
                    _ if open => self.proceed(&at),
                    _ => self.try_afresh(&at),
                },
                Stage::Checking | Stage::Reviewing | Stage::Fixing { .. } if open => self.proceed(&at),
                Stage::Failed { .. } => self.try_afresh(&at),
                _ => {}
            }
        }
    }

    /// The attempt is over; the next one is cut as soon as there is a slot.
    fn try_afresh(&mut self, at: &At) {
        self.end_attempt(at, "A new attempt was asked for.", false);
        self.record(&at.plan, Fact::TaskRetried { task: at.task.clone() });
        self.stage(at, Stage::Waiting);
    }

    fn pause(&mut self, id: &PlanId) -> Answer {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        if plan.head.mode == Mode::Running {
            self.record(id, Fact::PlanPaused);
            self.settle(id);
        }
        Ok(Reply::Done)
    }

    fn stop(&mut self, id: &PlanId) -> Answer {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        if matches!(plan.head.mode, Mode::Running | Mode::Paused) {
            let runs: Vec<RunId> = plan.activity.runs.iter().cloned().collect();
            self.record(id, Fact::PlanStopped);
            for run in runs {
                self.effect(Effect::EndRun { run });
            }
            self.settle(id);
        }
        Ok(Reply::Done)
    }

    fn retry(&mut self, id: &PlanId, task: &TaskId) -> Answer {
        let (at, stage) = self.task_at(id, task)?;
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

    fn drop_task(&mut self, id: &PlanId, task: &TaskId, into: Stage) -> Answer {
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
        self.end_live_runs(&at);
        self.end_attempt(&at, why, false);
        self.stage(&at, into);
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

    fn end_live_runs(&mut self, at: &At) {
        let Some(attempt) = self.attempt(at) else { return };
        for folder in [attempt.worktree.clone(), attempt.view()] {
            self.end_runs_in(&at.plan, &folder);
        }
    }

    fn approve_by_person(&mut self, id: &PlanId, task: &TaskId, head: Option<String>) -> Answer {
        let (at, stage) = self.task_at(id, task)?;
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

    fn unapprove(&mut self, id: &PlanId, task: &TaskId) -> Answer {
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

    fn leftovers(&mut self, id: &PlanId, task: &TaskId, commit: bool) -> Answer {
        let (at, stage) = self.task_at(id, task)?;
        if !matches!(stage, Stage::NeedsYou { reason: NeedsYou::Uncommitted { .. } }) {
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

    fn recheck(&mut self, id: &PlanId, task: &TaskId) -> Answer {
        let (at, stage) = self.task_at(id, task)?;
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

    fn retry_landing(&mut self, id: &PlanId, task: &TaskId) -> Answer {
        let (at, stage) = self.task_at(id, task)?;
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

    fn end_run(&mut self, run: &RunId) -> Answer {
        if !self.is_live(run) {
            return Err(not_found("living run", run));
        }
        self.effect(Effect::EndRun { run: run.clone() });
        Ok(Reply::Done)
    }

    fn open_shell(&mut self, plan: PlanId, task: TaskId, attempt: u32) -> Answer {
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

    /// The task's current attempt (number 0 when there is none yet) and its stage.
    pub(super) fn task_at(&self, id: &PlanId, task: &TaskId) -> Result<(At, Stage), Error> {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let known = plan.tasks.get(task).ok_or_else(|| not_found("task", task))?;
        let at = At { plan: id.clone(), task: task.clone(), attempt: known.attempt.unwrap_or(0) };
        Ok((at, known.stage.clone()))
    }
}

/// The first four digits or more of a commit.
fn is_short_for(text: &str, commit: &plan::CommitId) -> bool {
    text.len() >= 4 && commit.as_str().starts_with(&text.to_ascii_lowercase())
}

fn plan_ref(head: &PlanHead) -> PlanRef {
    PlanRef { project: head.project.to_string(), plan: head.id.to_string(), title: head.title.clone() }
}

pub(super) fn not_found(what: &str, name: impl std::fmt::Display) -> Error {
    Error::new(ErrorCode::NotFound, format!("There is no {what} {name}."))
        .hint("See what there is with `coppice status`.")
}

pub(super) fn refused(message: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorCode::Refused, message).hint(hint)
}
