//! From the start of the process to the end of the run: what may end it, and in which order the end happens.
//!
//! The process ends (or is made to) → its leftovers in the worktree are ended → the terminal is drained → the end is
//! recorded → clients hear of it. Only the recording makes it true.

use super::drain::Drain;
use super::hub::{Event, Hub};
use super::input::Keyboard;
use super::pty::Terminal;
use super::{SOCKET, serve};
use crate::exit::{Draft, Exit, Reason, now_ms};
use crate::os;
use crate::spec::{RUN_VARIABLE, RunSpec};
use crate::tree::{self, Ending, Kin, Step};
use crate::wire::Kill;
use rustix::process::{WaitOptions, WaitStatus};
use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// How long clients have to take the last frames.
const FAREWELL: Duration = Duration::from_millis(500);

pub(crate) fn conclude(
    spec: &RunSpec,
    terminal: Terminal,
    hub: Arc<Hub>,
    listener: UnixListener,
    draft: Draft,
) -> io::Result<()> {
    let kin = kin(spec, &terminal);
    let drain = Drain::start(Arc::clone(&hub), spec.log_limit)?;
    let keyboard = Keyboard::start(Arc::clone(&hub))?;
    serve::start(listener, Arc::clone(&hub), keyboard)?;
    wait_for_children(terminal.child.pid, Arc::clone(&hub))?;

    let end = until_over(spec, &kin, &hub)?;
    drop(terminal.slave);
    drain.finish();
    let leftovers = if end.alone { Vec::new() } else { tree::leftovers(&kin)? };
    let (log_bytes, log_missing, lost) = {
        let state = hub.lock();
        (state.log.end, state.log.missing(), state.log.lost)
    };
    let exit = Exit {
        code: end.status.and_then(|status| status.exit_status()),
        signal: end.status.and_then(|status| status.terminating_signal()),
        reason: end.reason,
        at_ms: now_ms(),
        log_bytes,
        log_missing,
        log_truncated: lost > 0,
        leftovers,
    };
    let published = draft.publish(&exit)?;
    // From here on clients find the files and no door.
    let _ = fs::remove_file(SOCKET);
    hub.finish(exit, FAREWELL);
    published.sync()
}

fn kin(spec: &RunSpec, terminal: &Terminal) -> Kin {
    Kin {
        root: Some(std::process::id() as i32),
        child: terminal.child.pid,
        child_start: terminal.child.start,
        mark: format!("{RUN_VARIABLE}={}", spec.run_id).into_bytes(),
        // The kernel knows processes by where folders really are.
        home: fs::canonicalize(spec.home()).unwrap_or_else(|_| spec.home().to_owned()),
    }
}

/// Waits for ended children, the run's own and adopted ones, until there is none left.
fn wait_for_children(child: i32, hub: Arc<Hub>) -> io::Result<()> {
    thread::Builder::new().name("wait".into()).spawn(move || {
        let mut ours: Option<WaitStatus> = None;
        loop {
            // Having seen our child end, take only what has ended already: then it is known whether it was alone.
            let options = if ours.is_some() { WaitOptions::NOHANG } else { WaitOptions::empty() };
            let waited = rustix::process::wait(options);
            match waited {
                Ok(Some((pid, status))) if pid.as_raw_nonzero().get() == child => ours = Some(status),
                Ok(Some(_)) | Err(rustix::io::Errno::INTR) => {}
                Ok(None) | Err(_) => {
                    let alone = waited.is_err();
                    if let Some(status) = ours.take() {
                        hub.child_alive.store(false, Ordering::Relaxed);
                        hub.tell(Event::ChildEnded { status, alone });
                    }
                    if alone {
                        return;
                    }
                }
            }
        }
    })?;
    Ok(())
}

struct End {
    status: Option<WaitStatus>,
    reason: Reason,
    alone: bool,
}

/// Sleeps until the run is over and nothing of it is left to be ended.
fn until_over(spec: &RunSpec, kin: &Kin, hub: &Hub) -> io::Result<End> {
    let grace = Duration::from_millis(spec.grace_ms);
    let mut limit = spec.time_limit_ms.and_then(|ms| Instant::now().checked_add(Duration::from_millis(ms)));
    let mut ending: Option<Ending> = None;
    let mut end = End { status: None, reason: Reason::Exited, alone: false };
    loop {
        for event in hub.told() {
            let now = Instant::now();
            match event {
                Event::ChildEnded { status, alone } => {
                    end.status = Some(status);
                    end.alone = alone;
                    limit = None;
                }
                Event::Kill(kill) => {
                    if end.status.is_none() && ending.is_none() {
                        end.reason = Reason::Killed;
                    }
                    let ending = ending.get_or_insert_with(|| Ending::polite(kin.clone(), now, grace));
                    if kill == Kill::Now {
                        ending.kill(now);
                    }
                }
            }
        }
        let now = Instant::now();
        if limit.is_some_and(|limit| now >= limit) {
            limit = None;
            if ending.is_none() {
                end.reason = Reason::TimeLimit;
                ending = Some(Ending::polite(kin.clone(), now, grace));
            }
        }
        if end.alone && ending.is_none() {
            return Ok(end);
        }
        if end.status.is_some() && ending.is_none() {
            ending = Some(Ending::polite(kin.clone(), now, grace));
        }
        let mut wait = limit.map(|limit| limit - now);
        if let Some(ending) = &mut ending {
            hub.ending.store(true, Ordering::Relaxed);
            match ending.step(now)? {
                Step::Wait(time) => wait = Some(wait.map_or(time, |wait| wait.min(time))),
                // A process that even SIGKILL doesn't end is reported as left over.
                Step::Over if end.status.is_some() || ending.gave_up() => return Ok(end),
                // All have ended; the word of it is on its way.
                Step::Over => {}
            }
        }
        let fds: Vec<BorrowedFd<'_>> =
            std::iter::once(hub.bell.as_fd()).chain(ending.iter().flat_map(Ending::watched)).collect();
        os::wait_readable(&fds, wait)?;
    }
}
