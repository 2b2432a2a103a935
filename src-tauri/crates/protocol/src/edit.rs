//! Edits of a plan, as values. The engine applies them all or refuses them all.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Approve, CheckSpec, CommitPolicy, LandHow, Millis, SetupSpec};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Edit {
    /// Adds a task; the engine makes the id from the title when `id` is absent.
    AddTask {
        task: NewTask,
        at: Option<Point>,
    },
    RemoveTasks {
        tasks: Vec<String>,
    },
    UpdateTask {
        task: String,
        patch: TaskPatch,
    },
    /// `to` starts only after `from` has landed. A cycle is refused with its name.
    Connect {
        from: String,
        to: String,
    },
    Disconnect {
        from: String,
        to: String,
    },
    Move {
        positions: Vec<Placed>,
    },
    UpdatePlan {
        patch: PlanPatch,
    },
    /// One step of undo.
    Batch {
        edits: Vec<Edit>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Placed {
    pub task: String,
    pub at: Point,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct NewTask {
    pub id: Option<String>,
    pub title: String,
    pub role: String,
    pub deliverable: String,
    pub spec: String,
    /// Absent: the whole repository.
    pub scope: Option<Vec<String>>,
    pub exclude: Vec<String>,
    pub contract: String,
    pub after: Vec<String>,
    pub agent: Option<String>,
    /// Agents that try it side by side, instead of one.
    pub attempts: Vec<String>,
    pub estimate_ms: Option<Millis>,
}

/// Absent fields stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct TaskPatch {
    #[ts(optional)]
    pub title: Option<String>,
    #[ts(optional)]
    pub role: Option<String>,
    #[ts(optional)]
    pub deliverable: Option<String>,
    #[ts(optional)]
    pub spec: Option<String>,
    #[ts(optional)]
    pub scope: Option<Vec<String>>,
    #[ts(optional)]
    pub exclude: Option<Vec<String>>,
    #[ts(optional)]
    pub contract: Option<String>,
    /// Empty string: the plan's default agent.
    #[ts(optional)]
    pub agent: Option<String>,
    /// Agents that try it side by side, one attempt each; they stand instead of `agent`. Empty: one attempt only.
    #[ts(optional)]
    pub attempts: Option<Vec<String>>,
    /// Zero: no estimate.
    #[ts(optional)]
    pub estimate_ms: Option<Millis>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct PlanPatch {
    #[ts(optional)]
    pub title: Option<String>,
    #[ts(optional)]
    pub goal: Option<String>,
    #[ts(optional)]
    pub target: Option<String>,
    #[ts(optional)]
    pub slots: Option<u32>,
    #[ts(optional)]
    pub approve: Option<Approve>,
    #[ts(optional)]
    pub commit: Option<CommitPolicy>,
    #[ts(optional)]
    pub land: Option<LandHow>,
    #[ts(optional)]
    pub setup: Option<SetupSpec>,
    #[ts(optional)]
    pub checks: Option<Vec<CheckSpec>>,
    #[ts(optional)]
    pub agents: Option<Vec<crate::AgentSpec>>,
    #[ts(optional)]
    pub default_agent: Option<String>,
    /// Zero rounds: no review.
    #[ts(optional)]
    pub review: Option<crate::ReviewSpec>,
    /// Empty: the agent that implemented.
    #[ts(optional)]
    pub fixer: Option<String>,
}
