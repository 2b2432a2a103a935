//! The two questions that the interface can always answer.

use insta::assert_snapshot;

use super::drawn;
use crate::{
    CommitId, Failure, Graph, NeedsYou, Schedule, Stage, TaskIdx, priorities, unblocks, why_waiting,
};

fn landed() -> Stage {
    Stage::Landed { commit: CommitId::new(&"ab".repeat(20)).unwrap() }
}

fn failed() -> Stage {
    Stage::Failed { reason: Failure::AgentExited { code: 3 } }
}

/// `plan` with its stages in document order; both answers for the last task and for the first.
fn check(plan: &str, stages: &[Stage], slots: usize, task: usize) -> String {
    let doc = drawn(plan);
    let graph = Graph::new(&doc).unwrap();
    let ways = priorities(&graph, &crate::lengths(&doc, crate::ready::DEFAULT_ESTIMATE));
    let statuses: Vec<_> = stages.iter().map(Stage::status).collect();
    let schedule = Schedule::new(&graph, &ways, &statuses, slots, doc.settings.waves);
    let task = TaskIdx(task as u32);
    let why = why_waiting(&doc, &graph, stages, &schedule, task);
    let next = unblocks(&doc, &graph, &schedule, task);
    format!("{why} / {}", next.sentence)
}

use Stage::{AwaitingApproval, Draft, Implementing, Waiting};

#[test]
fn dependencies() {
    assert_snapshot!(check("a\nb\nc: a b", &[Implementing, Waiting, Waiting], 4, 2), @"Waits for a and b to land. / Nothing waits for it.");
    assert_snapshot!(check("a\nb\nc: a b", &[landed(), AwaitingApproval, Waiting], 4, 2), @"Waits for b to land, which awaits your approval. / Nothing waits for it.");
    assert_snapshot!(check("a\nb: a", &[Draft, Waiting], 4, 1), @"Waits for a to land, which is still a draft. / Nothing waits for it.");
    assert_snapshot!(check("a\nb\nc\nd\ne\nf: a b c d e", &[Waiting, Waiting, Waiting, Waiting, Waiting, Waiting], 4, 5), @"Waits for a, b, c and 2 more to land. / Nothing waits for it.");
}

#[test]
fn what_stands_still_is_named() {
    assert_snapshot!(check("a\nb: a", &[failed(), Waiting], 4, 1), @"Waits for a, which failed: nothing will move until it lands. / Nothing waits for it.");
    assert_snapshot!(check("a\nb: a\nc: b", &[Stage::Cancelled, Waiting, Waiting], 4, 2), @"Waits for b to land; a before it was cancelled. / Nothing waits for it.");
    let asks = Stage::NeedsYou { reason: NeedsYou::NoCommit };
    assert_snapshot!(check("a\nb: a", &[asks.clone(), Waiting], 4, 1), @"Waits for a to land, which needs you. / Nothing waits for it.");
    assert_snapshot!(check("a\nb: a\nc: b", &[asks, Waiting, Waiting], 4, 2), @"Waits for b to land; a before it needs you. / Nothing waits for it.");
}

#[test]
fn slots() {
    assert_snapshot!(check("a\nb", &[Implementing, Waiting], 1, 1), @"Waits for a free slot: 1 of 1 is working. / Nothing waits for it.");
    assert_snapshot!(check("a\nb", &[Implementing, Waiting], 2, 1), @"Is ready and starts as soon as the plan runs. / Nothing waits for it.");
}

#[test]
fn what_finishing_sets_free() {
    let fan = "a\nx\nb: a\nc: a x\nd: b";
    let stages = [Implementing, Waiting, Waiting, Waiting, Waiting];
    assert_snapshot!(check(fan, &stages, 4, 0), @"An agent is working on it. / Starts b; 2 tasks wait further on.");
    assert_snapshot!(check(fan, &stages, 4, 1), @"Is ready and starts as soon as the plan runs. / Starts nothing by itself: c also waits for others.");
    assert_snapshot!(check("a\nb: a", &[landed(), Waiting], 4, 0), @"Has landed as abababa. / Has landed: nothing waits for it.");
    assert_snapshot!(check("a\nb: a\nc: a", &[Waiting, Waiting, Waiting], 4, 0), @"Is ready and starts as soon as the plan runs. / Starts b and c.");
}
