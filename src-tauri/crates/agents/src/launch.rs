//! What a run is told by its environment, and how it is started. Setup and checks are told the same.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use crate::environment::Environment;

/// What a run of a task is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    Setup,
    Implement,
    Check,
    Review,
    Fix,
    /// Compares two attempts for a person.
    Judge,
    Resolve,
    Shell,
}

impl Stage {
    /// It looks and says what it sees; it changes nothing.
    pub fn only_reads(self) -> bool {
        matches!(self, Stage::Review | Stage::Judge)
    }

    /// The value of `COPPICE_STAGE`.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Setup => "setup",
            Stage::Implement => "implement",
            Stage::Check => "check",
            Stage::Review => "review",
            Stage::Fix => "fix",
            Stage::Judge => "judge",
            Stage::Resolve => "resolve",
            Stage::Shell => "shell",
        }
    }
}

/// Where and for what a run happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    pub plan: String,
    pub task: String,
    /// 1 for the first attempt.
    pub attempt: u32,
    pub stage: Stage,
    /// The run's own identity.
    pub run: String,
    /// The commit that the attempt was cut from.
    pub base: String,
    pub worktree: PathBuf,
    /// The run's own folder: what a program is told for this launch alone is written here.
    pub run_dir: PathBuf,
    /// The session to go on with instead of beginning with the brief.
    pub resume: Option<Resume>,
    /// The brief's file; `None` for setup and checks, which need none.
    pub brief: Option<PathBuf>,
    /// Our own command line program: it interprets scripts and, later, answers hooks.
    pub coppice: PathBuf,
    /// Leased ports by the names of the plan: `web` becomes `COPPICE_PORT_WEB`.
    pub ports: Vec<(String, u16)>,
    /// Offset for test suites that share fixed ports, as `TEST_PORT_OFFSET`.
    pub port_offset: Option<u16>,
    /// A folder of git hooks of ours, outside the repository, that guard scope and staging.
    pub hooks: Option<PathBuf>,
    /// Further variables, for what a stage hands over (`COPPICE_REVIEW_INPUT`, `COPPICE_FINDINGS` …).
    pub extra: Vec<(String, OsString)>,
}

/// An earlier session of the same program in the same worktree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// As [`crate::Signal::SessionStarted`] named it.
    pub session: String,
    /// What the agent is told, such as to go on where it was stopped.
    pub message: String,
}

/// How a process is started: by whoever owns terminals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The program by its full path, and its arguments.
    pub argv: Vec<OsString>,
    pub cwd: PathBuf,
    /// Variables set over the captured environment; of two with one name the later holds.
    pub env: Vec<(OsString, OsString)>,
    /// Variables of the captured environment that must not reach the process.
    pub unset: Vec<OsString>,
}

impl Launch {
    /// The process's whole environment: the captured one without `unset`, with `env`.
    pub fn environment(&self, captured: &Environment) -> Vec<(OsString, OsString)> {
        captured.with(&self.unset, &self.env)
    }
}

/// Variables by which an outer git would lead an inner one to another repository.
const GIT_PLACES: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
];

/// Variables of ours that a run inherits.
const STAYS: &[&str] = &["COPPICE_HOME", "COPPICE_DEMO_SPEED"];

impl Context {
    /// A run of an agent: it commits, so git is told how to behave beside others.
    pub fn agent(&self, argv: Vec<OsString>, environment: &Environment) -> Launch {
        let mut launch = self.run(argv, environment);
        // Housekeeping in one worktree would race with every other one on the same repository.
        let mut settings: Vec<(&str, &OsStr)> =
            vec![("gc.auto", OsStr::new("0")), ("maintenance.auto", OsStr::new("false"))];
        if let Some(hooks) = &self.hooks {
            settings.push(("core.hooksPath", hooks.as_os_str()));
        }
        launch.env.extend(git_settings(environment, &settings));
        launch
    }

    /// Setup, a check or a shell.
    pub fn run(&self, argv: Vec<OsString>, environment: &Environment) -> Launch {
        // An engine started inside a run of another one must not hand that run's variables on. The data
        // directory stays: `coppice` inside a run talks to the engine that started it. The demo's speed is the user's.
        let unset = environment
            .names()
            .filter(|name| {
                let text = name.to_string_lossy();
                (text.starts_with("COPPICE_") && !STAYS.contains(&&*text)) || GIT_PLACES.contains(&&*text)
            })
            .map(OsStr::to_owned)
            .collect();
        Launch { argv, cwd: self.worktree.clone(), env: self.variables(), unset }
    }

    /// `COPPICE_…` and `TEST_PORT_OFFSET` for a run.
    pub fn variables(&self) -> Vec<(OsString, OsString)> {
        let mut variables: Vec<(OsString, OsString)> = vec![
            ("COPPICE_PLAN".into(), self.plan.clone().into()),
            ("COPPICE_TASK".into(), self.task.clone().into()),
            ("COPPICE_ATTEMPT".into(), self.attempt.to_string().into()),
            ("COPPICE_STAGE".into(), self.stage.as_str().into()),
            ("COPPICE_RUN".into(), self.run.clone().into()),
            ("COPPICE_BASE".into(), self.base.clone().into()),
            ("COPPICE_WORKTREE".into(), self.worktree.clone().into()),
        ];
        if let Some(brief) = &self.brief {
            variables.push(("COPPICE_BRIEF".into(), brief.clone().into()));
        }
        for (name, port) in &self.ports {
            variables.push((port_variable(name).into(), port.to_string().into()));
        }
        if let Some(offset) = self.port_offset {
            variables.push(("TEST_PORT_OFFSET".into(), offset.to_string().into()));
        }
        variables.extend(self.extra.iter().map(|(name, value)| (name.into(), value.clone())));
        variables
    }
}

/// `web-admin` → `COPPICE_PORT_WEB_ADMIN`.
fn port_variable(name: &str) -> String {
    let letters = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    "COPPICE_PORT_".chars().chain(letters).collect()
}

/// Git settings by environment, after those that the user's own environment may already carry.
fn git_settings(environment: &Environment, settings: &[(&str, &OsStr)]) -> Vec<(OsString, OsString)> {
    let first: usize = environment
        .get("GIT_CONFIG_COUNT")
        .and_then(|count| count.to_str()?.trim().parse().ok())
        .unwrap_or(0);
    let mut variables = vec![("GIT_CONFIG_COUNT".into(), (first + settings.len()).to_string().into())];
    for (n, (key, value)) in (first..).zip(settings) {
        variables.push((format!("GIT_CONFIG_KEY_{n}").into(), key.into()));
        variables.push((format!("GIT_CONFIG_VALUE_{n}").into(), value.into()));
    }
    variables
}
