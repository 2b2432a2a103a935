//! What hooks said while no engine was there to hear it: a file per word in the run's folder, which is private. The
//! next engine that looks at the run takes them, in the order in which they were said.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::home::Home;
use crate::ids::RunId;

const FOLDER: &str = "missed-hooks";

/// More words than this are left by no program that works; further ones are not kept.
const MOST: usize = 10_000;

/// Leaves a word for the next engine of this data directory.
///
/// # Errors
/// Those of writing it, and where there is no such run.
pub fn leave(home: &Path, run: &str, said: &str) -> io::Result<()> {
    let is_name = matches!(Path::new(run).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
    let dir = Home::open(home)?.run(&RunId::new(run));
    if !is_name || !dir.is_dir() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let folder = dir.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    if std::fs::read_dir(&folder)?.count() >= MOST {
        return Err(io::ErrorKind::QuotaExceeded.into());
    }
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let name = format!("{at:024}-{}", std::process::id());
    // Under its name only when it is whole.
    let new = folder.join(format!(".{name}"));
    crate::os::write_private(&new, said.as_bytes())?;
    std::fs::rename(new, folder.join(name))
}

/// A word that was left.
#[derive(Debug)]
pub(crate) struct Word {
    path: PathBuf,
    pub(crate) said: String,
}

impl Word {
    /// It need not be kept any longer.
    pub(crate) fn forget(self) {
        let _ = std::fs::remove_file(self.path);
    }
}

pub(crate) fn taken(run_dir: &Path) -> Vec<Word> {
    let files = std::fs::read_dir(run_dir.join(FOLDER)).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = files
        .filter(|file| !file.file_name().as_encoded_bytes().starts_with(b"."))
        .map(|f| f.path())
        .collect();
    paths.sort();
    let word = |path: PathBuf| Some(Word { said: std::fs::read_to_string(&path).ok()?, path });
    paths.into_iter().filter_map(word).collect()
}
