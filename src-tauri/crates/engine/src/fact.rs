//! What is recorded. A fact is written before anybody hears of it and before anything is done
//! because of it; folding all facts gives the [`World`](crate::world::World).
//!
//! Most facts are also public events; the conversion is [`Fact::to_event`]. The few that are not
//! say which step an attempt takes next: the intent that a restarted engine takes up again.

use std::path::PathBuf;

use plan::{CommitId, Report, Stage, TaskId};
use protocol::EventBody;
use serde::{Deserialize, Serialize};

use crate::ids::{PlanId, ProjectId, RunId};
use crate::wire;
use crate::world::{
    Approval, Candidate, Evidence, Lane, Millis, Outcome, PlanHead, Project, Reviewed, Run, RunKind, Size,
    Step, Usage,
};

/// A recorded fact with its place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: u64,
    pub at_ms: Millis,
    pub project: Option<ProjectId>,
    pub plan: Option<PlanId>,
    pub fact: Fact,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    ProjectOpened {
        project: Project,
    },
    ProjectClosed,

    PlanCreated {
        head: PlanHead,
        toml: String,
    },
    PlanEdited {
        revision: u64,
        what: String,
        toml: String,
        way: Way,
        inverse: plan::Edit,
    },
    PlanDeleted,
    PlanStarted {
        engine_pid: u32,
        again: bool,
    },
    /// What of the agent programs is installed and logged in, as a start of the plan found it.
    ProgramsFound {
        programs: Vec<plan::Adapter>,
    },
    PlanPaused,
    PlanStopped,
    PlanFinished {
        landed: u32,
        failed: u32,
        waiting: u32,
        total: u32,
        closed: bool,
    },

    TaskStage {
        task: TaskId,
        stage: Stage,
    },
    /// A person, or a new start of the plan, wants it tried afresh.
    TaskRetried {
        task: TaskId,
    },

    AttemptStarted {
        task: TaskId,
        attempt: u32,
        agent: String,
        base: CommitId,
        branch: String,
        worktree: PathBuf,
        port: Option<u16>,
    },
    AttemptStep {
        task: TaskId,
        attempt: u32,
        step: Step,
    },
    AttemptEnded {
        task: TaskId,
        attempt: u32,
        reason: String,
        will_retry: bool,
    },
    /// What the worktree held when it was looked at.
    HeadSeen {
        task: TaskId,
        attempt: u32,
        head: CommitId,
        size: Size,
        out_of_scope: Vec<String>,
    },
    LeftoversCommitted {
        task: TaskId,
        attempt: u32,
        paths: Vec<String>,
        head: CommitId,
    },
    LeftoversKept {
        task: TaskId,
        attempt: u32,
        paths: Vec<String>,
        keep_ref: String,
    },

    RunPlanned {
        run: Run,
    },
    RunStarted {
        run: RunId,
        of: RunOf,
        pid: u32,
        shim_pid: u32,
    },
    RunEnded {
        run: RunId,
        of: RunOf,
        outcome: Outcome,
        code: Option<i32>,
        detail: Option<String>,
    },

    SessionStarted {
        run: RunId,
        session: String,
    },
    PermissionAsked {
        task: TaskId,
        attempt: u32,
        run: RunId,
        what: String,
    },
    UsageSeen {
        run: RunId,
        of: RunOf,
        usage: Usage,
    },

    CheckFinished {
        task: TaskId,
        attempt: u32,
        evidence: Evidence,
    },
    /// Reviewers are about to read this head.
    ReviewBegun {
        task: TaskId,
        attempt: u32,
        head: CommitId,
    },
    /// One reviewer's report, taken up.
    ReportTaken {
        task: TaskId,
        attempt: u32,
        by: String,
        report: Report,
    },
    /// All reviewers have reported, or one of them could not.
    ReviewFinished {
        task: TaskId,
        attempt: u32,
        reviewed: Reviewed,
        /// Requirements that are not met, and findings that are open.
        unmet: u32,
        findings: u32,
    },
    FixStarted {
        task: TaskId,
        attempt: u32,
        round: u32,
    },
    /// A person's comments, as findings.
    ChangesRequested {
        task: TaskId,
        attempt: u32,
        comments: Vec<Comment>,
    },
    /// A person does without a requirement or a finding.
    Waived {
        task: TaskId,
        attempt: u32,
        id: String,
        reason: String,
    },
    NeedsYou {
        task: TaskId,
        attempt: Option<u32>,
        code: String,
        reason: String,
    },
    /// What was asked of a person is settled.
    NeedsYouSettled {
        task: TaskId,
    },
    Approved {
        task: TaskId,
        attempt: u32,
        approval: Approval,
    },
    ApprovalVoid {
        task: TaskId,
        attempt: u32,
        why: String,
    },

    Queued {
        task: TaskId,
        attempt: u32,
    },
    /// It leaves the queue, or the head of the line, without having landed.
    Unqueued {
        task: TaskId,
        attempt: u32,
        why: String,
    },
    LandingBegun {
        task: TaskId,
        attempt: u32,
    },
    CandidateBuilt {
        task: TaskId,
        attempt: u32,
        candidate: Candidate,
    },
    Landed {
        task: TaskId,
        attempt: u32,
        commit: CommitId,
        previous: CommitId,
    },
    LaneSet {
        lane: Option<Lane>,
    },

    TaskFailed {
        task: TaskId,
        code: String,
        reason: String,
    },
    TaskCancelled {
        task: TaskId,
    },
    TaskDiscarded {
        task: TaskId,
    },

    /// Its worktree is to go to the trash as soon as no process lives in it.
    RemovalDue {
        task: TaskId,
        attempt: u32,
    },
    WorktreeRemoved {
        task: TaskId,
        attempt: u32,
        worktree: PathBuf,
        keep_refs: Vec<String>,
    },
    RemovalFailed {
        task: TaskId,
        attempt: u32,
        why: String,
    },
    WorktreeRestored {
        worktree: PathBuf,
    },
    Warning {
        task: Option<TaskId>,
        message: String,
    },
}

/// A person's words on some lines, or on the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub file: Option<String>,
    pub line: Option<u32>,
    pub end_line: Option<u32>,
    pub text: String,
}

impl Comment {
    /// What a person asks for is important: it holds the landing up until it is addressed.
    pub fn as_finding(&self) -> plan::report::Reported {
        plan::report::Reported {
            kind: plan::report::Kind::Quality,
            severity: plan::report::Severity::Important,
            file: self.file.clone(),
            line: self.line,
            why: self.text.clone(),
            verify: String::new(),
        }
    }
}

/// Whose run it is, so that the log can be read when the run itself is long forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOf {
    pub task: TaskId,
    pub attempt: u32,
    pub kind: RunKind,
}

impl From<&Run> for RunOf {
    fn from(run: &Run) -> RunOf {
        RunOf { task: run.task.clone(), attempt: run.attempt, kind: run.kind }
    }
}

/// Whether an edit is new, or walks through the history of edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    New,
    Undo,
    Redo,
}

impl Fact {
    /// The public event, or `None` for what only the engine needs.
    pub fn to_event(&self) -> Option<EventBody> {
        let text = |task: &TaskId| task.to_string();
        Some(match self.clone() {
            Fact::ProjectOpened { project } => {
                EventBody::ProjectOpened { root: project.root.to_string_lossy().into_owned() }
            }
            Fact::ProjectClosed => EventBody::ProjectClosed {},
            Fact::PlanCreated { head, .. } => EventBody::PlanCreated { title: head.title },
            Fact::PlanEdited { revision, what, .. } => EventBody::PlanEdited { revision, what },
            Fact::PlanDeleted => EventBody::PlanDeleted {},
            Fact::PlanStarted { engine_pid, again } => EventBody::PlanStarted { engine_pid, again },
            Fact::PlanPaused => EventBody::PlanPaused {},
            Fact::PlanStopped => EventBody::PlanStopped {},
            Fact::PlanFinished { landed, failed, waiting, total, .. } => {
                EventBody::PlanFinished { landed, failed, waiting, total }
            }
            Fact::TaskStage { task, stage } => EventBody::TaskStage {
                task: text(&task),
                attempt: None,
                stage: wire::stage_name(&stage),
                word: wire::stage(&stage, None).word,
            },
            Fact::TaskRetried { task } => EventBody::TaskRetried { task: text(&task) },
            Fact::AttemptStarted { task, attempt, base, branch, worktree, .. } => EventBody::AttemptStarted {
                task: text(&task),
                attempt,
                base: base.to_string(),
                branch,
                worktree: worktree.to_string_lossy().into_owned(),
            },
            Fact::AttemptEnded { task, attempt, reason, will_retry } => {
                EventBody::AttemptEnded { task: text(&task), attempt, reason, will_retry }
            }
            Fact::HeadSeen { task, attempt, head, .. } => {
                EventBody::HeadMoved { task: text(&task), attempt, head: head.to_string() }
            }
            Fact::LeftoversCommitted { task, attempt, paths, head } => {
                EventBody::LeftoversCommitted { task: text(&task), attempt, paths, head: head.to_string() }
            }
            Fact::LeftoversKept { task, attempt, paths, keep_ref } => {
                EventBody::LeftoversKept { task: text(&task), attempt, paths, keep_ref }
            }
            Fact::RunStarted { run, of, pid, shim_pid } => EventBody::ProcessStarted {
                task: text(&of.task),
                attempt: of.attempt,
                run: run.to_string(),
                kind: wire::run_kind(of.kind),
                pid,
                shim_pid,
            },
            Fact::RunEnded { run, of, outcome, code, .. } => EventBody::ProcessExited {
                task: text(&of.task),
                attempt: of.attempt,
                run: run.to_string(),
                kind: wire::run_kind(of.kind),
                code,
                outcome: wire::outcome(outcome)?,
            },
            Fact::PermissionAsked { task, attempt, run, what } => {
                EventBody::PermissionAsked { task: text(&task), attempt, run: run.to_string(), what }
            }
            Fact::UsageSeen { run, of, usage } => EventBody::Usage {
                task: text(&of.task),
                attempt: of.attempt,
                run: run.to_string(),
                model: usage.model.clone(),
                input: usage.input,
                output: usage.output,
                cached: usage.cached,
                cost: wire::dollars(usage.cost_micros),
            },
            Fact::CheckFinished { task, attempt, evidence } => EventBody::CheckFinished {
                task: text(&task),
                attempt,
                name: evidence.check,
                code: evidence.code,
                head: evidence.head.to_string(),
                base: evidence.base.to_string(),
                merged: evidence.merged,
                reused: evidence.reused,
                run: evidence.run.map(|run| run.to_string()),
                duration_ms: evidence.duration_ms,
            },
            Fact::ReviewFinished { task, attempt, reviewed, unmet, findings } => EventBody::ReviewFinished {
                task: text(&task),
                attempt,
                head: reviewed.head.to_string(),
                base: reviewed.base.to_string(),
                verdict: wire::verdict(&reviewed, unmet, findings),
                unmet,
                findings,
            },
            Fact::FixStarted { task, attempt, round } => {
                EventBody::FixStarted { task: text(&task), attempt, round }
            }
            Fact::ChangesRequested { task, attempt, comments } => {
                EventBody::ChangesRequested { task: text(&task), attempt, comments: comments.len() as u32 }
            }
            Fact::Waived { task, attempt, id, reason } => {
                EventBody::Waived { task: text(&task), attempt, id, reason }
            }
            Fact::NeedsYou { task, attempt, code, reason } => {
                EventBody::NeedsYou { task: text(&task), attempt, reason, code }
            }
            Fact::NeedsYouSettled { task } => EventBody::NeedsYouSettled { task: text(&task) },
            Fact::Approved { task, attempt, approval } => EventBody::Approved {
                task: text(&task),
                attempt,
                head: approval.head.to_string(),
                by: approval.by,
            },
            Fact::ApprovalVoid { task, why, .. } => EventBody::ApprovalVoid { task: text(&task), why },
            Fact::Unqueued { task, attempt, why } => {
                EventBody::LandingHeld { task: text(&task), attempt, reason: why }
            }
            Fact::CandidateBuilt { task, attempt, candidate } => EventBody::LandingStarted {
                task: text(&task),
                attempt,
                candidate: candidate.commit.to_string(),
                onto: candidate.onto.to_string(),
            },
            Fact::Landed { task, attempt, commit, previous } => EventBody::Landed {
                task: text(&task),
                attempt,
                commit: commit.to_string(),
                previous: previous.to_string(),
            },
            Fact::TaskFailed { task, code, reason } => {
                EventBody::TaskFailed { task: text(&task), reason, code }
            }
            Fact::TaskCancelled { task } => EventBody::TaskCancelled { task: text(&task) },
            Fact::TaskDiscarded { task } => EventBody::TaskDiscarded { task: text(&task) },
            Fact::WorktreeRemoved { task, attempt, worktree, keep_refs } => EventBody::WorktreeRemoved {
                task: text(&task),
                attempt,
                worktree: worktree.to_string_lossy().into_owned(),
                keep_refs,
            },
            Fact::RemovalFailed { task, why, .. } => {
                EventBody::Warning { task: Some(text(&task)), message: why }
            }
            Fact::WorktreeRestored { worktree } => {
                EventBody::WorktreeRestored { worktree: worktree.to_string_lossy().into_owned() }
            }
            Fact::Warning { task, message } => {
                EventBody::Warning { task: task.map(|task| task.to_string()), message }
            }
            Fact::AttemptStep { .. }
            | Fact::ProgramsFound { .. }
            | Fact::ReviewBegun { .. }
            | Fact::SessionStarted { .. }
            | Fact::ReportTaken { .. }
            | Fact::RunPlanned { .. }
            | Fact::Queued { .. }
            | Fact::LandingBegun { .. }
            | Fact::LaneSet { .. }
            | Fact::RemovalDue { .. } => return None,
        })
    }
}

impl Entry {
    /// The public event, where there is one.
    pub fn to_event(&self) -> Option<protocol::Event> {
        Some(protocol::Event {
            seq: self.seq,
            at: rfc3339(self.at_ms),
            project: self.project.as_ref().map(ToString::to_string),
            plan: self.plan.as_ref().map(ToString::to_string),
            body: self.fact.to_event()?,
        })
    }
}

fn rfc3339(at_ms: Millis) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{at:.3}")
}
