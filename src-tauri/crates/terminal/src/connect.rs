//! A client's connection to a shim: frames in, frames out, and the moment a shim is gone.

use crate::claim::Identity;
use crate::os;
use crate::shim::SOCKET;
use crate::wire::{self, Frame, Hello, Kill, VERSION, Welcome};
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::thread;
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// The run has ended, so there is nobody to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("The run has ended; nothing can be sent to it.")]
pub struct Ended;

/// The way to a run's keyboard and switches. Sending never blocks; the order is kept.
#[derive(Debug, Clone)]
pub struct Line(pub(crate) mpsc::UnboundedSender<Frame>);

/// One frame of input; longer texts travel in several.
const INPUT: usize = 64 << 10;

impl Line {
    /// Types bytes into the terminal.
    pub fn input(&self, bytes: &[u8]) -> Result<(), Ended> {
        bytes.chunks(INPUT).try_for_each(|chunk| self.send(Frame::Input(chunk.to_vec())))
    }

    /// Changes the terminal's size, in cells.
    pub fn resize(&self, cols: u16, rows: u16) -> Result<(), Ended> {
        self.send(Frame::Resize { cols, rows })
    }

    /// Asks the run to end.
    pub fn kill(&self, kill: Kill) -> Result<(), Ended> {
        self.send(Frame::Kill(kill))
    }

    pub(crate) fn send(&self, frame: Frame) -> Result<(), Ended> {
        self.0.send(frame).map_err(|_| Ended)
    }
}

/// The reading half of a connection that has been welcomed.
#[derive(Debug)]
pub(crate) struct Frames {
    from: BufReader<OwnedReadHalf>,
    /// The frame that is being read and how much of it is there: reading may be given up at any await and gone on
    /// with later.
    partial: Vec<u8>,
    writer: Option<JoinHandle<()>>,
}

/// Connects and says hello. What comes from `outgoing` is written until its senders are gone.
pub(crate) async fn connect(
    run_dir: &Path,
    outgoing: mpsc::UnboundedReceiver<Frame>,
) -> io::Result<(Welcome, Frames)> {
    let stream = {
        let (_open, path) = os::short_path(run_dir, SOCKET)?;
        UnixStream::connect(path).await?
    };
    let (from, mut to) = stream.into_split();
    let mut hello = Vec::new();
    Frame::Hello(Hello { version: VERSION }).encode(&mut hello)?;
    to.write_all(&hello).await?;
    let mut frames =
        Frames { from: BufReader::with_capacity(128 << 10, from), partial: Vec::new(), writer: None };
    match frames.next().await? {
        Some(Frame::Welcome(welcome)) => {
            frames.writer = Some(tokio::spawn(write(to, outgoing)));
            Ok((welcome, frames))
        }
        _ => Err(io::Error::new(io::ErrorKind::ConnectionAborted, "The shim closed without a welcome.")),
    }
}

async fn write(mut to: OwnedWriteHalf, mut outgoing: mpsc::UnboundedReceiver<Frame>) {
    let mut bytes = Vec::new();
    while let Some(frame) = outgoing.recv().await {
        bytes.clear();
        // A frame that can't be encoded can't be sent; the senders see to it that there is none.
        if frame.encode(&mut bytes).is_ok() && to.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

impl Frames {
    /// Ends the writing too; when this returns, sending fails.
    pub(crate) async fn close(&mut self) {
        if let Some(writer) = self.writer.take() {
            writer.abort();
            let _ = writer.await;
        }
    }

    /// The next frame; `None` at the end of the connection. Cancel safe.
    pub(crate) async fn next(&mut self) -> io::Result<Option<Frame>> {
        loop {
            let wanted = match self.partial.first_chunk::<4>() {
                Some(prefix) => 4 + wire::length(*prefix)?,
                None => 4,
            };
            if self.partial.len() < wanted {
                let missing = (wanted - self.partial.len()) as u64;
                if (&mut self.from).take(missing).read_buf(&mut self.partial).await? == 0 {
                    return Ok(None);
                }
                continue;
            }
            if wanted == 4 {
                continue;
            }
            let frame = Frame::decode(&self.partial[4..])?;
            self.partial.clear();
            if frame.is_some() {
                return Ok(frame);
            }
        }
    }
}

/// Waits until a process has ended. At once if it has.
pub(crate) async fn ended(process: &Identity) -> io::Result<()> {
    if !process.is_alive() {
        return Ok(());
    }
    let Some(fd) = os::watch(process.pid, process.start)? else { return Ok(()) };
    let (done, wait) = oneshot::channel();
    // A thread of its own, which exists only while a shim is on its way out: the runtime's own would hold up its
    // shutdown if that took long.
    thread::Builder::new().name("shim end".into()).spawn(move || {
        // Whoever waited may have stopped; then nobody needs the answer.
        let _ = done.send(os::wait_readable(&[fd.as_fd()], None));
    })?;
    match wait.await {
        Ok(waited) => waited.map(|_| ()),
        Err(_) => Err(io::Error::other("The wait for the shim's end broke off.")),
    }
}
