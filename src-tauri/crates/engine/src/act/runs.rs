//! Starting, following and ending runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use agents::{AgentSpec, Brief, Context, Stage};
use terminal::{Adopted, Claim, Exit, Kill, Reason, RunSpec, StartError};

use crate::act::Actor;
use crate::decide::PORT_BASE;
use crate::ids::RunId;
use crate::turn::{BriefParts, Input, Launch, What, Work};
use crate::world::{Outcome, RunKind};

/// A terminal nobody looks at yet; a viewer resizes it.
const COLUMNS: u16 = 120;
const ROWS: u16 = 32;

/// Of an earlier attempt's log, what its successor is shown of.
const LOG_TAIL: u64 = 64 * 1024;

impl Actor {
    pub(super) async fn start_run(self: &Arc<Self>, launch: Launch) {
        let id = launch.run.id.clone();
        let spec = match self.spec(launch).await {
            Ok(spec) => spec,
            Err(why) => return self.never_started(id, why),
        };
        let started = {
            // The semaphore is never closed.
            let _turn = self.starting.acquire().await;
            terminal::start(&self.programs.shim, &self.home.run(&id), &spec).await
        };
        match started {
            Ok(run) => {
                let child = run.child().await;
                self.follow(id, run, child);
            }
            Err(StartError::StartFailed { message }) => self.never_started(id, message),
            // Another engine's shim has it, or it was given up: what the folder says is true.
            Err(StartError::Fenced { .. }) => self.adopt_run(id).await,
            Err(error) => self.never_started(id, super::sentence(&error)),
        }
    }

    /// What became of a run that an earlier engine intended, and following it where it lives.
    pub(super) async fn adopt_run(self: &Arc<Self>, id: RunId) {
        let dir = self.home.run(&id);
        match terminal::Run::adopt(&dir).await {
            Ok(Adopted::Live(run)) => {
                let child = run.child().await;
                self.follow(id, run, child);
            }
            Ok(Adopted::Ended(exit)) => self.ended(id, &exit),
            Ok(Adopted::Lost { .. }) => self.lost(id, &dir).await,
            Ok(Adopted::NeverStarted) => match terminal::void_claim(&dir) {
                Ok(Claim::Voided) => self.send(Input::RunVoided { run: id }),
                // A late shim was quicker; now it is one of the other cases.
                Ok(Claim::Held(_)) => Box::pin(self.adopt_run(id)).await,
                Err(error) => self.never_started(id, format!("Its folder can't be used: {error}.")),
            },
            Err(error) => self.never_started(id, format!("Its folder can't be read: {error}.")),
        }
    }

    pub(super) fn end_run(&self, id: &RunId) {
        let known = self.runs.lock().ok().and_then(|runs| runs.get(id).cloned());
        match known {
            Some(run) => run.kill(Kill::Polite),
            None => {
                if let Ok(mut to_end) = self.to_end.lock() {
                    to_end.insert(id.clone());
                }
            }
        }
    }

    fn follow(self: &Arc<Self>, id: RunId, run: terminal::Run, child: Option<i32>) {
        let shim_pid = u32::try_from(run.identity().pid).unwrap_or(0);
        let pid = child.and_then(|pid| u32::try_from(pid).ok()).unwrap_or(0);
        self.send(Input::RunStarted { run: id.clone(), pid, shim_pid });
        if super::sessions::has_hooks(run.dir()) {
            // Such a program says itself what it does.
            self.watch_session(&id, run.dir().to_owned());
        } else {
            self.lines.follow(id.clone(), run.dir().to_owned());
        }
        if let Ok(mut runs) = self.runs.lock() {
            runs.insert(id.clone(), run.clone());
        }
        self.followed.notify_waiters();
        if self.to_end.lock().is_ok_and(|mut to_end| to_end.remove(&id)) {
            run.kill(Kill::Polite);
        }
        let actor = Arc::clone(self);
        tokio::spawn(async move {
            let exit = run.exited().await;
            if let Ok(mut runs) = actor.runs.lock() {
                runs.remove(&id);
            }
            actor.lines.forget(&id);
            actor.forget_session(&id, exit.is_success());
            actor.count_printed(&id);
            actor.ended(id, &exit);
        });
    }

    fn ended(&self, run: RunId, exit: &Exit) {
        let left =
            exit.leftovers.iter().map(|left| format!("{} ({})", left.name, left.pid)).collect::<Vec<_>>();
        let left = (!left.is_empty()).then(|| format!("It left processes behind: {}.", left.join(", ")));
        let (outcome, detail) = match &exit.reason {
            Reason::Exited if exit.signal.is_some() => (Outcome::Signalled, left),
            Reason::Exited => (Outcome::Exited, left),
            Reason::TimeLimit => (Outcome::TimedOut, Some("It ran into its time limit.".to_owned())),
            Reason::Killed => (Outcome::Ended, left),
            Reason::StartFailed { message } => (Outcome::StartFailed, Some(message.clone())),
            Reason::Lost => (Outcome::Lost, Some("lost (holder died)".to_owned())),
        };
        self.send(Input::RunEnded { run, outcome, code: exit.code, signal: exit.signal, detail });
    }

    /// The shim died without a word while no engine looked: what it left is ended first.
    async fn lost(&self, run: RunId, dir: &Path) {
        let folder = dir.to_owned();
        let _ = tokio::task::spawn_blocking(move || terminal::end_orphans(&folder)).await;
        let detail = Some("lost (holder died)".to_owned());
        self.send(Input::RunEnded { run, outcome: Outcome::Lost, code: None, signal: None, detail });
    }

    fn never_started(&self, run: RunId, why: String) {
        let detail = Some(why);
        self.send(Input::RunEnded { run, outcome: Outcome::StartFailed, code: None, signal: None, detail });
    }

    async fn spec(&self, launch: Launch) -> Result<RunSpec, String> {
        let environment = self.environment().await;
        let run = &launch.run;
        let dir = self.home.run(&run.id);
        let mut brief = match &launch.what {
            What::Agent { brief, .. } => Some(self.write_brief(&dir, &launch, brief)?),
            What::Shell { .. } | What::Interactive => None,
        };
        let mut extra = Vec::new();
        if let (What::Agent { work, .. }, Some(page)) = (&launch.what, &mut brief) {
            let handover = match work {
                Work::Implement => None,
                Work::Review(parts) => Some(self.hand_to_reviewer(&dir, page, parts).await?),
                Work::Fix(parts) => Some(self.hand_to_fixer(&dir, page, parts).await?),
                Work::Judge(parts) => Some(self.hand_to_judge(&dir, page, parts).await?),
            };
            if let Some(handover) = handover {
                *page = handover.page;
                extra = handover.variables;
            }
        }
        if let What::Agent { name, agent, resume, .. } = &launch.what {
            let spec = agent_spec(name, agent, &launch.plan_dir);
            let token = super::sessions::begin(&dir, &spec, &environment, resume.is_some())
                .map_err(|error| format!("The run's folder {} can't be used: {error}.", dir.display()))?;
            if let Some(token) = token {
                extra.push(("COPPICE_HOOK_TOKEN".to_owned(), token.into()));
                extra.push(("COPPICE_HOME".to_owned(), self.home.root().as_os_str().to_owned()));
            }
        }
        let context = Context {
            plan: run.plan.to_string(),
            task: run.task.to_string(),
            attempt: run.attempt,
            stage: stage(run.kind),
            run: run.id.to_string(),
            base: launch.base.to_string(),
            worktree: run.worktree.clone(),
            run_dir: dir.clone(),
            resume: resume(&launch.what),
            brief,
            coppice: self.programs.coppice.clone(),
            ports: launch.ports.clone(),
            port_offset: launch.ports.first().map(|(_, port)| port - PORT_BASE),
            hooks: None,
            extra,
        };
        let started = match &launch.what {
            What::Shell { command } => {
                context.run(vec!["/bin/sh".into(), "-c".into(), command.into()], &environment)
            }
            What::Interactive => {
                let shell = environment.get("SHELL").map_or_else(|| "/bin/sh".into(), ToOwned::to_owned);
                context.run(vec![shell], &environment)
            }
            What::Agent { name, agent, .. } => {
                agents::launch(&agent_spec(name, agent, &launch.plan_dir), &context, &environment)
                    .map_err(|error| super::sentence(&error))?
            }
        };
        let mut spec = RunSpec::new(run.id.as_str(), started.argv.clone(), &started.cwd);
        spec.env = started.environment(&environment);
        spec.worktree = Some(run.worktree.clone());
        spec.cols = COLUMNS;
        spec.rows = ROWS;
        spec.time_limit_ms = launch.time_limit_ms.and_then(|ms| u64::try_from(ms).ok());
        Ok(spec)
    }

    fn write_brief(&self, dir: &Path, launch: &Launch, parts: &BriefParts) -> Result<PathBuf, String> {
        let run = &launch.run;
        let task = &parts.task;
        let tried = parts.tried.iter().map(|(attempt, failure, run)| agents::Tried {
            attempt: *attempt,
            failure: failure.clone(),
            log: run.as_ref().map(|run| self.log_tail(run, LOG_TAIL)).unwrap_or_default(),
        });
        let brief = Brief {
            task: run.task.to_string(),
            title: task.name().to_owned(),
            goal: parts.plan_title.clone(),
            role: task.role.clone(),
            deliverable: task.deliverable.clone(),
            spec: task.spec.clone(),
            attempt: run.attempt,
            base: launch.base.to_string(),
            branch: parts.branch.clone(),
            may_change: task.scope.clone().unwrap_or_default(),
            may_not_change: task.exclude.clone(),
            contracts: parts
                .contracts
                .iter()
                .map(|(id, title, text)| agents::Contract {
                    task: id.clone(),
                    title: title.clone(),
                    text: text.clone(),
                })
                .collect(),
            promises: Some(task.contract.clone()).filter(|text| !text.trim().is_empty()),
            checks: parts
                .checks
                .iter()
                .map(|(name, command)| agents::Check { name: name.clone(), command: command.clone() })
                .collect(),
            neighbours: Vec::new(),
            tried: tried.collect(),
        };
        let path = dir.join("brief.md");
        std::fs::create_dir_all(dir)
            .and_then(|()| std::fs::write(&path, brief.render()))
            .map_err(|error| format!("The brief {} can't be written: {error}.", path.display()))?;
        Ok(path)
    }

    /// The end of a run's log, as the terminal got it.
    pub fn log_tail(&self, run: &RunId, bytes: u64) -> Vec<u8> {
        let log = terminal::Log::open(&self.home.run(run));
        let Ok(range) = log.range() else { return Vec::new() };
        let mut at = range.end.saturating_sub(bytes).max(range.start);
        let mut tail = Vec::new();
        while at < range.end {
            match log.read(at, usize::try_from(range.end - at).unwrap_or(usize::MAX)) {
                Ok(terminal::Piece::Bytes(piece)) if !piece.is_empty() => {
                    at += piece.len() as u64;
                    tail.extend(piece);
                }
                Ok(terminal::Piece::Gap { to, .. }) => at = to,
                Ok(_) | Err(_) => break,
            }
        }
        tail
    }
}

/// An agent that was killed is told to go on.
fn resume(what: &What) -> Option<agents::Resume> {
    let What::Agent { resume: Some(session), .. } = what else { return None };
    let message = "Your process was ended from outside. Look at what is there, and go on where you stopped.";
    Some(agents::Resume { session: session.clone(), message: message.to_owned() })
}

/// What is known of the agent's program, where it has hooks.
pub(crate) fn program(name: &str, agent: &plan::Agent, plan_dir: &Path) -> Option<&'static agents::Program> {
    agents::adapter(&agent_spec(name, agent, plan_dir)).ok()?.program
}

pub(crate) fn agent_spec(name: &str, agent: &plan::Agent, plan_dir: &Path) -> AgentSpec {
    AgentSpec {
        name: name.to_owned(),
        adapter: crate::wire::adapter(agent.adapter).to_owned(),
        command: agent.command.clone(),
        script: agent.script.as_ref().map(|script| plan_dir.join(script)),
        model: agent.model.clone(),
        effort: agent.effort.clone(),
        permission: agent.permission.clone(),
        tools: agent.tools.clone(),
        args: agent.args.clone(),
        env: agent.env.clone(),
    }
}

fn stage(kind: RunKind) -> Stage {
    match kind {
        RunKind::Setup => Stage::Setup,
        RunKind::Implement | RunKind::Plan => Stage::Implement,
        RunKind::Check => Stage::Check,
        RunKind::Review => Stage::Review,
        RunKind::Fix => Stage::Fix,
        RunKind::Judge => Stage::Judge,
        RunKind::Resolve => Stage::Resolve,
        RunKind::Shell => Stage::Shell,
    }
}
