//! Small agents, and what tests use to hold and to observe them.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, mknodat};

/// Holds whoever reads a line from it until the test opens it.
#[derive(Debug)]
pub struct Gate {
    path: PathBuf,
    pipe: File,
}

impl Gate {
    pub fn new(path: &Path) -> Self {
        mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        // Opened both ways so that neither side's opening waits for the other.
        let pipe = OpenOptions::new().read(true).write(true).open(path).unwrap();
        Self { path: path.to_owned(), pipe }
    }

    /// A line of shell that waits at the gate.
    pub fn wait(&self) -> String {
        format!("read _ < '{}'", self.path.display())
    }

    /// Lets one through.
    pub fn pass(&self) {
        (&self.pipe).write_all(b"go\n").unwrap();
    }

    /// Lets everybody through, now and later.
    pub fn open(&self) {
        (&self.pipe).write_all(&b"go\n".repeat(200)).unwrap();
    }
}

/// A side file outside every repository, to which agents append what they do.
#[derive(Debug, Clone)]
pub struct Ledger {
    pub path: PathBuf,
}

impl Ledger {
    pub fn new(path: &Path) -> Self {
        File::create(path).unwrap();
        Self { path: path.to_owned() }
    }

    /// A line of shell that appends `text`, in which variables are expanded; one write, so that lines of
    /// several agents never mix.
    pub fn note(&self, text: &str) -> String {
        format!("echo \"{text}\" >> '{}'", self.path.display())
    }

    pub fn lines(&self) -> Vec<String> {
        fs::read_to_string(&self.path).unwrap().lines().map(str::to_owned).collect()
    }
}
