//! A hundred tasks on ten slots: a perfect schedule, ninja, Coppice with bare processes; and, a section of its own
//! because it takes longest, Coppice with everything.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::table::{Table, Target, median, over, shown};
use crate::tasks::{Task, by_chance, perfect, plan_text};
use crate::{Bench, Result, bare, landed, ninja};

const TASKS: usize = 100;
const SLOTS: usize = 10;
const SEED: u64 = 7;
/// What else the machine does only ever adds: of so many runs the quickest says what a scheduler costs, and the middle
/// one what was seen.
const TIMES: usize = 5;

pub(crate) fn run(bench: &Bench) -> Result<Table> {
    let tasks = by_chance(TASKS, SEED);
    let plan = plan_text(&tasks, SLOTS, &bare::agents(&tasks), |task| task.id.clone())?;
    // What the tasks really take: the system's own part of a process is no scheduler's.
    let process = process_cost()?;
    let real: Vec<Task> =
        tasks.iter().map(|task| Task { length: task.length + process, ..task.clone() }).collect();
    let simulated = perfect(&plan_text(&real, SLOTS, &bare::agents(&real), |task| task.id.clone())?)?;
    let best = simulated.makespan;

    let mut table = Table::new(format!("Makespan of {TASKS} tasks of 0.2–0.6 s on {SLOTS} slots"));
    table.figure("simulated, no cost at all", shown(best));
    table.note(format!(
        "a process by itself lives {} longer than it sleeps; the simulated ones too",
        shown(process)
    ));
    table.ratio(
        "no schedule is shorter than",
        shown(simulated.lower_bound),
        over(simulated.lower_bound, best),
        Target::None,
    );

    // Removed together at the end: for some seconds after many files were deleted, making one takes longer.
    let scratches = (0..TIMES).map(|_| bench.scratch()).collect::<Result<Vec<_>>>()?;
    let (mut ninjas, mut bares) = (Vec::new(), Vec::new());
    for scratch in &scratches {
        ninjas.extend(ninja::run(&tasks, SLOTS, &Bench::folder(scratch, "ninja")?)?);
        bares.push(bare::run(bench, &tasks, &plan, &Bench::folder(scratch, "bare")?)?);
    }
    if ninjas.is_empty() {
        table.note("ninja is not installed: that comparison is missing.");
    } else {
        let quickest = ninjas.iter().copied().min().unwrap_or_default();
        table.ratio("ninja", shown(quickest), over(quickest, best), Target::None);
        let middle = median(ninjas);
        table.ratio("ninja, the middle one", shown(middle), over(middle, best), Target::None);
    }
    bares.sort_by_key(|bare| bare.makespan);
    let (bare, middle) = (&bares[0], &bares[TIMES / 2]);
    table.ratio(
        "Coppice, bare processes",
        shown(bare.makespan),
        over(bare.makespan, best),
        Target::AtMost(1.03),
    );
    let middle = middle.makespan;
    table.ratio("Coppice, the middle one", shown(middle), over(middle, best), Target::None);
    let all: Vec<String> = bares.iter().map(|bare| shown(bare.makespan)).collect();
    table.note(format!("bare: {}", all.join(", ")));
    let part = |times: &[Duration]| shown(median(times.to_vec()));
    table.note(format!(
        "bare: {:.1} commits a task of {} each, turns {}, start {}, end {} late, end to landing {}",
        bare.commits.len() as f64 / TASKS as f64,
        part(&bare.commits),
        part(&bare.turns),
        part(&bare.starts),
        part(&bare.overruns),
        part(&bare.landings),
    ));
    let chain = &bare.chain;
    table.note(format!(
        "bare: the chain that ended last, {} tasks: waited {}, started in {}, over by {}, landed in {}",
        chain.tasks,
        shown(chain.waited),
        shown(chain.started),
        shown(chain.overran),
        shown(chain.landed),
    ));

    Ok(table)
}

/// What `sleep` takes beyond its sleep when nothing but the system starts it and waits for it.
fn process_cost() -> Result<Duration> {
    const SLEEP: Duration = Duration::from_millis(50);
    let mut costs = Vec::new();
    for _ in 0..21 {
        let began = Instant::now();
        Command::new("sleep").arg(SLEEP.as_secs_f64().to_string()).status()?;
        costs.push(began.elapsed().saturating_sub(SLEEP));
    }
    Ok(median(costs))
}

pub(crate) fn with_landings(bench: &Bench) -> Result<Table> {
    let tasks = by_chance(TASKS, SEED);
    let best = perfect(&plan_text(&tasks, SLOTS, &bare::agents(&tasks), |task| task.id.clone())?)?.makespan;
    let mut table = Table::new(format!("The same {TASKS} tasks with worktrees, a check and landings"));
    table.figure("simulated, no cost at all", shown(best));
    let scratch = bench.scratch()?;
    let landed = landed::run(bench, &tasks, SLOTS, scratch.path())?;
    table.ratio(
        "Coppice, to the last landing",
        shown(landed.makespan),
        over(landed.makespan, best),
        Target::None,
    );
    let cost = landed.makespan.saturating_sub(best) / TASKS as u32;
    table.note(format!("{} a task over the simulated schedule; medians of where it goes:", shown(cost)));
    for (name, times) in &landed.parts {
        table.note(format!("    {name:<34} {:>10}", shown(median(times.clone()))));
    }
    Ok(table)
}
