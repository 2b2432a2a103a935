//! Who may start next. The structure is kept up to date event by event: a change costs the edges
//! of the task that changed, never a look at the whole plan.
//!
//! The plain definition of the same thing is [`crate::ready::ready`]; tests hold the two together.
//! Starting, stopping and waiting are the engine's; nothing here has a clock.

use crate::bits::BitSet;
use crate::graph::{Graph, TaskIdx};

/// What a task's stage means for scheduling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// A draft: not to be started even when it could be.
    Held,
    /// To be started when its dependencies have landed and a slot is free.
    Waiting,
    /// Works and holds a slot.
    Started,
    /// Has given its slot back but has not landed: awaits approval or its turn, or needs a person.
    Released,
    /// The target contains it; its dependents are free of it.
    Landed,
    /// Failed, cancelled or discarded: its dependents stay blocked.
    Closed,
}

/// Readiness of a whole plan, kept incrementally.
#[derive(Debug, Clone)]
pub struct Schedule {
    status: Vec<Status>,
    /// Slots that each task's attempts hold.
    held: Vec<usize>,
    /// Dependencies that have not landed.
    open: Vec<u32>,
    /// Place in the order of priority, 0 first.
    rank: Vec<u32>,
    by_rank: Vec<TaskIdx>,
    /// Ranks of the tasks that could start at once if there were slots.
    ready: BitSet,
    dependents: Vec<Vec<TaskIdx>>,
    slots: usize,
    /// Sum of `held`.
    started: usize,
    waves: Option<Waves>,
}

/// Bookkeeping of strict waves.
#[derive(Debug, Clone)]
struct Waves {
    level: Vec<u32>,
    members: Vec<Vec<TaskIdx>>,
    /// Members that have not landed, by wave.
    left: Vec<u32>,
    /// The first wave that has not landed as a whole.
    open: u32,
}

impl Schedule {
    /// `priorities` (see [`crate::ready::priorities`]) and `statuses` run parallel to the graph's
    /// tasks. Linear in tasks and edges but for one sort: also the way to follow a graph edit.
    pub fn new(
        graph: &Graph,
        priorities: &[u64],
        statuses: &[Status],
        slots: usize,
        strict_waves: bool,
    ) -> Schedule {
        let n = graph.len();
        let mut by_rank: Vec<TaskIdx> = graph.tasks().collect();
        by_rank.sort_by_key(|task| (std::cmp::Reverse(priorities[task.at()]), *task));
        let mut rank = vec![0; n];
        for (place, task) in by_rank.iter().enumerate() {
            rank[task.at()] = place as u32;
        }
        let waves = strict_waves.then(|| {
            let members = graph.waves();
            let left = members.iter().map(|wave| wave.len() as u32).collect();
            Waves { level: graph.tasks().map(|task| graph.level(task)).collect(), members, left, open: 0 }
        });
        let mut schedule = Schedule {
            status: vec![Status::Held; n],
            held: vec![0; n],
            open: graph.tasks().map(|task| graph.dependencies(task).len() as u32).collect(),
            rank,
            by_rank,
            ready: BitSet::new(n),
            dependents: graph.tasks().map(|task| graph.dependents(task).to_vec()).collect(),
            slots,
            started: 0,
            waves,
        };
        for task in graph.tasks() {
            schedule.set(task, statuses[task.at()]);
        }
        schedule
    }

    /// The task to start now, if a slot is free: the ready one with the longest way to go. It stays
    /// the answer until [`Schedule::started`] is told of it.
    pub fn next(&self) -> Option<TaskIdx> {
        if self.started >= self.slots { None } else { self.first_ready() }
    }

    /// The same while `landing` is on its way into the target and needs no slot for that: the last free slot is not
    /// given to a task that what this landing releases would outrank. A landing takes moments, a task holds a slot
    /// for long, and the critical path would wait for it.
    pub fn next_beside(&self, landing: TaskIdx) -> Option<TaskIdx> {
        let first = self.next()?;
        let last_slot = self.started + 1 == self.slots;
        (!last_slot || !self.releases_before(landing, first)).then_some(first)
    }

    /// Whether a task that waits for `landing` alone outranks `other`.
    fn releases_before(&self, landing: TaskIdx, other: TaskIdx) -> bool {
        self.dependents[landing.at()].iter().any(|dependent| {
            self.status[dependent.at()] == Status::Waiting
                && self.open[dependent.at()] == 1
                && self.wave_open(*dependent)
                && self.rank(*dependent) < self.rank(other)
        })
    }

    /// The same without a look at the slots.
    pub fn first_ready(&self) -> Option<TaskIdx> {
        self.ready.first().map(|place| self.by_rank[place])
    }

    /// It works and holds a slot.
    pub fn started(&mut self, task: TaskIdx) {
        self.set(task, Status::Started);
    }

    /// Its slot is free again, but it has not landed.
    pub fn released(&mut self, task: TaskIdx) {
        self.set(task, Status::Released);
    }

    /// Its dependents are free of it.
    pub fn landed(&mut self, task: TaskIdx) {
        self.set(task, Status::Landed);
    }

    /// It is to be started again.
    pub fn retry(&mut self, task: TaskIdx) {
        self.set(task, Status::Waiting);
    }

    /// Failed, cancelled or discarded: its dependents stay blocked.
    pub fn closed(&mut self, task: TaskIdx) {
        self.set(task, Status::Closed);
    }

    /// Any change of status of a task with one attempt at a time; all the operations above are this one.
    pub fn set(&mut self, task: TaskIdx, status: Status) {
        self.set_holding(task, status, usize::from(status == Status::Started));
    }

    /// The same for a task that several attempts try side by side: together they hold `held` slots, and the task
    /// waits as long as one of them is still to be started.
    pub fn set_holding(&mut self, task: TaskIdx, status: Status, held: usize) {
        let held_before = std::mem::replace(&mut self.held[task.at()], held);
        self.started = self.started - held_before + held;
        let before = std::mem::replace(&mut self.status[task.at()], status);
        if before == status {
            return;
        }
        self.place(task);
        match (before == Status::Landed, status == Status::Landed) {
            (false, true) => self.open_dependents(task),
            (true, false) => self.block_dependents(task),
            (false, false) | (true, true) => {}
        }
    }

    pub fn set_slots(&mut self, slots: usize) {
        self.slots = slots;
    }

    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Slots that are held. May exceed the slots after [`Schedule::set_slots`] lowered them.
    pub fn working(&self) -> usize {
        self.started
    }

    /// Place in the order of priority, 0 first.
    pub fn rank(&self, task: TaskIdx) -> u32 {
        self.rank[task.at()]
    }

    pub fn status(&self, task: TaskIdx) -> Status {
        self.status[task.at()]
    }

    /// Whether it could start at once if a slot were free.
    pub fn is_ready(&self, task: TaskIdx) -> bool {
        self.ready.contains(self.rank[task.at()] as usize)
    }

    /// The ready tasks in order of priority, whatever the slots.
    pub fn ready(&self) -> impl Iterator<Item = TaskIdx> {
        self.ready.iter().map(|place| self.by_rank[place])
    }

    /// Whether it is held back by strict waves alone.
    pub fn waits_for_wave(&self, task: TaskIdx) -> bool {
        self.open[task.at()] == 0 && !self.wave_open(task)
    }

    fn wave_open(&self, task: TaskIdx) -> bool {
        self.waves.as_ref().is_none_or(|waves| waves.level[task.at()] <= waves.open)
    }

    /// Puts the task among the ready ones, or takes it out.
    fn place(&mut self, task: TaskIdx) {
        let ready =
            self.status[task.at()] == Status::Waiting && self.open[task.at()] == 0 && self.wave_open(task);
        self.ready.set(self.rank[task.at()] as usize, ready);
    }

    fn open_dependents(&mut self, task: TaskIdx) {
        for at in 0..self.dependents[task.at()].len() {
            let dependent = self.dependents[task.at()][at];
            self.open[dependent.at()] -= 1;
            self.place(dependent);
        }
        let Some(waves) = &mut self.waves else { return };
        waves.left[waves.level[task.at()] as usize] -= 1;
        let before = waves.open;
        while waves.left.get(waves.open as usize) == Some(&0) {
            waves.open += 1;
        }
        self.place_waves(before + 1, waves_open(&self.waves));
    }

    /// A landing was taken back.
    fn block_dependents(&mut self, task: TaskIdx) {
        for at in 0..self.dependents[task.at()].len() {
            let dependent = self.dependents[task.at()][at];
            self.open[dependent.at()] += 1;
            self.place(dependent);
        }
        let Some(waves) = &mut self.waves else { return };
        let level = waves.level[task.at()];
        waves.left[level as usize] += 1;
        let before = waves.open;
        waves.open = before.min(level);
        self.place_waves(waves_open(&self.waves) + 1, before);
    }

    fn place_waves(&mut self, first: u32, last: u32) {
        for wave in first..=last {
            let members = self.waves.as_ref().and_then(|waves| waves.members.get(wave as usize)).cloned();
            for task in members.unwrap_or_default() {
                self.place(task);
            }
        }
    }
}

fn waves_open(waves: &Option<Waves>) -> u32 {
    waves.as_ref().map_or(0, |waves| waves.open)
}
