//! The shim: the process that owns one run's terminal and outlives window and engine.
//!
//! Threads: the main one decides when the run is over (`conclude`); one copies the terminal to the log (`drain`);
//! one types (`input`); one waits for ended children; one accepts, and two serve each connection (`serve`). All of
//! them sleep in the kernel until something happens. No async runtime: the process stays small, and there is one of
//! it per run.

mod conclude;
mod drain;
mod hub;
mod input;
mod pty;
mod serve;

use crate::claim::{self, Held, Identity};
use crate::exit::{Draft, Exit, Reason};
use crate::os;
use crate::spec::RunSpec;
use hub::Hub;
use rustix::fs::Mode;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) const SOCKET: &str = "sock";

/// The one line a shim says to whoever started it, on standard output.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Said {
    /// The run's process lives.
    Ready { shim: Identity, child: i32, started_at: u64 },
    /// The run could not start; this is recorded as its end.
    Failed { message: String },
    /// Somebody else holds or voided the claim; nothing was started.
    Fenced,
}

/// `coppice-shim --dir RUN_DIR`, with the run's specification on standard input. Returns the exit code.
pub fn main() -> i32 {
    let mut args = std::env::args_os().skip(1);
    let (Some(flag), Some(dir), None) = (args.next(), args.next(), args.next()) else { return usage() };
    if flag != "--dir" {
        return usage();
    }
    match shim(&PathBuf::from(dir)) {
        Ok(()) => 0,
        Err(error) => {
            // Before the run started this reaches the one who starts it; later there is nobody to tell.
            let _ = writeln!(io::stderr(), "coppice-shim: {error}");
            1
        }
    }
}

fn usage() -> i32 {
    let _ = writeln!(
        io::stderr(),
        "usage: coppice-shim --dir RUN_DIR < SPEC. Coppice starts it; it is not run by hand."
    );
    2
}

fn shim(run_dir: &Path) -> io::Result<()> {
    os::close_inherited()?;
    // It fails where we lead a session already, which is as good.
    let _ = rustix::process::setsid();
    os::adopt_orphans()?;

    let mut json = Vec::new();
    io::stdin().read_to_end(&mut json)?;
    let spec: RunSpec = serde_json::from_slice(&json)?;
    drop(json);

    claim::make_private_dir(run_dir)?;
    // Everything is done by relative names from here: no path is too long for a socket, and the folder may move.
    std::env::set_current_dir(run_dir)?;
    die_whole();

    // Listening comes before claiming: who sees a claim can connect.
    let caller_mask = rustix::process::umask(Mode::from_raw_mode(0o177));
    let listener = UnixListener::bind(SOCKET);
    rustix::process::umask(caller_mask);
    let listener = listener?;

    let shim = Identity::of(std::process::id() as i32)?;
    let held = Held {
        shim: shim.clone(),
        run_id: spec.run_id.clone(),
        home: spec.home().to_owned(),
        grace_ms: spec.grace_ms,
    };
    if !claim::hold(Path::new("."), held)? {
        fs::remove_file(SOCKET)?;
        return say(&Said::Fenced);
    }
    let draft = Draft::reserve()?;

    let terminal = match pty::start(&spec) {
        Ok(terminal) => terminal,
        Err(message) => {
            let reason = Reason::StartFailed { message: message.clone() };
            draft.publish(&Exit::without_status(reason, 0, Vec::new()))?.sync()?;
            fs::remove_file(SOCKET)?;
            return say(&Said::Failed { message });
        }
    };
    let started_at = crate::exit::now_ms();
    // Without this note a killed shim's processes are still found by their mark, so a full disk stops nothing.
    let _ = claim::note_child(Path::new("."), &terminal.child);
    let child = terminal.child.clone();
    let hub = Arc::new(Hub::new(&spec, &shim, &terminal, started_at)?);
    let said = say(&Said::Ready { shim, child: child.pid, started_at });
    detach_stdio()?;
    // Whoever started us may be gone; the run goes on.
    drop(said);
    conclude::conclude(&spec, terminal, hub, listener, draft)
}

fn say(said: &Said) -> io::Result<()> {
    let mut line = serde_json::to_vec(said)?;
    line.push(b'\n');
    let mut out = io::stdout();
    out.write_all(&line)?;
    out.flush()
}

fn detach_stdio() -> io::Result<()> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    Ok(())
}

/// A panic in one thread ends the process, with a note: a shim without its drain or its reaper would be a run that
/// never ends.
fn die_whole() {
    std::panic::set_hook(Box::new(|panic| {
        let _ = fs::write("panic", format!("{panic}\n"));
        std::process::abort();
    }));
}
