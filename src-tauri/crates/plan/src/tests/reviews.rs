//! Reports as they come in, and what the gate makes of them.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::gaps::{Gaps, Next, State, TOO_OFTEN};
use crate::report::{
    Addressed, Answer, Kind, MOST_FINDINGS, MOST_PLACES, Place, Report, Reported, Severity, Status, Verdict,
};
use crate::requirements;

fn finding(kind: Kind, severity: Severity, why: &str) -> Reported {
    Reported {
        kind,
        severity,
        file: Some("src/lib.rs".into()),
        line: Some(7),
        why: why.into(),
        verify: String::new(),
    }
}

fn verdict(id: &str, status: Status) -> Verdict {
    Verdict { id: id.into(), status, evidence: Vec::new() }
}

fn by(name: &str, report: Report) -> (String, Report) {
    (name.to_owned(), report)
}

fn answer(id: &str, status: Addressed) -> Answer {
    Answer { id: id.into(), status }
}

#[test]
fn a_report_is_read_with_its_ids_as_text_or_numbers() {
    let report = Report::parse(
        r#"```json
        {"requirements":[{"id":1,"status":"met","evidence":[{"file":"a.rs","line":2,"why":"there"}]}],
         "findings":[{"kind":"test gap","severity":"minor","file":null,"line":null,"why":"No test.","verify":"Run it."}],
         "addressed":[{"id":"F1","status":"not_addressed"}]}
        ```"#,
    )
    .unwrap();
    assert_eq!(report.requirements[0].id, "1");
    assert_eq!(report.findings[0].kind, Kind::TestGap);
    assert_eq!(report.addressed, [answer("F1", Addressed::NotAddressed)]);
    assert_eq!(report.cited().into_iter().collect::<Vec<_>>(), ["a.rs"]);
}

#[test]
fn prose_nothing_and_half_reports_are_refused() {
    for text in [
        "",
        "  \n",
        "Looks good to me!",
        "{}",
        r#"{"requirements":[]}"#,
        r#"{"requirements":[],"findings":[{"kind":"missing","severity":"high","why":"x"}]}"#,
        r#"Here it is: {"requirements":[],"findings":[]}"#,
        r#"{"requirements":[],"findings":[]} {"requirements":[],"findings":[]}"#,
    ] {
        assert!(Report::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_report_must_judge_everything_and_cite_what_is_there() {
    let expected = requirements("1. One.\n2. Two.\n");
    let report = Report::parse(
        r#"{"requirements":[{"id":"1","status":"met","evidence":[
              {"file":"a.rs","line":3,"why":""},{"file":"a.rs","line":4,"why":""},{"file":"gone.rs","line":1,"why":""}]},
            {"id":"1","status":"unmet","evidence":[]},{"id":"7","status":"met","evidence":[]}],
            "findings":[{"kind":"missing","severity":"minor","file":"new.rs","why":"Not there.","verify":""},
                        {"kind":"quality","severity":"minor","file":"a.rs","line":0,"why":" ","verify":""},
                        {"kind":"quality","severity":"minor","line":8,"why":"Where?","verify":""}]}"#,
    )
    .unwrap();
    let lines = BTreeMap::from([("a.rs".to_owned(), Some(3)), ("gone.rs".to_owned(), None)]);
    insta::assert_snapshot!(report.problems(&expected, &expected, &lines).join("\n"), @r"
    It cites a.rs:4, but the file has 3 lines.
    It cites gone.rs:1, but there is no such file.
    Requirement 1 has two verdicts.
    The spec has no requirement 7.
    Requirement 2 has no verdict.
    A finding does not say why.
    It cites a.rs:0, but the file has 3 lines.
    A finding cites line 8 of no file.
    ");
}

#[test]
fn a_report_that_nobody_could_read_is_refused() {
    let parse = |findings, places| {
        let evidence = (1..=places).map(|line| Place { file: "a.rs".into(), line, why: String::new() });
        let verdict = Verdict { evidence: evidence.collect(), ..verdict("1", Status::Met) };
        let finding = |n| finding(Kind::Quality, Severity::Minor, &format!("Number {n}."));
        let report = Report {
            requirements: vec![verdict],
            findings: (0..findings).map(finding).collect(),
            addressed: vec![],
        };
        Report::parse(&serde_json::to_string(&report).unwrap())
    };
    parse(MOST_FINDINGS, MOST_PLACES as u32).unwrap();
    let many = parse(MOST_FINDINGS + 1, 1).unwrap_err();
    assert!(many.contains("501 findings"), "{many}");
    let many = parse(1, MOST_PLACES as u32 + 1).unwrap_err();
    assert!(many.contains("5001 places"), "{many}");
}

#[test]
fn a_verdict_is_on_the_words_that_were_read() {
    let spec = |text| requirements(text);
    let mut gaps = Gaps::default();
    let first = spec("1. One.\n2. Two.\n3. Three.\n");
    gaps.begin(first.clone());
    let all = vec![verdict("1", Status::Met), verdict("2", Status::Met), verdict("3", Status::Unmet)];
    gaps.review(&[by("r", Report { requirements: all, ..Report::default() })]);
    gaps.waive("3", "Later.");
    assert!(gaps.is_of(&first));
    // The second is other words now, the third is gone.
    let edited = spec("1. One.\n2. Two, and fast.\n");
    assert!(!gaps.is_of(&edited));
    let met = |gaps: &Gaps| edited.iter().map(|one| gaps.verdict_on(one).is_some()).collect::<Vec<_>>();
    assert_eq!(met(&gaps), [true, false]);
    gaps.begin(edited.clone());
    assert_eq!(met(&gaps), [true, false]);
    assert_eq!(gaps.requirements.len(), 1);
    gaps.review(&[by("r", Report { requirements: vec![verdict("2", Status::Unmet)], ..Report::default() })]);
    assert_eq!((gaps.next(5), gaps.is_of(&edited)), (Next::Fix, true));
}

#[test]
fn the_schema_names_every_word_that_is_understood() {
    let schema: serde_json::Value = serde_json::from_str(crate::report::SCHEMA).unwrap();
    let words = |pointer: &str| schema.pointer(pointer).unwrap().as_array().unwrap().clone();
    for kind in words("/properties/findings/items/properties/kind/enum") {
        serde_json::from_value::<Kind>(kind).unwrap();
    }
    for severity in words("/properties/findings/items/properties/severity/enum") {
        serde_json::from_value::<Severity>(severity).unwrap();
    }
    for status in words("/properties/requirements/items/properties/status/enum") {
        serde_json::from_value::<Status>(status).unwrap();
    }
    for status in words("/properties/addressed/items/properties/status/enum") {
        serde_json::from_value::<Addressed>(status).unwrap();
    }
}

#[test]
fn findings_are_fixed_then_the_gate_opens() {
    let mut gaps = Gaps::default();
    gaps.review(&[by(
        "codex",
        Report {
            requirements: vec![verdict("1", Status::Met), verdict("2", Status::Unmet)],
            findings: vec![
                finding(Kind::Missing, Severity::Critical, "The empty list is missed."),
                finding(Kind::Quality, Severity::Minor, "A name."),
            ],
            addressed: vec![],
        },
    )]);
    assert_eq!(gaps.next(5), Next::Fix);
    gaps.rounds = 1;
    gaps.review(&[by(
        "codex",
        Report {
            requirements: vec![verdict("2", Status::Met)],
            findings: vec![],
            addressed: vec![answer("F1", Addressed::Addressed)],
        },
    )]);
    assert_eq!(gaps.findings[0].state, State::Addressed { round: 1 });
    // A minor one may stay open, and the first requirement keeps its verdict.
    assert_eq!(gaps.findings[1].state, State::Open);
    assert_eq!(gaps.requirements.iter().map(|judged| judged.status).collect::<Vec<_>>(), [Status::Met; 2]);
    assert_eq!(gaps.next(5), Next::Pass);
}

#[test]
fn reviewers_are_merged_without_duplicates() {
    let mut gaps = Gaps::default();
    let mut near = finding(Kind::Missing, Severity::Critical, "An empty list panics.");
    near.line = Some(9);
    let same = finding(Kind::Missing, Severity::Important, "The empty list is missed.");
    let reports = [
        by(
            "a",
            Report {
                requirements: vec![verdict("1", Status::Met)],
                findings: vec![same],
                ..Report::default()
            },
        ),
        by(
            "b",
            Report {
                requirements: vec![verdict("1", Status::Unverifiable)],
                findings: vec![near],
                ..Report::default()
            },
        ),
    ];
    gaps.review(&reports);
    assert_eq!(gaps.findings.len(), 1);
    assert_eq!((gaps.findings[0].severity, gaps.findings[0].seen), (Severity::Critical, 1));
    assert_eq!(gaps.requirements[0].status, Status::Unverifiable);
}

#[test]
fn findings_that_one_reviewer_tells_apart_stay_apart() {
    let mut gaps = Gaps::default();
    let said = || {
        ["The empty list prints a line.", "The key --sep is never read.", "The empty list prints a line."]
            .map(|why| finding(Kind::Missing, Severity::Critical, why))
            .to_vec()
    };
    gaps.review(&[by("r", Report { findings: said(), ..Report::default() })]);
    assert_eq!(gaps.findings.len(), 3);
    // Said again they are the same three.
    gaps.review(&[by("r", Report { findings: said(), ..Report::default() })]);
    assert_eq!(gaps.findings.iter().map(|known| known.seen).collect::<Vec<_>>(), [2, 2, 2]);
}

#[test]
fn what_a_re_review_leaves_out_is_not_addressed_and_the_third_time_goes_to_a_person() {
    let mut gaps = Gaps::default();
    let report = |findings| Report { findings, ..Report::default() };
    gaps.review(&[by("r", report(vec![finding(Kind::Missing, Severity::Important, "No key.")]))]);
    for round in 1..TOO_OFTEN {
        assert_eq!(gaps.next(5), Next::Fix);
        gaps.rounds = round;
        gaps.review(&[by("r", report(vec![]))]);
    }
    assert_eq!(gaps.next(5), Next::Stuck { open: 1 });
    // A person may want one more round, or do without.
    gaps.asked = true;
    assert_eq!(gaps.next(5), Next::Fix);
    gaps.asked = false;
    assert!(gaps.waive("F1", "Not in this release."));
    assert!(!gaps.waive("F1", "Again."));
    assert_eq!(gaps.next(5), Next::Pass);
    // Waived stays waived, whatever a reviewer says again.
    gaps.review(&[by("r", report(vec![finding(Kind::Missing, Severity::Important, "No key.")]))]);
    assert_eq!(gaps.next(5), Next::Pass);
}

#[test]
fn spec_defects_and_unverifiable_points_are_a_persons() {
    let mut gaps = Gaps::default();
    gaps.review(&[by(
        "r",
        Report {
            requirements: vec![verdict("1", Status::Unverifiable)],
            findings: vec![finding(Kind::SpecDefect, Severity::Important, "1 and 2 contradict each other.")],
            addressed: vec![],
        },
    )]);
    assert_eq!(gaps.fixable().count(), 0);
    assert_eq!(gaps.next(5), Next::Undecided { points: 2 });
    assert!(gaps.waive("1", "Seen by hand."));
    assert!(gaps.waive("F1", "The second holds."));
    assert_eq!(gaps.next(5), Next::Pass);
}

#[test]
fn what_was_addressed_and_comes_back_is_open_again() {
    let mut gaps = Gaps::default();
    let again = || vec![finding(Kind::Quality, Severity::Critical, "It leaks.")];
    gaps.review(&[by("r", Report { findings: again(), ..Report::default() })]);
    gaps.rounds = 1;
    let mended = vec![answer("F1", Addressed::Addressed)];
    gaps.review(&[by("r", Report { addressed: mended.clone(), ..Report::default() })]);
    assert_eq!(gaps.next(5), Next::Pass);
    // Said to be addressed and reported anew in one breath: it is open.
    gaps.review(&[by("r", Report { findings: again(), addressed: mended, ..Report::default() })]);
    assert_eq!((gaps.findings[0].seen, gaps.next(5)), (2, Next::Fix));
}

fn any_report() -> impl Strategy<Value = Report> {
    let kinds = prop_oneof![Just(Kind::Missing), Just(Kind::Quality), Just(Kind::SpecDefect)];
    let severities = prop_oneof![Just(Severity::Minor), Just(Severity::Important), Just(Severity::Critical)];
    let statuses = prop_oneof![Just(Status::Met), Just(Status::Unmet), Just(Status::Unverifiable)];
    let finding = (kinds, severities, 0..4u32).prop_map(|(kind, severity, n)| Reported {
        line: Some(n * 50 + 1),
        ..finding(kind, severity, &format!("finding {n}"))
    });
    let verdicts = prop::collection::vec(statuses, 2).prop_map(|all| {
        all.into_iter().enumerate().map(|(n, status)| verdict(&(n + 1).to_string(), status)).collect()
    });
    let answers = prop::collection::vec(
        (1..6u32, any::<bool>()).prop_map(|(n, yes)| {
            answer(&format!("F{n}"), if yes { Addressed::Addressed } else { Addressed::NotAddressed })
        }),
        0..4,
    );
    (verdicts, prop::collection::vec(finding, 0..3), answers)
        .prop_map(|(requirements, findings, addressed)| Report { requirements, findings, addressed })
}

proptest! {
    /// Whatever reviewers say: the loop ends within its rounds, ids are never used twice, and the gate opens only
    /// when nothing blocks.
    #[test]
    fn the_loop_ends_and_only_passes_when_nothing_blocks(reports in prop::collection::vec(any_report(), 1..12)) {
        let mut gaps = Gaps::default();
        for report in reports {
            gaps.review(&[by("r", report)]);
            let ids: std::collections::BTreeSet<_> = gaps.findings.iter().map(|found| found.id.clone()).collect();
            prop_assert_eq!(ids.len(), gaps.findings.len());
            let blocked = gaps.open().any(|found| found.blocks())
                || gaps.requirements.iter().any(|judged| judged.status != Status::Met);
            prop_assert_eq!(gaps.next(5) == Next::Pass, !blocked);
            prop_assert!(gaps.rounds < 5 || gaps.next(5) != Next::Fix);
            if gaps.next(5) == Next::Fix {
                gaps.rounds += 1;
            }
        }
    }
}
