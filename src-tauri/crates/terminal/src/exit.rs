//! How a run ended, and the file that says so. While the machine lives the file appears whole or not at all.

use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

const FILE: &str = "exit.json";
const DRAFT: &str = "exit.draft";

/// The end of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// The code the process itself ended with.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Why it ended.
    pub reason: Reason,
    /// Milliseconds since 1970 by the system's clock.
    pub at_ms: u64,
    /// Bytes the run wrote to its terminal.
    pub log_bytes: u64,
    /// Of these, bytes that the log no longer holds (the limit) or never held (a full disk).
    pub log_missing: u64,
    /// Bytes could not be written (a full disk), so that the log has holes the limit doesn't explain.
    pub log_truncated: bool,
    /// Processes the run started that live on: shared daemons at work elsewhere, and what could not be ended.
    pub leftovers: Vec<Leftover>,
}

/// Why a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// By itself (or by a signal from elsewhere).
    Exited,
    /// It outlasted its time limit.
    TimeLimit,
    /// It was asked to end.
    Killed,
    /// It never started.
    StartFailed {
        /// What happened, as a sentence.
        message: String,
    },
    /// The shim died without a word; the run's processes have been ended.
    Lost,
}

/// A process of a run that outlived it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// Its process id.
    pub pid: i32,
    /// Its short name.
    pub name: String,
}

impl Exit {
    /// An end without a status, now.
    pub(crate) fn without_status(reason: Reason, log_bytes: u64, leftovers: Vec<Leftover>) -> Exit {
        Exit {
            code: None,
            signal: None,
            reason,
            at_ms: now_ms(),
            log_bytes,
            log_missing: 0,
            log_truncated: false,
            leftovers,
        }
    }

    /// Whether the process ended by itself with code 0.
    pub fn is_success(&self) -> bool {
        self.reason == Reason::Exited && self.code == Some(0)
    }

    /// The end recorded in `run_dir`, if the run has ended.
    pub fn read(run_dir: &Path) -> io::Result<Option<Exit>> {
        match fs::read(run_dir.join(FILE)) {
            // What a failing machine left half written says nothing.
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The room an [`Exit`] needs on disk, set aside when the run starts so that a disk that fills up later can't
/// swallow the end of the run.
#[derive(Debug)]
pub(crate) struct Draft(File);

impl Draft {
    pub(crate) fn reserve() -> io::Result<Draft> {
        use std::os::unix::fs::OpenOptionsExt;
        let file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(DRAFT)?;
        // Where the file system can't set room aside, it is written late like any other file.
        let _ = rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, 16 << 10);
        Ok(Draft(file))
    }

    /// Makes this the recorded end of the run in the current folder. Clients may hear of it before the disk has it:
    /// a machine that fails in between has ended the run's processes as well, so that the run counts as lost.
    pub(crate) fn publish(mut self, exit: &Exit) -> io::Result<Published> {
        let bytes = serde_json::to_vec(exit)?;
        self.0.write_all(&bytes)?;
        self.0.set_len(bytes.len() as u64)?;
        fs::rename(DRAFT, FILE)?;
        Ok(Published(self.0))
    }
}

/// A recorded end that the disk may not have yet.
#[derive(Debug)]
pub(crate) struct Published(File);

impl Published {
    pub(crate) fn sync(self) -> io::Result<()> {
        self.0.sync_all()
    }
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
