//! The main job: four tasks, of which two run side by side and one waits for both.

use coppice_tests::{PlanFile, Scene, Task};

/// top needs left and right, which need base.
fn diamond(scene: &Scene) -> PlanFile {
    let see_parents = "case $COPPICE_TASK in
left|right) test -f base/work.txt ;;
top) test -f left/work.txt && test -f right/work.txt ;;
esac";
    PlanFile::auto("Diamond")
        .check("test", "sh test.sh")
        .check("tidy", "test ! -e broken")
        .agent("worker", &scene.worker("worker", see_parents))
        .task(Task::new("base").scope(&["base/**"]))
        .task(Task::new("left").after(&["base"]))
        .task(Task::new("right").after(&["base"]))
        .task(Task::new("top").after(&["left", "right"]))
}

#[test]
fn a_diamond_lands() {
    let scene = Scene::new();
    let first = scene.repo.head();
    let done = scene.run(&diamond(&scene)).expect(0);

    let order: Vec<String> = done.landed().into_iter().map(|(task, _)| task).collect();
    assert_eq!(order.len(), 4, "{order:?}");
    assert_eq!((order[0].as_str(), order[3].as_str()), ("base", "top"));
    let parents: [(&str, &[&str]); 3] =
        [("left", &["base"]), ("right", &["base"]), ("top", &["left", "right"])];
    scene.assert_proven(&done.events, &["test", "tidy"], &parents);

    // The user's clean checkout went along, and nothing of ours is left in sight.
    let last = done.landed().pop().map(|(_, commit)| commit);
    assert_eq!(Some(scene.repo.head()), last);
    assert!(scene.repo.is_ancestor(&first, "HEAD"));
    for task in ["base", "left", "right", "top"] {
        assert_eq!(scene.repo.read(&format!("{task}/work.txt")), format!("work of {task}, attempt 1\n"));
    }
    assert_eq!(scene.repo.status(), "");
    scene.repo.assert_tidy(&["main"]);
    for start in done.all("attempt.started") {
        assert!(!std::path::Path::new(start.text("worktree")).exists(), "{start:?}");
    }

    let mut started = scene.ledger.lines();
    started.sort();
    assert_eq!(started, ["base 1", "left 1", "right 1", "top 1"]);
}

#[test]
fn the_events_tell_the_story_in_order() {
    let scene = Scene::new();
    let done = scene.run(&diamond(&scene)).expect(0);
    let events = &done.events;
    assert!(events.windows(2).all(|pair| pair[0].seq() < pair[1].seq()), "{events:#?}");
    assert!(
        events.first().is_some_and(|event| event.is("plan.started") && event.number("engine_pid").is_some())
    );
    assert!(events.last().is_some_and(|event| event.is("plan.finished")
        && event.number("landed") == Some(4)
        && event.number("failed") == Some(0)));
    for task in ["base", "left", "right", "top"] {
        let start = done.get("attempt.started", task);
        for field in ["base", "branch", "worktree"] {
            assert!(!start.text(field).is_empty(), "{start:?}");
        }
        assert_eq!(start.number("attempt"), Some(1));
        let process = done.get("process.started", task);
        assert!(process.number("pid").is_some() && !process.text("run").is_empty(), "{process:?}");
        let kinds =
            ["attempt.started", "process.started", "process.exited", "check.finished", "approved", "landed"];
        let places: Vec<u64> = kinds.iter().map(|kind| done.get(kind, task).seq()).collect();
        assert!(places.is_sorted(), "{task}: {places:?}");
        assert_eq!(done.get("process.exited", task).number("code"), Some(0));
        assert!(done.events.iter().all(|event| event.0["at"].as_str().is_some_and(|at| at.ends_with('Z'))));
    }
}

/// Two that are ready at once do run at once, and a plan of one slot runs one after the other.
#[test]
fn slots_bound_what_runs() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let plan = |slots: &str| {
        PlanFile::auto("Slots")
            .key(slots)
            .agent("worker", &scene.worker("worker", &gate.wait()))
            .task(Task::new("a").scope(&["a/**"]))
            .task(Task::new("b").scope(&["b/**"]))
            .task(Task::new("c").scope(&["c/**"]))
    };
    let run = scene.start(&plan("slots = 2"));
    run.wait_for("process.started", "a");
    run.wait_for("process.started", "b");
    gate.pass();
    // Only now is there a slot for the third.
    run.wait_for("process.started", "c");
    let exits =
        |events: &[coppice_tests::Event]| events.iter().filter(|event| event.is("process.exited")).count();
    assert!(exits(&run.events()) >= 1);
    gate.open();
    run.finish().expect(0);
}
