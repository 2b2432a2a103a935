//! Between the engine's own types and the wire's. Conversions only.

use std::collections::BTreeMap;
use std::time::Duration;

use plan::Stage;

use crate::world::{Mode, Outcome, RunKind};

pub fn run_kind(kind: RunKind) -> protocol::RunKind {
    match kind {
        RunKind::Setup => protocol::RunKind::Setup,
        RunKind::Implement => protocol::RunKind::Implement,
        RunKind::Check => protocol::RunKind::Check,
        RunKind::Review => protocol::RunKind::Review,
        RunKind::Fix => protocol::RunKind::Fix,
        RunKind::Judge => protocol::RunKind::Judge,
        RunKind::Plan => protocol::RunKind::Plan,
        RunKind::Resolve => protocol::RunKind::Resolve,
        RunKind::Shell => protocol::RunKind::Shell,
    }
}

pub fn run_kind_name(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Setup => "setup",
        RunKind::Implement => "implement",
        RunKind::Check => "check",
        RunKind::Review => "review",
        RunKind::Fix => "fix",
        RunKind::Judge => "judge",
        RunKind::Plan => "plan",
        RunKind::Resolve => "resolve",
        RunKind::Shell => "shell",
    }
}

/// `None` for a run that never began: nobody was told of it.
pub fn outcome(outcome: Outcome) -> Option<protocol::RunOutcome> {
    Some(match outcome {
        Outcome::Exited => protocol::RunOutcome::Exited,
        Outcome::Signalled => protocol::RunOutcome::Signalled,
        Outcome::TimedOut => protocol::RunOutcome::TimedOut,
        Outcome::Ended => protocol::RunOutcome::Ended,
        Outcome::Lost => protocol::RunOutcome::Lost,
        Outcome::StartFailed => protocol::RunOutcome::StartFailed,
        Outcome::Voided => return None,
    })
}

/// What a review came to, as events carry it. `open` points are left: requirements unmet or unverifiable, findings.
pub fn verdict(reviewed: &crate::world::Reviewed, open: u32) -> protocol::ReviewVerdict {
    match (reviewed.failed.is_some(), open) {
        (true, _) => protocol::ReviewVerdict::Failed,
        (false, 0) => protocol::ReviewVerdict::Pass,
        (false, _) => protocol::ReviewVerdict::Gaps,
    }
}

pub fn comment(comment: protocol::Comment) -> crate::fact::Comment {
    let protocol::Comment { file, line, end_line, text } = comment;
    crate::fact::Comment { file, line, end_line, text }
}

/// Millionths as US dollars.
pub fn dollars(micros: Option<u64>) -> Option<f64> {
    micros.map(|micros| micros as f64 / 1e6)
}

pub fn mode(mode: Mode) -> protocol::PlanMode {
    match mode {
        Mode::Draft => protocol::PlanMode::Draft,
        Mode::Running => protocol::PlanMode::Running,
        Mode::Paused => protocol::PlanMode::Paused,
        Mode::Stopped => protocol::PlanMode::Stopped,
        Mode::Finished => protocol::PlanMode::Finished,
    }
}

pub fn stage_kind(stage: &Stage) -> protocol::StageKind {
    match stage {
        Stage::Draft => protocol::StageKind::Draft,
        Stage::Waiting => protocol::StageKind::Waiting,
        Stage::Preparing => protocol::StageKind::Preparing,
        Stage::Implementing => protocol::StageKind::Implementing,
        Stage::Checking => protocol::StageKind::Checking,
        Stage::Reviewing => protocol::StageKind::Reviewing,
        Stage::Fixing { .. } => protocol::StageKind::Fixing,
        Stage::AwaitingApproval => protocol::StageKind::AwaitingApproval,
        Stage::Queued => protocol::StageKind::Queued,
        Stage::Landing => protocol::StageKind::Landing,
        Stage::Landed { .. } => protocol::StageKind::Landed,
        Stage::NeedsYou { .. } => protocol::StageKind::NeedsYou,
        Stage::Failed { .. } => protocol::StageKind::Failed,
        Stage::Cancelled => protocol::StageKind::Cancelled,
        Stage::Discarded => protocol::StageKind::Discarded,
    }
}

/// The stable name of a stage, as events carry it.
pub fn stage_name(stage: &Stage) -> String {
    stage.label().replace(' ', "_")
}

/// `detail` replaces the bare word where more is known ("Checking 1 of 2").
pub fn stage(stage: &Stage, detail: Option<String>) -> protocol::Stage {
    let word = detail.unwrap_or_else(|| match stage {
        Stage::Draft => "Draft".to_owned(),
        Stage::Waiting => "Waiting".to_owned(),
        Stage::Preparing => "Preparing".to_owned(),
        Stage::Implementing => "Working".to_owned(),
        Stage::Checking => "Checking".to_owned(),
        Stage::Reviewing => "Reviewing".to_owned(),
        Stage::Fixing { round } => format!("Fixing, round {round}"),
        Stage::AwaitingApproval => "Ready to review".to_owned(),
        Stage::Queued => "Queued to land".to_owned(),
        Stage::Landing => "Landing".to_owned(),
        Stage::Landed { commit } => format!("Landed {}", commit.short()),
        Stage::NeedsYou { reason } => format!("Needs you: {}", reason.code().replace('_', " ")),
        Stage::Failed { reason } => format!("Failed: {}", reason.code().replace('_', " ")),
        Stage::Cancelled => "Cancelled".to_owned(),
        Stage::Discarded => "Discarded".to_owned(),
    });
    let reason = match stage {
        Stage::NeedsYou { reason } => Some(protocol::Reason {
            code: reason.code().to_owned(),
            text: reason.describe(),
            paths: paths(reason),
        }),
        Stage::Failed { reason } => Some(protocol::Reason {
            code: reason.code().to_owned(),
            text: reason.describe(),
            paths: Vec::new(),
        }),
        _ => None,
    };
    let commit = match stage {
        Stage::Landed { commit } => Some(commit.to_string()),
        _ => None,
    };
    protocol::Stage { kind: stage_kind(stage), word, reason, commit }
}

fn paths(reason: &plan::NeedsYou) -> Vec<String> {
    match reason {
        plan::NeedsYou::Uncommitted { paths }
        | plan::NeedsYou::OutOfScope { paths }
        | plan::NeedsYou::Conflict { paths }
        | plan::NeedsYou::CheckoutBlocked { paths } => paths.clone(),
        _ => Vec::new(),
    }
}

pub fn problem(problem: plan::Problem) -> protocol::Problem {
    protocol::Problem {
        line: u32::try_from(problem.line).unwrap_or(u32::MAX),
        column: u32::try_from(problem.column).unwrap_or(u32::MAX),
        message: problem.message,
        hint: problem.hint,
    }
}

/// `None` for zero and below, which mean "no estimate".
pub fn duration(ms: protocol::Millis) -> Option<Duration> {
    u64::try_from(ms).ok().filter(|ms| *ms > 0).map(Duration::from_millis)
}

pub fn millis(duration: Duration) -> protocol::Millis {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

pub fn approve(approve: plan::Approve) -> protocol::Approve {
    match approve {
        plan::Approve::Manual => protocol::Approve::Manual,
        plan::Approve::Auto => protocol::Approve::Auto,
    }
}

pub fn commit(commit: plan::CommitPolicy) -> protocol::CommitPolicy {
    match commit {
        plan::CommitPolicy::Ask => protocol::CommitPolicy::Ask,
        plan::CommitPolicy::Scope => protocol::CommitPolicy::Scope,
    }
}

pub fn land(land: plan::Land) -> protocol::LandHow {
    match land {
        plan::Land::Merge => protocol::LandHow::Merge,
        plan::Land::Squash => protocol::LandHow::Squash,
        plan::Land::Rebase => protocol::LandHow::Rebase,
    }
}

pub fn setup(setup: &plan::Setup) -> protocol::SetupSpec {
    protocol::SetupSpec {
        command: setup.command.clone(),
        copy: setup.copy.clone(),
        ports: setup.ports.clone(),
        timeout_ms: Some(millis(setup.timeout)),
    }
}

pub fn check(check: &plan::Check) -> protocol::CheckSpec {
    protocol::CheckSpec {
        name: check.name.clone(),
        command: check.command.clone(),
        timeout_ms: Some(millis(check.timeout)),
    }
}

pub fn agent(name: &str, agent: &plan::Agent) -> protocol::AgentSpec {
    protocol::AgentSpec {
        name: name.to_owned(),
        adapter: adapter(agent.adapter).to_owned(),
        command: agent.command.clone(),
        script: agent.script.clone(),
        model: agent.model.clone(),
        effort: agent.effort.clone(),
        permission: agent.permission.clone(),
        tools: agent.tools.clone(),
        args: agent.args.clone(),
    }
}

pub fn adapter(adapter: plan::Adapter) -> &'static str {
    match adapter {
        plan::Adapter::Command => "command",
        plan::Adapter::Scripted => "scripted",
        plan::Adapter::Claude => "claude",
        plan::Adapter::Codex => "codex",
    }
}

fn adapter_from(name: &str) -> plan::Adapter {
    match name {
        "scripted" => plan::Adapter::Scripted,
        "claude" => plan::Adapter::Claude,
        "codex" => plan::Adapter::Codex,
        _ => plan::Adapter::Command,
    }
}

/// One name gone and one of the same kind come: an agent under another name (old, new), which keeps what the page does not show of it
/// and the tasks that name it.
pub fn renamed<'a>(
    old: &'a BTreeMap<String, plan::Agent>,
    new: &'a [protocol::AgentSpec],
) -> Option<(&'a str, &'a str)> {
    let mut gone = old.keys().filter(|name| !new.iter().any(|agent| agent.name == **name));
    let mut come = new.iter().filter(|agent| !old.contains_key(&agent.name));
    match (gone.next(), gone.next(), come.next(), come.next()) {
        (Some(from), None, Some(to), None) if old[from].adapter == adapter_from(&to.adapter) => {
            Some((from, &to.name))
        }
        _ => None,
    }
}

/// The settings with a patch's fields in their places. What the wire does not show stays.
pub fn patched(old: &plan::Settings, patch: &protocol::PlanPatch) -> plan::Settings {
    let mut next = old.clone();
    if let Some(title) = &patch.title {
        next.title = title.clone();
    }
    if let Some(goal) = &patch.goal {
        next.goal = goal.clone();
    }
    if let Some(target) = &patch.target {
        next.target = (!target.is_empty()).then(|| target.clone());
    }
    if let Some(slots) = patch.slots {
        next.slots = slots as usize;
    }
    if let Some(approve) = patch.approve {
        next.approve = match approve {
            protocol::Approve::Manual => plan::Approve::Manual,
            protocol::Approve::Auto => plan::Approve::Auto,
        };
    }
    if let Some(commit) = patch.commit {
        next.commit = match commit {
            protocol::CommitPolicy::Ask => plan::CommitPolicy::Ask,
            protocol::CommitPolicy::Scope => plan::CommitPolicy::Scope,
        };
    }
    if let Some(land) = patch.land {
        next.land = match land {
            protocol::LandHow::Merge => plan::Land::Merge,
            protocol::LandHow::Squash => plan::Land::Squash,
            protocol::LandHow::Rebase => plan::Land::Rebase,
        };
    }
    if let Some(setup) = &patch.setup {
        next.setup = plan::Setup {
            command: setup.command.clone().filter(|command| !command.trim().is_empty()),
            copy: setup.copy.clone(),
            ports: setup.ports.clone(),
            timeout: setup.timeout_ms.and_then(duration).unwrap_or(old.setup.timeout),
        };
    }
    if let Some(checks) = &patch.checks {
        next.checks = checks
            .iter()
            .map(|check| plan::Check {
                name: check.name.clone(),
                command: check.command.clone(),
                timeout: check.timeout_ms.and_then(duration).unwrap_or(plan::document::DEFAULT_TIMEOUT),
            })
            .collect();
    }
    if let Some(agents) = &patch.agents {
        let renamed = renamed(&old.agents, agents);
        next.agents = agents
            .iter()
            .map(|agent| {
                let before =
                    renamed.filter(|(_, to)| *to == agent.name).map_or(agent.name.as_str(), |(from, _)| from);
                let known = old.agents.get(before).cloned().unwrap_or_default();
                let made = plan::Agent {
                    adapter: adapter_from(&agent.adapter),
                    command: agent.command.clone(),
                    script: agent.script.clone(),
                    model: agent.model.clone(),
                    effort: agent.effort.clone(),
                    permission: agent.permission.clone(),
                    tools: agent.tools.clone(),
                    args: agent.args.clone(),
                    ..known
                };
                (agent.name.clone(), made)
            })
            .collect();
    }
    if let Some(agent) = &patch.default_agent {
        next.agent = (!agent.is_empty()).then(|| agent.clone());
    }
    if let Some(review) = &patch.review {
        // No round is as good as no review.
        next.review = (review.rounds > 0)
            .then(|| plan::Review { agents: review.agents.clone(), rounds: review.rounds });
    }
    if let Some(fixer) = &patch.fixer {
        next.fix = (!fixer.is_empty()).then(|| plan::Fix { agent: Some(fixer.clone()) });
    }
    next
}
