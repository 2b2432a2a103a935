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
        attempt: Option<u32>,
    },
    Cancel {
        plan: PlanId,
        task: TaskId,
    },
    Discard {
        plan: PlanId,
        task: TaskId,
        attempt: Option<u32>,
    },
    Approve {
        plan: PlanId,
        task: TaskId,
        attempt: Option<u32>,
        head: Option<String>,
    },
    Unapprove {
        plan: PlanId,
        task: TaskId,
    },
    Leftovers {
        plan: PlanId,
        task: TaskId,
        attempt: Option<u32>,
        commit: bool,
    },
    Recheck {
        plan: PlanId,
        task: TaskId,
        attempt: Option<u32>,
    },
    Waive {
        plan: PlanId,
        task: TaskId,
        attempt: Option<u32>,
        id: String,
        reason: String,
    },
    RequestChanges {
        plan: PlanId,
        task: TaskId,
        attempt: Option<u32>,
        comments: Vec<Comment>,
    },
    TryBeside {
        plan: PlanId,
        task: TaskId,
        agent: Option<String>,
    },
    Adopt {
        plan: PlanId,
        task: TaskId,
        attempt: u32,
        reason: Option<String>,
    },
    /// `take` is the step to be made; its commit is there already.
    Take {
        plan: PlanId,
        task: TaskId,
        attempt: u32,
        take: Step,
    },
    Judge {
        plan: PlanId,
        task: TaskId,
        pair: [u32; 2],
        agent: Option<String>,
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
            Command::Retry { plan, task, attempt } => self.retry(&plan, &task, attempt),
            Command::Cancel { plan, task } => self.drop_task(&plan, &task, Stage::Cancelled),
            Command::Discard { plan, task, attempt } => self.discard(&plan, &task, attempt),
            Command::Approve { plan, task, attempt, head } => {
                self.approve_by_person(&plan, &task, attempt, head)
            }
            Command::Unapprove { plan, task } => self.unapprove(&plan, &task),
            Command::Leftovers { plan, task, attempt, commit } => {
                self.leftovers(&plan, &task, attempt, commit)
            }
            Command::Recheck { plan, task, attempt } => self.recheck(&plan, &task, attempt),
            Command::Waive { plan, task, attempt, id, reason } => {
                self.waive(&plan, &task, attempt, &id, &reason)
            }
            Command::RequestChanges { plan, task, attempt, comments } => {
                self.request_changes(&plan, &task, attempt, comments)
            }
            Command::TryBeside { plan, task, agent } => self.try_beside(&plan, &task, agent),
            Command::Adopt { plan, task, attempt, reason } => {
                self.adopt(&plan, &task, attempt, reason.as_deref())
            }
            Command::Take { plan, task, attempt, take } => self.take(&At { plan, task, attempt }, take),
            Command::Judge { plan, task, pair, agent } => self.judge(&plan, &task, pair, agent),
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
        // A former version may have accepted what this one would read otherwise than it was meant.
        plan::parse(&plan.text.toml).map_err(edits::invalid)?;
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
        let takes_up = |stage: &Stage| {
            matches!(
                stage,
                Stage::NeedsYou { .. }
                    | Stage::Failed { .. }
                    | Stage::Checking
                    | Stage::Reviewing
                    | Stage::Fixing { .. }
            )
        };
        let left: Vec<(At, Stage)> = plan
            .tasks
            .values()
            .flat_map(|task| task.contenders.iter().map(|one| (task.id.clone(), one)))
            .filter(|(_, one)| takes_up(&one.stage))
            .map(|(task, one)| {
                (At { plan: id.clone(), task, attempt: one.attempt.unwrap_or(0) }, one.stage.clone())
            })
            .collect();
        for (at, stage) in left {
            let attempt = self.attempt(&at);
            let open = attempt.is_some_and(|a| a.ended_ms.is_none() && a.step == Step::Rest);
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
                        if open && !self.is_contest(&at) =>
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
    pub(super) fn try_afresh(&mut self, at: &At) {
        self.end_attempt(at, "A new attempt was asked for.", false);
        let attempt = self.is_contest(at).then_some(at.attempt);
        self.record(&at.plan, Fact::TaskRetried { task: at.task.clone(), attempt });
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

    /// The task's current attempt (number 0 when there is none yet) and its stage.
    pub(super) fn task_at(&self, id: &PlanId, task: &TaskId) -> Result<(At, Stage), Error> {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let known = plan.tasks.get(task).ok_or_else(|| not_found("task", task))?;
        let at = At { plan: id.clone(), task: task.clone(), attempt: known.attempt.unwrap_or(0) };
        Ok((at, known.stage.clone()))
    }
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
