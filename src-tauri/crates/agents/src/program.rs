//! What is heard from, and said to, an agent program that has hooks and keeps a transcript.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::adapter::{ADAPTERS, AgentSpec};
use crate::environment::Environment;
use crate::signal::{Answer, Heard, Keys, Presence, Signal};
use crate::usage::Usage;

/// The functions of one program. What each needs to know is in that program's file.
#[derive(Debug)]
pub struct Program {
    pub(crate) hook: fn(&Value) -> Option<Heard>,
    pub(crate) reply: fn(&Value, &Answer) -> Option<String>,
    pub(crate) keys: fn(&Value, &Answer) -> Vec<Keys>,
    pub(crate) line: fn(&Value, &mut Reading),
    /// The folder in which the session of this transcript keeps those of its sub-agents, one file each.
    pub(crate) sides: Option<fn(&Path) -> PathBuf>,
    pub(crate) last_message: fn(&Path, &[u8]) -> Option<String>,
    pub(crate) presence: Option<Watching>,
    pub(crate) silence: &'static str,
}

/// A folder with a file per live session, and how such a file is read.
#[derive(Debug)]
pub(crate) struct Watching {
    pub(crate) folder: fn(&AgentSpec, &Environment) -> Option<PathBuf>,
    pub(crate) read: fn(&Value) -> Option<Presence>,
}

impl Program {
    /// The program that the adapter of this name starts, where it has hooks.
    pub fn of(adapter: &str) -> Option<&'static Program> {
        ADAPTERS.iter().find(|known| known.name == adapter)?.program
    }

    /// What a hook's JSON says; `None` for what concerns nobody.
    pub fn hear(&self, hook: &[u8]) -> Option<Heard> {
        (self.hook)(&serde_json::from_slice(hook).ok()?)
    }

    /// What the caller of a hook that [waits](Heard::waits) prints so that the program goes on with this answer;
    /// `None` where the program takes answers from its terminal only.
    pub fn reply(&self, hook: &[u8], answer: &Answer) -> Option<String> {
        (self.reply)(&serde_json::from_slice(hook).ok()?, answer)
    }

    /// What to type so that the dialog that this hook announced is answered, for when nobody waits for a reply.
    pub fn keys(&self, hook: &[u8], answer: &Answer) -> Vec<Keys> {
        serde_json::from_slice(hook).map(|hook| (self.keys)(&hook, answer)).unwrap_or_default()
    }

    /// Why its hooks may be silent, in a sentence that says where to look.
    pub fn silence(&self) -> &'static str {
        self.silence
    }

    /// The folder to watch for what no hook tells: a turn that was broken off before anything was answered.
    pub fn presence_folder(&self, spec: &AgentSpec, environment: &Environment) -> Option<PathBuf> {
        (self.presence.as_ref()?.folder)(spec, environment)
    }

    /// A file of that folder, to be compared with what was heard last: [`Presence::interrupts`].
    pub fn presence(&self, file: &[u8]) -> Option<Presence> {
        (self.presence.as_ref()?.read)(&serde_json::from_slice(file).ok()?)
    }

    /// The final answer of a run that ended by itself, from the run's folder and the end of its terminal's log.
    pub fn last_message(&self, run_dir: &Path, log: &[u8]) -> Option<String> {
        (self.last_message)(run_dir, log)
    }
}

/// What one look at a transcript brought.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Each with an id; a later record replaces an earlier one with the same id, as [`crate::Ledger`] does.
    pub usage: Vec<Usage>,
    /// Turns that failed or were broken off.
    pub signals: Vec<Signal>,
    /// When the account's limit ends, as last told; for a failure further down.
    pub(crate) limit_ends: Option<i64>,
}
