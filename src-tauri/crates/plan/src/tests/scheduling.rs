//! The incremental schedule against its plain definition, and the promises of both.

use std::time::Duration;

use proptest::prelude::*;

use super::arbitrary::shape;
use super::{drawn, id};
use crate::ready::DEFAULT_ESTIMATE;
use crate::{Graph, PlanDoc, Schedule, Status, TaskIdx, lengths, priorities, ready};

struct Plan {
    graph: Graph,
    priorities: Vec<u64>,
}

fn plan(doc: &PlanDoc) -> Plan {
    let graph = Graph::new(doc).unwrap();
    let priorities = priorities(&graph, &lengths(doc, DEFAULT_ESTIMATE));
    Plan { graph, priorities }
}

fn fresh(plan: &Plan, slots: usize, waves: bool) -> Schedule {
    Schedule::new(&plan.graph, &plan.priorities, &vec![Status::Waiting; plan.graph.len()], slots, waves)
}

/// Starts what `next` says until it says nothing.
fn start_all(plan: &Plan, schedule: &mut Schedule) -> Vec<String> {
    std::iter::from_fn(|| {
        let task = schedule.next()?;
        schedule.started(task);
        Some(plan.graph.id(task).to_string())
    })
    .collect()
}

#[test]
fn the_longest_way_to_go_starts_first() {
    let mut doc = drawn("short\nlong\nhead\ntail: head");
    for (task, minutes) in [(0, 1), (1, 20), (2, 5), (3, 30)] {
        doc.tasks[task].estimate = Some(Duration::from_secs(60 * minutes));
    }
    let plan = plan(&doc);
    let mut schedule = fresh(&plan, 3, false);
    assert_eq!(start_all(&plan, &mut schedule), ["head", "long", "short"]);
    schedule.released(plan.graph.find(&id("long")).unwrap());
    assert_eq!(start_all(&plan, &mut schedule), Vec::<String>::new());
    schedule.landed(plan.graph.find(&id("head")).unwrap());
    assert_eq!(start_all(&plan, &mut schedule), ["tail"]);
}

#[test]
fn ties_go_by_document_order() {
    let plan = plan(&drawn("c\na\nb"));
    assert_eq!(start_all(&plan, &mut fresh(&plan, 2, false)), ["c", "a"]);
}

#[test]
fn closed_blocks_and_retry_opens() {
    let plan = plan(&drawn("a\nb: a"));
    let (a, b) = (TaskIdx(0), TaskIdx(1));
    let mut schedule = fresh(&plan, 4, false);
    schedule.started(a);
    schedule.closed(a);
    assert_eq!(schedule.next(), None);
    schedule.retry(a);
    assert_eq!(schedule.next(), Some(a));
    schedule.landed(a);
    assert_eq!(schedule.next(), Some(b));
    // A landing that was taken back blocks again.
    schedule.set(a, Status::Released);
    assert_eq!(schedule.next(), None);
    assert!(!schedule.is_ready(b));
}

#[test]
fn fewer_slots_start_nothing_until_there_is_room() {
    let plan = plan(&drawn("a\nb\nc"));
    let mut schedule = fresh(&plan, 2, false);
    start_all(&plan, &mut schedule);
    schedule.set_slots(1);
    schedule.landed(TaskIdx(0));
    assert_eq!((schedule.working(), schedule.next()), (1, None));
    schedule.set_slots(2);
    assert_eq!(schedule.next(), Some(TaskIdx(2)));
}

#[test]
fn the_last_slot_is_kept_for_what_a_landing_is_about_to_release() {
    let mut doc = drawn("head\nlesser\ntail: head");
    for (task, minutes) in [(0, 5), (1, 1), (2, 30)] {
        doc.tasks[task].estimate = Some(Duration::from_secs(60 * minutes));
    }
    let plan = plan(&doc);
    let [head, lesser, tail] = ["head", "lesser", "tail"].map(|name| plan.graph.find(&id(name)).unwrap());
    let mut schedule = fresh(&plan, 1, false);
    schedule.started(head);
    schedule.released(head);
    assert_eq!((schedule.next(), schedule.next_beside(head)), (Some(lesser), None));
    schedule.set_slots(2);
    assert_eq!(schedule.next_beside(head), Some(lesser));
    schedule.set_slots(1);
    schedule.landed(head);
    assert_eq!(schedule.next(), Some(tail));
    // Nobody waits for it: the slot is given away.
    schedule.landed(tail);
    assert_eq!(schedule.next_beside(tail), Some(lesser));
}

#[test]
fn strict_waves_wait_for_the_whole_wave() {
    let plan = plan(&drawn("a\nb\nc: a\nd: c"));
    let mut schedule = fresh(&plan, 4, true);
    assert_eq!(start_all(&plan, &mut schedule), ["a", "b"]);
    schedule.landed(TaskIdx(0));
    assert_eq!(schedule.next(), None);
    assert!(schedule.waits_for_wave(TaskIdx(2)));
    schedule.landed(TaskIdx(1));
    assert_eq!(start_all(&plan, &mut schedule), ["c"]);
    schedule.landed(TaskIdx(2));
    // Taken back and landed again.
    schedule.set(TaskIdx(1), Status::Released);
    assert_eq!(schedule.next(), None);
    schedule.landed(TaskIdx(1));
    assert_eq!(start_all(&plan, &mut schedule), ["d"]);
}

/// The definition of [`ready`], with strict waves.
fn expected(plan: &Plan, statuses: &[Status], slots: usize, waves: bool) -> Vec<TaskIdx> {
    let mut all = ready(&plan.graph, &plan.priorities, statuses, usize::MAX);
    if waves {
        let open = plan.graph.tasks().filter(|task| statuses[task.at()] != Status::Landed);
        let wave = open.map(|task| plan.graph.level(task)).min().unwrap_or(u32::MAX);
        all.retain(|task| plan.graph.level(*task) <= wave);
    }
    let working = statuses.iter().filter(|status| **status == Status::Started).count();
    all.truncate(slots.saturating_sub(working));
    all
}

const STATUSES: [Status; 6] =
    [Status::Held, Status::Waiting, Status::Started, Status::Released, Status::Landed, Status::Closed];

proptest! {
    #[test]
    fn incremental_is_the_definition(
        doc in shape(90),
        slots in 1usize..6,
        waves in any::<bool>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..6usize, 0usize..8), 1..120),
    ) {
        let plan = plan(&doc);
        let mut statuses = vec![Status::Waiting; plan.graph.len()];
        let mut slots = slots;
        let mut schedule = fresh(&plan, slots, waves);
        for (pick, status, new_slots) in changes {
            let task = TaskIdx(pick.index(statuses.len()) as u32);
            statuses[task.at()] = STATUSES[status];
            schedule.set(task, STATUSES[status]);
            if new_slots > 6 {
                slots = new_slots - 5;
                schedule.set_slots(slots);
            }
            let wanted = expected(&plan, &statuses, slots, waves);
            prop_assert_eq!(schedule.next(), wanted.first().copied());
            let all = expected(&plan, &statuses, usize::MAX, waves);
            prop_assert_eq!(schedule.ready().collect::<Vec<_>>(), all);
            // Built anew from the same statuses it is the same: that is how a graph edit is followed.
            let anew = Schedule::new(&plan.graph, &plan.priorities, &statuses, slots, waves);
            prop_assert_eq!(anew.next(), schedule.next());
            prop_assert_eq!(anew.working(), schedule.working());
        }
    }

    #[test]
    fn a_run_keeps_its_promises(
        doc in shape(60),
        slots in 1usize..6,
        waves in any::<bool>(),
        fates in proptest::collection::vec((any::<prop::sample::Index>(), 0..10u8), 1..400),
    ) {
        let plan = plan(&doc);
        let mut schedule = fresh(&plan, slots, waves);
        let mut working: Vec<TaskIdx> = Vec::new();
        let mut starts = vec![0; plan.graph.len()];
        for (pick, fate) in fates {
            while let Some(task) = schedule.next() {
                for before in plan.graph.dependencies(task) {
                    prop_assert_eq!(schedule.status(*before), Status::Landed);
                }
                prop_assert_eq!(schedule.status(task), Status::Waiting);
                schedule.started(task);
                working.push(task);
                starts[task.at()] += 1;
                prop_assert!(working.len() <= slots);
                prop_assert_eq!(working.len(), schedule.working());
            }
            if working.is_empty() {
                break;
            }
            let task = working.swap_remove(pick.index(working.len()));
            match fate {
                0 => schedule.retry(task),
                _ => schedule.landed(task),
            }
        }
        // Without failures everything lands in the end.
        while let Some(task) = working.pop().or_else(|| schedule.next()) {
            schedule.started(task);
            schedule.landed(task);
        }
        prop_assert!(plan.graph.tasks().all(|task| schedule.status(task) == Status::Landed));
    }
}
