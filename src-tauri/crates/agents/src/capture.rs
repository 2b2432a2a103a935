//! Asks the user's login shell for its environment: a desktop launcher knows nothing of what nvm, mise or direnv
//! put into the shell's start-up files, and agents and checks need exactly that.
//!
//! The shell prints what it likes while it starts; ours stands between two marks, NUL-separated. It has no terminal
//! and no input, a process group of its own that is killed in the end, and a time limit.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::environment::{Environment, Source};
use crate::os;

/// Printing more than this is a defect of a start-up file, not an environment.
const MOST: usize = 8 * 1024 * 1024;

/// Set for the shell, so that start-up files can leave out what only a person at a prompt needs.
const FLAG: &str = "COPPICE_RESOLVING_ENVIRONMENT";
const MARK: &str = "COPPICE_ENVIRONMENT_MARK";

/// What a shell sets for itself and no other process should inherit.
const OWN: &[&str] = &["_", "SHLVL", "PWD", "OLDPWD", FLAG, MARK];

/// The user's environment. Asks the login shell, for at most `limit`, unless this process was started from a
/// terminal or `COPPICE_ENV=inherit` says that its own environment is already the right one. Never fails: where
/// the shell does not answer, the process's own environment serves and [`Source`] says why.
///
/// Blocks for as long as the shell takes; the engine asks once and keeps the answer.
pub fn capture(limit: Duration) -> Environment {
    if std::env::var_os("COPPICE_ENV").is_some_and(|value| value == "inherit") {
        return Environment::inherited("COPPICE_ENV=inherit is set");
    }
    if os::has_terminal() {
        return Environment::inherited("it was started from a terminal");
    }
    match shell() {
        None => Environment::inherited("no login shell is known (SHELL is not set)"),
        Some(shell) => from_shell(&shell, limit).unwrap_or_else(Environment::inherited),
    }
}

fn shell() -> Option<PathBuf> {
    #[cfg(unix)]
    return std::env::var_os("SHELL").filter(|s| !s.is_empty()).map(PathBuf::from).or_else(os::login_shell);
    #[cfg(not(unix))]
    None
}

#[cfg(not(unix))]
fn from_shell(_shell: &Path, _limit: Duration) -> Result<Environment, String> {
    Err("asking a login shell is not supported on this system yet".into())
}

/// The environment that `shell` ends up with, or why it cannot be had.
#[cfg(unix)]
pub(crate) fn from_shell(shell: &Path, limit: Duration) -> Result<Environment, String> {
    let started = Instant::now();
    let nanos = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_nanos());
    let mark = format!("coppice-{}-{nanos:x}", std::process::id());
    // One command that means the same in every shell; POSIX sh does the rest.
    let inner = format!("printf \"%s\\0\" \"${MARK}\"; env -0; printf \"%s\\0\" \"${MARK}\"");
    let mut command = Command::new(shell);
    command
        .args(flags(shell))
        .arg(format!("/bin/sh -c '{inner}'"))
        .env(MARK, &mark)
        .env(FLAG, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    os::own_group(&mut command);
    let name = shell.display();
    let mut child = command.spawn().map_err(|error| format!("{name} cannot be started ({error})"))?;
    let answer = read_answer(&mut child, mark.as_bytes(), started + limit);
    os::end_group(&mut child);
    let bytes = match answer? {
        Answer::Complete(bytes) => bytes,
        Answer::Ended => return Err(format!("{name} ended without printing its environment")),
        Answer::TooLate => {
            return Err(format!("{name} did not finish starting within {} s", limit.as_secs_f32()));
        }
        Answer::TooMuch => return Err(format!("{name} printed more than {MOST} bytes while starting")),
    };
    let variables = parse(&bytes);
    if !variables.iter().any(|(name, value)| name == "PATH" && !value.is_empty()) {
        return Err(format!("{name} printed an environment without PATH"));
    }
    Ok(Environment::new(variables, Source::Shell { shell: shell.to_path_buf(), took: started.elapsed() }))
}

/// Login and interactive: both kinds of start-up file are where people put their PATH.
fn flags(shell: &Path) -> &'static [&'static str] {
    match shell.file_name().and_then(|name| name.to_str()) {
        // Their -l stands alone or not at all; the start-up file is read anyway.
        Some("csh" | "tcsh") => &["-c"],
        Some("nu") => &["-l", "-c"],
        Some("pwsh") => &["-Login", "-Command"],
        _ => &["-l", "-i", "-c"],
    }
}

enum Answer {
    Complete(Vec<u8>),
    Ended,
    TooLate,
    TooMuch,
}

/// Reads up to the second mark and not to the end: a program that a start-up file left in the background can hold
/// the pipe open for ever.
#[cfg(unix)]
fn read_answer(child: &mut std::process::Child, mark: &[u8], deadline: Instant) -> Result<Answer, String> {
    let Some(mut output) = child.stdout.take() else {
        return Ok(Answer::Ended);
    };
    let mut marks = Marks::new(mark);
    let mut chunk = vec![0; 64 * 1024];
    let failed = |error: std::io::Error| format!("its output cannot be read ({error})");
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || !os::readable(&output, left).map_err(failed)? {
            return Ok(Answer::TooLate);
        }
        let count = output.read(&mut chunk).map_err(failed)?;
        if count == 0 {
            return Ok(Answer::Ended);
        }
        if let Some(answer) = marks.add(&chunk[..count]) {
            return Ok(Answer::Complete(answer));
        }
        if marks.bytes.len() > MOST {
            return Ok(Answer::TooMuch);
        }
    }
}

/// Bytes as they come, searched for what stands between two marks. Each byte is looked at once.
struct Marks {
    bytes: Vec<u8>,
    first: Vec<u8>,
    second: Vec<u8>,
    /// Where the answer begins, once the first mark was seen.
    start: Option<usize>,
    /// Up to where the present mark was searched for in vain.
    searched: usize,
}

impl Marks {
    fn new(mark: &[u8]) -> Self {
        let first = [mark, &[0]].concat();
        // The environment itself holds the mark as the value of a variable; the second one stands alone.
        let second = [&[0], mark, &[0]].concat();
        Marks { bytes: Vec::new(), first, second, start: None, searched: 0 }
    }

    fn add(&mut self, chunk: &[u8]) -> Option<Vec<u8>> {
        self.bytes.extend_from_slice(chunk);
        if self.start.is_none() {
            let end = self.search(false)? + self.first.len();
            (self.start, self.searched) = (Some(end), end);
        }
        let start = self.start?;
        let end = self.search(true)?;
        Some(self.bytes[start..end].to_vec())
    }

    fn search(&mut self, second: bool) -> Option<usize> {
        let mark = if second { &self.second } else { &self.first };
        let from = self.searched;
        let found = self.bytes[from..].windows(mark.len()).position(|window| window == mark.as_slice());
        if found.is_none() {
            self.searched = from.max((self.bytes.len() + 1).saturating_sub(mark.len()));
        }
        Some(from + found?)
    }
}

fn parse(bytes: &[u8]) -> Vec<(OsString, OsString)> {
    bytes
        .split(|byte| *byte == 0)
        .filter_map(|entry| {
            let equals = entry.iter().position(|byte| *byte == b'=')?;
            let (name, value) = (&entry[..equals], &entry[equals + 1..]);
            let own = OWN.iter().any(|own| own.as_bytes() == name);
            (!name.is_empty() && !own).then(|| (text(name), text(value)))
        })
        .collect()
}

#[cfg(unix)]
fn text(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).to_owned()
}

#[cfg(not(unix))]
fn text(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
