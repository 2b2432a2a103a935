//! What happened. The same events are stored, streamed to the window and printed by
//! `coppice run --json`; their names and fields are a public contract.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Millis, RunKind, RunOutcome};

/// One line of the log of everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Event {
    /// Strictly increasing over all projects.
    pub seq: u64,
    /// RFC 3339, UTC, milliseconds.
    pub at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    #[serde(flatten)]
    pub body: EventBody,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type")]
pub enum EventBody {
    #[serde(rename = "project.opened")]
    ProjectOpened { root: String },
    #[serde(rename = "project.closed")]
    ProjectClosed {},
    #[serde(rename = "plan.created")]
    PlanCreated { title: String },
    #[serde(rename = "plan.edited")]
    PlanEdited { revision: u64, what: String },
    #[serde(rename = "plan.deleted")]
    PlanDeleted {},
    #[serde(rename = "plan.started")]
    PlanStarted { engine_pid: u32, again: bool },
    /// No new dispatch; what runs goes on.
    #[serde(rename = "plan.paused")]
    PlanPaused {},
    /// Running agents were ended too.
    #[serde(rename = "plan.stopped")]
    PlanStopped {},
    /// Nothing runs and nothing can move by itself: all landed, or the rest failed or waits for a person.
    #[serde(rename = "plan.finished")]
    PlanFinished { landed: u32, failed: u32, waiting: u32, total: u32 },
    #[serde(rename = "task.stage")]
    TaskStage { task: String, attempt: Option<u32>, stage: String, word: String },
    #[serde(rename = "attempt.started")]
    AttemptStarted { task: String, attempt: u32, base: String, branch: String, worktree: String },
    /// The attempt ended without landing: failed, superseded, discarded, adopted elsewhere.
    #[serde(rename = "attempt.ended")]
    AttemptEnded { task: String, attempt: u32, reason: String, will_retry: bool },
    #[serde(rename = "process.started")]
    ProcessStarted { task: String, attempt: u32, run: String, kind: RunKind, pid: u32, shim_pid: u32 },
    /// `code` is null when the process was ended by a signal, lost or never started; `outcome` says which.
    #[serde(rename = "process.exited")]
    ProcessExited {
        task: String,
        attempt: u32,
        run: String,
        kind: RunKind,
        code: Option<i32>,
        outcome: RunOutcome,
    },
    /// `merged` false: at the attempt's head, `base` where it was cut. `merged` true: at the merge candidate,
    /// `base` the target's tip it was built on. `reused`: the merged tree equals a checked tree, whose result serves.
    #[serde(rename = "check.finished")]
    CheckFinished {
        task: String,
        attempt: u32,
        name: String,
        code: Option<i32>,
        head: String,
        base: String,
        merged: bool,
        reused: bool,
        run: Option<String>,
        duration_ms: Millis,
    },
    /// Files that an agent left uncommitted were put away under a keep ref.
    #[serde(rename = "leftovers.kept")]
    LeftoversKept { task: String, attempt: u32, paths: Vec<String>, keep_ref: String },
    #[serde(rename = "leftovers.committed")]
    LeftoversCommitted { task: String, attempt: u32, paths: Vec<String>, head: String },
    #[serde(rename = "head.moved")]
    HeadMoved { task: String, attempt: u32, head: String },
    /// All reviewers reported, or one of them could not (`failed`). `unmet`: requirements that are neither met nor
    /// waived; `findings`: those that are open, of any severity.
    #[serde(rename = "review.finished")]
    ReviewFinished {
        task: String,
        attempt: u32,
        head: String,
        base: String,
        verdict: ReviewVerdict,
        unmet: u32,
        findings: u32,
    },
    #[serde(rename = "fix.started")]
    FixStarted { task: String, attempt: u32, round: u32 },
    /// A person's comments, which become findings.
    #[serde(rename = "changes.requested")]
    ChangesRequested { task: String, attempt: u32, comments: u32 },
    #[serde(rename = "waived")]
    Waived { task: String, attempt: u32, id: String, reason: String },
    /// An agent waits to be allowed something.
    #[serde(rename = "permission.asked")]
    PermissionAsked { task: String, attempt: u32, run: String, what: String },
    /// What a run has used so far, in all. Tokens; `cost` in US dollars, null where the program names no price.
    #[serde(rename = "usage")]
    Usage {
        task: String,
        attempt: u32,
        run: String,
        model: Option<String>,
        input: u64,
        output: u64,
        cached: u64,
        cost: Option<f64>,
    },
    /// One more agent is to try the task, beside those who do.
    #[serde(rename = "attempt.joined")]
    AttemptJoined { task: String, agent: String },
    /// One of several attempts was chosen; the others have ended, and their work is kept.
    #[serde(rename = "adopted")]
    Adopted { task: String, attempt: u32 },
    /// Files, or parts of files, of `from` are now in `attempt`, which goes through its gates again.
    #[serde(rename = "taken")]
    Taken { task: String, attempt: u32, from: u32, paths: Vec<String>, head: String },
    /// A judge's advice on two attempts; `better` is null where it prefers neither, or could not say.
    #[serde(rename = "judged")]
    Judged { task: String, a: u32, b: u32, better: Option<u32>, by: String },
    #[serde(rename = "needs_you")]
    NeedsYou { task: String, attempt: Option<u32>, reason: String, code: String },
    /// What was asked of a person is settled.
    #[serde(rename = "needs_you.settled")]
    NeedsYouSettled { task: String },
    #[serde(rename = "approved")]
    Approved { task: String, attempt: u32, head: String, by: String },
    #[serde(rename = "approval.void")]
    ApprovalVoid { task: String, why: String },
    #[serde(rename = "landing.started")]
    LandingStarted { task: String, attempt: u32, candidate: String, onto: String },
    #[serde(rename = "landing.held")]
    LandingHeld { task: String, attempt: u32, reason: String },
    #[serde(rename = "landed")]
    Landed { task: String, attempt: u32, commit: String, previous: String },
    #[serde(rename = "task.failed")]
    TaskFailed { task: String, reason: String, code: String },
    #[serde(rename = "task.retried")]
    TaskRetried { task: String },
    #[serde(rename = "task.cancelled")]
    TaskCancelled { task: String },
    #[serde(rename = "task.discarded")]
    TaskDiscarded { task: String },
    /// A worktree went to the trash; `keep_refs` pin its commits and uncommitted files.
    #[serde(rename = "worktree.removed")]
    WorktreeRemoved { task: String, attempt: u32, worktree: String, keep_refs: Vec<String> },
    #[serde(rename = "worktree.restored")]
    WorktreeRestored { worktree: String },
    /// Something that a person should know and nothing waits for.
    #[serde(rename = "warning")]
    Warning { task: Option<String>, message: String },
}

/// What a review came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReviewVerdict {
    Pass,
    Gaps,
    /// No report that could be read: it says nothing, and nothing passes.
    Failed,
}

/// Sent to subscribers only; not stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Notice {
    /// Something happened; `event.seq` orders it.
    Event { event: Event },
    /// The latest action of a living run, for the card: the last line of its screen.
    Action { plan: String, task: String, run: String, line: String },
    /// The subscriber fell behind and missed notices: read everything again from `seq`.
    Lagged { seq: u64 },
    /// Dispatch rests because of the machine (disk full, too many files); `None` = it goes on.
    Trouble { message: Option<String> },
}
