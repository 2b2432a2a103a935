//! The plan as a value: what the file says, what the canvas shows, what the engine follows.
//!
//! Every field has a default that an absent key means, so that a file stays short. What runs, and
//! how far it came, is not here: that is the engine's state.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::TaskId;

/// The only version of the file that is understood.
pub const VERSION: u32 = 1;
/// Most slots that a plan can have.
pub const MOST_SLOTS: usize = 64;
/// Slots of a plan that does not say.
pub const DEFAULT_SLOTS: usize = 4;
/// Time limit of setup and of a check that does not say.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);
/// Rounds of fixing of a plan that does not say.
pub const DEFAULT_ROUNDS: u32 = 5;
/// Most times that a task can be retried by itself.
pub const MOST_RETRIES: u32 = 100;

/// A whole plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlanDoc {
    pub settings: Settings,
    /// In document order, which breaks ties of priority.
    pub tasks: Vec<Task>,
    /// Where the canvas shows a task, in its own units; absent = laid out automatically.
    pub layout: BTreeMap<TaskId, Position>,
}

/// x and y on the canvas.
pub type Position = (i32, i32);

/// All of a plan but its tasks and their places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub version: u32,
    pub title: String,
    pub goal: String,
    /// Branch that the work lands on; None = the branch that the repository has checked out.
    pub target: Option<String>,
    /// How many tasks may work at once, 1..=64.
    pub slots: usize,
    pub approve: Approve,
    /// What to do with work that an agent left uncommitted.
    pub commit: CommitPolicy,
    pub land: Land,
    /// Strict waves: the next level starts only when all of the previous one has landed.
    pub waves: bool,
    /// How often a task is tried again by itself before a person is asked.
    pub retries: u32,
    /// Agent of the tasks that name none.
    pub agent: Option<String>,
    pub setup: Setup,
    pub checks: Vec<Check>,
    pub agents: BTreeMap<String, Agent>,
    /// None = no review; the task says "not reviewed".
    pub review: Option<Review>,
    pub fix: Option<Fix>,
}

/// Who gives the last word before a landing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approve {
    #[default]
    Manual,
    /// Land when every gate is green.
    Auto,
}

/// What happens to uncommitted work of an agent that ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitPolicy {
    /// A person decides.
    #[default]
    Ask,
    /// What lies inside the task's scope is committed, path by path.
    Scope,
}

/// The shape that a landing gives to history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Land {
    #[default]
    Merge,
    Squash,
    Rebase,
}

/// What prepares a fresh worktree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Setup {
    pub command: Option<String>,
    /// Ignored files to copy from the user's checkout (`.env`), relative to the repository.
    pub copy: Vec<String>,
    /// Names of ports to lease: `web` is exported as `COPPICE_PORT_WEB`.
    pub ports: Vec<String>,
    #[serde(with = "crate::duration")]
    pub timeout: Duration,
}

/// A command of the project that Coppice runs itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub name: String,
    /// One line for the shell.
    pub command: String,
    #[serde(with = "crate::duration", default = "default_timeout")]
    pub timeout: Duration,
}

/// How one agent of the plan is started.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Agent {
    pub adapter: Adapter,
    /// Program and arguments (adapter `command`).
    pub command: Vec<String>,
    /// Path of the script, relative to the plan file (adapter `scripted`).
    pub script: Option<String>,
    pub model: Option<String>,
    pub effort: Option<String>,
    /// The program's own permission mode.
    pub permission: Option<String>,
    pub tools: Vec<String>,
    /// Further arguments for the program.
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
}

/// The agent programs that a plan can name. The engine refuses those that it does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adapter {
    /// Any program.
    #[default]
    Command,
    /// Coppice's own, which follows a script.
    Scripted,
    Claude,
    Codex,
}

/// A second opinion on every attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Review {
    /// One reviewer, or several by dimension; none = chosen by the engine.
    #[serde(rename = "agent")]
    pub agents: Vec<String>,
    /// Most rounds of fixing before a person is asked.
    pub rounds: u32,
}

/// Who works the findings off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fix {
    /// None = the agent that implemented.
    pub agent: Option<String>,
}

/// One unit of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    pub id: TaskId,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub role: String,
    #[serde(default)]
    pub deliverable: String,
    /// Markdown with numbered requirements.
    #[serde(default)]
    pub spec: String,
    /// Globs that it may change; None = everything, an empty list = nothing.
    #[serde(default)]
    pub scope: Option<Vec<String>>,
    /// Globs that it may not change, whatever `scope` says.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// What it promises to the tasks after it.
    #[serde(default)]
    pub contract: String,
    /// The tasks that must have landed before it starts.
    #[serde(default)]
    pub after: Vec<TaskId>,
    /// None = the plan's agent.
    #[serde(default)]
    pub agent: Option<String>,
    /// Instead of `agent`: one attempt by each, side by side.
    #[serde(default)]
    pub attempts: Vec<String>,
    #[serde(with = "crate::duration::option", default)]
    pub estimate: Option<Duration>,
}

fn default_timeout() -> Duration {
    DEFAULT_TIMEOUT
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            version: VERSION,
            title: String::new(),
            goal: String::new(),
            target: None,
            slots: DEFAULT_SLOTS,
            approve: Approve::default(),
            commit: CommitPolicy::default(),
            land: Land::default(),
            waves: false,
            retries: 1,
            agent: None,
            setup: Setup::default(),
            checks: Vec::new(),
            agents: BTreeMap::new(),
            review: None,
            fix: None,
        }
    }
}

impl Default for Setup {
    fn default() -> Setup {
        Setup { command: None, copy: Vec::new(), ports: Vec::new(), timeout: DEFAULT_TIMEOUT }
    }
}

impl Default for Review {
    fn default() -> Review {
        Review { agents: Vec::new(), rounds: DEFAULT_ROUNDS }
    }
}

impl Task {
    /// A task of which nothing but the name is known yet.
    pub fn new(id: TaskId) -> Task {
        Task {
            id,
            title: String::new(),
            role: String::new(),
            deliverable: String::new(),
            spec: String::new(),
            scope: None,
            exclude: Vec::new(),
            contract: String::new(),
            after: Vec::new(),
            agent: None,
            attempts: Vec::new(),
            estimate: None,
        }
    }

    /// What people call it: its title, or its id while it has none.
    pub fn name(&self) -> &str {
        if self.title.trim().is_empty() { self.id.as_str() } else { &self.title }
    }
}

impl PlanDoc {
    pub fn task(&self, id: &TaskId) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == *id)
    }

    /// The names of the agents that try `task`, one attempt each: its `attempts`, else its own
    /// agent, else the plan's, else the only one that the plan defines. Empty = none is known.
    pub fn agents_of<'a>(&'a self, task: &'a Task) -> Vec<&'a str> {
        if !task.attempts.is_empty() {
            return task.attempts.iter().map(String::as_str).collect();
        }
        let named = task.agent.as_deref().or(self.settings.agent.as_deref());
        let only = || match self.settings.agents.len() {
            1 => self.settings.agents.keys().next().map(String::as_str),
            _ => None,
        };
        named.or_else(only).into_iter().collect()
    }

    /// `wish` itself if no task has it, else `wish-2`, `wish-3`, ….
    pub fn fresh_id(&self, wish: &TaskId) -> TaskId {
        crate::paste::fresh_id(wish, |id| self.task(id).is_some())
    }
}
