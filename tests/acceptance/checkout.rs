//! The user's own checkout: advanced by git's own fast-forward, which keeps what the user has not
//! committed, or not at all.

use coppice_tests::{PlanFile, Scene, Task};

fn edits_readme(scene: &Scene) -> PlanFile {
    let agent = scene.script(
        "readme",
        "echo 'more, by an agent' >> README.md\ngit add README.md\ngit commit --quiet -m 'More to read'",
    );
    PlanFile::auto("Readme").check("test", "sh test.sh").agent("readme", &agent).task(Task::new("readme"))
}

#[test]
fn unrelated_local_changes_survive_a_landing() {
    let scene = Scene::new();
    scene.repo.write("test.sh", "exit 0 # my own note\n");
    scene.repo.write("mine.txt", "not yet added\n");
    let done = scene.run(&edits_readme(&scene)).expect(0);
    assert_eq!(scene.repo.head(), done.landed()[0].1);
    assert_eq!(scene.repo.read("README.md"), "# A project\nmore, by an agent\n");
    assert_eq!(scene.repo.read("test.sh"), "exit 0 # my own note\n");
    assert_eq!(scene.repo.status(), " M test.sh\n?? mine.txt");
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn a_landing_over_local_changes_waits_and_names_the_files() {
    let scene = Scene::new();
    let before = scene.repo.head();
    scene.repo.write("README.md", "# My project\n");
    let held = scene.run(&edits_readme(&scene)).expect(1);
    let asks = held.get("needs_you", "readme");
    assert!(asks.text("reason").contains("README.md"), "{asks:?}");
    assert_eq!(scene.repo.tip("main"), before, "the target did not move");
    assert_eq!(scene.repo.read("README.md"), "# My project\n");
    assert_eq!(scene.repo.status(), " M README.md");
    assert!(held.landed().is_empty());

    // Once they are out of the way, run goes on from there: nothing is done twice.
    scene.repo.git(&["checkout", "--", "README.md"]);
    let done = scene.go_on(&[]).finish().expect(0);
    assert_eq!(scene.repo.head(), done.landed()[0].1);
    assert_eq!(scene.ledger.lines(), ["readme 1"]);
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn an_untracked_file_in_the_way_holds_the_landing_too() {
    let scene = Scene::new();
    let plan = PlanFile::auto("New file").agent("worker", &scene.worker("worker", "")).task(Task::new("a"));
    scene.repo.write("a/work.txt", "mine\n");
    let held = scene.run(&plan).expect(1);
    assert!(held.get("needs_you", "a").text("reason").contains("a/work.txt"));
    assert_eq!(scene.repo.read("a/work.txt"), "mine\n");
}

/// With another branch checked out, the target moves and the checkout stays.
#[test]
fn another_branch_stays_checked_out() {
    let scene = Scene::new();
    scene.repo.git(&["checkout", "--quiet", "-b", "mine"]);
    let before = scene.repo.head();
    let done = scene.run(&edits_readme(&scene)).expect(0);
    assert_eq!(scene.repo.tip("main"), done.landed()[0].1);
    assert_eq!((scene.repo.head(), scene.repo.git(&["branch", "--show-current"])), (before, "mine".into()));
    assert_eq!(scene.repo.status(), "");
    scene.repo.assert_tidy(&["main", "mine"]);
}

/// Work that the user commits to the target meanwhile is merged with, never lost.
#[test]
fn the_users_own_commits_are_kept() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let plan = PlanFile::auto("Beside")
        .check("test", "sh test.sh")
        .agent("worker", &scene.worker("worker", &gate.wait()))
        .task(Task::new("a"));
    let run = scene.start(&plan);
    run.wait_for("process.started", "a");
    scene.repo.write("own.txt", "by hand\n");
    let own = scene.repo.commit("By hand");
    gate.open();
    let done = run.finish().expect(0);
    let landed = &done.landed()[0].1;
    assert!(scene.repo.is_ancestor(&own, landed));
    assert_eq!(done.get("landed", "a").text("previous"), own);
    assert_eq!(scene.repo.read("own.txt"), "by hand\n");
    scene.assert_proven(&done.events, &["test"], &[]);
    scene.repo.assert_tidy(&["main"]);
}
