//! Snapshots of the world for clients. Pure: the same world gives the same view.

use std::path::Path;

use plan::{Stage, TaskId};
use protocol::{
    ActionView, ApprovalView, AttemptView, EvidenceView, InboxItem, InboxKind, LandedEntry, LandingEntry,
    LandingView, PlanSummary, PlanView, Progress, ProjectView, Requirement, RunView, TaskAction, TaskDetail,
    TaskView,
};

use crate::ids::{PlanId, RunId};
use crate::wire;
use crate::world::{
    Attempt, AttemptPlace, Evidence, Millis, Mode, Plan, Project, Run, RunKind, RunState, Step, Task, World,
};

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
        estimate_ms: task.estimate.map(wire::millis),
        position: plan.doc.layout.get(&task.id).map(|(x, y)| protocol::Point { x: *x, y: *y }),
        stage: wire::stage(&stage, attempt.and_then(|attempt| stage_words(world, plan, attempt, &stage))),
        attempt: state.and_then(|state| state.attempt),
        since_ms: state.map(|state| state.since_ms),
        started_ms: attempt.map(|attempt| attempt.started_ms),
        ended_ms: attempt.and_then(|attempt| attempt.ended_ms),
        action,
        added: attempt.filter(|_| has_size).map(|attempt| attempt.size.added),
        deleted: attempt.filter(|_| has_size).map(|attempt| attempt.size.deleted),
        why_waiting: why,
        unblocks,
        critical: critical.contains(&task.id),
    }
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
        (Stage::Preparing, Step::Setup { .. }) => Some("Preparing: setup".to_owned()),
        (Stage::Landing, Step::LaneSetup { .. }) => Some("Landing: setup".to_owned()),
        (Stage::Landing, Step::LaneCheck { run, .. }) => {
            world.runs.get(run).map(|run| format!("Landing: {}", run.name))
        }
        _ => None,
    }
}

pub fn task(world: &World, plan: &Plan, id: &TaskId, eye: &Eye<'_>) -> Option<TaskDetail> {
    let document = plan.doc_task(id)?;
    let state = plan.tasks.get(id)?;
    let index = plan.order.graph.find(id)?;
    let (_, critical) = progress(plan, Some(eye.now));
    let view = task_view(world, plan, document, &stages(plan), &critical, eye);
    let unblocks = plan::unblocks(&plan.doc, &plan.order.graph, plan.order.schedule(), index);
    let mut attempts: Vec<AttemptView> =
        plan.attempts_of(id).map(|attempt| attempt_view(world, plan, attempt, eye)).collect();
    attempts.reverse();
    Some(TaskDetail {
        plan: plan.head.id.to_string(),
        task: view,
        requirements: plan::requirements(&document.spec)
            .into_iter()
            .map(|requirement| Requirement { id: requirement.id, text: requirement.text })
            .collect(),
        attempts,
        actions: actions(world, plan, state),
        landing_effect: landing_effect(plan, state, unblocks.starts.len()),
        starts: unblocks.starts.iter().map(ToString::to_string).collect(),
        downstream: unblocks.downstream.iter().map(ToString::to_string).collect(),
    })
}

fn attempt_view(world: &World, plan: &Plan, attempt: &Attempt, eye: &Eye<'_>) -> AttemptView {
    let runs = attempt
        .runs
        .iter()
        .filter_map(|run| world.runs.get(run))
        .map(|run| self::run(run, eye.runs))
        .collect();
    let evidence = attempt.evidence.iter().map(|found| evidence_view(plan, attempt, found)).collect();
    let here = matches!(attempt.place, AttemptPlace::Worktree | AttemptPlace::Stuck);
    AttemptView {
        number: attempt.number,
        agent: attempt.agent.clone(),
        branch: attempt.branch.clone(),
        worktree: here.then(|| attempt.worktree.to_string_lossy().into_owned()),
        base: attempt.base.to_string(),
        head: attempt.head.as_ref().map(ToString::to_string),
        commits: Vec::new(),
        stage: wire::stage(&attempt.stage, None),
        started_ms: attempt.started_ms,
        ended_ms: attempt.ended_ms,
        runs,
        evidence,
        approval: attempt.approval.as_ref().map(|approval| ApprovalView {
            head: approval.head.to_string(),
            by: approval.by.clone(),
            at_ms: approval.at_ms,
            void: approval.void.clone(),
        }),
        keep_refs: attempt.keep_refs.clone(),
        files: attempt.size.files,
        added: attempt.size.added,
        deleted: attempt.size.deleted,
        out_of_scope: attempt.out_of_scope.clone(),
    }
}

fn evidence_view(plan: &Plan, attempt: &Attempt, evidence: &Evidence) -> EvidenceView {
    let command = plan.doc.settings.checks.iter().find(|check| check.name == evidence.check);
    let void = if evidence.merged {
        let candidate = attempt.candidate.as_ref().map(|candidate| &candidate.commit);
        (candidate != Some(&evidence.head)).then(|| "The target or the head moved since.".to_owned())
    } else {
        (attempt.head.as_ref() != Some(&evidence.head)).then(|| "The head moved since.".to_owned())
    };
    let void = void.or_else(|| match command {
        None => Some("The plan no longer has this check.".to_owned()),
        Some(check) if check.command != evidence.command => {
            Some("The check's command changed since.".to_owned())
        }
        Some(_) => None,
    });
    EvidenceView {
        check: evidence.check.clone(),
        merged: evidence.merged,
        head: evidence.head.to_string(),
        base: evidence.base.to_string(),
        code: evidence.code,
        passed: evidence.passed(),
        void,
        run: evidence.run.as_ref().map(ToString::to_string),
        reused: evidence.reused,
        duration_ms: evidence.duration_ms,
        at_ms: evidence.at_ms,
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
        dir: runs.join(run.id.as_str()).to_string_lossy().into_owned(),
        worktree: run.worktree.to_string_lossy().into_owned(),
    }
}

/// A plan's runs, the living first, then the newest first.
pub fn runs(world: &World, plan: &PlanId, dir: &Path) -> Vec<RunView> {
    let known = |run: &&Run| run.plan == *plan;
    let voided =
        |run: &Run| matches!(run.state, RunState::Ended { outcome: crate::world::Outcome::Voided, .. });
    let mut runs: Vec<&Run> = world.runs.values().filter(known).filter(|run| !voided(run)).collect();
    runs.sort_by_key(|run| (run.is_over(), std::cmp::Reverse(run.planned_ms)));
    runs.into_iter().map(|run| self::run(run, dir)).collect()
}

/// What can be done with a task now, in the order of the buttons.
pub fn actions(world: &World, plan: &Plan, task: &Task) -> Vec<ActionView> {
    let attempt = plan.current(&task.id);
    let rests = attempt
        .is_some_and(|a| a.ended_ms.is_none() && a.step == Step::Rest && a.place == AttemptPlace::Worktree);
    let approved =
        attempt.and_then(|attempt| attempt.approval.as_ref()).is_some_and(|approval| approval.void.is_none());
    let here = attempt.is_some_and(|attempt| attempt.place == AttemptPlace::Worktree);
    let live = attempt.is_some_and(|attempt| live_run(world, attempt).is_some());
    let mut found = Vec::new();
    let mut add = |action, effect: &str| found.push(ActionView { action, effect: effect.to_owned() });
    match &task.stage {
        Stage::Draft => {
            add(TaskAction::Retry, "Release this draft: it starts when its dependencies have landed.")
        }
        Stage::AwaitingApproval => add(TaskAction::Approve, "Queue exactly this head to land."),
        Stage::Queued => add(TaskAction::Unapprove, "Take the approval back; nothing lands."),
        Stage::NeedsYou { reason: plan::NeedsYou::Uncommitted { .. } } => {
            add(
                TaskAction::CommitLeftovers,
                "Commit, by name, the files inside the scope; others are put away under a keep ref.",
            );
            add(
                TaskAction::PutAwayLeftovers,
                "Put the uncommitted files away under a keep ref and go on with what is committed.",
            );
        }
        Stage::NeedsYou { .. } if rests && approved => {
            add(
                TaskAction::RetryLanding,
                "Build the merged tree again on the target's newest commit and check it.",
            );
        }
        _ => {}
    }
    if rests && !matches!(task.stage, Stage::Queued | Stage::Landing | Stage::Landed { .. }) {
        add(TaskAction::Recheck, "Look at the worktree again and run the checks at its head.");
    }
    if matches!(
        task.stage,
        Stage::NeedsYou { .. }
            | Stage::Failed { .. }
            | Stage::AwaitingApproval
            | Stage::Cancelled
            | Stage::Discarded
    ) {
        add(
            TaskAction::Retry,
            "Cut a fresh attempt from the target's tip; this one is kept until the task is settled.",
        );
    }
    if live {
        add(TaskAction::EndRun, "End the running process, politely first; its work stays in the worktree.");
    }
    if here {
        add(TaskAction::OpenShell, "Open a shell in the attempt's worktree.");
    }
    if !matches!(task.stage, Stage::Landed { .. } | Stage::Landing | Stage::Cancelled | Stage::Discarded) {
        if attempt.is_some() {
            add(
                TaskAction::Discard,
                "End it; commits and uncommitted files are kept in the trash and under keep refs.",
            );
        } else {
            add(TaskAction::Cancel, "It will not be started; what depends on it stays blocked.");
        }
    }
    found
}

fn landing_effect(plan: &Plan, task: &Task, starts: usize) -> Option<String> {
    let attempt = plan.current(&task.id)?;
    if !matches!(task.stage, Stage::AwaitingApproval | Stage::Queued) {
        return None;
    }
    let how = match plan.doc.settings.land {
        plan::Land::Merge => "Merges",
        plan::Land::Squash => "Squashes",
        plan::Land::Rebase => "Rebases",
    };
    let files = attempt.size.files;
    let then = match starts {
        0 => String::new(),
        1 => ", then 1 task starts".to_owned(),
        n => format!(", then {n} tasks start"),
    };
    let checked = if plan.doc.settings.checks.is_empty() { "" } else { " once the merged tree is green" };
    Some(format!(
        "{how} {files} changed {} onto {}{checked}{then}.",
        if files == 1 { "file" } else { "files" },
        plan.head.target
    ))
}

/// The target as git has it now.
#[derive(Debug, Clone, Default)]
pub struct Target {
    pub tip: Option<String>,
    pub upstream: Option<protocol::Upstream>,
}

pub fn landing(world: &World, plan: &Plan, target: Target, entries: &[LandedEntry]) -> LandingView {
    let entry = |task: &TaskId, number: u32| -> Option<LandingEntry> {
        let attempt = plan.attempts.get(&(task.clone(), number))?;
        let state = plan.tasks.get(task)?;
        let merged = attempt.evidence.iter().filter(|found| found.merged);
        Some(LandingEntry {
            task: task.to_string(),
            title: plan.doc_task(task).map_or_else(|| task.to_string(), |t| t.name().to_owned()),
            attempt: number,
            head: attempt.head.as_ref().map(ToString::to_string).unwrap_or_default(),
            stage: wire::stage(&state.stage, stage_words(world, plan, attempt, &state.stage)),
            candidate: attempt.candidate.as_ref().map(|candidate| candidate.commit.to_string()),
            onto: attempt.candidate.as_ref().map(|candidate| candidate.onto.to_string()),
            evidence: merged.map(|found| evidence_view(plan, attempt, found)).collect(),
            since_ms: state.since_ms,
        })
    };
    let queue =
        plan.head.landing.iter().chain(&plan.head.queue).filter_map(|(task, n)| entry(task, *n)).collect();
    let held = plan
        .tasks
        .values()
        .filter(|task| matches!(task.stage, Stage::NeedsYou { .. }))
        .filter(|task| {
            plan.current(&task.id)
                .and_then(|a| a.approval.as_ref())
                .is_some_and(|approval| approval.void.is_none())
        })
        .filter_map(|task| entry(&task.id, task.attempt?))
        .collect();
    let Target { tip, upstream } = target;
    LandingView { target: plan.head.target.clone(), tip, upstream, queue, held, landed: entries.to_vec() }
}

/// Everything that waits for a person, what blocks most first.
pub fn inbox(world: &World) -> Vec<InboxItem> {
    let mut items = Vec::new();
    for plan in world.plans.values().filter(|plan| plan.head.mode != Mode::Draft) {
        let Some(project) = world.projects.get(&plan.head.project) else { continue };
        for task in plan.tasks.values() {
            let (kind, what) = match &task.stage {
                Stage::NeedsYou { reason } => (InboxKind::NeedsYou, reason.describe()),
                Stage::Failed { reason } => (InboxKind::Failed, reason.describe()),
                Stage::AwaitingApproval => {
                    (InboxKind::ReadyToReview, "Its checks are green: read the diff and approve.".to_owned())
                }
                _ => continue,
            };
            let Some(index) = plan.order.graph.find(&task.id) else { continue };
            let blocks = plan.order.graph.downstream(index).len() as u32;
            items.push(InboxItem {
                id: format!("{}/{}/{}/{}", plan.head.id, task.id, task.attempt.unwrap_or(0), task.since_ms),
                project: project.id.to_string(),
                project_name: project_name(project),
                plan: plan.head.id.to_string(),
                plan_title: plan.head.title.clone(),
                task: task.id.to_string(),
                task_title: plan
                    .doc_task(&task.id)
                    .map_or_else(|| task.id.to_string(), |t| t.name().to_owned()),
                attempt: task.attempt,
                kind,
                what,
                since_ms: task.since_ms,
                actions: actions(world, plan, task),
                blocks,
            });
        }
    }
    let order = |kind: InboxKind| match kind {
        InboxKind::NeedsYou => 0,
        InboxKind::Failed => 1,
        InboxKind::ReadyToReview => 2,
    };
    items.sort_by_key(|item| (order(item.kind), std::cmp::Reverse(item.blocks), item.since_ms));
    items
}
