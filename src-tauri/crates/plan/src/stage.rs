//! A task's life: its stages, the reasons for leaving the path, and which stage may follow which.
//!
//! Why a stage changes (evidence, approvals, clocks) is the engine's business; here is only what
//! the words are and what is legal.

use serde::{Deserialize, Serialize};

use crate::id::CommitId;
use crate::reason::{Failure, NeedsYou};
use crate::schedule::Status;

/// Where a task is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Not released for work yet.
    Draft,
    /// For dependencies or for a slot.
    Waiting,
    /// Its worktree is being cut and set up.
    Preparing,
    Implementing,
    Checking,
    Reviewing,
    /// `round` counts from 1.
    Fixing {
        round: u32,
    },
    AwaitingApproval,
    Queued,
    Landing,
    /// The target contains `commit`.
    Landed {
        commit: CommitId,
    },
    NeedsYou {
        reason: NeedsYou,
    },
    Failed {
        reason: Failure,
    },
    Cancelled,
    Discarded,
}

/// A stage without its particulars: the rows and columns of the table of transitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageKind {
    Draft,
    Waiting,
    Preparing,
    Implementing,
    Checking,
    Reviewing,
    Fixing,
    AwaitingApproval,
    Queued,
    Landing,
    Landed,
    NeedsYou,
    Failed,
    Cancelled,
    Discarded,
}

impl StageKind {
    pub const ALL: [StageKind; 15] = [
        StageKind::Draft,
        StageKind::Waiting,
        StageKind::Preparing,
        StageKind::Implementing,
        StageKind::Checking,
        StageKind::Reviewing,
        StageKind::Fixing,
        StageKind::AwaitingApproval,
        StageKind::Queued,
        StageKind::Landing,
        StageKind::Landed,
        StageKind::NeedsYou,
        StageKind::Failed,
        StageKind::Cancelled,
        StageKind::Discarded,
    ];

    /// The stages that may follow this one. A stage is never its own successor, except that the
    /// reason to need a person and the round of fixing may change.
    pub fn next(self) -> &'static [StageKind] {
        use StageKind::*;
        match self {
            Draft => &[Waiting, NeedsYou, Cancelled, Discarded],
            // To checking or fixing: an attempt that is open goes on from what it has, now that there is a slot.
            Waiting => &[Draft, Preparing, Checking, Fixing, NeedsYou, Failed, Cancelled, Discarded],
            // Back to waiting: the attempt is given up and another one will be cut.
            Preparing => &[Waiting, Implementing, NeedsYou, Failed, Cancelled, Discarded],
            Implementing => &[Waiting, Preparing, Checking, NeedsYou, Failed, Cancelled, Discarded],
            Checking => &[
                Waiting,
                Preparing,
                Reviewing,
                Fixing,
                AwaitingApproval,
                Queued,
                NeedsYou,
                Failed,
                Cancelled,
                Discarded,
            ],
            Reviewing => &[
                Waiting,
                Preparing,
                Checking,
                Fixing,
                AwaitingApproval,
                Queued,
                NeedsYou,
                Failed,
                Cancelled,
                Discarded,
            ],
            Fixing => &[Waiting, Preparing, Fixing, Checking, NeedsYou, Failed, Cancelled, Discarded],
            // Back to checking: the head moved, or the checks are to run again.
            AwaitingApproval => &[
                Waiting, Preparing, Checking, Reviewing, Fixing, Queued, NeedsYou, Failed, Cancelled,
                Discarded,
            ],
            // Back to awaiting approval: the approval is void.
            Queued => &[
                Waiting,
                Preparing,
                Checking,
                Fixing,
                AwaitingApproval,
                Landing,
                NeedsYou,
                Failed,
                Cancelled,
                Discarded,
            ],
            // Never straight to cancelled: the target may have moved already, so the landing ends first.
            Landing => &[Checking, Fixing, AwaitingApproval, Queued, Landed, NeedsYou, Failed],
            Landed => &[],
            NeedsYou => &[
                Draft,
                Waiting,
                Preparing,
                Implementing,
                Checking,
                Reviewing,
                Fixing,
                AwaitingApproval,
                Queued,
                NeedsYou,
                Failed,
                Cancelled,
                Discarded,
            ],
            // A person may try again; the attempt that ended stays ended.
            Failed => &[Draft, Waiting, Preparing, Cancelled, Discarded],
            Cancelled => &[Draft, Waiting, Preparing, Discarded],
            Discarded => &[Draft, Waiting, Preparing],
        }
    }
}

impl Stage {
    pub fn kind(&self) -> StageKind {
        match self {
            Stage::Draft => StageKind::Draft,
            Stage::Waiting => StageKind::Waiting,
            Stage::Preparing => StageKind::Preparing,
            Stage::Implementing => StageKind::Implementing,
            Stage::Checking => StageKind::Checking,
            Stage::Reviewing => StageKind::Reviewing,
            Stage::Fixing { .. } => StageKind::Fixing,
            Stage::AwaitingApproval => StageKind::AwaitingApproval,
            Stage::Queued => StageKind::Queued,
            Stage::Landing => StageKind::Landing,
            Stage::Landed { .. } => StageKind::Landed,
            Stage::NeedsYou { .. } => StageKind::NeedsYou,
            Stage::Failed { .. } => StageKind::Failed,
            Stage::Cancelled => StageKind::Cancelled,
            Stage::Discarded => StageKind::Discarded,
        }
    }

    /// Whether `next` may follow. Rounds of fixing only count upwards.
    pub fn can_become(&self, next: &Stage) -> bool {
        match (self, next) {
            (Stage::Fixing { round }, Stage::Fixing { round: later }) => later > round,
            (Stage::NeedsYou { reason }, Stage::NeedsYou { reason: other }) => reason != other,
            _ => self.kind().next().contains(&next.kind()),
        }
    }

    /// What the stage means for scheduling.
    pub fn status(&self) -> Status {
        match self {
            Stage::Draft => Status::Held,
            Stage::Waiting => Status::Waiting,
            Stage::Preparing
            | Stage::Implementing
            | Stage::Checking
            | Stage::Reviewing
            | Stage::Fixing { .. } => Status::Started,
            Stage::AwaitingApproval | Stage::Queued | Stage::Landing => Status::Released,
            Stage::Landed { .. } => Status::Landed,
            // An agent that asks still lives and goes on by itself once it has its answer.
            Stage::NeedsYou { reason } if reason.agent_lives() => Status::Started,
            Stage::NeedsYou { .. } => Status::Released,
            Stage::Failed { .. } | Stage::Cancelled | Stage::Discarded => Status::Closed,
        }
    }

    /// Nothing more happens to it by itself: landed, or closed until a person starts it again.
    pub fn is_over(&self) -> bool {
        matches!(self.status(), Status::Landed | Status::Closed)
    }

    /// One or two words for a badge.
    pub fn label(&self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Waiting => "waiting",
            Stage::Preparing => "preparing",
            Stage::Implementing => "implementing",
            Stage::Checking => "checking",
            Stage::Reviewing => "reviewing",
            Stage::Fixing { .. } => "fixing",
            Stage::AwaitingApproval => "awaiting approval",
            Stage::Queued => "queued",
            Stage::Landing => "landing",
            Stage::Landed { .. } => "landed",
            Stage::NeedsYou { .. } => "needs you",
            Stage::Failed { .. } => "failed",
            Stage::Cancelled => "cancelled",
            Stage::Discarded => "discarded",
        }
    }

    /// One sentence for the screen.
    pub fn describe(&self) -> String {
        match self {
            Stage::Draft => "Is a draft and does not start by itself.".to_owned(),
            Stage::Waiting => "Waits for its turn.".to_owned(),
            Stage::Preparing => "Its worktree is being prepared.".to_owned(),
            Stage::Implementing => "An agent is working on it.".to_owned(),
            Stage::Checking => "Its checks are running.".to_owned(),
            Stage::Reviewing => "A reviewer reads the spec against the diff.".to_owned(),
            Stage::Fixing { round } => format!("A fixer works off the findings, round {round}."),
            Stage::AwaitingApproval => "Waits for your approval.".to_owned(),
            Stage::Queued => "Is approved and waits for its turn to land.".to_owned(),
            Stage::Landing => "The merged result is being built and checked.".to_owned(),
            Stage::Landed { commit } => format!("Has landed as {}.", commit.short()),
            Stage::NeedsYou { reason } => reason.describe(),
            Stage::Failed { reason } => reason.describe(),
            Stage::Cancelled => "Was cancelled.".to_owned(),
            Stage::Discarded => "Its work was discarded; it is kept under a keep ref.".to_owned(),
        }
    }
}
