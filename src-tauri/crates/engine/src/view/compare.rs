//! Attempts side by side.

use plan::TaskId;
use protocol::{CompareView, ComparedFile, JudgementView, SideView, UsageView};

use super::Eye;
use super::task::attempt_stage;
use crate::wire;
use crate::world::{Attempt, Judgement, Plan, RunKind, World};

/// `base` and `files` as git has them.
pub fn compare(
    world: &World,
    plan: &Plan,
    task: &TaskId,
    [a, b]: [u32; 2],
    base: String,
    files: Vec<ComparedFile>,
    eye: &Eye<'_>,
) -> Option<CompareView> {
    let side = |number: u32| {
        let attempt = plan.attempts.get(&(task.clone(), number))?;
        Some(side(world, plan, attempt, eye))
    };
    Some(CompareView {
        plan: plan.head.id.to_string(),
        task: task.to_string(),
        base,
        a: side(a)?,
        b: side(b)?,
        files,
    })
}

fn side(world: &World, plan: &Plan, attempt: &Attempt, eye: &Eye<'_>) -> SideView {
    let checks = &plan.doc.settings.checks;
    let results = attempt.head.as_ref().map(|head| attempt.evidence_at(head, false)).unwrap_or_default();
    let green = |check: &&plan::Check| {
        let found = results.get(check.name.as_str());
        found.is_some_and(|found| found.passed() && found.command == check.command)
    };
    let gaps = &attempt.review.gaps;
    let last = attempt.review.last.as_ref();
    let reviewed =
        last.is_some_and(|last| last.failed.is_none() && Some(&last.head) == attempt.head.as_ref());
    let settled =
        |judged: &&plan::Judged| judged.status == plan::report::Status::Met || judged.waived.is_some();
    let spec = plan.doc_task(&attempt.task).map(|task| task.spec.as_str()).unwrap_or_default();
    SideView {
        attempt: attempt.number,
        agent: attempt.agent.clone(),
        head: attempt.head.as_ref().map(ToString::to_string),
        stage: attempt_stage(attempt),
        adopted: attempt.adopted,
        given_up: attempt.ended_ms.and_then(|_| attempt.failure.clone()),
        keep_refs: attempt.keep_refs.clone(),
        checks_green: checks.iter().filter(green).count() as u32,
        checks: checks.len() as u32,
        met: reviewed.then(|| gaps.requirements.iter().filter(settled).count() as u32),
        requirements: plan::requirements(spec).len() as u32,
        findings: gaps.open().count() as u32,
        rounds: gaps.rounds,
        files: attempt.size.files,
        added: attempt.size.added,
        deleted: attempt.size.deleted,
        took_ms: until(world, attempt, eye.now) - attempt.started_ms,
        usage: usage(world, attempt),
    }
}

/// Until when it worked: waiting for a person is nobody's time.
fn until(world: &World, attempt: &Attempt, now: i64) -> i64 {
    let works = |run: &&crate::world::Run| !matches!(run.kind, RunKind::Shell | RunKind::Judge);
    let runs = attempt.runs.iter().filter_map(|run| world.runs.get(run)).filter(works);
    match (attempt.ended_ms, attempt.is_busy()) {
        (None, true) => now,
        (ended, _) => runs.filter_map(|run| run.ended_ms).max().or(ended).unwrap_or(now),
    }
}

/// What its own agents have used: a judge's reading is nobody's work.
fn usage(world: &World, attempt: &Attempt) -> UsageView {
    let runs = attempt.runs.iter().filter_map(|run| world.runs.get(run));
    let used = runs.filter(|run| run.kind != RunKind::Judge).filter_map(|run| run.usage.as_ref());
    let mut sum = UsageView::default();
    let mut micros: Option<u64> = None;
    for usage in used {
        sum.model = sum.model.or_else(|| usage.model.clone());
        sum.input += usage.input;
        sum.output += usage.output;
        sum.cached += usage.cached;
        if let Some(cost) = usage.cost_micros {
            micros = Some(micros.unwrap_or(0) + cost);
        }
    }
    UsageView { cost: wire::dollars(micros), ..sum }
}

pub(super) fn judgement(plan: &Plan, task: &TaskId, judgement: &Judgement) -> JudgementView {
    let moved = |number: u32, head: &plan::CommitId| {
        plan.attempts.get(&(task.clone(), number)).and_then(|attempt| attempt.head.as_ref()) != Some(head)
    };
    let void = moved(judgement.a, &judgement.head_a) || moved(judgement.b, &judgement.head_b);
    JudgementView {
        a: judgement.a,
        b: judgement.b,
        head_a: judgement.head_a.to_string(),
        head_b: judgement.head_b.to_string(),
        by: judgement.by.clone(),
        better: judgement.better(),
        why: judgement.opinions.iter().map(|opinion| opinion.why.clone()).collect(),
        failed: judgement.failed.clone(),
        void: void.then(|| "An attempt has moved on since.".to_owned()),
        at_ms: judgement.at_ms,
    }
}
