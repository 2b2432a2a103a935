//! The scripted agent: a TOML script instead of a model. For the demo, for dry runs and for tests.
//!
//! `coppice scripted FILE` runs the script in the worktree that `COPPICE_WORKTREE` names. It is deliberately no
//! programming language: a list of steps, done in order, each under an optional condition.
//!
//! ```toml
//! version = 1
//!
//! [[step]]
//! print = "Reading the brief …"      # and a line break; `end = ""` leaves that out
//! per_char = "12ms"                  # typed as by hand
//!
//! [[step]]
//! sleep = "300ms"                    # ms, s, m, h
//!
//! [[step]]
//! write = "src/model.rs"             # inside the worktree; folders are made; `executable = true`
//! content = """
//! pub struct Retry;
//! """
//!
//! [[step]]
//! append = "CHANGES.md"
//! content = "- retry, by ${COPPICE_TASK}\n"
//!
//! [[step]]
//! delete = "src/old.rs"
//!
//! [[step]]
//! run = ["sh", "test.sh"]            # in the worktree; another code than `code` (0) ends the script with it
//!
//! [[step]]
//! commit = ["src/model.rs", "CHANGES.md", "src/old.rs"]    # by name; "all" does not exist
//! message = "Add the retry model"
//!
//! [[step]]
//! ask = "Use exponential waits?"     # a line from the terminal
//! expect = ["yes", "no"]             # asked again until it is one of these
//! default = "no"                     # the answer when none has come …
//! wait = "20s"                       # … after this time; without both it waits for ever
//!
//! [[step]]
//! print = "Linear, then."
//! when = { answer = "no" }           # also: attempt = 1 or [1, 2], stage = "fix", task = "model"
//!
//! [[step]]
//! usage = { input = 1200, output = 300, cost = 0.0123, model = "scripted", id = "m1" }
//!
//! [[step]]
//! exit = 1                           # the end of the script is exit 0
//! when = { attempt = 1 }
//! ```
//!
//! To misbehave on purpose: `flood = "10MiB"` or `"forever"` (numbered lines of 64 bytes), `hang = true`,
//! `ignore = ["TERM", "HUP"]` (from here on), `close_terminal = true` (goes on without it), and
//! `daemon = "inside"` or `"outside"` (a process in a session of its own that works in the worktree, or in `/`;
//! `for = "10m"`, and `pid_file = "PATH"` for its id).
//!
//! In texts and paths `${COPPICE_…}` and `${TEST_PORT_OFFSET}` stand for the variable; every other `$` is left alone.
//! A path may leave the worktree only where it begins with such a variable.
//!
//! `COPPICE_DEMO_SPEED=20` divides every pause, typing and waiting for an answer by twenty.
//!
//! Exit codes: that of `exit`; 0 at the end; 1 when a step fails (the line is named); 2 when the script is wrong.

mod act;
mod parse;
mod run;
mod step;
mod value;

use std::ffi::OsString;

use crate::adapter::{Adapter, AgentError, AgentSpec};
use crate::environment::Environment;
use crate::launch::{Context, Launch};

pub use parse::ScriptError;
pub use run::run;
pub use step::Script;

pub(crate) static ADAPTER: Adapter = Adapter {
    name: "scripted",
    keys: &["script"],
    one_shot: true,
    program: None,
    check: |spec, _| {
        Script::read(script(spec)?)
            .map(drop)
            .map_err(|source| AgentError::Script { agent: spec.name.clone(), source })
    },
    launch,
};

fn launch(spec: &AgentSpec, context: &Context, environment: &Environment) -> Result<Launch, AgentError> {
    let script = context.worktree.join(script(spec)?);
    let argv: Vec<OsString> = vec![context.coppice.clone().into(), "scripted".into(), script.into()];
    Ok(context.agent(argv, environment))
}

fn script(spec: &AgentSpec) -> Result<&std::path::Path, AgentError> {
    spec.script.as_deref().ok_or_else(|| AgentError::MissingKey {
        agent: spec.name.clone(),
        adapter: ADAPTER.name,
        key: "script",
        example: "script = \"agent.toml\"",
    })
}

#[cfg(test)]
mod tests;
