//! What the files of the agent programs share.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::adapter::{Adapter, AgentError, AgentSpec};
use crate::environment::Environment;
use crate::launch::Context;
use crate::signal::{Answer, Keys, Signal};

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

/// The same for a hook that takes a person's answer: it waits for an engine to come, too.
pub(crate) fn asking_hook_command(coppice: &Path) -> String {
    format!("{} --wait", hook_command(coppice))
}

/// Writes a file of this launch into the run's folder.
pub(crate) fn write(spec: &AgentSpec, run_dir: &Path, name: &str, text: &str) -> Result<PathBuf, AgentError> {
    let path = run_dir.join(name);
    match std::fs::create_dir_all(run_dir).and_then(|()| std::fs::write(&path, text)) {
        Ok(()) => Ok(path),
        Err(source) => Err(AgentError::Settings { agent: spec.name.clone(), path, source }),
    }
}

/// The questions in a tool's input, in the form that both programs use. Several are asked as one, which says how each
/// is answered.
pub(crate) fn question(input: &Value) -> Option<Signal> {
    let questions = input.get("questions")?.as_array()?;
    let options = |question: &Value| -> Vec<String> {
        let options =
            question.get("options").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        options.iter().map(|option| text(option, "label").to_owned()).collect()
    };
    match questions.as_slice() {
        [] => None,
        [one] => Some(Signal::Question { text: text(one, "question").to_owned(), options: options(one) }),
        several => {
            let asked = several.iter().enumerate().map(|(at, one)| {
                let choice = options(one).join(", ");
                let choice = if choice.is_empty() { choice } else { format!(" ({choice})") };
                format!("{}. {}{choice}\n", at + 1, text(one, "question"))
            });
            let asked = asked.collect::<String>();
            let text = format!("{asked}Answer in this order, with a semicolon between the answers.");
            Some(Signal::Question { text, options: Vec::new() })
        }
    }
}

/// Of one text, the answer to each of so many questions: a line each, or what semicolons part. Any other text is the
/// answer to all of them.
pub(crate) fn answers(text: &str, questions: usize) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let parts: Vec<&str> = if lines.len() == questions { lines } else { text.split(';').collect() };
    if questions < 2 || parts.len() != questions || parts.iter().any(|part| part.trim().is_empty()) {
        return vec![text.to_owned(); questions];
    }
    let numbered = |at: usize, part: &str| {
        let part = part.trim();
        part.strip_prefix(&format!("{}.", at + 1)).unwrap_or(part).trim().to_owned()
    };
    parts.into_iter().enumerate().map(|(at, part)| numbered(at, part)).collect()
}

/// What answers the dialog that a hook announced. `allow` chooses its "Yes"; there is no "No" that lets the turn go
/// on, so it is broken off and then told why.
pub(crate) fn dialog_keys(hook: &Value, answer: &Answer, allow: &[u8]) -> Vec<Keys> {
    let options = match question(hook.get("tool_input").unwrap_or(&Value::Null)) {
        Some(Signal::Question { options, .. }) => options,
        _ => Vec::new(),
    };
    match answer {
        Answer::Allow => vec![Keys::key(allow)],
        Answer::Deny(message) => escape_and_say(message),
        Answer::Text(answer) => match options.iter().position(|option| option == answer) {
            Some(place) => vec![Keys::key((place + 1).to_string())],
            None => escape_and_say(answer),
        },
    }
}

/// Closes a dialog, which breaks the turn off, and says why or what instead.
fn escape_and_say(message: &str) -> Vec<Keys> {
    let mut keys = vec![Keys::escape()];
    if !message.trim().is_empty() {
        keys.extend(Keys::message(message));
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_gets_its_answer() {
        let each = |text, questions| answers(text, questions).join("|");
        assert_eq!(each("red; large", 2), "red|large");
        assert_eq!(each("1. red\n2. large, in oak\n", 2), "red|large, in oak");
        assert_eq!(each("red; or pink\nlarge", 2), "red; or pink|large");
        // What can't be told apart is said to all of them.
        assert_eq!(each("You decide.", 2), "You decide.|You decide.");
        assert_eq!(each("a; b; c", 2), "a; b; c|a; b; c");
        assert_eq!(each("red; large", 1), "red; large");
    }
}
