//! The connections. Each has a thread that reads what the client says and one that writes what it is to hear; the
//! writer takes output from the log by offset, so that a slow client holds up nobody.

use super::hub::{Attached, Event, Hub};
use super::input::Keyboard;
use crate::log::Output;
use crate::os;
use crate::wire::{self, Frame};
use std::io::{self, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Condvar, PoisonError};
use std::thread;

/// Output travels in pieces of at most this size.
const PIECE: usize = 64 << 10;
/// More clients than this are a mistake.
const MOST_CONNECTIONS: usize = 128;
/// Answers kept for a client that asks without listening.
const MOST_ANSWERS: usize = 1024;
/// These threads keep little on their stacks.
const STACK: usize = 256 << 10;

/// Accepts for as long as the process lives.
pub(crate) fn start(listener: UnixListener, hub: Arc<Hub>, keyboard: Arc<Keyboard>) -> io::Result<()> {
    thread::Builder::new().name("accept".into()).stack_size(STACK).spawn(move || {
        for peer in listener.incoming() {
            let Ok(peer) = peer else { continue };
            if !os::is_same_user(&peer) || hub.lock().connections.len() >= MOST_CONNECTIONS {
                continue;
            }
            let (hub, keyboard) = (Arc::clone(&hub), Arc::clone(&keyboard));
            // Without a thread to serve it the connection closes; the client reads the files. A client that talks
            // nonsense or goes away is one client less.
            let _ = thread::Builder::new()
                .name("read".into())
                .stack_size(STACK)
                .spawn(move || listen(&peer, &hub, &keyboard));
        }
    })?;
    Ok(())
}

/// Reads frames until the client goes.
fn listen(peer: &UnixStream, hub: &Arc<Hub>, keyboard: &Keyboard) -> io::Result<()> {
    let mut from = BufReader::new(peer);
    let Some(Frame::Hello(_)) = next_frame(&mut from)? else { return Ok(()) };
    let to = peer.try_clone()?;
    let (id, wake) = hub.connect();
    let writer = {
        let hub = Arc::clone(hub);
        thread::Builder::new().name("write".into()).stack_size(STACK).spawn(move || {
            let _ = speak(&to, id, &wake, &hub);
            let _ = to.shutdown(Shutdown::Both);
            hub.disconnect(id);
        })
    };
    if writer.is_err() {
        hub.disconnect(id);
        return Ok(());
    }
    let answer = |frame: Frame| {
        hub.with(id, |connection| {
            if connection.outbox.len() < MOST_ANSWERS {
                connection.outbox.push_back(frame);
            }
        });
    };
    answer(Frame::Welcome(hub.welcome()));
    let heard = hear(&mut from, id, hub, keyboard, answer);
    hub.with(id, |connection| connection.closed = true);
    heard
}

fn hear(
    from: &mut impl Read,
    id: u64,
    hub: &Hub,
    keyboard: &Keyboard,
    answer: impl Fn(Frame),
) -> io::Result<()> {
    while let Some(frame) = next_frame(from)? {
        match frame {
            Frame::Attach { offset, window } => hub.with(id, |connection| {
                connection.attached = Some(Attached { offset, window: u64::from(window), unacknowledged: 0 });
            }),
            Frame::Ack(bytes) => hub.with(id, |connection| {
                if let Some(attached) = &mut connection.attached {
                    attached.unacknowledged = attached.unacknowledged.saturating_sub(bytes);
                }
            }),
            Frame::Detach => hub.with(id, |connection| connection.attached = None),
            Frame::Input(bytes) => {
                if !keyboard.type_in(hub, &bytes) {
                    answer(Frame::Refused(format!(
                        "{} bytes of input were not taken: the process does not read its terminal.",
                        bytes.len()
                    )));
                }
            }
            Frame::Resize { cols, rows } => hub.resize(cols, rows),
            Frame::Kill(kill) => hub.tell(Event::Kill(kill)),
            Frame::AskStatus => answer(Frame::Status(hub.status())),
            // What only a shim says means nothing from a client.
            Frame::Hello(_)
            | Frame::Welcome(_)
            | Frame::Output { .. }
            | Frame::Gap { .. }
            | Frame::Exited(_)
            | Frame::Status(_)
            | Frame::Refused(_) => {}
        }
    }
    Ok(())
}

/// The next frame of a known kind; `None` at the end.
fn next_frame(from: &mut impl Read) -> io::Result<Option<Frame>> {
    loop {
        let mut prefix = [0; 4];
        match from.read_exact(&mut prefix) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let mut body = vec![0; wire::length(prefix)?];
        from.read_exact(&mut body)?;
        if let Some(frame) = Frame::decode(&body)? {
            return Ok(Some(frame));
        }
    }
}

/// What a writer does next, decided under the lock and done without it.
enum Next {
    Frame(Frame),
    Output { offset: u64, output: Output },
    Last(Frame),
}

/// Writes until the run has ended or the client is gone.
fn speak(mut to: &UnixStream, id: u64, wake: &Condvar, hub: &Hub) -> io::Result<()> {
    let mut bytes = Vec::new();
    while let Some(next) = next(id, wake, hub) {
        bytes.clear();
        let last = matches!(next, Next::Last(_));
        match next {
            Next::Frame(frame) | Next::Last(frame) => frame.encode(&mut bytes)?,
            Next::Output { offset, output } => match output {
                Output::File { file, at, len } => {
                    let mut piece = Vec::new();
                    Output::read(&file, at, len, &mut piece)?;
                    Frame::Output { offset, bytes: piece }.encode(&mut bytes)?;
                }
                Output::Memory(piece) => Frame::Output { offset, bytes: piece }.encode(&mut bytes)?,
                Output::Gap { to } => Frame::Gap { from: offset, to }.encode(&mut bytes)?,
                Output::End => {}
            },
        }
        to.write_all(&bytes)?;
        if last {
            break;
        }
    }
    Ok(())
}

fn next(id: u64, wake: &Condvar, hub: &Hub) -> Option<Next> {
    let mut guard = hub.lock();
    loop {
        let state = &mut *guard;
        let connection = state.connections.get_mut(&id)?;
        if connection.closed {
            return None;
        }
        if let Some(frame) = connection.outbox.pop_front() {
            return Some(Next::Frame(frame));
        }
        if let Some(attached) = &mut connection.attached {
            let room = attached.window.saturating_sub(attached.unacknowledged);
            let len = usize::try_from(room).unwrap_or(usize::MAX).min(PIECE);
            let offset = attached.offset;
            match state.log.at(offset, len) {
                Output::End => {}
                // With no room left only a gap may be told: it weighs nothing.
                Output::File { .. } | Output::Memory(_) if len == 0 => {}
                output => {
                    match &output {
                        Output::File { len, .. } => attached.sent(*len as u64),
                        Output::Memory(bytes) => attached.sent(bytes.len() as u64),
                        Output::Gap { to } => attached.offset = *to,
                        Output::End => {}
                    }
                    return Some(Next::Output { offset, output });
                }
            }
        }
        if let Some(exit) = &state.exit {
            return Some(Next::Last(Frame::Exited(exit.clone())));
        }
        guard = wake.wait(guard).unwrap_or_else(PoisonError::into_inner);
    }
}
