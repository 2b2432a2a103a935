//! The terminals that the page is attached to: what it asks of them finds its stream here.

mod stream;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
};

use protocol::{Error, ErrorCode};
use serde::Serialize;
use stream::{Begin, Stream};
use tauri::{
    async_runtime::JoinHandle,
    ipc::{Channel, InvokeResponseBody},
};
use terminal::{Exit, Line, Log, WINDOW};
use tokio::sync::Notify;

/// An attachment, for the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Attached {
    id: u32,
    /// What the log holds at this moment.
    start: u64,
    end: u64,
    /// Whether the run goes on.
    live: bool,
}

/// What the page tells a stream.
#[derive(Debug, Default)]
struct Told {
    acknowledged: AtomicUsize,
    size: Mutex<Option<(u16, u16)>>,
    changed: Notify,
    /// The way to the run's keyboard; another one after a flood.
    line: Mutex<Option<Line>>,
}

#[derive(Debug)]
struct Open {
    told: Arc<Told>,
    task: JoinHandle<()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The terminals that the page is attached to.
#[derive(Debug)]
pub(crate) struct Terminals {
    /// The data directory: runs elsewhere are not ours to show.
    home: PathBuf,
    next: AtomicU32,
    open: Mutex<HashMap<u32, Open>>,
}

impl Terminals {
    pub(crate) fn new(home: PathBuf) -> Self {
        Self { home, next: AtomicU32::new(1), open: Mutex::default() }
    }

    /// Streams the run of the folder `dir` into the page's channel.
    pub(crate) async fn attach(
        &self,
        dir: &str,
        offset: u64,
        replay: bool,
        page: Channel<InvokeResponseBody>,
    ) -> Result<Attached, Error> {
        let dir = self.run_dir(dir)?;
        let held = Log::open(&dir).range().map_err(|error| unreadable(&dir, &error))?;
        let live = Exit::read(&dir).map_err(|error| unreadable(&dir, &error))?.is_none();
        let begin = Begin::choose(held.start, held.end, offset, replay);
        let viewer = terminal::attach(&dir, begin.read_from, WINDOW)
            .await
            .map_err(|error| unreadable(&dir, &error))?;

        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let told = Arc::new(Told::default());
        let stream = Stream::new(dir, viewer, begin, held.end, Arc::clone(&told));
        let send = move |message| page.send(InvokeResponseBody::Raw(message)).is_ok();
        let task = tauri::async_runtime::spawn(stream.run(send));
        self.open().insert(id, Open { told, task });
        Ok(Attached { id, start: held.start, end: held.end, live })
    }

    pub(crate) fn acknowledge(&self, id: u32, bytes: usize) {
        // An acknowledgement may come after the page detached.
        if let Some(open) = self.open().get(&id) {
            open.told.acknowledged.fetch_add(bytes, Ordering::AcqRel);
            open.told.changed.notify_one();
        }
    }

    pub(crate) fn input(&self, id: u32, bytes: &[u8]) -> Result<(), Error> {
        self.line(id)?.input(bytes).map_err(|ended| Error::new(ErrorCode::Refused, ended.to_string()))
    }

    pub(crate) fn resize(&self, id: u32, cols: u16, rows: u16) -> Result<(), Error> {
        let line = self.line(id)?;
        if let Some(open) = self.open().get(&id) {
            *locked(&open.told.size) = Some((cols, rows));
            open.told.changed.notify_one();
        }
        // An ended run has no size to change, and its screen still has one to show.
        let _ = line.resize(cols, rows);
        Ok(())
    }

    pub(crate) fn detach(&self, id: u32) {
        self.open().remove(&id);
    }

    pub(crate) fn detach_all(&self) {
        self.open().clear();
    }

    fn line(&self, id: u32) -> Result<Line, Error> {
        let line = self.open().get(&id).and_then(|open| locked(&open.told.line).clone());
        line.ok_or_else(|| {
            Error::new(ErrorCode::NotFound, "This terminal is not attached.").hint("Attach it again.")
        })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u32, Open>> {
        locked(&self.open)
    }

    /// A run's folder lies under the data directory, links followed.
    fn run_dir(&self, dir: &str) -> Result<PathBuf, Error> {
        let named = Path::new(dir);
        let real = named.canonicalize().map_err(|error| unreadable(named, &error))?;
        let home = self.home.canonicalize().map_err(|error| unreadable(&self.home, &error))?;
        match real.starts_with(&home) && real != home {
            true => Ok(real),
            false => {
                Err(Error::new(ErrorCode::Forbidden, format!("{dir} is no run of this data directory.")))
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorCode::NotFound, format!("The terminal of {} can't be read: {error}.", path.display()))
}

#[cfg(test)]
mod tests;
