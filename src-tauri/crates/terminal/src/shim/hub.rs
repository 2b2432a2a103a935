//! What the shim's threads share: the log's index, the connections, the events for the main thread.

use super::pty::Terminal;
use crate::claim::Identity;
use crate::exit::Exit;
use crate::log::Shared;
use crate::os::Bell;
use crate::spec::RunSpec;
use crate::wire::{Frame, Kill, Status, VERSION, Welcome};
use rustix::process::WaitStatus;
use std::collections::{HashMap, VecDeque};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A cause for the main thread to act.
#[derive(Debug)]
pub(crate) enum Event {
    /// The run's process ended. `alone`: it left no descendant.
    ChildEnded {
        status: WaitStatus,
        alone: bool,
    },
    Kill(Kill),
}

/// The shared state.
#[derive(Debug)]
pub(crate) struct Hub {
    state: Mutex<State>,
    /// Rung when a connection has gone.
    gone: Condvar,
    events: Mutex<VecDeque<Event>>,
    pub(crate) bell: Bell,
    pub(crate) master: Arc<OwnedFd>,
    pub(crate) ending: AtomicBool,
    pub(crate) child_alive: AtomicBool,
    child: i32,
    shim: Identity,
    started_at: u64,
}

/// What stands behind the lock.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) log: Shared,
    pub(crate) connections: HashMap<u64, Connection>,
    pub(crate) exit: Option<Exit>,
    pub(crate) input_waiting: u64,
    size: (u16, u16),
    next: u64,
}

/// One client, as its writing thread sees it.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) wake: Arc<Condvar>,
    pub(crate) attached: Option<Attached>,
    pub(crate) outbox: VecDeque<Frame>,
    pub(crate) closed: bool,
}

/// Where a client is in the output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attached {
    pub(crate) offset: u64,
    pub(crate) window: u64,
    pub(crate) unacknowledged: u64,
}

impl Hub {
    pub(crate) fn new(
        spec: &RunSpec,
        shim: &Identity,
        terminal: &Terminal,
        started_at: u64,
    ) -> io::Result<Hub> {
        Ok(Hub {
            state: Mutex::new(State {
                log: Shared::default(),
                connections: HashMap::new(),
                exit: None,
                input_waiting: 0,
                size: (spec.cols.max(1), spec.rows.max(1)),
                next: 0,
            }),
            gone: Condvar::new(),
            events: Mutex::default(),
            bell: Bell::new()?,
            master: Arc::clone(&terminal.master),
            ending: AtomicBool::new(false),
            child_alive: AtomicBool::new(true),
            child: terminal.child.pid,
            shim: shim.clone(),
            started_at,
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A panic ends the whole process, so a poisoned lock is never seen.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tell(&self, event: Event) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push_back(event);
        self.bell.ring();
    }

    pub(crate) fn told(&self) -> VecDeque<Event> {
        self.bell.quiet();
        std::mem::take(&mut *self.events.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the log's index and wakes those who wait for output.
    pub(crate) fn grow(&self, change: impl FnOnce(&mut Shared)) {
        let mut state = self.lock();
        change(&mut state.log);
        for connection in state.connections.values() {
            if connection.attached.is_some_and(|a| a.unacknowledged < a.window) {
                connection.wake.notify_one();
            }
        }
    }

    pub(crate) fn welcome(&self) -> Welcome {
        Welcome {
            version: VERSION,
            child: self.child,
            shim: self.shim.clone(),
            started_at: self.started_at,
            log: self.lock().log.range(),
        }
    }

    pub(crate) fn status(&self) -> Status {
        let foreground = rustix::termios::tcgetpgrp(&self.master).ok().map(|pid| pid.as_raw_nonzero().get());
        let state = self.lock();
        Status {
            child: self.child,
            child_alive: self.child_alive.load(Ordering::Relaxed),
            foreground,
            size: state.size,
            log: state.log.range(),
            log_lost: state.log.lost,
            input_waiting: state.input_waiting,
            viewers: u32::try_from(state.connections.len()).unwrap_or(u32::MAX),
            ending: self.ending.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn resize(&self, cols: u16, rows: u16) {
        let (cols, rows) = (cols.max(1), rows.max(1));
        let size = rustix::termios::Winsize { ws_row: rows, ws_col: cols, ws_xpixel: 0, ws_ypixel: 0 };
        if rustix::termios::tcsetwinsize(&self.master, size).is_ok() {
            self.lock().size = (cols, rows);
        }
    }

    pub(crate) fn connect(&self) -> (u64, Arc<Condvar>) {
        let wake = Arc::new(Condvar::new());
        let mut state = self.lock();
        let id = state.next;
        state.next += 1;
        state.connections.insert(
            id,
            Connection { wake: Arc::clone(&wake), attached: None, outbox: VecDeque::new(), closed: false },
        );
        (id, wake)
    }

    /// Changes a connection and wakes its writer.
    pub(crate) fn with(&self, id: u64, change: impl FnOnce(&mut Connection)) {
        if let Some(connection) = self.lock().connections.get_mut(&id) {
            change(connection);
            connection.wake.notify_one();
        }
    }

    pub(crate) fn disconnect(&self, id: u64) {
        self.lock().connections.remove(&id);
        self.gone.notify_all();
    }

    /// Publishes the end and gives every client a moment to hear it. One that doesn't listen reads the files.
    pub(crate) fn finish(&self, exit: Exit, patience: Duration) {
        let until = Instant::now() + patience;
        let mut state = self.lock();
        state.exit = Some(exit);
        for connection in state.connections.values() {
            connection.wake.notify_one();
        }
        while !state.connections.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.gone.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Attached {
    /// Notes bytes on their way.
    pub(crate) fn sent(&mut self, bytes: u64) {
        self.offset += bytes;
        self.unacknowledged += bytes;
    }
}
