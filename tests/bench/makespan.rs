//! A hundred tasks on ten slots: a perfect schedule, ninja, Coppice with bare processes; and, a section of its own
//! because it takes longest, Coppice with everything.

use std::time::Duration;

use crate::table::{Table, Target, median, over, shown};
use crate::tasks::{by_chance, perfect, plan_text};
use crate::{Bench, Result, bare, landed, ninja};

const TASKS: usize = 100;
const SLOTS: usize = 10;
const SEED: u64 = 7;
const TIMES: usize = 3;

pub(crate) fn run(bench: &Bench) -> Result<Table> {
    let tasks = by_chance(TASKS, SEED);
    let plan = plan_text(&tasks, SLOTS, &bare::agents(&tasks), |task| task.id.clone())?;
    let simulated = perfect(&plan)?;
    let best = simulated.makespan;

    let mut table = Table::new(format!("Makespan of {TASKS} tasks of 0.2–0.6 s on {SLOTS} slots"));
    table.figure("simulated, no cost at all", shown(best));
    table.ratio(
        "no schedule is shorter than",
        shown(simulated.lower_bound),
        over(simulated.lower_bound, best),
        Target::None,
    );

    let (mut ninjas, mut bares) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let scratch = bench.scratch()?;
        ninjas.extend(ninja::run(&tasks, SLOTS, &Bench::folder(&scratch, "ninja")?)?);
        bares.push(bare::run(bench, &tasks, &plan, &Bench::folder(&scratch, "bare")?)?);
    }
    if ninjas.is_empty() {
        table.note("ninja is not installed: that comparison is missing.");
    } else {
        let ninja = median(ninjas);
        table.ratio("ninja", shown(ninja), over(ninja, best), Target::None);
    }
    bares.sort_by_key(|bare| bare.makespan);
    let bare = &bares[TIMES / 2];
    table.ratio(
        "Coppice, bare processes",
        shown(bare.makespan),
        over(bare.makespan, best),
        Target::AtMost(1.03),
    );
    let all: Vec<String> = bares.iter().map(|bare| shown(bare.makespan)).collect();
    table.note(format!("bare: {} of {}", shown(bare.makespan), all.join(", ")));
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
