//! Two plans on one repository at once.

use coppice_tests::{PlanFile, Scene, Task};

#[test]
fn two_plans_on_one_repository_both_land() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let plan = |name: &str| {
        PlanFile::auto(name)
            .check("test", "sh test.sh")
            .agent("worker", &scene.worker("worker", &gate.wait()))
            .task(Task::new(&format!("{name}-a")))
            .task(Task::new(&format!("{name}-b")))
            .task(Task::new(&format!("{name}-c")).after(&[&format!("{name}-a")]))
            .save(&scene.beside(&format!("{name}.toml")))
    };
    let one = scene.coppice.start(&plan("one"), &scene.repo.path, &[]);
    let two = scene.coppice.start(&plan("two"), &scene.repo.path, &[]);
    for (run, task) in [(&one, "one-a"), (&one, "one-b"), (&two, "two-a"), (&two, "two-b")] {
        run.wait_for("process.started", task);
    }
    assert_eq!(one.engine(), two.engine(), "one engine serves both");
    gate.open();
    let (one, two) = (one.finish().expect(0), two.finish().expect(0));
    for (done, plan) in [(&one, "one"), (&two, "two")] {
        assert_eq!(done.landed().len(), 3);
        assert!(done.landed().iter().all(|(task, _)| task.starts_with(plan)), "each run prints its own plan");
        scene.assert_proven(&done.events, &["test"], &[]);
    }
    assert_eq!(scene.repo.files("main").iter().filter(|file| file.ends_with("/work.txt")).count(), 6);
    assert_eq!(scene.repo.status(), "");
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn the_same_plan_run_twice_at_once_is_one_plan() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let plan =
        PlanFile::auto("Once").agent("worker", &scene.worker("worker", &gate.wait())).task(Task::new("a"));
    let first = scene.start(&plan);
    first.wait_for("process.started", "a");
    let second = scene.go_on(&[]);
    second.wait_kind("plan.started");
    gate.open();
    first.finish().expect(0);
    second.finish().expect(0);
    assert_eq!(scene.ledger.lines(), ["a 1"]);
}
