//! The shim's side of a log: one thread appends, any number of threads read by offset.
//!
//! Appending never fails and never waits for a reader. Bytes the disk doesn't take are counted, and the newest of
//! them stay in memory for those who look on.

use super::{Parts, Place, file_name};
use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Smaller limits would make more files than sense.
const LEAST_LIMIT: u64 = 4 << 10;
/// A disk that is full and free by turns must not make files without end.
const MOST_PARTS: usize = 64;
/// What viewers still see of bytes that the disk did not take.
const UNWRITTEN: usize = 256 << 10;

/// What readers need to know; lives under the lock they share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    parts: Parts,
    files: Vec<Arc<File>>,
    /// Bytes that went through the terminal so far.
    pub(crate) end: u64,
    /// Bytes that could not be written.
    pub(crate) lost: u64,
    unwritten: VecDeque<u8>,
    unwritten_start: u64,
}

/// What is at an offset, ready to be read without the lock.
#[derive(Debug)]
pub(crate) enum Output {
    File { file: Arc<File>, at: u64, len: usize },
    Memory(Vec<u8>),
    Gap { to: u64 },
    End,
}

impl Shared {
    /// At most `len` bytes at `offset`.
    pub(crate) fn at(&self, offset: u64, len: usize) -> Output {
        match self.parts.place(offset, self.end) {
            Place::End => Output::End,
            Place::Part { part, available } => Output::File {
                file: Arc::clone(&self.files[part]),
                at: offset - self.parts.0[part].start,
                len: usize::try_from(available).unwrap_or(usize::MAX).min(len),
            },
            Place::Gap { to } => {
                let unwritten_end = self.unwritten_start + self.unwritten.len() as u64;
                if (self.unwritten_start..unwritten_end).contains(&offset) {
                    let skip = (offset - self.unwritten_start) as usize;
                    let len = len.min((to.min(unwritten_end) - offset) as usize);
                    Output::Memory(self.unwritten.iter().skip(skip).take(len).copied().collect())
                } else if (offset..to).contains(&self.unwritten_start) && unwritten_end > self.unwritten_start
                {
                    Output::Gap { to: self.unwritten_start }
                } else {
                    Output::Gap { to }
                }
            }
        }
    }

    /// From the first byte kept to the end.
    pub(crate) fn range(&self) -> (u64, u64) {
        (self.parts.0.first().map_or(self.end, |part| part.start), self.end)
    }

    /// Bytes of the stream that the log doesn't hold.
    pub(crate) fn missing(&self) -> u64 {
        self.end - self.parts.held()
    }

    fn remember(&mut self, at: u64, bytes: &[u8]) {
        if self.unwritten_start + self.unwritten.len() as u64 != at {
            self.unwritten.clear();
            self.unwritten_start = at;
        }
        self.unwritten.extend(bytes);
        let excess = self.unwritten.len().saturating_sub(UNWRITTEN);
        self.unwritten.drain(..excess);
        self.unwritten_start += excess as u64;
    }
}

/// What became of bytes that were to be appended.
#[derive(Debug)]
pub(crate) struct Appended {
    at: u64,
    change: Change,
}

#[derive(Debug)]
enum Change {
    Grown(u64),
    Lost(Vec<u8>),
    Begun { file: Arc<File>, dropped: usize },
}

/// Appends to the log in a folder.
#[derive(Debug)]
pub(crate) struct Writer {
    dir: PathBuf,
    head: u64,
    tail: u64,
    part: u64,
    current: Option<(Arc<File>, u64)>,
    /// Start and capacity of every part on disk; the first is the head if it starts at 0.
    kept: VecDeque<(u64, u64)>,
    end: u64,
}

impl Writer {
    pub(crate) fn new(dir: &Path, limit: u64) -> Writer {
        let limit = limit.max(LEAST_LIMIT);
        let head = limit / 2;
        Writer {
            dir: dir.to_owned(),
            head,
            tail: limit - head,
            part: limit / 8,
            current: None,
            kept: VecDeque::new(),
            end: 0,
        }
    }

    /// Appends and reports every step to `publish`, which makes it known to readers.
    pub(crate) fn append(&mut self, mut bytes: &[u8], mut publish: impl FnMut(Appended)) {
        while !bytes.is_empty() {
            let room = match &self.current {
                Some((_, room)) if *room > 0 => *room,
                _ => match self.begin() {
                    Ok((file, dropped, room)) => {
                        publish(Appended { at: self.end, change: Change::Begun { file, dropped } });
                        room
                    }
                    Err(_) => return self.lose(bytes, publish),
                },
            };
            let Some((file, left)) = &mut self.current else { return self.lose(bytes, publish) };
            let now = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
            match (&**file).write(&bytes[..now]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) | Ok(0) => {
                    let left = *left;
                    self.end_part(left);
                    return self.lose(bytes, publish);
                }
                Ok(written) => {
                    *left -= written as u64;
                    self.end += written as u64;
                    publish(Appended { at: self.end, change: Change::Grown(written as u64) });
                    bytes = &bytes[written..];
                }
            }
        }
    }

    fn lose(&mut self, bytes: &[u8], mut publish: impl FnMut(Appended)) {
        let at = self.end;
        self.end += bytes.len() as u64;
        publish(Appended { at, change: Change::Lost(bytes.to_vec()) });
    }

    /// Ends a part that takes no more. One that never took a byte goes: a full disk must not push real parts out.
    fn end_part(&mut self, left: u64) {
        self.current = None;
        if let Some((start, size)) = self.kept.back_mut() {
            *size -= left;
            if *size == 0 {
                let _ = fs::remove_file(self.dir.join(file_name(*start)));
                self.kept.pop_back();
            }
        }
    }

    /// Begins a part at the present end. Returns how many old ones after the head went for it.
    fn begin(&mut self) -> io::Result<(Arc<File>, usize, u64)> {
        let capacity = if self.end == 0 { self.head } else { self.part };
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(self.dir.join(file_name(self.end)))?;
        let mut dropped = 0;
        let has_head = self.kept.front().is_some_and(|(start, _)| *start == 0);
        let first = usize::from(has_head);
        if self.end > 0 {
            while self.kept.len() > first
                && (self.kept.range(first..).map(|(_, size)| size).sum::<u64>() + capacity > self.tail
                    || self.kept.len() >= MOST_PARTS)
            {
                if let Some((start, _)) = self.kept.remove(first) {
                    // A file that can't be removed keeps its bytes readable; the limit is late, nothing is wrong.
                    let _ = fs::remove_file(self.dir.join(file_name(start)));
                    dropped += 1;
                }
            }
        }
        self.kept.push_back((self.end, capacity));
        let file = Arc::new(file);
        self.current = Some((Arc::clone(&file), capacity));
        Ok((file, dropped, capacity))
    }
}

impl Appended {
    /// Applies the step to what readers see.
    pub(crate) fn apply(self, shared: &mut Shared) {
        match self.change {
            Change::Grown(by) => {
                shared.end = self.at;
                if let Some(part) = shared.parts.0.last_mut() {
                    part.end += by;
                }
            }
            Change::Lost(bytes) => {
                if shared.parts.0.last().is_some_and(|part| part.is_empty()) {
                    shared.parts.0.pop();
                    shared.files.pop();
                }
                shared.end = self.at + bytes.len() as u64;
                shared.lost += bytes.len() as u64;
                shared.remember(self.at, &bytes);
            }
            Change::Begun { file, dropped } => {
                let first = usize::from(shared.parts.0.first().is_some_and(|part| part.start == 0));
                let last = (first + dropped).min(shared.parts.0.len());
                shared.parts.0.drain(first..last);
                shared.files.drain(first..last);
                shared.parts.0.push(self.at..self.at);
                shared.files.push(file);
            }
        }
    }
}

impl Output {
    /// Reads what was found in a file; memory is as it is.
    pub(crate) fn read(file: &File, at: u64, len: usize, into: &mut Vec<u8>) -> io::Result<()> {
        let before = into.len();
        into.resize(before + len, 0);
        file.read_exact_at(&mut into[before..], at)
    }
}
