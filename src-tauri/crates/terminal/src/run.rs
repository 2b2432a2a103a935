//! A run as the engine holds it: started or adopted, told things, awaited.

use crate::claim::{self, Identity};
use crate::connect::{self, Ended, Line};
use crate::exit::{Exit, Leftover, Reason};
use crate::log::Log;
use crate::orphans::end_orphans;
use crate::shim::Said;
use crate::spec::RunSpec;
use crate::wire::{Frame, Kill, Status};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::{mpsc, oneshot, watch};

/// Why a run did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The command can't be run; `exit.json` says the same.
    #[error("{message}")]
    StartFailed {
        /// What happened, as a sentence.
        message: String,
    },
    /// The run was given up or started by another shim.
    #[error("The run in {run_dir} is taken or was given up. Start a new run.")]
    Fenced {
        /// The run's folder.
        run_dir: PathBuf,
    },
    /// The shim itself could not be started.
    #[error("{shim} can't be started. Check that Coppice is installed completely.")]
    NoShim {
        /// The shim's program.
        shim: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The shim ended before it started anything.
    #[error("The shim for {run_dir} ended before the run began: {said}")]
    ShimFailed {
        /// The run's folder.
        run_dir: PathBuf,
        /// What the shim said.
        said: String,
    },
    /// The run's folder can't be used.
    #[error("{run_dir} can't be used for a run. Check its permissions and the free space.")]
    Folder {
        /// The run's folder.
        run_dir: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// What a restarted engine finds in a run's folder.
#[derive(Debug)]
pub enum Adopted {
    /// It runs.
    Live(Run),
    /// It has ended.
    Ended(Exit),
    /// Its shim died without a word. [`end_orphans`] ends what it left.
    Lost {
        /// The dead shim.
        identity: Identity,
    },
    /// Nobody started it. [`crate::void_claim`] makes sure that nobody will.
    NeverStarted,
}

/// A run with a live shim, or one that had it a moment ago. Clones are the same run; dropping them all ends nothing.
#[derive(Debug, Clone)]
pub struct Run {
    run_dir: PathBuf,
    shim: Identity,
    line: Line,
    exit: watch::Receiver<Option<Exit>>,
    asked: Arc<Mutex<Vec<oneshot::Sender<Status>>>>,
    child: watch::Receiver<Option<i32>>,
}

/// Starts a run: the shim, and in it the process. Returns when the process lives. Dropping the future half way leaves
/// either a run that can be adopted or none.
pub async fn start(shim_exe: &Path, run_dir: &Path, spec: &RunSpec) -> Result<Run, StartError> {
    let folder = |source| StartError::Folder { run_dir: run_dir.to_owned(), source };
    let no_shim = |source| StartError::NoShim { shim: shim_exe.to_owned(), source };
    let run_dir = std::path::absolute(run_dir).map_err(folder)?;
    claim::make_private_dir(&run_dir).map_err(folder)?;
    let spec = serde_json::to_vec(spec).map_err(|error| folder(error.into()))?;

    // The shim needs nothing from our environment, and what is not there can't be read from /proc.
    let mut shim = Command::new(shim_exe)
        .arg("--dir")
        .arg(&run_dir)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(no_shim)?;
    let (stdin, stdout, stderr) = (shim.stdin.take(), shim.stdout.take(), shim.stderr.take());
    // The shim outlives us, but while we live it is our child and must be waited for.
    tokio::spawn(async move { shim.wait().await });
    if let Some(mut stdin) = stdin {
        // A shim that ended early closes its end; what it says below tells more than this error.
        let _ = stdin.write_all(&spec).await;
        let _ = stdin.shutdown().await;
    }
    let (mut said, mut complaint) = (Vec::new(), Vec::new());
    if let (Some(mut stdout), Some(mut stderr)) = (stdout, stderr) {
        let read = tokio::join!(stdout.read_to_end(&mut said), stderr.read_to_end(&mut complaint));
        read.0.and(read.1).map_err(no_shim)?;
    }
    match serde_json::from_slice(&said) {
        Ok(Said::Ready { shim, child, .. }) => Ok(Run::new(run_dir, shim, Some(child))),
        Ok(Said::Failed { message }) => Err(StartError::StartFailed { message }),
        Ok(Said::Fenced) => Err(StartError::Fenced { run_dir }),
        Err(_) => Err(StartError::ShimFailed {
            run_dir,
            said: String::from_utf8_lossy(&complaint).trim().to_owned(),
        }),
    }
}

impl Run {
    /// Finds out what became of the run in this folder.
    pub async fn adopt(run_dir: &Path) -> io::Result<Adopted> {
        let run_dir = std::path::absolute(run_dir)?;
        if let Some(exit) = Exit::read(&run_dir)? {
            return Ok(Adopted::Ended(exit));
        }
        let Some(held) = claim::held(&run_dir)? else { return Ok(Adopted::NeverStarted) };
        if held.shim.is_alive() {
            return Ok(Adopted::Live(Run::new(run_dir, held.shim, None)));
        }
        // It may have recorded the end between the two looks.
        Ok(match Exit::read(&run_dir)? {
            Some(exit) => Adopted::Ended(exit),
            None => Adopted::Lost { identity: held.shim },
        })
    }

    fn new(run_dir: PathBuf, shim: Identity, child: Option<i32>) -> Run {
        let (line, outgoing) = mpsc::unbounded_channel();
        let (exited, exit) = watch::channel(None);
        let (welcomed, child) = watch::channel(child);
        let asked = Arc::default();
        let watcher = Watcher {
            run_dir: run_dir.clone(),
            shim: shim.clone(),
            exited,
            welcomed,
            asked: Arc::clone(&asked),
        };
        tokio::spawn(watcher.watch(outgoing));
        Run { run_dir, shim, line: Line(line), exit, asked, child }
    }

    /// The shim's identity.
    pub fn identity(&self) -> &Identity {
        &self.shim
    }

    /// The run's folder.
    pub fn dir(&self) -> &Path {
        &self.run_dir
    }

    /// The run's process: known at once after [`start`], after adoption as soon as the shim has answered. `None` if it
    /// ended before that.
    pub async fn child(&self) -> Option<i32> {
        let mut child = self.child.clone();
        child.wait_for(Option::is_some).await.ok().and_then(|pid| *pid)
    }

    /// Waits for the end. Never polls; resolves at once when the shim is killed ([`Reason::Lost`]), after the run's
    /// processes have been ended.
    pub async fn exited(&self) -> Exit {
        let mut exit = self.exit.clone();
        let ended = exit.wait_for(Option::is_some).await.ok().and_then(|exit| exit.clone());
        match ended {
            Some(exit) => exit,
            // The runtime that watched is shutting down, and so is whoever asks.
            None => std::future::pending().await,
        }
    }

    /// The end, if it has come.
    pub fn exit(&self) -> Option<Exit> {
        self.exit.borrow().clone()
    }

    /// Asks the run to end; [`Run::exited`] tells when it has. A run that has ended stays ended.
    pub fn kill(&self, kill: Kill) {
        let _ = self.line.kill(kill);
    }

    /// Types bytes into the terminal.
    pub fn input(&self, bytes: &[u8]) -> Result<(), Ended> {
        self.line.input(bytes)
    }

    /// Changes the terminal's size, in cells.
    pub fn resize(&self, cols: u16, rows: u16) -> Result<(), Ended> {
        self.line.resize(cols, rows)
    }

    /// Asks the shim how the run is.
    pub async fn status(&self) -> Result<Status, Ended> {
        let (answer, answered) = oneshot::channel();
        {
            // Asked and noted under one lock, so that answers go to those who asked, in order.
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            self.line.send(Frame::AskStatus)?;
            asked.push(answer);
        }
        answered.await.map_err(|_| Ended)
    }

    /// The run's output on disk.
    pub fn log(&self) -> Log {
        Log::open(&self.run_dir)
    }
}

/// Follows one shim to its end.
struct Watcher {
    run_dir: PathBuf,
    shim: Identity,
    exited: watch::Sender<Option<Exit>>,
    welcomed: watch::Sender<Option<i32>>,
    asked: Arc<Mutex<Vec<oneshot::Sender<Status>>>>,
}

impl Watcher {
    async fn watch(self, outgoing: mpsc::UnboundedReceiver<Frame>) {
        if let Ok((welcome, mut frames)) = connect::connect(&self.run_dir, outgoing).await {
            self.welcomed.send_replace(Some(welcome.child));
            while let Ok(Some(frame)) = frames.next().await {
                match frame {
                    Frame::Status(status) => {
                        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
                        if !asked.is_empty() {
                            // Whoever asked may have stopped waiting.
                            let _ = asked.remove(0).send(status);
                        }
                    }
                    Frame::Refused(message) => tracing::warn!(run = %self.run_dir.display(), "{message}"),
                    Frame::Exited(exit) => {
                        self.exited.send_replace(Some(exit));
                        break;
                    }
                    _ => {}
                }
            }
            frames.close().await;
        }
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if self.exited.borrow().is_none() {
            let exit = end_of(&self.run_dir, &self.shim).await;
            self.exited.send_replace(Some(exit));
        }
    }
}

/// The end of a run whose shim has hung up: waits for the shim itself to be gone, then reads what it left.
pub(crate) async fn end_of(run_dir: &Path, shim: &Identity) -> Exit {
    if let Err(error) = connect::ended(shim).await {
        tracing::error!(run = %run_dir.display(), %error, "the shim can't be watched");
    }
    match Exit::read(run_dir) {
        Ok(Some(exit)) => exit,
        Ok(None) => lost(run_dir).await,
        Err(error) => {
            tracing::error!(run = %run_dir.display(), %error, "the recorded end can't be read");
            lost(run_dir).await
        }
    }
}

async fn lost(run_dir: &Path) -> Exit {
    let dir = run_dir.to_owned();
    let ended = tokio::task::spawn_blocking(move || end_orphans(&dir)).await;
    let leftovers: Vec<Leftover> = match ended {
        Ok(Ok(leftovers)) => leftovers,
        Ok(Err(error)) => {
            tracing::error!(run = %run_dir.display(), %error, "the lost run's processes can't be ended");
            Vec::new()
        }
        Err(_) => Vec::new(),
    };
    let log_bytes = Log::open(run_dir).range().map_or(0, |range| range.end);
    Exit::without_status(Reason::Lost, log_bytes, leftovers)
}
