//! Tells that refs, heads or configuration moved, whoever moved them. Coarse on purpose: the truth
//! is asked of git, this only says when to ask.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::{Error, Repo, Result};

/// Changes that come closer together than this are told as one.
const QUIET: Duration = Duration::from_millis(40);

/// And never later than this after the first.
const LATEST: Duration = Duration::from_millis(250);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moved {
    /// A branch, tag or keep ref.
    pub refs: bool,
    /// HEAD of any worktree, or what it is in the middle of.
    pub heads: bool,
    /// The list of worktrees.
    pub worktrees: bool,
    /// Configuration or hooks.
    pub config: bool,
    /// The watch lost events or ended: ask for everything, and watch anew if it ended.
    pub lost: bool,
}

impl Moved {
    fn any(self) -> bool {
        self != Moved::default()
    }

    fn add(&mut self, other: Moved) {
        self.refs |= other.refs;
        self.heads |= other.heads;
        self.worktrees |= other.worktrees;
        self.config |= other.config;
        self.lost |= other.lost;
    }
}

/// A running watch; ends when dropped.
#[derive(Debug)]
pub struct Watch {
    events: mpsc::UnboundedReceiver<Moved>,
    _watcher: RecommendedWatcher,
}

impl Repo {
    /// Watches the shared git folder.
    pub fn watch(&self) -> Result<Watch> {
        let (sender, events) = mpsc::unbounded_channel();
        let common = self.common_dir().to_owned();
        let watched = common.clone();
        let failed = |source| Error::Watch { source };
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let moved = match event {
                Ok(event) if event.need_rescan() => Moved { lost: true, ..Moved::default() },
                Ok(event) if matches!(event.kind, EventKind::Access(_)) => return,
                Ok(event) => {
                    let gone = matches!(event.kind, EventKind::Remove(_)) && event.paths.contains(&watched);
                    let mut moved = Moved { lost: gone, ..Moved::default() };
                    for path in &event.paths {
                        moved.add(meaning(&watched, path));
                    }
                    moved
                }
                Err(_) => Moved { lost: true, ..Moved::default() },
            };
            if moved.any() {
                // Nobody listens any more when this fails.
                let _ = sender.send(moved);
            }
        })
        .map_err(failed)?;
        watcher.watch(&common, RecursiveMode::NonRecursive).map_err(failed)?;
        for folder in ["refs", "worktrees", "hooks"] {
            let folder = common.join(folder);
            if folder.is_dir() {
                watcher.watch(&folder, RecursiveMode::Recursive).map_err(failed)?;
            }
        }
        Ok(Watch { events, _watcher: watcher })
    }
}

impl Watch {
    /// The next change, gathered over a moment; `None` when the watch has ended.
    pub async fn next(&mut self) -> Option<Moved> {
        let mut moved = self.events.recv().await?;
        let latest = tokio::time::Instant::now() + LATEST;
        loop {
            let until = (tokio::time::Instant::now() + QUIET).min(latest);
            match tokio::time::timeout_at(until, self.events.recv()).await {
                Ok(Some(more)) => moved.add(more),
                Ok(None) | Err(_) => return Some(moved),
            }
        }
    }
}

fn meaning(common: &Path, path: &Path) -> Moved {
    let none = Moved::default();
    let Ok(inside) = path.strip_prefix(common) else { return none };
    if path.extension().is_some_and(|extension| extension == "lock") {
        return none;
    }
    let mut parts = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    let first = parts.next().unwrap_or_default();
    let rest: PathBuf = parts.collect();
    match first.as_str() {
        "refs" | "packed-refs" => Moved { refs: true, ..none },
        "config" | "config.worktree" | "hooks" => Moved { config: true, ..none },
        "worktrees" if rest.components().count() <= 1 => Moved { worktrees: true, ..none },
        "worktrees" => {
            let file = rest.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let told = meaning_of_file(&file);
            Moved { worktrees: matches!(file.as_str(), "gitdir" | "locked"), ..told }
        }
        file => meaning_of_file(file),
    }
}

fn meaning_of_file(name: &str) -> Moved {
    let heads = name == "HEAD"
        || matches!(
            name,
            "MERGE_HEAD"
                | "CHERRY_PICK_HEAD"
                | "REVERT_HEAD"
                | "BISECT_LOG"
                | "rebase-merge"
                | "rebase-apply"
        );
    Moved { heads, config: name == "config.worktree", ..Moved::default() }
}
