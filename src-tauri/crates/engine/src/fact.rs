//! What is recorded. A fact is written before anybody hears of it and before anything is done
//! because of it; folding all facts gives the [`World`](crate::world::World).
//!
//! Most facts are also public events; the conversion is [`Fact::to_event`] in `event.rs`. The few that are not
//! say which step an attempt takes next: the intent that a restarted engine takes up again.

use std::path::PathBuf;

use plan::{CommitId, Report, Stage, TaskId};
use serde::{Deserialize, Serialize};

use crate::ids::{PlanId, ProjectId, RunId};
use crate::world::{
    Approval, Candidate, Evidence, Judgement, Judging, Lane, Millis, Outcome, PlanHead, Project, Reviewed,
    Run, RunKind, Size, Step, Usage,
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
        /// Which of several side by side; `None`: the task's only one.
        #[serde(default)]
        attempt: Option<u32>,
        stage: Stage,
    },
    /// A person, or a new start of the plan, wants it tried afresh.
    TaskRetried {
        task: TaskId,
        #[serde(default)]
        attempt: Option<u32>,
    },
    /// One more agent tries it, beside those who do.
    Joined {
        task: TaskId,
        agent: String,
    },
    /// One of several is out; the others go on.
    Dropped {
        task: TaskId,
        /// The place of its contender.
        contender: usize,
    },
    /// One of several was chosen.
    Adopted {
        task: TaskId,
        attempt: u32,
    },
    /// What was taken from another attempt is in this one.
    Taken {
        task: TaskId,
        attempt: u32,
        from: u32,
        paths: Vec<String>,
        head: CommitId,
    },
    /// A judge reads; `None`: it was given up.
    Judging {
        task: TaskId,
        judging: Option<Judging>,
    },
    Judged {
        task: TaskId,
        judgement: Judgement,
    },

    AttemptStarted {
        task: TaskId,
        attempt: u32,
        /// The place of its contender.
        #[serde(default)]
        contender: usize,
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
        /// Requirements that nobody could verify.
        #[serde(default)]
        unverifiable: u32,
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
