//! Committing named paths and nothing else.

use std::path::Path;

use bstr::BString;

use crate::objects::oid_from;
use crate::status::in_progress;
use crate::{Error, Identity, Oid, Repo, Result};

impl Repo {
    /// Commits exactly these paths as they are in the worktree (a missing file as a deletion) on
    /// top of its head; whatever else is staged stays staged and uncommitted. The author is the
    /// person git knows, or `fallback` when it knows nobody. Hooks and signing do not run.
    pub async fn commit_paths(
        &self,
        worktree: &Path,
        paths: &[BString],
        message: &str,
        fallback: &Identity,
    ) -> Result<Oid> {
        let at = self.at(worktree).await?;
        if let Some(what) = in_progress(&at.git_dir) {
            return Err(Error::InProgress { path: at.tree, what });
        }
        let wanted = self.status_at(&at).await?;
        let changed = |path: &&BString| {
            wanted.entries.iter().any(|entry| entry.path == **path || entry.old_path.as_ref() == Some(*path))
        };
        let names: Vec<u8> =
            paths.iter().filter(changed).flat_map(|path| path.iter().copied().chain([0])).collect();
        if names.is_empty() {
            return Err(Error::NothingToCommit);
        }
        self.git_at(&at, "stage files")
            .outlives()
            .args(["update-index", "--add", "--remove", "--replace", "-z", "--stdin"])
            .stdin(names.clone())
            .ok()
            .await?;
        let mut git = self
            .git_at(&at, "commit")
            .durable()
            .args(["commit", "--quiet", "--no-verify", "--no-gpg-sign", "--cleanup=whitespace", "--only"])
            .arg("-m")
            .arg(message.replace('\0', ""))
            .literal()
            .args(["--pathspec-from-file=-", "--pathspec-file-nul"])
            .stdin(names);
        if self.configured_identity().await?.is_none() {
            for (role, part) in
                [("AUTHOR", "NAME"), ("AUTHOR", "EMAIL"), ("COMMITTER", "NAME"), ("COMMITTER", "EMAIL")]
            {
                let value = if part == "NAME" { &fallback.name } else { &fallback.email };
                git = git.env(&format!("GIT_{role}_{part}"), value);
            }
        }
        git.ok().await?;
        let head =
            self.git_at(&at, "read the new commit").args(["rev-parse", "--verify", "HEAD"]).ok().await?;
        oid_from(&head, "read the new commit")
    }
}
