//! Any command as an agent: it reads its brief, works in the worktree, commits, and exits.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::adapter::{Adapter, AgentError, AgentSpec, find_program, program_at};
use crate::environment::Environment;
use crate::launch::{Context, Launch};

pub(crate) static ADAPTER: Adapter =
    Adapter { name: "command", keys: &["command"], one_shot: true, check, launch, program: None };

fn check(spec: &AgentSpec, environment: &Environment) -> Result<(), AgentError> {
    let program = program(spec)?;
    let path = PathBuf::from(program);
    if path.is_absolute() {
        program_at(spec, program, &path).map(drop)
    } else if path.components().count() > 1 || program.starts_with('.') {
        // Relative to a worktree that is not cut yet.
        Ok(())
    } else {
        look_up(spec, program, environment).map(drop)
    }
}

fn launch(spec: &AgentSpec, context: &Context, environment: &Environment) -> Result<Launch, AgentError> {
    let program = program(spec)?;
    let found = if program.contains(std::path::is_separator) {
        program_at(spec, program, &context.worktree)?
    } else {
        look_up(spec, program, environment)?
    };
    let rest = spec.command.iter().skip(1).map(OsString::from);
    let argv = std::iter::once(found.into_os_string()).chain(rest).collect();
    Ok(context.agent(argv, environment))
}

fn program(spec: &AgentSpec) -> Result<&str, AgentError> {
    spec.command.first().map(String::as_str).filter(|program| !program.is_empty()).ok_or_else(|| {
        AgentError::MissingKey {
            agent: spec.name.clone(),
            adapter: ADAPTER.name,
            key: "command",
            example: "command = [\"sh\", \"agent.sh\"]",
        }
    })
}

fn look_up(spec: &AgentSpec, program: &str, environment: &Environment) -> Result<PathBuf, AgentError> {
    let install = format!("Install `{program}`, or name it by its full path in `command`.");
    find_program(spec, program, environment, &install)
}
