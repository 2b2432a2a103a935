//! Moving the target: by compare-and-swap where nobody has it checked out, else by git's own
//! fast-forward in that checkout. Never by force, never beneath a checkout, and no lock that we did
//! not take is ever removed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bstr::BString;
use tokio::time::Instant;

use crate::open::At;
use crate::refs::branch_ref;
use crate::status::in_progress;
use crate::{Change, Counts, Error, FileStatus, InProgress, Oid, Repo, Result, WorktreeInfo};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advance {
    Moved {
        /// The checkout that went along, where there is one.
        checkout: Option<PathBuf>,
    },
    /// The branch is no longer where the caller saw it; `None`: it is gone.
    Stale { actual: Option<Oid> },
    /// A checkout of the branch stands in the way.
    Blocked { worktree: PathBuf, why: Blocked },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocked {
    /// These files hold local changes that the landing would overwrite.
    Files(Vec<BString>),
    InProgress(InProgress),
    /// More than one worktree has the branch checked out.
    SeveralCheckouts,
    /// The checkout is locked and not there now (a removable disk, say).
    Away,
}

impl Repo {
    /// Moves `branch` from `old` to `new`, which must contain it. `wait` is how long a lock of
    /// another git process is waited for.
    pub async fn advance(&self, branch: &str, old: Oid, new: Oid, wait: Duration) -> Result<Advance> {
        let full = branch_ref(branch)?;
        let actual = self.branch(branch).await?;
        if actual != Some(old) {
            return Ok(if actual == Some(new) {
                // An earlier call, or its git, got there before us.
                Advance::Moved { checkout: None }
            } else {
                Advance::Stale { actual }
            });
        }
        if !self.is_ancestor(old, new).await? {
            return Err(Error::NotForward { branch: branch.to_owned(), old, new });
        }
        let checkouts = self.checkouts_of(branch).await?;
        match checkouts.as_slice() {
            [] => self.swap(&full, old, new, wait).await,
            [checkout] => self.fast_forward(checkout, branch, old, new, wait).await,
            [first, ..] => {
                Ok(Advance::Blocked { worktree: first.path.clone(), why: Blocked::SeveralCheckouts })
            }
        }
    }

    /// Worktrees that hold the branch, by HEAD or by a rebase or bisect that will come back to it.
    async fn checkouts_of(&self, branch: &str) -> Result<Vec<WorktreeInfo>> {
        let mut list = self.worktrees().await?;
        list.retain(|worktree| {
            let forgotten = worktree.prunable.is_some() && worktree.locked.is_none();
            let holds = worktree.branch.as_deref() == Some(branch) || self.comes_back_to(worktree, branch);
            !worktree.bare && !forgotten && holds
        });
        Ok(list)
    }

    fn comes_back_to(&self, worktree: &WorktreeInfo, branch: &str) -> bool {
        let Ok((git_dir, _)) = self.folders(&worktree.path) else { return false };
        let full = format!("refs/heads/{branch}");
        ["rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"].iter().any(|name| {
            std::fs::read(git_dir.join(name)).is_ok_and(|text| {
                let text = text.trim_ascii();
                text == full.as_bytes() || (*name == "BISECT_START" && text == branch.as_bytes())
            })
        })
    }

    async fn swap(&self, full: &str, old: Oid, new: Oid, wait: Duration) -> Result<Advance> {
        let patience = wait.as_millis().to_string();
        let moved = self
            .git(format!("move {full}"))
            .durable()
            .config("core.filesRefLockTimeout", &patience)
            .config("core.packedRefsTimeout", &patience)
            .args(["update-ref", "--no-deref", "-m", "coppice: land", "--end-of-options", full])
            .args([new.to_string(), old.to_string()])
            .ok()
            .await;
        let actual = self.ref_target(full.to_owned()).await?;
        match moved {
            Ok(_) => Ok(Advance::Moved { checkout: None }),
            Err(_) if actual == Some(new) => Ok(Advance::Moved { checkout: None }),
            Err(_) if actual != Some(old) => Ok(Advance::Stale { actual }),
            Err(error) => Err(self.locked_or(full, error)),
        }
    }

    async fn fast_forward(
        &self,
        checkout: &WorktreeInfo,
        branch: &str,
        old: Oid,
        new: Oid,
        wait: Duration,
    ) -> Result<Advance> {
        let worktree = checkout.path.clone();
        let blocked = |why| Ok(Advance::Blocked { worktree: worktree.clone(), why });
        if !worktree.is_dir() {
            return blocked(Blocked::Away);
        }
        let at = self.at(&worktree).await?;
        if let Some(what) = in_progress(&at.git_dir) {
            return blocked(Blocked::InProgress(what));
        }
        if checkout.branch.as_deref() != Some(branch) {
            return blocked(Blocked::InProgress(InProgress::Bisect));
        }
        let deadline = Instant::now() + wait;
        let mut taken_over = false;
        loop {
            wait_for_locks(&at, deadline).await?;
            let output = self.merge_forward(&at, new, wait).await?;
            let actual = self.branch(branch).await?;
            if output.code == Some(0) && actual == Some(new) {
                return Ok(Advance::Moved { checkout: Some(worktree) });
            }
            if actual != Some(old) {
                return Ok(Advance::Stale { actual });
            }
            let files = self.in_the_way(&at, old, new).await?;
            if !files.is_empty() {
                return blocked(Blocked::Files(files));
            }
            if !taken_over && self.take_over(&at, old, new).await? {
                taken_over = true;
                continue;
            }
            // No file is in the way: somebody took a lock between our look and git's.
            if lock_in(&at).is_none() || Instant::now() >= deadline {
                let error = crate::git::failed("fast-forward the checkout", &output);
                return Err(lock_in(&at).map_or(error, |path| Error::Locked { path }));
            }
        }
    }

    async fn merge_forward(&self, at: &At, new: Oid, wait: Duration) -> Result<crate::git::Output> {
        let patience = wait.as_millis().to_string();
        self.git_at(at, "fast-forward the checkout")
            .durable()
            .config("core.filesRefLockTimeout", &patience)
            .config("core.packedRefsTimeout", &patience)
            // Stopped halfway it would leave a person's checkout half old, half new.
            .outlives()
            .args([
                "merge",
                "--quiet",
                "--ff-only",
                "--no-overwrite-ignore",
                "--no-verify-signatures",
                "--no-stat",
            ])
            .arg("--end-of-options")
            .arg(new.to_string())
            .run()
            .await
    }

    /// Files that the landing changes and that are not, in the checkout, as `old` or `new` has them.
    async fn in_the_way(&self, at: &At, old: Oid, new: Oid) -> Result<Vec<BString>> {
        let mine = self.local_changes(at, old, new).await?;
        let mut files: Vec<BString> =
            mine.into_iter().filter(|change| !change.as_new).map(|change| change.path).collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// Where every file in question already is as `new` has it (a fast-forward that lost power
    /// halfway, or a person who tried the change out), tells the index so; git then goes ahead.
    async fn take_over(&self, at: &At, old: Oid, new: Oid) -> Result<bool> {
        let mine = self.local_changes(at, old, new).await?;
        if mine.is_empty() || mine.iter().any(|change| !change.as_new) {
            return Ok(false);
        }
        let names: Vec<u8> = mine.iter().flat_map(|change| change.path.iter().copied().chain([0])).collect();
        let taken = self
            .git_at(at, "note files that are already as landed")
            .outlives()
            .args(["update-index", "--add", "--remove", "--replace", "-z", "--stdin"])
            .stdin(names)
            .run()
            .await?;
        Ok(taken.code == Some(0))
    }

    async fn local_changes(&self, at: &At, old: Oid, new: Oid) -> Result<Vec<LocalChange>> {
        let landing = self.changed_files(old, new, Counts::Skip).await?;
        let status = self.status_at(at).await?;
        let mut changes = Vec::new();
        for file in &landing {
            let renamed = matches!(file.status, FileStatus::Renamed { .. });
            let touched = [
                file.old_path
                    .as_ref()
                    .filter(|_| renamed || file.new_path.is_none())
                    .map(|path| (path, None)),
                file.new_path.as_ref().map(|path| (path, file.new_oid)),
            ];
            for (path, new_oid) in touched.into_iter().flatten() {
                let entry = status
                    .entries
                    .iter()
                    .find(|entry| entry.path == *path || entry.old_path.as_ref() == Some(path));
                let added = matches!(file.status, FileStatus::Added) || (renamed && new_oid.is_some());
                let full = at.tree.join(crate::os::path_from_bytes(path));
                // Ignored files are in no status, and a file may stand where a folder has to come.
                let stands = added && (full.symlink_metadata().is_ok() || parent_is_file(&at.tree, path));
                if entry.is_none() && !stands {
                    continue;
                }
                let conflicted = entry.is_some_and(|entry| entry.change == Change::Conflicted);
                let here = self.hash_of(at, path).await?;
                changes.push(LocalChange { path: path.clone(), as_new: !conflicted && here == new_oid });
            }
        }
        Ok(changes)
    }

    /// The id the file would have as a blob; `None` when there is none.
    async fn hash_of(&self, at: &At, path: &BString) -> Result<Option<Oid>> {
        let full = at.tree.join(crate::os::path_from_bytes(path));
        let Ok(data) = full.symlink_metadata() else { return Ok(None) };
        if data.is_symlink() {
            let target = std::fs::read_link(&full).map_err(Error::io("Reading a link", &full))?;
            let hash = git2::Oid::hash_object(git2::ObjectType::Blob, crate::os::path_bytes(&target));
            return Ok(hash.ok().map(Oid));
        }
        if !data.is_file() {
            // A folder is as nobody has it.
            return Ok(Oid::parse(&[b'f'; 40]));
        }
        let output = self
            .git_at(at, "compare a file with the landing")
            .arg("hash-object")
            .arg("--end-of-options")
            .arg(crate::os::os_str(path))
            .run()
            .await?;
        Ok(Oid::parse(output.stdout.trim_ascii()).or_else(|| Oid::parse(&[b'f'; 40])))
    }
}

#[derive(Debug)]
struct LocalChange {
    path: BString,
    /// The checkout holds exactly what the landing brings.
    as_new: bool,
}

fn parent_is_file(tree: &Path, path: &BString) -> bool {
    let path = crate::os::path_from_bytes(path);
    path.ancestors()
        .skip(1)
        .filter(|above| !above.as_os_str().is_empty())
        .any(|above| tree.join(above).symlink_metadata().is_ok_and(|data| !data.is_dir()))
}

fn lock_in(at: &At) -> Option<PathBuf> {
    ["index.lock", "HEAD.lock"].iter().map(|name| at.git_dir.join(name)).find(|path| path.exists())
}

/// Waits, ever longer, until nobody holds the checkout's locks.
async fn wait_for_locks(at: &At, deadline: Instant) -> Result<()> {
    let mut pause = Duration::from_millis(5);
    while let Some(path) = lock_in(at) {
        if Instant::now() >= deadline {
            return Err(Error::Locked { path });
        }
        tokio::time::sleep(pause.min(deadline.saturating_duration_since(Instant::now()))).await;
        pause = (pause * 2).min(Duration::from_millis(500));
    }
    Ok(())
}
