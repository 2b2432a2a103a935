//! What reviews found in an attempt, what became of it, and what is to happen next.
//!
//! Reviews, fixes and a person's waivers come in; [`Gaps::next`] is the gate's answer. Commits and clocks are the
//! engine's.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::report::{Addressed, Kind, Place, Report, Reported, Severity, Status};
use crate::requirement::Requirement;

/// A finding, or an unmet requirement, that comes back this often goes to a person.
pub const TOO_OFTEN: u32 = 3;

/// All that is known of an attempt against its spec.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gaps {
    /// The numbered items of the spec as the newest review was given them.
    #[serde(default)]
    pub spec: Vec<Requirement>,
    pub requirements: Vec<Judged>,
    /// In the order in which they were found.
    pub findings: Vec<Finding>,
    /// Rounds of fixing that were begun.
    pub rounds: u32,
    /// A person wants what is open to be fixed, whatever the rounds.
    pub asked: bool,
}

/// A requirement with the newest verdict on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    pub id: String,
    pub status: Status,
    pub evidence: Vec<Place>,
    /// Reviews in a row that called it unmet.
    pub unmet: u32,
    /// A person's reason to do without it.
    pub waived: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// `F1`, `F2`, … within its attempt.
    pub id: String,
    pub kind: Kind,
    pub severity: Severity,
    pub file: Option<String>,
    pub line: Option<u32>,
    /// The last line of a range.
    #[serde(default)]
    pub end_line: Option<u32>,
    pub why: String,
    pub verify: String,
    /// The reviewer's name, or `None` for a person.
    pub by: Option<String>,
    /// The round of fixing after which it was found; 0 before the first.
    pub round: u32,
    /// Reviews that saw it open.
    pub seen: u32,
    pub state: State,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    Open,
    /// A re-review saw it mended after this round.
    Addressed {
        round: u32,
    },
    Waived {
        reason: String,
    },
}

/// What the gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Pass,
    /// A fixer has something to do.
    Fix,
    /// Only a person can settle what is left: defects of the spec, and what nobody can verify.
    Undecided {
        points: u32,
    },
    /// The rounds are used up, or the same came back too often.
    Stuck {
        open: u32,
    },
}

impl Finding {
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// It stands between the attempt and its landing.
    pub fn blocks(&self) -> bool {
        self.is_open() && self.severity >= Severity::Important
    }

    fn is_for_a_fixer(&self) -> bool {
        self.kind != Kind::SpecDefect
    }

    /// The same thing said again: of one kind, in one file, in the same words, or in much the same ones at about the
    /// same line. In doubt they are two: a finding that is lost costs more than one that is read twice.
    fn is(&self, other: &Reported) -> bool {
        /// A fix above it moves a finding by a few lines.
        const NEAR: u32 = 3;
        let near = matches!((self.line, other.line), (Some(one), Some(two)) if one.abs_diff(two) <= NEAR);
        let (one, two) = (words(&self.why), words(&other.why));
        let alike = 2 * one.intersection(&two).count() >= one.len().min(two.len());
        self.kind == other.kind && self.file == other.file && (one == two || (near && alike))
    }
}

impl Judged {
    fn is_open(&self, status: Status) -> bool {
        self.status == status && self.waived.is_none()
    }
}

impl Gaps {
    /// A review begins, of this spec: a verdict on other words, and a waiver of them, says nothing any more.
    pub fn begin(&mut self, spec: Vec<Requirement>) {
        if self.knows_its_spec() {
            self.requirements.retain(|judged| {
                let words = |of: &[Requirement]| {
                    of.iter().find(|known| known.id == judged.id).map(|known| known.text.clone())
                };
                words(&spec).is_some_and(|text| words(&self.spec) == Some(text))
            });
        }
        self.spec = spec;
    }

    /// The newest review was given exactly this spec.
    pub fn is_of(&self, spec: &[Requirement]) -> bool {
        !self.knows_its_spec() || self.spec == spec
    }

    /// The newest verdict on a requirement in these words.
    pub fn verdict_on(&self, requirement: &Requirement) -> Option<&Judged> {
        let same = !self.knows_its_spec() || self.spec.contains(requirement);
        self.requirements.iter().find(|judged| same && judged.id == requirement.id)
    }

    /// False in what was kept before the spec was.
    fn knows_its_spec(&self) -> bool {
        !self.spec.is_empty() || self.requirements.is_empty()
    }

    /// Takes one review up: the reports of all its reviewers together.
    pub fn review(&mut self, reports: &[(String, Report)]) {
        self.judge(reports);
        let before = self.findings.len();
        let mut came_back = vec![false; before];
        for (by, report) in reports {
            // What one reviewer tells apart is not one.
            let mut said = BTreeSet::new();
            for reported in &report.findings {
                let same = |(at, known): &(usize, &Finding)| !said.contains(at) && known.is(reported);
                let known = self.findings.iter().enumerate().find(same).map(|(at, _)| at);
                said.insert(known.unwrap_or(self.findings.len()));
                match known {
                    Some(at) => {
                        let known = &mut self.findings[at];
                        known.severity = known.severity.max(reported.severity);
                        if at < before && !matches!(known.state, State::Waived { .. }) {
                            came_back[at] = true;
                        }
                    }
                    None => self.add(Some(by.clone()), reported.clone(), None),
                }
            }
        }
        for (at, came_back) in came_back.into_iter().enumerate() {
            let answers = |status| {
                let id = &self.findings[at].id;
                reports
                    .iter()
                    .flat_map(|(_, report)| &report.addressed)
                    .any(|answer| answer.id == *id && answer.status == status)
            };
            let mended = answers(Addressed::Addressed) && !answers(Addressed::NotAddressed) && !came_back;
            let round = self.rounds;
            let known = &mut self.findings[at];
            match (&known.state, mended) {
                (State::Open, true) => known.state = State::Addressed { round },
                (State::Open, false) => known.seen += 1,
                (State::Addressed { .. }, _) if came_back => {
                    known.state = State::Open;
                    known.seen += 1;
                }
                (State::Addressed { .. } | State::Waived { .. }, _) => {}
            }
        }
    }

    /// Of several verdicts on one requirement the worst counts.
    fn judge(&mut self, reports: &[(String, Report)]) {
        let mut given: Vec<Judged> = Vec::new();
        for verdict in reports.iter().flat_map(|(_, report)| &report.requirements) {
            let known = given.iter_mut().find(|judged| judged.id == verdict.id);
            match known {
                Some(judged) => {
                    judged.status = judged.status.max(verdict.status);
                    for place in &verdict.evidence {
                        if !judged.evidence.contains(place) {
                            judged.evidence.push(place.clone());
                        }
                    }
                }
                None => given.push(Judged {
                    id: verdict.id.clone(),
                    status: verdict.status,
                    evidence: verdict.evidence.clone(),
                    unmet: 0,
                    waived: None,
                }),
            }
        }
        for judged in given {
            let known = self.requirements.iter_mut().find(|known| known.id == judged.id);
            let unmet = |before: u32| if judged.status == Status::Unmet { before + 1 } else { 0 };
            match known {
                Some(known) => {
                    known.unmet = unmet(known.unmet);
                    known.status = judged.status;
                    known.evidence = judged.evidence;
                }
                None => self.requirements.push(Judged { unmet: unmet(0), ..judged }),
            }
        }
    }

    /// Adds a finding; `by` is `None` for a person.
    pub fn add(&mut self, by: Option<String>, reported: Reported, end_line: Option<u32>) {
        let Reported { kind, severity, file, line, why, verify } = reported;
        self.findings.push(Finding {
            id: format!("F{}", self.findings.len() + 1),
            kind,
            severity,
            file,
            line,
            end_line,
            why,
            verify,
            by,
            round: self.rounds,
            seen: 1,
            state: State::Open,
        });
    }

    /// A person does without it. `false`: there is no such open finding or unmet requirement.
    pub fn waive(&mut self, id: &str, why: &str) -> bool {
        if let Some(finding) = self.findings.iter_mut().find(|finding| finding.id == id && finding.is_open())
        {
            finding.state = State::Waived { reason: why.to_owned() };
            return true;
        }
        let open = |judged: &&mut Judged| judged.status != Status::Met && judged.waived.is_none();
        match self.requirements.iter_mut().filter(|judged| judged.id == id).find(open) {
            Some(judged) => {
                judged.waived = Some(why.to_owned());
                true
            }
            None => false,
        }
    }

    /// Requirements that are not met and not waived.
    pub fn unmet(&self) -> impl Iterator<Item = &Judged> {
        self.requirements.iter().filter(|judged| judged.is_open(Status::Unmet))
    }

    /// Requirements that nobody could verify and nobody waived.
    pub fn unverifiable(&self) -> impl Iterator<Item = &Judged> {
        self.requirements.iter().filter(|judged| judged.is_open(Status::Unverifiable))
    }

    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.is_open())
    }

    /// Findings that a fixer is given: all that are open but the spec's own defects.
    pub fn fixable(&self) -> impl Iterator<Item = &Finding> {
        self.open().filter(|finding| finding.is_for_a_fixer())
    }

    /// What is to happen, with at most `rounds` rounds of fixing.
    pub fn next(&self, rounds: u32) -> Next {
        self.next_after(rounds, 0)
    }

    /// The same after so many rounds in a row that changed nothing: each of them is as good as a review that saw the
    /// same again.
    pub fn next_after(&self, rounds: u32, idle: u32) -> Next {
        let findings = || self.fixable().filter(|finding| finding.blocks());
        let open = findings().count() + self.unmet().count();
        if open > 0 {
            let too_often = findings().any(|finding| finding.seen + idle >= TOO_OFTEN)
                || self.unmet().any(|judged| judged.unmet + idle >= TOO_OFTEN);
            let stuck = too_often || self.rounds >= rounds;
            return if stuck && !self.asked { Next::Stuck { open: open as u32 } } else { Next::Fix };
        }
        let defects = self.open().filter(|finding| finding.blocks() && !finding.is_for_a_fixer()).count();
        match defects + self.unverifiable().count() {
            0 => Next::Pass,
            points => Next::Undecided { points: points as u32 },
        }
    }
}

/// What a sentence is about: its words without the small ones.
fn words(text: &str) -> BTreeSet<String> {
    const SMALL: usize = 3;
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| word.chars().count() > SMALL || word.chars().any(|c| c.is_ascii_digit())).collect()
}
