//! A scripted model: an HTTP endpoint on this machine that plays a story to an agent program.
//!
//! It speaks Anthropic Messages and OpenAI Responses, both streamed. Which script is played stands in the prompt
//! (`[[script:NAME]]`), and which turn of it follows from how often the model has spoken since, according to the
//! request itself. So it keeps no state: many agents share one endpoint, a repeated request gets the same turn, and a
//! session that is resumed goes on where it was.
//!
//! Deliberately absent: any model, other formats, and a memory of who asked.

mod anthropic;
mod http;
mod responses;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub use script::{Call, Refusal, Tokens, Turn};

/// The format a program speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wire {
    Anthropic,
    Responses,
}

/// One request that was answered, or is being answered.
#[derive(Debug, Clone)]
pub struct Served {
    pub wire: Wire,
    /// The script's name; empty where the prompt names none.
    pub script: String,
    /// Which of its turns, from 0.
    pub turn: usize,
    /// A request beside the conversation, such as for a title: it offers no tools.
    pub side: bool,
    /// What the answer said it used; `None` for what was refused or cut before it could say.
    pub tokens: Option<Tokens>,
    /// What the program said last, be it a person's words or a tool's output.
    pub last: String,
}

#[derive(Debug, Default)]
struct Shared {
    served: Vec<Served>,
    open: BTreeSet<String>,
}

#[derive(Debug)]
struct Stage {
    scripts: BTreeMap<String, Vec<Turn>>,
    shared: Mutex<Shared>,
    changed: Condvar,
    /// Whoever waits at a gate looks again.
    opened: tokio::sync::Notify,
}

/// The endpoint, until it is dropped.
#[derive(Debug)]
pub struct Model {
    stage: Arc<Stage>,
    port: u16,
    end: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Model {
    /// Plays these scripts, on a port that the system chooses.
    pub fn start(scripts: impl IntoIterator<Item = (String, Vec<Turn>)>) -> Model {
        let stage = Arc::new(Stage {
            scripts: scripts.into_iter().collect(),
            shared: Mutex::default(),
            changed: Condvar::new(),
            opened: tokio::sync::Notify::new(),
        });
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (end, ended) = tokio::sync::oneshot::channel();
        let played = Arc::clone(&stage);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(http::serve(listener, played, ended));
        });
        Model { stage, port, end: Some(end), thread: Some(thread) }
    }

    /// `http://127.0.0.1:PORT`; both formats have their own paths below it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Lets everybody through a gate, now and later.
    pub fn open(&self, gate: &str) {
        self.stage.shared.lock().unwrap().open.insert(gate.to_owned());
        self.stage.opened.notify_waiters();
    }

    /// What was served so far, in the order of the requests.
    pub fn served(&self) -> Vec<Served> {
        self.stage.shared.lock().unwrap().served.clone()
    }

    /// Waits until what was served satisfies `holds`; false at the limit.
    pub fn wait(&self, limit: Duration, holds: impl Fn(&[Served]) -> bool) -> bool {
        let deadline = Instant::now() + limit;
        let mut shared = self.stage.shared.lock().unwrap();
        while !holds(&shared.served) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            shared = self.stage.changed.wait_timeout(shared, left).unwrap().0;
        }
        true
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Stage {
    fn record(&self, served: Served) -> usize {
        let mut shared = self.shared.lock().unwrap();
        shared.served.push(served);
        self.changed.notify_all();
        shared.served.len() - 1
    }

    fn used(&self, place: usize, tokens: Tokens) {
        self.shared.lock().unwrap().served[place].tokens = Some(tokens);
        self.changed.notify_all();
    }

    async fn pass(&self, gate: &str) {
        loop {
            let opened = self.opened.notified();
            tokio::pin!(opened);
            // Registered before the look, or an opening in between would be missed.
            opened.as_mut().enable();
            if self.shared.lock().unwrap().open.contains(gate) {
                return;
            }
            opened.await;
        }
    }
}
