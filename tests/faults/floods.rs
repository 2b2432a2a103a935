//! Output that would drown or hang a naive reader.

use std::fs;

use coppice_tests::{PlanFile, Scene, Signal, Task, is_alive};

fn memory_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(u64::MAX)
}

/// F65: an agent that floods its terminal for ever takes no memory, and hinders nobody.
#[test]
fn f65_an_agent_that_floods_its_terminal() {
    let scene = Scene::new();
    let flood = scene.script("flood", "exec yes flooding the terminal");
    let plan = PlanFile::auto("Flood")
        .key("slots = 2")
        .agent("flood", &flood)
        .agent("worker", &scene.worker("worker", ""))
        .task(Task::new("flood").agent("flood"))
        .task(Task::new("a").agent("worker"))
        .task(Task::new("b").agent("worker").after(&["a"]))
        .task(Task::new("c").agent("worker").after(&["b"]));
    let run = scene.start(&plan);
    let started = run.wait_for("process.started", "flood");
    run.wait_for("landed", "c");
    assert!(is_alive(started.pid("pid")));
    let (shim, engine) = (memory_kib(started.pid("shim_pid")), memory_kib(run.engine()));
    assert!(shim < 64 << 10, "the shim holds {shim} KiB");
    assert!(engine < 256 << 10, "the engine holds {engine} KiB");
    let tail = scene.coppice.run(&["log", "flood", "--tail", "1000"]).expect(0).stdout;
    assert!(tail.contains("flooding the terminal") && tail.len() <= 1100, "{tail}");
    run.signal(Signal::INT);
    run.wait_kind("plan.paused");
    run.signal(Signal::INT);
    run.finish().expect(1);
    assert!(!is_alive(started.pid("pid")));
}

/// F81: thirteen bytes that hang terminals hang nothing here: not the engine's screen, not the log.
#[test]
fn f81_control_sequences_with_huge_counts() {
    let scene = Scene::new();
    let bombs = "n=0; while [ $n -lt 2000 ]; do for c in L M S T I b; do printf '\\033[2147483647%s' $c; done; \
                 n=$((n+1)); done; printf '\\033]0;title\\007the end of it\\n'";
    let plan = PlanFile::auto("Bombs").agent("worker", &scene.worker("worker", bombs)).task(Task::new("a"));
    let run = scene.start(&plan);
    let done = run.finish().expect(0);
    assert_eq!(done.landed().len(), 1);
    let log = scene.coppice.run(&["log", "a", "--kind", "implement"]).expect(0).stdout;
    assert!(log.contains("the end of it"), "{log}");
    assert!(!log.contains('\u{1b}') && !log.contains('\u{7}'), "{log:?}");
}
