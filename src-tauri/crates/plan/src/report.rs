//! A reviewer's gap report: what it says of every requirement, and what else it found.
//!
//! The text comes from an agent, so it is read strictly: what does not parse, leaves a requirement out or cites a
//! line that does not exist is no report. The schema for the reviewer's eyes is `schema/gap-report.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::requirement::Requirement;

/// The schema that a report follows, as JSON Schema.
pub const SCHEMA: &str = include_str!("../schema/gap-report.json");

/// Most findings of one report. Each is compared with each, and read by a person.
pub const MOST_FINDINGS: usize = 500;

/// Most lines that one report cites as evidence.
pub const MOST_PLACES: usize = 5_000;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// One for each requirement; in a re-review those that it leaves out keep the verdict they had.
    pub requirements: Vec<Verdict>,
    pub findings: Vec<Reported>,
    /// In a re-review: what became of the findings that were open.
    #[serde(default)]
    pub addressed: Vec<Answer>,
}

/// What a reviewer says of one requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    #[serde(deserialize_with = "text")]
    pub id: String,
    pub status: Status,
    #[serde(default)]
    pub evidence: Vec<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Met,
    /// Nobody can tell from the repository.
    Unverifiable,
    Unmet,
}

/// A line of a file at the reviewed head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Relative to the repository.
    pub file: String,
    /// 1 is the first.
    pub line: u32,
    #[serde(default)]
    pub why: String,
}

/// A finding as reported; it gets its id when it is taken up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    pub kind: Kind,
    pub severity: Severity,
    #[serde(default)]
    pub file: Option<String>,
    #[serde(default)]
    pub line: Option<u32>,
    pub why: String,
    /// How to see that it is mended.
    #[serde(default)]
    pub verify: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Missing,
    Extra,
    Misunderstood,
    #[serde(alias = "test gap")]
    TestGap,
    Scope,
    Quality,
    /// The spec itself is wrong or contradicts itself: no fixer can mend that.
    #[serde(alias = "spec defect")]
    SpecDefect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Minor,
    Important,
    Critical,
}

/// What a re-review says of an earlier finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    #[serde(deserialize_with = "text")]
    pub id: String,
    pub status: Addressed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addressed {
    Addressed,
    NotAddressed,
}

impl Report {
    /// Reads a report. A fence of Markdown around the JSON is taken off; prose around it is not.
    ///
    /// # Errors
    /// A sentence for the reviewer.
    pub fn parse(text: &str) -> Result<Report, String> {
        let text = text.trim().trim_start_matches('\u{feff}');
        if text.is_empty() {
            return Err("There is no report.".to_owned());
        }
        let report: Report = serde_json::from_str(unfenced(text))
            .map_err(|error| format!("The report is not as the schema says: {error}."))?;
        let places = report.requirements.iter().map(|verdict| verdict.evidence.len()).sum::<usize>();
        for (count, most, what) in
            [(report.findings.len(), MOST_FINDINGS, "findings"), (places, MOST_PLACES, "places of evidence")]
        {
            if count > most {
                return Err(format!("The report has {count} {what}; keep the {most} that matter most."));
            }
        }
        Ok(report)
    }

    /// The files whose lines it cites.
    pub fn cited(&self) -> BTreeSet<&str> {
        let evidence = self.requirements.iter().flat_map(|verdict| &verdict.evidence);
        let found = self.findings.iter().filter_map(|finding| finding.file.as_deref());
        evidence.map(|place| place.file.as_str()).chain(found).collect()
    }

    /// What keeps the report from being one, in sentences for the reviewer. `lines` tells how many lines each cited
    /// file has at the reviewed head, `None` where it is not there. `expected` are the requirements of the `spec` that
    /// need a verdict.
    pub fn problems(
        &self,
        spec: &[Requirement],
        expected: &[Requirement],
        lines: &BTreeMap<String, Option<u32>>,
    ) -> Vec<String> {
        let mut found = Vec::new();
        let mut judged = BTreeSet::new();
        for verdict in &self.requirements {
            if !spec.iter().any(|requirement| requirement.id == verdict.id) {
                found.push(format!("The spec has no requirement {}.", verdict.id));
            }
            if !judged.insert(verdict.id.as_str()) {
                found.push(format!("Requirement {} has two verdicts.", verdict.id));
            }
            for place in &verdict.evidence {
                found.extend(misplaced(&place.file, Some(place.line), lines));
            }
        }
        for requirement in expected.iter().filter(|requirement| !judged.contains(requirement.id.as_str())) {
            found.push(format!("Requirement {} has no verdict.", requirement.id));
        }
        for finding in &self.findings {
            if finding.why.trim().is_empty() {
                found.push("A finding does not say why.".to_owned());
            }
            match (&finding.file, finding.line) {
                (Some(file), line) => found.extend(misplaced(file, line, lines)),
                (None, Some(line)) => found.push(format!("A finding cites line {line} of no file.")),
                (None, None) => {}
            }
        }
        found
    }
}

/// A file that is not there may be what is missing; a line that is not there can be nothing.
fn misplaced(file: &str, line: Option<u32>, lines: &BTreeMap<String, Option<u32>>) -> Option<String> {
    let line = line?;
    match lines.get(file).copied().flatten() {
        None => Some(format!("It cites {file}:{line}, but there is no such file.")),
        Some(count) if line == 0 || line > count => {
            Some(format!("It cites {file}:{line}, but the file has {count} lines."))
        }
        Some(_) => None,
    }
}

pub(crate) fn unfenced(text: &str) -> &str {
    let Some(rest) = text.strip_prefix("```") else { return text };
    let Some((language, rest)) = rest.split_once('\n') else { return text };
    match rest.trim_end().strip_suffix("```") {
        Some(inside) if matches!(language.trim(), "" | "json") => inside.trim(),
        _ => text,
    }
}

/// Ids are text; a reviewer that writes a number means the same.
fn text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(u64),
    }
    Ok(match Id::deserialize(from)? {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    })
}
