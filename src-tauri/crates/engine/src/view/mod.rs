//! Snapshots of the world for clients. Pure: the same world gives the same view.

use std::path::Path;

use plan::{Stage, TaskId};
use protocol::{Contender, PlanSummary, PlanView, Progress, ProjectView, RunView, TaskView};

use crate::ids::RunId;
use crate::wire;
use crate::world::{Attempt, Millis, Mode, Plan, Project, Run, RunKind, RunState, Step, Task, World};

mod compare;
mod lists;
mod review;
mod task;

pub use compare::compare;
pub use lists::{Target, inbox, landing, runs};
pub use task::{actions, task};

/// What a view needs besides the world.
#[derive(Debug, Clone, Copy)]
pub struct Eye<'a> {
    pub now: Millis,
    /// Folder that holds the runs' folders.
    pub runs: &'a Path,
    /// The latest line of each living run's screen.
    pub actions: &'a dyn Lines,
}

/// Latest lines of living runs.
pub trait Lines: std::fmt::Debug {
    fn line(&self, run: &RunId) -> Option<String>;
}

pub fn project(world: &World, project: &Project) -> ProjectView {
    let plans = world
        .plans
        .values()
        .filter(|plan| plan.head.project == project.id)
        .map(|p| summary(p, None))
        .collect();
    ProjectView {
        id: project.id.to_string(),
        name: project_name(project),
        root: project.root.to_string_lossy().into_owned(),
        default_target: None,
        trouble: (!project.root.exists()).then(|| {
            format!("{} is gone: if it was moved, open it at its new place.", project.root.display())
        }),
        plans,
        trash: 0,
        is_demo: project.demo,
    }
}

/// The two last parts of its path, such as `acme/api`.
pub fn project_name(project: &Project) -> String {
    let parts: Vec<_> = project.root.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    parts[parts.len().saturating_sub(2)..].join("/").trim_start_matches('/').to_owned()
}

pub fn summary(plan: &Plan, eye: Option<&Eye<'_>>) -> PlanSummary {
    PlanSummary {
        id: plan.head.id.to_string(),
        project: plan.head.project.to_string(),
        title: plan.head.title.clone(),
        target: plan.head.target.clone(),
        mode: wire::mode(plan.head.mode),
        progress: progress(plan, eye.map(|eye| eye.now)).0,
        file: plan.head.file.as_ref().map(|file| file.to_string_lossy().into_owned()),
    }
}

/// Counts and forecast, and the critical path of what is left.
fn progress(plan: &Plan, now: Option<Millis>) -> (Progress, Vec<TaskId>) {
    let mut counts = Progress {
        total: plan.tasks.len() as u32,
        slots: plan.doc.settings.slots as u32,
        slots_used: plan.order.schedule().working() as u32,
        ..Progress::default()
    };
    for task in plan.tasks.values() {
        match &task.stage {
            Stage::Landed { .. } => counts.landed += 1,
            Stage::AwaitingApproval => counts.ready_to_review += 1,
            Stage::NeedsYou { .. } => counts.needs_you += 1,
            Stage::Failed { .. } => counts.failed += 1,
            Stage::Preparing
            | Stage::Implementing
            | Stage::Checking
            | Stage::Reviewing
            | Stage::Fixing { .. }
            | Stage::Queued
            | Stage::Landing => counts.running += 1,
            Stage::Draft | Stage::Waiting | Stage::Cancelled | Stage::Discarded => {}
        }
    }
    let Some(now) = now else { return (counts, Vec::new()) };
    let work: Vec<plan::Work> = plan
        .doc
        .tasks
        .iter()
        .map(|task| {
            let length = task.estimate.unwrap_or(plan::ready::DEFAULT_ESTIMATE);
            let state = plan.tasks.get(&task.id);
            match state.map(|state| state.stage.status()) {
                Some(plan::Status::Landed | plan::Status::Released) => plan::Work::Done,
                Some(plan::Status::Closed) => plan::Work::Closed,
                Some(plan::Status::Started) => {
                    let begun = plan.current(&task.id).map_or(now, |attempt| attempt.started_ms);
                    let spent = wire::duration(now - begun).unwrap_or_default();
                    plan::Work::Running(length.saturating_sub(spent))
                }
                Some(plan::Status::Waiting | plan::Status::Held) | None => plan::Work::Todo(length),
            }
        })
        .collect();
    let left = plan::forecast(&plan.order.graph, &work, plan.doc.settings.slots, plan.doc.settings.waves);
    let estimated = plan.doc.tasks.iter().any(|task| task.estimate.is_some());
    let active = matches!(plan.head.mode, Mode::Running | Mode::Paused);
    counts.left_ms = (estimated && active).then(|| wire::millis(left.makespan));
    let whole: Vec<plan::Work> =
        plan::lengths(&plan.doc, plan::ready::DEFAULT_ESTIMATE).into_iter().map(plan::Work::Todo).collect();
    let bound = plan::forecast(&plan.order.graph, &whole, plan.doc.settings.slots, plan.doc.settings.waves);
    counts.lower_bound_ms = wire::millis(bound.lower_bound);
    let ended = plan.attempts.values().filter_map(|attempt| attempt.ended_ms).max();
    counts.elapsed_ms = match (plan.head.started_ms, plan.head.mode) {
        (Some(started), Mode::Finished) => ended.unwrap_or(started) - started,
        (Some(started), _) => now - started,
        (None, _) => 0,
    };
    (counts, bound.critical_path)
}

pub fn plan(world: &World, plan: &Plan, eye: &Eye<'_>) -> PlanView {
    let settings = &plan.doc.settings;
    let (progress, critical_path) = progress(plan, Some(eye.now));
    let stages = stages(plan);
    let tasks = plan
        .doc
        .tasks
        .iter()
        .map(|task| task_view(world, plan, task, &stages, &critical_path, eye))
        .collect();
    let problems = plan::warnings(&plan.doc)
        .into_iter()
        .map(|warning| protocol::Problem { line: 0, column: 0, message: warning.message, hint: None })
        .collect();
    PlanView {
        id: plan.head.id.to_string(),
        project: plan.head.project.to_string(),
        title: plan.head.title.clone(),
        goal: settings.goal.clone(),
        target: plan.head.target.clone(),
        file: plan.head.file.as_ref().map(|file| file.to_string_lossy().into_owned()),
        slots: settings.slots as u32,
        approve: wire::approve(settings.approve),
        commit: wire::commit(settings.commit),
        land: wire::land(settings.land),
        setup: wire::setup(&settings.setup),
        checks: settings.checks.iter().map(wire::check).collect(),
        agents: settings.agents.iter().map(|(name, agent)| wire::agent(name, agent)).collect(),
        default_agent: settings.agent.clone(),
        review: settings
            .review
            .as_ref()
            .map(|review| protocol::ReviewSpec { agents: review.agents.clone(), rounds: review.rounds }),
        fixer: settings.fix.as_ref().and_then(|fix| fix.agent.clone()),
        mode: wire::mode(plan.head.mode),
        revision: plan.head.revision,
        can_undo: !plan.text.undo.is_empty(),
        can_redo: !plan.text.redo.is_empty(),
        progress,
        critical_path: critical_path.iter().map(ToString::to_string).collect(),
        tasks,
        problems,
        seq: world.seq,
    }
}

fn stages(plan: &Plan) -> Vec<Stage> {
    let stage =
        |task: &plan::Task| plan.tasks.get(&task.id).map_or(Stage::Draft, |state| state.stage.clone());
    plan.doc.tasks.iter().map(stage).collect()
}

fn task_view(
    world: &World,
    plan: &Plan,
    task: &plan::Task,
    stages: &[Stage],
    critical: &[TaskId],
    eye: &Eye<'_>,
) -> TaskView {
    let state = plan.tasks.get(&task.id);
    let attempt = plan.current(&task.id);
    let index = plan.order.graph.find(&task.id);
    let stage = state.map_or(Stage::Draft, |state| state.stage.clone());
    let why = index
        .filter(|_| matches!(stage, Stage::Waiting))
        .map(|index| plan::why_waiting(&plan.doc, &plan.order.graph, stages, plan.order.schedule(), index));
    let why = why.or_else(|| match &stage {
        Stage::NeedsYou { .. } | Stage::Failed { .. } => Some(stage.describe()),
        _ => None,
    });
    let unblocks = index
        .filter(|_| !stage.is_over())
        .map(|index| plan::unblocks(&plan.doc, &plan.order.graph, plan.order.schedule(), index))
        .filter(|unblocks| !unblocks.downstream.is_empty())
        .map(|unblocks| unblocks.sentence);
    let live = attempt.and_then(|attempt| live_run(world, attempt));
    let action =
        live.and_then(|run| eye.actions.line(&run.id)).or_else(|| live.map(|run| run.command.clone()));
    let has_size = attempt.is_some_and(|attempt| attempt.head.is_some());
    let compared = state.is_some_and(Task::is_contest) && stage == Stage::AwaitingApproval;
    let words = match compared {
        true => Some("Ready to compare".to_owned()),
        false => attempt.and_then(|attempt| stage_words(world, plan, attempt, &stage)),
    };
    TaskView {
        id: task.id.to_string(),
        title: task.name().to_owned(),
        role: task.role.clone(),
        deliverable: task.deliverable.clone(),
        spec: task.spec.clone(),
        scope: task.scope.clone(),
        exclude: task.exclude.clone(),
        contract: task.contract.clone(),
        after: task.after.iter().map(ToString::to_string).collect(),
        agent: plan.doc.agents_of(task).first().map(|name| (*name).to_owned()),
        attempts: task.attempts.clone(),
        contenders: state.map(|state| contenders(world, plan, state)).unwrap_or_default(),
        estimate_ms: task.estimate.map(wire::millis),
        position: plan.doc.layout.get(&task.id).map(|(x, y)| protocol::Point { x: *x, y: *y }),
        stage: wire::stage(&stage, words),
        attempt: state.and_then(|state| state.attempt),
        since_ms: state.map(|state| state.since_ms),
        started_ms: attempt.map(|attempt| attempt.started_ms),
        ended_ms: attempt.and_then(|attempt| attempt.ended_ms),
        action,
        added: attempt.filter(|_| has_size).map(|attempt| attempt.size.added),
        deleted: attempt.filter(|_| has_size).map(|attempt| attempt.size.deleted),
        review: review::words(plan, attempt),
        why_waiting: why,
        unblocks,
        critical: critical.contains(&task.id),
    }
}

/// Who tries a task, where several do or are about to.
fn contenders(world: &World, plan: &Plan, task: &Task) -> Vec<Contender> {
    if !task.is_contest() {
        return Vec::new();
    }
    let view = |one: &crate::world::Contender| {
        let attempt = one.attempt.and_then(|number| plan.attempts.get(&(task.id.clone(), number)));
        let words = attempt.and_then(|attempt| stage_words(world, plan, attempt, &one.stage));
        let agent = attempt.map(|attempt| attempt.agent.clone()).or_else(|| one.agent.clone());
        Contender {
            attempt: one.attempt,
            agent: agent.unwrap_or_default(),
            stage: wire::stage(&one.stage, words),
        }
    };
    task.contenders.iter().map(view).collect()
}

fn live_run<'a>(world: &'a World, attempt: &Attempt) -> Option<&'a Run> {
    attempt
        .runs
        .iter()
        .rev()
        .filter_map(|run| world.runs.get(run))
        .find(|run| !run.is_over() && run.kind != RunKind::Shell)
}

/// "Checking 1 of 2", "Landing: check test".
fn stage_words(world: &World, plan: &Plan, attempt: &Attempt, stage: &Stage) -> Option<String> {
    let total = plan.doc.settings.checks.len();
    match (stage, &attempt.step) {
        (Stage::Checking, Step::Check { index, .. } | Step::Tidy { check: index }) if total > 0 => {
            Some(format!("Checking {} of {total}", (index + 1).min(total)))
        }
        (Stage::Reviewing, Step::Review { run, .. } | Step::Report { run, .. }) => {
            world.runs.get(run).map(|run| format!("Reviewing: {}", run.name))
        }
        (Stage::Preparing, Step::Setup { .. }) => Some("Preparing: setup".to_owned()),
        (Stage::Landing, Step::LaneSetup { .. }) => Some("Landing: setup".to_owned()),
        (Stage::Landing, Step::LaneCheck { run, .. }) => {
            world.runs.get(run).map(|run| format!("Landing: {}", run.name))
        }
        _ => None,
    }
}

pub fn run(run: &Run, runs: &Path) -> RunView {
    let (pid, code, outcome, detail) = match &run.state {
        RunState::Planned => (None, None, None, None),
        RunState::Live { pid, .. } => (Some(*pid), None, None, None),
        RunState::Ended { outcome, code, detail, pid } => {
            (*pid, *code, wire::outcome(*outcome), detail.clone())
        }
    };
    RunView {
        id: run.id.to_string(),
        plan: run.plan.to_string(),
        task: run.task.to_string(),
        attempt: run.attempt,
        kind: wire::run_kind(run.kind),
        name: run.name.clone(),
        command: run.command.clone(),
        live: !run.is_over(),
        pid,
        code,
        outcome,
        detail,
        started_ms: run.planned_ms,
        ended_ms: run.ended_ms,
        usage: run.usage.as_ref().map(|usage| protocol::UsageView {
            model: usage.model.clone(),
            input: usage.input,
            output: usage.output,
            cached: usage.cached,
            cost: wire::dollars(usage.cost_micros),
        }),
        dir: runs.join(run.id.as_str()).to_string_lossy().into_owned(),
        worktree: run.worktree.to_string_lossy().into_owned(),
    }
}
