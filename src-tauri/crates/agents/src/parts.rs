//! What the files of the agent programs share.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::adapter::{Adapter, AgentError, AgentSpec};
use crate::environment::Environment;
use crate::launch::Context;
use crate::signal::{Keys, Signal};

/// One argument of a Linux process is at most 128 KiB.
const LONGEST_PROMPT: usize = 100 * 1024;

/// A text of an object; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A text that says something.
pub(crate) fn message(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// A variable as the agent will see it: its own table's, else the captured one. An empty one is none.
pub(crate) fn variable(spec: &AgentSpec, environment: &Environment, name: &str) -> Option<OsString> {
    let own = spec.env.get(name).map(OsString::from);
    own.or_else(|| environment.get(name).map(OsString::from)).filter(|value| !value.is_empty())
}

pub(crate) fn json_file(path: &Path) -> Option<Value> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

pub(crate) fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Refuses a value that the program would refuse after the start.
pub(crate) fn known_value(
    spec: &AgentSpec,
    adapter: &Adapter,
    key: &'static str,
    value: Option<&str>,
    known: &[&str],
) -> Result<(), AgentError> {
    match value {
        Some(value) if !known.contains(&value) => Err(AgentError::UnknownValue {
            agent: spec.name.clone(),
            adapter: adapter.name,
            key,
            value: value.to_owned(),
            known: known.join(", "),
        }),
        _ => Ok(()),
    }
}

/// What the agent is told first: how to go on, or its whole brief; where that is too long for an argument, where the
/// brief is.
pub(crate) fn prompt(spec: &AgentSpec, context: &Context) -> Result<String, AgentError> {
    if let Some(resume) = &context.resume {
        return Ok(resume.message.clone());
    }
    let Some(path) = &context.brief else { return Ok(String::new()) };
    let brief = std::fs::read_to_string(path).map_err(|source| AgentError::Brief {
        agent: spec.name.clone(),
        path: path.clone(),
        source,
    })?;
    Ok(if brief.len() <= LONGEST_PROMPT {
        brief
    } else {
        format!(
            "Your task is described in {}. Read that file to its end, then do what it says.",
            path.display()
        )
    })
}

/// The one command that every hook of every program runs. Which run it speaks for is in the environment, so that
/// programs which trust a hook by its text have to be told once.
pub(crate) fn hook_command(coppice: &Path) -> String {
    format!("'{}' hook", coppice.display().to_string().replace('\'', r"'\''"))
}

/// Writes a file of this launch into the run's folder.
pub(crate) fn write(spec: &AgentSpec, run_dir: &Path, name: &str, text: &str) -> Result<PathBuf, AgentError> {
    let path = run_dir.join(name);
    match std::fs::create_dir_all(run_dir).and_then(|()| std::fs::write(&path, text)) {
        Ok(()) => Ok(path),
        Err(source) => Err(AgentError::Settings { agent: spec.name.clone(), path, source }),
    }
}

/// The questions in a tool's input, in the form that both programs use. Several are asked as one, without options.
pub(crate) fn question(input: &Value) -> Option<Signal> {
    let questions = input.get("questions")?.as_array()?;
    let texts: Vec<&str> = questions.iter().map(|question| text(question, "question")).collect();
    let options = match questions.as_slice() {
        [one] => one.get("options").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default(),
        _ => &[],
    };
    let options = options.iter().map(|option| text(option, "label").to_owned()).collect();
    (!texts.is_empty()).then(|| Signal::Question { text: texts.join("\n"), options })
}

/// Closes a dialog, which breaks the turn off, and says why or what instead.
pub(crate) fn escape_and_say(message: &str) -> Vec<Keys> {
    let mut keys = vec![Keys::escape()];
    if !message.trim().is_empty() {
        keys.extend(Keys::message(message));
    }
    keys
}
