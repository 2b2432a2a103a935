//! A task's life: which stage may follow which.

use std::collections::BTreeSet;

use insta::assert_snapshot;

use crate::{CommitId, Failure, NeedsYou, Stage, StageKind, Status};

fn any(kind: StageKind) -> Stage {
    match kind {
        StageKind::Draft => Stage::Draft,
        StageKind::Waiting => Stage::Waiting,
        StageKind::Preparing => Stage::Preparing,
        StageKind::Implementing => Stage::Implementing,
        StageKind::Checking => Stage::Checking,
        StageKind::Reviewing => Stage::Reviewing,
        StageKind::Fixing => Stage::Fixing { round: 1 },
        StageKind::AwaitingApproval => Stage::AwaitingApproval,
        StageKind::Queued => Stage::Queued,
        StageKind::Landing => Stage::Landing,
        StageKind::Landed => Stage::Landed { commit: CommitId::new(&"0".repeat(40)).unwrap() },
        StageKind::NeedsYou => Stage::NeedsYou { reason: NeedsYou::NoCommit },
        StageKind::Failed => Stage::Failed { reason: Failure::AgentLost },
        StageKind::Cancelled => Stage::Cancelled,
        StageKind::Discarded => Stage::Discarded,
    }
}

#[test]
fn the_path_is_walked_in_order() {
    use StageKind::*;
    let path = [
        Draft,
        Waiting,
        Preparing,
        Implementing,
        Checking,
        Reviewing,
        Fixing,
        Checking,
        AwaitingApproval,
        Queued,
        Landing,
        Landed,
    ];
    for pair in path.windows(2) {
        assert!(any(pair[0]).can_become(&any(pair[1])), "{pair:?}");
    }
}

#[test]
fn landed_is_only_reached_by_landing_and_never_left() {
    for kind in StageKind::ALL {
        assert_eq!(any(kind).can_become(&any(StageKind::Landed)), kind == StageKind::Landing, "{kind:?}");
        assert!(!any(StageKind::Landed).can_become(&any(kind)));
        assert_eq!(any(kind).kind(), kind);
    }
}

#[test]
fn nothing_lands_without_the_gate() {
    use StageKind::*;
    // Whoever goes around checking, or around the queue, finds no way to landed.
    for gate in [Checking, Queued, Landing] {
        let mut open = vec![Draft];
        let mut seen = BTreeSet::from([Draft]);
        while let Some(kind) = open.pop() {
            open.extend(
                kind.next()
                    .iter()
                    .copied()
                    .filter(|next| *next != gate && *next != NeedsYou && seen.insert(*next)),
            );
        }
        assert!(!seen.contains(&Landed), "{gate:?}");
    }
}

#[test]
fn a_stage_does_not_follow_itself() {
    for kind in StageKind::ALL {
        assert!(!any(kind).can_become(&any(kind)), "{kind:?}");
    }
    assert!(Stage::Fixing { round: 1 }.can_become(&Stage::Fixing { round: 2 }));
    assert!(!Stage::Fixing { round: 2 }.can_become(&Stage::Fixing { round: 1 }));
    let question = Stage::NeedsYou { reason: NeedsYou::Question { text: "Which?".to_owned() } };
    assert!(any(StageKind::NeedsYou).can_become(&question));
}

#[test]
fn an_agent_that_asks_keeps_its_slot() {
    let asks = |reason| Stage::NeedsYou { reason }.status();
    assert_eq!(asks(NeedsYou::Question { text: String::new() }), Status::Started);
    assert_eq!(asks(NeedsYou::NoCommit), Status::Released);
    assert_eq!(Stage::AwaitingApproval.status(), Status::Released);
    assert_eq!(Stage::Cancelled.status(), Status::Closed);
}

#[test]
fn stages_are_data() {
    for kind in StageKind::ALL {
        let json = serde_json::to_string(&any(kind)).unwrap();
        assert_eq!(serde_json::from_str::<Stage>(&json).unwrap(), any(kind), "{json}");
        let word = serde_json::to_value(kind).unwrap();
        assert_eq!(serde_json::to_value(any(kind)).unwrap()["stage"], word);
    }
    let stage = Stage::NeedsYou { reason: NeedsYou::CheckFailed { name: "test".to_owned(), code: Some(1) } };
    assert_snapshot!(serde_json::to_string(&stage).unwrap(), @r#"{"stage":"needs_you","reason":{"kind":"check_failed","name":"test","code":1}}"#);
}

#[test]
fn words_for_people() {
    let paths = |n: usize| (1..=n).map(|n| format!("f{n}")).collect::<Vec<_>>();
    let twice = NeedsYou::FailedTwice { attempts: 2, last: Failure::AgentExited { code: 7 } };
    assert_snapshot!(twice.describe(), @"Failed 2 times; the last time: the agent ended with code 7.");
    let once = NeedsYou::FailedTwice { attempts: 1, last: Failure::AgentExited { code: 7 } };
    assert_snapshot!(once.describe(), @"Failed: the agent ended with code 7.");
    assert_snapshot!(NeedsYou::Uncommitted { paths: paths(2) }.describe(), @"The agent ended but left f1 and f2 uncommitted.");
    assert_snapshot!(NeedsYou::OutOfScope { paths: paths(9) }.describe(), @"It changed f1, f2 and 7 more outside its scope.");
    assert_snapshot!(NeedsYou::Conflict { paths: paths(1) }.describe(), @"It conflicts with the target in f1.");
    assert_snapshot!(NeedsYou::FindingsRemain { rounds: 5, open: 1 }.describe(), @"1 finding is still open after 5 rounds.");
    assert_snapshot!(NeedsYou::MergedCheckFailed { name: "test".to_owned(), code: None }.describe(), @"Check test was ended by a signal on the merged tree; nothing was landed.");
}

/// The log's word and the stored word are one.
#[test]
fn codes_are_the_stored_words() {
    let name = || "n".to_owned();
    let (code, paths) = (Some(1), Vec::new);
    let reasons = [
        NeedsYou::FailedTwice { attempts: 2, last: Failure::AgentLost },
        NeedsYou::Uncommitted { paths: paths() },
        NeedsYou::OutOfScope { paths: paths() },
        NeedsYou::CheckFailed { name: name(), code },
        NeedsYou::CheckTimedOut { name: name() },
        NeedsYou::MergedCheckFailed { name: name(), code },
        NeedsYou::Conflict { paths: paths() },
        NeedsYou::CheckoutBlocked { paths: paths() },
        NeedsYou::NoCommit,
        NeedsYou::Question { text: name() },
        NeedsYou::Permission { what: name() },
        NeedsYou::SetupFailed { code },
        NeedsYou::ReviewFailed { why: name() },
        NeedsYou::FindingsRemain { rounds: 1, open: 1 },
        NeedsYou::Undecided { points: 1 },
        NeedsYou::OutOfBudget { what: name() },
        NeedsYou::Blocked { why: name() },
    ];
    for reason in reasons {
        assert_eq!(serde_json::to_value(&reason).unwrap()["kind"], reason.code());
    }
    let failures = [
        Failure::AgentExited { code: 1 },
        Failure::AgentKilled { signal: 9 },
        Failure::AgentLost,
        Failure::SetupFailed { code },
        Failure::SetupTimedOut,
        Failure::CheckFailed { name: name(), code },
        Failure::NotStarted { why: name() },
        Failure::Stopped,
        Failure::Repository { why: name() },
    ];
    for failure in failures {
        assert_eq!(serde_json::to_value(&failure).unwrap()["kind"], failure.code());
    }
}
