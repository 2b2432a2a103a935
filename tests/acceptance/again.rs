//! A plan that is run again: finished, restarted, edited.

use coppice_tests::{PlanFile, Scene, Task};

fn plan(scene: &Scene) -> PlanFile {
    PlanFile::auto("Again")
        .check("test", "sh test.sh")
        .agent("worker", &scene.worker("worker", ""))
        .task(Task::new("a"))
        .task(Task::new("b").after(&["a"]))
}

#[test]
fn a_finished_plan_starts_nothing() {
    let scene = Scene::new();
    scene.run(&plan(&scene)).expect(0);
    let tip = scene.repo.tip("main");
    let again = scene.go_on(&[]).finish().expect(0);
    assert_eq!(again.all("attempt.started").count(), 0);
    assert!(
        again
            .events
            .last()
            .is_some_and(|event| event.is("plan.finished") && event.number("landed") == Some(2))
    );
    assert_eq!(scene.repo.tip("main"), tip);
    assert_eq!(scene.ledger.lines(), ["a 1", "b 1"]);
}

#[test]
fn again_restarts_it_from_the_beginning() {
    let scene = Scene::new();
    scene.run(&plan(&scene)).expect(0);
    let tip = scene.repo.tip("main");
    let again = scene.go_on(&["--again"]).finish().expect(0);
    assert_eq!(again.landed().len(), 2);
    assert_eq!(scene.ledger.lines(), ["a 1", "b 1", "a 2", "b 2"], "attempt numbers are never used twice");
    assert_eq!(scene.repo.read("a/work.txt"), "work of a, attempt 1\nwork of a, attempt 2\n");
    assert!(scene.repo.is_ancestor(&tip, "main"));
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn an_edited_file_is_an_edit_of_the_plan() {
    let scene = Scene::new();
    let first = scene.run(&plan(&scene)).expect(0);
    scene.plan(&plan(&scene).task(Task::new("c").after(&["a", "b"])));
    let more = scene.go_on(&[]).finish().expect(0);
    assert_eq!(more.landed().into_iter().map(|(task, _)| task).collect::<Vec<_>>(), ["c"]);
    assert!(more.events.last().is_some_and(|event| event.number("landed") == Some(3)));
    assert_eq!(more.events[0].text("plan"), first.events[0].text("plan"), "it is the same plan");
    assert_eq!(scene.ledger.lines(), ["a 1", "b 1", "c 1"]);
}

/// The same text in another file is another plan.
#[test]
fn a_copy_of_the_file_is_another_plan() {
    let scene = Scene::new();
    let first = scene.run(&plan(&scene)).expect(0);
    let copy = plan(&scene).save(&scene.beside("COPY.toml"));
    let second = scene.coppice.start(&copy, &scene.repo.path, &[]).finish().expect(0);
    assert_ne!(first.events[0].text("plan"), second.events[0].text("plan"));
    assert_eq!(scene.ledger.lines(), ["a 1", "b 1", "a 1", "b 1"]);
    // A link to the first is the first.
    let link = scene.beside("LINK.toml");
    std::os::unix::fs::symlink(scene.beside("PLAN.toml"), &link).unwrap();
    let third = scene.coppice.start(&link, &scene.repo.path, &[]).finish().expect(0);
    assert_eq!(third.events[0].text("plan"), first.events[0].text("plan"));
    assert_eq!(third.all("attempt.started").count(), 0);
}

#[test]
fn a_broken_edit_stops_nothing_that_runs() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let plan =
        PlanFile::auto("Edit").agent("worker", &scene.worker("worker", &gate.wait())).task(Task::new("a"));
    let run = scene.start(&plan);
    run.wait_for("process.started", "a");
    std::fs::write(scene.beside("PLAN.toml"), plan.text().replace("slots", "slosts") + "\nbroken = \n")
        .unwrap();
    scene.go_on(&[]).finish().expect(2);
    gate.open();
    run.finish().expect(0);
}
