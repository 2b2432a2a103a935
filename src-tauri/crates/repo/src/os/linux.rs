//! Linux.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::process::{Pid, Signal};

pub(crate) const NO_HOOKS: &str = "/dev/null";

/// Puts the child into its own process group, so that Ctrl-C in a terminal is not its business, and
/// has the kernel end it when the thread that starts it ends. SIGTERM, because git removes its lock
/// files on that and on nothing harsher.
pub(crate) fn dies_with_us(command: &mut tokio::process::Command) {
    let us = rustix::process::getpid();
    let before_exec = move || {
        rustix::process::set_parent_process_death_signal(Some(Signal::TERM))?;
        if rustix::process::getppid() != Some(us) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(())
    };
    #[expect(
        unsafe_code,
        reason = "the only way to ask for PDEATHSIG; the closure makes two system calls and allocates nothing"
    )]
    // SAFETY: prctl and getppid are async-signal-safe, and nothing else runs between fork and exec.
    unsafe {
        command.pre_exec(before_exec);
    }
}

/// Lets libgit2 open repositories with extensions that change nothing about what we read.
pub(crate) fn accept_extensions() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        #[expect(unsafe_code, reason = "a process-wide setting of libgit2 without a safe wrapper")]
        // SAFETY: runs once, before the first repository is opened by this crate.
        let set = unsafe { git2::opts::set_extensions(&["partialclone", "relativeworktrees"]) };
        if let Err(error) = set {
            tracing::warn!(%error, "partial clones will not open");
        }
    });
}

/// Asks a process group to end (`force`: ends it).
pub(crate) fn end_group(pid: u32, force: bool) {
    let signal = if force { Signal::KILL } else { Signal::TERM };
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // Gone already is what we want.
        let _ = rustix::process::kill_process_group(pid, signal);
    }
}

/// Whether any process is left in a group.
pub(crate) fn group_lives(pid: u32) -> bool {
    i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .is_some_and(|pid| rustix::process::test_kill_process_group(pid) != Err(rustix::io::Errno::SRCH))
}

pub(crate) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes.to_vec()))
}

pub(crate) fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

pub(crate) fn os_str(bytes: &[u8]) -> &OsStr {
    OsStr::from_bytes(bytes)
}

pub(crate) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// The folder exists, is no link and belongs to us.
pub(crate) fn is_own_dir(path: &Path) -> io::Result<bool> {
    let data = std::fs::symlink_metadata(path)?;
    Ok(data.is_dir() && data.uid() == rustix::process::geteuid().as_raw())
}

/// Whether the owner may execute the file.
pub(crate) fn is_executable(data: &std::fs::Metadata) -> bool {
    data.permissions().mode() & 0o111 != 0
}

pub(crate) fn writable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Holds a lock together with whoever else holds it so; released when the last copy of the file is closed.
pub(crate) fn lock_shared(file: &File) -> io::Result<()> {
    rustix::fs::flock(file, rustix::fs::FlockOperation::LockShared).map_err(Into::into)
}

/// Tries for the lock of an open file; it is released when the file is closed or its owner dies.
pub(crate) fn try_lock(file: &File) -> io::Result<bool> {
    match rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether a process with that id exists.
pub(crate) fn alive(pid: u32) -> bool {
    i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}

pub(crate) fn mode(data: &std::fs::Metadata) -> u32 {
    data.permissions().mode()
}
