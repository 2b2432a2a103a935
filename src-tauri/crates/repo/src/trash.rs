//! Putting worktrees away. Nothing is deleted: work is pinned by keep refs, the folder and git's
//! notes about it move to the trash by rename, and a file beside them says what they were. Every
//! step can be the last one before a crash; calling again goes on from there.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::open::{admin_points_at, blocking};
use crate::{Error, LeftOut, Oid, Place, Repo, Result, os};

/// What the trash knows about one worktree. Also the record on disk, written before anything moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashEntry {
    /// The folder's name in the trash.
    pub id: String,
    /// Where the worktree was.
    pub path: PathBuf,
    /// The branch that was deleted with it, without `refs/heads/`.
    pub branch: Option<String>,
    pub head: Oid,
    /// The keep ref that pins the head.
    pub head_ref: String,
    /// The uncommitted work, where there was some, and the keep ref that pins it.
    pub snapshot: Option<Oid>,
    pub snapshot_ref: Option<String>,
    /// Seconds since 1970.
    pub at: i64,
    /// The name of git's own folder for it.
    pub(crate) admin: String,
    /// All steps are done.
    pub(crate) complete: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trashed {
    pub entry: TrashEntry,
    /// The branch is left, because it had moved on or is checked out elsewhere.
    pub branch_left: bool,
    /// In the trash as files, but in no snapshot.
    pub left_out: Vec<LeftOut>,
}

pub(crate) const RECORD: &str = "entry.json";
pub(crate) const TREE: &str = "tree";
pub(crate) const ADMIN: &str = "admin";

impl Repo {
    /// Puts a worktree of ours into the trash of its place. `keep_name` names the keep refs
    /// (`<keep_name>.head`, `<keep_name>.work`). The branch is deleted when it still is where the
    /// worktree's head is. Refuses whatever Coppice did not make.
    pub async fn trash_worktree(
        &self,
        path: &Path,
        branch: Option<&str>,
        keep_name: &str,
    ) -> Result<Trashed> {
        let _held = self.shared.registering.lock().await;
        let _across_processes = self.lock_across_processes().await?;
        let place = self.our_place(path)?;
        if let Some(entry) = self.unfinished(&place, path) {
            return self.finish(&place, entry, Vec::new()).await;
        }
        require_plain_folder(path, &place)?;
        let at = self.at(path).await?;
        if at.git_dir == self.common_dir() {
            return Err(Error::NotOurs { path: path.to_owned(), why: "it is the main checkout" });
        }
        let status = self.status_at(&at).await?;
        let head = status.head.ok_or_else(|| Error::NotFound { what: "A commit in that worktree".into() })?;
        let head_ref = self.keep(&format!("{keep_name}.head"), head).await?;
        let mut left_out = Vec::new();
        let (mut snapshot, mut snapshot_ref) = (None, None);
        if !status.entries.is_empty() {
            let message = "coppice: uncommitted work of a removed worktree";
            let made = self.snapshot_of(&at, &status, &format!("{keep_name}.work"), message).await?;
            left_out = made.left_out;
            snapshot = Some(made.oid);
            snapshot_ref = Some(made.reference);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let id = (1_u32..)
            .map(|n| if n == 1 { name.clone() } else { format!("{name}-{n}") })
            .find(|id| place.trash.join(id).symlink_metadata().is_err())
            .unwrap_or(name.clone());
        let admin = at.git_dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let entry = TrashEntry {
            id,
            path: path.to_owned(),
            branch: branch.map(ToOwned::to_owned).or(status.branch),
            head,
            head_ref,
            snapshot,
            snapshot_ref,
            at: crate::When::now().seconds,
            admin,
            complete: false,
        };
        write_record(&place, &entry)?;
        self.finish(&place, entry, left_out).await
    }

    /// The steps after the record: each one looks whether it is done.
    async fn finish(&self, place: &Place, mut entry: TrashEntry, left_out: Vec<LeftOut>) -> Result<Trashed> {
        let folder = place.trash.join(&entry.id);
        let tree = folder.join(TREE);
        if tree.symlink_metadata().is_err() {
            require_plain_folder(&entry.path, place)?;
            let doing = "Moving a worktree to the trash";
            std::fs::rename(&entry.path, &tree).map_err(Error::io(doing, &entry.path))?;
        }
        let admin = self.common_dir().join("worktrees").join(&entry.admin);
        // Only if it still is about this worktree: the name may have been taken again.
        if admin_points_at(&admin).is_some_and(|path| path == entry.path) {
            let target = folder.join(ADMIN);
            blocking(move || move_folder(&admin, &target)).await?;
        }
        let mut branch_left = false;
        if let Some(branch) = &entry.branch {
            let elsewhere = self.worktrees().await?.iter().any(|other| other.branch.as_ref() == Some(branch));
            let full = format!("refs/heads/{branch}");
            branch_left = elsewhere || !self.delete_ref(&full, entry.head).await?;
            branch_left &= self.ref_target(full).await?.is_some();
        }
        entry.complete = true;
        write_record(place, &entry)?;
        Ok(Trashed { entry, branch_left, left_out })
    }

    /// Everything in the trash of a place, newest first. Entries that a crash left half-moved are
    /// in it too; [`Repo::trash_worktree`] on their path completes them.
    pub async fn trash(&self, place: &Place) -> Result<Vec<TrashEntry>> {
        let place = place.clone();
        blocking(move || {
            let mut entries = records(&place);
            entries.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.id.cmp(&b.id)));
            Ok(entries)
        })
        .await
    }

    /// How many bytes the files of an entry take.
    pub async fn trash_size(&self, place: &Place, entry: &TrashEntry) -> Result<u64> {
        let folder = place.trash.join(&entry.id);
        blocking(move || Ok(size_of(&folder))).await
    }

    /// Deletes the files of these entries for good. Their keep refs stay, so commits and
    /// snapshots stay. Returns the ids that are gone.
    pub async fn empty_trash(&self, place: &Place, entries: &[TrashEntry]) -> Result<Vec<String>> {
        let place = place.clone();
        let ids: Vec<String> =
            entries.iter().filter(|entry| entry.complete).map(|entry| entry.id.clone()).collect();
        blocking(move || {
            for id in &ids {
                let folder = place.trash.join(id);
                // By the record alone an entry is known; without it nothing would be left to say what it was.
                let plain =
                    Path::new(id).components().count() == 1 && os::is_own_dir(&folder).unwrap_or(false);
                if plain {
                    remove_folder(&folder).map_err(Error::io("Emptying the trash", &folder))?;
                }
            }
            Ok(ids)
        })
        .await
    }

    fn our_place(&self, path: &Path) -> Result<Place> {
        let refused = |why| Error::NotOurs { path: path.to_owned(), why };
        let plain = path.is_absolute()
            && path.components().all(|part| !matches!(part, std::path::Component::ParentDir));
        if !plain {
            return Err(refused("its path is not plain"));
        }
        self.place_of(path).ok_or_else(|| refused("Coppice did not make it"))
    }

    fn unfinished(&self, place: &Place, path: &Path) -> Option<TrashEntry> {
        let gone = path.symlink_metadata().is_err();
        let mut found = records(place);
        found.retain(|entry| entry.path == path && (!entry.complete || gone));
        found.sort_by_key(|entry| (entry.complete, std::cmp::Reverse(entry.at)));
        found.into_iter().next()
    }
}

/// The path is a real folder, and so is everything between it and the place.
fn require_plain_folder(path: &Path, place: &Place) -> Result<()> {
    let mut on_the_way = path.ancestors().take_while(|above| *above != place.root);
    let plain = on_the_way.all(|folder| folder.symlink_metadata().is_ok_and(|data| data.is_dir()));
    if !plain {
        let why = if path.symlink_metadata().is_err() {
            "it does not exist"
        } else {
            "it is a link, or leads through one"
        };
        return Err(Error::NotOurs { path: path.to_owned(), why });
    }
    Ok(())
}

pub(crate) fn write_record(place: &Place, entry: &TrashEntry) -> Result<()> {
    let doing = "Writing the trash record";
    let folder = place.trash.join(&entry.id);
    os::create_private_dir(&folder).map_err(Error::io(doing, &folder))?;
    let draft = folder.join(format!("{RECORD}.new"));
    let text = serde_json::to_vec_pretty(entry).map_err(|error| Error::io(doing, &draft)(error.into()))?;
    let write = || -> std::io::Result<()> {
        use std::io::Write;
        let mut file = std::fs::File::create(&draft)?;
        file.write_all(&text)?;
        file.sync_all()?;
        std::fs::rename(&draft, folder.join(RECORD))?;
        std::fs::File::open(&folder)?.sync_all()
    };
    write().map_err(Error::io(doing, &draft))
}

fn records(place: &Place) -> Vec<TrashEntry> {
    let folders = std::fs::read_dir(&place.trash).into_iter().flatten().flatten();
    folders
        .filter_map(|folder| {
            let text = std::fs::read(folder.path().join(RECORD)).ok()?;
            let entry: TrashEntry = serde_json::from_slice(&text).ok()?;
            (folder.file_name().to_str() == Some(entry.id.as_str())).then_some(entry)
        })
        .collect()
}

/// By rename; by copy where git's folder lies on another file system than the trash.
pub(crate) fn move_folder(from: &Path, to: &Path) -> Result<()> {
    let doing = "Moving git's notes about a worktree";
    match std::fs::rename(from, to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::CrossesDevices => {
            copy_folder(from, to).and_then(|()| std::fs::remove_dir_all(from)).map_err(Error::io(doing, from))
        }
        Err(error) => Err(Error::io(doing, from)(error)),
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    os::create_private_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.path().symlink_metadata() {
            Ok(data) if data.is_dir() => size_of(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Package caches like to make folders read-only; deleting what is in them needs the right back.
fn remove_folder(folder: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            unlock(folder)?;
            std::fs::remove_dir_all(folder)
        }
        other => other,
    }
}

fn unlock(folder: &Path) -> std::io::Result<()> {
    os::set_mode(folder, 0o700)?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            unlock(&entry.path())?;
        }
    }
    Ok(())
}
