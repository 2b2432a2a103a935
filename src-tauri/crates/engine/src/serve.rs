//! The engine as a process: the lock, the loop, and its end when nobody needs it any more.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use protocol::{Error, ErrorCode, Notice, Reply};
use store::{Store, StoreError};
use tokio::runtime::Handle;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::act::{Actor, LatestLines, Programs};
use crate::decide::Command;
use crate::file_lines::Diffs;
use crate::home::Home;
use crate::ids::RunId;
use crate::keep::{self, LoadError};
use crate::outside::Real;
use crate::turn::{Input, Turn};
use crate::world::World;

/// How long an engine that nobody talks to, and that has nothing to do, waits before it ends.
const IDLE: Duration = Duration::from_secs(10);

/// How many inputs share one transaction at most: each waits for the disk only once.
const BATCH: usize = 64;

/// While the disk takes nothing, it is tried again this often.
const TROUBLE_PACE: Duration = Duration::from_secs(2);

/// Notices that a slow subscriber may be behind before it is told to read everything again.
const BACKLOG: usize = 8 * 1024;

/// Why an engine can't serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("{path}: {source}. Choose another data directory with COPPICE_HOME.")]
    Home { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("What an earlier engine left can't be taken up: {0}")]
    Restart(String),
    #[error("The engine's loop ended unexpectedly.")]
    Loop,
}

type Answer = Result<Reply, Error>;

/// Something to be told of the world.
type Look = Box<dyn FnOnce(&World) + Send>;

/// What comes into the loop.
pub enum Event {
    Input(Input),
    Command {
        command: Box<Command>,
        reply: oneshot::Sender<Result<Reply, Error>>,
    },
    /// A look at the world between two turns.
    Look(Look),
    Line {
        run: RunId,
        line: String,
    },
    ClientCame,
    ClientLeft,
    Shutdown,
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Event::Input(input) => f.debug_tuple("Input").field(input).finish(),
            Event::Command { command, .. } => f.debug_tuple("Command").field(command).finish(),
            Event::Look(_) => f.write_str("Look"),
            Event::Line { run, line } => f.debug_tuple("Line").field(run).field(line).finish(),
            Event::ClientCame => f.write_str("ClientCame"),
            Event::ClientLeft => f.write_str("ClientLeft"),
            Event::Shutdown => f.write_str("Shutdown"),
        }
    }
}

/// What the socket's side needs of the engine.
#[derive(Debug, Clone)]
pub struct Engine {
    pub home: Home,
    pub events: mpsc::UnboundedSender<Event>,
    pub notices: broadcast::Sender<Arc<Notice>>,
    pub store: Store,
    pub actor: Arc<Actor>,
    pub(crate) diffs: Arc<Diffs>,
}

impl Engine {
    pub async fn look<T: Send + 'static>(
        &self,
        with: impl FnOnce(&World) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let look = Event::Look(Box::new(move |world| drop(answer.send(with(world)))));
        self.events.send(look).map_err(|_| ending())?;
        answered.await.map_err(|_| ending())
    }

    pub async fn command(&self, command: Command) -> Result<Reply, Error> {
        let (reply, replied) = oneshot::channel();
        self.events.send(Event::Command { command: Box::new(command), reply }).map_err(|_| ending())?;
        replied.await.map_err(|_| ending())?
    }
}

fn ending() -> Error {
    Error::new(ErrorCode::Internal, "The engine is ending.").hint("Try again: a new one starts by itself.")
}

/// Who holds the data directory.
#[derive(Debug)]
pub enum Served {
    /// It was ours, and the engine has ended in good order.
    Ended,
    /// Another engine has it.
    Busy(Option<u32>),
}

/// Serves a data directory until nobody needs it. `ready` is called once clients can connect.
pub async fn serve(home: Home, programs: Programs, ready: impl FnOnce()) -> Result<Served, ServeError> {
    let at_home = |source| ServeError::Home { path: home.root().to_owned(), source };
    let lock = match home.lock().map_err(at_home)? {
        Ok(lock) => lock,
        Err(holder) => return Ok(Served::Busy(holder)),
    };
    let store = Store::open(home.root(), &store::Options::default()).await?;
    if let Some(loss) = store.loss() {
        tracing::error!(%loss, "the data directory lost something");
    }
    let world = keep::load(&store).await?;
    let rebooted = note_boot(&store).await?;

    let (events, inbox) = mpsc::unbounded_channel();
    let (notices, _) = broadcast::channel(BACKLOG);
    let lines = Arc::new(LatestLines::new(events.clone()));
    let actor = Arc::new(Actor::new(home.clone(), programs, lines, events.clone()));
    let engine = Engine { home: home.clone(), events, notices, store, actor, diffs: Arc::default() };

    let socket = crate::socket::Socket::bind(&home.socket()).map_err(at_home)?;
    let accepting = tokio::spawn(socket.accept(engine.clone()));
    ready();

    for project in world.projects.values() {
        engine.actor.watch(project);
    }
    // Asked now, so that the first run need not wait for the login shell.
    let actor = Arc::clone(&engine.actor);
    tokio::spawn(async move { actor.environment().await });

    let (done, finished) = oneshot::channel();
    let rotation = Loop {
        outside: Real { actor: Arc::clone(&engine.actor), handle: Handle::current() },
        engine: engine.clone(),
        inbox,
        world,
        clients: 0,
        trouble: None,
    };
    // A thread of its own: turns are synchronous and may look at a ref or a port on the way.
    std::thread::spawn(move || drop(done.send(rotation.run(rebooted))));
    finished.await.map_err(|_| ServeError::Loop)??;
    accepting.abort();
    let _ = std::fs::remove_file(home.socket());
    engine.store.close().await?;
    drop(lock);
    Ok(Served::Ended)
}

/// Whether the machine was restarted since the last engine of this data directory.
async fn note_boot(store: &Store) -> Result<bool, StoreError> {
    const KEY: &str = "boot";
    let now = serde_json::Value::from(crate::os::boot()).to_string();
    let before = store.setting(KEY).await?;
    if before.as_deref() != Some(&now) {
        store.set_setting(KEY, Some(&now)).await?;
    }
    Ok(before.is_some_and(|before| before != now))
}

struct Loop {
    engine: Engine,
    inbox: mpsc::UnboundedReceiver<Event>,
    outside: Real,
    world: World,
    clients: usize,
    trouble: Option<String>,
}

/// What one round has to give back once its facts are on disk.
#[derive(Default)]
struct Round {
    answers: Vec<(oneshot::Sender<Answer>, Answer)>,
    looks: Vec<Look>,
    lines: Vec<(RunId, String)>,
    inputs: Vec<Input>,
    shutdown: bool,
}

impl Loop {
    fn run(mut self, rebooted: bool) -> Result<(), ServeError> {
        let handle = self.outside.handle.clone();
        let restarted = self.turn(Vec::new(), Some(rebooted))?;
        let mut waiting = restarted.inputs;
        loop {
            let mut batch = Vec::new();
            if waiting.is_empty() {
                let next = handle.block_on(async { tokio::time::timeout(IDLE, self.inbox.recv()).await });
                match next {
                    Ok(Some(event)) => batch.push(event),
                    Ok(None) => return Ok(()),
                    Err(_) if self.is_idle() => return Ok(()),
                    Err(_) => continue,
                }
            } else {
                // The disk takes nothing: what came back from outside is kept and tried again.
                std::thread::sleep(TROUBLE_PACE);
                batch.extend(waiting.drain(..).map(Event::Input));
            }
            while batch.len() < BATCH
                && let Ok(event) = self.inbox.try_recv()
            {
                batch.push(event);
            }
            let round = self.turn(batch, None)?;
            if round.shutdown {
                return Ok(());
            }
            waiting = round.inputs;
        }
    }

    fn is_idle(&self) -> bool {
        let still = |plan: &crate::world::Plan| {
            let activity = &plan.activity;
            activity.busy.is_empty() && activity.runs.is_empty() && activity.removing.is_empty()
        };
        self.clients == 0 && self.world.plans.values().all(still)
    }

    /// One round: inputs in, one transaction, then answers, notices and effects. The returned
    /// round's `inputs` are those that could not be recorded.
    fn turn(&mut self, batch: Vec<Event>, restart: Option<bool>) -> Result<Round, ServeError> {
        let mut round = Round::default();
        let mut turn = Turn::new(&mut self.world, &self.outside);
        if let Some(rebooted) = restart {
            turn.restart(rebooted);
        }
        for event in batch {
            match event {
                Event::Input(input) => {
                    round.inputs.push(input.clone());
                    turn.handle(input);
                }
                Event::Command { command, reply } => {
                    let answer = turn.command(*command);
                    round.answers.push((reply, answer));
                }
                Event::Look(look) => round.looks.push(look),
                Event::Line { run, line } => round.lines.push((run, line)),
                Event::ClientCame => self.clients += 1,
                Event::ClientLeft => self.clients = self.clients.saturating_sub(1),
                Event::Shutdown => round.shutdown = true,
            }
        }
        let Turn { entries, effects, touched, .. } = turn;
        if !entries.is_empty() || !touched.is_empty() {
            match self.commit(&entries, &touched) {
                Ok(()) => self.set_trouble(None),
                Err(error) => {
                    tracing::error!(%error, "a turn could not be recorded");
                    self.set_trouble(Some(error.clone()));
                    self.world = self.outside.handle.block_on(keep::load(&self.engine.store))?;
                    for (reply, _) in round.answers.drain(..) {
                        let refused = Error::new(ErrorCode::Store, error.clone())
                            .hint("Nothing was changed. Free some space and try again.");
                        let _ = reply.send(Err(refused));
                    }
                    if restart.is_some() {
                        return Err(ServeError::Restart(error));
                    }
                    return Ok(round);
                }
            }
        }
        round.inputs.clear();
        for entry in &entries {
            if let Some(event) = entry.to_event() {
                self.notify(Notice::Event { event });
            }
        }
        let _running = self.outside.handle.enter();
        for effect in effects {
            self.engine.actor.perform(effect);
        }
        for (reply, answer) in round.answers.drain(..) {
            let _ = reply.send(answer);
        }
        for look in round.looks.drain(..) {
            look(&self.world);
        }
        for (run, line) in round.lines.drain(..) {
            if let Some(known) = self.world.runs.get(&run) {
                let (plan, task) = (known.plan.to_string(), known.task.to_string());
                self.notify(Notice::Action { plan, task, run: run.to_string(), line });
            }
        }
        Ok(round)
    }

    fn commit(&self, entries: &[crate::fact::Entry], touched: &crate::apply::Touched) -> Result<(), String> {
        let batch = keep::batch(&self.world, entries, touched).map_err(|error| error.to_string())?;
        self.outside.handle.block_on(self.engine.store.commit(batch)).map_err(|error| error.to_string())?;
        Ok(())
    }

    fn set_trouble(&mut self, message: Option<String>) {
        if self.trouble != message {
            self.trouble.clone_from(&message);
            self.notify(Notice::Trouble { message });
        }
    }

    fn notify(&self, notice: Notice) {
        // Nobody listening is no error.
        let _ = self.engine.notices.send(Arc::new(notice));
    }
}
