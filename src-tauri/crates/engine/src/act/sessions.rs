//! Living agent programs: what their hooks and transcripts say, until they end.
//!
//! What they say while no engine lives is left in their run's folder ([`crate::missed`]) and heard by the next one,
//! which takes up the sessions of all runs that it finds alive.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use agents::{AgentSpec, Environment, Ledger, Signal};
use tokio::sync::oneshot;

use crate::act::Actor;
use crate::act::session::{Kept, Session, total};
use crate::ids::RunId;
use crate::missed;
use crate::outside::now;
use crate::turn::Input;
use crate::world::Usage;

const TOKEN: &str = "hook-token";

/// Of a log, how much of its end is looked through for what was used.
const PRINTED: u64 = 1 << 20;

/// After the terminal changed, the transcript has its line within this time.
const PACE: Duration = Duration::from_millis(400);

/// A program's first hook comes within this time, on a busy machine too.
const PROOF: Duration = Duration::from_secs(15);

pub(super) const WINDOW: u32 = 128 * 1024;

#[derive(Debug, Default)]
pub(super) struct Sessions(Mutex<HashMap<RunId, Session>>);

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the run's program has hooks.
pub(super) fn has_hooks(run_dir: &Path) -> bool {
    run_dir.join(TOKEN).exists()
}

/// Before a program with hooks is started. Returns the secret by which this run's hooks are known, kept for engines
/// to come.
pub(super) fn begin(
    run_dir: &Path,
    spec: &AgentSpec,
    environment: &Environment,
    resumed: bool,
) -> std::io::Result<Option<String>> {
    let Some(program) = agents::Program::of(&spec.adapter) else { return Ok(None) };
    Kept::new(&spec.adapter, program.presence_folder(spec, environment), resumed).begin(run_dir)?;
    let path = run_dir.join(TOKEN);
    if let Ok(known) = std::fs::read_to_string(&path) {
        return Ok(Some(known));
    }
    let token: String = crate::os::random()?.iter().map(|byte| format!("{byte:02x}")).collect();
    crate::os::write_private(&path, token.as_bytes())?;
    Ok(Some(token))
}

impl Actor {
    /// Whether this is the secret of that run.
    pub(crate) fn is_token(&self, run: &RunId, token: &str) -> bool {
        let known = std::fs::read_to_string(self.home.run(run).join(TOKEN));
        !token.is_empty() && known.is_ok_and(|known| known == token)
    }

    /// Looks at a session; the first look takes it up where an earlier engine left it, and hears what was said since.
    pub(super) fn with_session<T>(&self, run: &RunId, look: impl FnOnce(&mut Session) -> T) -> Option<T> {
        let mut sessions = self.sessions.lock();
        if !sessions.contains_key(run) {
            let mut session = Session::open(&self.home.run(run))?;
            // Told again, for the engine that was told may not have lived to record it.
            if let Some((asks, _)) = session.asks() {
                self.send(Input::Heard { run: run.clone(), signal: asks });
            }
            self.pass_on(run, session.read(now()));
            sessions.insert(run.clone(), session);
        }
        let session = sessions.get_mut(run)?;
        for word in missed::taken(&self.home.run(run)) {
            // Its caller has gone, or comes again.
            drop(self.hear(run, session, &word.said));
            word.forget();
        }
        Some(look(session))
    }

    /// Takes a hook's word. Returns what the hook prints, after an answer where it waits for one. `again`: the word
    /// was left in the run's folder, as no engine was there.
    pub(crate) async fn hook(&self, run: RunId, said: &str, again: bool) -> String {
        let answer = self.with_session(&run, |session| match again {
            true => session.hear_again(said),
            false => self.hear(&run, session, said),
        });
        self.read_transcript(&run);
        match answer.flatten() {
            // Dropped when the matter was settled in the terminal: the hook then prints nothing.
            Some(answer) => answer.await.unwrap_or_default(),
            None => String::new(),
        }
    }

    fn hear(&self, run: &RunId, session: &mut Session, said: &str) -> Option<oneshot::Receiver<String>> {
        let heard = session.program.hear(said.as_bytes())?;
        // What stands in the transcript already came before this.
        self.pass_on(run, session.read(now()));
        let shown_from = terminal::Log::open(&self.home.run(run)).range().map_or(0, |range| range.end);
        let answer = session.hear(&heard, said, shown_from, now());
        if let Signal::Working { action } = &heard.signal {
            self.lines.say(run, action.clone());
        }
        self.send(Input::Heard { run: run.clone(), signal: heard.signal });
        answer
    }

    /// What was added to a transcript: use, and what no hook tells.
    pub(super) fn read_transcript(&self, run: &RunId) {
        self.with_session(run, |session| self.pass_on(run, session.read(now())));
    }

    fn pass_on(&self, run: &RunId, read: super::session::Read) {
        if let Some(usage) = read.usage {
            self.send(Input::Used { run: run.clone(), usage });
        }
        for signal in read.signals {
            self.send(Input::Heard { run: run.clone(), signal });
        }
    }

    /// Follows a living program with hooks: once its terminal is ours, and until that closes.
    pub(super) fn watch_session(self: &Arc<Self>, run: &RunId, dir: PathBuf) {
        self.read_transcript(run);
        tokio::spawn(Arc::clone(self).read_on(run.clone(), dir.clone()));
        tokio::spawn(Arc::clone(self).await_proof(run.clone(), dir));
    }

    /// Reads the transcript on when the terminal shows something: no hook tells that a person broke a turn off or
    /// refused something, but the screen changes with it.
    async fn read_on(self: Arc<Self>, run: RunId, dir: PathBuf) {
        let end = terminal::Log::open(&dir).range().map_or(0, |range| range.end);
        let Ok(mut viewer) = terminal::attach(&dir, end, WINDOW).await else { return };
        // Nothing before this place is seen again.
        self.read_transcript(&run);
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
            self.read_transcript(&run);
        }
    }

    /// A program whose hooks are silent is not known to be at work, or to have stopped: that is said, and its card
    /// shows the screen instead.
    async fn await_proof(self: Arc<Self>, run: RunId, dir: PathBuf) {
        tokio::time::sleep(PROOF).await;
        let lives = self.runs.lock().is_ok_and(|runs| runs.contains_key(&run));
        if lives && self.tell_unproven(&run) {
            self.lines.follow(run, dir);
        }
    }

    fn tell_unproven(&self, run: &RunId) -> bool {
        let told = self.with_session(run, |session| {
            session.tell_unproven().then(|| session.program.silence().to_owned())
        });
        let Some(look_at) = told.flatten() else { return false };
        self.send(Input::Unproven { run: run.clone(), look_at });
        true
    }

    /// The run is over: what it used last counts too. `worked`: it ended well, so it must have been heard.
    pub(super) fn forget_session(&self, run: &RunId, worked: bool) {
        self.read_transcript(run);
        if worked {
            self.tell_unproven(run);
        }
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
        let usage = total(&ledger, model);
        if usage != Usage::default() {
            self.send(Input::Used { run: run.clone(), usage });
        }
    }
}
