//! Ctrl-C: once to dispatch nothing more, twice to end what runs.

use coppice_tests::{PlanFile, Scene, Signal, Task, is_alive};

fn agent_pid(run: &coppice_tests::Run, task: &str) -> u32 {
    run.wait_for("process.started", task).pid("pid")
}

#[test]
fn once_lets_running_agents_go_on() {
    for signal in [Signal::INT, Signal::TERM] {
        let scene = Scene::new();
        let gate = scene.gate("gate");
        let plan = PlanFile::auto("Pause")
            .key("slots = 1")
            .check("test", "sh test.sh")
            .agent("worker", &scene.worker("worker", &gate.wait()))
            .task(Task::new("a"))
            .task(Task::new("b"));
        let run = scene.start(&plan);
        let pid = agent_pid(&run, "a");
        run.signal(signal);
        run.wait_kind("plan.paused");
        run.wait_stderr("Ctrl-C again");
        assert!(is_alive(pid), "the agent goes on");
        gate.open();
        let paused = run.finish().expect(1);
        assert_eq!(paused.landed().len(), 1, "what ran came to its end");
        assert_eq!(scene.ledger.lines(), ["a 1"]);

        let done = scene.go_on(&[]).finish().expect(0);
        assert_eq!(scene.ledger.lines(), ["a 1", "b 1"]);
        assert!(done.events.last().is_some_and(|event| event.number("landed") == Some(2)));
        scene.repo.assert_tidy(&["main"]);
    }
}

#[test]
fn twice_ends_running_agents_and_keeps_their_work() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let before = format!("echo half > half.txt\ntest $COPPICE_TASK$COPPICE_ATTEMPT != a1 || {}", gate.wait());
    let plan = PlanFile::auto("Stop")
        .key("slots = 1")
        .agent("worker", &scene.worker("worker", &before))
        .task(Task::new("a").scope(&["a/**"]))
        .task(Task::new("b").scope(&["b/**"]));
    let run = scene.start(&plan);
    let pid = agent_pid(&run, "a");
    run.signal(Signal::INT);
    run.wait_kind("plan.paused");
    run.signal(Signal::INT);
    run.wait_kind("plan.stopped");
    let stopped = run.finish().expect(1);
    assert!(!is_alive(pid), "the agent is ended");
    assert!(stopped.landed().is_empty());
    let worktree = stopped.get("attempt.started", "a").text("worktree").to_owned();

    let done = scene.go_on(&[]).finish().expect(0);
    assert_eq!(done.landed().len(), 2);
    scene.repo.assert_tidy(&["main"]);
    // What the agent left half done is kept.
    let half = scene
        .repo
        .keep_refs()
        .into_iter()
        .any(|keep| scene.repo.git_agrees(&["cat-file", "-e", &format!("{keep}:half.txt")]));
    assert!(half, "{:?}", scene.repo.keep_refs());
    assert!(!std::path::Path::new(&worktree).exists());
}

/// Without anybody watching the plan goes on: closing a terminal is no reason to stop agents.
#[test]
fn a_run_that_is_killed_leaves_the_plan_running() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let plan =
        PlanFile::auto("Alone").agent("worker", &scene.worker("worker", &gate.wait())).task(Task::new("a"));
    let run = scene.start(&plan);
    let pid = agent_pid(&run, "a");
    let seen = run.events().last().map_or(0, |event| event.seq());
    run.kill();
    assert!(is_alive(pid));
    gate.open();
    scene.coppice.follow(seen).wait_for("landed", "a");
    scene.go_on(&[]).finish().expect(0);
    assert_eq!(scene.ledger.lines(), ["a 1"]);
}
