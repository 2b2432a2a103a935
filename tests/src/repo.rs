//! A real git repository that nobody's configuration reaches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Variables that every process of a test sees, and no others but `PATH`.
pub(crate) fn environment(home: &Path) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = [
        ("HOME", home.to_str().unwrap()),
        ("SHELL", "/bin/sh"),
        ("LANG", "C.UTF-8"),
        ("TERM", "dumb"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Ada"),
        ("GIT_AUTHOR_EMAIL", "ada@example.com"),
        ("GIT_COMMITTER_NAME", "Ada"),
        ("GIT_COMMITTER_EMAIL", "ada@example.com"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".into());
    all.push(("PATH".into(), path));
    all
}

#[derive(Debug)]
pub struct TempRepo {
    /// The user's checkout (or the bare repository).
    pub path: PathBuf,
    home: PathBuf,
}

impl TempRepo {
    /// On branch `main`, with one commit of a `README.md` and a `test.sh` that succeeds.
    pub fn new(path: &Path, home: &Path) -> Self {
        let repo = Self::empty(path, home);
        repo.write("README.md", "# A project\n");
        repo.write("test.sh", "exit 0\n");
        repo.commit("First");
        repo
    }

    /// Without any commit.
    pub fn empty(path: &Path, home: &Path) -> Self {
        fs::create_dir_all(path).unwrap();
        let repo = Self { path: path.to_owned(), home: home.to_owned() };
        repo.git(&["init", "--quiet", "--initial-branch=main"]);
        repo
    }

    /// A bare clone of another one.
    pub fn bare(path: &Path, from: &TempRepo) -> Self {
        from.git(&["clone", "--quiet", "--bare", ".", path.to_str().unwrap()]);
        Self { path: path.to_owned(), home: from.home.clone() }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(words).current_dir(&self.path).env_clear().envs(environment(&self.home));
        command
    }

    /// Git's output without the last newline; panics when git fails.
    pub fn git(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {} failed: {said}", words.join(" "));
        String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned()
    }

    /// Whether git exits with 0.
    pub fn git_agrees(&self, words: &[&str]) -> bool {
        self.command(words).output().unwrap().status.success()
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path.join(path)).unwrap()
    }

    /// Everything that is there, as one commit.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.head()
    }

    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    pub fn tip(&self, branch: &str) -> String {
        self.git(&["rev-parse", "--verify", &format!("refs/heads/{branch}")])
    }

    pub fn branches(&self) -> Vec<String> {
        lines(&self.git(&["for-each-ref", "--format=%(refname:short)", "refs/heads"]))
    }

    pub fn keep_refs(&self) -> Vec<String> {
        lines(&self.git(&["for-each-ref", "--format=%(refname)", "refs/coppice/keep"]))
    }

    pub fn worktrees(&self) -> Vec<String> {
        let list = self.git(&["worktree", "list", "--porcelain"]);
        list.lines().filter_map(|line| line.strip_prefix("worktree ")).map(str::to_owned).collect()
    }

    /// Files of a commit.
    pub fn files(&self, commit: &str) -> Vec<String> {
        lines(&self.git(&["ls-tree", "-r", "--name-only", commit]))
    }

    pub fn show(&self, commit: &str, path: &str) -> String {
        self.git(&["show", &format!("{commit}:{path}")])
    }

    pub fn is_ancestor(&self, old: &str, new: &str) -> bool {
        self.git_agrees(&["merge-base", "--is-ancestor", old, new])
    }

    /// Changed and untracked files, as git says it.
    pub fn status(&self) -> String {
        self.git(&["status", "--porcelain"])
    }

    /// No object is missing or broken.
    pub fn assert_sound(&self) {
        let output = self.command(&["fsck", "--full", "--strict", "--no-dangling"]).output().unwrap();
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.trim().is_empty(), "git fsck says:\n{said}");
    }

    /// Only the user's own worktree and branches are left, and nothing is half done.
    pub fn assert_tidy(&self, branches: &[&str]) {
        self.assert_sound();
        assert_eq!(self.branches(), branches, "branches");
        assert_eq!(self.worktrees().len(), 1, "worktrees: {:?}", self.worktrees());
        let git = PathBuf::from(self.git(&["rev-parse", "--absolute-git-dir"]));
        for left in ["MERGE_HEAD", "index.lock", "HEAD.lock", "packed-refs.lock"] {
            assert!(!git.join(left).exists(), "{left} is left");
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}
