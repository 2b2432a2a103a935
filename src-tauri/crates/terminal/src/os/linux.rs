//! Linux: /proc, pidfds, the child subreaper.

use super::{Cwd, Process};
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags, Signal};
use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The id of this boot: a pid and a start time mean nothing after the next one.
pub(crate) fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

/// The process with this pid, if there is one.
pub(crate) fn process(pid: i32) -> Option<Process> {
    parse_stat(&fs::read(format!("/proc/{pid}/stat")).ok()?)
}

/// Every process that can be seen.
pub(crate) fn processes() -> io::Result<Vec<Process>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        if let Some(pid) = name.to_str().and_then(|n| n.parse::<i32>().ok())
            && let Some(process) = process(pid)
        {
            found.push(process);
        }
    }
    Ok(found)
}

/// `pid (name) state ppid pgrp session …`; the name may hold spaces and parentheses, so the last `)` ends it.
fn parse_stat(stat: &[u8]) -> Option<Process> {
    let open = stat.iter().position(|b| *b == b'(')?;
    let close = stat.iter().rposition(|b| *b == b')')?;
    let pid = std::str::from_utf8(&stat[..open]).ok()?.trim().parse().ok()?;
    let name = String::from_utf8_lossy(stat.get(open + 1..close)?).into_owned();
    let rest = std::str::from_utf8(stat.get(close + 1..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    Some(Process {
        pid,
        name,
        zombie: matches!(*fields.first()?, "Z" | "X" | "x"),
        parent: fields.get(1)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        start: fields.get(19)?.parse().ok()?,
    })
}

/// Whether a process has a handler for SIGTERM and none for SIGHUP, which would end it without a word.
pub(crate) fn handles_only_terminate(pid: i32) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{pid}/status")) else { return false };
    let mask = |name: &str| {
        status
            .lines()
            .find_map(|line| u64::from_str_radix(line.strip_prefix(name)?.trim(), 16).ok())
            .unwrap_or_default()
    };
    let (handled, ignored) = (mask("SigCgt:"), mask("SigIgn:"));
    let has = |mask: u64, signal: Signal| mask >> (signal.as_raw() - 1) & 1 == 1;
    has(handled, Signal::TERM) && !has(handled | ignored, Signal::HUP)
}

/// The working directory of a process, without the mark the kernel puts on a removed one.
pub(crate) fn cwd(pid: i32) -> Cwd {
    let path = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    match path.as_os_str().as_bytes().strip_suffix(b" (deleted)") {
        Some(kept) => Some(PathBuf::from(std::ffi::OsStr::from_bytes(kept))),
        None => Some(path),
    }
}

/// Whether the environment a process was started with holds exactly `entry` (`NAME=value`).
pub(crate) fn has_env(pid: i32, entry: &[u8]) -> bool {
    fs::read(format!("/proc/{pid}/environ")).is_ok_and(|env| env.split(|b| *b == 0).any(|e| e == entry))
}

/// A descriptor that stands for one process, whatever happens to its pid afterwards; readable once it has ended.
/// `None` if the process with this pid and start time is gone.
pub(crate) fn watch(pid: i32, start: u64) -> io::Result<Option<OwnedFd>> {
    let Some(id) = Pid::from_raw(pid) else { return Ok(None) };
    let fd = match rustix::process::pidfd_open(id, PidfdFlags::empty()) {
        Ok(fd) => fd,
        Err(rustix::io::Errno::SRCH | rustix::io::Errno::INVAL) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    // Looked at after the descriptor was opened: from here on the pid can't have been passed on unnoticed.
    Ok(process(pid).filter(|p| p.start == start && !p.zombie).map(|_| fd))
}

/// What is sent to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    Hangup,
    Terminate,
    Continue,
    Stop,
    Kill,
}

impl From<Sent> for Signal {
    fn from(sent: Sent) -> Signal {
        match sent {
            Sent::Hangup => Signal::HUP,
            Sent::Terminate => Signal::TERM,
            Sent::Continue => Signal::CONT,
            Sent::Stop => Signal::STOP,
            Sent::Kill => Signal::KILL,
        }
    }
}

/// Signals a watched process. One that is gone already is no error.
pub(crate) fn signal(process: BorrowedFd<'_>, sent: Sent) {
    // The other failure is a process that changed its user; it can't be ended by us and is reported as left over.
    let _ = rustix::process::pidfd_send_signal(process, sent.into());
}

/// Waits until one of the descriptors is readable or the time is over. Returns which are.
pub(crate) fn wait_readable(fds: &[BorrowedFd<'_>], timeout: Option<Duration>) -> io::Result<Vec<bool>> {
    let mut polled: Vec<PollFd<'_>> =
        fds.iter().map(|fd| PollFd::from_borrowed_fd(*fd, PollFlags::IN)).collect();
    poll(&mut polled, timeout)?;
    Ok(polled.iter().map(|p| !p.revents().is_empty()).collect())
}

/// Waits until the descriptor takes more bytes.
pub(crate) fn wait_writable(fd: BorrowedFd<'_>) -> io::Result<()> {
    poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::OUT)], None)
}

fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<()> {
    let timeout = timeout.map(|t| Timespec {
        tv_sec: i64::try_from(t.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(t.subsec_nanos()),
    });
    match rustix::event::poll(fds, timeout.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Something one thread rings and another waits for beside other descriptors.
#[derive(Debug)]
pub(crate) struct Bell(OwnedFd);

impl Bell {
    pub(crate) fn new() -> io::Result<Bell> {
        Ok(Bell(rustix::event::eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?))
    }

    pub(crate) fn ring(&self) {
        // It fails only where it is rung already (a full counter).
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }

    pub(crate) fn quiet(&self) {
        let _ = rustix::io::read(&self.0, &mut [0u8; 8]);
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// From now on orphaned descendants become children of this process instead of the system's first one.
pub(crate) fn adopt_orphans() -> io::Result<()> {
    Ok(rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?)
}

/// Whether the other end of a connection belongs to our own user (or to root, who can do all of it anyway).
pub(crate) fn is_same_user(peer: &UnixStream) -> bool {
    rustix::net::sockopt::socket_peercred(peer)
        .is_ok_and(|cred| cred.uid == rustix::process::geteuid() || cred.uid.is_root())
}

/// Closes every descriptor above the standard three that this process was started with.
pub(crate) fn close_inherited() -> io::Result<()> {
    let mut open = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        if let Some(fd) = entry?.file_name().to_str().and_then(|n| n.parse::<RawFd>().ok()) {
            open.push(fd);
        }
    }
    for fd in open.into_iter().filter(|fd| *fd > 2) {
        // The directory's own descriptor is among them and closed by now; `fcntl` tells, `close` must not guess.
        if fs::symlink_metadata(format!("/proc/self/fd/{fd}")).is_ok() {
            drop(owned(fd));
        }
    }
    Ok(())
}

/// A descriptor of our own for a terminal whose owner only tells its number. The owner keeps its own.
pub(crate) fn duplicate(fd: RawFd) -> io::Result<OwnedFd> {
    let theirs = std::mem::ManuallyDrop::new(owned(fd));
    theirs.try_clone()
}

#[expect(unsafe_code, reason = "no safe call closes or copies a descriptor known only by its number")]
fn owned(fd: RawFd) -> OwnedFd {
    // SAFETY: both callers pass the number of an open descriptor. `close_inherited` runs before anything else in
    // the process owns one; `duplicate` never drops what it gets here.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// A path for `name` in `dir` that fits into a socket address however long `dir` is. The first part must live as
/// long as the path is used.
pub(crate) fn short_path(dir: &Path, name: &str) -> io::Result<(Option<OwnedFd>, PathBuf)> {
    use rustix::fs::{Mode, OFlags};
    use std::os::fd::AsRawFd;
    // The kernel takes 107 bytes and a null.
    const FITS: usize = 100;
    let path = dir.join(name);
    if path.as_os_str().len() <= FITS {
        return Ok((None, path));
    }
    let fd = rustix::fs::open(dir, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{name}", fd.as_raw_fd()));
    Ok((Some(fd), path))
}
