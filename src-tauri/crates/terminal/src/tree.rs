//! A run's processes: which they are, and how they are ended.

use crate::exit::Leftover;
use crate::os::{self, Process, Sent};
use std::collections::{HashMap, HashSet};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A process that SIGKILL doesn't end within this time hangs in the kernel and is reported, not waited for.
const KILL_PATIENCE: Duration = Duration::from_secs(10);

/// How a run's processes are told from all others.
#[derive(Debug, Clone)]
pub(crate) struct Kin {
    /// All descendants of this process are the run's.
    pub(crate) root: Option<i32>,
    /// The run's own process, and the session it leads.
    pub(crate) child: i32,
    /// When that process started: its number may have been given to somebody else.
    pub(crate) child_start: u64,
    /// Processes without that ancestor are the run's if they carry this `NAME=value`.
    pub(crate) mark: Vec<u8>,
    /// Of the run's processes that have left its session those are ended that work in here; the others are shared
    /// daemons.
    pub(crate) home: PathBuf,
}

/// The run's living processes, sorted by what is to become of them.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) ended_with_run: Vec<Process>,
    pub(crate) shared: Vec<Process>,
}

impl Kin {
    /// Looks at the system's processes now. `sessions` grows by those of processes that are to be ended: what they
    /// fork belongs to them even when they are gone.
    pub(crate) fn find(&self, sessions: &mut HashSet<i32>) -> io::Result<Found> {
        sessions.insert(self.child);
        let all = os::processes()?;
        let below_root = self.root.map(|root| descendants(&all, root)).unwrap_or_default();
        let child_lives = all.iter().any(|p| p.pid == self.child && p.start == self.child_start);
        let below_child = if child_lives { descendants(&all, self.child) } else { HashSet::new() };
        let mut found = Found::default();
        for process in all {
            let pid = process.pid;
            if process.zombie || Some(pid) == self.root || pid == std::process::id() as i32 {
                continue;
            }
            let in_session = sessions.contains(&process.session);
            let in_tree = below_child.contains(&pid) || (child_lives && pid == self.child);
            // Without an ancestor of ours above it, a session or a parent proves something only while the process
            // they are named after lives: numbers are used again.
            let ours = below_root.contains(&pid)
                || (child_lives && (in_tree || process.session == self.child))
                || os::has_env(pid, &self.mark);
            if !ours {
                continue;
            }
            if in_session || in_tree || works_in(pid, &self.home) {
                if process.session > 0 {
                    sessions.insert(process.session);
                }
                found.ended_with_run.push(process);
            } else {
                found.shared.push(process);
            }
        }
        Ok(found)
    }
}

fn works_in(pid: i32, home: &Path) -> bool {
    os::cwd(pid).is_some_and(|cwd| cwd.starts_with(home))
}

fn descendants(all: &[Process], root: i32) -> HashSet<i32> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for process in all {
        children.entry(process.parent).or_default().push(process.pid);
    }
    let mut found = HashSet::new();
    let mut open = vec![root];
    while let Some(pid) = open.pop() {
        for child in children.get(&pid).into_iter().flatten() {
            if found.insert(*child) {
                open.push(*child);
            }
        }
    }
    found
}

/// The end of a run's processes under way: asked first, then killed.
#[derive(Debug)]
pub(crate) struct Ending {
    kin: Kin,
    sessions: HashSet<i32>,
    /// Those that were signalled and have not ended; `None` where no descriptor was to be had.
    known: HashMap<(i32, u64), Option<OwnedFd>>,
    phase: Phase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Asked { until: Instant },
    Killed { until: Instant },
}

/// Whether an ending is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Look again when one of the processes ends, at the latest after this time.
    Wait(Duration),
    /// None is left, or those left can't be ended.
    Over,
}

impl Ending {
    /// Begins by asking; after `grace` it kills.
    pub(crate) fn polite(kin: Kin, now: Instant, grace: Duration) -> Ending {
        Ending {
            kin,
            sessions: HashSet::new(),
            known: HashMap::new(),
            phase: Phase::Asked { until: now + grace },
        }
    }

    /// Stops asking.
    pub(crate) fn kill(&mut self, now: Instant) {
        if matches!(self.phase, Phase::Asked { .. }) {
            self.phase = Phase::Killed { until: now + KILL_PATIENCE };
            self.known.clear();
        }
    }

    /// Whether some outlived even being killed.
    pub(crate) fn gave_up(&self) -> bool {
        !self.known.is_empty()
    }

    /// Descriptors that become readable when there is something to do.
    pub(crate) fn watched(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.known.values().flatten().map(AsFd::as_fd)
    }

    /// Does what is to be done now.
    pub(crate) fn step(&mut self, now: Instant) -> io::Result<Step> {
        loop {
            self.forget_ended()?;
            match self.phase {
                Phase::Asked { until } if now >= until => self.kill(now),
                Phase::Asked { until } => {
                    if !self.known.is_empty() {
                        return Ok(self.wait(until - now));
                    }
                    if !self.sweep(&[Sent::Hangup, Sent::Terminate, Sent::Continue])? {
                        return Ok(Step::Over);
                    }
                }
                Phase::Killed { until } => {
                    if now >= until {
                        return Ok(Step::Over);
                    }
                    if !self.known.is_empty() {
                        return Ok(self.wait(until - now));
                    }
                    // Stopped first, so that what forks faster than we look can't stay ahead of the kill.
                    for _ in 0..32 {
                        if !self.sweep(&[Sent::Stop])? {
                            break;
                        }
                    }
                    if self.known.is_empty() {
                        return Ok(Step::Over);
                    }
                    for process in self.known.values().flatten() {
                        os::signal(process.as_fd(), Sent::Kill);
                    }
                }
            }
        }
    }

    fn wait(&self, left: Duration) -> Step {
        // Out of descriptors, an end can't be seen coming; then, and only then, it is looked for.
        let blind = self.known.values().any(Option::is_none);
        Step::Wait(if blind { left.min(Duration::from_millis(20)) } else { left })
    }

    /// Signals those not signalled yet. Whether there were any.
    fn sweep(&mut self, signals: &[Sent]) -> io::Result<bool> {
        let mut any = false;
        for process in self.kin.find(&mut self.sessions)?.ended_with_run {
            let key = (process.pid, process.start);
            if self.known.contains_key(&key) {
                continue;
            }
            match os::watch(process.pid, process.start) {
                Ok(Some(fd)) => {
                    // A program that tidies up when terminated, and has not thought of losing its terminal, is
                    // allowed to tidy up.
                    let spared = signals.contains(&Sent::Hangup) && os::handles_only_terminate(process.pid);
                    for sent in signals.iter().filter(|sent| !(spared && **sent == Sent::Hangup)) {
                        os::signal(fd.as_fd(), *sent);
                    }
                    self.known.insert(key, Some(fd));
                    any = true;
                }
                Ok(None) => {}
                Err(_) => {
                    self.known.insert(key, None);
                    any = true;
                }
            }
        }
        Ok(any)
    }

    fn forget_ended(&mut self) -> io::Result<()> {
        if self.known.is_empty() {
            return Ok(());
        }
        let ended = {
            let fds: Vec<BorrowedFd<'_>> = self.watched().collect();
            os::wait_readable(&fds, Some(Duration::ZERO))?
        };
        let mut ended = ended.into_iter();
        self.known.retain(|(pid, start), fd| match fd {
            Some(_) => !ended.next().unwrap_or(false),
            None => os::process(*pid).is_some_and(|p| p.start == *start && !p.zombie),
        });
        Ok(())
    }
}

/// Ends the processes and waits for it; for callers that have nothing else to do meanwhile.
pub(crate) fn end(kin: Kin, grace: Duration) -> io::Result<()> {
    let mut ending = Ending::polite(kin, Instant::now(), grace);
    while let Step::Wait(time) = ending.step(Instant::now())? {
        let fds: Vec<BorrowedFd<'_>> = ending.watched().collect();
        os::wait_readable(&fds, Some(time))?;
    }
    Ok(())
}

/// What still lives of a run.
pub(crate) fn leftovers(kin: &Kin) -> io::Result<Vec<Leftover>> {
    // A run that left thousands behind tells enough by the first of them.
    const NAMED: usize = 64;
    let found = kin.find(&mut HashSet::new())?;
    let living = found.ended_with_run.into_iter().chain(found.shared);
    Ok(living.take(NAMED).map(|process| Leftover { pid: process.pid, name: process.name }).collect())
}
