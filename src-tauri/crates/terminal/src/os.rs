//! What differs by operating system: who lives, who is whose child, how a process is watched and signalled.
//!
//! Linux is implemented. On any other system the same functions exist and answer `Unsupported`, so that a port
//! fills one file.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux::*;

#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::*;

use std::path::PathBuf;

/// One row of the system's process table.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    pub(crate) parent: i32,
    pub(crate) session: i32,
    /// Start time in the system's own unit; with the pid it names a process for the time of one boot.
    pub(crate) start: u64,
    /// Ended, but not yet waited for.
    pub(crate) zombie: bool,
    pub(crate) name: String,
}

/// Where a process works; `None` where it is gone or belongs to somebody else.
pub(crate) type Cwd = Option<PathBuf>;
