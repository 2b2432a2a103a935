//! The socket's side: one task per client, lines of JSON in and out.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use protocol::{Call, Error, ErrorCode, Hello, Message, Notice, Reply, Request, VERSION, Welcome};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{broadcast, mpsc};

use crate::ids::RunId;
use crate::os;
use crate::serve::{Engine, Event};
use crate::world::{RunKind, RunState, World};

/// The longest line that a client may send: a pasted plan is far below it.
const LINE_LIMIT: u64 = 32 * 1024 * 1024;

/// Events that are read from the store at a time.
const PAGE: u64 = 1_000;

#[derive(Debug)]
pub(crate) struct Socket {
    listener: UnixListener,
}

/// On whose behalf a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Person,
    /// It descends from a run: it may read, and never decide.
    Agent,
}

impl Socket {
    pub(crate) fn bind(path: &Path) -> io::Result<Socket> {
        Ok(Socket { listener: os::listen(path)? })
    }

    pub(crate) async fn accept(self, engine: Engine) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let engine = engine.clone();
                    tokio::spawn(async move {
                        let _ = engine.events.send(Event::ClientCame);
                        if let Err(error) = talk(stream, &engine).await {
                            tracing::debug!(%error, "a client's connection ended");
                        }
                        let _ = engine.events.send(Event::ClientLeft);
                    });
                }
                Err(error) => {
                    // Too many open files, most likely: clients that leave make room.
                    tracing::warn!(%error, "a client could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
        }
    }
}

async fn talk(stream: UnixStream, engine: &Engine) -> io::Result<()> {
    let pid = os::peer(&stream)?;
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let Some(hello) = read_line(&mut reader).await? else { return Ok(()) };
    let hello: Hello = match serde_json::from_slice(&hello) {
        Ok(hello) => hello,
        Err(error) => return refuse(&mut writer, format!("The greeting can't be read: {error}.")).await,
    };
    if hello.version != VERSION {
        let message = format!("This client speaks version {} and the engine {VERSION}.", hello.version);
        return refuse(&mut writer, message).await;
    }
    let welcome = Welcome {
        version: VERSION,
        engine_pid: std::process::id(),
        home: engine.home.root().to_string_lossy().into_owned(),
        seq: engine.store.last_seq(),
    };
    write_line(&mut writer, &welcome).await?;

    let (out, mut outgoing) = mpsc::channel::<Message>(1_024);
    let writing = tokio::spawn(async move {
        while let Some(message) = outgoing.recv().await {
            write_line(&mut writer, &message).await?;
        }
        Ok::<(), io::Error>(())
    });
    let mut subscription: Option<tokio::task::JoinHandle<()>> = None;
    while let Some(line) = read_line(&mut reader).await? {
        let call: Call = match serde_json::from_slice(&line) {
            Ok(call) => call,
            Err(error) => {
                let id = serde_json::from_slice::<serde_json::Value>(&line)
                    .ok()
                    .and_then(|value| value.get("id")?.as_u64())
                    .unwrap_or(0);
                let error = Error::new(ErrorCode::Internal, format!("The request can't be read: {error}."));
                if out.send(Message::Error { id, error }).await.is_err() {
                    break;
                }
                continue;
            }
        };
        let Call { id, request } = call;
        if let Request::Subscribe { since } = request {
            if let Some(old) = subscription.take() {
                old.abort();
            }
            let live = engine.notices.subscribe();
            if out.send(Message::Reply { id, reply: Reply::Done }).await.is_err() {
                break;
            }
            subscription = Some(tokio::spawn(follow(engine.clone(), live, since, out.clone())));
            continue;
        }
        let (engine, out) = (engine.clone(), out.clone());
        tokio::spawn(async move {
            let caller = caller(&engine, pid).await;
            let message = match crate::ask::answer(&engine, request, caller).await {
                Ok(reply) => Message::Reply { id, reply },
                Err(error) => Message::Error { id, error },
            };
            let _ = out.send(message).await;
        });
    }
    if let Some(subscription) = subscription {
        subscription.abort();
    }
    drop(out);
    let _ = writing.await;
    Ok(())
}

/// Stored events first, then what happens; nothing twice, nothing missing.
async fn follow(
    engine: Engine,
    mut live: broadcast::Receiver<Arc<Notice>>,
    since: u64,
    out: mpsc::Sender<Message>,
) {
    let mut seen = since;
    loop {
        let page = crate::ask::events(&engine, seen, PAGE, None).await;
        let Ok((events, last)) = page else { break };
        for event in events {
            if out.send(Message::Notice { notice: Notice::Event { event } }).await.is_err() {
                return;
            }
        }
        match last {
            Some(last) => seen = last,
            None => break,
        }
    }
    loop {
        let notice = match live.recv().await {
            Ok(notice) => Notice::clone(&notice),
            Err(broadcast::error::RecvError::Lagged(_)) => Notice::Lagged { seq: engine.store.last_seq() },
            Err(broadcast::error::RecvError::Closed) => return,
        };
        match &notice {
            Notice::Event { event } if event.seq <= seen => continue,
            Notice::Event { event } => seen = event.seq,
            _ => {}
        }
        if out.send(Message::Notice { notice }).await.is_err() {
            return;
        }
    }
}

/// Whoever descends from a run's shim is an agent, whatever it presents; and so is what a run has left behind.
async fn caller(engine: &Engine, pid: Option<i32>) -> Caller {
    let Some(pid) = pid else { return Caller::Person };
    let ancestry = os::ancestry(pid);
    let judged = engine.look(move |world| judge(world, &ancestry)).await;
    judged.unwrap_or(Caller::Agent)
}

fn judge(world: &World, ancestry: &[os::Ancestor]) -> Caller {
    let shim = |run: &crate::world::Run| match run.state {
        RunState::Live { shim_pid, .. } => Some((shim_pid, run.kind)),
        RunState::Planned | RunState::Ended { .. } => None,
    };
    let living = world.plans.values().flat_map(|plan| &plan.activity.runs);
    let shims: BTreeMap<u32, RunKind> = living.filter_map(|run| shim(world.runs.get(run)?)).collect();
    for ancestor in ancestry {
        let named = ancestor.run.clone().and_then(|run| world.runs.get(&RunId::new(run)));
        match (shims.get(&ancestor.pid), named.map(|run| run.kind)) {
            // A shell that a person opened is a person's. Its shim may have an engine above it that an agent's
            // question started.
            (Some(RunKind::Shell), _) => return Caller::Person,
            (Some(_), _) => return Caller::Agent,
            (None, Some(RunKind::Shell) | None) => {}
            (None, Some(_)) => return Caller::Agent,
        }
    }
    Caller::Person
}

async fn read_line(reader: &mut BufReader<tokio::net::unix::OwnedReadHalf>) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = reader.take(LINE_LIMIT).read_until(b'\n', &mut line).await?;
    if read == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') && read as u64 == LINE_LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a line is too long"));
    }
    Ok(Some(line))
}

async fn write_line<T: serde::Serialize>(
    writer: &mut tokio::net::unix::OwnedWriteHalf,
    message: &T,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    writer.write_all(&line).await
}

async fn refuse(writer: &mut tokio::net::unix::OwnedWriteHalf, message: String) -> io::Result<()> {
    let error = Error::new(ErrorCode::Version, message).hint(
        "Quit Coppice everywhere (`coppice shutdown`) and start it again, so that both are the same version.",
    );
    write_line(writer, &error).await
}
