//! Making a worktree clean without losing what made it dirty.

use std::path::Path;

use bstr::BString;

use crate::open::blocking;
use crate::os::beneath::Beneath;
use crate::{Change, Error, LeftOut, Repo, Result, Snapshot};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tidied {
    /// Where everything that was put away is now; `None` when the worktree was clean.
    pub snapshot: Option<Snapshot>,
    /// Tracked files that are again as in the head.
    pub restored: Vec<BString>,
    /// Untracked files that were removed.
    pub removed: Vec<BString>,
    /// Still there, because it could not be stored first.
    pub left: Vec<LeftOut>,
}

impl Repo {
    /// Snapshots a dirty worktree, then restores exactly the tracked files that the snapshot holds
    /// and removes exactly the untracked ones. Ignored files are never touched. Refuses in the
    /// middle of a rebase, merge and the like.
    pub async fn tidy(&self, worktree: &Path, keep_name: &str) -> Result<Tidied> {
        let at = self.at(worktree).await?;
        let status = self.status_at(&at).await?;
        if let Some(what) = status.in_progress {
            return Err(Error::InProgress { path: at.tree, what });
        }
        if status.entries.is_empty() {
            return Ok(Tidied {
                snapshot: None,
                restored: Vec::new(),
                removed: Vec::new(),
                left: Vec::new(),
            });
        }
        let snapshot = self.snapshot_of(&at, &status, keep_name, "coppice: put away to tidy up").await?;
        let mut restored = Vec::new();
        let mut removed = Vec::new();
        for entry in &status.entries {
            if snapshot.paths.binary_search(&entry.path).is_err() {
                continue;
            }
            if entry.change == Change::Untracked {
                removed.push(entry.path.clone());
            } else {
                restored.extend(entry.old_path.clone().filter(|_| entry.change == Change::Renamed));
                restored.push(entry.path.clone());
            }
        }
        // Untracked files first: one may stand where a tracked folder has to come back.
        let tree = at.tree.clone();
        let names = removed.clone();
        blocking(move || {
            let doing = "Removing an untracked file";
            let beneath = Beneath::open(&tree).map_err(Error::io(doing, &tree))?;
            for name in names {
                beneath
                    .remove(&name)
                    .map_err(Error::io(doing, tree.join(crate::os::path_from_bytes(&name))))?;
            }
            Ok(())
        })
        .await?;
        if !restored.is_empty() {
            let names: Vec<u8> = restored.iter().flat_map(|path| path.iter().copied().chain([0])).collect();
            self.git_at(&at, "restore files")
                .outlives()
                .args(["restore", "--source=HEAD", "--staged", "--worktree", "--no-recurse-submodules"])
                .literal()
                .args(["--pathspec-from-file=-", "--pathspec-file-nul"])
                .stdin(names)
                .ok()
                .await?;
        }
        let left = snapshot.left_out.clone();
        Ok(Tidied { snapshot: Some(snapshot), restored, removed, left })
    }
}
