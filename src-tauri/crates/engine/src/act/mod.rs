//! The small place that acts: it does outside what the turns ordered and sends back what came of
//! it. Every effect can be repeated without harm.

mod answers;
mod git;
mod handover;
mod judging;
mod lines;
mod runs;
mod session;
mod sessions;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agents::Environment;
use plan::CommitId;
use repo::{Oid, Repo};
use tokio::sync::{OnceCell, mpsc};

pub(crate) use git::shown;
pub use lines::LatestLines;
pub(crate) use runs::agent_spec;

use crate::home::Home;
use crate::ids::{ProjectId, RunId};
use crate::turn::{Effect, Input};
use crate::world::Project;

/// The login shell may take this long to say what environment the user has.
const SHELL_LIMIT: Duration = Duration::from_secs(10);

/// Where a turn's inputs are sent.
pub type Inputs = mpsc::UnboundedSender<crate::serve::Event>;

#[derive(Debug)]
pub struct Actor {
    pub home: Home,
    pub programs: Programs,
    pub lines: Arc<LatestLines>,
    inputs: Inputs,
    environment: OnceCell<Arc<Environment>>,
    repos: Mutex<HashMap<ProjectId, Repo>>,
    runs: Mutex<HashMap<RunId, terminal::Run>>,
    /// Told when one more of them is followed.
    followed: tokio::sync::Notify,
    /// Repositories in which only this engine's git commands are at work.
    settled: Mutex<std::collections::HashSet<ProjectId>>,
    /// One at a time moves a branch of a repository: two plans may share a checkout, and its index.
    advancing: Mutex<HashMap<ProjectId, Arc<tokio::sync::Mutex<()>>>>,
    /// Attempts whose folders are being made or removed: one after the other, in the order in which it was ordered.
    places: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Repositories whose refs are watched.
    watched: Mutex<HashMap<ProjectId, tokio::task::JoinHandle<()>>>,
    /// As many runs start at a time as there are processors: the first ones of a burst, which are the most urgent,
    /// need not wait for the last.
    starting: tokio::sync::Semaphore,
    /// Living agent programs that have hooks.
    sessions: sessions::Sessions,
    /// Ends that were ordered before the run had started.
    to_end: Mutex<std::collections::HashSet<RunId>>,
}

/// Our own programs, beside the running one.
#[derive(Debug, Clone)]
pub struct Programs {
    pub coppice: std::path::PathBuf,
    pub shim: std::path::PathBuf,
}

impl Actor {
    pub fn new(home: Home, programs: Programs, lines: Arc<LatestLines>, inputs: Inputs) -> Actor {
        Actor {
            home,
            programs,
            lines,
            inputs,
            environment: OnceCell::new(),
            repos: Mutex::default(),
            runs: Mutex::default(),
            followed: tokio::sync::Notify::new(),
            settled: Mutex::default(),
            advancing: Mutex::default(),
            places: Mutex::default(),
            watched: Mutex::default(),
            sessions: sessions::Sessions::default(),
            starting: tokio::sync::Semaphore::new(
                std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            ),
            to_end: Mutex::default(),
        }
    }

    /// Does it aside. The result comes back as an input.
    pub fn perform(self: &Arc<Self>, effect: Effect) {
        let actor = Arc::clone(self);
        tokio::spawn(async move {
            match effect {
                Effect::StartRun { launch } => actor.start_run(*launch).await,
                Effect::Adopt { run } => actor.adopt_run(run).await,
                Effect::EndRun { run } => actor.end_run(&run),
                other => {
                    if let Some(input) = actor.git(other).await {
                        actor.send(input);
                    }
                }
            }
        });
    }

    pub(crate) fn send(&self, input: Input) {
        // The loop is gone only when the engine ends; the next engine asks again.
        let _ = self.inputs.send(crate::serve::Event::Input(input));
    }

    /// The user's environment, captured once.
    pub async fn environment(&self) -> Arc<Environment> {
        self.environment
            .get_or_init(|| async {
                let captured = tokio::task::spawn_blocking(|| agents::capture(SHELL_LIMIT)).await;
                Arc::new(captured.unwrap_or_else(|_| Environment::inherited("asking the login shell failed")))
            })
            .await
            .clone()
    }

    /// The project's repository; opened once.
    pub fn repo(&self, project: &Project) -> Result<Repo, String> {
        let mut repos = self.repos.lock().map_err(|_| "the list of repositories is damaged".to_owned())?;
        if let Some(known) = repos.get(&project.id) {
            return Ok(known.clone());
        }
        let trust = if project.trusted { repo::Trust::Filters } else { repo::Trust::Hardened };
        let opened = open_repo(&project.root)?.with_trust(trust);
        repos.insert(project.id.clone(), opened.clone());
        Ok(opened)
    }

    /// The project's repository, once no git command of an earlier engine is at work in it.
    pub async fn settled_repo(&self, project: &Project) -> Result<Repo, String> {
        let repo = self.repo(project)?;
        let known = self.settled.lock().is_ok_and(|settled| settled.contains(&project.id));
        if !known {
            repo.await_strays().await.map_err(|error| sentence(&error))?;
            if let Ok(mut settled) = self.settled.lock() {
                settled.insert(project.id.clone());
            }
        }
        Ok(repo)
    }

    /// Held while a branch of the project moves.
    pub fn advancing(&self, project: &ProjectId) -> Arc<tokio::sync::Mutex<()>> {
        let mut all = self.advancing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(all.entry(project.clone()).or_default())
    }

    /// Held while a folder of an attempt is made or removed.
    pub(crate) fn place(&self, at: &crate::turn::At) -> Arc<tokio::sync::Mutex<()>> {
        let mut all = self.places.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Whoever holds or awaits one has a share in it.
        all.retain(|_, place| Arc::strong_count(place) > 1);
        Arc::clone(all.entry(at.to_string()).or_default())
    }

    /// Tells the loop whenever somebody moves a ref of the project. A watch that can't be had is no
    /// error: heads are compared again before anything lands.
    pub fn watch(self: &Arc<Self>, project: &Project) {
        let Ok(repo) = self.repo(project) else { return };
        let Ok(mut watched) = self.watched.lock() else { return };
        if watched.get(&project.id).is_some_and(|watch| !watch.is_finished()) {
            return;
        }
        let (actor, id) = (Arc::clone(self), project.id.clone());
        let watching = tokio::spawn(async move {
            let mut watch = match repo.watch() {
                Ok(watch) => watch,
                Err(error) => return tracing::warn!(error = %sentence(&error), "refs are not watched"),
            };
            while let Some(moved) = watch.next().await {
                if moved.refs || moved.heads || moved.lost {
                    actor.send(Input::RefsMoved { project: id.clone() });
                }
            }
        });
        watched.insert(project.id.clone(), watching);
    }

    pub fn forget_repo(&self, project: &ProjectId) {
        if let Ok(mut watched) = self.watched.lock()
            && let Some(watching) = watched.remove(project)
        {
            watching.abort();
        }
        if let Ok(mut repos) = self.repos.lock() {
            repos.remove(project);
        }
    }
}

pub fn open_repo(path: &Path) -> Result<Repo, String> {
    Repo::open(path).map_err(|error| sentence(&error))
}

/// An error with what caused it, in one line.
pub fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{} ({})", text.trim_end_matches('.'), cause_text);
        }
        source = cause.source();
    }
    text
}

pub fn commit_id(oid: Oid) -> Result<CommitId, String> {
    CommitId::new(&oid.to_string()).map_err(|error| error.to_string())
}

pub fn oid(commit: &CommitId) -> Result<Oid, String> {
    commit.as_str().parse().map_err(|_| format!("{commit} is no commit id"))
}
