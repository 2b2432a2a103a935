//! Why a command did not do its work, said once on standard error, and the exit status that goes with it.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use protocol::{ErrorCode, Problem};

/// All landed, or done.
pub(crate) const DONE: ExitCode = ExitCode::SUCCESS;

/// Something failed or waits for a person.
pub(crate) fn open() -> ExitCode {
    ExitCode::from(1)
}

/// Bad usage, plan or repository.
fn bad() -> ExitCode {
    ExitCode::from(2)
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What the user named does not exist, or is not what it should be.
    #[error("{message}")]
    Usage { message: String, hint: Option<String> },
    /// The plan file does not hold together.
    #[error("The plan {file} has errors.", file = file.display())]
    Plan { file: PathBuf, problems: Vec<Problem> },
    /// The engine said no.
    #[error("{0}")]
    Answer(protocol::Error),
    /// There is no engine to ask.
    #[error("{0}")]
    NoEngine(client::Error),
    /// The engine answered something else than what was asked.
    #[error("The engine answers {what} with something else.")]
    Unexpected { what: &'static str },
    #[error("The engine ends: {0}")]
    Engine(String),
    #[error("{what} fails: {source}")]
    System { what: &'static str, source: io::Error },
    /// Whoever read our output has gone; nobody is left to tell.
    #[error("The output is closed.")]
    Closed,
    /// Ctrl-C before anything was started.
    #[error("Interrupted; nothing was started.")]
    Interrupted,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Failure::Usage { message: message.into(), hint: None }
    }

    pub(crate) fn hinted(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Failure::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    fn code(&self) -> ExitCode {
        match self {
            Failure::Usage { .. } | Failure::Plan { .. } => bad(),
            Failure::Answer(error) => match error.code {
                ErrorCode::NotFound
                | ErrorCode::InvalidPlan
                | ErrorCode::TrustNeeded
                | ErrorCode::Repository => bad(),
                ErrorCode::Refused
                | ErrorCode::Moved
                | ErrorCode::Store
                | ErrorCode::Version
                | ErrorCode::Forbidden
                | ErrorCode::Internal => open(),
            },
            // `coppice events | head` has done what was wanted of it.
            Failure::Closed => DONE,
            Failure::NoEngine(_)
            | Failure::Unexpected { .. }
            | Failure::Engine(_)
            | Failure::System { .. }
            | Failure::Interrupted => open(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Failure::Usage { hint, .. } => hint.clone(),
            Failure::Answer(error) => error.hint.clone(),
            Failure::NoEngine(error) => error.hint(),
            Failure::Unexpected { .. } => {
                Some("Program and engine must be of one build: `coppice shutdown`.".into())
            }
            Failure::Plan { .. }
            | Failure::Engine(_)
            | Failure::System { .. }
            | Failure::Closed
            | Failure::Interrupted => None,
        }
    }

    /// Says it on standard error.
    pub(crate) fn report(self) -> ExitCode {
        match &self {
            Failure::Closed => {}
            Failure::Plan { file, problems } => say(&crate::plan_file::lines(file, problems)),
            Failure::Answer(error) if !error.problems.is_empty() => {
                say(&format!("coppice: {error}\n"));
                say(&crate::plan_file::lines(std::path::Path::new(""), &error.problems));
            }
            Failure::Usage { .. }
            | Failure::Answer(_)
            | Failure::NoEngine(_)
            | Failure::Unexpected { .. }
            | Failure::Engine(_)
            | Failure::System { .. }
            | Failure::Interrupted => say(&format!("coppice: {self}\n")),
        }
        if let Some(hint) = self.hint() {
            say(&format!("  {hint}\n"));
        }
        self.code()
    }
}

/// Writes to standard error, whether anybody reads it or not.
pub(crate) fn say(text: &str) {
    use io::Write;
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

impl From<client::Error> for Failure {
    fn from(error: client::Error) -> Self {
        match error {
            client::Error::Answer(answer) => Failure::Answer(answer),
            other => Failure::NoEngine(other),
        }
    }
}

/// Only for writing to standard output.
impl From<io::Error> for Failure {
    fn from(source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::System { what: "Writing the output", source },
        }
    }
}
