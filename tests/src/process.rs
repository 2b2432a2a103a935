//! Processes by their ids, and those that belong to one data directory.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, kill_process, pidfd_open};

pub use rustix::process::Signal;

/// Sends a signal to exactly this process; false if it is gone.
pub fn send(pid: u32, signal: Signal) -> bool {
    name(pid).is_some_and(|pid| kill_process(pid, signal).is_ok())
}

fn name(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}

/// Whether it lives and is no zombie.
pub fn is_alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        // The name may hold anything but ends at the last parenthesis; the state follows it.
        let state = stat.rsplit(')').next().and_then(|rest| rest.trim_start().chars().next());
        state.is_some_and(|state| state != 'Z' && state != 'X')
    })
}

/// Waits for the end of a process that need not be our child.
pub(crate) fn await_end(pid: u32, limit: Duration) -> bool {
    let Some(id) = name(pid) else { return true };
    let Ok(handle) = pidfd_open(id, PidfdFlags::empty()) else { return !is_alive(pid) };
    let deadline = Instant::now() + limit;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout = rustix::event::Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        let mut wait = [rustix::event::PollFd::new(&handle, rustix::event::PollFlags::IN)];
        match rustix::event::poll(&mut wait, Some(&timeout)) {
            Ok(0) => return !is_alive(pid),
            Ok(_) => return true,
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return !is_alive(pid),
        }
    }
}

/// Every living process whose environment names this data directory: the engine, shims and all that
/// runs in them. The folder is of one test alone, so nobody else's process is among them.
pub(crate) fn of_home(home: &Path) -> Vec<u32> {
    let wanted = format!("COPPICE_HOME={}", home.display());
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok())
        .filter(|pid| *pid != std::process::id())
        .filter(|pid| {
            fs::read(format!("/proc/{pid}/environ"))
                .is_ok_and(|all| all.split(|byte| *byte == 0).any(|pair| pair == wanted.as_bytes()))
        })
        .filter(|pid| is_alive(*pid))
        .collect()
}

/// What a process was started with, for messages.
pub(crate) fn command_line(pid: u32) -> String {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&bytes).replace('\0', " ").trim().to_owned()
}
