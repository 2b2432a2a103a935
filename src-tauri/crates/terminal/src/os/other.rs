//! Systems that are not supported yet: everything compiles and says so.

use super::{Cwd, Process};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn unsupported<T>() -> io::Result<T> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "Coppice's terminals don't run on this system yet."))
}

pub(crate) fn boot_id() -> io::Result<String> {
    unsupported()
}

pub(crate) fn process(_pid: i32) -> Option<Process> {
    None
}

pub(crate) fn processes() -> io::Result<Vec<Process>> {
    unsupported()
}

pub(crate) fn handles_only_terminate(_pid: i32) -> bool {
    false
}

pub(crate) fn cwd(_pid: i32) -> Cwd {
    None
}

pub(crate) fn has_env(_pid: i32, _entry: &[u8]) -> bool {
    false
}

pub(crate) fn watch(_pid: i32, _start: u64) -> io::Result<Option<OwnedFd>> {
    unsupported()
}

/// What is sent to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    Hangup,
    Terminate,
    Continue,
    Stop,
    Kill,
}

pub(crate) fn signal(_process: BorrowedFd<'_>, _sent: Sent) {}

pub(crate) fn wait_readable(_fds: &[BorrowedFd<'_>], _timeout: Option<Duration>) -> io::Result<Vec<bool>> {
    unsupported()
}

pub(crate) fn wait_writable(_fd: BorrowedFd<'_>) -> io::Result<()> {
    unsupported()
}

/// Something one thread rings and another waits for beside other descriptors.
#[derive(Debug)]
pub(crate) struct Bell(OwnedFd);

impl Bell {
    pub(crate) fn new() -> io::Result<Bell> {
        unsupported()
    }

    pub(crate) fn ring(&self) {}

    pub(crate) fn quiet(&self) {}
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

pub(crate) fn adopt_orphans() -> io::Result<()> {
    unsupported()
}

pub(crate) fn is_same_user(_peer: &UnixStream) -> bool {
    false
}

pub(crate) fn close_inherited() -> io::Result<()> {
    unsupported()
}

pub(crate) fn duplicate(_fd: RawFd) -> io::Result<OwnedFd> {
    unsupported()
}

pub(crate) fn short_path(dir: &Path, name: &str) -> io::Result<(Option<OwnedFd>, PathBuf)> {
    Ok((None, dir.join(name)))
}
