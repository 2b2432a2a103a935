//! Attempts of one task side by side, and what is taken from one into another.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ChangedFile, Millis, Stage, UsageView};

/// Two attempts, cut at the same base for the same spec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CompareView {
    pub plan: String,
    pub task: String,
    pub base: String,
    pub a: SideView,
    pub b: SideView,
    /// Every file that either changed, by path.
    pub files: Vec<ComparedFile>,
}

/// One row of the header's table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SideView {
    pub attempt: u32,
    pub agent: String,
    pub head: Option<String>,
    pub stage: Stage,
    /// It was chosen.
    pub adopted: bool,
    /// Why it was not, once it is over; its work is kept under `keep_refs`.
    pub given_up: Option<String>,
    pub keep_refs: Vec<String>,
    /// Checks that are green at the head, of those that the plan has.
    pub checks_green: u32,
    pub checks: u32,
    /// Requirements met or waived, of those that the spec has. `None`: not reviewed at the head.
    pub met: Option<u32>,
    pub requirements: u32,
    /// Findings that are open.
    pub findings: u32,
    /// Rounds of fixing.
    pub rounds: u32,
    pub files: u32,
    pub added: u64,
    pub deleted: u64,
    /// From its start to its end, or to now.
    pub took_ms: Millis,
    pub usage: UsageView,
}

/// A file of the union of two attempts' changes: only A's, only B's, or both's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ComparedFile {
    pub path: String,
    /// What each did to it since the base.
    pub a: Option<ChangedFile>,
    pub b: Option<ChangedFile>,
    /// Both hold the same content.
    pub same: bool,
}

/// What is taken from another attempt: a file as it is there, or some of the hunks by which the two differ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Taken {
    pub path: String,
    /// Empty: the whole file, or its absence.
    #[serde(default)]
    pub hunks: Vec<HunkRange>,
}

/// A hunk's place: lines of the receiving attempt's file (old) that lines of the other's (new) replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HunkRange {
    /// 1-based; with no lines: the line after which the others are put.
    pub old_start: u32,
    pub old_lines: u32,
    pub new_start: u32,
    pub new_lines: u32,
}

/// What a judge said of two attempts, asked twice with the order swapped. It advises and decides nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JudgementView {
    pub a: u32,
    pub b: u32,
    /// The heads that it read.
    pub head_a: String,
    pub head_b: String,
    pub by: String,
    /// The one that it preferred both times; `None`: neither, or the one that it read first.
    pub better: Option<u32>,
    /// Its reasons, in the order asked.
    pub why: Vec<String>,
    /// Why there is no judgement.
    pub failed: Option<String>,
    /// Why it no longer counts.
    pub void: Option<String>,
    pub at_ms: Millis,
}
