//! What the engine shows of its state: snapshots, complete in themselves, cheap to replace.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{JudgementView, Millis, Point, Problem, ReviewView, RunView};

// ---- projects

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ProjectView {
    pub id: String,
    /// Two last path components, such as "acme/api".
    pub name: String,
    pub root: String,
    /// The branch that new plans land on.
    pub default_target: Option<String>,
    /// A sentence when the repository can't be used now (moved, no commits, unreadable).
    pub trouble: Option<String>,
    pub plans: Vec<PlanSummary>,
    pub trash: u32,
    pub is_demo: bool,
}

/// What a folder is, found without running anything of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Inspection {
    pub path: String,
    pub root: Option<String>,
    pub is_repository: bool,
    pub has_commits: bool,
    pub branch: Option<String>,
    pub trusted: bool,
    /// Everything there that could execute: configuration keys, hooks, filters, agent settings.
    pub exec_capable: Vec<ExecCapable>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ExecCapable {
    pub origin: String,
    pub key: String,
    pub value: String,
}

// ---- plans

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PlanSummary {
    pub id: String,
    pub project: String,
    pub title: String,
    pub target: String,
    pub mode: PlanMode,
    pub progress: Progress,
    pub file: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PlanMode {
    Draft,
    Running,
    /// No new dispatch; what runs goes on.
    Paused,
    /// Nothing runs; `run` goes on with it.
    Stopped,
    /// Every task landed (or was cancelled or discarded by a person).
    Finished,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Progress {
    pub total: u32,
    pub landed: u32,
    pub running: u32,
    pub ready_to_review: u32,
    pub needs_you: u32,
    pub failed: u32,
    pub slots: u32,
    pub slots_used: u32,
    /// Forecast of what is left; `None` when nothing is estimated or nothing runs.
    pub left_ms: Option<Millis>,
    /// max(critical path, work / slots) of the whole plan.
    pub lower_bound_ms: Millis,
    pub elapsed_ms: Millis,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PlanView {
    pub id: String,
    pub project: String,
    pub title: String,
    pub goal: String,
    pub target: String,
    /// The plan file, when the plan lives in one.
    pub file: Option<String>,
    pub slots: u32,
    pub approve: Approve,
    pub commit: CommitPolicy,
    pub land: LandHow,
    pub setup: SetupSpec,
    pub checks: Vec<CheckSpec>,
    pub agents: Vec<AgentSpec>,
    pub default_agent: Option<String>,
    /// `None`: the plan has no review, and its tasks are not reviewed.
    pub review: Option<ReviewSpec>,
    /// Who works findings off; `None`: the agent that implemented.
    pub fixer: Option<String>,
    pub mode: PlanMode,
    pub revision: u64,
    pub can_undo: bool,
    pub can_redo: bool,
    pub progress: Progress,
    /// Task ids along the longest estimated path.
    pub critical_path: Vec<String>,
    pub tasks: Vec<TaskView>,
    /// Why Run can't start now (missing agent, empty plan), or should be thought over.
    pub problems: Vec<Problem>,
    /// The newest event that this snapshot includes.
    pub seq: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Approve {
    #[default]
    Manual,
    Auto,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CommitPolicy {
    #[default]
    Ask,
    Scope,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LandHow {
    #[default]
    Merge,
    Squash,
    Rebase,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SetupSpec {
    pub command: Option<String>,
    pub copy: Vec<String>,
    pub ports: Vec<String>,
    pub timeout_ms: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CheckSpec {
    pub name: String,
    pub command: String,
    pub timeout_ms: Option<Millis>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct ReviewSpec {
    /// By dimension; none: chosen by Coppice, another vendor's where there is one.
    pub agents: Vec<String>,
    pub rounds: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AgentSpec {
    pub name: String,
    /// "command", "scripted", …
    pub adapter: String,
    pub command: Vec<String>,
    /// For `scripted`: the script's path.
    pub script: Option<String>,
    #[serde(default)]
    pub model: Option<String>,
    #[serde(default)]
    pub effort: Option<String>,
    #[serde(default)]
    pub permission: Option<String>,
    #[serde(default)]
    pub tools: Vec<String>,
    #[serde(default)]
    pub args: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TaskView {
    pub id: String,
    pub title: String,
    pub role: String,
    pub deliverable: String,
    pub spec: String,
    pub scope: Option<Vec<String>>,
    pub exclude: Vec<String>,
    pub contract: String,
    pub after: Vec<String>,
    /// The agent that will be used: the task's own or the plan's default.
    pub agent: Option<String>,
    /// The agents that try it side by side, one attempt each; empty for the usual task.
    pub attempts: Vec<String>,
    /// Who tries it now, where several do; empty for the usual task.
    pub contenders: Vec<Contender>,
    pub estimate_ms: Option<Millis>,
    pub position: Option<Point>,
    pub stage: Stage,
    /// The current attempt's number.
    pub attempt: Option<u32>,
    /// When the current stage began.
    pub since_ms: Option<Millis>,
    /// When the current attempt began, and ended.
    pub started_ms: Option<Millis>,
    pub ended_ms: Option<Millis>,
    /// Latest action, in the agent's own words (the last line of its screen).
    pub action: Option<String>,
    pub added: Option<u64>,
    pub deleted: Option<u64>,
    /// For people: "Not reviewed", "Reviewed: 3 of 3 met", "Review: 2 findings open".
    pub review: String,
    /// One sentence; `None` when it doesn't wait.
    pub why_waiting: Option<String>,
    /// One sentence: what finishing this would unblock.
    pub unblocks: Option<String>,
    pub critical: bool,
}

/// One of several that try the same task side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Contender {
    /// `None`: not started yet.
    pub attempt: Option<u32>,
    pub agent: String,
    pub stage: Stage,
}

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Stage {
    pub kind: StageKind,
    /// For people: "Checking 1 of 2", "Landed 3f2a91c", "Needs you: failed twice".
    pub word: String,
    /// Why, for `needs_you` and `failed`.
    pub reason: Option<Reason>,
    pub commit: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StageKind {
    Draft,
    Waiting,
    Preparing,
    Implementing,
    Checking,
    Reviewing,
    Fixing,
    AwaitingApproval,
    Queued,
    Landing,
    Landed,
    NeedsYou,
    Failed,
    Cancelled,
    Discarded,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Reason {
    /// Stable: `failed_twice`, `no_commit`, `uncommitted`, `out_of_scope`, `check_failed`,
    /// `merged_check_failed`, `conflict`, `checkout_blocked`, `setup_failed`, `worktree_failed`, …
    pub code: String,
    pub text: String,
    pub paths: Vec<String>,
}

// ---- one task

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TaskDetail {
    pub plan: String,
    pub task: TaskView,
    pub requirements: Vec<Requirement>,
    /// Newest first.
    pub attempts: Vec<AttemptView>,
    /// What judges said of two attempts, newest last.
    pub judgements: Vec<JudgementView>,
    /// A judge reads now.
    pub judging: bool,
    /// What can be done now, in the order of the buttons.
    pub actions: Vec<ActionView>,
    /// What approval would do: "Merge 3 commits onto main 90be112, then 2 tasks start."
    pub landing_effect: Option<String>,
    /// Direct dependents that would start, and everything downstream.
    pub starts: Vec<String>,
    pub downstream: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Requirement {
    pub id: String,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TaskAction {
    Approve,
    Unapprove,
    /// Look at the attempts side by side, and adopt one.
    Compare,
    Retry,
    Recheck,
    /// What is open goes to the fixer once more.
    FixAgain,
    /// What its agent asks to do.
    Allow,
    Deny,
    RetryLanding,
    CommitLeftovers,
    PutAwayLeftovers,
    EndRun,
    OpenShell,
    Cancel,
    Discard,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ActionView {
    pub action: TaskAction,
    /// What it does, in one sentence.
    pub effect: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AttemptView {
    pub number: u32,
    pub agent: String,
    pub branch: String,
    /// `None` once it is in the trash.
    pub worktree: Option<String>,
    pub base: String,
    pub head: Option<String>,
    pub commits: Vec<CommitView>,
    pub stage: Stage,
    /// It was chosen among several.
    pub adopted: bool,
    /// What can be done with it alone; empty where it is the task's only one.
    pub actions: Vec<ActionView>,
    pub started_ms: Millis,
    pub ended_ms: Option<Millis>,
    pub runs: Vec<RunView>,
    pub evidence: Vec<EvidenceView>,
    pub approval: Option<ApprovalView>,
    pub review: ReviewView,
    /// Where uncommitted work was put away.
    pub keep_refs: Vec<String>,
    pub files: u32,
    pub added: u64,
    pub deleted: u64,
    pub out_of_scope: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CommitView {
    pub id: String,
    pub subject: String,
    pub author: String,
    pub at_ms: Millis,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ApprovalView {
    pub head: String,
    pub by: String,
    pub at_ms: Millis,
    /// Why it no longer counts.
    pub void: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct EvidenceView {
    pub check: String,
    /// At the merge candidate (true) or at the attempt's head.
    pub merged: bool,
    pub head: String,
    pub base: String,
    pub code: Option<i32>,
    pub passed: bool,
    /// Why it no longer counts.
    pub void: Option<String>,
    pub run: Option<String>,
    pub reused: bool,
    pub duration_ms: Millis,
    pub at_ms: Millis,
}

// ---- inbox, trash, doctor

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct InboxItem {
    /// Stable while the item is the same.
    pub id: String,
    pub project: String,
    pub project_name: String,
    pub plan: String,
    pub plan_title: String,
    pub task: String,
    pub task_title: String,
    pub attempt: Option<u32>,
    pub kind: InboxKind,
    pub what: String,
    pub since_ms: Millis,
    /// Answers that can be given right here, by number key.
    pub actions: Vec<ActionView>,
    /// How many tasks wait behind it; the list is in this order, most first.
    pub blocks: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InboxKind {
    NeedsYou,
    ReadyToReview,
    /// Several attempts are at their end: one is to be chosen.
    ReadyToCompare,
    Failed,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TrashView {
    pub id: String,
    pub branch: Option<String>,
    pub head: Option<String>,
    pub uncommitted: Option<String>,
    pub path: String,
    pub bytes: Option<u64>,
    pub at_ms: Millis,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ScopeFiles {
    pub count: u32,
    /// The first few.
    pub sample: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DoctorReport {
    pub rows: Vec<DoctorRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DoctorRow {
    pub name: String,
    pub status: DoctorStatus,
    pub found: String,
    pub hint: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DoctorStatus {
    Good,
    Warning,
    Bad,
}
