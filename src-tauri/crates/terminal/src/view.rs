//! Looking at a run's output: the same stream from the shim while it lives and from the files afterwards.

use crate::claim::{self, Identity};
use crate::connect::{self, Frames, Line};
use crate::exit::{Exit, Reason};
use crate::log::{Log, Piece};
use crate::run::end_of;
use crate::wire::Frame;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{Notify, mpsc};

/// How many unacknowledged bytes are on their way unless asked otherwise.
pub const WINDOW: u32 = 1 << 20;

/// Output read from files comes in pieces of this size, like the shim's.
const PIECE: usize = 64 << 10;

/// One thing a viewer sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum View {
    /// Bytes of output.
    Chunk {
        /// Where in the output they stand.
        offset: u64,
        /// At least one byte.
        bytes: Vec<u8>,
    },
    /// Bytes that the log doesn't have.
    Gap {
        /// The first of them.
        from: u64,
        /// The first after them.
        to: u64,
    },
    /// The run has ended and all of its output was seen.
    Exited(Exit),
}

/// Says how far a viewer's bytes have been dealt with. Clones count together.
#[derive(Debug, Clone)]
pub struct Seen {
    unacknowledged: Arc<AtomicU64>,
    changed: Arc<Notify>,
    line: Line,
}

impl Seen {
    /// So many more bytes have been dealt with.
    pub fn ack(&self, bytes: u64) {
        let taken = self
            .unacknowledged
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |now| Some(now.saturating_sub(bytes)));
        if taken.is_ok() {
            self.changed.notify_one();
            // The shim may be gone; then the count above is what matters.
            let _ = self.line.send(Frame::Ack(bytes));
        }
    }
}

/// A stream of a run's output from an offset on, in order, nothing lost, nothing twice.
#[derive(Debug)]
pub struct Viewer {
    run_dir: PathBuf,
    offset: u64,
    window: u64,
    seen: Seen,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Shim { frames: Frames, shim: Identity },
    Files { exit: Exit },
    Over,
}

/// Looks at the run in this folder from `offset` on, live or ended. At most `window` bytes ([`WINDOW`]) are given
/// without having been acknowledged.
pub async fn attach(run_dir: &Path, offset: u64, window: u32) -> io::Result<Viewer> {
    let run_dir = std::path::absolute(run_dir)?;
    let (line, outgoing) = mpsc::unbounded_channel();
    let line = Line(line);
    let source = match Exit::read(&run_dir)? {
        Some(exit) => Source::Files { exit },
        None => {
            let Some(held) = claim::held(&run_dir)? else {
                return Err(io::Error::new(
                    io::ErrorKind::NotFound,
                    format!("No run was started in {}.", run_dir.display()),
                ));
            };
            match connect::connect(&run_dir, outgoing).await {
                Ok((_, frames)) => {
                    let _ = line.send(Frame::Attach { offset, window });
                    Source::Shim { frames, shim: held.shim }
                }
                Err(_) => Source::Files { exit: end_of(&run_dir, &held.shim).await },
            }
        }
    };
    let seen = Seen { unacknowledged: Arc::default(), changed: Arc::default(), line };
    Ok(Viewer { run_dir, offset, window: u64::from(window), seen, source })
}

impl Viewer {
    /// The next thing to see; `None` after [`View::Exited`]. Waits where the window is used up. Cancel safe.
    pub async fn next(&mut self) -> io::Result<Option<View>> {
        loop {
            match &mut self.source {
                Source::Shim { frames, shim } => match frames.next().await {
                    Ok(Some(Frame::Output { offset, bytes })) => {
                        self.offset = offset + bytes.len() as u64;
                        self.seen.unacknowledged.fetch_add(bytes.len() as u64, Ordering::AcqRel);
                        return Ok(Some(View::Chunk { offset, bytes }));
                    }
                    Ok(Some(Frame::Gap { from, to })) => {
                        self.offset = to;
                        return Ok(Some(View::Gap { from, to }));
                    }
                    // What the shim had no time to send is in the files.
                    Ok(Some(Frame::Exited(exit))) => {
                        frames.close().await;
                        self.source = Source::Files { exit };
                    }
                    Ok(Some(_)) => {}
                    Ok(None) | Err(_) => {
                        frames.close().await;
                        let exit = end_of(&self.run_dir, shim).await;
                        self.source = Source::Files { exit };
                    }
                },
                Source::Files { exit } => {
                    let used = self.seen.unacknowledged.load(Ordering::Acquire);
                    let room = usize::try_from(self.window.saturating_sub(used)).unwrap_or(usize::MAX);
                    let log = Log::open(&self.run_dir);
                    match log.read(self.offset, room.min(PIECE))? {
                        Piece::Bytes(bytes) if bytes.is_empty() => self.seen.changed.notified().await,
                        Piece::Bytes(bytes) => {
                            let offset = self.offset;
                            self.offset += bytes.len() as u64;
                            self.seen.unacknowledged.fetch_add(bytes.len() as u64, Ordering::AcqRel);
                            return Ok(Some(View::Chunk { offset, bytes }));
                        }
                        Piece::Gap { to } => return Ok(Some(self.gap(to))),
                        Piece::End if self.offset < exit.log_bytes && exit.reason != Reason::Lost => {
                            let to = exit.log_bytes;
                            return Ok(Some(self.gap(to)));
                        }
                        Piece::End => {
                            let exit = exit.clone();
                            self.source = Source::Over;
                            return Ok(Some(View::Exited(exit)));
                        }
                    }
                }
                Source::Over => return Ok(None),
            }
        }
    }

    fn gap(&mut self, to: u64) -> View {
        let from = std::mem::replace(&mut self.offset, to);
        View::Gap { from, to }
    }

    /// Acknowledges bytes that have been dealt with.
    pub fn ack(&self, bytes: u64) {
        self.seen.ack(bytes);
    }

    /// For acknowledging from elsewhere while [`Viewer::next`] waits.
    pub fn seen(&self) -> Seen {
        self.seen.clone()
    }

    /// The way to the run's keyboard over the same connection.
    pub fn line(&self) -> Line {
        self.seen.line.clone()
    }

    /// Where the stream stands: the offset of the next byte.
    pub fn offset(&self) -> u64 {
        self.offset
    }
}
