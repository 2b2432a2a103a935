//! One connection: requests with their replies by number, and at most one subscription.

use std::{
    collections::HashMap,
    io,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use protocol::{Call, Hello, Message, Reply, Request, Welcome};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader},
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    Error, Notices,
    notices::{Inlet, subscription},
    os, socket,
};

/// An engine answers the handshake before anything else; one that takes longer hangs.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Lines waiting to be written; more make the asker wait.
const OUTBOX: usize = 64;

type Answer = Result<Reply, protocol::Error>;

#[derive(Debug, Default)]
struct Waiting {
    calls: HashMap<u64, oneshot::Sender<Answer>>,
    inlet: Option<Inlet>,
    ended: bool,
}

#[derive(Debug)]
struct Shared {
    welcome: Welcome,
    next: AtomicU64,
    outbox: mpsc::Sender<Vec<u8>>,
    waiting: Arc<Mutex<Waiting>>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Shared {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// A connection to the engine. Clones share it; it closes with the last of them.
#[derive(Debug, Clone)]
pub struct Client(Arc<Shared>);

fn lock(waiting: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Client {
    /// Connects to the engine that serves `home`, which must be running. `kind` is what this client
    /// calls itself: "window", "cli", "hook", "mcp".
    pub async fn connect(home: &Path, kind: &str) -> Result<Self, Error> {
        let path = socket(home);
        let stream = os::connect(&path).await.map_err(|source| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                Error::NotRunning { socket: path.clone(), source }
            }
            _ => Error::Connect { socket: path.clone(), source },
        })?;
        if !os::same_user(&stream).map_err(|source| Error::Connect { socket: path.clone(), source })? {
            return Err(Error::Stranger { socket: path });
        }
        match timeout(HANDSHAKE, Self::greet(stream, kind)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::Silent { socket: path }),
        }
    }

    async fn greet(stream: os::Stream, kind: &str) -> Result<Self, Error> {
        let (read, mut write) = tokio::io::split(stream);
        let mut read = BufReader::new(read);
        let hello = Hello { version: protocol::VERSION, client: kind.to_owned() };
        write.write_all(&line(&hello)?).await.map_err(|_| Error::Gone)?;
        let welcome = welcome(&next_line(&mut read).await.ok_or(Error::Gone)?)?;

        let waiting = Arc::new(Mutex::new(Waiting::default()));
        let (outbox, mut lines) = mpsc::channel::<Vec<u8>>(OUTBOX);
        let writing = tokio::spawn(async move {
            while let Some(line) = lines.recv().await {
                if write.write_all(&line).await.is_err() {
                    // The reader sees the same end and tells everybody who waits.
                    break;
                }
            }
        });
        let shared = Arc::clone(&waiting);
        let reading = tokio::spawn(async move {
            while let Some(line) = next_line(&mut read).await {
                if !deliver(&shared, &line) {
                    break;
                }
            }
            end(&shared);
        });
        let next = AtomicU64::new(1);
        Ok(Self(Arc::new(Shared { welcome, next, outbox, waiting, tasks: [writing, reading] })))
    }

    /// What the engine said of itself when this connection began.
    pub fn welcome(&self) -> &Welcome {
        &self.0.welcome
    }

    /// Whether the connection has ended.
    pub fn is_gone(&self) -> bool {
        lock(&self.0.waiting).ended
    }

    /// Asks, and waits for the answer as long as it takes. Any number may be under way at once.
    pub async fn request(&self, request: Request) -> Result<Reply, Error> {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let (answered, answer) = oneshot::channel();
        {
            let mut waiting = lock(&self.0.waiting);
            if waiting.ended {
                return Err(Error::Gone);
            }
            waiting.calls.insert(id, answered);
        }
        let call = line(&Call { id, request })?;
        self.0.outbox.send(call).await.map_err(|_| Error::Gone)?;
        Ok(answer.await.map_err(|_| Error::Gone)??)
    }

    /// Hears the stored events later than `since` and then everything new. A connection carries one
    /// subscription: an earlier one ends.
    pub async fn subscribe(&self, since: u64) -> Result<Notices, Error> {
        let (inlet, notices) = subscription(since);
        {
            // Before the request is sent: the first notices may overtake its reply.
            let mut waiting = lock(&self.0.waiting);
            if waiting.ended {
                return Err(Error::Gone);
            }
            waiting.inlet = Some(inlet);
        }
        self.request(Request::Subscribe { since }).await?;
        Ok(notices)
    }
}

fn line(message: &impl serde::Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes = serde_json::to_vec(message).map_err(|source| Error::Garbled { source })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// `None` at the end, and for a last line that was cut off.
async fn next_line(read: &mut BufReader<impl AsyncRead + Unpin>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    read.read_until(b'\n', &mut bytes).await.ok()?;
    (bytes.pop() == Some(b'\n')).then_some(bytes)
}

fn welcome(line: &[u8]) -> Result<Welcome, Error> {
    match serde_json::from_slice::<Welcome>(line) {
        Ok(welcome) if welcome.version == protocol::VERSION => Ok(welcome),
        Ok(welcome) => Err(Error::Version { engine: welcome.version }),
        Err(source) => match serde_json::from_slice::<protocol::Error>(line) {
            Ok(refusal) => Err(Error::Answer(refusal)),
            Err(_) => Err(Error::Garbled { source }),
        },
    }
}

/// Hands one line to whoever waits for it. False for a line that is not of the protocol: after it
/// nothing on this connection can be trusted, and a skipped event would never be noticed.
fn deliver(waiting: &Mutex<Waiting>, line: &[u8]) -> bool {
    let Ok(message) = serde_json::from_slice::<Message>(line) else { return false };
    let mut waiting = lock(waiting);
    let (id, answer) = match message {
        Message::Notice { notice } => {
            if let Some(inlet) = &waiting.inlet {
                inlet.push(notice);
            }
            return true;
        }
        Message::Reply { id, reply } => (id, Ok(reply)),
        Message::Error { id, error } => (id, Err(error)),
    };
    if let Some(call) = waiting.calls.remove(&id) {
        // A caller that no longer waits is no reason to stop.
        let _ = call.send(answer);
    }
    true
}

fn end(waiting: &Mutex<Waiting>) {
    let mut waiting = lock(waiting);
    waiting.ended = true;
    waiting.calls.clear();
    waiting.inlet = None;
}
