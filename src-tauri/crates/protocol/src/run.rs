//! A run: one process in one terminal, and what it used.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Millis;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    Setup,
    Implement,
    Check,
    Review,
    Fix,
    Judge,
    Plan,
    Resolve,
    Shell,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    Exited,
    /// Ended by a signal of somebody else's.
    Signalled,
    /// Its time limit passed.
    TimedOut,
    /// A person or the plan's stop ended it.
    Ended,
    /// The process that held its terminal died, or the machine restarted.
    Lost,
    StartFailed,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunView {
    pub id: String,
    pub plan: String,
    pub task: String,
    pub attempt: u32,
    pub kind: RunKind,
    /// "check test", "claude", …
    pub name: String,
    pub command: String,
    pub live: bool,
    pub pid: Option<u32>,
    pub code: Option<i32>,
    pub outcome: Option<RunOutcome>,
    /// One sentence about an end that was no plain exit.
    pub detail: Option<String>,
    /// What it has used so far; `None` where nothing was told.
    pub usage: Option<UsageView>,
    pub started_ms: Millis,
    pub ended_ms: Option<Millis>,
    /// The run's folder: where its shim listens and its log lies.
    pub dir: String,
    pub worktree: String,
}

/// Tokens and money.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct UsageView {
    pub model: Option<String>,
    pub input: u64,
    pub output: u64,
    /// Input tokens from a cache, not in `input`.
    pub cached: u64,
    /// US dollars; `None` where no price is known.
    pub cost: Option<f64>,
}
