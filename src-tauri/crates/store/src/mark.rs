//! A high-water mark beside the database: how far it got. A deleted or truncated -wal takes acknowledged events
//! with it and leaves a consistent, older database; only something outside the database can tell.
//!
//! The mark is written after a commit is on disk and is itself not forced there, so it is never ahead of the truth.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Acknowledged events that are not in the database any more. Reported once, at open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The database is an older state of itself: its -wal was lost, or a backup was put in its place.
    Older { acknowledged: u64, found: u64 },
    /// Another database stands where one with this many events was.
    Replaced { acknowledged: u64 },
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Loss::Older { acknowledged, found } => write!(
                f,
                "The database ends at event {found}, and {acknowledged} events had been recorded: the last {} are \
                 lost (a -wal file was removed, or an older copy was put back). Git holds every commit; check the \
                 tasks that ran last.",
                acknowledged - found
            ),
            Loss::Replaced { acknowledged } => write!(
                f,
                "The database is another one than before, which had {acknowledged} events. Git holds every commit; \
                 a backup of the former database may lie beside it."
            ),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Mark {
    file: File,
    id: String,
}

impl Mark {
    /// Opens the mark of database `id`, which is at `found` now, and says what had been there before.
    pub(crate) fn open(path: &Path, id: String, found: u64) -> std::io::Result<(Self, Option<Loss>)> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        let mut text = String::new();
        // A mark that is no text says nothing; it is overwritten by the next commit.
        let loss = match file.read_to_string(&mut text) {
            Ok(_) => loss(&text, &id, found),
            Err(_) => None,
        };
        let mut mark = Mark { file, id };
        // Said once: from here on the mark agrees with what there is.
        mark.set(found)?;
        Ok((mark, loss))
    }

    /// Records that the events up to `seq` are on disk. Fixed width, so that it never needs a new block.
    pub(crate) fn set(&mut self, seq: u64) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(format!("{} {seq:020}\n", self.id).as_bytes())
    }
}

fn loss(text: &str, id: &str, found: u64) -> Option<Loss> {
    let (former, acknowledged) = text.trim_end().split_once(' ')?;
    let acknowledged: u64 = acknowledged.parse().ok()?;
    if former != id {
        (acknowledged > 0).then_some(Loss::Replaced { acknowledged })
    } else {
        (acknowledged > found).then_some(Loss::Older { acknowledged, found })
    }
}
