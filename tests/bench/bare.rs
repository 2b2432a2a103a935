//! The engine's turns, its store and its shims, with processes that only sleep and a repository that answers at
//! once: what Coppice itself costs a task.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::act::{Actor, LatestLines};
use engine::fact::Fact;
use engine::ids::{PlanId, RunId};
use engine::serve::Event;
use engine::turn::{Effect, Input, Turn};
use engine::world::{Mode, World};
use engine::{Home, Programs, keep};
use store::Store;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::instant::{Instantly, begin, project};
use crate::tasks::Task;
use crate::{Bench, Result};

/// As many inputs share a transaction as in the engine's own loop.
const BATCH: usize = 64;

const PLAN: &str = "bench";

/// A run, and where its time went.
#[derive(Debug)]
pub(crate) struct Bare {
    pub(crate) makespan: Duration,
    /// A turn without its commit.
    pub(crate) turns: Vec<Duration>,
    pub(crate) commits: Vec<Duration>,
    /// From the order to start a run to the word that it lives.
    pub(crate) starts: Vec<Duration>,
    /// What a process lived longer, by its shim's word, than it wanted to sleep.
    pub(crate) overruns: Vec<Duration>,
    /// From the end of a process to its task's landing.
    pub(crate) landings: Vec<Duration>,
    /// Along the chain of dependencies that ended last.
    pub(crate) chain: Chain,
}

/// What the tasks of a chain, one after the other, took beyond their lengths.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    pub(crate) tasks: usize,
    /// From the landing before, or the plan's start, to the start of the attempt: for a slot, and for the engine.
    pub(crate) waited: Duration,
    pub(crate) started: Duration,
    pub(crate) overran: Duration,
    pub(crate) landed: Duration,
}

/// The agents' tables: each task has one that sleeps as long as it takes.
pub(crate) fn agents(tasks: &[Task]) -> String {
    tasks
        .iter()
        .map(|task| {
            let length = task.length.as_secs_f64();
            format!("\n[agents.{}]\nadapter = \"command\"\ncommand = [\"sleep\", \"{length:.3}\"]\n", task.id)
        })
        .collect()
}

pub(crate) fn run(bench: &Bench, tasks: &[Task], plan: &str, folder: &Path) -> Result<Bare> {
    let runtime = Runtime::new()?;
    let home = Home::open(&folder.join("data"))?;
    let store = runtime.block_on(Store::open(home.root(), &store::Options::default()))?;
    let (events, inbox) = mpsc::unbounded_channel();
    let lines = Arc::new(LatestLines::new(events.clone()));
    let programs = Programs { coppice: bench.program("coppice"), shim: bench.program("coppice-shim") };
    let actor = Arc::new(Actor::new(home, programs, lines, events.clone()));
    // Asked once in an engine's life; the login shell's start-up is not the scheduler's.
    runtime.block_on(actor.environment());
    let lengths = tasks.iter().map(|task| (task.id.clone(), task.length)).collect();
    let rotation = Loop {
        runtime: &runtime,
        store: &store,
        actor,
        events,
        inbox,
        outside: Instantly::new()?,
        world: World::default(),
        watch: Watch { lengths, ..Watch::default() },
    };
    let bare = rotation.run(&project(folder), plan, tasks);
    runtime.block_on(store.close())?;
    bare
}

struct Loop<'a> {
    runtime: &'a Runtime,
    store: &'a Store,
    actor: Arc<Actor>,
    events: mpsc::UnboundedSender<Event>,
    inbox: mpsc::UnboundedReceiver<Event>,
    outside: Instantly,
    world: World,
    watch: Watch,
}

/// The stop-watch.
#[derive(Default)]
struct Watch {
    lengths: HashMap<String, Duration>,
    turns: Vec<Duration>,
    commits: Vec<Duration>,
    starts: Vec<Duration>,
    overruns: Vec<Duration>,
    landings: Vec<Duration>,
    ordered: HashMap<RunId, (String, Instant)>,
    lives: HashMap<RunId, Instant>,
    ended: HashMap<String, Instant>,
    begun: HashMap<String, Instant>,
    landed: HashMap<String, Instant>,
    living: HashMap<String, Instant>,
}

impl Loop<'_> {
    fn run(mut self, project: &engine::world::Project, plan: &str, tasks: &[Task]) -> Result<Bare> {
        // Opening the plan is not running it.
        let [open, put, start] = begin(project, PLAN, plan);
        for command in [open, put] {
            self.round(|turn| turn.command(command).map(drop).map_err(|error| error.message))?;
        }
        self.watch.turns.clear();
        self.watch.commits.clear();
        let began = Instant::now();
        self.round(|turn| turn.command(start).map(drop).map_err(|error| error.message))?;
        let id = PlanId::new(PLAN);
        while self.world.plans.get(&id).is_some_and(|plan| plan.head.mode != Mode::Finished) {
            let Some(first) = self.runtime.block_on(self.inbox.recv()) else { break };
            let mut batch = vec![first];
            while batch.len() < BATCH
                && let Ok(event) = self.inbox.try_recv()
            {
                batch.push(event);
            }
            let inputs: Vec<Input> = batch
                .into_iter()
                .filter_map(|event| if let Event::Input(input) = event { Some(input) } else { None })
                .collect();
            if inputs.is_empty() {
                continue;
            }
            for input in &inputs {
                self.watch.see(input);
            }
            self.round(|turn| {
                inputs.into_iter().for_each(|input| turn.handle(input));
                Ok(())
            })?;
            if self
                .world
                .plans
                .get(&id)
                .is_some_and(|plan| plan.head.at_rest && plan.head.mode == Mode::Running)
            {
                return Err("the plan came to rest before all had landed".into());
            }
        }
        let makespan = began.elapsed();
        let chain = self.watch.chain(tasks, began);
        let Watch { turns, commits, starts, overruns, landings, .. } = self.watch;
        Ok(Bare { makespan, turns, commits, starts, overruns, landings, chain })
    }

    /// One round of the engine's loop: a turn, its commit, its effects.
    fn round(&mut self, with: impl FnOnce(&mut Turn<'_>) -> std::result::Result<(), String>) -> Result<()> {
        let began = Instant::now();
        let mut turn = Turn::new(&mut self.world, &self.outside);
        with(&mut turn)?;
        let Turn { entries, effects, touched, .. } = turn;
        let batch = keep::batch(&self.world, &entries, &touched)?;
        self.watch.turns.push(began.elapsed());
        if !entries.is_empty() {
            let began = Instant::now();
            self.runtime.block_on(self.store.commit(batch))?;
            self.watch.commits.push(began.elapsed());
        }
        for entry in &entries {
            self.watch.record(&entry.fact);
        }
        let _running = self.runtime.enter();
        for effect in effects {
            match self.outside.answer(&effect) {
                Some(answer) => {
                    if let Effect::Cut { worktree, .. } = &effect {
                        std::fs::create_dir_all(worktree)?;
                    }
                    self.events.send(Event::Input(answer))?;
                }
                None => {
                    self.watch.order(&effect);
                    self.actor.perform(effect);
                }
            }
        }
        Ok(())
    }
}

impl Watch {
    fn order(&mut self, effect: &Effect) {
        if let Effect::StartRun { launch } = effect {
            self.ordered.insert(launch.run.id.clone(), (launch.run.task.to_string(), Instant::now()));
        }
    }

    fn see(&mut self, input: &Input) {
        match input {
            Input::RunStarted { run, .. } => {
                if let Some((_, ordered)) = self.ordered.get(run) {
                    self.starts.push(ordered.elapsed());
                }
                if let Some((task, _)) = self.ordered.get(run) {
                    self.living.insert(task.clone(), Instant::now());
                }
                self.lives.insert(run.clone(), Instant::now());
            }
            Input::RunEnded { run, .. } => {
                let Some((task, _)) = self.ordered.get(run) else { return };
                if let (Some(lives), Some(length)) = (self.lives.get(run), self.lengths.get(task)) {
                    self.overruns.push(lives.elapsed().saturating_sub(*length));
                }
                self.ended.insert(task.clone(), Instant::now());
            }
            _ => {}
        }
    }

    fn record(&mut self, fact: &Fact) {
        match fact {
            Fact::AttemptStarted { task, .. } => {
                self.begun.insert(task.to_string(), Instant::now());
            }
            Fact::Landed { task, .. } => {
                self.landings.extend(self.ended.get(task.as_str()).map(Instant::elapsed));
                self.landed.insert(task.to_string(), Instant::now());
            }
            _ => {}
        }
    }

    /// Back from the task that landed last, by the dependency that landed last each time.
    fn chain(&self, tasks: &[Task], began: Instant) -> Chain {
        let mut chain = Chain::default();
        let landed = |task: &&Task| self.landed.get(&task.id).copied();
        let mut next = tasks.iter().max_by_key(landed);
        while let Some(task) = next {
            next = task.after.iter().map(|at| &tasks[*at]).max_by_key(landed);
            let free = next.and_then(|before| landed(&before)).unwrap_or(began);
            let moment = |of: &HashMap<String, Instant>| of.get(&task.id).copied().unwrap_or(free);
            let (begun, lives, ended) = (moment(&self.begun), moment(&self.living), moment(&self.ended));
            chain.tasks += 1;
            chain.waited += begun.saturating_duration_since(free);
            chain.started += lives.saturating_duration_since(begun);
            chain.overran += ended.saturating_duration_since(lives).saturating_sub(task.length);
            chain.landed += moment(&self.landed).saturating_duration_since(ended);
        }
        chain
    }
}
