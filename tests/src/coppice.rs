//! The built `coppice`, in a data directory of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use crate::process::{self, Signal};
use crate::repo::environment;
use crate::run::{Event, Run};

/// What a command said, and how it ended.
#[derive(Debug, Clone)]
pub struct Output {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Output {
    fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Panics unless it ended with this status.
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Every line of standard output as JSON.
    pub fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub fn events(&self) -> Vec<Event> {
        self.json().into_iter().map(Event).collect()
    }
}

/// Where the programs are. `COPPICE_BIN` names another folder; otherwise they are built from the
/// source as it is, once per test program.
fn programs() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        if let Some(folder) = std::env::var_os("COPPICE_BIN") {
            return folder.into();
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--package", "cli", "--package", "terminal", "--bins"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(built.success(), "the programs under test don't build");
        // target/debug/deps/acceptance-… → target/debug
        let here = std::env::current_exe().unwrap();
        here.parent().and_then(Path::parent).unwrap().to_owned()
    })
}

#[derive(Debug)]
pub struct Coppice {
    /// The data directory.
    pub home: PathBuf,
    /// The user's home.
    user: PathBuf,
}

impl Coppice {
    pub fn new(home: &Path, user: &Path) -> Self {
        programs();
        Self { home: home.to_owned(), user: user.to_owned() }
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(programs().join("coppice"));
        command
            .args(words)
            // No repository of anybody's is around it.
            .current_dir(&self.user)
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, words: &[&str]) -> Output {
        self.run_in(&self.user, words)
    }

    pub fn run_in(&self, folder: &Path, words: &[&str]) -> Output {
        Output::of(self.command(words).current_dir(folder))
    }

    /// With more variables.
    pub fn run_with(&self, variables: &[(&str, &str)], words: &[&str]) -> Output {
        Output::of(self.command(words).envs(variables.iter().copied()))
    }

    /// Runs a line of shell in which `coppice` is at hand.
    pub fn shell(&self, line: &str) -> Output {
        let path = format!("{}:{}", programs().display(), std::env::var("PATH").unwrap_or_default());
        let mut shell = Command::new("sh");
        shell
            .args(["-c", line])
            .current_dir(&self.user)
            .env_clear()
            .envs(self.environment())
            .env("PATH", path);
        Output::of(&mut shell)
    }

    /// Starts `coppice run PLAN --repo REPO --json …`.
    pub fn start(&self, plan: &Path, repo: &Path, more: &[&str]) -> Run {
        let mut words = vec!["run", plan.to_str().unwrap(), "--repo", repo.to_str().unwrap(), "--json"];
        words.extend(more);
        Run::spawn(self.command(&words), &self.home)
    }

    /// Starts `coppice events --json --follow --since SEQ`.
    pub fn follow(&self, since: u64) -> Run {
        Run::spawn(self.command(&["events", "--json", "--follow", "--since", &since.to_string()]), &self.home)
    }

    /// Everything that happened later than `since`.
    pub fn events(&self, since: u64) -> Vec<Event> {
        self.run(&["events", "--json", "--since", &since.to_string()]).expect(0).events()
    }

    /// Processes of this data directory: engine, shims, agents.
    pub fn processes(&self) -> Vec<u32> {
        process::of_home(&self.home)
    }

    /// The engine's process, if one lives.
    pub fn engine(&self) -> Option<u32> {
        self.process_of("coppice engine ")
    }

    /// A living process of this data directory whose command line contains `words`.
    pub fn process_of(&self, words: &str) -> Option<u32> {
        self.processes().into_iter().find(|pid| process::command_line(*pid).contains(words))
    }

    /// What the programs see of the world: no configuration of anybody's, and this data directory.
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut all = environment(&self.user);
        all.push(("COPPICE_HOME".into(), self.home.to_str().unwrap().into()));
        all
    }

    /// What the engine has said on its standard error.
    pub fn engine_log(&self) -> String {
        fs::read_to_string(self.home.join("engine.log")).unwrap_or_default()
    }

    /// Ends everything of this data directory, as a leak guard: engine first, or it would take up what
    /// is ended after it.
    pub fn end(&self) {
        if !self.home.exists() {
            return;
        }
        if let Some(engine) = self.engine() {
            process::send(engine, Signal::TERM);
            if !process::await_end(engine, Duration::from_secs(2)) {
                process::send(engine, Signal::KILL);
                process::await_end(engine, Duration::from_secs(2));
            }
        }
        // Whoever is ended may just have started another.
        for _ in 0..20 {
            let left = self.processes();
            if left.is_empty() {
                return;
            }
            for pid in left {
                process::send(pid, Signal::KILL);
                process::await_end(pid, Duration::from_secs(2));
            }
        }
    }
}

impl Drop for Coppice {
    fn drop(&mut self) {
        self.end();
    }
}
