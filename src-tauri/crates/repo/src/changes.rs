//! The list of files in which two commits differ, or a worktree from its head.

use std::collections::HashMap;
use std::path::Path;

use bstr::BString;

use crate::git::Git;
use crate::{Change, Error, Oid, Repo, Result, os};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// `None` for an added file.
    pub old_path: Option<BString>,
    /// `None` for a deleted file.
    pub new_path: Option<BString>,
    pub status: FileStatus,
    /// As git has it, such as `0o100755`; `None` where that side does not exist.
    pub old_mode: Option<u32>,
    pub new_mode: Option<u32>,
    /// Lines; `None` for binary files and while not counted.
    pub added: Option<u32>,
    pub deleted: Option<u32>,
    /// Known only where lines were counted.
    pub binary: bool,
    pub old_oid: Option<Oid>,
    /// `None` for a deleted file, and where the content lies in a worktree and not in an object.
    pub new_oid: Option<Oid>,
}

impl ChangedFile {
    /// The new path, or the old one of a deleted file.
    pub fn path(&self) -> &BString {
        static NONE: BString = BString::new(Vec::new());
        self.new_path.as_ref().or(self.old_path.as_ref()).unwrap_or(&NONE)
    }

    /// Either side is the commit of a submodule.
    pub fn is_submodule(&self) -> bool {
        [self.old_mode, self.new_mode].contains(&Some(0o160_000))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileStatus {
    Added,
    Deleted,
    Modified,
    Renamed {
        /// Percent.
        similarity: u8,
    },
    Copied {
        similarity: u8,
    },
    /// File, link and submodule in exchange for each other.
    TypeChanged,
    /// Same content, other mode.
    ModeChanged,
    /// The path is in conflict; only in a worktree.
    Unmerged,
}

/// Whether lines are counted, which has git compare every file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    Skip,
    Include,
}

impl Repo {
    /// Files in which `head` differs from `base`, by path.
    pub async fn changed_files(&self, base: Oid, head: Oid, counts: Counts) -> Result<Vec<ChangedFile>> {
        let git = self.git("compare two commits").args(["diff-tree", "-r", "--no-commit-id"]);
        let output = listing(git, counts)
            .arg("--end-of-options")
            .args([base.to_string(), head.to_string()])
            .ok()
            .await?;
        parse(&output)
    }

    /// Files in which the worktree differs from its head, untracked ones included, by path.
    pub async fn changed_files_uncommitted(
        &self,
        worktree: &Path,
        counts: Counts,
    ) -> Result<Vec<ChangedFile>> {
        let at = self.at(worktree).await?;
        let status = self.status_at(&at).await?;
        let mut files = Vec::new();
        if let Some(head) = status.head {
            let git = self.git_at(&at, "compare a worktree with its head");
            let git = listing(git.args(["diff", "--ignore-submodules=dirty"]), counts);
            files = parse(&git.arg("--end-of-options").arg(head.to_string()).arg("--").ok().await?)?;
        }
        for entry in status.entries.iter().filter(|entry| entry.change == Change::Untracked) {
            if files.iter().any(|file| file.new_path.as_ref() == Some(&entry.path)) {
                continue;
            }
            let path = at.tree.join(os::path_from_bytes(&entry.path));
            let mode = path.symlink_metadata().ok().map(|data| {
                if data.is_symlink() {
                    0o120_000
                } else if data.is_dir() {
                    0o160_000
                } else if os::is_executable(&data) {
                    0o100_755
                } else {
                    0o100_644
                }
            });
            files.push(ChangedFile {
                old_path: None,
                new_path: Some(entry.path.clone()),
                status: FileStatus::Added,
                old_mode: None,
                new_mode: mode,
                added: None,
                deleted: None,
                binary: false,
                old_oid: None,
                new_oid: None,
            });
        }
        files.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(files)
    }
}

fn listing(git: Git, counts: Counts) -> Git {
    let git = git.args([
        "--raw",
        "-z",
        "--no-abbrev",
        "-M",
        "-l2000",
        "--no-ext-diff",
        "--no-textconv",
        "--no-color",
    ]);
    if counts == Counts::Include { git.arg("--numstat") } else { git }
}

/// Raw entries (`:mode mode oid oid X NUL path [NUL path]`), then counts (`added TAB deleted TAB
/// path NUL`, with an empty path and two fields more for renames).
fn parse(output: &[u8]) -> Result<Vec<ChangedFile>> {
    let broken = || Error::Git {
        doing: "compare".to_owned(),
        code: Some(0),
        message: "its list of files cannot be read".to_owned(),
    };
    let mut files = Vec::new();
    let mut counts: HashMap<BString, (Option<u32>, Option<u32>)> = HashMap::new();
    let mut fields = output.split(|byte| *byte == 0);
    while let Some(field) = fields.next() {
        if let Some(entry) = field.strip_prefix(b":") {
            let first = fields.next().ok_or_else(broken)?;
            let letter = entry.rsplit(|byte| *byte == b' ').next().and_then(|status| status.first());
            let second = match letter {
                Some(b'R' | b'C') => Some(fields.next().ok_or_else(broken)?),
                _ => None,
            };
            files.push(raw(entry, first, second).ok_or_else(broken)?);
        } else if !field.is_empty() {
            let mut columns = field.splitn(3, |byte| *byte == b'\t');
            let mut number = || std::str::from_utf8(columns.next()?).ok()?.parse::<u32>().ok();
            let (added, deleted) = (number(), number());
            let mut path = columns.next().ok_or_else(broken)?;
            if path.is_empty() {
                fields.next();
                path = fields.next().ok_or_else(broken)?;
            }
            counts.insert(path.into(), (added, deleted));
        }
    }
    for file in &mut files {
        if let Some((added, deleted)) = counts.get(file.path()) {
            (file.added, file.deleted) = (*added, *deleted);
            file.binary = added.is_none();
        }
    }
    files.dedup_by(|b, a| a.path() == b.path() && b.status == FileStatus::Unmerged);
    Ok(files)
}

fn raw(entry: &[u8], first: &[u8], second: Option<&[u8]>) -> Option<ChangedFile> {
    let entry = std::str::from_utf8(entry).ok()?;
    let columns: Vec<&str> = entry.split(' ').collect();
    let [old_mode, new_mode, old_oid, new_oid, status] = <[&str; 5]>::try_from(columns).ok()?;
    let mode = |text: &str| u32::from_str_radix(text, 8).ok().filter(|mode| *mode != 0);
    let (old_mode, new_mode) = (mode(old_mode), mode(new_mode));
    let (old_oid, new_oid) = (Oid::parse(old_oid.as_bytes()), Oid::parse(new_oid.as_bytes()));
    let similarity = || status.get(1..)?.parse::<u8>().ok();
    let (old_path, new_path, status) = match status.as_bytes().first()? {
        b'A' => (None, Some(first), FileStatus::Added),
        b'D' => (Some(first), None, FileStatus::Deleted),
        b'R' => (Some(first), second, FileStatus::Renamed { similarity: similarity()? }),
        b'C' => (Some(first), second, FileStatus::Copied { similarity: similarity()? }),
        b'T' => (Some(first), Some(first), FileStatus::TypeChanged),
        b'U' => (Some(first), Some(first), FileStatus::Unmerged),
        _ if old_oid == new_oid && old_oid.is_some() && old_mode != new_mode => {
            (Some(first), Some(first), FileStatus::ModeChanged)
        }
        _ => (Some(first), Some(first), FileStatus::Modified),
    };
    let (old_path, new_path) = (old_path.map(BString::from), new_path.map(BString::from));
    Some(ChangedFile {
        old_path,
        new_path,
        status,
        old_mode,
        new_mode,
        added: None,
        deleted: None,
        binary: false,
        old_oid,
        new_oid,
    })
}
