use std::io::Write;
use std::process::ExitCode;

use engine::{Home, Programs, Served};

use crate::args::Engine;
use crate::failure::Failure;

/// The engine's own process: what it says first, on standard output, tells its starter how it went.
pub(crate) fn engine(words: Engine) -> Result<ExitCode, Failure> {
    client::leave_session();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("COPPICE_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    let home = words.home.unwrap_or_else(client::home);
    let failed = |error: String| Failure::Engine(error);
    let home = Home::open(&home).map_err(|error| failed(format!("{}: {error}", home.display())))?;
    let find =
        |name| client::sibling(name).map_err(|error| failed(format!("{name} can't be found: {error}")));
    let programs = Programs { coppice: find("coppice")?, shim: find("coppice-shim")? };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(format!("its threads can't be started: {error}")))?;
    let ready = || say("ready");
    match runtime.block_on(engine::serve(home, programs, ready)) {
        Ok(Served::Ended) => Ok(ExitCode::SUCCESS),
        Ok(Served::Busy(holder)) => {
            say(&format!("busy {}", holder.map(|pid| pid.to_string()).unwrap_or_default()));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(failed(error.to_string())),
    }
}

/// The starter reads one line and may be gone by then.
fn say(line: &str) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
