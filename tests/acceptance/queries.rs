//! What can be asked: status, events, logs, trash, doctor.

use coppice_tests::{PlanFile, Scene, Task};

fn plan(scene: &Scene) -> PlanFile {
    PlanFile::manual("Questions")
        .check("test", "echo checking; sh test.sh")
        .agent("worker", &scene.worker("worker", "echo hello from $COPPICE_TASK"))
        .task(Task::new("a"))
        .task(Task::new("b").after(&["a"]))
}

#[test]
fn status_tells_where_every_task_stands() {
    let scene = Scene::new();
    scene.run(&plan(&scene)).expect(1);
    let repo = scene.repo.path.to_string_lossy().into_owned();
    let views = scene.coppice.run(&["status", "--repo", &repo, "--json"]).expect(0).json();
    assert_eq!(views.len(), 1);
    let view = &views[0];
    assert_eq!((view["title"].as_str(), view["target"].as_str()), (Some("Questions"), Some("main")));
    assert_eq!(view["tasks"][0]["stage"]["kind"], "awaiting_approval");
    assert_eq!(view["tasks"][1]["stage"]["kind"], "waiting");
    assert!(view["tasks"][1]["why_waiting"].as_str().is_some_and(|why| why.contains("The a")), "{view}");
    assert_eq!(view["progress"]["total"], 2);

    let text = scene.coppice.run(&["status"]).expect(0).stdout;
    assert!(text.contains("Questions") && text.contains("0 of 2 landed"), "{text}");
    assert!(!text.contains('\u{1b}'), "no colour where no terminal is");
    // From inside the repository it is the one that is meant.
    let inside = scene.coppice.run_in(&scene.repo.path, &["status", "--json"]).expect(0).json();
    assert_eq!(inside[0]["id"], view["id"]);
}

#[test]
fn events_are_what_run_printed() {
    let scene = Scene::new();
    let done = scene.run(&plan(&scene)).expect(1);
    let all = scene.coppice.events(0);
    assert!(all.windows(2).all(|pair| pair[0].seq() < pair[1].seq()), "in order: {all:#?}");
    for event in &done.events {
        assert!(all.contains(event), "{event:?} was printed by run");
    }
    let middle = done.events[2].seq();
    let later = scene.coppice.events(middle);
    assert_eq!(later, all.iter().filter(|event| event.seq() > middle).cloned().collect::<Vec<_>>());
    let repo = scene.repo.path.to_string_lossy().into_owned();
    let of_repo = scene.coppice.run(&["events", "--repo", &repo, "--json"]).expect(0).events();
    assert_eq!(of_repo.len(), all.iter().filter(|event| !event.text("project").is_empty()).count());
    let plain = scene.coppice.run(&["events"]).expect(0).stdout;
    assert!(plain.contains("waits for your approval: coppice approve a"), "{plain}");
}

/// Whoever reads the output may go away; nothing panics and nothing is said.
#[test]
fn a_reader_may_leave() {
    let scene = Scene::new();
    scene.run(&plan(&scene)).expect(1);
    let line = "coppice events --json | true; coppice status | true; coppice log a | true; \
                coppice events --json >/dev/full; echo \"status $?\"";
    let said = scene.coppice.shell(line);
    assert!(!said.stdout.contains("panicked") && !said.stderr.contains("panicked"), "{said:?}");
    assert!(said.stdout.ends_with("status 1\n") && said.stderr.contains("Writing the output"), "{said:?}");
}

#[test]
fn logs_can_be_read_by_task_and_by_run() {
    let scene = Scene::new();
    let done = scene.run(&plan(&scene)).expect(1);
    let agent = scene.coppice.run(&["log", "a", "--kind", "implement"]).expect(0);
    assert!(agent.stdout.contains("hello from a"), "{agent:?}");
    let newest = scene.coppice.run(&["log", "a"]).expect(0);
    assert!(newest.stdout.contains("checking"), "{newest:?}");
    let run = done.get("process.started", "a").text("run").to_owned();
    assert!(scene.coppice.run(&["log", &run]).expect(0).stdout.contains("hello from a"));
    scene.coppice.run(&["log", "nothing"]).expect(2);
}

#[test]
fn the_trash_gives_back_what_was_discarded() {
    let scene = Scene::new();
    let waits = scene.run(&plan(&scene)).expect(1);
    let worktree = waits.get("attempt.started", "a").text("worktree").to_owned();
    std::fs::write(format!("{worktree}/scratch.txt"), "not committed\n").unwrap();
    let seen = waits.events.last().map_or(0, |event| event.seq());
    scene.coppice.run(&["discard", "a"]).expect(0);
    scene.coppice.follow(seen).wait_for("worktree.removed", "a");
    assert!(!std::path::Path::new(&worktree).exists());
    let repo = scene.repo.path.to_string_lossy().into_owned();
    let entries = scene.coppice.run(&["trash", "--repo", &repo, "--json"]).expect(0).json();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let entry = entries[0]["id"].as_str().unwrap().to_owned();
    scene.coppice.run(&["trash", "restore", &entry, "--repo", &repo]).expect(0);
    assert_eq!(scene.repo.worktrees().len(), 2);
    let back = scene.repo.worktrees().pop().unwrap();
    assert_eq!(std::fs::read_to_string(format!("{back}/scratch.txt")).unwrap(), "not committed\n");
    assert_eq!(std::fs::read_to_string(format!("{back}/a/work.txt")).unwrap(), "work of a, attempt 1\n");
}

#[test]
fn doctor_finds_nothing_wrong_and_folds_the_events_to_the_same_state() {
    let scene = Scene::new();
    scene.run(&plan(&scene)).expect(1);
    let report = &scene.coppice.run(&["doctor", "--rebuild", "--json"]).expect(0).json()[0];
    let rows = report["rows"].as_array().unwrap();
    assert!(
        rows.iter().any(|row| row["name"].as_str().is_some_and(|name| name.to_lowercase().contains("git")))
    );
    assert!(rows.iter().all(|row| row["status"] != "bad"), "{rows:#?}");
}

#[test]
fn the_engine_ends_when_asked_and_comes_back_when_needed() {
    let scene = Scene::new();
    assert!(scene.coppice.run(&["shutdown"]).expect(0).stdout.contains("No engine"));
    assert!(!scene.coppice.home.exists(), "asking for the end starts nothing");
    scene.run(&plan(&scene)).expect(1);
    let engine = scene.coppice.engine().unwrap();
    scene.coppice.run(&["shutdown"]).expect(0);
    let views = scene.coppice.run(&["status", "--json"]).expect(0).json();
    assert_eq!(views[0]["tasks"][0]["stage"]["kind"], "awaiting_approval");
    assert_ne!(scene.coppice.engine(), Some(engine));
}

#[test]
fn the_demo_lands_by_itself() {
    let scene = Scene::new();
    let folder = scene.beside("demo").to_string_lossy().into_owned();
    let done = scene.coppice.run_with(&[("COPPICE_DEMO_SPEED", "20")], &["demo", &folder]).expect(0);
    // In words, it says what it approves and why.
    assert!(done.stderr.contains("coppice approve "), "{done:?}");
    assert!(done.stdout.contains("All ") && done.stdout.contains(" tasks landed on "), "{done:?}");
    let events = scene.coppice.events(0);
    assert!(events.iter().any(|event| event.is("approved")));
    assert!(events.iter().rev().any(|event| event.is("plan.finished") && event.number("failed") == Some(0)));
}
