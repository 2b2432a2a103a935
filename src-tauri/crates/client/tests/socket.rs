//! The client against an engine of a few lines on a real socket.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "the functions that stand in for an engine belong to the tests")]

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use client::{Client, Error, Feed, Heard, Starter, socket};
use protocol::{Call, ErrorCode, Event, EventBody, Message, Notice, Reply, Request, Welcome};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::timeout,
};

/// The engine's end of one connection.
struct Peer {
    lines: Lines<BufReader<OwnedReadHalf>>,
    write: OwnedWriteHalf,
}

impl Peer {
    async fn accept(listener: &UnixListener) -> Self {
        let (stream, _) = listener.accept().await.unwrap();
        Self::from(stream)
    }

    fn from(stream: UnixStream) -> Self {
        let (read, write) = stream.into_split();
        Self { lines: BufReader::new(read).lines(), write }
    }

    async fn say(&mut self, message: &impl serde::Serialize) {
        let line = serde_json::to_string(message).unwrap() + "\n";
        self.write.write_all(line.as_bytes()).await.unwrap();
    }

    async fn welcome(&mut self, pid: u32) {
        self.hear().await;
        let home = String::new();
        self.say(&Welcome { version: protocol::VERSION, engine_pid: pid, home, seq: 6 }).await;
    }

    async fn hear(&mut self) -> String {
        self.lines.next_line().await.unwrap().unwrap()
    }

    async fn call(&mut self) -> Call {
        serde_json::from_str(&self.hear().await).unwrap()
    }

    async fn reply(&mut self, id: u64, text: &str) {
        self.say(&Message::Reply { id, reply: Reply::Text(text.into()) }).await;
    }

    /// Answers `Subscribe`, and returns what it asked for.
    async fn subscribed(&mut self) -> u64 {
        let call = self.call().await;
        let Request::Subscribe { since } = call.request else { panic!("{call:?}") };
        self.say(&Message::Reply { id: call.id, reply: Reply::Done }).await;
        since
    }
}

fn event(seq: u64) -> Notice {
    let body = EventBody::PlanPaused {};
    Notice::Event {
        event: Event { seq, at: "2026-01-01T00:00:00.000Z".into(), project: None, plan: None, body },
    }
}

fn text(name: &str) -> Request {
    Request::PlanText { plan: name.into() }
}

/// A `coppice` whose engine is the listening socket at `engine`, which its start brings into place.
fn program(home: &Path, script: &str) -> Starter {
    let program = home.join("coppice");
    fs::write(&program, format!("#!/bin/sh\necho \"$@\" >> args\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    Starter { home: home.to_owned(), kind: "cli".into(), program }
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(10), future).await.expect("it takes too long")
}

#[tokio::test]
async fn replies_find_their_callers_in_any_order() {
    let home = TempDir::new().unwrap();
    let listener = UnixListener::bind(socket(home.path())).unwrap();
    let engine = async {
        let mut peer = Peer::accept(&listener).await;
        peer.welcome(7).await;
        let (first, second) = (peer.call().await, peer.call().await);
        let name = |call: &Call| match &call.request {
            Request::PlanText { plan } => plan.clone(),
            other => panic!("{other:?}"),
        };
        peer.reply(second.id, &name(&second)).await;
        peer.reply(first.id, &name(&first)).await;
        let third = peer.call().await;
        let error = protocol::Error::new(ErrorCode::Moved, "The head moved.").hint("Look again.");
        peer.say(&Message::Error { id: third.id, error }).await;
    };
    let asking = async {
        let client = Client::connect(home.path(), "cli").await.unwrap();
        assert_eq!(client.welcome().engine_pid, 7);
        let (a, b) = tokio::join!(client.request(text("a")), client.request(text("b")));
        assert_eq!(a.unwrap(), Reply::Text("a".into()));
        assert_eq!(b.unwrap(), Reply::Text("b".into()));
        let refused = client.request(text("c")).await.unwrap_err().into_wire();
        assert_eq!((refused.code, refused.hint.as_deref()), (ErrorCode::Moved, Some("Look again.")));
    };
    soon(async { tokio::join!(engine, asking) }).await;
}

#[tokio::test]
async fn an_engine_that_dies_fails_what_waits_and_what_comes_after() {
    let home = TempDir::new().unwrap();
    let listener = UnixListener::bind(socket(home.path())).unwrap();
    let engine = async {
        let mut peer = Peer::accept(&listener).await;
        peer.welcome(7).await;
        peer.subscribed().await;
        peer.call().await;
    };
    let asking = async {
        let client = Client::connect(home.path(), "cli").await.unwrap();
        let mut notices = client.subscribe(0).await.unwrap();
        assert!(matches!(client.request(text("a")).await, Err(Error::Gone)));
        assert!(client.is_gone());
        assert!(matches!(client.request(text("b")).await, Err(Error::Gone)));
        assert_eq!(notices.next().await, None);
    };
    soon(async { tokio::join!(engine, asking) }).await;
}

#[tokio::test]
async fn a_line_outside_the_protocol_ends_the_connection() {
    let home = TempDir::new().unwrap();
    let listener = UnixListener::bind(socket(home.path())).unwrap();
    let engine = async {
        let mut peer = Peer::accept(&listener).await;
        peer.welcome(7).await;
        peer.call().await;
        peer.say(&"what?").await;
        // The connection stays open on this side: the client is the one that ends it.
        assert_eq!(peer.lines.next_line().await.unwrap(), None);
    };
    let asking = async {
        let client = Client::connect(home.path(), "cli").await.unwrap();
        assert!(matches!(client.request(text("a")).await, Err(Error::Gone)));
    };
    soon(async { tokio::join!(engine, asking) }).await;
}

#[tokio::test]
async fn versions_that_differ_refuse_each_other() {
    let home = TempDir::new().unwrap();
    let listener = UnixListener::bind(socket(home.path())).unwrap();
    let engine = async {
        let mut peer = Peer::accept(&listener).await;
        assert!(peer.hear().await.contains(&format!("\"version\":{}", protocol::VERSION)));
        let version = protocol::VERSION + 1;
        peer.say(&Welcome { version, engine_pid: 7, home: String::new(), seq: 0 }).await;
        let mut peer = Peer::accept(&listener).await;
        peer.hear().await;
        peer.say(&protocol::Error::new(ErrorCode::Version, "Too new.")).await;
    };
    let asking = async {
        let newer = Client::connect(home.path(), "cli").await.unwrap_err();
        assert!(matches!(newer, Error::Version { engine } if engine == protocol::VERSION + 1), "{newer:?}");
        let refused = Client::connect(home.path(), "cli").await.unwrap_err();
        assert!(matches!(refused, Error::Answer(error) if error.code == ErrorCode::Version));
    };
    soon(async { tokio::join!(engine, asking) }).await;
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_data_directory_may_lie_deep() {
    let root = TempDir::new().unwrap();
    let home = root.path().join("d".repeat(80)).join("e".repeat(80));
    fs::create_dir_all(&home).unwrap();
    let short = root.path().join("s");
    let listener = UnixListener::bind(&short).unwrap();
    fs::rename(&short, socket(&home)).unwrap();
    let engine = async {
        Peer::accept(&listener).await.welcome(7).await;
    };
    let asking = async {
        assert_eq!(Client::connect(&home, "cli").await.unwrap().welcome().engine_pid, 7);
    };
    soon(async { tokio::join!(engine, asking) }).await;
}

#[tokio::test]
async fn nobody_listens() {
    let home = TempDir::new().unwrap();
    let none = Client::connect(home.path(), "cli").await.unwrap_err();
    assert!(matches!(none, Error::NotRunning { .. }), "{none:?}");
    // What a dead engine leaves behind.
    drop(UnixListener::bind(socket(home.path())).unwrap());
    let stale = Client::connect(home.path(), "cli").await.unwrap_err();
    assert!(stale.is_gone(), "{stale:?}");
}

#[tokio::test]
async fn an_absent_engine_is_started_once() {
    let home = TempDir::new().unwrap();
    let listener = UnixListener::bind(home.path().join("engine")).unwrap();
    let starter = program(home.path(), "mv engine engine.sock; echo ready; exec sleep 0");
    let engine = async {
        for _ in 0..2 {
            Peer::accept(&listener).await.welcome(7).await;
        }
    };
    let asking = async {
        assert_eq!(starter.connect().await.unwrap().welcome().engine_pid, 7);
        starter.connect().await.unwrap();
    };
    soon(async { tokio::join!(engine, asking) }).await;
    let expected = format!("engine --home {}\n", home.path().display());
    assert_eq!(fs::read_to_string(home.path().join("args")).unwrap(), expected);
}

#[tokio::test]
async fn who_comes_second_waits_for_the_engine_that_holds_the_lock() {
    let home = TempDir::new().unwrap();
    let listener = UnixListener::bind(home.path().join("engine")).unwrap();
    // It says that a living process (this one) holds the lock, and only then does the engine listen.
    let script = format!("echo busy {}; sleep 0.1; mv engine engine.sock", std::process::id());
    let starter = program(home.path(), &script);
    let engine = async { Peer::accept(&listener).await.welcome(7).await };
    let asking = async { starter.connect().await.unwrap() };
    soon(async { tokio::join!(engine, asking) }).await;
    assert_eq!(fs::read_to_string(home.path().join("args")).unwrap().lines().count(), 1);
}

#[tokio::test]
async fn a_holder_that_dies_is_replaced() {
    let home = TempDir::new().unwrap();
    let listener = UnixListener::bind(home.path().join("engine")).unwrap();
    let mut dead = std::process::Command::new("true").spawn().unwrap();
    dead.wait().unwrap();
    let script = format!(
        "if test -e second; then mv engine engine.sock; echo ready; else touch second; echo busy {}; fi",
        dead.id()
    );
    let starter = program(home.path(), &script);
    let engine = async { Peer::accept(&listener).await.welcome(7).await };
    let asking = async { starter.connect().await.unwrap() };
    soon(async { tokio::join!(engine, asking) }).await;
}

#[tokio::test]
async fn an_engine_that_cannot_start_says_why() {
    let home = TempDir::new().unwrap();
    let mut starter = program(home.path(), "echo 'The store is newer than this program.' >&2; exit 3");
    starter.home = home.path().join("data");
    let error = soon(starter.connect()).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("exit status: 3") && message.contains("The store is newer"), "{message}");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&starter.home), 0o700);

    let absent = Starter { program: home.path().join("nothing"), ..starter };
    assert!(matches!(soon(absent.connect()).await, Err(Error::Start { .. })));
}

#[tokio::test]
async fn a_feed_goes_on_with_the_next_engine_without_a_gap_or_a_repetition() {
    let home = TempDir::new().unwrap();
    let first = UnixListener::bind(socket(home.path())).unwrap();
    let second = UnixListener::bind(home.path().join("engine")).unwrap();
    let starter = program(home.path(), "mv engine engine.sock; echo ready");
    let engines = async {
        let mut peer = Peer::accept(&first).await;
        peer.welcome(7).await;
        assert_eq!(peer.subscribed().await, 3);
        for seq in [4, 5] {
            peer.say(&Message::Notice { notice: event(seq) }).await;
        }
        drop((peer, first));

        let mut peer = Peer::accept(&second).await;
        peer.welcome(8).await;
        assert_eq!(peer.subscribed().await, 5);
        for seq in [5, 6] {
            peer.say(&Message::Notice { notice: event(seq) }).await;
        }
        peer
    };
    let hearing = async {
        let mut feed = Feed::open(starter, 3).await.unwrap();
        let mut heard = Vec::new();
        while feed.seq() < 6 {
            heard.push(match feed.next().await.unwrap() {
                Heard::Notice(Notice::Event { event }) => event.seq,
                Heard::Notice(other) => panic!("{other:?}"),
                Heard::Lost => 0,
                Heard::Reconnected(welcome) => u64::from(welcome.engine_pid) * 100,
            });
        }
        assert_eq!(heard, [4, 5, 0, 800, 6]);
    };
    soon(async { tokio::join!(engines, hearing) }).await;
}
