//! The files in which a session keeps what was said in it: its own, and those of its sub-agents.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::program::{Program, Reading};

/// From where on a session's files belong to a run. What stands before was another run's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    path: PathBuf,
    from: u64,
    /// The same of each sub-agent's file that was there; all of a later one belongs to the run.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    sides: BTreeMap<PathBuf, u64>,
}

impl Place {
    /// A session that began with the run.
    pub fn beginning(path: PathBuf) -> Place {
        Place { path, from: 0, sides: BTreeMap::new() }
    }

    /// A session that is gone on with: all that is in its files now was an earlier run's.
    pub fn end(program: &Program, path: PathBuf) -> Place {
        let length = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
        let sides = sides(program, &path).into_iter().map(|side| (side.clone(), length(&side))).collect();
        Place { from: length(&path), path, sides }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A session's files, read on whenever one of them has changed.
#[derive(Debug)]
pub struct Transcript {
    program: &'static Program,
    path: PathBuf,
    offset: u64,
    /// Signals before this byte have been told.
    told: u64,
    limit_ends: Option<i64>,
    sides: BTreeMap<PathBuf, u64>,
}

impl Transcript {
    pub fn new(program: &'static Program, place: Place) -> Transcript {
        let Place { path, from, sides } = place;
        Transcript { program, path, offset: from, told: 0, limit_ends: None, sides }
    }

    /// The same by whoever comes later: use is counted from the beginning, signals are heard from `told` on, which
    /// was the [offset](Transcript::offset) of an earlier reader.
    pub fn told_to(self, told: u64) -> Transcript {
        Transcript { told, ..self }
    }

    /// Where the first line that was not read begins.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the whole lines that have been added. A file that does not exist yet has none, and a line that is not
    /// understood is passed over.
    ///
    /// # Errors
    /// Those of reading a file.
    pub fn read(&mut self) -> io::Result<Reading> {
        let mut reading = Reading { limit_ends: self.limit_ends, ..Reading::default() };
        lines(&self.path, &mut self.offset, |end, line| {
            let signals = reading.signals.len();
            (self.program.line)(line, &mut reading);
            if end <= self.told {
                reading.signals.truncate(signals);
            }
        })?;
        self.limit_ends = reading.limit_ends;
        for path in sides(self.program, &self.path) {
            let mut of_side = Reading::default();
            let offset = self.sides.entry(path.clone()).or_default();
            lines(&path, offset, |_, line| (self.program.line)(line, &mut of_side))?;
            // How a sub-agent ends is the session's own affair.
            reading.usage.append(&mut of_side.usage);
        }
        Ok(reading)
    }
}

/// Hands on each whole line from `offset` on, with where it ends.
fn lines(path: &Path, offset: &mut u64, mut take: impl FnMut(u64, &serde_json::Value)) -> io::Result<()> {
    let mut bytes = Vec::new();
    match std::fs::File::open(path) {
        Ok(mut file) => {
            file.seek(SeekFrom::Start(*offset))?;
            file.read_to_end(&mut bytes)?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    for line in bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
        *offset += line.len() as u64;
        if let Ok(line) = serde_json::from_slice(line) {
            take(*offset, &line);
        }
    }
    Ok(())
}

/// The sub-agents' files, those of groups of them included.
fn sides(program: &Program, transcript: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = program.sides.iter().map(|folder| folder(transcript)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            // A link is neither: it could lead round in a circle.
            let kind = entry.file_type();
            if kind.as_ref().is_ok_and(std::fs::FileType::is_dir) {
                folders.push(entry.path());
            } else if kind.is_ok_and(|kind| kind.is_file())
                && entry.path().extension().is_some_and(|ending| ending == "jsonl")
            {
                found.push(entry.path());
            }
        }
    }
    found
}
