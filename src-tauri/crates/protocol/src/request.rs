//! What a client may ask, and what it gets.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Hello {
    pub version: u32,
    /// "window", "cli", "hook", "mcp".
    pub client: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Welcome {
    pub version: u32,
    pub engine_pid: u32,
    /// The data directory.
    pub home: String,
    /// The newest event's number.
    pub seq: u64,
}

/// A client's line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Call {
    pub id: u64,
    pub request: Request,
}

/// An engine's line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message {
    Reply { id: u64, reply: Reply },
    Error { id: u64, error: Error },
    Notice { notice: Notice },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// Notices from now on, after the stored events later than `since`. Reply: `Done`.
    Subscribe {
        since: u64,
    },
    /// Reply: `Events`.
    Events {
        since: u64,
        limit: u32,
        plan: Option<String>,
    },

    // Projects
    /// Reply: `Projects`.
    Projects {},
    /// Reads a folder without running anything of it. Reply: `Inspection`.
    InspectProject {
        path: String,
    },
    /// Reply: `Project`; `trust_needed` when it can execute things and isn't trusted yet.
    OpenProject {
        path: String,
        trust: bool,
    },
    /// Forgets the project; nothing in the repository changes. Refused while a plan of it runs.
    CloseProject {
        project: String,
    },
    /// Makes a first commit in a repository that has none (an empty one, or of named files). Reply: `Project`.
    FirstCommit {
        path: String,
    },
    /// Creates the demo repository and its plan. Reply: `PlanRef`.
    CreateDemo {
        path: Option<String>,
    },

    // Plans
    /// Reply: `Plans`, of one project or of all.
    Plans {
        project: Option<String>,
    },
    /// Reply: `PlanRef`.
    CreatePlan {
        project: String,
        title: String,
    },
    /// Opens or refreshes a plan from its file: an edited file is an edit of the plan. Reply: `PlanRef`.
    OpenPlanFile {
        repo: String,
        file: String,
    },
    /// A plan from text (import), shown in the canvas as a draft. Reply: `PlanRef`.
    ImportPlan {
        project: String,
        text: String,
    },
    /// Reply: `Plan`.
    Plan {
        plan: String,
    },
    /// Reply: `Text`: the plan as TOML.
    PlanText {
        plan: String,
    },
    /// Replaces the plan's text; the difference becomes one edit. Reply: `Edited`.
    SetPlanText {
        plan: String,
        text: String,
    },
    /// Reply: `Edited`. `revision`: what the caller looked at; `None` skips the comparison.
    EditPlan {
        plan: String,
        edit: Box<Edit>,
        revision: Option<u64>,
    },
    Undo {
        plan: String,
    },
    Redo {
        plan: String,
    },
    /// Refused while it runs; attempts' worktrees go to the trash first. Reply: `Done`.
    DeletePlan {
        plan: String,
    },

    // Running
    /// Starts a plan, or goes on with what an earlier run left. `again`: restarts a finished one. Reply: `Started`.
    StartPlan {
        plan: String,
        again: bool,
    },
    /// No new dispatch. Reply: `Done`.
    PausePlan {
        plan: String,
    },
    /// No new dispatch, and living agents are ended (their work is kept). Reply: `Done`.
    StopPlan {
        plan: String,
    },
    /// A fresh attempt; the old one is kept until the task is settled.
    Retry {
        plan: String,
        task: String,
        /// The attempt that is meant, where several stand side by side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        attempt: Option<u32>,
    },
    /// Ends the task; its work is kept in trash and keep refs.
    Cancel {
        plan: String,
        task: String,
    },
    /// The same with work to put away; with `attempt`: that one of several alone, the others go on.
    Discard {
        plan: String,
        task: String,
        /// The attempt that is meant, where several stand side by side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        attempt: Option<u32>,
    },
    /// Approves exactly `head` (the newest checked head when `None`). Reply: `Done`.
    Approve {
        plan: String,
        task: String,
        /// The attempt that is meant, where several stand side by side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        attempt: Option<u32>,
        head: Option<String>,
    },
    /// Takes a given approval back while it has not landed.
    Unapprove {
        plan: String,
        task: String,
    },
    /// What an agent left uncommitted: commit the paths inside the scope, or put them away.
    Leftovers {
        plan: String,
        task: String,
        /// The attempt that is meant, where several stand side by side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        attempt: Option<u32>,
        commit: bool,
    },
    /// Runs the checks again at the head.
    Recheck {
        plan: String,
        task: String,
        /// The attempt that is meant, where several stand side by side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        attempt: Option<u32>,
    },
    /// Does without an open finding (`F1`) or an unmet requirement (`2`), for a reason that is kept.
    Waive {
        plan: String,
        task: String,
        /// The attempt that is meant, where several stand side by side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        attempt: Option<u32>,
        id: String,
        reason: String,
    },
    /// Sends comments to the fixer as findings; without any, what is open already goes there once more.
    RequestChanges {
        plan: String,
        task: String,
        /// The attempt that is meant, where several stand side by side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        attempt: Option<u32>,
        comments: Vec<Comment>,
    },
    /// Starts one more attempt beside those there are, at the same base. Reply: `Done`.
    TryBeside {
        plan: String,
        task: String,
        /// An agent of the plan; `None`: the task's own once more.
        agent: Option<String>,
    },
    /// Chooses one of several attempts; the others end, and their work is kept under refs. Reply: `Done`.
    Adopt {
        plan: String,
        task: String,
        attempt: u32,
        /// Why this one; kept with what the others did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        reason: Option<String>,
    },
    /// Brings files or hunks of one attempt into another, which goes through its gates again. Both heads are as the
    /// caller saw them. Reply: `Done`.
    Take {
        plan: String,
        task: String,
        /// The receiving attempt.
        attempt: u32,
        head: String,
        from: u32,
        from_head: String,
        parts: Vec<Taken>,
    },
    /// Asks a judge, blind and twice with the order swapped, which of two attempts is better. Reply: `Done`.
    Judge {
        plan: String,
        task: String,
        a: u32,
        b: u32,
        /// `None`: whoever would review.
        agent: Option<String>,
    },
    /// Answers what a task's agent asks: the permission or the question that it waits with. Reply: `Done`.
    Answer {
        plan: String,
        task: String,
        /// The attempt that is meant, where several stand side by side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        attempt: Option<u32>,
        answer: AgentAnswer,
    },
    /// Says something to a task's living agent: at once, or when it next takes words. Reply: `Done`.
    Message {
        plan: String,
        task: String,
        /// The attempt that is meant, where several stand side by side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        attempt: Option<u32>,
        text: String,
    },
    /// What an agent program tells about itself, by the hooks of its launch. Good for its own run only. Reply:
    /// `Text`: what the hook prints, empty for nothing; held back while the program waits for an answer. `again`: no
    /// engine was there, or it went away, so that the words were left for the next one; this asks only for an answer.
    Hook {
        run: String,
        token: String,
        said: String,
        again: bool,
    },
    /// Tries a held landing again.
    RetryLanding {
        plan: String,
        task: String,
    },
    /// Fetches what the plan's target follows; no branch moves. Reply: `Done`.
    Fetch {
        plan: String,
    },
    /// Pushes the plan's target to what it follows, never by force. Reply: `Done`.
    Push {
        plan: String,
    },
    /// Ends one run (polite, then hard).
    EndRun {
        run: String,
    },
    /// Opens a shell in the attempt's worktree, in a terminal. Reply: `Run`.
    OpenShell {
        plan: String,
        task: String,
        attempt: u32,
    },

    // Reading
    /// Reply: `Task`.
    Task {
        plan: String,
        task: String,
    },
    /// Reply: `Runs`: all of a plan, the living first.
    Runs {
        plan: String,
    },
    /// Reply: `ChangedFiles`, base to head of an attempt.
    ChangedFiles {
        plan: String,
        task: String,
        attempt: u32,
        scope: DiffScope,
    },
    /// Reply: `FileDiff`. `context`: unchanged lines around each hunk.
    FileDiff {
        plan: String,
        task: String,
        attempt: u32,
        scope: DiffScope,
        path: String,
        context: u32,
    },
    /// What lines of a file's difference say, by the id of a `FileDiff`. Reply: `DiffLines`, up to `count` of them from
    /// the line `from` of all hunks on, counted from 0. `not_found`: it is remembered no more, ask for the file again.
    DiffLines {
        id: String,
        from: u32,
        count: u32,
    },
    /// Reply: `Compare`.
    Compare {
        plan: String,
        task: String,
        a: u32,
        b: u32,
    },
    /// How one file differs from attempt `a`'s head to attempt `b`'s. Reply: `FileDiff`.
    FileBetween {
        plan: String,
        task: String,
        a: u32,
        b: u32,
        path: String,
        context: u32,
    },
    /// Reply: `Landing`: the queue of a plan.
    Landing {
        plan: String,
    },
    /// Reply: `Inbox`, over all projects.
    Inbox {},
    /// Reply: `Text`: a piece of a run's log, lossy UTF-8 with escape sequences removed.
    RunLog {
        run: String,
        tail_bytes: u64,
    },
    /// Reply: `Trash`.
    Trash {
        project: String,
    },
    RestoreTrash {
        project: String,
        entry: String,
    },
    EmptyTrash {
        project: String,
    },
    /// Reply: `Text`s count: files of the repository that a scope's globs match. Reply: `ScopeFiles`.
    ScopeFiles {
        project: String,
        scope: Vec<String>,
        exclude: Vec<String>,
    },
    /// Reply: `Doctor`.
    Doctor {
        rebuild: bool,
    },
    /// Reply: `Settings`.
    Settings {},
    SetSetting {
        key: String,
        value: String,
    },
    /// Ends the engine; runs live on in their shims. Reply: `Done`.
    Shutdown {},
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Reply {
    Done,
    Events(Vec<Event>),
    Projects(Vec<ProjectView>),
    Inspection(Inspection),
    Project(ProjectView),
    Plans(Vec<PlanSummary>),
    PlanRef(PlanRef),
    Plan(Box<PlanView>),
    Text(String),
    Edited(Edited),
    Started(Started),
    Run(RunView),
    Task(Box<TaskDetail>),
    Runs(Vec<RunView>),
    ChangedFiles(ChangedFiles),
    FileDiff(FileDiff),
    DiffLines(Vec<DiffLine>),
    Compare(Box<CompareView>),
    Landing(LandingView),
    Inbox(Vec<InboxItem>),
    Trash(Vec<TrashView>),
    ScopeFiles(ScopeFiles),
    Doctor(DoctorReport),
    Settings(Vec<Setting>),
}

/// A person's words on lines of the reviewed head, or on the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Comment {
    pub file: Option<String>,
    pub line: Option<u32>,
    /// The last line of a range.
    pub end_line: Option<u32>,
    pub text: String,
}

/// A person's answer to an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum AgentAnswer {
    Allow {},
    /// With what the agent is told; may be empty.
    Deny {
        message: String,
    },
    /// To a question.
    Text {
        text: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PlanRef {
    pub project: String,
    pub plan: String,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Edited {
    pub revision: u64,
    /// Ids of tasks that the edit created, in order.
    pub created: Vec<String>,
    pub can_undo: bool,
    pub can_redo: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Started {
    /// The number of this start's `plan.started` event; what follows belongs to this run.
    pub seq: u64,
    pub engine_pid: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Setting {
    pub key: String,
    pub value: String,
}
