//! Several attempts at one task, side by side: which of them speaks for the task.
//!
//! Deliberately absent: choosing the better one. That is a person's word, and the engine's to carry out.

use crate::schedule::Status;
use crate::stage::{Stage, StageKind};

/// Place of the stage that speaks for all of them; `None` where there are none. Who waits for a person comes first,
/// then who works (the one that is furthest along), then who waits for a slot, and only when all rest: what is ready
/// to be chosen from, before what went wrong.
pub fn lead(stages: &[&Stage]) -> Option<usize> {
    (0..stages.len()).min_by_key(|place| (urgency(stages[*place]), *place))
}

/// What they mean together for scheduling, and how many slots they hold.
pub fn standing(stages: &[&Stage]) -> (Status, usize) {
    let held = stages.iter().filter(|stage| stage.status() == Status::Started).count();
    let starts = stages.iter().any(|stage| stage.status() == Status::Waiting);
    let status = match (starts, lead(stages)) {
        (true, _) => Status::Waiting,
        (false, Some(lead)) => stages[lead].status(),
        (false, None) => Status::Held,
    };
    (status, held)
}

/// 0 first.
fn urgency(stage: &Stage) -> u8 {
    match stage.kind() {
        // Only one that was chosen comes this far.
        StageKind::Landed | StageKind::Landing | StageKind::Queued => 0,
        StageKind::NeedsYou if stage.status() == Status::Started => 1,
        StageKind::Fixing => 2,
        StageKind::Reviewing => 3,
        StageKind::Checking => 4,
        StageKind::Implementing => 5,
        StageKind::Preparing => 6,
        StageKind::Waiting => 7,
        StageKind::AwaitingApproval => 8,
        StageKind::NeedsYou => 9,
        StageKind::Draft => 10,
        StageKind::Failed => 11,
        StageKind::Cancelled => 12,
        StageKind::Discarded => 13,
    }
}
