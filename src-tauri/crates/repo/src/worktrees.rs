//! Worktrees as git itself lists them, each time anew.

use std::path::{Path, PathBuf};

use crate::{Oid, Repo, Result, os};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorktreeInfo {
    pub path: PathBuf,
    /// Absent for a bare repository and while its branch has no commit.
    pub head: Option<Oid>,
    /// Without `refs/heads/`; absent when detached or bare.
    pub branch: Option<String>,
    /// The first one: the main checkout, or the bare repository itself.
    pub main: bool,
    pub bare: bool,
    /// Why it is locked; the reason may be empty.
    pub locked: Option<String>,
    /// Why git would forget it.
    pub prunable: Option<String>,
}

impl Repo {
    pub async fn worktrees(&self) -> Result<Vec<WorktreeInfo>> {
        let output = self
            .git("list the worktrees")
            .args(["worktree", "list", "--porcelain", "-z"])
            .ok_in_the_end()
            .await?;
        Ok(parse(&output))
    }

    /// The worktree at exactly that path, as git knows it.
    pub async fn worktree(&self, path: &Path) -> Result<Option<WorktreeInfo>> {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let list = self.worktrees().await?;
        Ok(list.into_iter().find(|worktree| {
            worktree.path == path || worktree.path.canonicalize().is_ok_and(|listed| listed == real)
        }))
    }
}

fn parse(output: &[u8]) -> Vec<WorktreeInfo> {
    let mut list: Vec<WorktreeInfo> = Vec::new();
    for field in output.split(|byte| *byte == 0) {
        let (key, value) = match field.iter().position(|byte| *byte == b' ') {
            Some(at) => (&field[..at], &field[at + 1..]),
            None => (field, &[][..]),
        };
        let text = || String::from_utf8_lossy(value).into_owned();
        if key == b"worktree" {
            list.push(WorktreeInfo {
                path: os::path_from_bytes(value),
                head: None,
                branch: None,
                main: list.is_empty(),
                bare: false,
                locked: None,
                prunable: None,
            });
            continue;
        }
        let Some(last) = list.last_mut() else { continue };
        match key {
            b"HEAD" => last.head = Oid::parse(value),
            b"branch" => {
                let name = text();
                last.branch = Some(name.strip_prefix("refs/heads/").unwrap_or(&name).to_owned());
            }
            b"bare" => last.bare = true,
            b"locked" => last.locked = Some(text()),
            b"prunable" => last.prunable = Some(text()),
            _ => {}
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind_of_entry() {
        let oid = "a".repeat(40);
        let text = format!(
            "worktree /r\0bare\0\0worktree /w/a b\nc\0HEAD {oid}\0branch refs/heads/x/y\0locked being made\0\0\
             worktree /w/d\0HEAD {oid}\0detached\0prunable gone\0\0"
        );
        let list = parse(text.as_bytes());
        assert_eq!(list.len(), 3);
        assert!(list[0].bare && list[0].main && list[0].head.is_none());
        assert_eq!(list[1].path, PathBuf::from("/w/a b\nc"));
        assert_eq!(list[1].branch.as_deref(), Some("x/y"));
        assert_eq!(list[1].locked.as_deref(), Some("being made"));
        assert!(!list[1].main && list[1].prunable.is_none());
        assert_eq!(list[2].branch, None);
        assert_eq!(list[2].prunable.as_deref(), Some("gone"));
        assert_eq!(list[2].head, Some(oid.parse().unwrap()));
    }
}
