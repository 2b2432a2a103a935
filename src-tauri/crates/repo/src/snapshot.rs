//! A snapshot: tracked and untracked files of a worktree exactly as they are, as a commit under a
//! keep ref. Made with an index of its own, so that neither the person's index nor a file changes.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bstr::{BStr, BString};

use crate::objects::{NewCommit, oid_from, signature};
use crate::open::{At, blocking};
use crate::{Change, Error, Oid, Repo, Result, Status, When, os};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The head itself when nothing differs from it.
    pub oid: Oid,
    /// The full keep ref that pins it.
    pub reference: String,
    /// Paths in which it differs from the head.
    pub paths: Vec<BString>,
    /// What could not be stored; it still lies where it was.
    pub left_out: Vec<LeftOut>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub path: BString,
    pub why: String,
}

impl Repo {
    /// Stores what the worktree holds now and pins it as `refs/coppice/keep/<keep_name>` (see
    /// [`Repo::keep`]). The commit's parent is the head; where a file was staged in one version
    /// and edited further, the staged version is kept in a second parent.
    pub async fn snapshot(&self, worktree: &Path, keep_name: &str, message: &str) -> Result<Snapshot> {
        let at = self.at(worktree).await?;
        let status = self.status_at(&at).await?;
        self.snapshot_of(&at, &status, keep_name, message).await
    }

    pub(crate) async fn snapshot_of(
        &self,
        at: &At,
        status: &Status,
        keep_name: &str,
        message: &str,
    ) -> Result<Snapshot> {
        if let (true, Some(head)) = (status.entries.is_empty(), status.head) {
            let reference = self.keep(keep_name, head).await?;
            return Ok(Snapshot { oid: head, reference, paths: Vec::new(), left_out: Vec::new() });
        }
        let index = PrivateIndex::copy_of(at).await?;
        let mut left_out = Vec::new();
        let mut paths = Vec::new();
        for entry in &status.entries {
            if entry.path.ends_with(b"/") {
                let why = "it is a repository of its own".to_owned();
                left_out.push(LeftOut { path: entry.path.clone(), why });
                continue;
            }
            paths.extend(entry.old_path.clone().filter(|_| entry.change == Change::Renamed));
            paths.push(entry.path.clone());
        }
        let who = self.identity().await?;
        let who = signature(&who, When::now());
        let conflicted = status.entries.iter().any(|entry| entry.change == Change::Conflicted);
        let both = status.entries.iter().any(|entry| entry.staged && entry.unstaged);
        let mut parents: Vec<Oid> = status.head.into_iter().collect();
        if both && !conflicted {
            let tree = self.write_tree(at, &index).await?;
            let message = format!("{message} (staged)");
            parents.push(self.snapshot_commit(tree, &parents, &who, &message).await?);
        }
        paths = self.stage(at, &index, paths, &mut left_out).await?;
        let tree = self.write_tree(at, &index).await?;
        let oid = self.snapshot_commit(tree, &parents, &who, message).await?;
        let reference = self.keep(keep_name, oid).await?;
        Ok(Snapshot { oid, reference, paths, left_out })
    }

    async fn snapshot_commit(&self, tree: Oid, parents: &[Oid], who: &BString, message: &str) -> Result<Oid> {
        let who = BStr::new(who);
        self.write_commit(NewCommit {
            tree,
            parents,
            author: who,
            committer: who,
            encoding: None,
            message: BStr::new(message),
        })
        .await
    }

    /// Takes the paths into the private index; those that git cannot read end up in `left_out`.
    async fn stage(
        &self,
        at: &At,
        index: &PrivateIndex,
        paths: Vec<BString>,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Vec<BString>> {
        let mut staged = Vec::with_capacity(paths.len());
        // Halving finds the few unreadable ones without a call for each of the many good ones.
        let mut waiting = vec![paths];
        while let Some(mut batch) = waiting.pop() {
            if batch.is_empty() {
                continue;
            }
            let names: Vec<u8> = batch.iter().flat_map(|path| path.iter().copied().chain([0])).collect();
            let stored = self
                .git_at(at, "store files")
                .durable()
                .env("GIT_INDEX_FILE", &index.path)
                .args(["update-index", "--add", "--remove", "--replace", "-z", "--stdin"])
                .stdin(names)
                .ok()
                .await;
            match stored {
                Ok(_) => staged.append(&mut batch),
                Err(error @ Error::Git { .. }) => {
                    if batch.len() == 1 {
                        left_out.extend(batch.pop().map(|path| LeftOut { path, why: error.to_string() }));
                    } else {
                        waiting.push(batch.split_off(batch.len() / 2));
                        waiting.push(batch);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        staged.sort();
        let held = self.tracked(at, &[("GIT_INDEX_FILE", &index.path)]).await?;
        let tree = at.tree.clone();
        let (staged, passed_over): (Vec<BString>, Vec<BString>) = blocking(move || {
            // Git keeps some names out of an index without saying so by its exit code.
            Ok(staged.into_iter().partition(|path| {
                let there = tree.join(os::path_from_bytes(path)).symlink_metadata();
                held.contains(path) || !there.is_ok_and(|data| !data.is_dir())
            }))
        })
        .await?;
        let why = || "git stores no file of that name".to_owned();
        left_out.extend(passed_over.into_iter().map(|path| LeftOut { path, why: why() }));
        Ok(staged)
    }

    /// The names in a worktree's index, or in the one that the environment names.
    pub(crate) async fn tracked(&self, at: &At, env: &[(&str, &PathBuf)]) -> Result<HashSet<BString>> {
        let mut git = self.git_at(at, "list tracked files").args(["ls-files", "-z"]);
        for (key, value) in env {
            git = git.env(key, value);
        }
        let output = git.ok().await?;
        Ok(output.split(|byte| *byte == 0).map(BString::from).collect())
    }

    async fn write_tree(&self, at: &At, index: &PrivateIndex) -> Result<Oid> {
        let doing = "store a snapshot";
        let git = self.git_at(at, doing).durable().env("GIT_INDEX_FILE", &index.path);
        oid_from(&git.arg("write-tree").ok().await?, doing)
    }
}

/// An index of our own, often a copy of a worktree's, that goes away with its value.
#[derive(Debug)]
pub(crate) struct PrivateIndex {
    pub(crate) path: PathBuf,
}

const PRIVATE: &str = "coppice-index-";

impl PrivateIndex {
    /// One with nothing in it; git makes the file.
    pub(crate) fn empty(git_dir: &Path) -> PrivateIndex {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        PrivateIndex { path: git_dir.join(format!("{PRIVATE}{}-{count}", std::process::id())) }
    }

    async fn copy_of(at: &At) -> Result<PrivateIndex> {
        let own = at.git_dir.join("index");
        let index = PrivateIndex::empty(&at.git_dir);
        let git_dir = at.git_dir.clone();
        blocking(move || {
            remove_orphans(&git_dir);
            match std::fs::copy(&own, &index.path) {
                Ok(_) => Ok(index),
                // A worktree in which nothing was ever staged has none.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(index),
                Err(error) => Err(Error::io("Copying the index", own)(error)),
            }
        })
        .await
    }
}

impl Drop for PrivateIndex {
    fn drop(&mut self) {
        let mut lock = self.path.clone().into_os_string();
        lock.push(".lock");
        let _ = std::fs::remove_file(&self.path);
        let _ = std::fs::remove_file(lock);
    }
}

/// Copies that a killed process has left.
fn remove_orphans(git_dir: &Path) {
    let Ok(files) = std::fs::read_dir(git_dir) else { return };
    for file in files.flatten() {
        let name = file.file_name();
        let owner =
            name.to_str().and_then(|name| name.strip_prefix(PRIVATE)?.split('-').next()?.parse::<u32>().ok());
        if owner.is_some_and(|pid| !os::alive(pid)) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}
