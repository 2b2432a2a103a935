//! What the tests of real processes share: a folder, a run in it, waits with a deadline.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use terminal::{Exit, Log, Piece, Run, RunSpec, View, Viewer, WINDOW, attach, start};

/// A generous bound for anything that should happen at once.
const DEADLINE: Duration = Duration::from_secs(15);

pub(crate) fn shim() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_coppice-shim"))
}

/// A temporary folder with a place for runs and a worktree.
pub(crate) struct Place {
    pub(crate) dir: TempDir,
    /// Runs live in here instead.
    pub(crate) deep: Option<PathBuf>,
}

impl Place {
    pub(crate) fn new() -> Place {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("worktree")).unwrap();
        Place { dir, deep: None }
    }

    pub(crate) fn worktree(&self) -> PathBuf {
        self.dir.path().join("worktree").canonicalize().unwrap()
    }

    pub(crate) fn run_dir(&self) -> PathBuf {
        self.deep.as_deref().unwrap_or(self.dir.path()).join("run")
    }

    /// A shell script as a run. Its grace is short.
    pub(crate) fn script(&self, script: &str) -> RunSpec {
        let worktree = self.worktree();
        let id = format!("test-{}", self.dir.path().file_name().unwrap().to_string_lossy());
        let mut spec = RunSpec::new(id, ["/bin/sh", "-c", script], &worktree);
        spec.env = vec![("PATH".into(), std::env::var_os("PATH").unwrap())];
        spec.worktree = Some(worktree);
        spec.grace_ms = 400;
        spec
    }

    pub(crate) async fn start(&self, spec: &RunSpec) -> Run {
        soon(start(shim(), &self.run_dir(), spec)).await.unwrap()
    }

    pub(crate) async fn sh(&self, script: &str) -> Run {
        self.start(&self.script(script)).await
    }
}

/// Fails rather than hang.
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.expect("it did not happen in time")
}

pub(crate) async fn ended(run: &Run) -> Exit {
    soon(run.exited()).await
}

/// Everything in the log; panics at a gap.
pub(crate) fn log_bytes(run_dir: &Path) -> Vec<u8> {
    let log = Log::open(run_dir);
    let mut all = Vec::new();
    loop {
        match log.read(all.len() as u64, 1 << 20).unwrap() {
            Piece::Bytes(bytes) => all.extend(bytes),
            Piece::Gap { to } => panic!("a gap from {} to {to}", all.len()),
            Piece::End => return all,
        }
    }
}

pub(crate) fn log_text(run_dir: &Path) -> String {
    String::from_utf8(log_bytes(run_dir)).unwrap().replace("\r\n", "\n")
}
/// A viewer that collects what it sees.
pub(crate) struct Watch {
    pub(crate) viewer: Viewer,
    pub(crate) text: String,
}

impl Watch {
    pub(crate) async fn attach(run_dir: &Path) -> Watch {
        Watch { viewer: soon(attach(run_dir, 0, WINDOW)).await.unwrap(), text: String::new() }
    }

    /// Looks on until the text has appeared; returns what follows it on its line.
    pub(crate) async fn until(&mut self, text: &str) -> String {
        loop {
            if let Some((_, rest)) = self.text.split_once(text)
                && let Some((line, _)) = rest.split_once('\n')
            {
                return line.trim().to_owned();
            }
            match soon(self.viewer.next()).await.unwrap() {
                Some(View::Chunk { bytes, .. }) => {
                    self.viewer.ack(bytes.len() as u64);
                    self.text.push_str(&String::from_utf8_lossy(&bytes));
                }
                Some(View::Gap { .. }) => {}
                other => panic!("{text:?} never came, but {other:?} after {:?}", self.text),
            }
        }
    }
}

/// Whether the process with this pid is there (and not just waiting to be waited for).
pub(crate) fn lives(pid: i32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap().trim_start().starts_with('Z'))
}

/// Ends a process of a test by its id.
pub(crate) fn kill9(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}
