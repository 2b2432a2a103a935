//! The world made up by chance, and what must be true of it after every turn.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use agents::{FailCode, Signal};
use engine::apply::{Touched, apply};
use engine::decide::{Command, Opened};
use engine::fact::Fact;
use engine::ids::{PlanId, ProjectId, RunId};
use engine::turn::{At, Effect, Input, Outside, Turn};
use engine::world::{Outcome, Project, World};
use plan::{CommitId, TaskId};

/// Chance that is told by a list of numbers, so that proptest can shrink it.
#[derive(Debug)]
pub(crate) struct Dice {
    rolls: Vec<u8>,
    at: Cell<usize>,
}

impl Dice {
    pub(crate) fn roll(&self, sides: u8) -> u8 {
        let at = self.at.replace(self.at.get() + 1);
        let told = self.rolls[at % self.rolls.len()];
        let roll = if at < self.rolls.len() { told } else { stirred(at as u64, told) };
        roll % sides
    }
}

/// What follows the list: from the place and what the list tells there, without a period. A list that is walked round
/// can bring a person to the same useless answer for ever.
fn stirred(at: u64, told: u8) -> u8 {
    // The last steps of SplitMix64: each bit of the place changes about half of the outcome's.
    let mut bits = (at << 8 | u64::from(told)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (bits ^ (bits >> 31)) as u8
}

pub(crate) struct Clock(pub(crate) Cell<i64>, pub(crate) Cell<u64>);

impl Outside for Clock {
    fn now(&self) -> i64 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }

    fn engine_pid(&self) -> u32 {
        1
    }

    fn tip(&self, _: &Project, branch: &str) -> Result<CommitId, String> {
        match branch {
            "main" => Ok(commit(self.1.get())),
            _ => Err("nobody looks after it here".to_owned()),
        }
    }

    fn free_ports(&self, stride: u16, taken: &[u16]) -> Option<u16> {
        (21_000..30_000).step_by(usize::from(stride)).find(|port| !taken.contains(port))
    }
}

pub(crate) fn commit(number: u64) -> CommitId {
    CommitId::new(&format!("{number:040x}")).expect("forty digits")
}

/// The outside: what is asked of it, answered in any order.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) dice: Dice,
    pub(crate) waiting: Vec<Effect>,
    /// Runs that live, and those that an engine ordered to end.
    pub(crate) live: BTreeSet<RunId>,
    pub(crate) commits: u64,
    /// Green merged checks: candidate → names.
    pub(crate) green: BTreeMap<CommitId, BTreeSet<String>>,
    pub(crate) landed: Vec<TaskId>,
    /// The fold of the log alone: what another engine would find, and where everything stood before each fact.
    pub(crate) shadow: World,
    pub(crate) plan: PlanId,
    pub(crate) dependencies: BTreeMap<TaskId, Vec<TaskId>>,
    pub(crate) slots: usize,
    pub(crate) reviewed: bool,
    /// Fixes that a person asked for beyond the rounds.
    pub(crate) asked: u32,
}

impl Scene {
    pub(crate) fn new(
        edges: &[(usize, usize)],
        tasks: usize,
        slots: usize,
        auto: bool,
        reviewed: bool,
        rivals: bool,
        rolls: Vec<u8>,
    ) -> Scene {
        let mut toml = format!(
            "version = 1\ntitle = \"Chance\"\ntarget = \"main\"\nslots = {slots}\napprove = \"{}\"\n\
             [setup]\ncommand = \"prepare\"\nports = [\"web\"]\n\
             [[check]]\nname = \"test\"\ncommand = \"sh test.sh\"\n[[check]]\nname = \"lint\"\ncommand = \"sh lint.sh\"\n\
             [agents.any]\nadapter = \"command\"\ncommand = [\"agent\"]\n\
             [agents.other]\nadapter = \"command\"\ncommand = [\"other\"]\n",
            if auto { "auto" } else { "manual" }
        );
        if reviewed {
            toml.push_str("[agents.reader]\nadapter = \"command\"\ncommand = [\"reader\"]\n[review]\nagent = [\"reader\", \"any\"]\n");
        }
        let mut dependencies = BTreeMap::new();
        for task in 0..tasks {
            let after: BTreeSet<usize> = edges
                .iter()
                .map(|(a, b)| (a % tasks, b % tasks))
                .filter(|(a, b)| a < b && *b == task)
                .map(|e| e.0)
                .collect();
            let names: Vec<String> = after.iter().map(|before| format!("\"t{before}\"")).collect();
            let who = match rivals && task % 2 == 0 {
                true => "attempts = [\"any\", \"other\"]",
                false => "agent = \"any\"",
            };
            toml.push_str(&format!(
                "[[task]]\nid = \"t{task}\"\n{who}\nspec = \"1. It works.\"\nafter = [{}]\n",
                names.join(", ")
            ));
            dependencies.insert(id(task), after.into_iter().map(id).collect());
        }
        let mut scene = Scene {
            world: World::default(),
            clock: Clock(Cell::new(0), Cell::new(0)),
            dice: Dice { rolls, at: Cell::new(0) },
            waiting: Vec::new(),
            live: BTreeSet::new(),
            commits: 0,
            green: BTreeMap::new(),
            landed: Vec::new(),
            shadow: World::default(),
            plan: PlanId::new("chance"),
            dependencies,
            slots,
            reviewed,
            asked: 0,
        };
        let project = Project {
            id: ProjectId::new("p"),
            root: PathBuf::from("/repo"),
            common_dir: PathBuf::from("/repo/.git"),
            place: PathBuf::from("/place"),
            trusted: true,
            demo: false,
        };
        scene.turn(|turn| turn.command(Command::OpenProject { project }).expect("a project"));
        let opened = Opened {
            project: ProjectId::new("p"),
            id: PlanId::new("chance"),
            file: Some(PathBuf::from("/repo/plan.toml")),
            toml,
            target: "main".to_owned(),
            branch_prefix: "coppice".to_owned(),
        };
        scene.turn(|turn| turn.command(Command::OpenPlan { opened: Box::new(opened) }).expect("a plan"));
        scene
    }

    pub(crate) fn turn<T>(&mut self, with: impl FnOnce(&mut Turn<'_>) -> T) -> T {
        let mut turn = Turn::new(&mut self.world, &self.clock);
        let result = with(&mut turn);
        let (entries, effects) = (std::mem::take(&mut turn.entries), std::mem::take(&mut turn.effects));
        for entry in &entries {
            if let Fact::TaskStage { task, attempt, stage } = &entry.fact {
                let known = &self.shadow.plans[&self.plan].tasks[task];
                let place = known.contender_of(*attempt).expect("somebody tries it");
                let before = &known.contenders[place].stage;
                assert!(before.can_become(stage), "{task}: {before:?} may not become {stage:?}");
            }
            apply(&mut self.shadow, entry, &mut Touched::new());
            if let Fact::CheckFinished { evidence, .. } = &entry.fact
                && evidence.merged
                && evidence.passed()
            {
                self.green.entry(evidence.head.clone()).or_default().insert(evidence.check.clone());
            }
            if let Fact::Landed { task, .. } = &entry.fact {
                self.landed.push(task.clone());
            }
        }
        self.waiting.extend(effects);
        self.promises();
        result
    }

    /// What must be true after every turn.
    fn promises(&self) {
        let Some(plan) = self.world.plans.get(&self.plan) else { return };
        let contenders = plan.tasks.values().flat_map(|task| &task.contenders);
        let working = contenders.filter(|one| one.stage.status() == plan::Status::Started).count();
        assert!(working <= self.slots, "{working} work in {} slots", self.slots);
        assert_eq!(working, plan.order.schedule().working(), "slots are counted wrongly");
        for task in plan.tasks.values() {
            let open: Vec<_> = plan.contending(task).filter(|attempt| attempt.ended_ms.is_none()).collect();
            for attempt in &open {
                for before in &self.dependencies[&task.id] {
                    assert!(self.landed.contains(before), "{} began before {before} landed", task.id);
                }
                assert_ne!(attempt.number, 0);
                assert_eq!(attempt.base, open[0].base, "attempts side by side are cut at one commit");
            }
            assert!(!task.contenders.is_empty(), "{} is nobody's", task.id);
            let lead = plan::contest::lead(&task.stages()).expect("somebody leads");
            assert_eq!(task.stage, task.contenders[lead].stage);
        }
        let unique: BTreeSet<_> = self.landed.iter().collect();
        assert_eq!(unique.len(), self.landed.len(), "a task landed twice");
        let ports: Vec<u16> = plan
            .attempts
            .values()
            .filter(|attempt| attempt.ended_ms.is_none())
            .filter_map(|attempt| attempt.port)
            .chain(plan.head.lane.as_ref().and_then(|lane| lane.port))
            .collect();
        assert_eq!(ports.iter().collect::<BTreeSet<_>>().len(), ports.len(), "a lease was given twice");
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.turn(|turn| turn.handle(input));
    }

    /// The engine dies and another one takes over: memory is what the log folds to.
    pub(crate) fn crash(&mut self) {
        let rows = |world: &World| {
            format!("{:?}", world.plans.get(&self.plan).map(|p| (&p.head, &p.tasks, &p.attempts)))
        };
        assert_eq!(rows(&self.shadow), rows(&self.world), "the state is not the fold of the log");
        self.world = self.shadow.clone();
        // What was under way outside when the engine died, may or may not have been done.
        self.waiting.clear();
        self.turn(|turn| turn.restart(false));
    }

    /// Answers one waiting effect, chosen by chance. False: nothing is under way.
    pub(crate) fn step(&mut self) -> bool {
        if self.waiting.is_empty() && self.live.is_empty() {
            return false;
        }
        self.agent_says();
        let choices = self.waiting.len() + self.live.len();
        let choice = usize::from(self.dice.roll(251)) % choices;
        if choice >= self.waiting.len() {
            let run = self.live.iter().nth(choice - self.waiting.len()).cloned().expect("within the living");
            self.live.remove(&run);
            let ended = self.ended(run);
            self.input(ended);
            return true;
        }
        let effect = self.waiting.swap_remove(choice);
        self.answer(effect);
        true
    }

    /// Some living process claims to be an agent program with hooks, and tells something.
    pub(crate) fn agent_says(&mut self) {
        let signal = match self.dice.roll(40) {
            0 => Signal::PermissionAsked { what: "Running rm".into() },
            1 => Signal::Working { action: "Reading".into() },
            2 => Signal::Stopped { message: None },
            3 => Signal::Interrupted,
            4 => Signal::SessionStarted { session: "s".into(), transcript: None },
            5 => Signal::Failed { code: FailCode::Network, message: "It broke off.".into() },
            _ => return,
        };
        let place = usize::from(self.dice.roll(97)) % self.live.len().max(1);
        if let Some(run) = self.live.iter().nth(place).cloned() {
            self.input(Input::Heard { run, signal });
        }
    }

    pub(crate) fn ended(&self, run: RunId) -> Input {
        let (outcome, code) = match self.dice.roll(10) {
            0 => (Outcome::Exited, Some(1)),
            1 => (Outcome::Lost, None),
            2 => (Outcome::Signalled, None),
            _ => (Outcome::Exited, Some(0)),
        };
        Input::RunEnded {
            run,
            outcome,
            code,
            signal: (outcome == Outcome::Signalled).then_some(9),
            detail: None,
        }
    }

    pub(crate) fn fresh(&mut self) -> CommitId {
        self.commits += 1;
        commit(self.commits)
    }

    pub(crate) fn head(&self, at: &At) -> Option<CommitId> {
        self.world.plans[&self.plan].attempts[&(at.task.clone(), at.attempt)].head.clone()
    }
}

pub(crate) fn id(task: usize) -> TaskId {
    TaskId::new(&format!("t{task}")).expect("an id")
}

/// Deterministic, as the real one is: the same head on the same tip gives the same commit.
pub(crate) fn candidate(head: &CommitId, onto: &CommitId) -> CommitId {
    let part = |id: &CommitId| u64::from_str_radix(&id.as_str()[24..], 16).expect("hexadecimal");
    commit((1 << 40) | ((part(head) & 0xfffff) << 20) | (part(onto) & 0xfffff))
}
