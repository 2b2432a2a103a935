//! The latest line of each living run's screen, for its card. A small screen follows the output;
//! under a flood it skips to the end, because a card shows what is, not what was.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use terminal::{Log, Mode, Sanitizer, Screen, View};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::act::Inputs;
use crate::ids::RunId;
use crate::view::Lines;

/// A card changes at most this often.
const PACE: Duration = Duration::from_millis(250);

/// How much is read for one picture: many screens. A flood's rest is left to the skip, for reading all of it
/// would take a processor from those who look at it.
const MOST_READ: usize = 64 * 1024;

/// How far behind the output the screen may be before it skips.
const MOST_BEHIND: u64 = 512 * 1024;

/// How much of what was written before is read for the first line.
const LEAD: u64 = 4 * 1024;

#[derive(Debug)]
pub struct LatestLines {
    lines: Mutex<HashMap<RunId, String>>,
    inputs: Inputs,
}

impl LatestLines {
    pub fn new(inputs: Inputs) -> LatestLines {
        LatestLines { lines: Mutex::default(), inputs }
    }

    /// Follows a living run until it ends.
    pub fn follow(self: &Arc<Self>, run: RunId, dir: PathBuf) {
        let lines = Arc::clone(self);
        tokio::spawn(async move { while let Ok(true) = lines.watch(&run, &dir).await {} });
    }

    pub fn forget(&self, run: &RunId) {
        if let Ok(mut lines) = self.lines.lock() {
            lines.remove(run);
        }
    }

    /// Shows the output from near its end on. `true`: it fell behind, begin again.
    async fn watch(&self, run: &RunId, dir: &Path) -> std::io::Result<bool> {
        let log = Log::open(dir);
        let end = log.range().map_or(0, |range| range.end);
        let mut viewer = terminal::attach(dir, end.saturating_sub(LEAD), 128 * 1024).await?;
        let mut screen = Screen::new(120, 32);
        let mut sanitizer = Sanitizer::new(Mode::Replay);
        let mut clean = Vec::new();
        loop {
            let Some(first) = viewer.next().await? else { return Ok(false) };
            let pause = Instant::now() + PACE;
            let mut seen = Some(first);
            let mut read = 0;
            while let Some(view) = seen.take() {
                match view {
                    View::Chunk { bytes, .. } => {
                        viewer.ack(bytes.len() as u64);
                        read += bytes.len();
                        clean.clear();
                        sanitizer.feed(&bytes, &mut clean);
                        screen.feed(&clean);
                    }
                    View::Gap { .. } => {}
                    View::Exited(_) => return Ok(false),
                }
                // What comes in a moment belongs to the same picture.
                if read >= MOST_READ {
                    break;
                }
                seen = match timeout_at(pause - PACE / 2, viewer.next()).await {
                    Ok(next) => next?,
                    Err(_) => None,
                };
            }
            self.publish(run, screen.last_line());
            sleep_until(pause).await;
            let behind = log.range().map_or(0, |range| range.end).saturating_sub(viewer.offset());
            if behind > MOST_BEHIND {
                return Ok(true);
            }
        }
    }

    /// What an agent program itself calls its latest action.
    pub(super) fn say(&self, run: &RunId, line: String) {
        self.publish(run, line);
    }

    fn publish(&self, run: &RunId, line: String) {
        if line.is_empty() {
            return;
        }
        let Ok(mut lines) = self.lines.lock() else { return };
        if lines.get(run) != Some(&line) {
            lines.insert(run.clone(), line.clone());
            let _ = self.inputs.send(crate::serve::Event::Line { run: run.clone(), line });
        }
    }
}

impl Lines for LatestLines {
    fn line(&self, run: &RunId) -> Option<String> {
        self.lines.lock().ok()?.get(run).cloned()
    }
}
