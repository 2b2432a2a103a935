//! Agents that will not behave.

use coppice_tests::{PlanFile, Scene, Signal, Task, is_alive};

/// F66: silence is no reason to kill; it is shown as what it is.
#[test]
fn f66_an_agent_that_says_nothing() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let silent = scene.worker("silent", &gate.wait());
    let quick = scene.worker("quick", "");
    let mut plan = PlanFile::auto("Silent")
        .key("slots = 2")
        .agent("silent", &silent)
        .agent("quick", &quick)
        .task(Task::new("silent").agent("silent"));
    let ids = ["q0", "q1", "q2", "q3"];
    for (at, id) in ids.iter().enumerate() {
        let task = Task::new(id).agent("quick");
        plan = plan.task(if at > 0 { task.after(&[ids[at - 1]]) } else { task });
    }
    let run = scene.start(&plan);
    let agent = run.wait_for("process.started", "silent").pid("pid");
    run.wait_for("landed", "q3");
    assert!(is_alive(agent), "others have come and gone; it is still at work");
    let view = &scene.coppice.run(&["status", "--json"]).expect(0).json()[0];
    assert_eq!(view["tasks"][0]["stage"]["kind"], "implementing");
    gate.open();
    run.finish().expect(0);
    assert_eq!(scene.ledger.lines().iter().filter(|line| line.starts_with("silent")).count(), 1);
}

/// F67: whoever ignores being asked is ended.
#[test]
fn f67_an_agent_that_ignores_every_request_to_end() {
    let scene = Scene::new();
    let deaf = scene.script(
        "deaf",
        &format!("trap '' TERM HUP INT\n{}\nwhile :; do sleep 1; done", scene.ledger.note("deaf")),
    );
    let plan = PlanFile::auto("Deaf").agent("deaf", &deaf).task(Task::new("a"));
    let run = scene.start(&plan);
    let agent = run.wait_for("process.started", "a").pid("pid");
    run.wait_spinning("it is deaf", || scene.ledger.lines().contains(&"deaf".into()));
    run.signal(Signal::INT);
    run.wait_kind("plan.paused");
    run.signal(Signal::INT);
    let done = run.finish().expect(1);
    assert!(!is_alive(agent));
    let exit = done.get("process.exited", "a");
    assert_eq!((exit.text("outcome"), exit.number("code")), ("ended", None));
    assert!(done.events.last().is_some_and(|event| event.is("plan.finished")));
}

/// F72: a process without a terminal is still that process.
#[test]
fn f72_an_agent_that_closes_its_terminal() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let before = format!(
        "echo leaving\nexec </dev/null >/dev/null 2>&1\n{}\n{}",
        scene.ledger.note("left"),
        gate.wait()
    );
    let plan =
        PlanFile::auto("Closed").agent("worker", &scene.worker("worker", &before)).task(Task::new("a"));
    let run = scene.start(&plan);
    let agent = run.wait_for("process.started", "a").pid("pid");
    run.wait_spinning("it has closed its terminal", || scene.ledger.lines().contains(&"left".into()));
    let view = &scene.coppice.run(&["status", "--json"]).expect(0).json()[0];
    assert_eq!(view["tasks"][0]["stage"]["kind"], "implementing");
    assert!(is_alive(agent) && run.events().iter().all(|event| !event.is("process.exited")));
    gate.open();
    let done = run.finish().expect(0);
    assert_eq!(done.get("process.exited", "a").number("code"), Some(0));
}
