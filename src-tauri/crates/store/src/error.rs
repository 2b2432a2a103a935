//! What can go wrong with the database, each with a sentence that says what is unharmed and what to do.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use crate::os;

type Cause = Box<dyn Error + Send + Sync>;

/// Why the store refuses or fails. After any of them nothing of the attempted write is in the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "There is no space left for the database {path}. Nothing of this change was written and everything before \
         it is safe. Free some space on that disk; Coppice then goes on by itself."
    )]
    Full {
        path: PathBuf,
        #[source]
        source: Cause,
    },

    #[error(
        "Another program holds the database {path} locked. Nothing of this change was written. Close the program \
         that has the file open and try again."
    )]
    Busy {
        path: PathBuf,
        #[source]
        source: Cause,
    },

    #[error(
        "The database {path} is damaged ({detail}). Repositories, worktrees and logs are unharmed. Move the file \
         and its -wal and -shm aside, copy the newest {name}.backup-* beside it to {name}, and start again.",
        name = file_name(.path)
    )]
    Corrupt { path: PathBuf, detail: String },

    #[error(
        "The file {path} is a database of another program. It was not touched. Choose another data directory \
         (COPPICE_HOME) or move that file away."
    )]
    Foreign { path: PathBuf },

    #[error(
        "The database {path} has schema {found} and this Coppice knows up to {known}: a newer Coppice wrote it. It \
         was not touched. Update this Coppice, or name another data directory with COPPICE_HOME."
    )]
    NewerSchema { path: PathBuf, found: i64, known: i64 },

    #[error(
        "Bringing the database {path} to schema {version} failed ({source}). It still has its former schema and all \
         its data. Report this, and go back to the former Coppice meanwhile."
    )]
    Migration {
        path: PathBuf,
        version: i64,
        #[source]
        source: Cause,
    },

    #[error(
        "{path} was deleted or replaced while Coppice was running. Nothing was written to what stands there now; \
         repositories and running agents are unharmed. Put the file back, or stop the engine, copy the newest \
         backup beside it to its place and start again."
    )]
    Vanished { path: PathBuf },

    #[error(
        "The data directory {path} is on a network file system ({kind}), where SQLite cannot keep its promises. \
         Nothing was created. Name a directory on a local disk with COPPICE_HOME, or allow this one in the settings."
    )]
    NetworkFileSystem { path: PathBuf, kind: &'static str },

    #[error(
        "Events must follow each other: {expected} is next, and the batch brings {found}. Nothing was written."
    )]
    Order { expected: u64, found: u64 },

    #[error(
        "The database refuses the change ({source}). Nothing of it was written. This is a defect: report it."
    )]
    Refused {
        #[source]
        source: Cause,
    },

    #[error("The database is closed. Nothing was written. Start the engine again.")]
    Closed,

    #[error(
        "{path} cannot be read or written ({source}). Nothing of this change was kept and everything before it is \
         safe. Check the disk and the permissions of the data directory."
    )]
    Io {
        path: PathBuf,
        #[source]
        source: Cause,
    },
}

impl StoreError {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        let full = matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        let (path, source) = (path.to_path_buf(), Box::new(source));
        if full { StoreError::Full { path, source } } else { StoreError::Io { path, source } }
    }

    /// Sorts an error of the SQL library by SQLite's result code.
    pub(crate) fn sql(path: &Path, error: sqlx::Error) -> Self {
        let code = error
            .as_database_error()
            .and_then(|e| e.code())
            .and_then(|code| code.parse::<i32>().ok())
            .map(|code| code & 0xff);
        let owned = path.to_path_buf();
        match (code, error) {
            (Some(SQLITE_FULL), error) => StoreError::Full { path: owned, source: error.into() },
            (Some(SQLITE_BUSY | SQLITE_LOCKED), error) => {
                StoreError::Busy { path: owned, source: error.into() }
            }
            (Some(SQLITE_CORRUPT | SQLITE_NOTADB), error) => {
                StoreError::Corrupt { path: owned, detail: error.to_string() }
            }
            // SQLite says "full" only where a write of pages fails: a -wal that cannot be created for want of an
            // inode is "cannot open", an index file that cannot grow is an I/O error. The file system knows.
            (Some(SQLITE_IOERR | SQLITE_CANTOPEN), error) if os::is_full(path) => {
                StoreError::Full { path: owned, source: error.into() }
            }
            (Some(SQLITE_ERROR | SQLITE_CONSTRAINT | SQLITE_MISMATCH | SQLITE_MISUSE), error) => {
                StoreError::Refused { source: error.into() }
            }
            (None, sqlx::Error::Io(error)) => StoreError::io(path, error),
            (None, sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed) => StoreError::Closed,
            (_, error) => StoreError::Io { path: owned, source: error.into() },
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

// Primary result codes of SQLite (https://www.sqlite.org/rescode.html); extended codes carry them in the low byte.
const SQLITE_ERROR: i32 = 1;
const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_IOERR: i32 = 10;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_CONSTRAINT: i32 = 19;
const SQLITE_MISMATCH: i32 = 20;
const SQLITE_MISUSE: i32 = 21;
const SQLITE_NOTADB: i32 = 26;
