//! An attempt against its spec: requirements with verdicts, findings, and what it all comes to.

use plan::gaps::State;
use plan::report::{Kind, Severity, Status};
use protocol::{FindingView, PlaceView, RequirementView, ReviewView, ReviewedView};

use crate::wire;
use crate::world::{Attempt, Plan, Reviewed};

pub(super) fn review(plan: &Plan, attempt: &Attempt) -> ReviewView {
    let gaps = &attempt.review.gaps;
    let spec = plan.doc_task(&attempt.task).map(|task| task.spec.as_str()).unwrap_or_default();
    let spec = plan::requirements(spec);
    let requirements = spec
        .iter()
        .cloned()
        .map(|requirement| {
            // A verdict on other words is none on these.
            let judged = gaps.verdict_on(&requirement);
            RequirementView {
                id: requirement.id,
                text: requirement.text,
                status: judged.map(|judged| match judged.status {
                    Status::Met => protocol::RequirementStatus::Met,
                    Status::Unverifiable => protocol::RequirementStatus::Unverifiable,
                    Status::Unmet => protocol::RequirementStatus::Unmet,
                }),
                evidence: judged.iter().flat_map(|judged| &judged.evidence).map(place).collect(),
                waived: judged.and_then(|judged| judged.waived.clone()),
            }
        })
        .collect();
    ReviewView {
        last: attempt.review.last.as_ref().map(|last| reviewed(attempt, last, &spec)),
        rounds: gaps.rounds,
        most_rounds: plan.doc.settings.review.as_ref().map_or(0, |review| review.rounds),
        requirements,
        findings: gaps.findings.iter().map(finding).collect(),
    }
}

/// For a card, and wherever an approval is asked for.
pub(super) fn words(plan: &Plan, attempt: Option<&Attempt>) -> String {
    let none = || "Not reviewed".to_owned();
    let Some(attempt) = attempt else { return none() };
    let gaps = &attempt.review.gaps;
    let Some(last) = &attempt.review.last else { return none() };
    if last.failed.is_some() {
        return "Review failed".to_owned();
    }
    if attempt.head.as_ref() != Some(&last.head) {
        return "Review void: the head moved".to_owned();
    }
    let spec = plan.doc_task(&attempt.task).map(|task| task.spec.as_str()).unwrap_or_default();
    if !is_of(attempt, &plan::requirements(spec)) {
        return "Review void: the spec changed".to_owned();
    }
    let total = gaps.requirements.len();
    let settled = |judged: &&plan::Judged| judged.status == Status::Met || judged.waived.is_some();
    let met = gaps.requirements.iter().filter(settled).count();
    let open = gaps.open().count();
    let findings = match open {
        0 => String::new(),
        1 => ", 1 finding open".to_owned(),
        n => format!(", {n} findings open"),
    };
    match total {
        0 => format!("Reviewed{findings}"),
        _ => format!("Reviewed: {met} of {total} met{findings}"),
    }
}

/// What an attempt that is over was reviewed against stays what it was.
fn is_of(attempt: &Attempt, spec: &[plan::Requirement]) -> bool {
    attempt.ended_ms.is_some() || attempt.review.gaps.is_of(spec)
}

fn reviewed(attempt: &Attempt, last: &Reviewed, spec: &[plan::Requirement]) -> ReviewedView {
    let gaps = &attempt.review.gaps;
    let open = gaps.unmet().count() + gaps.unverifiable().count() + gaps.open().count();
    let void = if attempt.head.as_ref() != Some(&last.head) {
        Some("The head moved since.")
    } else {
        (!is_of(attempt, spec)).then_some("The spec's requirements changed since.")
    };
    ReviewedView {
        head: last.head.to_string(),
        base: last.base.to_string(),
        by: last.by.clone(),
        verdict: wire::verdict(last, open as u32),
        failed: last.failed.clone(),
        void: void.map(ToOwned::to_owned),
        at_ms: last.at_ms,
    }
}

fn place(place: &plan::report::Place) -> PlaceView {
    PlaceView { file: place.file.clone(), line: place.line, why: place.why.clone() }
}

fn finding(finding: &plan::Finding) -> FindingView {
    let (state, addressed_round, waived) = match &finding.state {
        State::Open => (protocol::FindingState::Open, None, None),
        State::Addressed { round } => (protocol::FindingState::Addressed, Some(*round), None),
        State::Waived { reason } => (protocol::FindingState::Waived, None, Some(reason.clone())),
    };
    FindingView {
        id: finding.id.clone(),
        kind: match finding.kind {
            Kind::Missing => protocol::FindingKind::Missing,
            Kind::Extra => protocol::FindingKind::Extra,
            Kind::Misunderstood => protocol::FindingKind::Misunderstood,
            Kind::TestGap => protocol::FindingKind::TestGap,
            Kind::Scope => protocol::FindingKind::Scope,
            Kind::Quality => protocol::FindingKind::Quality,
            Kind::SpecDefect => protocol::FindingKind::SpecDefect,
        },
        severity: match finding.severity {
            Severity::Critical => protocol::Severity::Critical,
            Severity::Important => protocol::Severity::Important,
            Severity::Minor => protocol::Severity::Minor,
        },
        file: finding.file.clone(),
        line: finding.line,
        end_line: finding.end_line,
        why: finding.why.clone(),
        verify: finding.verify.clone(),
        by: finding.by.clone(),
        round: finding.round,
        seen: finding.seen,
        state,
        addressed_round,
        waived,
        blocks: finding.blocks(),
    }
}
