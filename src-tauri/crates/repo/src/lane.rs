//! The landing lane: a worktree of ours in which one merge candidate after the other is checked.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::objects::for_each_file;
use crate::{Error, NewWorktree, Oid, Repo, Result};

/// Files that pin what setup installs: when one changes, setup has to run again.
const LOCK_FILES: &[&str] = &[
    "Cargo.lock",
    "Gemfile.lock",
    "Pipfile.lock",
    "bun.lock",
    "composer.lock",
    "deno.lock",
    "flake.lock",
    "go.sum",
    "gradle.lockfile",
    "mix.lock",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pubspec.lock",
    "requirements.txt",
    "uv.lock",
    "yarn.lock",
];

impl Repo {
    /// Sets the lane to `commit`, exactly: it is made when absent; tracked files are as in the
    /// commit, untracked ones are gone, ignored ones (caches, dependencies) stay. Nothing of a
    /// person's is ever in a lane, so nothing is kept.
    pub async fn set_lane(&self, path: &Path, commit: Oid) -> Result<()> {
        let new = NewWorktree { path: path.to_owned(), branch: None, base: commit, resume: true };
        let whole = |(git_dir, _): &(PathBuf, PathBuf)| !git_dir.join("locked").exists();
        // Absent, or a folder without its registration, or one that was never finished.
        if !self.folders(path).is_ok_and(|found| whole(&found)) {
            self.add_worktree(&new).await?;
        }
        let at = self.at(path).await?;
        if self.place_of(&at.tree).is_none() {
            return Err(Error::NotOurs { path: at.tree, why: "it lies outside the folder for worktrees" });
        }
        self.git_at(&at, "set the landing lane")
            .outlives()
            .args(["checkout", "--quiet", "--force", "--detach", "--end-of-options"])
            .arg(commit.to_string())
            .ok()
            .await?;
        self.git_at(&at, "clean the landing lane").outlives().args(["clean", "-ffdq"]).ok().await?;
        Ok(())
    }

    /// Stands for the lock files of a commit's tree, wherever they lie: equal prints need no new setup.
    pub async fn lock_print(&self, commit: Oid) -> Result<String> {
        const DOING: &str = "read the lock files of a commit";
        self.read(DOING, move |git| {
            let tree =
                git.find_commit(commit.0).and_then(|commit| commit.tree()).map_err(Error::read(DOING))?;
            let mut hash = Sha256::new();
            for_each_file(git, tree, |path, oid| {
                let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
                if LOCK_FILES.iter().any(|lock| lock.as_bytes() == name) {
                    hash.update(path);
                    hash.update(format!("\0{oid}\n"));
                }
            });
            Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
        })
        .await
    }
}
