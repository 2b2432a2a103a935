//! Systems without a port yet: everything compiles, and what cannot be done says so.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) const NO_HOOKS: &str = "/dev/null";

/// Without PDEATHSIG a git child finishes its command; it is never left waiting for us.
pub(crate) fn dies_with_us(_command: &mut tokio::process::Command) {}

pub(crate) fn accept_extensions() {}

pub(crate) fn end_group(_pid: u32, _force: bool) {}

/// Unknown here.
pub(crate) fn group_lives(_pid: u32) -> bool {
    false
}

pub(crate) fn path_from_bytes(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

pub(crate) fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

pub(crate) fn os_str(bytes: &[u8]) -> &OsStr {
    std::str::from_utf8(bytes).map_or(OsStr::new(""), OsStr::new)
}

pub(crate) fn set_mode(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

pub(crate) fn create_private_dir(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

pub(crate) fn is_own_dir(path: &Path) -> io::Result<bool> {
    Ok(std::fs::symlink_metadata(path)?.is_dir())
}

pub(crate) fn is_executable(_data: &std::fs::Metadata) -> bool {
    false
}

pub(crate) fn writable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|data| !data.permissions().readonly())
}

pub(crate) fn lock_shared(_file: &File) -> io::Result<()> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "locks between processes are not ported to this system yet",
    ))
}

pub(crate) fn try_lock(_file: &File) -> io::Result<bool> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "locks between processes are not ported to this system yet",
    ))
}

pub(crate) fn alive(_pid: u32) -> bool {
    true
}

pub(crate) fn mode(_data: &std::fs::Metadata) -> u32 {
    0o644
}
