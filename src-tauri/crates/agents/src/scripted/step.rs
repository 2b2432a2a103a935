//! A script as data.

use std::path::Path;
use std::time::Duration;

use super::parse::{self, ScriptError};
use crate::usage::Usage;

/// A script that was read without an error.
#[derive(Debug, Clone, PartialEq)]
pub struct Script {
    pub(super) steps: Vec<Step>,
}

impl Script {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// [`ScriptError`], with the line.
    pub fn read(path: &Path) -> Result<Script, ScriptError> {
        match std::fs::read_to_string(path) {
            Ok(text) => parse::parse(&text).map_err(|error| error.in_file(path)),
            Err(source) => Err(ScriptError::Unreadable { path: path.to_path_buf(), source }),
        }
    }
}

/// One step and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    /// From 1.
    pub(super) line: usize,
    pub(super) when: When,
    pub(super) act: Act,
}

/// Conditions that all have to hold; an absent one does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct When {
    pub(super) attempt: Vec<u32>,
    pub(super) stage: Option<String>,
    pub(super) task: Option<String>,
    /// The last answer to a question, without regard to case.
    pub(super) answer: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    Write {
        path: String,
        content: String,
        executable: bool,
    },
    Append {
        path: String,
        content: String,
    },
    Delete {
        path: String,
    },
    Commit {
        paths: Vec<String>,
        message: String,
    },
    Run {
        command: Vec<String>,
        code: i32,
    },
    Sleep(Duration),
    Print {
        text: String,
        end: String,
        per_char: Duration,
    },
    /// `None`: for ever.
    Flood(Option<u64>),
    Ask {
        question: String,
        expect: Vec<String>,
        /// What counts as the answer when none comes in time.
        unanswered: Option<(String, Duration)>,
    },
    Hang,
    Ignore(Vec<Signal>),
    CloseTerminal,
    Daemon {
        place: Place,
        lasts: Duration,
        pid_file: Option<String>,
    },
    Usage(Usage),
    Exit(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    Hup,
    Int,
    Term,
}

/// Where a daemon works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Inside,
    Outside,
}
