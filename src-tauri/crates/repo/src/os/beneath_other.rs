//! Not ported yet: nothing is written or removed beneath a worktree.

use std::fs::File;
use std::io;
use std::path::Path;

#[derive(Debug)]
pub(crate) struct Beneath;

fn unsupported() -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, "not supported on this system yet")
}

impl Beneath {
    pub(crate) fn open(_root: &Path) -> io::Result<Beneath> {
        Err(unsupported())
    }

    pub(crate) fn exists(&self, _path: &[u8]) -> io::Result<bool> {
        Err(unsupported())
    }

    pub(crate) fn copy_in(&self, _source: &mut File, _mode: u32, _path: &[u8]) -> io::Result<()> {
        Err(unsupported())
    }

    pub(crate) fn remove(&self, _path: &[u8]) -> io::Result<()> {
        Err(unsupported())
    }
}
