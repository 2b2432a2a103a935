//! One turn of the loop: an input comes in, facts and effects come out. Nothing here waits,
//! sleeps or touches the world outside; what must be known of it is asked of [`Outside`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plan::{CommitId, Report, Stage, TaskId};

use crate::apply::{Touched, apply};
use crate::fact::{Entry, Fact};
use crate::ids::{PlanId, ProjectId, RunId};
use crate::world::{
    Attempt, Candidate, Lane, Millis, Outcome, Plan, Project, Run, RunKind, Size, Usage, World,
};

/// The little that a decision needs from outside at once.
pub trait Outside {
    fn now(&self) -> Millis;
    fn engine_pid(&self) -> u32;
    /// The commit that a branch points to.
    fn tip(&self, project: &Project, branch: &str) -> Result<CommitId, String>;
    /// The first of `stride` free ports that no lease in `taken` covers.
    fn free_ports(&self, stride: u16, taken: &[u16]) -> Option<u16>;
}

/// Which attempt is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    pub plan: PlanId,
    pub task: TaskId,
    pub attempt: u32,
}

/// What came back from outside. A result of a superseded step is recognised and dropped.
#[derive(Debug, Clone)]
pub enum Input {
    WorktreeCut {
        at: At,
        result: Result<(), String>,
    },
    RunStarted {
        run: RunId,
        pid: u32,
        shim_pid: u32,
    },
    RunEnded {
        run: RunId,
        outcome: Outcome,
        code: Option<i32>,
        signal: Option<i32>,
        detail: Option<String>,
    },
    /// What an agent program told about itself.
    Heard {
        run: RunId,
        signal: agents::Signal,
    },
    /// A living program whose hooks are silent; `look_at` says where that can come from.
    Unproven {
        run: RunId,
        look_at: String,
    },
    /// A run has used this much in all.
    Used {
        run: RunId,
        usage: Usage,
    },
    /// Intended by an engine that died before it began; it can't begin any more.
    RunVoided {
        run: RunId,
    },
    Inspected {
        at: At,
        result: Result<Inspected, String>,
    },
    LeftoversCommitted {
        at: At,
        result: Result<(Vec<String>, CommitId), String>,
    },
    Tidied {
        at: At,
        result: Result<Tidied, String>,
    },
    ViewSet {
        at: At,
        result: Result<(), String>,
    },
    ReportRead {
        at: At,
        run: RunId,
        result: Result<ReportRead, String>,
    },
    /// The attempt's branch was to move to what was taken.
    Taken {
        at: At,
        result: Advanced,
    },
    /// `at` is the attempt that a judge's run is booked on.
    JudgesViewSet {
        at: At,
        result: Result<(), String>,
    },
    OpinionRead {
        at: At,
        run: RunId,
        result: Result<plan::Opinion, String>,
    },
    CandidateBuilt {
        at: At,
        result: Built,
    },
    LanePrepared {
        at: At,
        result: Result<String, String>,
    },
    Advanced {
        at: At,
        result: Advanced,
    },
    Removed {
        at: At,
        result: Result<Vec<String>, String>,
    },
    LaneRemoved {
        plan: PlanId,
        result: Result<(), String>,
    },
    /// The plan's file was not written; the message says why.
    PlanFileLeft {
        plan: PlanId,
        message: String,
    },
    /// The branch of an attempt, or the target, was moved by somebody.
    RefsMoved {
        project: ProjectId,
    },
}

/// A worktree, looked at after its agent ended.
#[derive(Debug, Clone)]
pub struct Inspected {
    pub head: CommitId,
    /// The head descends from where the attempt was cut.
    pub descends: bool,
    pub size: Size,
    /// Committed paths outside the scope.
    pub out_of_scope: Vec<String>,
    pub dirty_inside: Vec<String>,
    pub dirty_outside: Vec<String>,
    /// "a rebase", "a merge", …
    pub in_progress: Option<String>,
    /// It is not on its branch, and can't be brought back: what is checked out instead.
    pub apart: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Tidied {
    pub head: CommitId,
    /// Paths that were put away, and the keep ref that holds them.
    pub kept: Option<(Vec<String>, String)>,
}

/// A reviewer's report, with how many lines each file has that it cites: `None` where it is not there.
#[derive(Debug, Clone)]
pub struct ReportRead {
    pub report: Report,
    pub lines: BTreeMap<String, Option<u32>>,
}

#[derive(Debug, Clone)]
pub enum Built {
    Clean(Candidate),
    Conflict {
        paths: Vec<String>,
    },
    /// The attempt's head is no longer what was approved.
    HeadMoved {
        head: CommitId,
    },
    Failed {
        why: String,
    },
}

#[derive(Debug, Clone)]
pub enum Advanced {
    Moved,
    Stale,
    Blocked { paths: Vec<String> },
    Failed { why: String },
}

/// What is to be done outside, after the facts that intend it are on disk. Each can be done twice
/// without harm, because a restarted engine asks again.
#[derive(Debug, Clone)]
pub enum Effect {
    Cut {
        at: At,
        project: Project,
        worktree: PathBuf,
        branch: String,
        base: CommitId,
        copy: Vec<String>,
    },
    StartRun {
        launch: Box<Launch>,
    },
    /// Find out what became of a run of an earlier engine, and follow it.
    Adopt {
        run: RunId,
    },
    EndRun {
        run: RunId,
    },
    Inspect {
        at: At,
        project: Project,
        worktree: PathBuf,
        /// The attempt's own branch, to which the worktree is brought back; `None` while somebody works there.
        branch: Option<String>,
        base: CommitId,
        scope: ScopeGlobs,
    },
    CommitLeftovers {
        at: At,
        project: Project,
        worktree: PathBuf,
        scope: ScopeGlobs,
        message: String,
    },
    Tidy {
        at: At,
        project: Project,
        worktree: PathBuf,
        keep: String,
    },
    /// A checkout for the reviewers, at exactly this commit.
    SetView {
        at: At,
        project: Project,
        view: PathBuf,
        commit: CommitId,
    },
    ReadReport {
        at: At,
        project: Project,
        run: RunId,
        /// Who reviewed: some programs leave their report as their last message.
        agent: Option<(String, Box<plan::Agent>)>,
        head: CommitId,
    },
    /// Moves the attempt's branch, and its worktree with it, forward to a commit that is there.
    Take {
        at: At,
        project: Project,
        branch: String,
        old: CommitId,
        new: CommitId,
    },
    /// A checkout of the base for a judge.
    SetJudgesView {
        at: At,
        project: Project,
        view: PathBuf,
        commit: CommitId,
    },
    ReadOpinion {
        at: At,
        run: RunId,
        agent: Option<(String, Box<plan::Agent>)>,
    },
    BuildCandidate {
        at: At,
        build: Box<Build>,
    },
    PrepareLane {
        at: At,
        project: Project,
        lane: Lane,
        commit: CommitId,
        copy: Vec<String>,
    },
    Advance {
        at: At,
        project: Project,
        target: String,
        old: CommitId,
        new: CommitId,
    },
    Remove {
        at: At,
        project: Project,
        worktree: PathBuf,
        /// What reviewers and judges read in.
        views: [PathBuf; 2],
        branch: String,
        keep: String,
    },
    RemoveLane {
        plan: PlanId,
        project: Project,
        lane: Lane,
    },
    /// The canvas and the file show the same plan; a file that somebody else changed is left alone.
    WritePlanFile {
        plan: PlanId,
        path: PathBuf,
        old: String,
        new: String,
    },
}

#[derive(Debug, Clone, Default)]
pub struct ScopeGlobs {
    pub allow: Option<Vec<String>>,
    pub exclude: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct Build {
    pub project: Project,
    pub target: String,
    pub worktree: PathBuf,
    pub base: CommitId,
    pub head: CommitId,
    pub how: plan::Land,
    pub message: String,
    /// The approval's time: the candidate's id must not depend on when it is built.
    pub at_ms: Millis,
}

/// All that starting a run needs.
#[derive(Debug, Clone)]
pub struct Launch {
    pub run: Run,
    pub what: What,
    pub base: CommitId,
    pub time_limit_ms: Option<Millis>,
    pub ports: Vec<(String, u16)>,
    /// Folder that relative script paths start from.
    pub plan_dir: PathBuf,
}

#[derive(Debug, Clone)]
pub enum What {
    /// A line for the shell.
    Shell { command: String },
    /// The user's own shell, interactive.
    Interactive,
    Agent {
        name: String,
        agent: Box<plan::Agent>,
        brief: Box<BriefParts>,
        work: Work,
        /// The session to go on with.
        resume: Option<String>,
    },
}

/// What an agent is started for.
#[derive(Debug, Clone)]
pub enum Work {
    Implement,
    Review(Box<ReviewParts>),
    Fix(Box<FixParts>),
    Judge(Box<JudgeParts>),
}

/// What a reviewer is given besides the brief.
#[derive(Debug, Clone)]
pub struct ReviewParts {
    pub project: Project,
    pub base: CommitId,
    pub head: CommitId,
    /// The head that the review before read.
    pub since: Option<CommitId>,
    pub requirements: Vec<plan::Requirement>,
    /// Findings that are open: each needs an answer.
    pub open: Vec<plan::Finding>,
    /// The checks at the head: name, exit code, and the run whose log shows it.
    pub checks: Vec<(String, Option<i32>, Option<RunId>)>,
    /// What was wrong with the report before.
    pub refused: Vec<String>,
}

/// What a judge is given besides the brief: two attempts without their names.
#[derive(Debug, Clone)]
pub struct JudgeParts {
    pub project: Project,
    pub base: CommitId,
    pub requirements: Vec<plan::Requirement>,
    /// In the order in which it reads them.
    pub sides: [JudgedSide; 2],
}

#[derive(Debug, Clone)]
pub struct JudgedSide {
    pub head: CommitId,
    pub checks: Vec<(String, Option<i32>, Option<RunId>)>,
}

/// What a fixer is given besides the brief.
#[derive(Debug, Clone)]
pub struct FixParts {
    pub project: Project,
    pub round: u32,
    pub findings: Vec<plan::Finding>,
    /// Unmet requirements, with what the reviewer pointed at.
    pub unmet: Vec<(plan::Requirement, Vec<plan::report::Place>)>,
    /// Checks that are red: name, exit code, and the run whose log shows it.
    pub red: Vec<(String, Option<i32>, Option<RunId>)>,
    /// The rounds before this one, and what each committed.
    pub tried: Vec<(u32, CommitId, CommitId)>,
}

/// What an agent is told.
#[derive(Debug, Clone)]
pub struct BriefParts {
    pub plan_title: String,
    pub task: plan::Task,
    pub branch: String,
    /// Id, title and contract of each dependency.
    pub contracts: Vec<(String, String, String)>,
    pub checks: Vec<(String, String)>,
    /// How earlier attempts ended, and the run whose log shows it.
    pub tried: Vec<(u32, String, Option<RunId>)>,
}

/// Facts and effects in the making.
pub struct Turn<'a> {
    pub world: &'a mut World,
    pub outside: &'a dyn Outside,
    pub now: Millis,
    pub entries: Vec<Entry>,
    pub effects: Vec<Effect>,
    pub touched: Touched,
}

impl std::fmt::Debug for Turn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Turn").field("entries", &self.entries).field("effects", &self.effects).finish()
    }
}

impl<'a> Turn<'a> {
    pub fn new(world: &'a mut World, outside: &'a dyn Outside) -> Turn<'a> {
        let now = outside.now();
        Turn { world, outside, now, entries: Vec::new(), effects: Vec::new(), touched: Touched::new() }
    }

    /// Records a fact of a plan; the world follows at once, so that the rest of the turn sees it.
    pub fn record(&mut self, plan: &PlanId, fact: Fact) {
        let project = self.world.plans.get(plan).map(|plan| plan.head.project.clone());
        self.record_as(project, Some(plan.clone()), fact);
    }

    pub fn record_as(&mut self, project: Option<ProjectId>, plan: Option<PlanId>, fact: Fact) {
        let entry = Entry { seq: self.world.seq + 1, at_ms: self.now, project, plan, fact };
        apply(self.world, &entry, &mut self.touched);
        self.entries.push(entry);
    }

    pub fn effect(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub fn plan(&self, id: &PlanId) -> Option<&Plan> {
        self.world.plans.get(id)
    }

    pub fn attempt(&self, at: &At) -> Option<&Attempt> {
        self.world.plans.get(&at.plan)?.attempts.get(&(at.task.clone(), at.attempt))
    }

    pub fn project_of(&self, plan: &PlanId) -> Option<Project> {
        let plan = self.world.plans.get(plan)?;
        self.world.projects.get(&plan.head.project).cloned()
    }

    /// Where an attempt stands now, whatever others of its task do.
    pub fn stage_of(&self, at: &At) -> Option<&Stage> {
        self.plan(&at.plan)?.stage_of(&at.task, at.attempt)
    }

    pub fn stage(&mut self, at: &At, stage: Stage) {
        let Some(plan) = self.world.plans.get(&at.plan) else { return };
        let Some(task) = plan.tasks.get(&at.task) else { return };
        let known = plan.attempts.contains_key(&(at.task.clone(), at.attempt));
        let counts = task.contenders.iter().any(|contender| contender.attempt == Some(at.attempt));
        // What comes late of an attempt that is out of the contest moves nobody else.
        let out = task.is_contest() && known && !counts;
        if out || plan.stage_of(&at.task, at.attempt) == Some(&stage) {
            return;
        }
        let attempt = task.is_contest().then_some(at.attempt);
        let waits = |stage: &Stage| matches!(stage, Stage::NeedsYou { .. } | Stage::AwaitingApproval);
        let waited = waits(&task.stage);
        self.record(&at.plan, Fact::TaskStage { task: at.task.clone(), attempt, stage });
        let task = self.world.plans.get(&at.plan).and_then(|plan| plan.tasks.get(&at.task));
        if waited && task.is_some_and(|task| !waits(&task.stage)) {
            self.record(&at.plan, Fact::NeedsYouSettled { task: at.task.clone() });
        }
    }

    pub fn step(&mut self, at: &At, step: crate::world::Step) {
        self.record(&at.plan, Fact::AttemptStep { task: at.task.clone(), attempt: at.attempt, step });
    }

    /// Runs that are planned or alive in a folder.
    pub fn lives_in(&self, plan: &PlanId, worktree: &Path) -> Vec<RunId> {
        let Some(plan) = self.world.plans.get(plan) else { return Vec::new() };
        let inside = |run: &&RunId| self.world.runs.get(*run).is_some_and(|run| run.worktree == worktree);
        plan.activity.runs.iter().filter(inside).cloned().collect()
    }

    /// A name that no run had before.
    pub fn new_run_id(&self, at: &At, kind: RunKind) -> RunId {
        let kind = crate::wire::run_kind_name(kind);
        RunId::new(format!("{}-{}-{}-{kind}-{}", at.plan, at.task, at.attempt, self.world.seq + 1))
    }
}
