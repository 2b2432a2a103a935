//! A temporary repository with a home of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Once;
use std::time::Duration;

use repo::{BString, NewWorktree, Oid, Place, Repo};
use tempfile::TempDir;

pub(crate) struct World {
    pub(crate) dir: TempDir,
    /// The main checkout, canonical.
    pub(crate) root: PathBuf,
}

/// The person's own configuration must play no part: set once, before any test does anything.
fn isolate() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let home = std::env::temp_dir().join("coppice-test-home");
        std::fs::create_dir_all(&home).unwrap();
        let pairs = [
            ("HOME", home.as_os_str()),
            ("GIT_CONFIG_GLOBAL", "/dev/null".as_ref()),
            ("GIT_CONFIG_NOSYSTEM", "1".as_ref()),
        ];
        for (key, value) in pairs {
            #[expect(unsafe_code, reason = "the crate under test reads the environment of this process")]
            // SAFETY: every test calls this first, so nothing reads the environment through C yet.
            unsafe {
                std::env::set_var(key, value);
            }
        }
    });
}

impl World {
    /// A repository without a commit.
    pub(crate) fn empty() -> World {
        isolate();
        // In memory where there is such a place: what is durable is fsynced, hundreds of times here.
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap();
        let root = dir.path().canonicalize().unwrap().join("proj");
        std::fs::create_dir(&root).unwrap();
        let world = World { dir, root };
        world.git(["init", "-q", "-b", "main"]);
        world
    }

    /// With one commit: `a.txt`, `dir/b.txt` and a `.gitignore` for `*.ignored` and `.env`.
    pub(crate) fn new() -> World {
        let world = World::empty();
        world.write("a.txt", "one\ntwo\nthree\n");
        world.write("dir/b.txt", "b\n");
        world.write(".gitignore", "*.ignored\n.env\n");
        world.commit("first");
        world
    }

    pub(crate) fn repo(&self) -> Repo {
        Repo::open(&self.root).unwrap()
    }

    pub(crate) async fn place(&self) -> Place {
        self.repo().place(&self.dir.path().join("fallback")).await.unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        write(&self.root, name, text);
    }

    /// Stages and commits everything in the main checkout.
    pub(crate) fn commit(&self, message: &str) -> Oid {
        commit_in(&self.root, message)
    }

    pub(crate) fn git<S: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        git(&self.root, args)
    }

    pub(crate) fn head(&self) -> Oid {
        self.oid("HEAD")
    }

    pub(crate) fn oid(&self, name: &str) -> Oid {
        self.git(["rev-parse", "--verify", name]).parse().unwrap()
    }

    /// A worktree in the place, on `branch`, cut at the main checkout's head.
    pub(crate) async fn worktree(&self, branch: &str) -> PathBuf {
        let new = self.new_worktree(branch).await;
        self.repo().add_worktree(&new).await.unwrap();
        new.path
    }

    pub(crate) async fn new_worktree(&self, branch: &str) -> NewWorktree {
        let path = self.place().await.worktrees.join(branch.replace('/', "-"));
        NewWorktree { path, branch: Some(branch.into()), base: self.head(), resume: false }
    }

    pub(crate) fn fsck(&self) {
        let output = run(&self.root, ["fsck", "--full", "--strict", "--no-dangling"]);
        assert!(output.status.success(), "{output:?}");
    }
}

pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(dir: &Path, args: impl IntoIterator<Item = S>) -> Output {
    Command::new("git")
        .current_dir(dir)
        .env("GIT_AUTHOR_DATE", "1700000000 +0000")
        .env("GIT_COMMITTER_DATE", "1700000000 +0000")
        .env("LC_ALL", "C")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "protocol.file.allow=always"])
        .args(args)
        .output()
        .unwrap()
}

pub(crate) fn git<S: AsRef<std::ffi::OsStr>>(dir: &Path, args: impl IntoIterator<Item = S>) -> String {
    let output = run(dir, args);
    assert!(output.status.success(), "git: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

pub(crate) fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

pub(crate) fn read(dir: &Path, name: &str) -> String {
    String::from_utf8(std::fs::read(dir.join(name)).unwrap()).unwrap()
}

pub(crate) fn commit_in(dir: &Path, message: &str) -> Oid {
    git(dir, ["add", "-A"]);
    git(dir, ["commit", "-q", "--allow-empty", "-m", message]);
    git(dir, ["rev-parse", "HEAD"]).parse().unwrap()
}

pub(crate) fn names(paths: &[BString]) -> Vec<String> {
    paths.iter().map(ToString::to_string).collect()
}

pub(crate) fn bstrings(paths: &[&str]) -> Vec<BString> {
    paths.iter().map(|path| BString::from(*path)).collect()
}

/// Waits for a condition that other processes bring about.
pub(crate) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "never happens: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
