//! Where a repository's worktrees and trash live: a hidden folder beside it, on the same file
//! system, so that throwing a worktree away is a rename.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::open::blocking;
use crate::{Error, Repo, Result, os};

/// Names the repository that a place belongs to.
const MARKER: &str = "repository";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Private to its owner; holds everything below.
    pub root: PathBuf,
    pub worktrees: PathBuf,
    pub trash: PathBuf,
    /// The folder beside the repository could not be used, so this is the fallback.
    pub fallback: bool,
}

impl Place {
    fn of(root: PathBuf, fallback: bool) -> Place {
        Place { worktrees: root.join("worktrees"), trash: root.join("trash"), root, fallback }
    }
}

impl Repo {
    /// Finds or makes the repository's place: `<parent>/.<name>.coppice`, or a folder in
    /// `fallback` where the parent cannot be written. Made private to its owner.
    pub async fn place(&self, fallback: &Path) -> Result<Place> {
        let repo = self.clone();
        let fallback = fallback.to_owned();
        blocking(move || repo.make_place(&fallback)).await
    }

    fn make_place(&self, fallback: &Path) -> Result<Place> {
        let home = self.root().unwrap_or(self.common_dir());
        let name = self.name();
        let name = name.trim_start_matches('.');
        let digest = Sha256::digest(os::path_bytes(self.common_dir()));
        let short: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let beside = home.parent().filter(|parent| os::writable(parent));
        let beside = beside.into_iter().flat_map(|parent| {
            // The second name serves where another repository has taken the first.
            [parent.join(format!(".{name}.coppice")), parent.join(format!(".{name}-{short}.coppice"))]
        });
        for root in beside {
            if self.settle(&root)? {
                ignore_in_outer_repository(&root);
                return Ok(Place::of(root, false));
            }
        }
        let root = fallback.join(format!("{name}-{short}"));
        if self.settle(&root)? {
            return Ok(Place::of(root, true));
        }
        Err(Error::NotOurs { path: root, why: "it belongs to another user or another repository" })
    }

    /// Makes `root` ours; `false` when it is somebody else's.
    fn settle(&self, root: &Path) -> Result<bool> {
        let doing = "Making the folder for worktrees";
        if root.symlink_metadata().is_err() {
            os::create_private_dir(root).map_err(Error::io(doing, root))?;
        }
        if !os::is_own_dir(root).map_err(Error::io(doing, root))? {
            return Ok(false);
        }
        let marker = root.join(MARKER);
        let own = os::path_bytes(self.common_dir());
        match std::fs::read(&marker) {
            Ok(owner) if owner == own => {}
            // The repository was moved or removed: whoever stands beside the place inherits it.
            Ok(owner) if os::path_from_bytes(&owner).exists() => return Ok(false),
            _ => std::fs::write(&marker, own).map_err(Error::io(doing, &marker))?,
        }
        os::set_mode(root, 0o700).map_err(Error::io(doing, root))?;
        for folder in ["worktrees", "trash"] {
            let folder = root.join(folder);
            os::create_private_dir(&folder).map_err(Error::io(doing, &folder))?;
            if !os::is_own_dir(&folder).map_err(Error::io(doing, &folder))? {
                return Err(Error::NotOurs { path: folder, why: "it is a link or belongs to another user" });
            }
        }
        Ok(true)
    }
}

/// A repository that lies inside another one must not litter the outer one's status.
fn ignore_in_outer_repository(root: &Path) {
    let file = root.join(".gitignore");
    let outer = root.parent().is_some_and(|parent| git2::Repository::discover(parent).is_ok());
    if outer
        && !file.exists()
        && let Err(error) = std::fs::write(&file, "*\n")
    {
        tracing::warn!(%error, "the place shows up in the status of the outer repository");
    }
}

impl Repo {
    /// The place of this repository that `path` lies in, directly below its `worktrees`.
    pub(crate) fn place_of(&self, path: &Path) -> Option<Place> {
        let worktrees = path.ancestors().skip(1).find(|above| above.ends_with("worktrees"))?;
        let root = worktrees.parent()?;
        let ours =
            std::fs::read(root.join(MARKER)).is_ok_and(|owner| owner == os::path_bytes(self.common_dir()));
        let real = [root, worktrees].iter().all(|folder| os::is_own_dir(folder).unwrap_or(false));
        (ours && real).then(|| Place::of(root.to_owned(), false))
    }
}
