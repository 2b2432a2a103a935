//! Git children that outlive us. A git that is ended between making a lock file and noting it leaves
//! the lock behind for ever, so commands that write are never ended with us. Instead each holds a
//! shared lock on a file of ours (its standard input), and whoever takes a repository over waits
//! until nobody holds it any more.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use crate::open::blocking;
use crate::{Error, Repo, Result, os};

const MARK: &str = "coppice.strays";

/// The checkout of a large repository may take this long.
const MOST: Duration = Duration::from_secs(300);

impl Repo {
    /// Waits until every git command that a dead engine has left running here is done.
    pub async fn await_strays(&self) -> Result<()> {
        let path = self.common_dir().join(MARK);
        let doing = "Waiting for git commands of an earlier engine";
        let opened = path.clone();
        let file = blocking(move || open(&opened).map_err(Error::io(doing, &opened))).await?;
        let deadline = tokio::time::Instant::now() + MOST;
        let mut pause = Duration::from_millis(1);
        while !os::try_lock(&file).map_err(Error::io(doing, &path))? {
            if tokio::time::Instant::now() > deadline {
                return Err(Error::Locked { path });
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
        Ok(())
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).read(true).write(true).open(path)
}

/// A file that is locked until the last copy of it is closed: by us, and by the child that gets it.
pub(crate) fn mark(common_dir: &Path) -> Option<File> {
    let file = open(&common_dir.join(MARK)).ok()?;
    os::lock_shared(&file).ok()?;
    Some(file)
}

/// `main/.git` for `main/.git/worktrees/x`.
pub(crate) fn common_dir(git_dir: &Path) -> &Path {
    match git_dir.parent() {
        Some(parent) if parent.file_name().is_some_and(|name| name == "worktrees") => {
            parent.parent().unwrap_or(git_dir)
        }
        Some(_) | None => git_dir,
    }
}
