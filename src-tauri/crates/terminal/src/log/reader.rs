//! Reading a log from its files alone, while the run lives and after.

use super::{Parts, Place, file_name, start_of};
use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// A run's output on disk. Cheap to open; each read looks at the files as they are then.
#[derive(Debug, Clone)]
pub struct Log {
    run_dir: PathBuf,
}

/// What a read found at an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// At least one byte, from the offset on.
    Bytes(Vec<u8>),
    /// The bytes from the offset up to `to` are not in the log.
    Gap {
        /// Where the log goes on.
        to: u64,
    },
    /// Nothing was written at this offset yet.
    End,
}

impl Log {
    /// The log of the run in this folder. It may not have begun.
    pub fn open(run_dir: &Path) -> Log {
        Log { run_dir: run_dir.to_owned() }
    }

    /// From the first byte that is kept to the end of what was written.
    pub fn range(&self) -> io::Result<Range<u64>> {
        let parts = self.parts()?;
        Ok(parts.0.first().map_or(0, |part| part.start)..parts.end())
    }

    /// The stretches of bytes that the log holds, in order.
    pub fn held(&self) -> io::Result<Vec<Range<u64>>> {
        Ok(self.parts()?.0)
    }

    /// Up to `len` bytes from `offset` on; fewer at the end of a file, so read on until `End`.
    pub fn read(&self, offset: u64, len: usize) -> io::Result<Piece> {
        loop {
            let parts = self.parts()?;
            match parts.place(offset, parts.end()) {
                Place::End => return Ok(Piece::End),
                Place::Gap { to } => return Ok(Piece::Gap { to }),
                Place::Part { part, available } => {
                    let start = parts.0[part].start;
                    let file = match File::open(self.run_dir.join(file_name(start))) {
                        Ok(file) => file,
                        // The oldest part was dropped between the look and the read: look again.
                        Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                        Err(error) => return Err(error),
                    };
                    let len = usize::try_from(available).unwrap_or(usize::MAX).min(len);
                    let mut bytes = vec![0; len];
                    file.read_exact_at(&mut bytes, offset - start)?;
                    return Ok(Piece::Bytes(bytes));
                }
            }
        }
    }

    fn parts(&self) -> io::Result<Parts> {
        let mut parts = Vec::new();
        let entries = match fs::read_dir(&self.run_dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Parts::default()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let Some(start) = entry.file_name().to_str().and_then(start_of) else { continue };
            match entry.metadata() {
                Ok(meta) => parts.push(start..start + meta.len()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        // A part that was just begun is empty and tells nothing but where the stream stood.
        parts.sort_by_key(|part| part.start);
        Ok(Parts(parts))
    }
}
