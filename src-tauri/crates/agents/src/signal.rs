//! What an agent program says about itself, in words that know no program; and what is said to it.

use std::path::PathBuf;

/// Something that a program told, by a hook or in its transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// It runs and its hooks reach us: only from here on does their silence mean anything.
    SessionStarted {
        session: String,
        /// The file in which the program keeps the conversation; [`crate::Transcript`] reads it.
        transcript: Option<PathBuf>,
    },
    /// It is at work. The words say what on: "Editing src/store.rs".
    Working { action: String },
    /// It waits for a person to allow this action, in the words that [`Signal::Working`] had for it.
    PermissionAsked { what: String },
    /// This action has run or failed. If it waited for a person, it no longer does.
    Done { what: String },
    /// It waits for a person to answer.
    Question { text: String, options: Vec<String> },
    /// It came to the end of its turn by itself.
    Stopped { message: Option<String> },
    /// It gave its turn up. The same failure can be told twice, by the hook first and then, with more in it, by
    /// the transcript.
    Failed { code: FailCode, message: String },
    /// A person broke its turn off, or refused what it wanted to do.
    Interrupted,
    /// Its session is over.
    Ended,
}

impl Signal {
    /// Whether the program, having said this, is at work or waits for a person in the middle of it.
    pub fn is_busy(&self) -> bool {
        match self {
            Signal::Working { .. }
            | Signal::PermissionAsked { .. }
            | Signal::Done { .. }
            | Signal::Question { .. } => true,
            Signal::SessionStarted { .. }
            | Signal::Stopped { .. }
            | Signal::Failed { .. }
            | Signal::Interrupted
            | Signal::Ended => false,
        }
    }
}

/// Why a turn failed, as far as it decides what is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailCode {
    /// The login is missing, expired or refused.
    Auth,
    /// The account's limit is used up.
    RateLimit {
        /// Seconds since 1970, where the program was told.
        until: Option<i64>,
    },
    /// The model could not be reached, or broke off.
    Network,
    Other,
}

/// A hook that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub signal: Signal,
    /// The program asks beside its own dialog and takes the hook's answer, if it comes first: keep the hook's caller
    /// until there is one ([`crate::Program::reply`]) or the matter is settled otherwise. A caller that is let go
    /// must print nothing.
    pub waits: bool,
}

/// What a person answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Allow,
    /// With what the agent is told.
    Deny(String),
    /// To a question: one of its options, or other words.
    Text(String),
}

/// Bytes to type, and the pause after them that the program needs before it takes more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    pub bytes: Vec<u8>,
    pub pause_ms: u64,
}

/// Shorter pauses lose the Enter: programs wait to see whether a paste goes on.
const PASTE_PAUSE_MS: u64 = 500;
const KEY_PAUSE_MS: u64 = 300;

impl Keys {
    pub(crate) fn key(bytes: impl Into<Vec<u8>>) -> Keys {
        Keys { bytes: bytes.into(), pause_ms: KEY_PAUSE_MS }
    }

    /// The key that breaks a turn off in every program we know, and closes a dialog.
    pub fn escape() -> Keys {
        Keys::key(b"\x1b")
    }

    /// A message as a bracketed paste, and then Enter. While the agent works its program keeps the message and gives
    /// it to the agent at the next opportunity.
    pub fn message(text: &str) -> Vec<Keys> {
        // A control character could end the paste and press keys.
        let text: String = text
            .replace("\r\n", "\n")
            .chars()
            .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
            .collect();
        let paste = format!("\x1b[200~{}\x1b[201~", text.trim());
        vec![Keys { bytes: paste.into_bytes(), pause_ms: PASTE_PAUSE_MS }, Keys::key(b"\r")]
    }
}

/// A program's own word on whether it is busy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    pub session: String,
    /// It waits at its prompt, for nothing in particular.
    pub idle: bool,
    /// Since when, in milliseconds since 1970.
    pub since_ms: i64,
}

impl Presence {
    /// Whether a turn was broken off without a word: the program is idle, though what was heard from it last, at
    /// `busy_ms`, [was busy](Signal::is_busy). It becomes idle after the hook that says how a turn ended has come
    /// back.
    pub fn interrupts(&self, busy_ms: i64) -> bool {
        self.idle && self.since_ms > busy_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_program_that_said_it_works_was_interrupted() {
        let presence = |idle, since_ms| Presence { session: "s".into(), idle, since_ms };
        assert!(presence(true, 11).interrupts(10));
        assert!(!presence(true, 10).interrupts(10), "idle from before the turn");
        assert!(!presence(false, 11).interrupts(10));
        assert!(Signal::Working { action: "Reading".into() }.is_busy());
        for last in [Signal::Stopped { message: None }, Signal::Interrupted, Signal::Ended] {
            assert!(!last.is_busy(), "{last:?}");
        }
    }

    #[test]
    fn a_message_cannot_press_keys() {
        let typed = Keys::message("one\r\ntwo\x1b[201~\x03\r\n");
        let bytes: Vec<_> = typed.iter().map(|keys| keys.bytes.clone()).collect();
        assert_eq!(bytes, [b"\x1b[200~one\ntwo[201~\x1b[201~".to_vec(), b"\r".to_vec()]);
    }
}
