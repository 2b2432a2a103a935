//! The plan as a file: text to document with every problem and its line, document to text with
//! every comment kept.
//!
//! Opening and saving the file is somebody else's work.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use toml_edit::{Document, DocumentMut};

use crate::document::PlanDoc;
use crate::fault::faults;
use crate::reader::Reader;
use crate::writer::update;

/// One thing that is wrong with a plan file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong, a sentence.
    pub message: String,
    /// What to do, a sentence.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    /// `12:3: There is no agent "quik". Did you mean "quick"?`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " {hint}"),
            None => Ok(()),
        }
    }
}

/// Reads a plan file. All problems are reported at once, in the order of lines; only a text that is
/// no TOML at all ends at its first.
pub fn parse(text: &str) -> Result<PlanDoc, Vec<Problem>> {
    let text = unix(text);
    let lines = Lines::new(&text);
    let tree = Document::parse(text.as_str()).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let (line, column) = lines.place(span.clone());
        let what = text.get(span).unwrap_or_default();
        let (message, hint) = match error.message() {
            "duplicate key" => (
                format!("\"{what}\" stands here for the second time."),
                Some("Remove one of the two.".to_owned()),
            ),
            other => (sentence(other), None),
        };
        vec![Problem { line, column, message, hint }]
    })?;
    let mut reader = Reader::new(tree.as_table());
    let doc = reader.plan();
    let mut found = std::mem::take(&mut reader.problems);
    for fault in faults(&doc) {
        found.push((reader.find(&fault.place), fault.message, fault.hint));
    }
    if found.is_empty() {
        return Ok(doc);
    }
    found.sort_by_key(|(span, ..)| span.start);
    let problem = |(span, message, hint)| {
        let (line, column) = lines.place(span);
        Problem { line, column, message, hint }
    };
    Err(found.into_iter().map(problem).collect())
}

/// Reads a plan that was accepted before. What this version refuses in a new one is no reason to lose it: such a part
/// is as if it were not there. `None` for a text that is no TOML.
pub fn parse_accepted(text: &str) -> Option<PlanDoc> {
    let text = unix(text);
    let tree = Document::parse(text.as_str()).ok()?;
    Some(Reader::new(tree.as_table()).plan())
}

/// Brings an existing file up to `doc`: what did not change stays byte for byte, comments, order and
/// line ends included. A text that is not a valid plan is left alone and its problems returned.
pub fn write(old: &str, doc: &PlanDoc) -> Result<String, Vec<Problem>> {
    let before = parse(old)?;
    if before == *doc {
        return Ok(old.to_owned());
    }
    let plain = unix(old);
    if plain.trim().is_empty() {
        return Ok(render(doc));
    }
    // The text has just been parsed; a second opinion cannot differ.
    let mut tree: DocumentMut = match plain.parse() {
        Ok(tree) => tree,
        Err(_) => return Ok(render(doc)),
    };
    update(tree.as_table_mut(), &before, doc);
    let mut text = tree.to_string();
    // Comments are worth much, but a file that says something else than the plan is worth nothing.
    if parse(&text).as_ref() != Ok(doc) {
        text = render(doc);
    }
    if old.contains("\r\n") {
        text = text.replace('\n', "\r\n");
    }
    if old.starts_with(BOM) {
        text.insert(0, BOM);
    }
    Ok(text)
}

/// A fresh file that says `doc` and nothing that is a default.
pub fn render(doc: &PlanDoc) -> String {
    let mut tree = DocumentMut::new();
    tree.insert("version", toml_edit::value(i64::from(doc.settings.version)));
    update(tree.as_table_mut(), &PlanDoc::default(), doc);
    tree.to_string()
}

const BOM: char = '\u{feff}';

/// Line ends of one kind, so that a spec is the same text whichever system wrote the file.
fn unix(text: &str) -> String {
    text.strip_prefix(BOM).unwrap_or(text).replace("\r\n", "\n")
}

/// What the TOML parser says, as a sentence.
fn sentence(message: &str) -> String {
    let line = message.lines().collect::<Vec<_>>().join(", ");
    let mut chars = line.chars();
    let upper = chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>());
    let text = upper.unwrap_or_else(|| "This is not TOML".to_owned());
    if text.ends_with('.') { text } else { text + "." }
}

/// Where lines start, to turn offsets into places.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Lines<'a> {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Lines { text, starts: std::iter::once(0).chain(ends).collect() }
    }

    /// Line and column from 1, columns in characters.
    fn place(&self, span: Range<usize>) -> (usize, usize) {
        let at = span.start.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= at);
        let before = self.text.get(self.starts[line - 1]..at).unwrap_or_default();
        (line, before.chars().count() + 1)
    }
}
