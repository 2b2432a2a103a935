//! One agent program's session: what it said, what it waits with, what it used.
//!
//! All that a later engine cannot ask anybody about lies in the run's folder, and is written before anybody hears of
//! it: which program it is, where its transcript is, what it asks. What was used is counted anew from the transcript.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use agents::{Heard, Ledger, Place, Program, Reading, Signal, Transcript};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, oneshot};

use crate::world::Usage;

const FILE: &str = "session.json";

#[derive(Debug)]
pub(super) struct Session {
    dir: PathBuf,
    pub(super) program: &'static Program,
    kept: Kept,
    transcript: Option<Transcript>,
    ledger: Ledger,
    waiting: Waiting,
}

/// As the file has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Whose program it is.
    adapter: String,
    /// Where the program says whether it is busy.
    presence: Option<PathBuf>,
    /// It goes on with an earlier run's session.
    resumed: bool,
    /// The program's own name for it: its hooks have been heard.
    name: Option<String>,
    place: Option<Place>,
    /// Up to here the transcript's signals have been passed on.
    told: u64,
    /// When it was heard last, if it was at work then.
    busy_ms: Option<i64>,
    asked: Option<Asked>,
    /// That its hooks are silent has been said.
    unproven: bool,
}

/// What a program waits with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The hook's words, for the answer's shape.
    pub(super) said: String,
    /// Where the terminal's log ended: the dialog comes after it.
    pub(super) shown_from: u64,
}

/// The caller of the hook that asked.
#[derive(Debug, Default)]
struct Waiting {
    /// Takes the answer. Dropped: the caller prints nothing.
    caller: Option<oneshot::Sender<String>>,
    /// Told when a caller comes back to an engine that took the session up.
    came: Arc<Notify>,
}

/// What came of reading on.
#[derive(Debug)]
pub(super) struct Read {
    /// All that the run has used, where that has changed.
    pub(super) usage: Option<Usage>,
    pub(super) signals: Vec<Signal>,
}

impl Kept {
    pub(super) fn new(adapter: &str, presence: Option<PathBuf>, resumed: bool) -> Kept {
        Kept {
            adapter: adapter.to_owned(),
            presence,
            resumed,
            name: None,
            place: None,
            told: 0,
            busy_ms: None,
            asked: None,
            unproven: false,
        }
    }

    /// For the first engine that starts this run; what a later one finds stays.
    pub(super) fn begin(&self, dir: &Path) -> io::Result<()> {
        if dir.join(FILE).exists() { Ok(()) } else { self.write(dir) }
    }

    /// Whole or not at all, and for nobody else's eyes: a question can quote a file.
    fn write(&self, dir: &Path) -> io::Result<()> {
        std::fs::create_dir_all(dir)?;
        let new = dir.join("session.json.new");
        crate::os::write_private(&new, &serde_json::to_vec(self)?)?;
        std::fs::rename(new, dir.join(FILE))
    }
}

impl Session {
    /// As the run's folder has it; `None` for a program without hooks.
    pub(super) fn open(dir: &Path) -> Option<Session> {
        let kept: Kept = serde_json::from_slice(&std::fs::read(dir.join(FILE)).ok()?).ok()?;
        let program = Program::of(&kept.adapter)?;
        let transcript = kept.place.clone().map(|place| Transcript::new(program, place).told_to(kept.told));
        Some(Session {
            dir: dir.to_owned(),
            program,
            kept,
            transcript,
            ledger: Ledger::default(),
            waiting: Waiting::default(),
        })
    }

    /// On disk, when it differs, before anybody hears of it.
    fn change(&mut self, with: impl FnOnce(&mut Kept)) {
        let before = self.kept.clone();
        with(&mut self.kept);
        if before != self.kept
            && let Err(error) = self.kept.write(&self.dir)
        {
            tracing::warn!(%error, dir = %self.dir.display(), "an agent's session is not kept");
        }
    }

    /// What it waits with, as the hook said it.
    pub(super) fn asks(&self) -> Option<(Signal, Asked)> {
        let asked = self.kept.asked.clone()?;
        Some((self.program.hear(asked.said.as_bytes())?.signal, asked))
    }

    /// Takes a hook's word. `Some`: the hook's caller is kept until there is an answer.
    pub(super) fn hear(
        &mut self,
        heard: &Heard,
        said: &str,
        shown_from: u64,
        now: i64,
    ) -> Option<oneshot::Receiver<String>> {
        if let Signal::SessionStarted { session, transcript } = &heard.signal {
            self.begin(session, transcript.as_deref());
        }
        self.settle(&heard.signal);
        let busy = heard.signal.is_busy().then_some(now);
        let asks = matches!(heard.signal, Signal::PermissionAsked { .. } | Signal::Question { .. });
        let asked = asks.then(|| Asked { said: said.to_owned(), shown_from });
        self.change(|kept| {
            kept.busy_ms = busy;
            kept.asked = asked.or(kept.asked.take());
        });
        (asks && heard.waits).then(|| self.keep_caller())
    }

    /// A hook's caller that waited for an engine to come, with what it asked. `None`: that is settled.
    pub(super) fn hear_again(&mut self, said: &str) -> Option<oneshot::Receiver<String>> {
        let open = self.kept.asked.as_ref().is_some_and(|asked| asked.said == said);
        let waits = open && self.program.hear(said.as_bytes()).is_some_and(|heard| heard.waits);
        waits.then(|| self.keep_caller())
    }

    fn keep_caller(&mut self) -> oneshot::Receiver<String> {
        let (caller, answer) = oneshot::channel();
        self.waiting.caller = Some(caller);
        self.waiting.came.notify_one();
        answer
    }

    /// Told when the hook that asked is there, for whoever has an answer; `None` while it is.
    pub(super) fn caller_comes(&self) -> Option<Arc<Notify>> {
        let gone = self.waiting.caller.as_ref().is_none_or(oneshot::Sender::is_closed);
        gone.then(|| Arc::clone(&self.waiting.came))
    }

    pub(super) fn take_caller(&mut self) -> Option<oneshot::Sender<String>> {
        self.waiting.caller.take()
    }

    /// Forgets what it waited with, when this says that it no longer does.
    fn settle(&mut self, signal: &Signal) {
        let Some((asks, _)) = self.asks() else { return };
        let over = match (signal, asks) {
            (Signal::Done { what }, Signal::PermissionAsked { what: asked }) => *what == asked,
            // Other tools may go on beside the one that waits.
            (Signal::Working { .. }, Signal::PermissionAsked { .. }) => false,
            _ => true,
        };
        if over {
            self.settled();
        }
    }

    pub(super) fn settled(&mut self) {
        self.waiting.caller = None;
        self.change(|kept| kept.asked = None);
    }

    fn begin(&mut self, session: &str, transcript: Option<&Path>) {
        let known = self.transcript.as_ref().map(Transcript::path);
        let place = transcript.filter(|path| known != Some(*path)).map(|path| {
            // A resumed session's files begin with what an earlier run used.
            match self.kept.resumed {
                true => Place::end(self.program, path.to_owned()),
                false => Place::beginning(path.to_owned()),
            }
        });
        if let Some(place) = &place {
            self.transcript = Some(Transcript::new(self.program, place.clone()));
        }
        self.change(|kept| {
            kept.name = Some(session.to_owned());
            if place.is_some() {
                kept.told = 0;
                kept.place = place;
            }
        });
    }

    /// What was added to its files: use, and what no hook tells.
    pub(super) fn read(&mut self, now: i64) -> Read {
        let reading = self.transcript.as_mut().map(Transcript::read);
        let Reading { usage, mut signals, .. } = reading.and_then(Result::ok).unwrap_or_default();
        if self.is_broken_off() {
            signals.push(Signal::Interrupted);
        }
        signals.iter().for_each(|signal| self.settle(signal));
        if let (Some(last), Some(transcript)) = (signals.last(), &self.transcript) {
            let (told, busy) = (transcript.offset(), last.is_busy().then_some(now));
            self.change(|kept| (kept.told, kept.busy_ms) = (told, busy));
        }
        let model = usage.iter().rev().find_map(|usage| usage.model.clone());
        let any = !usage.is_empty();
        usage.into_iter().for_each(|usage| self.ledger.add(usage));
        Read { usage: any.then(|| total(&self.ledger, model)), signals }
    }

    /// No hook tells that a turn was broken off before it had said anything; the program's own note does.
    fn is_broken_off(&self) -> bool {
        let (Some(folder), Some(name), Some(busy_ms)) =
            (&self.kept.presence, &self.kept.name, self.kept.busy_ms)
        else {
            return false;
        };
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let said = files
            .filter_map(|file| self.program.presence(&std::fs::read(file.path()).ok()?))
            .find(|presence| presence.session == *name);
        said.is_some_and(|presence| presence.interrupts(busy_ms))
    }

    /// Whether its hooks have reached us, so that their silence means something.
    pub(super) fn is_proven(&self) -> bool {
        self.kept.name.is_some()
    }

    /// True the first time: nothing of what it does is heard, and that has not been said.
    pub(super) fn tell_unproven(&mut self) -> bool {
        let first = !self.is_proven() && !self.kept.unproven;
        self.change(|kept| kept.unproven |= first);
        first
    }
}

pub(super) fn total(ledger: &Ledger, model: Option<String>) -> Usage {
    let total = ledger.total();
    let (input, output, cached) = (total.input, total.output, total.cached);
    Usage { model, input, output, cached, cost_micros: total.cost_micros }
}
