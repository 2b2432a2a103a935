//! A `coppice` that prints events while it runs.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process::{self, Signal};

/// What one test may take.
pub const LIMIT: Duration = Duration::from_secs(60);

/// One line of JSON.
#[derive(Clone, PartialEq)]
pub struct Event(pub Value);

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Event {
    pub fn seq(&self) -> u64 {
        self.0["seq"].as_u64().unwrap()
    }

    /// `landed`, `needs_you`, …
    pub fn kind(&self) -> &str {
        self.0["type"].as_str().unwrap()
    }

    /// A field's text; empty when there is none.
    pub fn text(&self, field: &str) -> &str {
        self.0[field].as_str().unwrap_or_default()
    }

    pub fn number(&self, field: &str) -> Option<i64> {
        self.0[field].as_i64()
    }

    /// A process id: `pid`, `shim_pid`, `engine_pid`.
    pub fn pid(&self, field: &str) -> u32 {
        self.number(field).and_then(|pid| u32::try_from(pid).ok()).unwrap()
    }

    pub fn is(&self, kind: &str) -> bool {
        self.kind() == kind
    }

    pub fn of(&self, kind: &str, task: &str) -> bool {
        self.is(kind) && self.text("task") == task
    }
}

#[derive(Debug, Default)]
struct Heard {
    events: Vec<Event>,
    stderr: String,
    /// Standard output is closed.
    ended: bool,
    /// Standard error is closed.
    silent: bool,
}

type Shared = Arc<(Mutex<Heard>, Condvar)>;

#[derive(Debug)]
pub struct Run {
    child: Child,
    shared: Shared,
    readers: Vec<JoinHandle<()>>,
    home: PathBuf,
    deadline: Instant,
}

impl Run {
    pub(crate) fn spawn(mut command: Command, home: &Path) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let shared = Shared::default();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let out = Arc::clone(&shared);
        let err = Arc::clone(&shared);
        let readers = vec![
            thread::spawn(move || {
                // A line that is cut off by a kill was never acknowledged; it has no newline.
                let mut stdout = stdout;
                let mut line = Vec::new();
                while stdout.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) && line.ends_with(b"\n")
                {
                    let event = Event(serde_json::from_slice(&line).unwrap());
                    out.0.lock().unwrap().events.push(event);
                    out.1.notify_all();
                    line.clear();
                }
                out.0.lock().unwrap().ended = true;
                out.1.notify_all();
            }),
            thread::spawn(move || {
                let mut chunk = [0; 4096];
                while let Ok(read @ 1..) = stderr.read(&mut chunk) {
                    err.0.lock().unwrap().stderr.push_str(&String::from_utf8_lossy(&chunk[..read]));
                    err.1.notify_all();
                }
                err.0.lock().unwrap().silent = true;
                err.1.notify_all();
            }),
        ];
        Self { child, shared, readers, home: home.to_owned(), deadline: Instant::now() + LIMIT }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        assert!(process::send(self.pid(), signal), "the run is gone");
    }

    /// What was printed so far.
    pub fn events(&self) -> Vec<Event> {
        self.shared.0.lock().unwrap().events.clone()
    }

    pub fn stderr(&self) -> String {
        self.shared.0.lock().unwrap().stderr.clone()
    }

    fn wait_until(&self, deadline: Instant, holds: impl Fn(&Heard) -> bool) -> bool {
        let (heard, changed) = &*self.shared;
        let mut heard = heard.lock().unwrap();
        while !holds(&heard) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            heard = changed.wait_timeout(heard, left).unwrap().0;
        }
        true
    }

    /// Waits until what was printed satisfies `holds`; panics at the deadline, and when the output ends before.
    pub fn wait(&self, what: &str, holds: impl Fn(&[Event]) -> bool) {
        self.wait_until(self.deadline, |heard| heard.ended || holds(&heard.events));
        assert!(holds(&self.events()), "{what} does not happen.\n{}", self.report());
    }

    /// Waits for an event of this kind and task and returns it.
    pub fn wait_for(&self, kind: &str, task: &str) -> Event {
        self.wait(&format!("{kind} of {task}"), |events| events.iter().any(|event| event.of(kind, task)));
        self.events().into_iter().find(|event| event.of(kind, task)).unwrap()
    }

    /// Waits for an event without a task.
    pub fn wait_kind(&self, kind: &str) -> Event {
        self.wait(kind, |events| events.iter().any(|event| event.is(kind)));
        self.events().into_iter().find(|event| event.is(kind)).unwrap()
    }

    pub fn wait_stderr(&self, text: &str) {
        self.wait_until(self.deadline, |heard| heard.silent || heard.stderr.contains(text));
        assert!(self.stderr().contains(text), "“{text}” is not said.\n{}", self.report());
    }

    /// Waits for what no event tells, such as a file that appears; looks again and again.
    pub fn wait_spinning(&self, what: &str, holds: impl Fn() -> bool) {
        while !holds() {
            assert!(Instant::now() < self.deadline, "{what} does not happen.\n{}", self.report());
            thread::yield_now();
        }
    }

    /// Waits for the output's end, but only so long. True when it has ended.
    pub fn ends_within(&self, time: Duration) -> bool {
        self.wait_until(Instant::now() + time, |heard| heard.ended)
    }

    /// The engine that the newest `plan.started` names.
    pub fn engine(&self) -> u32 {
        let started = self.events().into_iter().rfind(|event| event.is("plan.started")).unwrap();
        started.pid("engine_pid")
    }

    /// Waits for its end; panics at the deadline.
    pub fn finish(mut self) -> Finished {
        let ended = self.wait_until(self.deadline, |heard| heard.ended && heard.silent);
        assert!(ended, "the run does not end.\n{}", self.report());
        let status = self.child.wait().unwrap();
        self.close(status)
    }

    /// Ends it without a chance to say anything; the engine and the agents live on.
    pub fn kill(mut self) -> Finished {
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        self.close(status)
    }

    fn close(&mut self, status: ExitStatus) -> Finished {
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        let report = self.report();
        Finished { code: status.code(), events: self.events(), stderr: self.stderr(), report }
    }

    /// Everything that helps to see what went wrong.
    pub fn report(&self) -> String {
        let events: Vec<String> = self.events().iter().map(|event| event.0.to_string()).collect();
        let engine = std::fs::read_to_string(self.home.join("engine.log")).unwrap_or_default();
        format!("events:\n{}\nstderr:\n{}\nengine.log:\n{engine}", events.join("\n"), self.stderr())
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// A run that is over.
#[derive(Debug)]
pub struct Finished {
    pub code: Option<i32>,
    pub events: Vec<Event>,
    pub stderr: String,
    /// Everything that helps to see what went wrong.
    pub report: String,
}

impl Finished {
    /// Panics unless it ended with this status.
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.report);
        self
    }

    pub fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Event> {
        self.events.iter().filter(move |event| event.is(kind))
    }

    pub fn find(&self, kind: &str, task: &str) -> Option<&Event> {
        self.events.iter().find(|event| event.of(kind, task))
    }

    /// The event, which must be there.
    pub fn get(&self, kind: &str, task: &str) -> &Event {
        self.find(kind, task).unwrap_or_else(|| panic!("no {kind} of {task}.\n{}", self.report))
    }

    pub fn count(&self, kind: &str, task: &str) -> usize {
        self.events.iter().filter(|event| event.of(kind, task)).count()
    }

    /// Task and commit of every landing, in order.
    pub fn landed(&self) -> Vec<(String, String)> {
        self.all("landed")
            .map(|event| (event.text("task").to_owned(), event.text("commit").to_owned()))
            .collect()
    }
}
