//! Bringing a worktree back onto its own branch, when somebody in it has checked out another one or none.
//!
//! Deliberately absent: bringing parted histories together. That is for whoever parted them.

use std::path::Path;

use crate::refs::branch_ref;
use crate::{Oid, Repo, Result};

impl Repo {
    /// Moves `branch` forward to the worktree's `head` and makes it what the worktree has checked out; index and files
    /// stay as they are, and so does the branch that was checked out. `false`, with nothing done: the branch holds
    /// commits that the head does not, or another worktree has it.
    pub async fn rejoin(&self, worktree: &Path, branch: &str, head: Oid) -> Result<bool> {
        let full = branch_ref(branch)?;
        let tip = self.branch(branch).await?;
        if let Some(tip) = tip
            && !self.is_ancestor(tip, head).await?
        {
            return Ok(false);
        }
        let worktrees = self.worktrees().await?;
        if worktrees.iter().any(|other| other.branch.as_deref() == Some(branch)) {
            return Ok(false);
        }
        if tip != Some(head) {
            // An empty text: it must not be there.
            let old = tip.map_or_else(String::new, |tip| tip.to_string());
            self.git(format!("move {full}"))
                .durable()
                .args(["update-ref", "--no-deref", "-m", "coppice: rejoin", "--end-of-options", &full])
                .args([head.to_string(), old])
                .ok()
                .await?;
        }
        let at = self.at(worktree).await?;
        self.git_at(&at, "go back to its branch")
            .args(["symbolic-ref", "-m", "coppice: rejoin", "--end-of-options", "HEAD", &full])
            .ok()
            .await?;
        Ok(true)
    }
}
