use std::env;
use std::process::ExitCode;

use crate::args::Scripted;

/// The interpreter owns this process and may never return; its exit code is the agent's.
pub(crate) fn scripted(words: &Scripted) -> ExitCode {
    ExitCode::from(agents::scripted::run(&words.file, |name| env::var_os(name)))
}
