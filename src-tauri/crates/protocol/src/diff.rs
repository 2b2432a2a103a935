//! A diff, listed at once and read file by file.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which change is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DiffScope {
    /// From where the attempt was cut to its head.
    Branch,
    /// From the head that the review before this one read.
    SinceReview,
    /// What the last agent that moved the head did.
    LastRun,
    /// What the worktree holds beyond its head.
    Uncommitted,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChangedFiles {
    pub base: String,
    pub head: String,
    pub files: Vec<ChangedFile>,
    pub added: u64,
    pub deleted: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChangedFile {
    /// The new path (the old one of a deleted file), lossy UTF-8 for show.
    pub path: String,
    /// Set when renamed or copied.
    pub old_path: Option<String>,
    pub status: FileStatus,
    /// Octal, such as "100755"; `None` where the side does not exist.
    pub old_mode: Option<String>,
    pub new_mode: Option<String>,
    /// Lines; `None` for binary files and while not counted.
    pub added: Option<u32>,
    pub deleted: Option<u32>,
    pub binary: bool,
    pub in_scope: bool,
    /// Stands for both sides' content: equal prints are the same change. `None` while a side is not committed.
    pub print: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileStatus {
    Added,
    Deleted,
    Modified,
    Renamed,
    Copied,
    TypeChanged,
    ModeChanged,
    Submodule,
}

/// How one file differs: where all of it stands, and what the first of its lines say. What the others say is asked
/// for with `DiffLines` when they come into sight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FileDiff {
    /// Stands for this very difference: the same id says the same.
    pub id: String,
    pub path: String,
    pub old_path: Option<String>,
    pub binary: bool,
    /// Set when the file is beyond what is shown; says the size.
    pub too_large: Option<String>,
    /// Bytes that are no UTF-8 were replaced.
    pub lossy: bool,
    /// Lines of the whole file on each side.
    pub old_lines: u32,
    pub new_lines: u32,
    /// How the lines of all hunks end.
    pub ends: LineEnds,
    /// How those of the new side end, when nothing changed but the ends.
    pub only_ends: Option<LineEnds>,
    /// Columns of the longest line of all hunks, a tab reaching to the next multiple of four; see [`columns`].
    pub columns: u32,
    pub hunks: Vec<Hunk>,
    /// The first lines of all hunks, in their order.
    pub lines: Vec<DiffLine>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Hunk {
    /// 1-based; where a side has no lines, the one before the change.
    pub old_start: u32,
    pub old_lines: u32,
    pub new_start: u32,
    pub new_lines: u32,
    /// One after the other: lines kept, then lines removed, then lines added. What follows the last is kept.
    pub blocks: Vec<(u32, u32, u32)>,
}

/// What a line of a diff says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DiffLine {
    /// Without its line end.
    pub text: String,
    /// The file ends here without a newline.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_newline: bool,
    /// The line ends with a carriage return.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cr: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum LineEnds {
    Lf,
    CrLf,
    Mixed,
}

/// Columns that a text takes: UTF-16 units, as the page counts them, with tabs that reach to multiples of four.
pub fn columns(text: &str) -> u32 {
    let wide = |column: u32, letter: char| match letter {
        '\t' => column + 4 - column % 4,
        letter => column + letter.len_utf16() as u32,
    };
    text.chars().fold(0, wide)
}
