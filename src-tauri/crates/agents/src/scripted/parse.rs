//! Reading a script strictly: an unknown key, a wrong type or a step that does nothing is an error with its line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::step::{Act, Place, Script, Signal, Step, When};
use super::value::{
    Fault, Parsed, Table, boolean, dollars, duration, exit_code, fault, integer, size, some_strings, string,
};
use crate::usage::Usage;

/// Why a script cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    #[error("The script {path} cannot be read ({source}). Check the path in `script`.")]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{path}:{line}: {message}")]
    Invalid { path: String, line: usize, message: String },
}

impl ScriptError {
    pub(super) fn in_file(self, file: &Path) -> Self {
        match self {
            ScriptError::Invalid { line, message, .. } => {
                ScriptError::Invalid { path: file.display().to_string(), line, message }
            }
            other => other,
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Script, ScriptError> {
    script(text).map_err(|fault| ScriptError::Invalid {
        path: "script".into(),
        line: line_of(text, fault.at.start),
        message: fault.message,
    })
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

fn script(text: &str) -> Parsed<Script> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().unwrap_or(0..0);
        Fault { at, message: format!("This is not valid TOML: {}.", error.message()) }
    })?;
    let root = Table::new("a script", table.span(), table.get_ref());
    match root.get("version") {
        None => return fault(root.at.clone(), "`version = 1` is missing at the top."),
        Some(value) if integer(value)? == 1 => {}
        Some(value) => {
            return fault(value.span(), "Only version 1 of scripts is known. Write `version = 1`.");
        }
    }
    let steps = match root.get("step") {
        None => Vec::new(),
        Some(value) => match value.get_ref().as_array() {
            Some(steps) => steps.iter().map(|value| step(text, value)).collect::<Parsed<_>>()?,
            None => return fault(value.span(), "`step` is a list of tables: begin each with `[[step]]`."),
        },
    };
    root.finish(&["version", "step"])?;
    Ok(Script { steps })
}

/// The verbs, and what may stand beside each.
const VERBS: &[(&str, &[&str])] = &[
    ("write", &["content", "executable"]),
    ("append", &["content"]),
    ("delete", &[]),
    ("commit", &["message"]),
    ("run", &["code"]),
    ("sleep", &[]),
    ("print", &["end", "per_char"]),
    ("flood", &[]),
    ("ask", &["expect", "default", "wait"]),
    ("hang", &[]),
    ("ignore", &[]),
    ("close_terminal", &[]),
    ("daemon", &["for", "pid_file"]),
    ("usage", &[]),
    ("exit", &[]),
];

fn step(text: &str, value: &Spanned<DeValue<'_>>) -> Parsed<Step> {
    let Some(table) = value.get_ref().as_table() else {
        return fault(value.span(), "A step is a table: begin it with `[[step]]`.");
    };
    let table = Table::new("a step", value.span(), table);
    let present: Vec<_> = VERBS.iter().filter(|(verb, _)| table.has(verb)).collect();
    let (verb, beside) = match present[..] {
        [one] => *one,
        [] => {
            let verbs: Vec<_> = VERBS.iter().map(|(verb, _)| *verb).collect();
            let known: Vec<_> = verbs.iter().copied().chain(["when"]).collect();
            table.finish(&known)?;
            return fault(table.at, format!("This step does nothing. Give it one of: {}.", verbs.join(", ")));
        }
        [first, second, ..] => {
            let at = table.key_span(second.0);
            return fault(
                at,
                format!("A step does one thing; this one has `{}` and `{}`.", first.0, second.0),
            );
        }
    };
    let at = table.key_span(verb);
    let when = match table.get("when") {
        None => When::default(),
        Some(value) => when(value)?,
    };
    let Some(object) = table.get(verb) else {
        return fault(at, format!("`{verb}` has no value."));
    };
    let act = act(verb, object, &table)?;
    let known: Vec<&str> = [verb, "when"].into_iter().chain(beside.iter().copied()).collect();
    table.finish(&known)?;
    Ok(Step { line: line_of(text, at.start), when, act })
}

fn act(verb: &str, object: &Spanned<DeValue<'_>>, table: &Table<'_>) -> Parsed<Act> {
    Ok(match verb {
        "write" => Act::Write {
            path: path(object)?,
            content: table.text("content")?,
            executable: table.get("executable").map(boolean).transpose()?.unwrap_or(false),
        },
        "append" => Act::Append { path: path(object)?, content: table.text("content")? },
        "delete" => Act::Delete { path: path(object)? },
        "commit" => Act::Commit { paths: commit_paths(object)?, message: table.text("message")? },
        "run" => Act::Run {
            command: some_strings(object, "a program and its arguments")?,
            code: match table.get("code") {
                None => 0,
                Some(value) => i32::from(exit_code(value)?),
            },
        },
        "sleep" => Act::Sleep(duration(object)?),
        "print" => Act::Print {
            text: string(object)?,
            end: table.get("end").map(string).transpose()?.unwrap_or_else(|| "\n".into()),
            per_char: table.get("per_char").map(duration).transpose()?.unwrap_or_default(),
        },
        "flood" => Act::Flood(size(object)?),
        "ask" => ask(object, table)?,
        "hang" => always(object, Act::Hang)?,
        "ignore" => Act::Ignore(signals(object)?),
        "close_terminal" => always(object, Act::CloseTerminal)?,
        "daemon" => Act::Daemon {
            place: match string(object)?.as_str() {
                "inside" => Place::Inside,
                "outside" => Place::Outside,
                _ => return fault(object.span(), "`daemon` is \"inside\" (the worktree) or \"outside\"."),
            },
            lasts: table.get("for").map(duration).transpose()?.unwrap_or(Duration::from_secs(600)),
            pid_file: table.get("pid_file").map(path).transpose()?,
        },
        "usage" => Act::Usage(usage(object)?),
        "exit" => Act::Exit(exit_code(object)?),
        _ => return fault(object.span(), format!("`{verb}` is no step.")),
    })
}

fn ask(object: &Spanned<DeValue<'_>>, table: &Table<'_>) -> Parsed<Act> {
    let expect = match table.get("expect") {
        None => Vec::new(),
        Some(value) => some_strings(value, "the answers that are accepted")?,
    };
    let unanswered = match (table.get("default"), table.get("wait")) {
        (None, None) => None,
        (Some(value), Some(wait)) => {
            let answer = string(value)?;
            if !expect.is_empty() && !expect.contains(&answer) {
                return fault(value.span(), format!("`default` is one of: {}.", expect.join(", ")));
            }
            Some((answer, duration(wait)?))
        }
        (Some(one), None) | (None, Some(one)) => {
            return fault(
                one.span(),
                "`default` and `wait` go together: the answer, and how long nobody gives another.",
            );
        }
    };
    Ok(Act::Ask { question: string(object)?, expect, unanswered })
}

fn when(value: &Spanned<DeValue<'_>>) -> Parsed<When> {
    let table = Table::of("`when`", value)?;
    table.finish(&["attempt", "stage", "task", "answer"])?;
    let attempt = match table.get("attempt") {
        None => Vec::new(),
        Some(value) => match value.get_ref().as_array() {
            None => vec![attempt(value)?],
            Some(list) => list.iter().map(attempt).collect::<Parsed<_>>()?,
        },
    };
    let text = |key| table.get(key).map(string).transpose();
    Ok(When { attempt, stage: text("stage")?, task: text("task")?, answer: text("answer")? })
}

fn attempt(value: &Spanned<DeValue<'_>>) -> Parsed<u32> {
    match u32::try_from(integer(value)?) {
        Ok(number) if number > 0 => Ok(number),
        _ => fault(value.span(), "Attempts are numbered from 1."),
    }
}

fn usage(value: &Spanned<DeValue<'_>>) -> Parsed<Usage> {
    let table = Table::of("`usage`", value)?;
    table.finish(&["input", "output", "cached", "cost", "model", "id"])?;
    let tokens = |key: &str| match table.get(key) {
        None => Ok(None),
        Some(value) => match u64::try_from(integer(value)?) {
            Ok(count) => Ok(Some(count)),
            Err(_) => fault(value.span(), format!("`{key}` counts tokens: it is 0 or more.")),
        },
    };
    let needed = |key: &str| match tokens(key)? {
        Some(count) => Ok(count),
        None => fault(value.span(), format!("`{key}` is missing in `usage`: a number of tokens.")),
    };
    Ok(Usage {
        id: table.get("id").map(string).transpose()?,
        model: table.get("model").map(string).transpose()?,
        input: needed("input")?,
        output: needed("output")?,
        cached: tokens("cached")?.unwrap_or(0),
        cost_micros: table.get("cost").map(dollars).transpose()?,
    })
}

fn signals(value: &Spanned<DeValue<'_>>) -> Parsed<Vec<Signal>> {
    some_strings(value, "signals")?
        .iter()
        .map(|name| match name.as_str() {
            "HUP" => Ok(Signal::Hup),
            "INT" => Ok(Signal::Int),
            "TERM" => Ok(Signal::Term),
            _ => {
                fault(value.span(), format!("The signal \"{name}\" cannot be ignored. Use HUP, INT or TERM."))
            }
        })
        .collect()
}

fn always(value: &Spanned<DeValue<'_>>, act: Act) -> Parsed<Act> {
    if boolean(value)? { Ok(act) } else { fault(value.span(), "Write `true` here, or leave the step out.") }
}

/// A path inside the worktree, or one that begins with a variable.
fn path(value: &Spanned<DeValue<'_>>) -> Parsed<String> {
    let text = string(value)?;
    match outside(&text) {
        None => Ok(text),
        Some(why) => fault(value.span(), why),
    }
}

fn outside(text: &str) -> Option<String> {
    use std::path::Component;
    if text.is_empty() {
        return Some("A path is missing.".into());
    }
    if text.starts_with("${") {
        return None;
    }
    let inside = Path::new(text).components().all(|part| matches!(part, Component::Normal(_)));
    (!inside)
        .then(|| format!("The path \"{text}\" leaves the worktree or is not plain. Name a path inside it."))
}

fn commit_paths(value: &Spanned<DeValue<'_>>) -> Parsed<Vec<String>> {
    if let Some(text) = value.get_ref().as_str() {
        return fault(
            value.span(),
            format!("`commit` is a list of paths, never \"{text}\". Write `commit = [\"src/model.rs\"]`."),
        );
    }
    let paths = some_strings(value, "the paths to commit")?;
    for text in &paths {
        if text.starts_with(['-', ':']) || text.contains(['*', '?']) {
            return fault(value.span(), format!("\"{text}\" is no path. Commit files by name, one by one."));
        }
        if let Some(why) = outside(text) {
            return fault(value.span(), why);
        }
    }
    Ok(paths)
}
