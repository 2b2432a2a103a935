//! Lists: a plan's runs, its landings, and everything that waits for a person.

use std::path::Path;

use plan::{Stage, TaskId};
use protocol::{InboxItem, InboxKind, LandedEntry, LandingEntry, LandingView, RunView};

use super::task::{actions, contender_actions, evidence_view};
use super::{project_name, stage_words};
use crate::ids::PlanId;
use crate::wire;
use crate::world::{Mode, Plan, Run, RunState, Task, World};

/// A plan's runs, the living first, then the newest first.
pub fn runs(world: &World, plan: &PlanId, dir: &Path) -> Vec<RunView> {
    let known = |run: &&Run| run.plan == *plan;
    let voided =
        |run: &Run| matches!(run.state, RunState::Ended { outcome: crate::world::Outcome::Voided, .. });
    let mut runs: Vec<&Run> = world.runs.values().filter(known).filter(|run| !voided(run)).collect();
    runs.sort_by_key(|run| (run.is_over(), std::cmp::Reverse(run.planned_ms)));
    runs.into_iter().map(|run| super::run(run, dir)).collect()
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
            let Some(index) = plan.order.graph.find(&task.id) else { continue };
            let waits = waits(task);
            if waits.is_empty() {
                continue;
            }
            let blocks = plan.order.graph.downstream(index).len() as u32;
            for (attempt, kind, what) in waits {
                let one = attempt.and_then(|number| plan.attempts.get(&(task.id.clone(), number)));
                let actions = match one.filter(|_| task.is_contest()) {
                    Some(one) => contender_actions(world, plan, one),
                    None => actions(world, plan, task),
                };
                items.push(InboxItem {
                    id: format!("{}/{}/{}/{}", plan.head.id, task.id, attempt.unwrap_or(0), task.since_ms),
                    project: project.id.to_string(),
                    project_name: project_name(project),
                    plan: plan.head.id.to_string(),
                    plan_title: plan.head.title.clone(),
                    task: task.id.to_string(),
                    task_title: plan
                        .doc_task(&task.id)
                        .map_or_else(|| task.id.to_string(), |t| t.name().to_owned()),
                    attempt,
                    kind,
                    what,
                    since_ms: task.since_ms,
                    actions,
                    blocks,
                });
            }
        }
    }
    let order = |kind: InboxKind| match kind {
        InboxKind::NeedsYou => 0,
        InboxKind::Failed => 1,
        InboxKind::ReadyToCompare => 2,
        InboxKind::ReadyToReview => 3,
    };
    items.sort_by_key(|item| (order(item.kind), std::cmp::Reverse(item.blocks), item.since_ms));
    items
}

/// What of a task waits for a person: of several attempts each that asks or went wrong, and the choice among them.
fn waits(task: &Task) -> Vec<(Option<u32>, InboxKind, String)> {
    let of = |stage: &Stage| match stage {
        Stage::NeedsYou { reason } => Some((InboxKind::NeedsYou, reason.describe())),
        Stage::Failed { reason } => Some((InboxKind::Failed, reason.describe())),
        Stage::AwaitingApproval if !task.is_contest() => {
            Some((InboxKind::ReadyToReview, "Its checks are green: read the diff and approve.".to_owned()))
        }
        _ => None,
    };
    let mut found: Vec<_> = task
        .contenders
        .iter()
        .filter_map(|one| of(&one.stage).map(|(kind, what)| (one.attempt, kind, what)))
        .collect();
    if task.is_contest() && task.stage == Stage::AwaitingApproval {
        let ready = task.contenders.iter().filter(|one| one.stage == Stage::AwaitingApproval).count();
        let what = match ready {
            1 => "One attempt is ready: compare it with the others and adopt one.".to_owned(),
            n => format!("{n} attempts are ready: compare them and adopt one."),
        };
        found.push((None, InboxKind::ReadyToCompare, what));
    }
    found
}
