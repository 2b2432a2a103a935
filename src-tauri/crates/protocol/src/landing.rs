//! The merge queue of a plan, and what has landed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{EvidenceView, Millis, Stage};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LandingView {
    pub target: String,
    pub tip: Option<String>,
    /// What the target follows, as of the last fetch.
    pub upstream: Option<Upstream>,
    /// In the order in which they land; the first may be under test.
    pub queue: Vec<LandingEntry>,
    /// Thrown out and waiting for a person.
    pub held: Vec<LandingEntry>,
    /// Newest first.
    pub landed: Vec<LandedEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Upstream {
    /// Such as "origin/main".
    pub name: String,
    /// Commits that only the target has, and that only its upstream has.
    pub ahead: u32,
    pub behind: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LandingEntry {
    pub task: String,
    pub title: String,
    pub attempt: u32,
    pub head: String,
    pub stage: Stage,
    pub candidate: Option<String>,
    pub onto: Option<String>,
    pub evidence: Vec<EvidenceView>,
    pub since_ms: Millis,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LandedEntry {
    pub task: String,
    pub title: String,
    pub commit: String,
    pub previous: String,
    pub at_ms: Millis,
}
