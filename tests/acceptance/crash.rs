//! Kill anything at any instant, run again until it is done: nothing is lost and nothing runs twice.

use std::collections::BTreeSet;
use std::env;
use std::time::Duration;

use coppice_tests::{Event, PlanFile, Scene, Signal, Task, send};

/// A repeatable die (xorshift64*).
struct Die(u64);

impl Die {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % sides
    }
}

/// So many are killed in one round; after that it may end in peace.
const KILLS: usize = 12;
/// Longest time between a start and a kill: less than the whole plan takes, so that few rounds end in peace.
const LONGEST_MS: u64 = 800;

/// One plan, from its first start to its end, however often it is killed. Returns how many engines it took.
fn round(seed: u64) -> usize {
    let mut die = Die(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let scene = Scene::new();
    let plan = PlanFile::auto("Crash")
        .check("test", "sh test.sh")
        .agent("worker", &scene.worker("worker", "sleep 0.05"))
        .task(Task::new("base"))
        .task(Task::new("left").after(&["base"]))
        .task(Task::new("right").after(&["base"]))
        .task(Task::new("top").after(&["left", "right"]));
    scene.plan(&plan);

    let mut acknowledged: Vec<Event> = Vec::new();
    let mut kills = 0;
    loop {
        let run = scene.go_on(&[]);
        if kills < KILLS && !run.ends_within(Duration::from_millis(die.roll(LONGEST_MS))) {
            let whom = die.roll(4);
            // The engine alone: the run starts another and goes on, until the next blow.
            if whom == 0 {
                kills += 1;
                kill_engine(&scene);
                run.ends_within(Duration::from_millis(die.roll(LONGEST_MS)));
            }
            kills += 1;
            let engine_first = die.roll(2) == 0;
            if whom != 1 && engine_first {
                kill_engine(&scene);
            }
            let killed = run.kill();
            acknowledged.extend(killed.events);
            if whom != 1 && !engine_first {
                kill_engine(&scene);
            }
            if killed.code == Some(0) {
                break;
            }
            continue;
        }
        let done = run.finish();
        acknowledged.extend(done.events.iter().cloned());
        assert_eq!(done.code, Some(0), "seed {seed}: {done:#?}");
        break;
    }
    judge(&scene, seed, &acknowledged);
    let engines: BTreeSet<u32> = acknowledged
        .iter()
        .filter(|event| event.is("plan.started"))
        .map(|event| event.pid("engine_pid"))
        .collect();
    engines.len()
}

fn kill_engine(scene: &Scene) {
    if let Some(engine) = scene.coppice.engine() {
        send(engine, Signal::KILL);
    }
}

fn judge(scene: &Scene, seed: u64, acknowledged: &[Event]) {
    let events = scene.coppice.events(0);
    assert!(
        events.windows(2).all(|pair| pair[0].seq() < pair[1].seq()),
        "seed {seed}: events are not in order: {events:#?}"
    );
    for event in acknowledged {
        let stored = events.iter().find(|stored| stored.seq() == event.seq());
        assert_eq!(stored, Some(event), "seed {seed}: an acknowledged event is missing or changed");
    }
    for task in ["base", "left", "right", "top"] {
        let landings = events.iter().filter(|event| event.of("landed", task)).count();
        assert_eq!(landings, 1, "seed {seed}: {task} landed {landings} times: {events:#?}");
    }
    let lines = scene.ledger.lines();
    let starts: BTreeSet<&String> = lines.iter().collect();
    assert_eq!(starts.len(), lines.len(), "seed {seed}: an attempt's agent ran twice: {lines:?}");
    let known: BTreeSet<String> = events
        .iter()
        .filter(|event| event.is("attempt.started"))
        .map(|event| format!("{} {}", event.text("task"), event.number("attempt").unwrap_or(0)))
        .collect();
    assert!(lines.iter().all(|line| known.contains(line)), "seed {seed}: {lines:?} beyond {known:?}");
    // Nobody killed an agent, so nobody had to try again.
    assert_eq!(lines.len(), 4, "seed {seed}: {lines:?}; {events:#?}");

    scene.assert_proven(
        &events,
        &["test"],
        &[("left", &["base"]), ("right", &["base"]), ("top", &["left", "right"])],
    );
    for task in ["base", "left", "right", "top"] {
        assert_eq!(scene.repo.read(&format!("{task}/work.txt")), format!("work of {task}, attempt 1\n"));
    }
    assert_eq!(scene.repo.status(), "", "seed {seed}");
    scene.repo.assert_tidy(&["main"]);
    let report = &scene.coppice.run(&["doctor", "--rebuild", "--json"]).expect(0).json()[0];
    let rows = report["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["status"] != "bad"), "seed {seed}: {rows:#?}");
}

/// 20 rounds, or as many as `COPPICE_CRASH_ROUNDS` says, over four tests that run at once.
fn rounds(share: u64) {
    let rounds: u64 = env::var("COPPICE_CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let seeds: Vec<u64> = (0..rounds).filter(|seed| seed % 4 == share).collect();
    let engines: usize = seeds.iter().map(|seed| round(*seed)).sum();
    // A loop in which nothing dies shows nothing.
    assert!(engines > seeds.len(), "{engines} engines for {} rounds", seeds.len());
}

#[test]
fn crash_loop_1() {
    rounds(0);
}

#[test]
fn crash_loop_2() {
    rounds(1);
}

#[test]
fn crash_loop_3() {
    rounds(2);
}

#[test]
fn crash_loop_4() {
    rounds(3);
}
