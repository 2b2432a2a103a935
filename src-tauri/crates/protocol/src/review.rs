//! What a review of an attempt shows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Millis, ReviewVerdict};

/// What reviewers and persons said of an attempt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct ReviewView {
    /// The newest review; `None`: not reviewed.
    pub last: Option<ReviewedView>,
    /// Rounds of fixing so far, and at most.
    pub rounds: u32,
    pub most_rounds: u32,
    /// One for each numbered requirement of the spec, in its order.
    pub requirements: Vec<RequirementView>,
    pub findings: Vec<FindingView>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReviewedView {
    pub head: String,
    pub base: String,
    pub by: Vec<String>,
    pub verdict: ReviewVerdict,
    /// Why there was no report that could be read.
    pub failed: Option<String>,
    /// Why it no longer counts.
    pub void: Option<String>,
    pub at_ms: Millis,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RequirementView {
    pub id: String,
    pub text: String,
    /// `None`: no reviewer has judged it.
    pub status: Option<RequirementStatus>,
    pub evidence: Vec<PlaceView>,
    /// A person's reason to do without it.
    pub waived: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RequirementStatus {
    Met,
    Unverifiable,
    Unmet,
}

/// A line at the reviewed head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlaceView {
    pub file: String,
    pub line: u32,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FindingView {
    pub id: String,
    pub kind: FindingKind,
    pub severity: Severity,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub end_line: Option<u32>,
    pub why: String,
    pub verify: String,
    /// The reviewer, or `None` for a person's comment.
    pub by: Option<String>,
    /// The round of fixing after which it was found.
    pub round: u32,
    /// Reviews that saw it open.
    pub seen: u32,
    pub state: FindingState,
    /// The round of fixing after which it was seen to be addressed.
    pub addressed_round: Option<u32>,
    /// A person's reason to do without it.
    pub waived: Option<String>,
    /// It stands between the attempt and its landing.
    pub blocks: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    Missing,
    Extra,
    Misunderstood,
    TestGap,
    Scope,
    Quality,
    SpecDefect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Critical,
    Important,
    Minor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    Open,
    Addressed,
    Waived,
}
