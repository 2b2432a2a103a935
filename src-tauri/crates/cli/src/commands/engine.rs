use std::process::ExitCode;

use crate::args::Engine;
use crate::failure::Failure;

/// The engine's own process: what it says first, on standard output, tells its starter how it went.
pub(crate) fn engine(words: Engine) -> Result<ExitCode, Failure> {
    client::leave_session();
    let home = words.home.unwrap_or_else(client::home);
    Err(Failure::Engine(format!("this build has none to serve {}.", home.display())))
}
