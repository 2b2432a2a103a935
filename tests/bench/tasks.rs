//! Tasks made by chance with a fixed seed, and what is written of them: a plan, and a forecast of a perfect run.

use std::fmt::Write;
use std::time::Duration;

use plan::{Forecast, Graph, Work};

use crate::Result;

#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) length: Duration,
    /// Places of the tasks before it.
    pub(crate) after: Vec<usize>,
}

/// `count` tasks of 0.2 to 0.6 s. One in five depends on nothing; the others on one to three of those shortly
/// before them.
pub(crate) fn by_chance(count: usize, seed: u64) -> Vec<Task> {
    let mut chance = Chance(seed);
    let mut task = |at: usize| {
        let length = Duration::from_millis(200 + chance.below(401));
        let mut after = Vec::new();
        if at > 0 && chance.below(5) > 0 {
            for _ in 0..=chance.below(3) {
                let back = chance.below(30.min(at as u64)) as usize;
                if !after.contains(&(at - 1 - back)) {
                    after.push(at - 1 - back);
                }
            }
        }
        Task { id: format!("t{at}"), length, after }
    };
    (0..count).map(&mut task).collect()
}

/// The plan's file. `head` holds settings and tables that come before the tasks; `agent` names a task's agent.
pub(crate) fn plan_text(
    tasks: &[Task],
    slots: usize,
    head: &str,
    agent: impl Fn(&Task) -> String,
) -> Result<String> {
    let mut text = format!(
        "version = 1\ntitle = \"A hundred tasks\"\ntarget = \"main\"\napprove = \"auto\"\nslots = {slots}\n{head}"
    );
    for task in tasks {
        let after: Vec<String> = task.after.iter().map(|at| format!("\"{}\"", tasks[*at].id)).collect();
        write!(
            text,
            "\n[[task]]\nid = \"{}\"\nagent = \"{}\"\nestimate = \"{}ms\"\nafter = [{}]\n",
            task.id,
            agent(task),
            task.length.as_millis(),
            after.join(", ")
        )?;
    }
    Ok(text)
}

/// What a scheduler with the same rule and no cost of its own needs.
pub(crate) fn perfect(plan: &str) -> Result<Forecast> {
    let doc = plan::parse(plan)
        .map_err(|problems| format!("the plan has problems, first {:?}", problems.first()))?;
    let graph = Graph::new(&doc).map_err(|cycle| format!("the plan has a cycle: {cycle:?}"))?;
    let work: Vec<Work> =
        doc.tasks.iter().map(|task| Work::Todo(task.estimate.unwrap_or_default())).collect();
    Ok(plan::forecast(&graph, &work, doc.settings.slots, false))
}

/// SplitMix64: small, and the same everywhere.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}
