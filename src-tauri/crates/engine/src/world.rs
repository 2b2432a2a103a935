//! Everything the engine knows, as entities. Each has a row of its own in the store; the rows
//! together are the fold of all [`Fact`](crate::fact::Fact)s.
//!
//! Deliberately absent: what git knows (worktrees, branches, commits) and what a shim knows
//! (output, liveness). Those are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use plan::{CommitId, Gaps, PlanDoc, Report, Stage, TaskId};
use serde::{Deserialize, Serialize};

use crate::ids::{PlanId, ProjectId, RunId};
use crate::order::Order;

mod task;

pub use task::{Contender, Judgement, Judging, Opinion, Task};

/// Milliseconds since the Unix epoch, or a duration.
pub type Millis = i64;

#[derive(Debug, Clone, Default)]
pub struct World {
    /// The newest recorded fact.
    pub seq: u64,
    pub projects: BTreeMap<ProjectId, Project>,
    pub plans: BTreeMap<PlanId, Plan>,
    pub runs: BTreeMap<RunId, Run>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    pub id: ProjectId,
    /// The main worktree, or the bare repository.
    pub root: PathBuf,
    /// What makes two folders the same repository.
    pub common_dir: PathBuf,
    /// Where its worktrees and its trash are.
    pub place: PathBuf,
    pub trusted: bool,
    pub demo: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Draft,
    Running,
    /// No new dispatch; what runs goes on.
    Paused,
    /// Living agents are ended too.
    Stopped,
    Finished,
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub head: PlanHead,
    pub text: PlanText,
    /// Parsed from `text`.
    pub doc: PlanDoc,
    pub tasks: BTreeMap<TaskId, Task>,
    pub attempts: BTreeMap<(TaskId, u32), Attempt>,
    /// Who may start next; kept in step with the tasks, never stored.
    pub order: Order,
    /// What is going on; kept in step with attempts and runs, never stored.
    pub activity: Activity,
}

/// The few of a plan that something happens to right now, so that no event looks at all of them.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    pub busy: BTreeSet<(TaskId, u32)>,
    pub removing: BTreeSet<(TaskId, u32)>,
    /// Those of `removing` whose removal this engine has ordered.
    pub being_removed: BTreeSet<(TaskId, u32)>,
    /// Planned or living.
    pub runs: BTreeSet<RunId>,
    /// First ports of the leases that attempts hold.
    pub leases: BTreeMap<(TaskId, u32), u16>,
}

/// The small row of a plan, written often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanHead {
    pub id: PlanId,
    pub project: ProjectId,
    pub title: String,
    /// The plan file's canonical path, when it lives in one.
    pub file: Option<PathBuf>,
    /// The branch that it lands on.
    pub target: String,
    /// `coppice`, or another word where the repository has a branch of that name.
    pub branch_prefix: String,
    pub mode: Mode,
    pub revision: u64,
    pub created_ms: Millis,
    pub started_ms: Option<Millis>,
    /// Set when `plan.finished` has been said and nothing has moved since.
    pub at_rest: bool,
    /// Approved attempts in the order of their approval.
    pub queue: Vec<(TaskId, u32)>,
    /// The one that is landing.
    pub landing: Option<(TaskId, u32)>,
    pub lane: Option<Lane>,
    /// Agent programs that were installed and logged in at its last start, where its reviewer depends on that.
    #[serde(default)]
    pub programs: Vec<plan::Adapter>,
}

/// The worktree in which merged trees are checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    pub worktree: PathBuf,
    /// First leased port.
    pub port: Option<u16>,
    /// Setup ran for a tree with these lock files.
    pub prepared_for: Option<String>,
    pub removing: bool,
}

/// The large row of a plan, written on edits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanText {
    pub toml: String,
    pub undo: Vec<Undo>,
    pub redo: Vec<Undo>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    pub what: String,
    pub edit: plan::Edit,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub plan: PlanId,
    pub task: TaskId,
    pub number: u32,
    pub agent: String,
    pub branch: String,
    pub worktree: PathBuf,
    /// Where it was cut: the target's tip after its dependencies had landed.
    pub base: CommitId,
    pub head: Option<CommitId>,
    pub stage: Stage,
    pub step: Step,
    pub started_ms: Millis,
    pub ended_ms: Option<Millis>,
    /// First port of its lease.
    pub port: Option<u16>,
    pub runs: Vec<RunId>,
    pub evidence: Vec<Evidence>,
    pub approval: Option<Approval>,
    pub keep_refs: Vec<String>,
    pub size: Size,
    pub out_of_scope: Vec<String>,
    pub place: AttemptPlace,
    /// The candidate that is being landed.
    pub candidate: Option<Candidate>,
    /// Why it ended, for the next attempt's brief.
    pub failure: Option<String>,
    /// It was chosen among several.
    #[serde(default)]
    pub adopted: bool,
    /// The head before the one there is now.
    #[serde(default)]
    pub before: Option<CommitId>,
    #[serde(default)]
    pub review: Review,
}

/// What reviewers and persons said of an attempt.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Review {
    pub gaps: Gaps,
    /// Reports of the review under way, by the reviewer's name.
    pub pending: Vec<(String, Report)>,
    /// The newest review that came to an end.
    pub last: Option<Reviewed>,
    /// The head that the one before it read, where that was another.
    pub before: Option<CommitId>,
    /// The rounds of fixing, each with the head at which it began.
    #[serde(default)]
    pub fixes: Vec<(u32, CommitId)>,
}

impl Review {
    /// The newest rounds of fixing that left the head where it is.
    pub fn idle_rounds(&self, head: Option<&CommitId>) -> u32 {
        self.fixes.iter().rev().take_while(|(_, began)| Some(began) == head).count() as u32
    }
}

/// A review's end, bound to the commits that it read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reviewed {
    pub head: CommitId,
    pub base: CommitId,
    pub by: Vec<String>,
    pub at_ms: Millis,
    /// Why there is no report that could be read: then it says nothing, and nothing passes.
    pub failed: Option<String>,
}

/// What an attempt waits for from outside. Exactly one thing; it is asked again after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Step {
    /// The worktree is being cut.
    Cut,
    Setup {
        run: RunId,
    },
    Implement {
        run: RunId,
    },
    /// Its agent says that it is done, and lives: is it?
    Stopped {
        run: RunId,
    },
    /// It is done; its agent is being ended.
    Leave {
        run: RunId,
    },
    /// The worktree is looked at: head, leftovers, scope.
    Inspect,
    CommitLeftovers,
    /// Leftovers are put away so that checks run in a clean tree.
    Tidy {
        check: usize,
    },
    Check {
        index: usize,
        run: RunId,
    },
    /// The reviewers' view is set to the head.
    View,
    /// Reviewer number `reviewer` reads; `again`: its first report was none.
    Review {
        reviewer: usize,
        again: bool,
        run: RunId,
    },
    /// What that reviewer left is read.
    Report {
        reviewer: usize,
        again: bool,
        run: RunId,
    },
    /// A fixer works in the attempt's worktree.
    Fix {
        run: RunId,
    },
    /// Its branch is moved to a commit with what was taken from another attempt.
    Take {
        from: u32,
        onto: CommitId,
        commit: CommitId,
        paths: Vec<String>,
    },
    /// Nothing: a person, the queue or nobody moves it.
    Rest,
    Candidate,
    /// The lane is set to the candidate, clean, before check number `check`.
    LanePrepare {
        check: usize,
    },
    LaneSetup {
        run: RunId,
    },
    LaneCheck {
        index: usize,
        run: RunId,
    },
    Advance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptPlace {
    /// Its worktree is where it was cut.
    Worktree,
    /// It goes to the trash as soon as no process lives in it.
    Removing,
    /// In the trash, or gone from it.
    Removed,
    /// Could not be removed; a warning said why.
    Stuck,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    pub files: u32,
    pub added: u64,
    pub deleted: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub commit: CommitId,
    pub onto: CommitId,
    /// Its tree equals the attempt's own, so that the head's evidence serves.
    pub same_tree: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    pub head: CommitId,
    pub by: String,
    pub at_ms: Millis,
    pub void: Option<String>,
}

/// A check's result, bound to the commits it was made at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    pub check: String,
    /// What ran; an edited command makes old evidence void.
    pub command: String,
    pub merged: bool,
    pub head: CommitId,
    pub base: CommitId,
    /// `None`: it did not end by itself.
    pub code: Option<i32>,
    pub reused: bool,
    pub run: Option<RunId>,
    pub duration_ms: Millis,
    pub at_ms: Millis,
}

impl Evidence {
    pub fn passed(&self) -> bool {
        self.code == Some(0)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    pub plan: PlanId,
    pub task: TaskId,
    pub attempt: u32,
    pub kind: RunKind,
    /// "claude", "check test", …
    pub name: String,
    /// As shown to people.
    pub command: String,
    pub worktree: PathBuf,
    pub state: RunState,
    pub planned_ms: Millis,
    pub ended_ms: Option<Millis>,
    /// The agent program's own name for its session: known once its hooks have reached us.
    #[serde(default)]
    pub session: Option<String>,
    #[serde(default)]
    pub usage: Option<Usage>,
}

/// What a run has used so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub model: Option<String>,
    pub input: u64,
    pub output: u64,
    pub cached: u64,
    /// Millionths of a US dollar.
    pub cost_micros: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    Setup,
    Implement,
    Check,
    Review,
    Fix,
    Judge,
    Plan,
    Resolve,
    Shell,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum RunState {
    /// Intended; its shim may or may not have begun.
    Planned,
    Live {
        pid: u32,
        shim_pid: u32,
    },
    Ended {
        outcome: Outcome,
        code: Option<i32>,
        detail: Option<String>,
        pid: Option<u32>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Exited,
    Signalled,
    TimedOut,
    /// A person or the plan's stop ended it.
    Ended,
    Lost,
    StartFailed,
    /// It never began: its engine died first, and a later one voided it.
    Voided,
}

impl Run {
    pub fn is_over(&self) -> bool {
        matches!(self.state, RunState::Ended { .. })
    }
}

impl Attempt {
    pub fn key(&self) -> (TaskId, u32) {
        (self.task.clone(), self.number)
    }

    /// What the review before the head's own read.
    pub fn reviewed_before(&self) -> Option<&CommitId> {
        let last = self.review.last.as_ref()?;
        if Some(&last.head) == self.head.as_ref() { self.review.before.as_ref() } else { Some(&last.head) }
    }

    /// Where its reviewers read: a checkout of its own, so that nothing they do touches the attempt.
    pub fn view(&self) -> PathBuf {
        self.beside("-review")
    }

    /// Where a judge reads it against another: a checkout of the base.
    pub fn judges_view(&self) -> PathBuf {
        self.beside("-judge")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.worktree.file_name().unwrap_or_default().to_owned();
        name.push(suffix);
        self.worktree.with_file_name(name)
    }

    /// It is open and at rest, with its worktree in place: it can go on from what is there.
    pub fn is_resumable(&self) -> bool {
        self.ended_ms.is_none() && self.step == Step::Rest && self.place == AttemptPlace::Worktree
    }

    /// Something outside is at work for it.
    pub fn is_busy(&self) -> bool {
        self.ended_ms.is_none() && self.step != Step::Rest
    }

    /// The newest valid results of checks at its head, by the check's name.
    pub fn evidence_at<'a>(&'a self, head: &CommitId, merged: bool) -> BTreeMap<&'a str, &'a Evidence> {
        self.evidence
            .iter()
            .filter(|e| e.merged == merged && e.head == *head)
            .map(|e| (e.check.as_str(), e))
            .collect()
    }
}

impl Plan {
    /// Where one attempt of a task stands, whatever the others do.
    pub fn stage_of(&self, task: &TaskId, attempt: u32) -> Option<&Stage> {
        let task = self.tasks.get(task)?;
        Some(&task.contenders.get(task.contender_of(Some(attempt))?)?.stage)
    }

    /// The attempts that the contenders of a task count on, open or not.
    pub fn contending<'a>(&'a self, task: &'a Task) -> impl Iterator<Item = &'a Attempt> {
        let numbers = task.contenders.iter().filter_map(|contender| contender.attempt);
        numbers.filter_map(|number| self.attempts.get(&(task.id.clone(), number)))
    }

    /// An agent by its name: one that the plan describes, or a program that is here, as it is by itself.
    pub fn agent(&self, name: &str) -> Option<plan::Agent> {
        self.doc.settings.agents.get(name).cloned().or_else(|| {
            let here = |adapter: &&plan::Adapter| crate::wire::adapter(**adapter) == name;
            let adapter = *self.head.programs.iter().find(here)?;
            Some(plan::Agent { adapter, ..plan::Agent::default() })
        })
    }

    /// The document's words about a task, without a look at all of them.
    pub fn doc_task(&self, task: &TaskId) -> Option<&plan::Task> {
        self.doc.tasks.get(self.order.graph.find(task)?.at())
    }

    /// The task whose merged result is being built, or being made the target: moments from landing.
    pub fn lands_now(&self) -> Option<&TaskId> {
        let key = self.head.landing.as_ref()?;
        let at = self.attempts.get(key)?;
        matches!(at.step, Step::Candidate | Step::Advance).then_some(&key.0)
    }

    pub fn current(&self, task: &TaskId) -> Option<&Attempt> {
        let number = self.tasks.get(task)?.attempt?;
        self.attempts.get(&(task.clone(), number))
    }

    pub fn attempts_of<'a>(&'a self, task: &TaskId) -> impl Iterator<Item = &'a Attempt> + use<'a> {
        self.attempts.range((task.clone(), 0)..=(task.clone(), u32::MAX)).map(|(_, attempt)| attempt)
    }
}
