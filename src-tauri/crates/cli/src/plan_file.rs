//! A plan file, read and judged before anybody is asked to do anything about it.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use plan::PlanDoc;
use protocol::Problem;

use crate::failure::Failure;

/// A file that holds a valid plan.
#[derive(Debug)]
pub(crate) struct PlanFile {
    /// Canonical: it identifies the plan.
    pub(crate) path: PathBuf,
    pub(crate) doc: PlanDoc,
    /// Legal, and worth a second look.
    pub(crate) warnings: Vec<plan::Warning>,
}

/// Reads it; every problem is reported, in the order of lines.
pub(crate) fn read(named: &Path) -> Result<PlanFile, Failure> {
    let unreadable = |error| Failure::usage(format!("The plan {} can't be read: {error}.", named.display()));
    let path = fs::canonicalize(named).map_err(unreadable)?;
    let bytes = fs::read(&path).map_err(unreadable)?;
    let failed = |problems| Failure::Plan { file: named.to_owned(), problems };
    let text = String::from_utf8(bytes).map_err(|error| failed(vec![not_text(&error)]))?;
    let doc = plan::parse(&text).map_err(|problems| failed(problems.into_iter().map(wire).collect()))?;
    let (stopping, warnings): (Vec<_>, Vec<_>) =
        plan::warnings(&doc).into_iter().partition(plan::Warning::stops);
    let mut problems: Vec<Problem> = stopping.into_iter().map(|warning| placed(&text, warning)).collect();
    problems.extend(scripts(&text, &path, &doc));
    if !problems.is_empty() {
        return Err(failed(problems));
    }
    Ok(PlanFile { path, doc, warnings })
}

fn not_text(error: &std::string::FromUtf8Error) -> Problem {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = good.rsplit(|byte| *byte == b'\n').next().map_or(0, <[u8]>::len) + 1;
    let message = "The file is not UTF-8 from here on.".into();
    Problem { line: number(line), column: number(column), message, hint: Some("Save it as UTF-8.".into()) }
}

fn wire(problem: plan::Problem) -> Problem {
    Problem {
        line: number(problem.line),
        column: number(problem.column),
        message: problem.message,
        hint: problem.hint,
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Agent scripts are judged like the plan that names them.
fn scripts(text: &str, plan: &Path, doc: &PlanDoc) -> Vec<Problem> {
    let named = doc.settings.agents.values().filter(|agent| agent.adapter == plan::Adapter::Scripted);
    let scripts = named.filter_map(|agent| agent.script.as_deref());
    scripts
        .filter_map(|script| {
            let error = agents::scripted::Script::read(&plan.with_file_name("").join(script)).err()?;
            let at = text.lines().position(|line| {
                line.trim_start().starts_with("script") && line.contains(&format!("\"{script}\""))
            });
            let (line, column) = at.map_or((0, 0), |at| (number(at + 1), 1));
            Some(Problem { line, column, message: error.to_string(), hint: None })
        })
        .collect()
}

/// A warning knows its task; the line is where the task's id stands.
fn placed(text: &str, warning: plan::Warning) -> Problem {
    let place = warning.tasks.first().and_then(|task| {
        let quoted = [format!("\"{task}\""), format!("'{task}'")];
        text.lines().position(|line| {
            let line = line.trim_start();
            line.strip_prefix("id").is_some_and(|rest| {
                rest.trim_start().starts_with('=')
                    && quoted.iter().any(|quoted| rest.contains(quoted.as_str()))
            })
        })
    });
    let (line, column) = place.map_or((0, 0), |at| (number(at + 1), 1));
    Problem { line, column, message: warning.message, hint: None }
}

/// `PLAN.toml:12:1: message`, one line each, with the hint behind it.
pub(crate) fn lines(file: &Path, problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        let message = match &problem.hint {
            Some(hint) => format!("{} {hint}", problem.message),
            None => problem.message.clone(),
        };
        let message = crate::display::text::printable(&message);
        let name = file.display().to_string();
        let place = match (name.as_str(), problem.line) {
            ("", 0) => String::new(),
            ("", line) => format!("line {line}: "),
            (name, 0) => format!("{name}: "),
            (name, line) => format!("{name}:{line}:{}: ", problem.column),
        };
        // Writing to a String can't fail.
        let _ = writeln!(text, "{place}{message}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(bytes: &[u8]) -> Result<PlanFile, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("PLAN.toml");
        fs::write(&path, bytes).unwrap();
        read(&path).map_err(|failure| match failure {
            Failure::Plan { problems, .. } => lines(Path::new("PLAN.toml"), &problems),
            other => other.to_string(),
        })
    }

    #[test]
    fn every_problem_has_its_line() {
        let text = b"version = 1\nslots = 0\n[[task]]\nid = \"a\"\nnothing = 1\n";
        let problems = read_text(text).unwrap_err();
        let places: Vec<&str> = problems.lines().map(|line| line.rsplitn(2, ": ").last().unwrap()).collect();
        assert_eq!(places.len(), 2, "{problems}");
        assert!(problems.contains("PLAN.toml:2:") && problems.contains("PLAN.toml:5:"), "{problems}");
    }

    #[test]
    fn a_task_without_an_agent_is_an_error_at_its_id() {
        let problems = read_text(b"version = 1\n\n[[task]]\ntitle = \"A\"\nid = 'a'\n").unwrap_err();
        assert!(problems.starts_with("PLAN.toml:5:1: "), "{problems}");
    }

    #[test]
    fn a_script_that_is_missing_is_an_error_where_it_is_named() {
        let text =
            "version = 1\n[agents.s]\nadapter = \"scripted\"\nscript = \"gone.toml\"\n[[task]]\nid = \"a\"\n";
        let problems = read_text(text.as_bytes()).unwrap_err();
        assert!(problems.starts_with("PLAN.toml:4:1: ") && problems.contains("gone.toml"), "{problems}");
    }

    #[test]
    fn bytes_that_are_no_text_have_a_place_too() {
        let problems = read_text(b"version = 1\ntitle = \"\xff\"\n").unwrap_err();
        assert!(problems.starts_with("PLAN.toml:2:10: "), "{problems}");
    }
}
