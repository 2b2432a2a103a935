//! What a worktree holds beyond its head, and what it is in the middle of.

use std::fmt;
use std::path::Path;

use bstr::BString;

use crate::open::At;
use crate::{Oid, Repo, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// `None` while the branch has no commit.
    pub head: Option<Oid>,
    /// `None` when HEAD is detached.
    pub branch: Option<String>,
    pub entries: Vec<Entry>,
    pub in_progress: Option<InProgress>,
}

impl Status {
    /// Nothing differs from the head (ignored files aside) and nothing is in progress.
    pub fn is_clean(&self) -> bool {
        self.entries.is_empty() && self.in_progress.is_none()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the worktree; ends with `/` for an untracked folder that is a repository itself.
    pub path: BString,
    /// Where a renamed or copied file was.
    pub old_path: Option<BString>,
    pub change: Change,
    /// The index differs from the head.
    pub staged: bool,
    /// The file differs from the index.
    pub unstaged: bool,
    pub submodule: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Modified,
    Added,
    Deleted,
    Renamed,
    Copied,
    TypeChange,
    Untracked,
    Conflicted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InProgress {
    Rebase,
    Merge,
    CherryPick,
    Revert,
    Bisect,
    /// Applying patches from mails.
    Am,
}

impl fmt::Display for InProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            InProgress::Rebase => "rebase",
            InProgress::Merge => "merge",
            InProgress::CherryPick => "cherry-pick",
            InProgress::Revert => "revert",
            InProgress::Bisect => "bisect",
            InProgress::Am => "patch series",
        })
    }
}

impl Repo {
    /// Files that differ from the head, untracked ones each by name, ignored ones left out. A
    /// submodule counts as changed when its commit differs; no program runs inside it.
    pub async fn status(&self, worktree: &Path) -> Result<Status> {
        let at = self.at(worktree).await?;
        self.status_at(&at).await
    }

    pub(crate) async fn status_at(&self, at: &At) -> Result<Status> {
        let output = self
            .git_at(at, "read the status of a worktree")
            .args(["status", "--porcelain=v2", "-z", "--branch", "--no-ahead-behind"])
            .args(["--untracked-files=all", "--ignore-submodules=dirty", "--find-renames"])
            .ok()
            .await?;
        let mut status = parse(&output);
        status.in_progress = in_progress(&at.git_dir);
        Ok(status)
    }
}

/// By the files that git leaves in a worktree's git folder.
pub(crate) fn in_progress(git_dir: &Path) -> Option<InProgress> {
    let has = |name: &str| git_dir.join(name).exists();
    if has("rebase-apply/applying") {
        Some(InProgress::Am)
    } else if has("rebase-merge") || has("rebase-apply") {
        Some(InProgress::Rebase)
    } else if has("MERGE_HEAD") {
        Some(InProgress::Merge)
    } else if has("CHERRY_PICK_HEAD") {
        Some(InProgress::CherryPick)
    } else if has("REVERT_HEAD") {
        Some(InProgress::Revert)
    } else if has("sequencer") {
        // Between two commits of a series, or stopped in one that came to nothing.
        let todo = std::fs::read(git_dir.join("sequencer/todo")).unwrap_or_default();
        Some(if todo.starts_with(b"revert") { InProgress::Revert } else { InProgress::CherryPick })
    } else if has("BISECT_LOG") {
        Some(InProgress::Bisect)
    } else {
        None
    }
}

fn parse(output: &[u8]) -> Status {
    let mut status = Status { head: None, branch: None, entries: Vec::new(), in_progress: None };
    let mut fields = output.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        let mut words = field.splitn(2, |byte| *byte == b' ');
        let (kind, rest) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        match kind {
            b"#" => {
                if let Some(oid) = rest.strip_prefix(b"branch.oid ") {
                    status.head = Oid::parse(oid);
                } else if let Some(name) =
                    rest.strip_prefix(b"branch.head ").filter(|name| name != b"(detached)")
                {
                    status.branch = Some(String::from_utf8_lossy(name).into_owned());
                }
            }
            b"?" => status.entries.push(Entry {
                path: rest.into(),
                old_path: None,
                change: Change::Untracked,
                staged: false,
                unstaged: true,
                submodule: false,
            }),
            // XY sub mH mI mW hH hI path
            b"1" => status.entries.extend(tracked(rest, 8, None)),
            // XY sub mH mI mW hH hI X<score> path, and the old path in a field of its own
            b"2" => status.entries.extend(tracked(rest, 9, fields.next())),
            // XY sub m1 m2 m3 mW h1 h2 h3 path
            b"u" => status
                .entries
                .extend(tracked(rest, 10, None).map(|entry| Entry { change: Change::Conflicted, ..entry })),
            _ => {}
        }
    }
    status
}

fn tracked(rest: &[u8], columns: usize, old_path: Option<&[u8]>) -> Option<Entry> {
    let columns: Vec<&[u8]> = rest.splitn(columns, |byte| *byte == b' ').collect();
    let [index, tree] = <[u8; 2]>::try_from(*columns.first()?).ok()?;
    // The file's own state is what a person sees; the index speaks where the file has nothing to add.
    let moved = old_path.is_some() && matches!(index, b'R' | b'C') && tree != b'D';
    let letter = if moved || tree == b'.' || (index == b'A' && tree == b'M') { index } else { tree };
    let change = match letter {
        b'A' => Change::Added,
        b'D' => Change::Deleted,
        b'R' => Change::Renamed,
        b'C' => Change::Copied,
        b'T' => Change::TypeChange,
        _ => Change::Modified,
    };
    Some(Entry {
        path: (*columns.last()?).into(),
        old_path: old_path.map(Into::into),
        change,
        staged: index != b'.',
        unstaged: tree != b'.',
        submodule: columns.get(1)?.first() == Some(&b'S'),
    })
}
