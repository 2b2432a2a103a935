//! From a run's shim to the page: its bytes made safe, in messages of a fitting size, one per frame.
//!
//! What a run writes goes through a screen of our own, and waits in an [`Outlet`]. A page that falls behind in a
//! flood sees that screen a few times a second, from the newest output alone, so that a flood costs the page the
//! same whatever its speed; nothing in between is read, for the shim writes its log whether anybody looks or not.
//! When the flood is over the page starts anew with the history that the log holds and goes on from there.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use protocol::RunOutcome;
use serde::Serialize;
use terminal::{Exit, Log, Mode, Piece, Reason, Sanitizer, Screen, View, Viewer, WINDOW};
use tokio::time::{Instant, sleep_until};

use super::{Told, locked};
use crate::outlet::{BACKLOG, Outlet};

/// One message per painted frame: more would only queue up before the page's script.
const FRAME: Duration = Duration::from_millis(16);

/// More history than this is shown as a snapshot. Less than the outlet takes, for a live run writes on.
const REPLAY: u64 = BACKLOG as u64 / 2;

/// So much output before the place where the page begins is read to know the screen there, and is its history:
/// some three thousand lines, which the page's emulator takes in two or three frames.
const PRIME: u64 = 256 << 10;

/// Output that came since the last screen is read whole up to this, and its end alone beyond: many screens, and
/// little to parse ten times a second. More than it between two screens is a flood.
const NEWEST: u64 = 64 << 10;

/// Between the screens of a flood: a person sees no more than ten in a second.
const SCREEN_PAUSE: Duration = Duration::from_millis(100);

/// A flood is over after so many screens without one: it may only have paused for breath.
const CALM: u8 = 3;

/// Until the page says its size.
const SIZE: (u16, u16) = (80, 24);

/// Where a stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begin {
    /// Read from here, to know the screen.
    pub(super) read_from: u64,
    /// Shown from here.
    show_from: u64,
    /// What comes before is shown as a screen.
    with_screen: bool,
}

impl Begin {
    pub(super) fn choose(start: u64, end: u64, offset: u64, replay: bool) -> Self {
        let offset = offset.clamp(start, end.max(start));
        let with_screen = !replay || end - offset > REPLAY;
        let show_from = if with_screen { end } else { offset };
        Self { read_from: show_from.saturating_sub(PRIME).max(start), show_from, with_screen }
    }
}

/// One attachment under way.
#[derive(Debug)]
pub(super) struct Stream {
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
    /// Looks in a row that found no flood.
    calm: u8,
    over: bool,
}

impl Stream {
    pub(super) fn new(dir: PathBuf, viewer: Viewer, begin: Begin, end: u64, told: Arc<Told>) -> Self {
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
            calm: 0,
            over: false,
        };
        stream.arrive();
        stream
    }

    /// Runs until the run's end has been told, or the page is gone (`send` says false).
    pub(super) async fn run(mut self, mut send: impl FnMut(Vec<u8>) -> bool) {
        let mut next_frame = Instant::now();
        let told = Arc::clone(&self.told);
        loop {
            tokio::select! {
                // What the page says comes first, then its frame: a flood must not starve it.
                biased;
                () = told.changed.notified() => self.listen(),
                () = sleep_until(next_frame), if self.outlet.is_ready() => {
                    let message = match self.outlet.is_behind() {
                        true => self.look().await,
                        false => self.outlet.next(),
                    };
                    let pause = if self.outlet.is_behind() { SCREEN_PAUSE } else { FRAME };
                    next_frame = Instant::now() + pause;
                    if !message.is_none_or(&mut send) {
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

    /// What a page that is behind gets now: a screen, if there is news; a snapshot when there is no flood any more.
    async fn look(&mut self) -> Option<Vec<u8>> {
        let before = self.at;
        let log = Log::open(&self.dir);
        // A log that can't be read brings no news, and soon the snapshot with which the viewer takes over.
        let end = log.range().map_or(before, |held| held.end);
        let newest = end.saturating_sub(NEWEST);
        if newest > before {
            self.calm = 0;
            self.at = newest;
            // This may be the middle of a sequence, and the colours here are not those from before it.
            self.sanitizer = Sanitizer::new(Mode::Replay);
            self.screen.feed(b"\x1b[m");
        } else {
            self.calm = self.calm.saturating_add(1);
        }
        if self.calm >= CALM {
            return Some(self.settle().await);
        }
        let mut safe = Vec::new();
        while self.at < end {
            match log.read(self.at, (end - self.at) as usize) {
                Ok(Piece::Bytes(bytes)) => {
                    self.sanitizer.feed(&bytes, &mut safe);
                    self.at += bytes.len() as u64;
                }
                Ok(Piece::Gap { to }) => self.at = to,
                Ok(Piece::End) | Err(_) => break,
            }
        }
        self.screen.feed(&safe);
        (self.at > before).then(|| self.outlet.screen(self.at, &self.screen.repaint()))
    }

    /// The page starts anew with history and screen, and what follows comes from the viewer again.
    async fn settle(&mut self) -> Vec<u8> {
        self.calm = 0;
        if self.viewer.offset() != self.at {
            match terminal::attach(&self.dir, self.at, WINDOW).await {
                Ok(viewer) => {
                    *locked(&self.told.line) = Some(viewer.line());
                    self.viewer = viewer;
                }
                Err(error) => self.end(&lost(&error.to_string())),
            }
        }
        let mut contents = b"\x1bc\x1b[?2026h".to_vec();
        // A full-screen program has no history, and what it wrote makes none.
        if !self.screen.is_full_screen() {
            contents.extend(history(&self.dir, self.at));
        }
        contents.extend(self.screen.repaint());
        self.outlet.snapshot(self.at, &contents)
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
            self.begin_with_snapshot();
        }
    }

    fn begin_with_snapshot(&mut self) {
        self.calm = CALM;
        self.outlet.fall_behind();
    }

    fn end(&mut self, ending: &Ending) {
        self.over = true;
        if self.begin.take().is_some() {
            self.begin_with_snapshot();
        }
        // It holds numbers and text alone, which always become JSON.
        self.outlet.exited(self.at, serde_json::to_vec(ending).unwrap_or_default());
    }
}

/// The last lines before `end`, harmless, as far as the log holds them in one piece.
fn history(dir: &Path, end: u64) -> Vec<u8> {
    let log = Log::open(dir);
    let start = log.range().map_or(end, |held| held.start);
    let mut at = end.saturating_sub(PRIME).max(start);
    let is_whole = at == start;
    let mut lines = Vec::new();
    while at < end {
        match log.read(at, (end - at) as usize) {
            Ok(Piece::Bytes(bytes)) => {
                at += bytes.len() as u64;
                lines.extend(bytes);
            }
            Ok(Piece::Gap { to }) => {
                lines.clear();
                at = to;
            }
            Ok(Piece::End) | Err(_) => break,
        }
    }
    // It begins with a whole line, if there is one.
    let cut = lines.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let mut safe = Vec::with_capacity(lines.len());
    Sanitizer::new(Mode::Replay).feed(&lines[if is_whole { 0 } else { cut }..], &mut safe);
    safe
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
