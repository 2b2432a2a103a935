//! A run's output on disk: one stream of bytes, addressed by offset, in a few files.
//!
//! `log` holds the stream from its first byte; `log.<offset>` holds a later part from that offset. Up to the limit
//! nothing is missing. Beyond it the first half stays and the oldest of the later parts go. A write that fails (a
//! full disk) ends a part; the next one begins where writing works again. So the names and lengths of the files say
//! which bytes are there, without an index that could disagree with them.

mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use reader::{Log, Piece};
pub(crate) use writer::{Output, Shared, Writer};

use std::ops::Range;

const HEAD: &str = "log";

/// The parts of a log: ordered, not overlapping.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parts(Vec<Range<u64>>);

/// What is at an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Bytes, in the part with this number; so many from here to its end.
    Part { part: usize, available: u64 },
    /// Nothing up to this offset.
    Gap { to: u64 },
    /// The end of what was written so far.
    End,
}

impl Parts {
    /// What is at `offset` in a stream that is `end` bytes long.
    pub(crate) fn place(&self, offset: u64, end: u64) -> Place {
        if offset >= end {
            return Place::End;
        }
        let next = self.0.partition_point(|part| part.end <= offset);
        match self.0.get(next) {
            Some(part) if part.start <= offset => {
                Place::Part { part: next, available: part.end.min(end) - offset }
            }
            Some(part) => Place::Gap { to: part.start.min(end) },
            None => Place::Gap { to: end },
        }
    }

    /// Bytes held.
    pub(crate) fn held(&self) -> u64 {
        self.0.iter().map(|part| part.end - part.start).sum()
    }

    /// The end of the last part.
    pub(crate) fn end(&self) -> u64 {
        self.0.last().map_or(0, |part| part.end)
    }
}

/// The file that holds the part from `start`.
fn file_name(start: u64) -> String {
    // Twenty digits hold every offset, so that the names sort like the offsets.
    if start == 0 { HEAD.to_owned() } else { format!("{HEAD}.{start:020}") }
}

/// The offset a file's name stands for.
fn start_of(name: &str) -> Option<u64> {
    match name.strip_prefix(HEAD)? {
        "" => Some(0),
        rest => rest.strip_prefix('.').filter(|digits| digits.len() == 20)?.parse().ok(),
    }
}
