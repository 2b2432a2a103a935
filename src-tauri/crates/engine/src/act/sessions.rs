//! Living agent programs: what their hooks say, what they used, and how an answer reaches them.
//!
//! Token and transcript lie in the run's folder, so that an engine that comes later hears the next hook and counts from
//! the beginning. What a program was asking when an engine died is answered in its terminal: its hook has let go.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use agents::{AgentSpec, Answer, Heard, Keys, Ledger, Program, Signal, Transcript};
use tokio::sync::oneshot;

use crate::act::Actor;
use crate::ids::RunId;
use crate::turn::Input;
use crate::world::Usage;

const TOKEN: &str = "hook-token";

/// Where the transcript lies and from which byte it is this run's, for an engine that comes later.
const TRANSCRIPT: &str = "transcript";

/// Of a log, how much of its end is looked through for what was used.
const PRINTED: u64 = 1 << 20;

/// A dialog comes within this time, and is whole when nothing more came for the second.
const DIALOG: Duration = Duration::from_secs(3);
const REST: Duration = Duration::from_millis(400);

/// After the terminal changed, the transcript has its line within this time.
const PACE: Duration = Duration::from_millis(400);

const WINDOW: u32 = 128 * 1024;

#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<HashMap<RunId, Session>>);

#[derive(Debug)]
struct Session {
    program: &'static Program,
    transcript: Option<Transcript>,
    ledger: Ledger,
    asking: Option<Asking>,
    /// Where the program says whether it is busy, and under which name.
    presence: Option<PathBuf>,
    name: Option<String>,
    /// What was heard last, and when.
    last: Option<(Signal, i64)>,
}

/// What a program waits with.
#[derive(Debug)]
struct Asking {
    /// The hook's words, for the answer's shape.
    said: String,
    /// The action that is asked for; its end settles the matter, whoever answered.
    what: Option<String>,
    /// The hook's caller, where it takes the answer. Dropped: it prints nothing.
    caller: Option<oneshot::Sender<String>>,
    /// Where the terminal's log ended: the dialog comes after it.
    shown_from: u64,
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the run's program has hooks.
pub(super) fn has_hooks(run_dir: &Path) -> bool {
    run_dir.join(TOKEN).exists()
}

/// The secret by which a run's hooks are known, kept for engines to come.
pub(super) fn token(run_dir: &Path) -> std::io::Result<String> {
    let path = run_dir.join(TOKEN);
    if let Ok(known) = std::fs::read_to_string(&path) {
        return Ok(known);
    }
    let token: String = crate::os::random()?.iter().map(|byte| format!("{byte:02x}")).collect();
    std::fs::create_dir_all(run_dir)?;
    std::fs::write(&path, &token)?;
    Ok(token)
}

impl Actor {
    /// Whether this is the secret of that run.
    pub(crate) fn is_token(&self, run: &RunId, token: &str) -> bool {
        let known = std::fs::read_to_string(self.home.run(run).join(TOKEN));
        !token.is_empty() && known.is_ok_and(|known| known == token)
    }

    /// Takes a hook's word. Returns what the hook prints, after an answer where it waits for one.
    pub(crate) async fn hook(&self, run: RunId, agent: &AgentSpec, said: String) -> String {
        let Some(program) = agents::adapter(agent).ok().and_then(|adapter| adapter.program) else {
            return String::new();
        };
        let Some(heard) = program.hear(said.as_bytes()) else { return String::new() };
        let environment = self.environment().await;
        let answer = {
            let mut sessions = self.sessions.lock();
            let session = sessions.entry(run.clone()).or_insert_with(|| self.session(&run, program));
            session.presence = program.presence_folder(agent, &environment);
            if let Signal::SessionStarted { session: name, transcript } = &heard.signal {
                session.name = Some(name.clone());
                if let Some(path) = transcript {
                    session.begin(&self.home.run(&run), path);
                }
            }
            let shown_from = terminal::Log::open(&self.home.run(&run)).range().map_or(0, |range| range.end);
            session.hear(&heard, said, shown_from)
        };
        if let Signal::Working { action } = &heard.signal {
            self.lines.say(&run, action.clone());
        }
        self.send(Input::Heard { run: run.clone(), signal: heard.signal });
        self.read_transcript(&run);
        match answer {
            // Dropped when the matter was settled in the terminal: the hook then prints nothing.
            Some(answer) => answer.await.unwrap_or_default(),
            None => String::new(),
        }
    }

    fn session(&self, run: &RunId, program: &'static Program) -> Session {
        let mut session = Session {
            program,
            transcript: None,
            ledger: Ledger::default(),
            asking: None,
            presence: None,
            name: None,
            last: None,
        };
        let kept = std::fs::read_to_string(self.home.run(run).join(TRANSCRIPT)).unwrap_or_default();
        if let Some((from, path)) = kept.split_once(' ') {
            let from = from.parse().unwrap_or(0);
            session.transcript = Some(Transcript::new(program, PathBuf::from(path), from));
        }
        session
    }

    /// What was added to a transcript: use, and what no hook tells.
    pub(super) fn read_transcript(&self, run: &RunId) {
        let (usage, signals) = {
            let mut sessions = self.sessions.lock();
            let Some(session) = sessions.get_mut(run) else { return };
            let reading = session.transcript.as_mut().map(Transcript::read);
            let mut reading = reading.and_then(Result::ok).unwrap_or_default();
            if session.is_broken_off() {
                reading.signals.push(Signal::Interrupted);
            }
            reading.signals.iter().for_each(|signal| session.settle(signal));
            let model = reading.usage.iter().rev().find_map(|usage| usage.model.clone());
            let any = !reading.usage.is_empty();
            reading.usage.into_iter().for_each(|usage| session.ledger.add(usage));
            let total = session.ledger.total();
            let (input, output, cached) = (total.input, total.output, total.cached);
            let usage = Usage { model, input, output, cached, cost_micros: total.cost_micros };
            (any.then_some(usage), reading.signals)
        };
        if let Some(usage) = usage {
            self.send(Input::Used { run: run.clone(), usage });
        }
        for signal in signals {
            self.send(Input::Heard { run: run.clone(), signal });
        }
    }

    /// Reads the transcript on when the terminal shows something: no hook tells that a person broke a turn off or
    /// refused something, but the screen changes with it.
    pub(super) fn watch_session(self: &Arc<Self>, run: RunId, dir: PathBuf) {
        let actor = Arc::clone(self);
        tokio::spawn(async move {
            let end = terminal::Log::open(&dir).range().map_or(0, |range| range.end);
            let Ok(mut viewer) = terminal::attach(&dir, end, WINDOW).await else { return };
            while let Ok(Some(view)) = viewer.next().await {
                match view {
                    terminal::View::Chunk { bytes, .. } => viewer.ack(bytes.len() as u64),
                    terminal::View::Gap { .. } => {}
                    terminal::View::Exited(_) => return,
                }
                // What comes in a moment belongs to the same change.
                let pause = tokio::time::Instant::now() + PACE;
                while let Ok(Ok(Some(view))) = tokio::time::timeout_at(pause, viewer.next()).await {
                    match view {
                        terminal::View::Chunk { bytes, .. } => viewer.ack(bytes.len() as u64),
                        terminal::View::Gap { .. } => {}
                        terminal::View::Exited(_) => return,
                    }
                }
                actor.read_transcript(&run);
            }
        });
    }

    /// The run is over: what it used last counts too.
    pub(super) fn forget_session(&self, run: &RunId) {
        self.read_transcript(run);
        self.sessions.lock().remove(run);
    }

    /// What a program without a transcript printed about its use.
    pub(super) fn count_printed(&self, run: &RunId) {
        if has_hooks(&self.home.run(run)) {
            return;
        }
        let log = self.log_tail(run, PRINTED);
        let mut ledger = Ledger::default();
        let mut model = None;
        for usage in log.split(|byte| *byte == b'\n').filter_map(agents::Usage::from_line) {
            model = usage.model.clone().or(model);
            ledger.add(usage);
        }
        let total = ledger.total();
        let (input, output, cached) = (total.input, total.output, total.cached);
        let usage = Usage { model, input, output, cached, cost_micros: total.cost_micros };
        if usage != Usage::default() {
            self.send(Input::Used { run: run.clone(), usage });
        }
    }

    /// Hands an answer to the hook that waits, or types it.
    pub(crate) async fn answer(&self, run: &RunId, answer: &Answer) -> Result<(), String> {
        let (keys, what, shown_from) = {
            let mut sessions = self.sessions.lock();
            let Some(session) = sessions.get_mut(run) else { return Err(settled()) };
            let Some(asking) = session.asking.take() else { return Err(settled()) };
            let said = asking.said.as_bytes();
            let reply = session.program.reply(said, answer).zip(asking.caller);
            let taken = reply.is_some_and(|(reply, caller)| caller.send(reply).is_ok());
            let keys = if taken { Vec::new() } else { session.program.keys(said, answer) };
            (keys, asking.what, asking.shown_from)
        };
        if !keys.is_empty() {
            self.dialog_shown(run, shown_from).await;
        }
        self.type_keys(run, keys).await?;
        // It goes on, and says so itself only when the action is over.
        let signal = match what {
            Some(what) => Signal::Done { what },
            None => Signal::Working { action: "Reading your answer".to_owned() },
        };
        self.send(Input::Heard { run: run.clone(), signal });
        Ok(())
    }

    /// Waits until the terminal has shown something since `from` and has come to rest: keys that come before the
    /// dialog are lost.
    async fn dialog_shown(&self, run: &RunId, from: u64) {
        let Ok(mut viewer) = terminal::attach(&self.home.run(run), from, WINDOW).await else { return };
        let until = tokio::time::Instant::now() + DIALOG;
        let mut rest = until;
        while let Ok(Ok(Some(view))) = tokio::time::timeout_at(rest, viewer.next()).await {
            match view {
                terminal::View::Chunk { bytes, .. } => viewer.ack(bytes.len() as u64),
                terminal::View::Gap { .. } => {}
                terminal::View::Exited(_) => return,
            }
            rest = until.min(tokio::time::Instant::now() + REST);
        }
    }

    /// Types something into a run's terminal, as slowly as its program needs it.
    pub(crate) async fn type_keys(&self, run: &RunId, keys: Vec<Keys>) -> Result<(), String> {
        let gone = || "Its agent has ended.".to_owned();
        let known = self.runs.lock().ok().and_then(|runs| runs.get(run).cloned()).ok_or_else(gone)?;
        for keys in keys {
            known.input(&keys.bytes).map_err(|_| gone())?;
            tokio::time::sleep(Duration::from_millis(keys.pause_ms)).await;
        }
        Ok(())
    }
}

fn settled() -> String {
    "Its agent does not wait for an answer any more.".to_owned()
}

impl Session {
    /// `Some`: the hook's caller is kept until there is an answer.
    fn hear(&mut self, heard: &Heard, said: String, shown_from: u64) -> Option<oneshot::Receiver<String>> {
        self.settle(&heard.signal);
        self.last = Some((heard.signal.clone(), crate::outside::now()));
        let what = match &heard.signal {
            Signal::PermissionAsked { what } => Some(what.clone()),
            Signal::Question { .. } => None,
            _ => return None,
        };
        let (caller, answer) = oneshot::channel();
        self.asking = Some(Asking { said, what, caller: heard.waits.then_some(caller), shown_from });
        heard.waits.then_some(answer)
    }

    /// Forgets what it waited with, when this says that it no longer does.
    fn settle(&mut self, signal: &Signal) {
        let over = match (signal, &self.asking) {
            (_, None) => false,
            (Signal::Done { what }, Some(asking)) => asking.what.as_ref().is_none_or(|asked| asked == what),
            // Other tools may go on beside the one that waits.
            (Signal::Working { .. }, Some(asking)) => asking.what.is_none(),
            (_, Some(_)) => true,
        };
        if over {
            self.asking = None;
        }
    }

    /// No hook tells that a turn was broken off before it had said anything; the program's own note does.
    fn is_broken_off(&mut self) -> bool {
        let (Some(folder), Some(name), Some((last, heard_ms))) = (&self.presence, &self.name, &self.last)
        else {
            return false;
        };
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let said = files
            .filter_map(|file| self.program.presence(&std::fs::read(file.path()).ok()?))
            .find(|presence| presence.session == *name);
        let broken = said.is_some_and(|presence| presence.interrupts(last, *heard_ms));
        if broken {
            self.last = Some((Signal::Interrupted, crate::outside::now()));
        }
        broken
    }

    fn begin(&mut self, run_dir: &Path, transcript: &Path) {
        if self.transcript.as_ref().is_some_and(|known| known.path() == transcript) {
            return;
        }
        // A resumed session's file begins with what an earlier run used.
        let from = std::fs::metadata(transcript).map_or(0, |found| found.len());
        let kept = format!("{from} {}", transcript.display());
        if let Err(error) = std::fs::write(run_dir.join(TRANSCRIPT), kept) {
            tracing::warn!(%error, "a transcript's place is not kept");
        }
        self.transcript = Some(Transcript::new(self.program, transcript.to_owned(), from));
    }
}
