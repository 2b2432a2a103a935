//! Bringing a worktree back out of the trash, with its branch and its uncommitted files.

use std::path::{Path, PathBuf};

use crate::open::blocking;
use crate::refs::branch_ref;
use crate::trash::{ADMIN, TREE, TrashEntry, move_folder};
use crate::{Error, NewWorktree, Place, Repo, Result};

impl Repo {
    /// Puts the worktree back where it was and returns its path. Its branch is made again where it
    /// was deleted; where it exists and points elsewhere, the worktree comes back with a detached
    /// HEAD. Calling again after a crash completes it.
    pub async fn restore(&self, place: &Place, entry: &TrashEntry) -> Result<PathBuf> {
        let _held = self.shared.registering.lock().await;
        let _across_processes = self.lock_across_processes().await?;
        let folder = place.trash.join(&entry.id);
        let tree = folder.join(TREE);
        let in_trash = tree.symlink_metadata().is_ok_and(|data| data.is_dir());
        let there = entry.path.symlink_metadata().is_ok();
        if there && in_trash {
            return Err(Error::PathTaken { path: entry.path.clone() });
        }
        if !there && !in_trash {
            return Err(Error::NotFound { what: format!("The files of {} in the trash", entry.id) });
        }
        let on_branch = self.bring_branch_back(entry).await?;
        self.bring_admin_back(&folder, entry, on_branch).await?;
        if in_trash {
            std::fs::rename(&tree, &entry.path)
                .map_err(Error::io("Moving a worktree out of the trash", &entry.path))?;
        }
        self.git("reconnect a worktree")
            .args(["worktree", "repair", "--end-of-options"])
            .arg(&entry.path)
            .ok()
            .await?;
        if self.worktree(&entry.path).await?.is_none() {
            return Err(Error::NotFound { what: format!("The worktree {}", entry.path.display()) });
        }
        // Last: with it goes the only record of the entry.
        blocking(move || {
            std::fs::remove_dir_all(&folder).map_err(Error::io("Removing the trash record", &folder))
        })
        .await?;
        Ok(entry.path.clone())
    }

    /// `true` when the branch now is where the worktree's head is.
    async fn bring_branch_back(&self, entry: &TrashEntry) -> Result<bool> {
        let Some(branch) = &entry.branch else { return Ok(false) };
        let full = branch_ref(branch)?;
        match self.ref_target(full.clone()).await? {
            Some(tip) if tip != entry.head => Ok(false),
            Some(_) => {
                let taken = self
                    .worktrees()
                    .await?
                    .iter()
                    .any(|other| other.branch.as_ref() == Some(branch) && other.path != entry.path);
                Ok(!taken)
            }
            None => {
                let args = ["update-ref", "-m", "coppice: restore", "--end-of-options", &full];
                let zero = crate::Oid::ZERO.to_owned();
                let git = self.git("bring a branch back").durable().args(args);
                git.args([entry.head.to_string(), zero]).ok().await?;
                Ok(true)
            }
        }
    }

    async fn bring_admin_back(&self, folder: &Path, entry: &TrashEntry, on_branch: bool) -> Result<()> {
        let kept = folder.join(ADMIN);
        let admins = self.common_dir().join("worktrees");
        if kept.symlink_metadata().is_ok() {
            let target = (1_u32..)
                .map(|n| if n == 1 { entry.admin.clone() } else { format!("{}-{n}", entry.admin) })
                .map(|name| admins.join(name))
                .find(|path| path.symlink_metadata().is_err())
                .unwrap_or_else(|| admins.join(&entry.admin));
            std::fs::create_dir_all(&admins)
                .map_err(Error::io("Making git's folder for worktrees", &admins))?;
            let tree = folder.join(TREE);
            let link = format!("gitdir: {}\n", target.display());
            if !on_branch {
                let head = kept.join("HEAD");
                std::fs::write(&head, format!("{}\n", entry.head))
                    .map_err(Error::io("Detaching HEAD", head))?;
            }
            move_folder(&kept, &target)?;
            let link_file = tree.join(".git");
            if tree.is_dir() {
                std::fs::write(&link_file, link).map_err(Error::io("Connecting a worktree", link_file))?;
            }
            return Ok(());
        }
        if self.admin_dir(&entry.path).is_some() {
            return Ok(());
        }
        self.register_anew(folder, entry, on_branch).await
    }

    /// Git's notes are gone: registers an empty worktree at the path and lets the files take its place.
    async fn register_anew(&self, folder: &Path, entry: &TrashEntry, on_branch: bool) -> Result<()> {
        let new = NewWorktree { path: entry.path.clone(), branch: None, base: entry.head, resume: false };
        let mut git = self.git("register a worktree again").args(["worktree", "add", "--no-checkout"]);
        match (&entry.branch, on_branch) {
            (Some(branch), true) => git = git.arg("--end-of-options").arg(&new.path).arg(branch),
            _ => git = git.args(["--detach", "--end-of-options"]).arg(&new.path).arg(new.base.to_string()),
        }
        git.ok().await?;
        let at = self.at(&new.path).await?;
        self.git_at(&at, "read the head into the index").args(["read-tree", "HEAD"]).ok().await?;
        let tree = folder.join(TREE);
        let doing = "Connecting a worktree";
        let own = tree.join(".git");
        let _ = std::fs::remove_file(&own);
        std::fs::rename(new.path.join(".git"), &own).map_err(Error::io(doing, &own))?;
        std::fs::remove_dir(&new.path).map_err(Error::io(doing, &new.path))
    }
}
