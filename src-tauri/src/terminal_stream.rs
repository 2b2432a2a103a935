//! From a run's shim to the page: its bytes made safe, in messages of a fitting size, one per frame.
//!
//! What a run writes goes through the screen that a page far behind is shown, and waits in an [`Outlet`].
//! While the page is behind nothing is read: the shim writes its log whether anybody looks or not. When the page
//! has room again the stream leaps over what is old, so that the screen is never older than a moment.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use protocol::{Error, ErrorCode, RunOutcome};
use serde::Serialize;
use tauri::{
    async_runtime::JoinHandle,
    ipc::{Channel, InvokeResponseBody},
};
use terminal::{Exit, Line, Log, Mode, Reason, Sanitizer, Screen, View, Viewer, WINDOW};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

use crate::outlet::{BACKLOG, Outlet};

/// One message per painted frame: more would only queue up before the page's script.
const FRAME: Duration = Duration::from_millis(16);

/// So much output before the place where the page begins is read to know the screen there.
const PRIME: u64 = 256 << 10;

/// The same when a stream leaps: little, for it happens many times in a flood.
const LEAP: u64 = 64 << 10;

/// Between the screens of a flood: a person sees no more than ten in a second.
const SCREEN_PAUSE: Duration = Duration::from_millis(100);

/// Until the page says its size.
const SIZE: (u16, u16) = (80, 24);

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
    /// The way to the run's keyboard; another one after a leap.
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

/// Where a stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Begin {
    /// Read from here, to know the screen.
    read_from: u64,
    /// Shown from here.
    show_from: u64,
    /// What comes before is shown as a screen.
    with_screen: bool,
}

impl Begin {
    fn choose(start: u64, end: u64, offset: u64, replay: bool) -> Self {
        let offset = offset.clamp(start, end.max(start));
        let with_screen = !replay || end - offset > BACKLOG as u64;
        let show_from = if with_screen { end } else { offset };
        Self { read_from: show_from.saturating_sub(PRIME).max(start), show_from, with_screen }
    }
}

/// One attachment under way.
#[derive(Debug)]
struct Stream {
    dir: PathBuf,
    viewer: Viewer,
    told: Arc<Told>,
    sanitizer: Sanitizer,
    screen: Screen,
    outlet: Outlet,
    /// Where the log ended when the page attached: what is older causes no effects any more.
    replay_until: u64,
    /// Where the page begins, as long as that is ahead.
    begin: Option<Begin>,
    /// The output that went through the screen ends here.
    at: u64,
    /// The screen is that of a moment ago: the page may have it.
    is_fresh: bool,
    over: bool,
}

impl Stream {
    fn new(dir: PathBuf, viewer: Viewer, begin: Begin, end: u64, told: Arc<Told>) -> Self {
        *locked(&told.line) = Some(viewer.line());
        let mut stream = Self {
            dir,
            viewer,
            told,
            sanitizer: Sanitizer::new(Mode::Replay),
            screen: Screen::new(SIZE.0, SIZE.1),
            outlet: Outlet::default(),
            replay_until: end,
            begin: Some(begin),
            at: begin.read_from,
            is_fresh: false,
            over: false,
        };
        stream.arrive();
        stream
    }

    /// Runs until the run's end has been told, or the page is gone (`send` says false).
    async fn run(mut self, mut send: impl FnMut(Vec<u8>) -> bool) {
        let mut next_frame = Instant::now();
        let told = Arc::clone(&self.told);
        loop {
            tokio::select! {
                // What the page says comes first, then its frame: a flood must not starve it.
                biased;
                () = told.changed.notified() => self.listen(),
                () = sleep_until(next_frame), if self.outlet.is_ready() => {
                    if self.outlet.is_behind() && !self.is_fresh && self.leap().await {
                        continue;
                    }
                    let pause = if self.outlet.is_behind() { SCREEN_PAUSE } else { FRAME };
                    next_frame = Instant::now() + pause;
                    if !self.give(&mut send) {
                        return;
                    }
                }
                view = self.viewer.next(), if !self.over && !self.outlet.is_behind() => match view {
                    Ok(Some(view)) => self.see(view),
                    Ok(None) => self.over = true,
                    Err(error) => self.end(&lost(&error.to_string())),
                },
            }
            if self.over && self.outlet.is_empty() {
                return;
            }
        }
    }

    /// Sends the next message. False when the page is gone.
    fn give(&mut self, send: &mut impl FnMut(Vec<u8>) -> bool) -> bool {
        let message = self.outlet.next(|| (self.at, self.screen.snapshot()));
        self.is_fresh = false;
        message.is_none_or(send)
    }

    /// Goes on near the end of the log, if that is far ahead. False when it isn't (or can't be told): then the
    /// screen serves as it is.
    async fn leap(&mut self) -> bool {
        let Ok(held) = Log::open(&self.dir).range() else { return false };
        if self.over || held.end.saturating_sub(self.at) <= LEAP {
            return false;
        }
        let read_from = held.end - LEAP;
        let Ok(viewer) = terminal::attach(&self.dir, read_from, WINDOW).await else { return false };
        *locked(&self.told.line) = Some(viewer.line());
        self.viewer = viewer;
        self.outlet.forget();
        self.begin = Some(Begin { read_from, show_from: held.end, with_screen: true });
        self.at = read_from;
        // The leap may end in the middle of a sequence, and the colours there are not those from before it.
        self.sanitizer = Sanitizer::new(Mode::Replay);
        self.screen.feed(b"\x1b[m");
        true
    }

    fn listen(&mut self) {
        self.outlet.acknowledge(self.told.acknowledged.swap(0, Ordering::AcqRel));
        let size = locked(&self.told.size).take();
        if let Some((cols, rows)) = size {
            self.screen.resize(cols, rows);
        }
    }

    fn see(&mut self, view: View) {
        match view {
            View::Chunk { offset, bytes } => {
                self.at = offset;
                // At the two places where something changes, the chunk is cut.
                let mut rest = bytes.as_slice();
                while !rest.is_empty() {
                    let (piece, after) = rest.split_at(self.until_change(rest.len()));
                    self.show(piece);
                    rest = after;
                }
                self.viewer.ack(bytes.len() as u64);
            }
            View::Gap { to, .. } => {
                self.at = to;
                if self.begin.is_none() {
                    self.outlet.gap(to);
                }
                self.arrive();
            }
            View::Exited(exit) => self.end(&ending(&exit)),
        }
    }

    /// How many of the next `most` bytes are alike.
    fn until_change(&self, most: usize) -> usize {
        [Some(self.replay_until), self.begin.map(|begin| begin.show_from)]
            .into_iter()
            .flatten()
            .filter(|place| *place > self.at)
            .map(|place| usize::try_from(place - self.at).unwrap_or(usize::MAX))
            .fold(most, usize::min)
    }

    fn show(&mut self, bytes: &[u8]) {
        if self.at >= self.replay_until {
            self.sanitizer.set_mode(Mode::Live);
        }
        let mut safe = Vec::with_capacity(bytes.len());
        self.sanitizer.feed(bytes, &mut safe);
        self.screen.feed(&safe);
        if self.begin.is_none() {
            self.outlet.output(self.at, &safe);
        }
        self.at += bytes.len() as u64;
        self.arrive();
    }

    /// Whether the place where the page begins has come.
    fn arrive(&mut self) {
        if let Some(begin) = self.begin.take_if(|begin| self.at >= begin.show_from)
            && begin.with_screen
        {
            self.is_fresh = true;
            self.outlet.begin_with_screen();
        }
    }

    fn end(&mut self, ending: &Ending) {
        self.over = true;
        if self.begin.take().is_some() {
            self.is_fresh = true;
            self.outlet.begin_with_screen();
        }
        // It holds numbers and text alone, which always become JSON.
        self.outlet.exited(self.at, serde_json::to_vec(ending).unwrap_or_default());
    }
}

/// How a run ended, for the page.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Ending {
    code: Option<i32>,
    outcome: RunOutcome,
    detail: Option<String>,
}

fn lost(why: &str) -> Ending {
    Ending { code: None, outcome: RunOutcome::Lost, detail: Some(why.to_owned()) }
}

fn ending(exit: &Exit) -> Ending {
    let (outcome, detail) = match &exit.reason {
        Reason::Exited => match exit.signal {
            None => (RunOutcome::Exited, None),
            Some(signal) => (RunOutcome::Signalled, Some(format!("Signal {signal} ended it."))),
        },
        Reason::TimeLimit => (RunOutcome::TimedOut, Some("Its time limit passed.".to_owned())),
        Reason::Killed => (RunOutcome::Ended, Some("It was asked to end.".to_owned())),
        Reason::StartFailed { message } => (RunOutcome::StartFailed, Some(message.clone())),
        Reason::Lost => (RunOutcome::Lost, Some("The process that held its terminal died.".to_owned())),
    };
    Ending { code: exit.code, outcome, detail }
}

#[cfg(test)]
mod tests;
