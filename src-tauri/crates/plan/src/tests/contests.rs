//! Several attempts side by side: who speaks for the task, what they hold; and what a judge says of two.

use proptest::prelude::*;

use crate::contest::{lead, standing};
use crate::opinion::{Better, Opinion};
use crate::{NeedsYou, Stage, Status};

fn asks() -> Stage {
    Stage::NeedsYou { reason: NeedsYou::Question { text: "Which one?".to_owned() } }
}

fn failed() -> Stage {
    Stage::NeedsYou { reason: NeedsYou::NoCommit }
}

fn any_stage() -> impl Strategy<Value = Stage> {
    prop_oneof![
        Just(Stage::Draft),
        Just(Stage::Waiting),
        Just(Stage::Preparing),
        Just(Stage::Implementing),
        Just(Stage::Checking),
        Just(Stage::Reviewing),
        (1..4u32).prop_map(|round| Stage::Fixing { round }),
        Just(Stage::AwaitingApproval),
        Just(asks()),
        Just(failed()),
        Just(Stage::Cancelled),
    ]
}

#[test]
fn who_asks_comes_before_who_works_and_who_works_before_who_is_ready() {
    assert_eq!(lead(&[&Stage::Implementing, &asks()]), Some(1));
    assert_eq!(lead(&[&Stage::AwaitingApproval, &Stage::Implementing]), Some(1));
    assert_eq!(lead(&[&Stage::Implementing, &Stage::Checking]), Some(1));
    assert_eq!(lead(&[&Stage::AwaitingApproval, &Stage::Waiting]), Some(1));
}

#[test]
fn a_failed_side_does_not_hide_a_ready_one() {
    assert_eq!(lead(&[&failed(), &Stage::AwaitingApproval]), Some(1));
    assert_eq!(standing(&[&failed(), &Stage::AwaitingApproval]), (Status::Released, 0));
}

#[test]
fn one_that_is_still_to_start_keeps_the_task_waiting_while_others_hold_slots() {
    assert_eq!(standing(&[&Stage::Implementing, &Stage::Waiting, &Stage::Checking]), (Status::Waiting, 2));
}

#[test]
fn an_opinion_is_read_strictly() {
    let text = "```json\n{\"better\":\"second\",\"why\":\"The first misses the empty list.\"}\n```";
    let opinion = Opinion::parse(text).unwrap();
    assert_eq!(opinion.better, Better::Second);
    assert_eq!((opinion.preferred([1, 2]), opinion.preferred([2, 1])), (Some(2), Some(1)));
    for bad in ["", "The second.", r#"{"better":"A","why":"x"}"#, r#"{"better":"first","why":" "}"#] {
        assert!(Opinion::parse(bad).is_err(), "{bad}");
    }
}

proptest! {
    /// For one alone nothing changes, and slots are held by exactly those that work.
    #[test]
    fn together_is_what_each_is(stages in prop::collection::vec(any_stage(), 1..5)) {
        let all: Vec<&Stage> = stages.iter().collect();
        let (status, held) = standing(&all);
        prop_assert_eq!(held, all.iter().filter(|stage| stage.status() == Status::Started).count());
        let leader = all[lead(&all).unwrap()];
        if all.len() == 1 {
            prop_assert_eq!(leader, all[0]);
            prop_assert_eq!(status, all[0].status());
        }
        prop_assert_eq!(status == Status::Waiting, all.iter().any(|stage| stage.status() == Status::Waiting));
        prop_assert!(held == 0 || matches!(leader.status(), Status::Started));
    }
}
