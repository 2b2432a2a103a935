//! The turns against a world made up by chance: agents that fail, checks that go red, conflicts,
//! targets that move, engines that die between any two inputs. Whatever happens, the promises hold.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use agents::{FailCode, Signal};
use engine::apply::{Touched, apply};
use engine::decide::{Command, Opened};
use engine::fact::{Comment, Entry, Fact};
use engine::ids::{PlanId, ProjectId, RunId};
use engine::turn::{Advanced, At, Built, Effect, Input, Inspected, Outside, ReportRead, Tidied, Turn};
use engine::world::{Candidate, Mode, Outcome, Project, RunKind, RunState, Size, World};
use plan::report::{Addressed, Answer, Kind, Reported, Severity, Status, Verdict};
use plan::{CommitId, Report, Stage, TaskId};
use proptest::prelude::*;
use protocol::Reply;

/// Chance that is told by a list of numbers, so that proptest can shrink it.
#[derive(Debug)]
struct Dice {
    rolls: Vec<u8>,
    at: Cell<usize>,
}

impl Dice {
    fn roll(&self, sides: u8) -> u8 {
        let at = self.at.replace(self.at.get() + 1);
        // The list is walked round with a twist, so that a long life does not repeat itself.
        let roll =
            self.rolls[at % self.rolls.len()].wrapping_add(((at / self.rolls.len()) as u8).wrapping_mul(37));
        roll % sides
    }
}

struct Clock(Cell<i64>, Cell<u64>);

impl Outside for Clock {
    fn now(&self) -> i64 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }

    fn engine_pid(&self) -> u32 {
        1
    }

    fn tip(&self, _: &Project, _: &str) -> Result<CommitId, String> {
        Ok(commit(self.1.get()))
    }

    fn free_ports(&self, stride: u16, taken: &[u16]) -> Option<u16> {
        (21_000..30_000).step_by(usize::from(stride)).find(|port| !taken.contains(port))
    }
}

fn commit(number: u64) -> CommitId {
    CommitId::new(&format!("{number:040x}")).expect("forty digits")
}

/// The outside: what is asked of it, answered in any order.
struct Scene {
    world: World,
    clock: Clock,
    dice: Dice,
    waiting: Vec<Effect>,
    /// Runs that live, and those that an engine ordered to end.
    live: BTreeSet<RunId>,
    log: Vec<Entry>,
    commits: u64,
    /// Green merged checks: candidate → names.
    green: BTreeMap<CommitId, BTreeSet<String>>,
    landed: Vec<TaskId>,
    stages: BTreeMap<TaskId, Stage>,
    plan: PlanId,
    dependencies: BTreeMap<TaskId, Vec<TaskId>>,
    slots: usize,
    reviewed: bool,
    /// Fixes that a person asked for beyond the rounds.
    asked: u32,
}

impl Scene {
    fn new(
        edges: &[(usize, usize)],
        tasks: usize,
        slots: usize,
        auto: bool,
        reviewed: bool,
        rolls: Vec<u8>,
    ) -> Scene {
        let mut toml = format!(
            "version = 1\ntitle = \"Chance\"\ntarget = \"main\"\nslots = {slots}\napprove = \"{}\"\n\
             [setup]\ncommand = \"prepare\"\nports = [\"web\"]\n\
             [[check]]\nname = \"test\"\ncommand = \"sh test.sh\"\n[[check]]\nname = \"lint\"\ncommand = \"sh lint.sh\"\n\
             [agents.any]\nadapter = \"command\"\ncommand = [\"agent\"]\n",
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
            toml.push_str(&format!(
                "[[task]]\nid = \"t{task}\"\nagent = \"any\"\nspec = \"1. It works.\"\nafter = [{}]\n",
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
            log: Vec::new(),
            commits: 0,
            green: BTreeMap::new(),
            landed: Vec::new(),
            stages: BTreeMap::new(),
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

    fn turn<T>(&mut self, with: impl FnOnce(&mut Turn<'_>) -> T) -> T {
        let mut turn = Turn::new(&mut self.world, &self.clock);
        let result = with(&mut turn);
        let (entries, effects) = (std::mem::take(&mut turn.entries), std::mem::take(&mut turn.effects));
        for entry in &entries {
            if let Fact::TaskStage { task, stage } = &entry.fact {
                let before = self.stages.insert(task.clone(), stage.clone());
                let before = before.unwrap_or(Stage::Draft);
                assert!(before.can_become(stage), "{task}: {before:?} may not become {stage:?}");
            }
            if let Fact::AttemptStarted { task, .. } = &entry.fact {
                self.stages.insert(task.clone(), Stage::Preparing);
            }
            if let Fact::PlanStarted { .. } = &entry.fact {
                for task in self.dependencies.keys() {
                    self.stages.entry(task.clone()).or_insert(Stage::Waiting);
                }
            }
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
        self.log.extend(entries);
        self.waiting.extend(effects);
        self.promises();
        result
    }

    /// What must be true after every turn.
    fn promises(&self) {
        let Some(plan) = self.world.plans.get(&self.plan) else { return };
        let working = plan.tasks.values().filter(|task| task.stage.status() == plan::Status::Started).count();
        assert!(working <= self.slots, "{working} work in {} slots", self.slots);
        for task in plan.tasks.values() {
            if let Some(attempt) = plan.current(&task.id).filter(|attempt| attempt.ended_ms.is_none()) {
                for before in &self.dependencies[&task.id] {
                    assert!(self.landed.contains(before), "{} began before {before} landed", task.id);
                }
                assert_ne!(attempt.number, 0);
            }
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

    fn input(&mut self, input: Input) {
        self.turn(|turn| turn.handle(input));
    }

    /// The engine dies and another one takes over: memory is what the log folds to.
    fn crash(&mut self) {
        let mut folded = World::default();
        let mut touched = Touched::new();
        for entry in &self.log {
            apply(&mut folded, entry, &mut touched);
        }
        let rows = |world: &World| {
            format!("{:?}", world.plans.get(&self.plan).map(|p| (&p.head, &p.tasks, &p.attempts)))
        };
        assert_eq!(rows(&folded), rows(&self.world), "the state is not the fold of the log");
        self.world = folded;
        // What was under way outside when the engine died, may or may not have been done.
        self.waiting.clear();
        self.turn(|turn| turn.restart(false));
    }

    /// Answers one waiting effect, chosen by chance. False: nothing is under way.
    fn step(&mut self) -> bool {
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
    fn agent_says(&mut self) {
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

    fn ended(&self, run: RunId) -> Input {
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

    fn answer(&mut self, effect: Effect) {
        match effect {
            Effect::Cut { at, .. } => {
                let result = if self.dice.roll(20) == 0 { Err("no space".to_owned()) } else { Ok(()) };
                self.input(Input::WorktreeCut { at, result });
            }
            Effect::StartRun { launch } => {
                let run = launch.run.id.clone();
                if launch.run.kind == RunKind::Implement {
                    self.commits += 1;
                }
                self.live.insert(run.clone());
                self.input(Input::RunStarted { run, pid: 10, shim_pid: 11 });
            }
            Effect::Adopt { run } => {
                let planned = self.world.runs.get(&run).is_some_and(|known| known.state == RunState::Planned);
                if self.live.contains(&run) {
                    self.input(Input::RunStarted { run, pid: 10, shim_pid: 11 });
                } else if planned {
                    self.input(Input::RunVoided { run });
                } else {
                    let ended = self.ended(run);
                    self.input(ended);
                }
            }
            Effect::EndRun { run } => {
                if self.live.remove(&run) {
                    self.input(Input::RunEnded {
                        run,
                        outcome: Outcome::Ended,
                        code: None,
                        signal: None,
                        detail: None,
                    });
                }
            }
            Effect::Inspect { at, base, .. } => {
                let seen = self.world.plans[&self.plan].attempts[&(at.task.clone(), at.attempt)].head.clone();
                let head = match self.dice.roll(12) {
                    0 => base,
                    // A fixer committed something.
                    1..=4 if self.reviewed => self.fresh(),
                    _ => seen.unwrap_or_else(|| self.fresh()),
                };
                let inspected = Inspected {
                    head,
                    descends: true,
                    size: Size::default(),
                    out_of_scope: if self.dice.roll(25) == 0 { vec!["x".into()] } else { vec![] },
                    dirty_inside: if self.dice.roll(25) == 0 { vec!["y".into()] } else { vec![] },
                    dirty_outside: if self.dice.roll(8) == 0 { vec!["z".into()] } else { vec![] },
                    in_progress: None,
                };
                self.input(Input::Inspected { at, result: Ok(inspected) });
            }
            Effect::CommitLeftovers { at, .. } => {
                let head = self.fresh();
                self.input(Input::LeftoversCommitted { at, result: Ok((vec!["y".into()], head)) });
            }
            Effect::Tidy { at, .. } => {
                let head = self.head(&at).unwrap_or_else(|| commit(0));
                self.input(Input::Tidied { at, result: Ok(Tidied { head, kept: None }) });
            }
            Effect::SetView { at, .. } => {
                let result = if self.dice.roll(30) == 0 { Err("no space".to_owned()) } else { Ok(()) };
                self.input(Input::ViewSet { at, result });
            }
            Effect::ReadReport { at, run, .. } => {
                let result = self.report(&at);
                self.input(Input::ReportRead { at, run, result });
            }
            Effect::BuildCandidate { at, build } => {
                let onto = commit(self.clock.1.get());
                let result = match self.dice.roll(12) {
                    0 => Built::Conflict { paths: vec!["a".into()] },
                    1 => Built::Failed { why: "odd".into() },
                    2 => Built::HeadMoved { head: self.fresh() },
                    roll => Built::Clean(Candidate {
                        commit: candidate(&build.head, &onto),
                        onto,
                        same_tree: roll % 2 == 0,
                    }),
                };
                self.input(Input::CandidateBuilt { at, result });
            }
            Effect::PrepareLane { at, .. } => {
                self.input(Input::LanePrepared { at, result: Ok("locks".into()) })
            }
            Effect::Advance { at, old, new, .. } => self.advance(at, &old, &new),
            Effect::Remove { at, .. } => {
                let living = self.live.iter().filter(|run| {
                    let known = &self.world.runs[*run];
                    (known.task.clone(), known.attempt) == (at.task.clone(), at.attempt)
                        && !known.worktree.ends_with("lane")
                });
                assert_eq!(living.count(), 0, "a worktree is removed under a living process");
                self.input(Input::Removed { at, result: Ok(vec![]) });
            }
            Effect::RemoveLane { plan, .. } => self.input(Input::LaneRemoved { plan, result: Ok(()) }),
            Effect::WritePlanFile { .. } => {}
        }
    }

    /// What a reviewer says: mostly that all is well, sometimes nothing that can be read.
    fn report(&self, at: &At) -> Result<ReportRead, String> {
        let attempt = &self.world.plans[&self.plan].attempts[&(at.task.clone(), at.attempt)];
        let status = match self.dice.roll(8) {
            0 => Status::Unmet,
            1 => Status::Unverifiable,
            _ => Status::Met,
        };
        let findings = match self.dice.roll(5) {
            0 => vec![Kind::Missing],
            1 => vec![Kind::SpecDefect, Kind::Quality],
            _ => vec![],
        };
        let place = u32::from(self.dice.roll(4)) * 20 + 1;
        let findings = findings.into_iter().map(|kind| Reported {
            kind,
            severity: if self.dice.roll(3) == 0 { Severity::Minor } else { Severity::Critical },
            file: Some("a".into()),
            line: Some(place),
            why: "by chance".into(),
            verify: String::new(),
        });
        let answer = |id: &String| Answer {
            id: id.clone(),
            status: if self.dice.roll(4) == 0 { Addressed::NotAddressed } else { Addressed::Addressed },
        };
        let report = Report {
            requirements: vec![Verdict { id: "1".into(), status, evidence: vec![] }],
            findings: findings.collect(),
            addressed: attempt.review.gaps.open().map(|open| answer(&open.id)).collect(),
        };
        let lines =
            if self.dice.roll(15) == 0 { BTreeMap::new() } else { [("a".to_owned(), Some(100))].into() };
        if self.dice.roll(15) == 0 { Err("Looks good!".to_owned()) } else { Ok(ReportRead { report, lines }) }
    }

    fn advance(&mut self, at: At, old: &CommitId, new: &CommitId) {
        let names: BTreeSet<String> = ["test".to_owned(), "lint".to_owned()].into();
        assert_eq!(
            self.green.get(new),
            Some(&names),
            "the target would move to what was not checked as merged"
        );
        let attempt = &self.world.plans[&self.plan].attempts[&(at.task.clone(), at.attempt)];
        let approval = attempt.approval.as_ref().expect("approved");
        assert_eq!(approval.void, None, "a void approval lands");
        if self.reviewed {
            let gaps = &attempt.review.gaps;
            let last = attempt.review.last.as_ref().expect("reviewed");
            assert_eq!((&last.failed, Some(&last.head)), (&None, attempt.head.as_ref()), "not reviewed");
            assert_eq!(gaps.next(5), plan::Next::Pass, "lands with gaps: {gaps:?}");
            assert!(gaps.rounds <= 5 + self.asked, "more rounds than anybody asked for");
        }
        let result = match self.dice.roll(10) {
            0 => {
                let moved = self.commits + 1;
                self.commits = moved;
                self.clock.1.set(moved);
                Advanced::Stale
            }
            1 => Advanced::Blocked { paths: vec!["local".into()] },
            _ if *old == commit(self.clock.1.get()) || *new == commit(self.clock.1.get()) => {
                self.clock.1.set(u64::from_str_radix(&new.as_str()[24..], 16).expect("hexadecimal"));
                Advanced::Moved
            }
            _ => Advanced::Stale,
        };
        self.input(Input::Advanced { at, result });
    }

    fn fresh(&mut self) -> CommitId {
        self.commits += 1;
        commit(self.commits)
    }

    fn head(&self, at: &At) -> Option<CommitId> {
        self.world.plans[&self.plan].attempts[&(at.task.clone(), at.attempt)].head.clone()
    }

    /// A person does something that is possible now.
    fn person(&mut self) {
        let plan = &self.world.plans[&self.plan];
        let waiting: Vec<TaskId> = plan
            .tasks
            .values()
            .filter(|task| {
                matches!(task.stage, Stage::AwaitingApproval | Stage::NeedsYou { .. } | Stage::Queued)
            })
            .map(|task| task.id.clone())
            .collect();
        let Some(task) = waiting.get(usize::from(self.dice.roll(97)) % waiting.len().max(1)).cloned() else {
            return;
        };
        let plan = self.plan.clone();
        let open = self.world.plans[&plan].current(&task).and_then(|attempt| {
            let gaps = &attempt.review.gaps;
            gaps.open()
                .map(|open| open.id.clone())
                .chain(gaps.requirements.iter().map(|r| r.id.clone()))
                .next()
        });
        let command = match self.dice.roll(11) {
            8 => {
                self.asked += 1;
                let comment = Comment { file: None, line: None, end_line: None, text: "Do it so.".into() };
                Command::RequestChanges { plan, task, comments: vec![comment] }
            }
            9 | 10 if open.is_some() => {
                Command::Waive { plan, task, id: open.unwrap_or_default(), reason: "It may be.".into() }
            }
            0 => Command::Retry { plan, task },
            1 => Command::Recheck { plan, task },
            2 => Command::RetryLanding { plan, task },
            3 => Command::Leftovers { plan, task, commit: true },
            4 => Command::Unapprove { plan, task },
            _ => Command::Approve { plan, task, head: None },
        };
        // Not possible now is an answer, not an error.
        let _ = self.turn(|turn| turn.command(command));
    }
}

fn id(task: usize) -> TaskId {
    TaskId::new(&format!("t{task}")).expect("an id")
}

/// Deterministic, as the real one is: the same head on the same tip gives the same commit.
fn candidate(head: &CommitId, onto: &CommitId) -> CommitId {
    let part = |id: &CommitId| u64::from_str_radix(&id.as_str()[24..], 16).expect("hexadecimal");
    commit((1 << 40) | ((part(head) & 0xfffff) << 20) | (part(onto) & 0xfffff))
}

fn start(scene: &mut Scene) {
    let plan = scene.plan.clone();
    let reply = scene.turn(|turn| turn.command(Command::Start { plan, again: false }));
    assert!(matches!(reply, Ok(Reply::Started(_))), "{reply:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// However things go, a plan that is started often enough and helped by a person lands whole,
    /// and every promise holds on the way.
    #[test]
    fn whatever_happens_the_promises_hold_and_all_lands(
        edges in prop::collection::vec((0_usize..7, 0_usize..7), 0..12),
        tasks in 1_usize..7,
        slots in 1_usize..4,
        auto in any::<bool>(),
        reviewed in any::<bool>(),
        rolls in prop::collection::vec(any::<u8>(), 64..256),
    ) {
        let mut scene = Scene::new(&edges, tasks, slots, auto, reviewed, rolls);
        start(&mut scene);
        let mut starts = 0;
        for _ in 0..20_000 {
            match scene.dice.roll(60) {
                0 => scene.crash(),
                1..=4 => scene.person(),
                _ => {}
            }
            if scene.step() {
                continue;
            }
            let plan = &scene.world.plans[&scene.plan];
            prop_assert!(plan.head.at_rest, "nothing is under way, and the plan does not say so: {:?}", plan.head);
            if plan.head.mode == Mode::Finished {
                break;
            }
            scene.person();
            starts += 1;
            if starts % 3 == 0 {
                start(&mut scene);
            }
        }
        let plan = &scene.world.plans[&scene.plan];
        prop_assert_eq!(plan.head.mode, Mode::Finished);
        prop_assert_eq!(scene.landed.len(), tasks);
        prop_assert!(plan.head.lane.is_none());
        prop_assert!(plan.activity.removing.is_empty());
    }
}
