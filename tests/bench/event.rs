//! One engine event in a plan of 10 tasks and of 10,000: a turn with the rows that it writes, without the disk and
//! with it. Nothing that happens to one task may look at all of them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use engine::keep;
use engine::turn::{Effect, Input, Turn};
use engine::world::{Outcome, World};
use store::{Batch, Store};
use tokio::runtime::Runtime;

use crate::instant::{Instantly, begin, project};
use crate::table::{Table, Target, median, over, shown};
use crate::tasks::{by_chance, plan_text};
use crate::{Bench, Result};

const SMALL: usize = 10;
const LARGE: usize = 10_000;
const SLOTS: usize = 10;

/// Events of one go; small and large take turns.
const STRETCH: usize = 100;
const TURNS: usize = 40;
const TURNS_TO_DISK: usize = 15;

pub(crate) fn run(bench: &Bench) -> Result<Table> {
    let runtime = Runtime::new()?;
    let mut table = Table::new(format!("One engine event in a plan of {SMALL} tasks and of {LARGE}"));
    for (what, to_disk, turns) in [("", false, TURNS), (", committed to disk", true, TURNS_TO_DISK)] {
        let scratch = bench.scratch()?;
        let open = |tasks: usize| -> Result<Stream<'_>> {
            let folder = Bench::folder(&scratch, &tasks.to_string())?;
            let store = match to_disk {
                true => Some(runtime.block_on(Store::open(&folder, &store::Options::default()))?),
                false => None,
            };
            Stream::new(tasks, store, &runtime)
        };
        let (mut small, mut large) = (open(SMALL)?, open(LARGE)?);
        for _ in 0..turns {
            small.go(STRETCH)?;
            large.go(STRETCH)?;
        }
        let slowest = (small.slowest(), large.slowest());
        let (few, many) = (small.times()?, large.times()?);
        let mean = |times: &[Duration]| times.iter().sum::<Duration>() / times.len().max(1) as u32;
        let means = (mean(&few), mean(&many));
        table.note(format!(
            "means{what}: {} and {} ({:.2} ×); slowest {} and {}",
            shown(means.0),
            shown(means.1),
            over(means.1, means.0),
            slowest.0,
            slowest.1,
        ));
        let (few, many) = (median(few), median(many));
        table.figure(format!("{SMALL} tasks{what}"), shown(few));
        table.ratio(format!("{LARGE} tasks{what}"), shown(many), over(many, few), Target::AtMost(2.0));
    }
    Ok(table)
}

/// A plan in which something happens all the time: agents and checks live and end, work lands, ports are leased.
struct Stream<'a> {
    plan: String,
    outside: Instantly,
    world: World,
    waiting: VecDeque<Input>,
    store: Option<Store>,
    runtime: &'a Runtime,
    times: Vec<Duration>,
    slowest: (Duration, String),
}

impl Stream<'_> {
    fn new(tasks: usize, store: Option<Store>, runtime: &Runtime) -> Result<Stream<'_>> {
        let head = "\n[setup]\nports = [\"web\"]\n\n[[check]]\nname = \"test\"\ncommand = \"true\"\n\n\
                    [agents.quick]\nadapter = \"command\"\ncommand = [\"true\"]\n";
        let plan = plan_text(&by_chance(tasks, 3), SLOTS, head, |_| "quick".to_owned())?;
        let mut stream = Stream {
            plan,
            outside: Instantly::new()?,
            world: World::default(),
            waiting: VecDeque::new(),
            store,
            runtime,
            times: Vec::new(),
            slowest: Default::default(),
        };
        // The first commits fill SQLite's caches.
        stream.go(50)?;
        stream.times.clear();
        stream.slowest = Default::default();
        Ok(stream)
    }

    /// So many more events, each a turn of its own.
    fn go(&mut self, events: usize) -> Result<()> {
        for _ in 0..events {
            let input = loop {
                match self.waiting.pop_front() {
                    Some(input) => break input,
                    None => self.begin()?,
                }
            };
            let name = name(&input);
            let began = Instant::now();
            let mut turn = Turn::new(&mut self.world, &self.outside);
            turn.handle(input);
            let Turn { entries, effects, touched, .. } = turn;
            let batch = keep::batch(&self.world, &entries, &touched)?;
            self.commit(batch)?;
            let time = began.elapsed();
            self.times.push(time);
            if time > self.slowest.0 {
                self.slowest = (time, name);
            }
            self.take(effects);
        }
        Ok(())
    }

    /// Starts the plan, for the first time or anew in an empty world.
    fn begin(&mut self) -> Result<()> {
        self.world = World { seq: self.world.seq, ..World::default() };
        let project = project(std::path::Path::new("/bench"));
        for command in begin(&project, "bench", &self.plan) {
            let mut turn = Turn::new(&mut self.world, &self.outside);
            turn.command(command).map_err(|error| error.message)?;
            let Turn { entries, effects, touched, .. } = turn;
            let batch = keep::batch(&self.world, &entries, &touched)?;
            self.commit(batch)?;
            self.take(effects);
        }
        Ok(())
    }

    fn commit(&self, batch: Batch) -> Result<()> {
        if let Some(store) = &self.store {
            self.runtime.block_on(store.commit(batch))?;
        }
        Ok(())
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            self.waiting.extend(self.outside.answer(&effect));
            if let Effect::StartRun { launch } = effect {
                let run = launch.run.id;
                self.waiting.push_back(Input::RunStarted { run: run.clone(), pid: 1, shim_pid: 1 });
                let (outcome, code) = (Outcome::Exited, Some(0));
                self.waiting.push_back(Input::RunEnded { run, outcome, code, signal: None, detail: None });
            }
        }
    }

    fn slowest(&self) -> String {
        format!("{} ({})", shown(self.slowest.0), self.slowest.1)
    }

    fn times(self) -> Result<Vec<Duration>> {
        if let Some(store) = &self.store {
            self.runtime.block_on(store.close())?;
        }
        Ok(self.times)
    }
}

/// "RunEnded", …
fn name(input: &Input) -> String {
    let text = format!("{input:?}");
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
