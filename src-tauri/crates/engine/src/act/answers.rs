//! How an answer or a message reaches a living agent program: through the hook that waits for it, or typed into its
//! terminal.

use std::sync::Arc;
use std::time::Duration;

use agents::{Answer, Keys, Signal};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::act::Actor;
use crate::act::sessions::WINDOW;
use crate::ids::RunId;
use crate::turn::Input;

/// A dialog comes within this time, and is whole when nothing more came for the second.
const DIALOG: Duration = Duration::from_secs(3);
const REST: Duration = Duration::from_millis(400);

/// Keys of an answer are typed at most so often; who takes them shows it within this time.
const TRIES: usize = 3;
const ECHO: Duration = Duration::from_secs(2);

/// A hook that waited when an engine died comes back to the next one within this time.
const RETURN: Duration = Duration::from_secs(3);

/// A run that an engine finds alive is its own within this time.
const ADOPTION: Duration = Duration::from_secs(10);

/// What is needed to answer.
enum Way {
    /// Through the hook; it took the answer.
    Taken,
    /// The hook that waited may come back.
    Await(Arc<Notify>),
    /// A question: "allow" is no answer to it, and would choose whatever stands first.
    NeedsWords,
    /// These keys, once the terminal has shown the dialog, which begins here in its log.
    Type(Vec<Keys>, u64),
}

impl Actor {
    /// Hands an answer to the hook that waits, or types it.
    pub(crate) async fn answer(&self, run: &RunId, answer: &Answer) -> Result<(), String> {
        let returns = Instant::now() + RETURN;
        let (asks, keys, shown_from) = loop {
            let may_come = Instant::now() < returns;
            match self.way(run, answer, may_come).ok_or_else(settled)? {
                (asks, Way::Taken) => break (asks, Vec::new(), 0),
                (asks, Way::Type(keys, shown_from)) => break (asks, keys, shown_from),
                (_, Way::NeedsWords) => {
                    return Err("Its agent asks a question, which is answered in words.".to_owned());
                }
                // Whether it came or not is seen by looking again.
                (_, Way::Await(came)) => drop(timeout_at(returns, came.notified()).await),
            }
        };
        if !keys.is_empty() {
            self.dialog_shown(run, shown_from).await;
            self.type_answer(run, &keys).await?;
        }
        // It goes on, and says so itself only when the action is over.
        let signal = match asks {
            Signal::PermissionAsked { what } => Signal::Done { what },
            _ => Signal::Working { action: "Reading your answer".to_owned() },
        };
        self.send(Input::Heard { run: run.clone(), signal });
        Ok(())
    }

    fn way(&self, run: &RunId, answer: &Answer, may_come: bool) -> Option<(Signal, Way)> {
        self.with_session(run, |session| {
            let (asks, asked) = session.asks()?;
            if matches!((&asks, answer), (Signal::Question { .. }, Answer::Allow)) {
                return Some((asks, Way::NeedsWords));
            }
            let said = asked.said.as_bytes();
            let reply = session.program.reply(said, answer);
            let waits = reply.is_some() && session.program.hear(said).is_some_and(|heard| heard.waits);
            if waits
                && may_come
                && let Some(came) = session.caller_comes()
            {
                return Some((asks, Way::Await(came)));
            }
            let caller = session.take_caller();
            let taken = reply.zip(caller).is_some_and(|(reply, caller)| caller.send(reply).is_ok());
            let way = match taken {
                true => Way::Taken,
                false => Way::Type(session.program.keys(said, answer), asked.shown_from),
            };
            session.settled();
            Some((asks, way))
        })
        .flatten()
    }

    /// Waits until the terminal has shown something since `from` and has come to rest: keys that come before the
    /// dialog are lost.
    async fn dialog_shown(&self, run: &RunId, from: u64) {
        let Ok(mut viewer) = terminal::attach(&self.home.run(run), from, WINDOW).await else { return };
        let until = Instant::now() + DIALOG;
        let mut rest = until;
        while let Ok(Ok(Some(view))) = timeout_at(rest, viewer.next()).await {
            match view {
                terminal::View::Chunk { bytes, .. } => viewer.ack(bytes.len() as u64),
                terminal::View::Gap { .. } => {}
                terminal::View::Exited(_) => return,
            }
            rest = until.min(Instant::now() + REST);
        }
    }

    /// A program that is busy with something else may lose keys that come before it reads them. Then nothing at all
    /// changes on its screen, and they are typed again.
    async fn type_answer(&self, run: &RunId, keys: &[Keys]) -> Result<(), String> {
        for _ in 0..TRIES {
            let log = terminal::Log::open(&self.home.run(run));
            let from = log.range().map_or(0, |range| range.end);
            self.type_keys(run, keys.to_vec()).await?;
            if self.shows_since(run, from).await {
                break;
            }
        }
        Ok(())
    }

    /// Whether the terminal shows anything beyond this place of its log, soon.
    async fn shows_since(&self, run: &RunId, from: u64) -> bool {
        let Ok(mut viewer) = terminal::attach(&self.home.run(run), from, WINDOW).await else { return true };
        let until = Instant::now() + ECHO;
        while let Ok(Ok(Some(view))) = timeout_at(until, viewer.next()).await {
            match view {
                terminal::View::Chunk { bytes, .. } if bytes.is_empty() => {}
                terminal::View::Chunk { .. } | terminal::View::Gap { .. } | terminal::View::Exited(_) => {
                    return true;
                }
            }
        }
        false
    }

    /// Types something into a run's terminal, as slowly as its program needs it.
    pub(crate) async fn type_keys(&self, run: &RunId, keys: Vec<Keys>) -> Result<(), String> {
        if keys.is_empty() {
            return Ok(());
        }
        let gone = || "Its agent has ended.".to_owned();
        let known = self.living(run).await.ok_or_else(gone)?;
        for keys in keys {
            known.input(&keys.bytes).map_err(|_| gone())?;
            tokio::time::sleep(Duration::from_millis(keys.pause_ms)).await;
        }
        Ok(())
    }

    /// The terminal of a run that is not over; an engine that has just begun may still be looking for it.
    async fn living(&self, run: &RunId) -> Option<terminal::Run> {
        let until = Instant::now() + ADOPTION;
        loop {
            let more = self.followed.notified();
            let known = self.runs.lock().ok().and_then(|runs| runs.get(run).cloned());
            match known {
                Some(known) => return Some(known),
                None => timeout_at(until, more).await.ok()?,
            }
        }
    }
}

fn settled() -> String {
    "Its agent does not wait for an answer any more.".to_owned()
}
