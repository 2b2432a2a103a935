//! Opening the terminal and starting the run's process in it.

use crate::claim::Identity;
use crate::os;
use crate::spec::{RUN_VARIABLE, RunSpec};
use portable_pty::{CommandBuilder, PtySize, SlavePty, native_pty_system};
use rustix::fs::OFlags;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

/// A terminal with a process in it.
pub(crate) struct Terminal {
    /// Our end; reads and writes return at once.
    pub(crate) master: Arc<OwnedFd>,
    /// The process's end. While we hold it open too, the terminal goes on existing when the process closes it.
    pub(crate) slave: Box<dyn SlavePty + Send>,
    pub(crate) child: Identity,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").field("child", &self.child).finish_non_exhaustive()
    }
}

/// Starts the process. The error is a sentence for the person.
pub(crate) fn start(spec: &RunSpec) -> Result<Terminal, String> {
    let Some(program) = spec.argv.first() else { return Err("The command is empty.".into()) };
    // The library would start in the home folder instead.
    if !spec.cwd.is_dir() {
        return Err(format!("The folder {} does not exist.", spec.cwd.display()));
    }
    let mut command = CommandBuilder::from_argv(spec.argv.clone());
    command.cwd(&spec.cwd);
    command.env_clear();
    for (name, value) in &spec.env {
        command.env(name, value);
    }
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    command.env(RUN_VARIABLE, &spec.run_id);
    runnable(program, spec)?;

    let terminal = |error: &dyn std::fmt::Display| format!("The terminal can't be opened: {error}.");
    let size = PtySize { rows: spec.rows.max(1), cols: spec.cols.max(1), pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).map_err(|e| terminal(&e))?;
    let raw = pair.master.as_raw_fd().ok_or_else(|| terminal(&"it has no descriptor"))?;
    let master = os::duplicate(raw).map_err(|e| terminal(&e))?;
    // One flag for all copies of the descriptor: reading, writing and polling never block.
    let flags = rustix::fs::fcntl_getfl(&master).map_err(|e| terminal(&e))?;
    rustix::fs::fcntl_setfl(&master, flags | OFlags::NONBLOCK).map_err(|e| terminal(&e))?;

    let started = pair
        .slave
        .spawn_command(command)
        .map_err(|error| format!("{} can't be started: {error:#}.", Path::new(program).display()))?;
    let pid = started.process_id().and_then(|pid| i32::try_from(pid).ok()).unwrap_or_default();
    // Nobody waits for children yet, so it is there even if it has ended: as a zombie with its start time.
    let child = Identity::of(pid).map_err(|e| format!("The process that was started can't be seen: {e}."))?;
    Ok(Terminal { master: Arc::new(master), slave: pair.slave, child })
}

/// Says what stands in the way of starting `program`, before a fork hides it: after it the library can't tell.
fn runnable(program: &OsStr, spec: &RunSpec) -> Result<(), String> {
    let shown = Path::new(program).display();
    let path = if program.as_bytes().contains(&b'/') {
        let path = spec.cwd.join(program);
        if !path.exists() {
            return Err(format!("The program {shown} does not exist."));
        }
        path
    } else {
        let search = spec.env.iter().rfind(|(name, _)| name == "PATH").map(|(_, value)| value.clone());
        let Some(search) = search else {
            return Err(format!("The program {shown} can't be looked up: the environment has no PATH."));
        };
        let mut places = std::env::split_paths(&search).map(|dir| spec.cwd.join(dir).join(program));
        match places.find(|place| is_program(place)) {
            Some(place) => place,
            None => {
                return Err(format!(
                    "The program {shown} was not found. Looked in {}.",
                    Path::new(&search).display()
                ));
            }
        }
    };
    if !is_program(&path) {
        return Err(format!("{} is not an executable file.", path.display()));
    }
    if let Ok(Some(interpreter)) = interpreter(&path)
        && !spec.cwd.join(&interpreter).exists()
    {
        return Err(format!(
            "{} asks for the interpreter {}, which does not exist.",
            path.display(),
            Path::new(&interpreter).display()
        ));
    }
    Ok(())
}

fn is_program(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// The first word after `#!`, if that is how the file begins.
fn interpreter(path: &Path) -> io::Result<Option<std::ffi::OsString>> {
    let mut start = Vec::new();
    File::open(path)?.take(256).read_to_end(&mut start)?;
    let Some(line) = start.strip_prefix(b"#!") else { return Ok(None) };
    let line = line.split(|b| *b == b'\n').next().unwrap_or_default();
    let word = line.split(|b| b.is_ascii_whitespace()).find(|word| !word.is_empty());
    Ok(word.map(|word| OsStr::from_bytes(word).to_owned()))
}
