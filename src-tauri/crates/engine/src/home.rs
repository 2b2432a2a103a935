//! The data directory: what lies where, and the lock that makes its engine the only one.

use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A data directory.
#[derive(Debug, Clone)]
pub struct Home {
    root: PathBuf,
}

impl Home {
    /// Makes the directory when it is absent, private to its owner.
    pub fn open(root: &Path) -> io::Result<Home> {
        let root = std::path::absolute(root)?;
        for folder in [root.clone(), root.join("runs")] {
            private_dir(&folder)?;
        }
        Ok(Home { root })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn socket(&self) -> PathBuf {
        self.root.join("engine.sock")
    }

    /// Each run has a folder of its own in here.
    pub fn runs(&self) -> PathBuf {
        self.root.join("runs")
    }

    pub fn run(&self, id: &crate::ids::RunId) -> PathBuf {
        self.runs().join(id.as_str())
    }

    /// Where worktrees go when the folder beside a repository can't be written.
    pub fn places(&self) -> PathBuf {
        self.root.join("places")
    }

    pub fn demo(&self) -> PathBuf {
        self.root.join("demo")
    }

    /// Takes the lock, or says which process holds it. Death releases it.
    pub fn lock(&self) -> io::Result<Result<Lock, Option<u32>>> {
        let path = self.root.join("engine.lock");
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                file.set_len(0)?;
                write!(file, "{}", std::process::id())?;
                Ok(Ok(Lock { _file: file }))
            }
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder)?;
                Ok(Err(holder.trim().parse().ok()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Held as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

fn private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}
