//! Folds a fact into the world. The only place where entities change, used alike while the engine
//! runs and when its state is rebuilt from the log.

use std::collections::{BTreeMap, BTreeSet};

use plan::{Graph, PlanDoc, Stage, TaskId};

use crate::fact::{Entry, Fact, Way};
use crate::ids::{PlanId, ProjectId, RunId};
use crate::order::Order;
use crate::world::{
    Activity, Attempt, AttemptPlace, Mode, Plan, PlanHead, PlanText, Review, RunState, Size, Step, Task,
    Undo, World,
};

mod follow;

pub(crate) use follow::contender;

/// An entity's place in the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Project(ProjectId),
    Plan(PlanId),
    PlanText(PlanId),
    Task(PlanId, TaskId),
    Attempt(PlanId, TaskId, u32),
    Run(RunId),
}

/// What a fold changed: rows to write, or to delete where the entity is gone.
pub type Touched = BTreeSet<Key>;

/// Most steps that can be undone.
const UNDO_DEPTH: usize = 200;

pub fn apply(world: &mut World, entry: &Entry, touched: &mut Touched) {
    world.seq = entry.seq;
    match &entry.fact {
        Fact::ProjectOpened { project } => {
            touched.insert(Key::Project(project.id.clone()));
            world.projects.insert(project.id.clone(), project.clone());
        }
        Fact::ProjectClosed => {
            let Some(id) = &entry.project else { return };
            world.projects.remove(id);
            touched.insert(Key::Project(id.clone()));
            let plans: Vec<_> = world
                .plans
                .values()
                .filter(|plan| plan.head.project == *id)
                .map(|p| p.head.id.clone())
                .collect();
            for plan in plans {
                remove_plan(world, &plan, touched);
            }
        }
        Fact::PlanCreated { head, toml } => {
            let Some(mut plan) =
                open_plan(head.clone(), PlanText { toml: toml.clone(), undo: vec![], redo: vec![] })
            else {
                return;
            };
            plan.follow_doc(entry.at_ms, touched);
            touched.insert(Key::Plan(head.id.clone()));
            touched.insert(Key::PlanText(head.id.clone()));
            world.plans.insert(head.id.clone(), plan);
        }
        Fact::PlanDeleted => {
            let Some(id) = &entry.plan else { return };
            remove_plan(world, id, touched);
        }
        Fact::RunPlanned { run } => {
            touched.insert(Key::Run(run.id.clone()));
            world.runs.insert(run.id.clone(), run.clone());
            let Some(plan) = world.plans.get_mut(&run.plan) else { return };
            plan.activity.runs.insert(run.id.clone());
            if let Some(attempt) = plan.attempts.get_mut(&(run.task.clone(), run.attempt)) {
                attempt.runs.push(run.id.clone());
                touched.insert(Key::Attempt(run.plan.clone(), run.task.clone(), run.attempt));
            }
        }
        Fact::RunStarted { run, pid, shim_pid, .. } => {
            let Some(known) = world.runs.get_mut(run) else { return };
            known.state = RunState::Live { pid: *pid, shim_pid: *shim_pid };
            touched.insert(Key::Run(run.clone()));
        }
        Fact::RunEnded { run, outcome, code, detail, .. } => {
            let Some(known) = world.runs.get_mut(run) else { return };
            let pid = match known.state {
                RunState::Live { pid, .. } => Some(pid),
                RunState::Planned | RunState::Ended { .. } => None,
            };
            known.state = RunState::Ended { outcome: *outcome, code: *code, detail: detail.clone(), pid };
            known.ended_ms = Some(entry.at_ms);
            touched.insert(Key::Run(run.clone()));
            if let Some(plan) = world.plans.get_mut(&known.plan) {
                plan.activity.runs.remove(run);
            }
        }
        Fact::SessionStarted { run, session } => {
            let Some(known) = world.runs.get_mut(run) else { return };
            known.session = Some(session.clone());
            touched.insert(Key::Run(run.clone()));
        }
        Fact::UsageSeen { run, usage, .. } => {
            let Some(known) = world.runs.get_mut(run) else { return };
            known.usage = Some(usage.clone());
            touched.insert(Key::Run(run.clone()));
        }
        Fact::WorktreeRestored { .. } => {}
        fact => {
            let Some(plan) = entry.plan.as_ref().and_then(|id| world.plans.get_mut(id)) else { return };
            apply_to_plan(plan, entry, fact, touched);
        }
    }
}

fn apply_to_plan(plan: &mut Plan, entry: &Entry, fact: &Fact, touched: &mut Touched) {
    let now = entry.at_ms;
    let id = plan.head.id.clone();
    match fact {
        Fact::PlanEdited { revision, what, toml, way, inverse } => {
            let Some(doc) = plan::parse_accepted(toml) else { return };
            plan.doc = doc;
            plan.text.toml = toml.clone();
            plan.head.revision = *revision;
            plan.head.title = plan.doc.settings.title.clone();
            let undo = Undo { what: what.clone(), edit: inverse.clone() };
            match way {
                Way::New => {
                    plan.text.redo.clear();
                    plan.text.undo.push(undo);
                    let excess = plan.text.undo.len().saturating_sub(UNDO_DEPTH);
                    plan.text.undo.drain(..excess);
                }
                Way::Undo => {
                    plan.text.undo.pop();
                    plan.text.redo.push(undo);
                }
                Way::Redo => {
                    plan.text.redo.pop();
                    plan.text.undo.push(undo);
                }
            }
            plan.follow_doc(now, touched);
            touched.insert(Key::Plan(id.clone()));
            touched.insert(Key::PlanText(id));
        }
        Fact::PlanStarted { again, .. } => {
            plan.head.mode = Mode::Running;
            plan.head.at_rest = false;
            if *again || plan.head.started_ms.is_none() {
                plan.head.started_ms = Some(now);
            }
            plan.release_all(*again, now, touched);
            touched.insert(Key::Plan(id));
        }
        Fact::ProgramsFound { programs } => {
            plan.head.programs = programs.clone();
            touched.insert(Key::Plan(id));
        }
        Fact::PlanPaused => {
            plan.head.mode = Mode::Paused;
            touched.insert(Key::Plan(id));
        }
        Fact::PlanStopped => {
            plan.head.mode = Mode::Stopped;
            touched.insert(Key::Plan(id));
        }
        Fact::PlanFinished { closed, .. } => {
            plan.head.at_rest = true;
            if *closed {
                plan.head.mode = Mode::Finished;
            }
            touched.insert(Key::Plan(id));
        }
        Fact::TaskStage { task, attempt, stage } => plan.set_stage(task, *attempt, stage, now, touched),
        Fact::TaskRetried { task, attempt } => {
            plan.contend_anew(task, touched);
            plan.change_task(task, now, touched, |known| {
                let place = known.contender_of(*attempt);
                if let Some(contender) = place.and_then(|place| known.contenders.get_mut(place)) {
                    contender.failures = 0;
                }
                if known.is_contest() && attempt.is_none() {
                    // All of them are released.
                    let drafts = known.contenders.iter_mut().filter(|one| one.stage == Stage::Draft);
                    drafts.for_each(|one| one.stage = Stage::Waiting);
                }
            });
        }
        Fact::Joined { task, agent } => {
            let chosen = plan.tasks.get(task).and_then(|known| known.contenders.first()?.attempt);
            if let Some(chosen) = chosen {
                // The choice is open again.
                plan.change(task, chosen, touched, |known| known.adopted = false);
            }
            plan.change_task(task, now, touched, |known| {
                known.contenders.push(contender(Some(agent.clone()), Stage::Waiting));
            });
            plan.head.at_rest = false;
            touched.insert(Key::Plan(id));
        }
        Fact::Dropped { task, contender } => {
            plan.change_task(task, now, touched, |known| {
                if *contender < known.contenders.len() {
                    known.contenders.remove(*contender);
                }
            });
        }
        Fact::Adopted { task, attempt } => {
            plan.change(task, *attempt, touched, |known| known.adopted = true);
            plan.change_task(task, now, touched, |known| {
                known.contenders.retain(|contender| contender.attempt == Some(*attempt));
            });
        }
        Fact::Taken { task, attempt, head, .. } => {
            plan.change(task, *attempt, touched, |known| {
                known.before = known.head.replace(head.clone());
            });
        }
        Fact::Judging { task, judging } => {
            plan.change_task(task, now, touched, |known| known.judging = judging.clone());
            plan.head.at_rest = false;
            touched.insert(Key::Plan(id));
        }
        Fact::Judged { task, judgement } => {
            plan.change_task(task, now, touched, |known| {
                known.judging = None;
                known.judgements.push(judgement.clone());
            });
        }
        Fact::AttemptStarted { task, attempt, contender, agent, base, branch, worktree, port } => {
            let started = Attempt {
                plan: id.clone(),
                task: task.clone(),
                number: *attempt,
                agent: agent.clone(),
                branch: branch.clone(),
                worktree: worktree.clone(),
                base: base.clone(),
                head: None,
                stage: Stage::Preparing,
                step: Step::Cut,
                started_ms: now,
                ended_ms: None,
                port: *port,
                runs: Vec::new(),
                evidence: Vec::new(),
                approval: None,
                keep_refs: Vec::new(),
                size: Size::default(),
                out_of_scope: Vec::new(),
                place: AttemptPlace::Worktree,
                candidate: None,
                failure: None,
                adopted: false,
                before: None,
                review: Review::default(),
            };
            plan.activity.note(&started);
            plan.attempts.insert(started.key(), started);
            plan.change_task(task, now, touched, |known| {
                known.attempts = known.attempts.max(*attempt);
                if let Some(contender) = known.contenders.get_mut(*contender) {
                    contender.attempt = Some(*attempt);
                    contender.stage = Stage::Preparing;
                }
            });
            plan.head.at_rest = false;
            touched.insert(Key::Plan(id.clone()));
            touched.insert(Key::Attempt(id, task.clone(), *attempt));
        }
        Fact::AttemptEnded { task, attempt, reason, will_retry } => {
            plan.change(task, *attempt, touched, |known| {
                known.ended_ms = Some(now);
                known.step = Step::Rest;
                known.port = None;
                known.failure = Some(reason.clone());
            });
            plan.head.queue.retain(|(queued, number)| (queued, number) != (task, attempt));
            plan.leave_landing(task, *attempt);
            touched.insert(Key::Plan(id.clone()));
            if *will_retry {
                plan.change_task(task, now, touched, |known| {
                    let place = known.contender_of(Some(*attempt));
                    if let Some(contender) = place.and_then(|place| known.contenders.get_mut(place)) {
                        contender.failures += 1;
                    }
                });
            }
        }
        Fact::AttemptStep { task, attempt, step } => {
            plan.change(task, *attempt, touched, |known| known.step = step.clone());
            if *step != Step::Rest {
                plan.head.at_rest = false;
                touched.insert(Key::Plan(id));
            }
        }
        Fact::HeadSeen { task, attempt, head, size, out_of_scope } => {
            plan.change(task, *attempt, touched, |known| {
                if known.head.as_ref() != Some(head) {
                    known.before = known.head.replace(head.clone());
                }
                known.size = *size;
                known.out_of_scope = out_of_scope.clone();
            });
        }
        Fact::LeftoversCommitted { task, attempt, head, .. } => {
            plan.change(task, *attempt, touched, |known| known.head = Some(head.clone()));
        }
        Fact::LeftoversKept { task, attempt, keep_ref, .. } => {
            plan.change(task, *attempt, touched, |known| known.keep_refs.push(keep_ref.clone()));
        }
        Fact::CheckFinished { task, attempt, evidence } => {
            plan.change(task, *attempt, touched, |known| known.evidence.push(evidence.clone()));
        }
        Fact::ReviewBegun { task, attempt, .. } => {
            let spec = plan.doc_task(task).map(|task| plan::requirements(&task.spec)).unwrap_or_default();
            plan.change(task, *attempt, touched, |known| {
                known.review.pending.clear();
                known.review.gaps.begin(spec);
            });
        }
        Fact::ReportTaken { task, attempt, by, report } => {
            plan.change(task, *attempt, touched, |known| {
                known.review.pending.push((by.clone(), report.clone()));
            });
        }
        Fact::ReviewFinished { task, attempt, reviewed, .. } => {
            plan.change(task, *attempt, touched, |known| {
                let reports = std::mem::take(&mut known.review.pending);
                if reviewed.failed.is_none() {
                    known.review.gaps.review(&reports);
                }
                let last = known.review.last.replace(reviewed.clone());
                if let Some(last) = last.filter(|last| last.head != reviewed.head) {
                    known.review.before = Some(last.head);
                }
            });
        }
        Fact::FixStarted { task, attempt, round } => {
            plan.change(task, *attempt, touched, |known| {
                known.review.gaps.rounds = *round;
                known.review.gaps.asked = false;
                known.review.fixes.extend(known.head.clone().map(|head| (*round, head)));
            });
        }
        Fact::ChangesRequested { task, attempt, comments } => {
            plan.change(task, *attempt, touched, |known| {
                for comment in comments {
                    known.review.gaps.add(None, comment.as_finding(), comment.end_line);
                }
                known.review.gaps.asked = true;
            });
        }
        Fact::Waived { task, attempt, id, reason } => {
            plan.change(task, *attempt, touched, |known| {
                known.review.gaps.waive(id, reason);
            });
        }
        Fact::Approved { task, attempt, approval } => {
            plan.change(task, *attempt, touched, |known| known.approval = Some(approval.clone()));
        }
        Fact::ApprovalVoid { task, attempt, why } => {
            plan.change(task, *attempt, touched, |known| {
                if let Some(approval) = &mut known.approval {
                    approval.void = Some(why.clone());
                }
            });
        }
        Fact::Queued { task, attempt } => {
            let entry = (task.clone(), *attempt);
            if !plan.head.queue.contains(&entry) {
                plan.head.queue.push(entry);
            }
            plan.head.at_rest = false;
            touched.insert(Key::Plan(id));
        }
        Fact::Unqueued { task, attempt, .. } => {
            plan.head.queue.retain(|(queued, number)| (queued, number) != (task, attempt));
            plan.leave_landing(task, *attempt);
            touched.insert(Key::Plan(id));
        }
        Fact::LandingBegun { task, attempt } => {
            plan.head.queue.retain(|(queued, number)| (queued, number) != (task, attempt));
            plan.head.landing = Some((task.clone(), *attempt));
            touched.insert(Key::Plan(id));
        }
        Fact::CandidateBuilt { task, attempt, candidate } => {
            plan.change(task, *attempt, touched, |known| known.candidate = Some(candidate.clone()));
        }
        Fact::Landed { task, attempt, commit, .. } => {
            plan.change(task, *attempt, touched, |known| {
                known.ended_ms = Some(now);
                known.step = Step::Rest;
                known.port = None;
            });
            plan.leave_landing(task, *attempt);
            touched.insert(Key::Plan(id));
            plan.set_stage(task, Some(*attempt), &Stage::Landed { commit: commit.clone() }, now, touched);
        }
        Fact::TaskCancelled { task } | Fact::TaskDiscarded { task } => {
            // Tried again, it is whoever the document names by then.
            plan.change_task(task, now, touched, |known| {
                known.contenders.iter_mut().for_each(|one| one.agent = None);
            });
        }
        Fact::LaneSet { lane } => {
            plan.head.lane = lane.clone();
            touched.insert(Key::Plan(id));
        }
        Fact::RemovalDue { task, attempt } => {
            plan.change(task, *attempt, touched, |known| known.place = AttemptPlace::Removing);
        }
        Fact::WorktreeRemoved { task, attempt, keep_refs, .. } => {
            plan.change(task, *attempt, touched, |known| {
                known.place = AttemptPlace::Removed;
                known.keep_refs.extend(keep_refs.iter().cloned());
            });
        }
        Fact::RemovalFailed { task, attempt, .. } => {
            plan.change(task, *attempt, touched, |known| known.place = AttemptPlace::Stuck);
        }
        Fact::ProjectOpened { .. }
        | Fact::ProjectClosed
        | Fact::PlanCreated { .. }
        | Fact::PlanDeleted
        | Fact::RunPlanned { .. }
        | Fact::RunStarted { .. }
        | Fact::RunEnded { .. }
        | Fact::SessionStarted { .. }
        | Fact::PermissionAsked { .. }
        | Fact::UsageSeen { .. }
        | Fact::WorktreeRestored { .. }
        | Fact::NeedsYou { .. }
        | Fact::NeedsYouSettled { .. }
        | Fact::TaskFailed { .. }
        | Fact::Warning { .. } => {}
    }
}

/// A plan from its rows, without tasks. `None` when its text is no plan, which only a damaged store
/// can cause: a plan is parsed before it is recorded. A former version may have accepted what this one refuses.
pub fn open_plan(head: PlanHead, text: PlanText) -> Option<Plan> {
    let doc = plan::parse_accepted(&text.toml)?;
    let order = order(&doc, &BTreeMap::new())?;
    Some(Plan {
        head,
        text,
        doc,
        tasks: BTreeMap::new(),
        attempts: BTreeMap::new(),
        order,
        activity: Activity::default(),
    })
}

fn order(doc: &PlanDoc, tasks: &BTreeMap<TaskId, Task>) -> Option<Order> {
    let graph = Graph::new(doc).ok()?;
    Some(Order::new(doc, graph, |task| tasks.get(task).map(Task::stages).unwrap_or_default()))
}

fn remove_plan(world: &mut World, id: &PlanId, touched: &mut Touched) {
    let Some(plan) = world.plans.remove(id) else { return };
    touched.insert(Key::Plan(id.clone()));
    touched.insert(Key::PlanText(id.clone()));
    touched.extend(plan.tasks.keys().map(|task| Key::Task(id.clone(), task.clone())));
    touched
        .extend(plan.attempts.keys().map(|(task, number)| Key::Attempt(id.clone(), task.clone(), *number)));
    let runs: Vec<_> = world.runs.values().filter(|run| run.plan == *id).map(|run| run.id.clone()).collect();
    for run in runs {
        world.runs.remove(&run);
        touched.insert(Key::Run(run));
    }
}
