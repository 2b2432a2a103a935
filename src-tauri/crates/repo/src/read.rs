//! What a commit holds, for those who read instead of build: one file, or all of what changed as a patch.

use std::io::Write;

use crate::{BString, Error, Oid, Repo, Result};

impl Repo {
    /// Lines of files at a commit, in the order asked for; `None` where there is no such file. A last line without a
    /// line end counts.
    pub async fn line_counts(&self, commit: Oid, paths: Vec<BString>) -> Result<Vec<Option<u32>>> {
        self.read("read files", move |git| {
            let tree = git
                .find_commit(commit.0)
                .and_then(|commit| commit.tree())
                .map_err(|_| Error::NotFound { what: format!("The commit {commit}") })?;
            let count = |path: &BString| {
                let entry = tree.get_path(&crate::os::path_from_bytes(path)).ok()?;
                let blob = entry.to_object(git).ok()?.into_blob().ok()?;
                let bytes = blob.content();
                let ends = bytes.iter().filter(|byte| **byte == b'\n').count();
                let open = bytes.last().is_some_and(|last| *last != b'\n');
                u32::try_from(ends + usize::from(open)).ok()
            };
            Ok(paths.iter().map(count).collect())
        })
        .await
    }

    /// What changed between two commits, as a patch with renames found and binary files named only.
    pub async fn patch(&self, base: Oid, head: Oid) -> Result<Vec<u8>> {
        const DOING: &str = "write a patch";
        self.read(DOING, move |git| {
            let tree = |oid: Oid| {
                git.find_commit(oid.0).and_then(|commit| commit.tree()).map_err(Error::read(DOING))
            };
            let (old, new) = (tree(base)?, tree(head)?);
            let mut diff = git.diff_tree_to_tree(Some(&old), Some(&new), None).map_err(Error::read(DOING))?;
            diff.find_similar(None).map_err(Error::read(DOING))?;
            let mut patch = Vec::new();
            diff.print(git2::DiffFormat::Patch, |_, _, line| {
                if matches!(line.origin(), '+' | '-' | ' ') {
                    patch.push(line.origin() as u8);
                }
                // Writing to memory can't fail.
                patch.write_all(line.content()).is_ok()
            })
            .map_err(Error::read(DOING))?;
            Ok(patch)
        })
        .await
    }
}
