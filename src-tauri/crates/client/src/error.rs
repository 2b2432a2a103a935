use std::{io, path::PathBuf};

use protocol::ErrorCode;

/// Why there is no answer from the engine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The engine understood the request and did not carry it out.
    #[error(transparent)]
    Answer(#[from] protocol::Error),
    /// The connection ended; whether the request was carried out is not known.
    #[error("The engine went away before it answered.")]
    Gone,
    #[error("No engine listens at {socket}.")]
    NotRunning { socket: PathBuf, source: io::Error },
    #[error("The connection to the engine at {socket} fails.")]
    Connect { socket: PathBuf, source: io::Error },
    #[error("The process that listens at {socket} belongs to another user.")]
    Stranger { socket: PathBuf },
    #[error("The engine at {socket} does not say hello.")]
    Silent { socket: PathBuf },
    #[error(
        "The engine speaks version {engine} of the protocol and this program version {}.",
        protocol::VERSION
    )]
    Version { engine: u32 },
    #[error("The engine sent a line that is not part of the protocol.")]
    Garbled { source: serde_json::Error },
    #[error("The data directory {path} can't be used.")]
    Home { path: PathBuf, source: io::Error },
    #[error("The engine program {program} can't be started.")]
    Start { program: PathBuf, source: io::Error },
    /// It ended, or stayed silent, before it listened. `said` is the end of its log.
    #[error("The engine did not start: {why}.{}", last_words(said))]
    Stillborn { why: String, said: String, log: PathBuf },
}

fn last_words(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!(" It said: {said}") }
}

impl Error {
    /// Whether connecting again (or starting an engine) can help.
    pub fn is_gone(&self) -> bool {
        match self {
            Error::Gone | Error::NotRunning { .. } | Error::Connect { .. } | Error::Silent { .. } => true,
            Error::Answer(_)
            | Error::Stranger { .. }
            | Error::Version { .. }
            | Error::Garbled { .. }
            | Error::Home { .. }
            | Error::Start { .. }
            | Error::Stillborn { .. } => false,
        }
    }

    /// What to do about it, where the message alone doesn't say.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::Answer(answer) => answer.hint.clone(),
            Error::Gone => Some("Nothing that was acknowledged is lost; try again.".into()),
            Error::NotRunning { .. } | Error::Connect { .. } | Error::Silent { .. } => {
                Some("Start it with `coppice engine`, or try again.".into())
            }
            Error::Stranger { .. } => Some("Set COPPICE_HOME to a directory of your own.".into()),
            Error::Version { .. } => {
                Some("End the running engine with `coppice shutdown`, then try again.".into())
            }
            Error::Garbled { .. } => Some("Window, command line and engine must be of one build.".into()),
            Error::Home { .. } => Some("Set COPPICE_HOME to a directory that you can write to.".into()),
            Error::Start { .. } => {
                Some("The programs coppice, coppice-shim and coppice-desktop belong in one folder.".into())
            }
            Error::Stillborn { log, .. } => Some(format!("Its log is {}.", log.display())),
        }
    }

    /// The same for the wire, so that a caller has one kind of error to show.
    pub fn into_wire(self) -> protocol::Error {
        let hint = self.hint();
        let code = match &self {
            Error::Answer(_) => ErrorCode::Internal,
            Error::Version { .. } => ErrorCode::Version,
            Error::Stranger { .. } => ErrorCode::Forbidden,
            Error::Gone
            | Error::NotRunning { .. }
            | Error::Connect { .. }
            | Error::Silent { .. }
            | Error::Garbled { .. }
            | Error::Home { .. }
            | Error::Start { .. }
            | Error::Stillborn { .. } => ErrorCode::Internal,
        };
        let mut message = self.to_string();
        match self {
            Error::Answer(answer) => return answer,
            Error::Home { source, .. } | Error::Start { source, .. } | Error::Connect { source, .. } => {
                message = format!("{} ({source})", message.trim_end_matches('.'));
            }
            _ => {}
        }
        protocol::Error { code, message, hint, problems: Vec::new() }
    }
}
