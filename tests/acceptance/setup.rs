//! A worktree made ready: commands, copied files, ports, and time limits.

use std::collections::BTreeSet;

use coppice_tests::{PlanFile, Scene, Task, is_alive};

#[test]
fn a_worktree_gets_its_setup_its_files_and_its_ports() {
    let scene = Scene::new();
    scene.repo.write(".gitignore", ".env\nprepared\n");
    scene.repo.commit("Ignore");
    scene.repo.write(".env", "TOKEN=abc\n");
    let gate = scene.gate("gate");
    let facts = scene.ledger.note("facts $COPPICE_TASK $COPPICE_PORT_WEB $COPPICE_PORT_DB $TEST_PORT_OFFSET $(cat .env) $(cat prepared)");
    let plan = PlanFile::auto("Ready")
        .setup(
            "command = \"test -f .env && echo yes > prepared\"\ncopy = [\".env\"]\nports = [\"web\", \"db\"]",
        )
        .check("test", "test -f prepared && test -f .env && test -n \"$COPPICE_PORT_WEB\"")
        .agent("worker", &scene.worker("worker", &format!("{facts}\n{}", gate.wait())))
        .task(Task::new("a"))
        .task(Task::new("b"));
    let run = scene.start(&plan);
    run.wait("both work", |events| {
        events.iter().filter(|e| e.is("process.started") && e.text("kind") == "implement").count() == 2
    });
    gate.open();
    let done = run.finish().expect(0);
    let facts: Vec<Vec<String>> = scene
        .ledger
        .lines()
        .iter()
        .filter_map(|line| line.strip_prefix("facts "))
        .map(|line| line.split(' ').map(str::to_owned).collect())
        .collect();
    assert_eq!(facts.len(), 2);
    let mut ports = BTreeSet::new();
    for fact in &facts {
        assert_eq!(fact.len(), 6, "{facts:?}");
        for port in &fact[1..3] {
            assert!(port.parse::<u16>().is_ok_and(|port| port > 1024), "{facts:?}");
            assert!(ports.insert(port.clone()), "a port is leased twice: {facts:?}");
        }
        assert!(fact[3].parse::<u32>().is_ok(), "{facts:?}");
        assert_eq!(&fact[4..], ["TOKEN=abc", "yes"]);
    }
    assert!(facts[0][3] != facts[1][3], "test offsets differ: {facts:?}");
    // The setup was a run with a terminal of its own.
    assert!(done.all("process.started").any(|event| event.text("kind") == "setup"));
    // What setup made and what was copied never lands.
    assert!(!scene.repo.files("main").iter().any(|file| file == ".env" || file == "prepared"));
    assert_eq!(scene.repo.read(".env"), "TOKEN=abc\n");
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn a_setup_that_fails_starts_no_agent() {
    let scene = Scene::new();
    let plan = PlanFile::auto("Unready")
        .setup("command = \"echo no such tool; exit 7\"")
        .agent("worker", &scene.worker("worker", ""))
        .task(Task::new("a"));
    let done = scene.run(&plan).expect(1);
    assert!(scene.ledger.lines().is_empty());
    let asks = done.get("needs_you", "a");
    assert!(
        asks.text("reason").to_lowercase().contains("setup") && asks.text("reason").contains('7'),
        "{asks:?}"
    );
    assert!(scene.coppice.run(&["log", "a"]).expect(0).stdout.contains("no such tool"));
}

#[test]
fn a_check_has_a_time_limit() {
    let scene = Scene::new();
    let before = scene.repo.head();
    let plan = PlanFile::auto("Slow")
        .check_within("slow", "sleep 1000", "500ms")
        .agent("worker", &scene.worker("worker", ""))
        .task(Task::new("a"));
    let run = scene.start(&plan);
    run.wait("the check starts", |events| {
        events.iter().any(|e| e.is("process.started") && e.text("kind") == "check")
    });
    let check =
        run.events().into_iter().find(|event| event.is("process.started") && event.text("kind") == "check");
    let pid = check.unwrap().pid("pid");
    let done = run.finish().expect(1);
    let finished = done.get("check.finished", "a");
    assert_eq!(finished.number("code"), None, "{finished:?}");
    assert!(
        done.events.iter().any(|event| event.is("process.exited") && event.text("outcome") == "timed_out")
    );
    assert!(done.get("needs_you", "a").text("reason").contains("time limit"));
    assert!(!is_alive(pid), "the check's process is ended");
    assert_eq!(scene.repo.tip("main"), before);
}
