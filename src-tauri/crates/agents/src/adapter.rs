//! The adapters and what they share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::launch::{Context, Launch, Stage};
use crate::program::Program;
use crate::{claude, codex, command, scripted};

/// What Coppice knows about one agent program. A new program is one file with one such value.
#[derive(Debug)]
pub struct Adapter {
    /// As `adapter = "…"` names it in a plan.
    pub name: &'static str,
    /// The keys of an agent's table that this adapter reads, besides `adapter` and `env`.
    pub keys: &'static [&'static str],
    /// Whether the agent's process ends when its work does. An interactive program stays at its prompt instead; see
    /// [`Adapter::ends_by_itself`].
    pub one_shot: bool,
    /// What can be said before anything is started: is the program there, is the script readable.
    pub check: fn(&AgentSpec, &Environment) -> Result<(), AgentError>,
    /// How a run of this agent is started.
    pub launch: fn(&AgentSpec, &Context, &Environment) -> Result<Launch, AgentError>,
    /// What is heard from it and said to it while it runs; `None` for what has neither hooks nor a transcript.
    pub program: Option<&'static Program>,
}

impl Adapter {
    /// Whether a run of this stage ends when its work is done. An interactive program implements in its terminal and
    /// stays; to review, fix or resolve, it is started without a person in front of it.
    pub fn ends_by_itself(&self, stage: Stage) -> bool {
        self.one_shot || stage.only_reads() || matches!(stage, Stage::Fix | Stage::Resolve)
    }
}

/// Every adapter there is.
pub static ADAPTERS: &[&Adapter] =
    &[&command::ADAPTER, &scripted::ADAPTER, &claude::ADAPTER, &codex::ADAPTER];

/// An agent as the plan describes it (`[agents.NAME]`). What an adapter has no use for must be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentSpec {
    pub name: String,
    pub adapter: String,
    /// Program and arguments, for `command`.
    pub command: Vec<String>,
    /// The script, for `scripted`; absolute, the engine has resolved it against the plan file's folder.
    pub script: Option<PathBuf>,
    pub model: Option<String>,
    pub effort: Option<String>,
    pub permission: Option<String>,
    pub tools: Vec<String>,
    /// Arguments added as they are, for programs that Coppice starts by name.
    pub args: Vec<String>,
    /// Variables for this agent alone.
    pub env: BTreeMap<String, String>,
}

impl AgentSpec {
    /// The keys that are set, by their names in the plan file.
    fn keys(&self) -> impl Iterator<Item = &'static str> {
        [
            ("command", !self.command.is_empty()),
            ("script", self.script.is_some()),
            ("model", self.model.is_some()),
            ("effort", self.effort.is_some()),
            ("permission", self.permission.is_some()),
            ("tools", !self.tools.is_empty()),
            ("args", !self.args.is_empty()),
        ]
        .into_iter()
        .filter_map(|(key, set)| set.then_some(key))
    }
}

/// Why an agent cannot be started as it is described.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    #[error("Agent {agent} names the adapter \"{adapter}\", which does not exist. Use one of: {known}.")]
    UnknownAdapter { agent: String, adapter: String, known: String },

    #[error(
        "Agent {agent} sets `{key}`, which the adapter \"{adapter}\" does not use. Remove it. It reads: {known}."
    )]
    UnusedKey { agent: String, adapter: &'static str, key: &'static str, known: String },

    #[error("Agent {agent} uses the adapter \"{adapter}\" and has no `{key}`. Add {example}.")]
    MissingKey { agent: String, adapter: &'static str, key: &'static str, example: &'static str },

    #[error("Agent {agent} starts `{program}`, which is not in the search path ({path}). {install}")]
    MissingProgram { agent: String, program: String, path: String, install: String },

    #[error(
        "Agent {agent} starts {program}, which is not an executable file. Create it or make it executable."
    )]
    NotExecutable { agent: String, program: PathBuf },

    #[error("Agent {agent} uses {program}, which is not logged in. {mend}")]
    NotLoggedIn { agent: String, program: &'static str, mend: &'static str },

    #[error(
        "Agent {agent} uses {program}, which has not been used here yet and would wait at its welcome. {mend}"
    )]
    FirstRun { agent: String, program: &'static str, mend: &'static str },

    #[error(
        "Agent {agent} sets `{key}` to \"{value}\", which the adapter \"{adapter}\" does not know. Use one of: {known}."
    )]
    UnknownValue { agent: String, adapter: &'static str, key: &'static str, value: String, known: String },

    #[error("The brief {} of agent {agent} cannot be read. Start the task again.", path.display())]
    Brief {
        agent: String,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },

    #[error(
        "The settings {} of agent {agent} cannot be written. Check the folder's permissions and the free space.",
        path.display()
    )]
    Settings {
        agent: String,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },

    #[error("The script of agent {agent} cannot be used. {source}")]
    Script {
        agent: String,
        #[source]
        source: scripted::ScriptError,
    },
}

/// The adapter of that name.
///
/// # Errors
/// [`AgentError::UnknownAdapter`] lists those there are.
pub fn adapter(spec: &AgentSpec) -> Result<&'static Adapter, AgentError> {
    ADAPTERS.iter().copied().find(|adapter| adapter.name == spec.adapter).ok_or_else(|| {
        let known: Vec<_> = ADAPTERS.iter().map(|adapter| adapter.name).collect();
        AgentError::UnknownAdapter {
            agent: spec.name.clone(),
            adapter: spec.adapter.clone(),
            known: known.join(", "),
        }
    })
}

/// What can be said before Run: the adapter exists, its keys are right, its program or script is there. A program
/// named by a path inside the worktree is looked for at launch only.
///
/// # Errors
/// Every one of [`AgentError`].
pub fn check(spec: &AgentSpec, environment: &Environment) -> Result<(), AgentError> {
    (known_keys(spec)?.check)(spec, environment)
}

/// How to start a run of this agent.
///
/// # Errors
/// Every one of [`AgentError`].
pub fn launch(spec: &AgentSpec, context: &Context, environment: &Environment) -> Result<Launch, AgentError> {
    let mut launch = (known_keys(spec)?.launch)(spec, context, environment)?;
    launch.env.extend(spec.env.iter().map(|(name, value)| (name.into(), value.into())));
    Ok(launch)
}

fn known_keys(spec: &AgentSpec) -> Result<&'static Adapter, AgentError> {
    let adapter = adapter(spec)?;
    match spec.keys().find(|key| !adapter.keys.contains(key)) {
        None => Ok(adapter),
        Some(key) => Err(AgentError::UnusedKey {
            agent: spec.name.clone(),
            adapter: adapter.name,
            key,
            known: adapter.keys.join(", "),
        }),
    }
}

/// Finds a program that is named without a folder, in the captured search path.
pub(crate) fn find_program(
    spec: &AgentSpec,
    program: &str,
    environment: &Environment,
    install: &str,
) -> Result<PathBuf, AgentError> {
    environment.find(program).ok_or_else(|| AgentError::MissingProgram {
        agent: spec.name.clone(),
        program: program.to_owned(),
        path: environment.get("PATH").unwrap_or_default().to_string_lossy().into_owned(),
        install: install.to_owned(),
    })
}

/// Checks a program that is named by a path; a relative one starts at the worktree.
pub(crate) fn program_at(spec: &AgentSpec, program: &str, worktree: &Path) -> Result<PathBuf, AgentError> {
    let path = worktree.join(program);
    if crate::os::is_executable(&path) {
        Ok(path)
    } else {
        Err(AgentError::NotExecutable { agent: spec.name.clone(), program: path })
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
