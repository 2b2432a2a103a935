//! A task: who tries it, and what was said of its attempts.

use plan::{CommitId, Stage, TaskId};
use serde::{Deserialize, Serialize};

use super::Millis;
use crate::ids::{PlanId, RunId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    pub plan: PlanId,
    pub id: TaskId,
    /// The stage of the contender that speaks for all: see [`plan::contest::lead`].
    pub stage: Stage,
    pub since_ms: Millis,
    /// That contender's attempt.
    pub attempt: Option<u32>,
    /// How many there have been; numbers are never used twice.
    pub attempts: u32,
    /// Who tries it: one for the usual task, several while attempts stand side by side and none is adopted.
    #[serde(default)]
    pub contenders: Vec<Contender>,
    /// What judges said of its attempts, newest last.
    #[serde(default)]
    pub judgements: Vec<Judgement>,
    /// The judge that reads now.
    #[serde(default)]
    pub judging: Option<Judging>,
}

/// One of those who try a task: an agent, with its attempts one after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contender {
    /// `None`: whom the document names when an attempt starts.
    pub agent: Option<String>,
    pub stage: Stage,
    /// The attempt that counts now; of one among several that could not even be cut, the number it was to have.
    pub attempt: Option<u32>,
    /// Attempts that failed since a person last asked for one.
    pub failures: u32,
}

/// A judge at work: it reads two attempts, then the same two in the other order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judging {
    pub a: u32,
    pub b: u32,
    pub head_a: CommitId,
    pub head_b: CommitId,
    pub by: String,
    /// What it said when it read `a` first; `None`: it reads so now.
    pub first: Option<Opinion>,
    /// `None`: the place where it reads is being made.
    pub run: Option<RunId>,
}

/// What a judge said of two attempts that it knew as the first and the second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    pub better: Option<u32>,
    pub why: String,
}

/// Both opinions, bound to the heads that were read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    pub a: u32,
    pub b: u32,
    pub head_a: CommitId,
    pub head_b: CommitId,
    pub by: String,
    pub opinions: Vec<Opinion>,
    /// Why there are not two of them.
    pub failed: Option<String>,
    pub at_ms: Millis,
}

impl Judgement {
    /// The attempt that was preferred in either order.
    pub fn better(&self) -> Option<u32> {
        let [first, second] = self.opinions.as_slice() else { return None };
        first.better.filter(|better| second.better == Some(*better))
    }
}

impl Task {
    /// Whose attempt it is; of a number that nobody has yet, who starts next.
    pub fn contender_of(&self, attempt: Option<u32>) -> Option<usize> {
        let its = |contender: &Contender| attempt.is_some() && contender.attempt == attempt;
        let otherwise = || match self.contenders.len() {
            0 => None,
            1 => Some(0),
            _ => self.next_to_start(),
        };
        self.contenders.iter().position(its).or_else(otherwise)
    }

    /// Who waits for a slot, or to be released at all.
    pub fn next_to_start(&self) -> Option<usize> {
        let among = |stage: Stage| self.contenders.iter().position(|contender| contender.stage == stage);
        among(Stage::Waiting).or_else(|| among(Stage::Draft))
    }

    /// Several attempts stand side by side, and none has been adopted.
    pub fn is_contest(&self) -> bool {
        self.contenders.len() > 1
    }

    pub fn stages(&self) -> Vec<&Stage> {
        self.contenders.iter().map(|contender| &contender.stage).collect()
    }

    /// What its contenders come to together.
    pub fn follow_lead(&mut self, now: Millis) {
        let Some(lead) = plan::contest::lead(&self.stages()) else { return };
        let lead = &self.contenders[lead];
        self.attempt = lead.attempt;
        if self.stage != lead.stage {
            self.stage = lead.stage.clone();
            self.since_ms = now;
        }
    }
}
