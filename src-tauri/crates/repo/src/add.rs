//! Cutting worktrees. Registered one after the other, their files written side by side; a worktree
//! is locked with a reason of ours until it is whole, so that a half-made one is known as such
//! whoever was killed, and a failed or cancelled one leaves nothing behind.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::open::{LOCK_WAIT, blocking};
use crate::refs::branch_ref;
use crate::{Error, Oid, Repo, Result, os};

/// The lock's reason while a worktree is being made.
const BEING_MADE: &str = "coppice: being made";

/// Git's own reason in the same situation.
const INITIALIZING: &str = "initializing";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorktree {
    /// Absolute; parents are made. Must not lead through a link.
    pub path: PathBuf,
    /// The branch to make at `base`; `None` detaches HEAD.
    pub branch: Option<String>,
    pub base: Oid,
    /// An earlier call with the same values may have been interrupted: what it left (folder,
    /// registration, branch that contains `base`) is completed instead of refused.
    pub resume: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Created,
    /// The path is that worktree already, on the same branch, and its head contains the base.
    AlreadyThere {
        head: Oid,
    },
}

/// What a failed attempt has to take back.
#[derive(Debug, Default)]
struct Made {
    branch: bool,
    registered: bool,
}

impl Repo {
    /// Makes a worktree. Any number may be asked for at once. When it fails, or the future is
    /// dropped, everything it made is removed again: folder, registration and branch.
    pub async fn add_worktree(&self, new: &NewWorktree) -> Result<Outcome> {
        let cancel = CancellationToken::new();
        let _cancels_when_dropped = cancel.clone().drop_guard();
        let repo = self.clone();
        let new = new.clone();
        // A task of its own, because taking back is work that must go on after we are dropped.
        match tokio::spawn(async move { repo.make_worktree(&new, &cancel).await }).await {
            Ok(outcome) => outcome,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Error::Cancelled { doing: "add a worktree".into() }),
            },
        }
    }

    async fn make_worktree(&self, new: &NewWorktree, cancel: &CancellationToken) -> Result<Outcome> {
        let _claim = self.claim(&new.path, cancel).await?;
        if let Some(branch) = &new.branch {
            branch_ref(branch)?;
        }
        self.require_commit(new.base).await?;
        let mut made = Made::default();
        {
            let _held = self.shared.registering.lock().await;
            let _across_processes = self.lock_across_processes().await?;
            if cancel.is_cancelled() {
                return Err(Error::Cancelled { doing: "add a worktree".into() });
            }
            if let Some(head) = self.already_there(new).await? {
                return Ok(Outcome::AlreadyThere { head });
            }
            let known = self.registrations();
            if let Err(error) = self.register(new, &mut made, cancel).await {
                self.take_back(new, &made).await;
                self.forget_empty_registrations(&known);
                return Err(error);
            }
        }
        match self.write_files(new, cancel).await {
            Ok(()) => Ok(Outcome::Created),
            Err(error) => {
                let _held = self.shared.registering.lock().await;
                self.take_back(new, &made).await;
                Err(error)
            }
        }
    }

    /// Looks at what stands at the path; clears away what an interrupted call has left there.
    async fn already_there(&self, new: &NewWorktree) -> Result<Option<Oid>> {
        self.forget_unborn_registrations().await;
        let path = &new.path;
        let taken = || Error::PathTaken { path: path.clone() };
        if let Some(found) = self.worktree(path).await? {
            let half = matches!(found.locked.as_deref(), Some(BEING_MADE | INITIALIZING));
            let gone = path.symlink_metadata().is_err();
            if (half || gone) && new.resume && !found.main {
                self.remove_half_made(path).await?;
                return Ok(None);
            }
            return match found.head {
                Some(head)
                    if !half
                        && !gone
                        && path.join(".git").is_file()
                        && found.branch == new.branch
                        && self.is_ancestor(new.base, head).await? =>
                {
                    Ok(Some(head))
                }
                _ => Err(taken()),
            };
        }
        let Ok(data) = path.symlink_metadata() else { return Ok(None) };
        let empty = data.is_dir() && std::fs::read_dir(path).is_ok_and(|mut inside| inside.next().is_none());
        if empty {
            return Ok(None);
        }
        if new.resume && data.is_dir() && self.set_aside(path)? { Ok(None) } else { Err(taken()) }
    }

    async fn register(&self, new: &NewWorktree, made: &mut Made, cancel: &CancellationToken) -> Result<()> {
        make_parents(&new.path)?;
        let base = new.base.to_string();
        let mut git = self
            .git("add a worktree")
            .outlives()
            .args(["worktree", "add", "--no-checkout", "--lock", "--reason", BEING_MADE])
            .cancelled_by(cancel);
        let mut start = base.clone();
        match &new.branch {
            None => git = git.arg("--detach"),
            Some(branch) => match self.branch(branch).await? {
                None => {
                    git = git.args(["--no-track", "-b", branch]);
                    made.branch = true;
                }
                Some(tip) if new.resume && self.is_ancestor(new.base, tip).await? => {
                    made.branch = tip == new.base;
                    start = branch.clone();
                }
                Some(_) => return Err(Error::BranchExists { branch: branch.clone() }),
            },
        }
        made.registered = true;
        git.arg("--end-of-options").arg(&new.path).arg(start).ok().await.map(|_| ())
    }

    async fn write_files(&self, new: &NewWorktree, cancel: &CancellationToken) -> Result<()> {
        let at = self.at(&new.path).await?;
        let permit = self.shared.writing.acquire().await;
        self.git_at(&at, "write the files of a worktree")
            .outlives()
            .config("checkout.workers", "2")
            .args(["reset", "--quiet", "--hard", "--no-recurse-submodules"])
            .cancelled_by(cancel)
            .ok()
            .await?;
        drop(permit);
        if cancel.is_cancelled() {
            return Err(Error::Cancelled { doing: "add a worktree".into() });
        }
        let unlock =
            self.git("finish a worktree").outlives().args(["worktree", "unlock", "--end-of-options"]);
        unlock.arg(&new.path).ok_in_the_end().await.map(|_| ())
    }

    /// Best effort, in the order in which git would look: the branch last, and only where it still is.
    async fn take_back(&self, new: &NewWorktree, made: &Made) {
        if made.registered
            && let Err(error) = self.remove_half_made(&new.path).await
        {
            tracing::warn!(%error, path = %new.path.display(), "a half-made worktree is left behind");
        }
        if let (true, Some(branch)) = (made.branch, &new.branch)
            && let Err(error) = self.delete_ref(&format!("refs/heads/{branch}"), new.base).await
        {
            tracing::warn!(%error, branch, "the branch of a half-made worktree is left behind");
        }
    }

    /// Removes folder and registration of a worktree that was never finished. It holds nothing but
    /// what its base commit holds.
    async fn remove_half_made(&self, path: &Path) -> Result<()> {
        let admin = self.admin_dir(path);
        let path = path.to_owned();
        blocking(move || {
            let doing = "Removing a half-made worktree";
            if path.symlink_metadata().is_ok_and(|data| data.is_dir()) {
                std::fs::remove_dir_all(&path).map_err(Error::io(doing, &path))?;
            }
            match admin {
                Some(admin) => std::fs::remove_dir_all(&admin).map_err(Error::io(doing, admin)),
                None => Ok(()),
            }
        })
        .await
    }

    /// A git killed in its first instants leaves a registration of ours that names no path yet.
    /// Called with the lock held, so nobody is in those instants now.
    async fn forget_unborn_registrations(&self) {
        for folder in self.registrations() {
            let ours = std::fs::read(folder.join("locked"))
                .is_ok_and(|why| why.trim_ascii() == BEING_MADE.as_bytes());
            if ours && !folder.join("gitdir").exists() {
                let _ = std::fs::remove_dir_all(&folder);
            }
        }
    }

    /// A git that is ended between making its registration's folder and noting that leaves it empty. Called with
    /// both locks held: what was not `known` before, and is still empty, is that one's.
    fn forget_empty_registrations(&self, known: &HashSet<PathBuf>) {
        for folder in self.registrations().difference(known) {
            // Removes nothing that has something in it.
            let _ = std::fs::remove_dir(folder);
        }
    }

    fn registrations(&self) -> HashSet<PathBuf> {
        let folders = std::fs::read_dir(self.shared.common_dir.join("worktrees"));
        folders.into_iter().flatten().flatten().map(|folder| folder.path()).collect()
    }

    /// Moves files that stand in the way, inside our own place, to its trash.
    fn set_aside(&self, path: &Path) -> Result<bool> {
        let Some(place) = self.place_of(path) else { return Ok(false) };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let target = (1_u32..)
            .map(|n| place.trash.join(format!("leftover-{name}-{n}")))
            .find(|target| target.symlink_metadata().is_err());
        let Some(target) = target else { return Ok(false) };
        std::fs::rename(path, &target).map_err(Error::io("Moving left-over files to the trash", path))?;
        Ok(true)
    }

    async fn require_commit(&self, oid: Oid) -> Result<()> {
        self.read("look up a commit", move |git| {
            git.find_commit(oid.0)
                .map(|_| ())
                .map_err(|_| Error::NotFound { what: format!("The commit {oid}") })
        })
        .await
    }

    /// One call at a time for a path: the next one looks at what the former has made, or has taken
    /// back after it was cancelled.
    async fn claim(&self, path: &Path, cancel: &CancellationToken) -> Result<Claim> {
        loop {
            let mut released = std::pin::pin!(self.shared.released.notified());
            released.as_mut().enable();
            if self.being_made().insert(path.to_owned()) {
                return Ok(Claim { repo: self.clone(), path: path.to_owned() });
            }
            tokio::select! {
                () = released => {}
                () = cancel.cancelled() => return Err(Error::Cancelled { doing: "add a worktree".into() }),
            }
        }
    }

    fn being_made(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.shared.being_made.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps other processes that use this crate from registering worktrees at the same time.
    pub(crate) async fn lock_across_processes(&self) -> Result<File> {
        let path = self.shared.common_dir.join("coppice.lock");
        let doing = "Locking the repository";
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(Error::io(doing, &path))?;
        let mut pause = Duration::from_millis(1);
        let deadline = tokio::time::Instant::now() + LOCK_WAIT * 6;
        while !os::try_lock(&file).map_err(Error::io(doing, &path))? {
            if tokio::time::Instant::now() > deadline {
                return Err(Error::Locked { path });
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
        Ok(file)
    }
}

/// Makes the folders above a worktree, private, and refuses a path that leads through a link.
fn make_parents(path: &Path) -> Result<()> {
    let doing = "Making the folder for a worktree";
    let Some(parent) = path.parent() else { return Err(Error::PathTaken { path: path.to_owned() }) };
    os::create_private_dir(parent).map_err(Error::io(doing, parent))?;
    let real = parent.canonicalize().map_err(Error::io(doing, parent))?;
    if real == parent {
        Ok(())
    } else {
        Err(Error::NotOurs { path: path.to_owned(), why: "the path leads through a link" })
    }
}

#[derive(Debug)]
struct Claim {
    repo: Repo,
    path: PathBuf,
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.repo.being_made().remove(&self.path);
        self.repo.shared.released.notify_waiters();
    }
}
