//! Processes that die at the worst moment.

use std::collections::BTreeSet;
use std::path::Path;

use coppice_tests::{Event, PlanFile, Scene, Signal, Task, is_alive, send};

fn implementing(events: &[Event]) -> Vec<&Event> {
    events.iter().filter(|event| event.is("process.started") && event.text("kind") == "implement").collect()
}

fn kill(pid: u32) {
    assert!(send(pid, Signal::KILL), "there is no process {pid}");
}

/// F1: the engine dies at several points of the dispatch; agents that live are taken up, with their
/// output, and none starts twice.
#[test]
fn f01_an_engine_killed_while_it_dispatches() {
    for after in [1, 3, 6] {
        let scene = Scene::new();
        let gate = scene.gate("gate");
        let mut plan = PlanFile::auto("Dispatch")
            .key("slots = 6")
            .check("test", "sh test.sh")
            .agent("worker", &scene.worker("worker", &format!("{}\necho after the gate", gate.wait())));
        for n in 0..6 {
            plan = plan.task(Task::new(&format!("t{n}")).scope(&[&format!("t{n}/**")]));
        }
        let run = scene.start(&plan);
        run.wait("some agents run", |events| implementing(events).len() >= after);
        let before: BTreeSet<u32> =
            implementing(&run.events()).iter().map(|event| event.pid("pid")).collect();
        let engine = run.engine();
        kill(engine);
        run.wait_spinning("another engine goes on", || {
            scene.coppice.engine().is_some_and(|next| next != engine)
        });
        run.wait("all agents run", |events| implementing(events).len() >= 6);
        assert!(before.iter().all(|pid| is_alive(*pid)), "agents outlive the engine");
        gate.open();
        let done = run.finish().expect(0);
        let mut lines = scene.ledger.lines();
        lines.sort();
        assert_eq!(lines, (0..6).map(|n| format!("t{n} 1")).collect::<Vec<_>>());
        assert_eq!(done.landed().len(), 6);
        // The output of an agent that outlived its engine is whole.
        let first = implementing(&done.events)[0].text("run").to_owned();
        assert!(scene.coppice.run(&["log", &first]).expect(0).stdout.contains("after the gate"));
        scene.repo.assert_tidy(&["main"]);
    }
}

/// F2: half a worktree is no worktree.
#[test]
fn f02_an_engine_killed_while_git_adds_a_worktree() {
    let scene = Scene::new();
    for n in 0..4000 {
        scene.repo.write(&format!("many/{}/{n}.txt", n % 50), &format!("{n}\n").repeat(20));
    }
    scene.repo.commit("Many files");
    let plan = PlanFile::auto("Half")
        .check("test", "test $(ls many/*/*.txt | wc -l) -eq 4000")
        .agent("worker", &scene.worker("worker", "test $(ls many/*/*.txt | wc -l) -eq 4000"))
        .task(Task::new("a"));
    let run = scene.start(&plan);
    let start = run.wait_for("attempt.started", "a");
    let worktree = Path::new(start.text("worktree"));
    // As soon as git has begun to fill it.
    run.wait_spinning("the worktree begins", || worktree.join("many").exists());
    kill(run.engine());
    let whole = worktree.join("many/49/3999.txt").exists();
    let done = run.finish().expect(0);
    assert!(!whole || cfg!(debug_assertions), "the kill came too late to show anything");
    assert_eq!(done.landed().len(), 1);
    assert_eq!(scene.ledger.lines().len(), 1, "the agent saw a whole worktree, once");
    assert_eq!(scene.repo.status(), "");
    scene.repo.assert_tidy(&["main"]);
}

/// F4: the merged tree is checked again, and the target has not moved meanwhile.
#[test]
fn f04_killed_while_the_merged_tree_is_checked() {
    let scene = Scene::new();
    let work = scene.gate("work");
    let merged = scene.gate("merged");
    let both = format!(
        "if test -e a/work.txt && test -e b/work.txt; then {}; {}; fi; sh test.sh",
        scene.ledger.note("merged check"),
        merged.wait()
    );
    let plan = PlanFile::auto("Merged")
        .check("test", &both)
        .agent("worker", &scene.worker("worker", &work.wait()))
        .task(Task::new("a").scope(&["a/**"]))
        .task(Task::new("b").scope(&["b/**"]));
    let run = scene.start(&plan);
    run.wait("both work", |events| implementing(events).len() == 2);
    work.open();
    run.wait_kind("landed");
    let first =
        run.events().iter().find(|event| event.is("landed")).map(|event| event.text("commit").to_owned());
    let begun = |events: &[Event]| {
        let landing = events.iter().rposition(|event| event.is("landing.started"))?;
        events[landing..]
            .iter()
            .find(|event| event.is("process.started") && event.text("kind") == "check")
            .cloned()
    };
    run.wait("the merged check runs", |events| {
        events.iter().filter(|event| event.is("landing.started")).count() >= 2 && begun(events).is_some()
    });
    run.wait_spinning("the merged check is at work", || {
        scene.ledger.lines().contains(&"merged check".into())
    });
    let check = begun(&run.events()).unwrap();
    kill(run.engine());
    kill(check.pid("shim_pid"));
    assert_eq!(Some(scene.repo.tip("main")), first, "the target does not move before the check is green");
    merged.open();
    let done = run.finish().expect(0);
    assert_eq!(done.landed().len(), 2);
    scene.assert_proven(&done.events, &["test"], &[]);
    let checks = scene.ledger.lines().iter().filter(|line| *line == "merged check").count();
    assert!(checks >= 2, "the check that was cut off is no evidence");
    scene.repo.assert_tidy(&["main"]);
}

/// F6: only that agent is lost, its worktree and its log are kept, and it is tried once more.
#[test]
fn f06_the_holder_of_a_terminal_killed() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let before =
        format!("echo some words from attempt $COPPICE_ATTEMPT\necho half > half.txt\n{}", gate.wait());
    let plan = PlanFile::auto("Lost")
        .agent("worker", &scene.worker("worker", &before))
        .task(Task::new("a").scope(&["a/**"]))
        .task(Task::new("b").scope(&["b/**"]));
    let run = scene.start(&plan);
    run.wait("both work", |events| implementing(events).len() == 2);
    run.wait_spinning("both have begun", || scene.ledger.lines().len() == 2);
    let events = run.events();
    let of = |task: &str| {
        implementing(&events).into_iter().find(|event| event.text("task") == task).cloned().unwrap()
    };
    let (lost, other) = (of("a"), of("b"));
    let attempt = run.wait_for("attempt.started", "a");
    let worktree = attempt.text("worktree").to_owned();
    run.wait_spinning("it has written", || Path::new(&worktree).join("half.txt").exists());
    // What the terminal has swallowed is on disk a moment later.
    let words = "some words from attempt 1";
    let log = || scene.coppice.run(&["log", lost.text("run")]).expect(0).stdout;
    run.wait_spinning("its words are in the log", || log().contains(words));
    kill(lost.pid("shim_pid"));
    run.wait("a is tried again", |events| {
        events.iter().any(|event| event.of("attempt.started", "a") && event.number("attempt") == Some(2))
    });
    let exit = run.wait_for("process.exited", "a");
    assert_eq!((exit.text("outcome"), exit.number("code")), ("lost", None));
    assert_eq!(run.wait_for("attempt.ended", "a").0["will_retry"], true);
    assert!(!is_alive(lost.pid("pid")), "no agent works without a terminal");
    assert!(is_alive(other.pid("pid")), "the other one is not touched");
    assert_eq!(std::fs::read_to_string(Path::new(&worktree).join("half.txt")).unwrap(), "half\n");
    assert!(log().contains(words), "{}", log());
    run.wait_spinning("the second attempt has begun", || scene.ledger.lines().len() == 3);
    gate.open();
    run.finish().expect(0);
    let mut lines = scene.ledger.lines();
    lines.sort();
    assert_eq!(lines, ["a 1", "a 2", "b 1"]);
    scene.repo.assert_tidy(&["main"]);
}
