//! Bringing files that git does not carry (`.env`, caches) from the main checkout into a worktree.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::path::Path;

use bstr::BString;

use crate::open::{At, blocking};
use crate::os::beneath::Beneath;
use crate::{Error, Repo, Result, os};

/// Lists ignored files to copy, in the syntax of `.gitignore`.
const INCLUDE: &str = ".worktreeinclude";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    pub copied: Vec<BString>,
    pub skipped: Vec<NotCopied>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCopied {
    pub path: BString,
    pub why: String,
}

impl Repo {
    /// Copies untracked and ignored files that `list` names (paths or globs from the top of the
    /// main checkout), and ignored files that `.worktreeinclude` names. Nothing in the worktree is
    /// ever replaced, and nothing is written through a link. Copies share blocks where they can.
    pub async fn copy_into(&self, worktree: &Path, list: &[String]) -> Result<Copied> {
        let Some(root) = self.root() else { return Ok(Copied::default()) };
        let main = self.at(root).await?;
        let at = self.at(worktree).await?;
        let mut names = BTreeSet::new();
        if !list.is_empty() {
            let patterns = list.iter().map(|pattern| format!("--exclude={}", anchored(pattern)));
            names.extend(self.untracked(&main, patterns).await?);
        }
        let include = root.join(INCLUDE);
        if include.symlink_metadata().is_ok_and(|data| data.is_file()) {
            let found = self.untracked(&main, [format!("--exclude-from={INCLUDE}")]).await?;
            names.extend(self.only_ignored(&main, found).await?);
        }
        let tracked = self.tracked(&at, &[]).await?;
        blocking(move || copy_all(&main, &at, &tracked, names)).await
    }

    async fn untracked(&self, main: &At, excludes: impl IntoIterator<Item = String>) -> Result<Vec<BString>> {
        let git = self.git_at(main, "list files to copy").args(["ls-files", "-z", "--others", "--ignored"]);
        let output = git.args(excludes).ok().await?;
        Ok(output.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(BString::from).collect())
    }

    async fn only_ignored(&self, main: &At, names: Vec<BString>) -> Result<Vec<BString>> {
        if names.is_empty() {
            return Ok(names);
        }
        let doing = "see which files are ignored";
        let stdin: Vec<u8> = names.iter().flat_map(|name| name.iter().copied().chain([0])).collect();
        let output =
            self.git_at(main, doing).args(["check-ignore", "-z", "--stdin"]).stdin(stdin).run().await?;
        match output.code {
            // 1: none of them is.
            Some(0 | 1) => {
                let fields = output.stdout.split(|byte| *byte == 0);
                Ok(fields.filter(|name| !name.is_empty()).map(BString::from).collect())
            }
            _ => Err(crate::git::failed(doing, &output)),
        }
    }
}

/// A listed path counts from the top, as people expect of a path; `**/` reaches everywhere.
fn anchored(pattern: &str) -> String {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    if pattern.starts_with('/') || pattern.starts_with("**/") {
        pattern.to_owned()
    } else {
        format!("/{pattern}")
    }
}

fn copy_all(main: &At, at: &At, tracked: &HashSet<BString>, names: BTreeSet<BString>) -> Result<Copied> {
    let doing = "Copying files into a worktree";
    let beneath = Beneath::open(&at.tree).map_err(Error::io(doing, &at.tree))?;
    let mut result = Copied::default();
    for name in names {
        match copy_one(&main.tree, &beneath, tracked, &name) {
            Ok(()) => result.copied.push(name),
            Err(why) => result.skipped.push(NotCopied { path: name, why }),
        }
    }
    Ok(result)
}

fn copy_one(
    main: &Path,
    beneath: &Beneath,
    tracked: &HashSet<BString>,
    name: &BString,
) -> Result<(), String> {
    if name.ends_with(b"/") {
        return Err("it is a repository of its own".into());
    }
    let path = os::path_from_bytes(name);
    if tracked.contains(name) {
        return Err("the worktree tracks a file of that name".into());
    }
    if beneath.exists(name).map_err(|error| error.to_string())? {
        return Err("the worktree has a file of that name".into());
    }
    let source = main.join(path);
    // A link is followed: the person listed what it shows. A pipe would never end.
    let data = std::fs::metadata(&source).map_err(|error| error.to_string())?;
    if !data.is_file() {
        return Err("it is no regular file".into());
    }
    let mut file = File::open(&source).map_err(|error| error.to_string())?;
    beneath.copy_in(&mut file, os::mode(&data), name).map_err(|error| error.to_string())
}
