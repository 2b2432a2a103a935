//! One task with all its attempts, and what can be done with it now.

use plan::{Stage, TaskId};
use protocol::{ActionView, ApprovalView, AttemptView, EvidenceView, Requirement, TaskAction, TaskDetail};

use super::{Eye, live_run, progress, stages, task_view};
use crate::wire;
use crate::world::{Attempt, AttemptPlace, Evidence, Plan, Step, Task, World};

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
        judgements: state
            .judgements
            .iter()
            .map(|judgement| super::compare::judgement(plan, id, judgement))
            .collect(),
        judging: state.judging.is_some(),
        actions: actions(world, plan, state),
        landing_effect: landing_effect(plan, state, unblocks.starts.len()),
        starts: unblocks.starts.iter().map(ToString::to_string).collect(),
        downstream: unblocks.downstream.iter().map(ToString::to_string).collect(),
    })
}

/// An attempt that was given up keeps the stage it had; nobody works there any more.
pub(super) fn attempt_stage(attempt: &Attempt) -> protocol::Stage {
    let shown = wire::stage(&attempt.stage, None);
    let settled = matches!(
        attempt.stage,
        Stage::Landed { .. } | Stage::Failed { .. } | Stage::Cancelled | Stage::Discarded
    );
    if attempt.ended_ms.is_none() || settled {
        return shown;
    }
    let why = attempt.failure.clone().map(|text| protocol::Reason {
        code: "given_up".to_owned(),
        text,
        paths: Vec::new(),
    });
    protocol::Stage {
        kind: protocol::StageKind::Failed,
        word: "Given up".to_owned(),
        reason: why,
        commit: None,
    }
}

fn attempt_view(world: &World, plan: &Plan, attempt: &Attempt, eye: &Eye<'_>) -> AttemptView {
    let runs = attempt
        .runs
        .iter()
        .filter_map(|run| world.runs.get(run))
        .map(|run| super::run(run, eye.runs))
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
        stage: attempt_stage(attempt),
        adopted: attempt.adopted,
        actions: contender_actions(world, plan, attempt),
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
        review: super::review::review(plan, attempt),
        keep_refs: attempt.keep_refs.clone(),
        files: attempt.size.files,
        added: attempt.size.added,
        deleted: attempt.size.deleted,
        out_of_scope: attempt.out_of_scope.clone(),
    }
}

pub(super) fn evidence_view(plan: &Plan, attempt: &Attempt, evidence: &Evidence) -> EvidenceView {
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

/// What can be done with a task now, in the order of the buttons.
pub fn actions(world: &World, plan: &Plan, task: &Task) -> Vec<ActionView> {
    let begun = task.contenders.iter().any(|one| one.attempt.is_some());
    if task.is_contest() && begun {
        let add = |action, effect: &str| ActionView { action, effect: effect.to_owned() };
        return vec![
            add(TaskAction::Compare, "Look at the attempts side by side, and adopt one."),
            add(
                TaskAction::Discard,
                "End them all; commits and uncommitted files are kept in the trash and under keep refs.",
            ),
        ];
    }
    actions_of(world, plan.current(&task.id), &task.stage)
}

/// What can be done with one of several alone; nothing where it is the only one, or out.
pub(super) fn contender_actions(world: &World, plan: &Plan, attempt: &Attempt) -> Vec<ActionView> {
    let contends = plan
        .tasks
        .get(&attempt.task)
        .filter(|task| task.is_contest())
        .is_some_and(|task| task.contenders.iter().any(|one| one.attempt == Some(attempt.number)));
    if !contends {
        return Vec::new();
    }
    let stage = plan.stage_of(&attempt.task, attempt.number).unwrap_or(&attempt.stage);
    let mut found = actions_of(world, Some(attempt), stage);
    // One is adopted before it is approved.
    found.retain(|view| view.action != TaskAction::Approve);
    found
}

fn actions_of(world: &World, attempt: Option<&Attempt>, stage: &Stage) -> Vec<ActionView> {
    let rests = attempt
        .is_some_and(|a| a.ended_ms.is_none() && a.step == Step::Rest && a.place == AttemptPlace::Worktree);
    let approved =
        attempt.and_then(|attempt| attempt.approval.as_ref()).is_some_and(|approval| approval.void.is_none());
    let here = attempt.is_some_and(|attempt| attempt.place == AttemptPlace::Worktree);
    let live = attempt.is_some_and(|attempt| live_run(world, attempt).is_some());
    let mut found = Vec::new();
    let mut add = |action, effect: &str| found.push(ActionView { action, effect: effect.to_owned() });
    match stage {
        Stage::NeedsYou { reason: plan::NeedsYou::Permission { .. } } => {
            add(TaskAction::Allow, "Let the agent do what it asks for, this once.");
            add(TaskAction::Deny, "Refuse what the agent asks for; it goes on without.");
        }
        Stage::NeedsYou { reason: plan::NeedsYou::FindingsRemain { .. } } if rests => {
            add(TaskAction::FixAgain, "Send what is open to the fixer once more.");
        }
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
    if rests && !matches!(stage, Stage::Queued | Stage::Landing | Stage::Landed { .. }) {
        add(TaskAction::Recheck, "Look at the worktree again and run the checks at its head.");
    }
    if matches!(
        stage,
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
    if !matches!(stage, Stage::Landed { .. } | Stage::Landing | Stage::Cancelled | Stage::Discarded) {
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
    if task.is_contest() || !matches!(task.stage, Stage::AwaitingApproval | Stage::Queued) {
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
