//! What a run needs to start, made from the world alone, so that a restarted engine makes the same.

use plan::{Check, NeedsYou};

use crate::fact::Fact;
use crate::ids::RunId;
use crate::turn::{At, BriefParts, Effect, Launch, ScopeGlobs, Turn, What, Work};
use crate::world::{Run, RunKind, RunState};

/// Ports of one lease. Wider than the names that a plan may give, so that leases never meet.
pub const PORT_STRIDE: u16 = 100;

/// The first lease. All of them lie below the range from which systems choose ports themselves.
pub const PORT_BASE: u16 = 21_000;

impl Turn<'_> {
    /// A free lease, when there are names to give; `Err` says why there is none.
    pub(super) fn lease(&self, names: usize) -> Result<Option<u16>, String> {
        if names == 0 {
            return Ok(None);
        }
        let plans = self.world.plans.values();
        let mut taken: Vec<u16> = plans.clone().filter_map(|plan| plan.head.lane.as_ref()?.port).collect();
        taken.extend(plans.flat_map(|plan| plan.activity.leases.values()));
        let free = self.outside.free_ports(PORT_STRIDE, &taken);
        free.map(Some)
            .ok_or_else(|| "No free ports are left to lease; end what holds them and try again.".to_owned())
    }

    pub(super) fn scope_of(&self, at: &At) -> ScopeGlobs {
        let task = self.plan(&at.plan).and_then(|plan| plan.doc_task(&at.task));
        task.map(|task| ScopeGlobs { allow: task.scope.clone(), exclude: task.exclude.clone() })
            .unwrap_or_default()
    }

    pub(super) fn title_of(&self, at: &At) -> String {
        let task = self.plan(&at.plan).and_then(|plan| plan.doc_task(&at.task));
        task.map_or_else(|| at.task.to_string(), |task| task.name().to_owned())
    }

    /// Starts setup, or a check, in the attempt's worktree.
    pub(super) fn launch_shell(
        &mut self,
        at: &At,
        kind: RunKind,
        name: &str,
        check: Option<&Check>,
    ) -> Option<RunId> {
        let attempt = self.attempt(at)?;
        let (worktree, port) = (attempt.worktree.clone(), attempt.port);
        self.launch_in(at, kind, name, check, worktree, port)
    }

    /// The same in the landing lane.
    pub(super) fn launch_lane(
        &mut self,
        at: &At,
        kind: RunKind,
        name: &str,
        check: Option<&Check>,
    ) -> Option<RunId> {
        let lane = self.plan(&at.plan)?.head.lane.clone()?;
        self.launch_in(at, kind, name, check, lane.worktree, lane.port)
    }

    fn launch_in(
        &mut self,
        at: &At,
        kind: RunKind,
        name: &str,
        check: Option<&Check>,
        worktree: std::path::PathBuf,
        port: Option<u16>,
    ) -> Option<RunId> {
        let setup = &self.plan(&at.plan)?.doc.settings.setup;
        let (command, limit) = match check {
            Some(check) => (check.command.clone(), check.timeout),
            None => (setup.command.clone()?, setup.timeout),
        };
        let run = self.plan_run(at, kind, name, &command, worktree)?;
        let base = self.attempt(at)?.base.clone();
        let launch = Launch {
            run: run.clone(),
            what: What::Shell { command },
            base,
            time_limit_ms: i64::try_from(limit.as_millis()).ok(),
            ports: self.ports(at, port),
            plan_dir: self.plan_dir(at),
        };
        self.effect(Effect::StartRun { launch: Box::new(launch) });
        Some(run.id)
    }

    /// Starts the attempt's agent.
    pub(super) fn launch_agent(&mut self, at: &At) -> Result<RunId, String> {
        let attempt = self.attempt(at).ok_or_else(gone)?;
        let (name, worktree) = (attempt.agent.clone(), attempt.worktree.clone());
        self.launch_as(at, RunKind::Implement, &name, worktree, Work::Implement, None)
    }

    /// Starts an agent of the plan in a folder.
    pub(super) fn launch_as(
        &mut self,
        at: &At,
        kind: RunKind,
        name: &str,
        folder: std::path::PathBuf,
        work: Work,
        resume: Option<String>,
    ) -> Result<RunId, String> {
        let (plan, attempt) = (self.plan(&at.plan).ok_or_else(gone)?, self.attempt(at).ok_or_else(gone)?);
        let agent =
            plan.agent(name).ok_or_else(|| format!("The plan no longer defines an agent named {name}."))?;
        let brief = self.brief(at).ok_or_else(gone)?;
        let (base, port) = (attempt.base.clone(), attempt.port);
        let shown = shown_command(&agent);
        let run = self.plan_run(at, kind, name, &shown, folder).ok_or_else(gone)?;
        let launch = Launch {
            run: run.clone(),
            what: What::Agent {
                name: name.to_owned(),
                agent: Box::new(agent),
                brief: Box::new(brief),
                work,
                resume,
            },
            base,
            time_limit_ms: None,
            ports: self.ports(at, port),
            plan_dir: self.plan_dir(at),
        };
        self.effect(Effect::StartRun { launch: Box::new(launch) });
        Ok(run.id)
    }

    fn brief(&self, at: &At) -> Option<BriefParts> {
        let (plan, attempt) = (self.plan(&at.plan)?, self.attempt(at)?);
        let task = plan.doc_task(&at.task)?.clone();
        let contracts = task
            .after
            .iter()
            .filter_map(|id| plan.doc_task(id))
            .filter(|other| !other.contract.trim().is_empty())
            .map(|other| (other.id.to_string(), other.name().to_owned(), other.contract.clone()))
            .collect();
        let checks = plan
            .doc
            .settings
            .checks
            .iter()
            .map(|check| (check.name.clone(), check.command.clone()))
            .collect();
        let contest = self.is_contest(at);
        let tried = plan
            .attempts_of(&at.task)
            // What a rival tried is its own: attempts side by side know nothing of each other.
            .filter(|earlier| earlier.number < at.attempt && (!contest || earlier.agent == attempt.agent))
            .filter_map(|earlier| {
                Some((earlier.number, earlier.failure.clone()?, earlier.runs.last().cloned()))
            })
            .collect();
        let goal = if plan.doc.settings.goal.is_empty() { &plan.head.title } else { &plan.doc.settings.goal };
        let (plan_title, branch) = (goal.clone(), attempt.branch.clone());
        Some(BriefParts { plan_title, task, branch, contracts, checks, tried })
    }

    /// A shell of the user's in an attempt's worktree.
    pub(super) fn launch_user_shell(&mut self, at: &At) -> Option<RunId> {
        let attempt = self.attempt(at)?;
        let (worktree, base, port) = (attempt.worktree.clone(), attempt.base.clone(), attempt.port);
        let run = self.plan_run(at, RunKind::Shell, "shell", "shell", worktree)?;
        let launch = Launch {
            run: run.clone(),
            what: What::Interactive,
            base,
            time_limit_ms: None,
            ports: self.ports(at, port),
            plan_dir: self.plan_dir(at),
        };
        self.effect(Effect::StartRun { launch: Box::new(launch) });
        Some(run.id)
    }

    fn plan_run(
        &mut self,
        at: &At,
        kind: RunKind,
        name: &str,
        command: &str,
        worktree: std::path::PathBuf,
    ) -> Option<Run> {
        let run = Run {
            id: self.new_run_id(at, kind),
            plan: at.plan.clone(),
            task: at.task.clone(),
            attempt: at.attempt,
            kind,
            name: name.to_owned(),
            command: command.to_owned(),
            worktree,
            state: RunState::Planned,
            planned_ms: self.now,
            ended_ms: None,
            session: None,
            usage: None,
        };
        self.record(&at.plan, Fact::RunPlanned { run: run.clone() });
        Some(run)
    }

    fn ports(&self, at: &At, first: Option<u16>) -> Vec<(String, u16)> {
        let (Some(plan), Some(first)) = (self.plan(&at.plan), first) else { return Vec::new() };
        plan.doc.settings.setup.ports.iter().cloned().zip(first..).collect()
    }

    fn plan_dir(&self, at: &At) -> std::path::PathBuf {
        let file = self.plan(&at.plan).and_then(|plan| plan.head.file.clone());
        let beside = file.and_then(|file| file.parent().map(std::path::Path::to_path_buf));
        beside.or_else(|| self.project_of(&at.plan).map(|project| project.root)).unwrap_or_default()
    }

    /// Agents that the plan names and that can't be used, in sentences.
    pub(super) fn missing_agent(&self, plan_id: &crate::ids::PlanId) -> Option<NeedsYou> {
        let plan = self.plan(plan_id)?;
        let task = plan.doc.tasks.iter().find(|task| {
            let open = plan.tasks.get(&task.id).is_some_and(|known| !known.stage.is_over());
            open && plan.doc.agents_of(task).is_empty()
        })?;
        let why = format!("No agent is named for {}; choose one for it, or one for the plan.", task.name());
        Some(NeedsYou::Blocked { why })
    }
}

fn gone() -> String {
    "The task is no longer part of the plan.".to_owned()
}

fn shown_command(agent: &plan::Agent) -> String {
    match agent.adapter {
        plan::Adapter::Command => agent.command.join(" "),
        plan::Adapter::Scripted => format!("script {}", agent.script.as_deref().unwrap_or("")),
        plan::Adapter::Claude => "claude".to_owned(),
        plan::Adapter::Codex => "codex".to_owned(),
    }
}
