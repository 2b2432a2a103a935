//! From the terminal to the log, as fast as the terminal gives.

use super::hub::Hub;
use crate::log::Writer;
use crate::os::{self, Bell};
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The terminal gives at most 4 KiB at a time; a batch this big keeps the log's share of the work small.
const BATCH: usize = 64 << 10;
/// How long a daemon that goes on writing after the run's end is listened to.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The thread that drains.
#[derive(Debug)]
pub(crate) struct Drain {
    thread: JoinHandle<()>,
    stop: Arc<(AtomicBool, Bell)>,
}

impl Drain {
    pub(crate) fn start(hub: Arc<Hub>, limit: u64) -> io::Result<Drain> {
        let stop = Arc::new((AtomicBool::new(false), Bell::new()?));
        let stopped = Arc::clone(&stop);
        let thread =
            std::thread::Builder::new().name("drain".into()).spawn(move || drain(&hub, limit, &stopped))?;
        Ok(Drain { thread, stop })
    }

    /// Takes what is still in the terminal, then ends.
    pub(crate) fn finish(self) {
        self.stop.0.store(true, Ordering::Release);
        self.stop.1.ring();
        // It can only fail by a panic, which has ended the process.
        let _ = self.thread.join();
    }
}

fn drain(hub: &Hub, limit: u64, stop: &(AtomicBool, Bell)) {
    let mut log = Writer::new(Path::new("."), limit);
    let mut batch = vec![0; BATCH];
    let mut last_words: Option<Instant> = None;
    loop {
        // Read before the reading: what was written before the stop is read after it.
        let stopping = stop.0.load(Ordering::Acquire);
        if stopping && last_words.is_none() {
            last_words = Some(Instant::now() + LAST_WORDS);
        }
        let (filled, ended) = fill(hub, &mut batch);
        log.append(&batch[..filled], |step| hub.grow(|shared| step.apply(shared)));
        if ended || last_words.is_some_and(|until| Instant::now() >= until) {
            return;
        }
        if filled == batch.len() {
            continue;
        }
        if stopping {
            // Empty to a look that makes the kernel hand over everything on its way: drained.
            match os::wait_readable(&[hub.master.as_fd()], Some(Duration::ZERO)) {
                Ok(ready) if ready[0] => continue,
                Ok(_) | Err(_) => return,
            }
        }
        if os::wait_readable(&[hub.master.as_fd(), stop.1.as_fd()], None).is_err() {
            return;
        }
    }
}

/// Reads what is there. The second value: the terminal has nobody at the other end any more.
fn fill(hub: &Hub, batch: &mut [u8]) -> (usize, bool) {
    let mut filled = 0;
    while filled < batch.len() {
        match rustix::io::read(&hub.master, &mut batch[filled..]) {
            Ok(0) => return (filled, true),
            Ok(read) => filled += read,
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => return (filled, false),
            Err(_) => return (filled, true),
        }
    }
    (filled, false)
}
