//! Running a script: steps in order, each under its condition.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::act;
use super::step::{Script, When};
use crate::os;

/// Set for a daemon that a script starts: how many milliseconds it lives.
pub(super) const DAEMON: &str = "COPPICE_SCRIPTED_DAEMON";

/// Set when the interpreter starts itself again to ignore signals: the step to go on with, and the last answer.
pub(super) const RESUME: &str = "COPPICE_SCRIPTED_RESUME";

/// How many times as fast as it says a script waits and types, so that a test can play a demo.
const SPEED: &str = "COPPICE_DEMO_SPEED";

/// Runs the script in `file` and returns the exit code for this process.
///
/// `variable` looks up the environment. The interpreter owns the process: it reads the standard input, may start
/// itself again with the same arguments, may ignore signals and may never return.
pub fn run(file: &Path, variable: impl Fn(&str) -> Option<OsString>) -> u8 {
    if let Some(lasts) = variable(DAEMON) {
        return daemon(&lasts);
    }
    let script = match Script::read(file) {
        Ok(script) => script,
        Err(error) => {
            say(&error.to_string());
            return 2;
        }
    };
    let worktree = match variable("COPPICE_WORKTREE") {
        Some(path) => Ok(PathBuf::from(path)),
        None => std::env::current_dir(),
    };
    let worktree = match worktree.and_then(|path| path.canonicalize()) {
        Ok(worktree) => worktree,
        Err(error) => {
            say(&format!(
                "The worktree is not there ({error}). Start the script in one, or set COPPICE_WORKTREE."
            ));
            return 2;
        }
    };
    let mut play = Play { worktree, variable: &variable, answer: String::new(), next: 0 };
    if let Some((next, answer)) = variable(RESUME).and_then(|text| resume(&text)) {
        (play.next, play.answer) = (next, answer);
    }
    while let Some(step) = script.steps.get(play.next) {
        play.next += 1;
        if !play.holds(&step.when) {
            continue;
        }
        match act::act(&mut play, &step.act) {
            Ok(None) => {}
            Ok(Some(code)) => return code,
            Err(why) => {
                say(&format!("{}:{}: {why}", file.display(), step.line));
                return 1;
            }
        }
    }
    0
}

/// A script under way.
pub(super) struct Play<'a> {
    /// Canonical.
    pub(super) worktree: PathBuf,
    variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// The last answer to a question.
    pub(super) answer: String,
    /// The index of the step after the present one.
    pub(super) next: usize,
}

impl Play<'_> {
    fn holds(&self, when: &When) -> bool {
        let text = |name| (self.variable)(name).map(|value| value.to_string_lossy().into_owned());
        let attempt = text("COPPICE_ATTEMPT").and_then(|number| number.parse().ok()).unwrap_or(1);
        let is = |wanted: &Option<String>, name| wanted.is_none() || *wanted == text(name);
        let answered = |wanted: &String| wanted.trim().to_lowercase() == self.answer.trim().to_lowercase();
        (when.attempt.is_empty() || when.attempt.contains(&attempt))
            && is(&when.stage, "COPPICE_STAGE")
            && is(&when.task, "COPPICE_TASK")
            && when.answer.as_ref().is_none_or(answered)
    }

    /// A pause of the script at the speed that is asked for.
    pub(super) fn hurried(&self, pause: Duration) -> Duration {
        let speed = (self.variable)(SPEED).and_then(|text| text.to_str()?.parse::<f64>().ok());
        let slowed = |speed: f64| Duration::try_from_secs_f64(pause.as_secs_f64() / speed).ok();
        speed.filter(|speed| *speed > 0.0).and_then(slowed).unwrap_or(pause)
    }

    /// Sets in the variables of Coppice. Everything else that looks like one belongs to the text.
    pub(super) fn fill(&self, text: &str) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            filled.push_str(&rest[..start]);
            rest = &rest[start..];
            let name = rest.find('}').map(|end| &rest[2..end]).filter(|name| is_ours(name));
            match name {
                None => {
                    filled.push_str("${");
                    rest = &rest[2..];
                }
                Some(name) => {
                    let value = (self.variable)(name).ok_or_else(|| {
                        format!("{name} is not set. Start the script as an agent of a plan.")
                    })?;
                    filled.push_str(&value.to_string_lossy());
                    rest = &rest[name.len() + 3..];
                }
            }
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// Where a step's path leads: inside the worktree, symbolic links included, or where a variable names it.
    pub(super) fn place(&self, path: &str) -> Result<PathBuf, String> {
        let filled = PathBuf::from(self.fill(path)?);
        let full = self.worktree.join(&filled);
        if filled.is_absolute() && !full.starts_with(&self.worktree) {
            return Ok(full);
        }
        let existing = full.ancestors().skip(1).find(|folder| folder.symlink_metadata().is_ok());
        let real = existing.and_then(|folder| folder.canonicalize().ok());
        let climbs = filled.components().any(|part| part == std::path::Component::ParentDir);
        if climbs || !real.is_some_and(|folder| folder.starts_with(&self.worktree)) {
            return Err(format!("{} lies outside the worktree. Name a path inside it.", full.display()));
        }
        Ok(full)
    }
}

fn is_ours(name: &str) -> bool {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    plain && (name.starts_with("COPPICE_") || name == "TEST_PORT_OFFSET")
}

fn resume(text: &OsString) -> Option<(usize, String)> {
    let (next, answer) = text.to_str()?.split_once(':')?;
    Some((next.parse().ok()?, answer.to_owned()))
}

/// The part of a daemon: a session of its own, a word to its parent that it has one, and then nothing.
fn daemon(lasts: &OsString) -> u8 {
    let lasts = lasts.to_str().and_then(|text| text.parse().ok()).unwrap_or(0);
    if let Err(error) = os::own_session() {
        say(&format!("The daemon cannot have a session of its own ({error})."));
        return 1;
    }
    let told = std::io::stdout().write_all(b"\n").and_then(|()| std::io::stdout().flush());
    if told.and_then(|()| os::close_terminal()).is_err() {
        return 1;
    }
    std::thread::sleep(Duration::from_millis(lasts));
    0
}

/// To the terminal; a terminal that is gone is nobody to tell.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
