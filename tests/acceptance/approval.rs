//! A person's word, bound to a commit.

use coppice_tests::{PlanFile, Scene, Task};

fn plan(scene: &Scene) -> PlanFile {
    PlanFile::manual("By hand")
        .check("test", "sh test.sh")
        .agent("worker", &scene.worker("worker", ""))
        .task(Task::new("model"))
        .task(Task::new("storage").after(&["model"]))
}

#[test]
fn what_nobody_approved_does_not_land() {
    let scene = Scene::new();
    let before = scene.repo.head();
    let waits = scene.run(&plan(&scene)).expect(1);
    assert_eq!(waits.get("needs_you", "model").text("code"), "approval");
    assert!(waits.find("attempt.started", "storage").is_none());
    assert_eq!(scene.repo.tip("main"), before);
    let finished = waits.events.last().and_then(|event| event.number("landed"));
    assert_eq!(finished, Some(0));
}

#[test]
fn an_approval_is_bound_to_the_commit_that_was_looked_at() {
    let scene = Scene::new();
    let before = scene.repo.head();
    let waits = scene.run(&plan(&scene)).expect(1);
    let head = waits.get("check.finished", "model").text("head").to_owned();
    let seen = waits.events.last().map_or(0, |event| event.seq());

    let wrong = scene.coppice.run(&["approve", "model", "--head", &before]).expect(1);
    assert!(wrong.stderr.contains(&head[..7]), "it says what the head is: {}", wrong.stderr);
    assert!(scene.coppice.events(seen).iter().all(|event| !event.is("approved")));

    // The engine goes on by itself: what depends on it starts, with nobody running `run`.
    let follow = scene.coppice.follow(seen);
    let right = scene.coppice.run(&["approve", "model", "--head", &head[..9]]).expect(0);
    assert!(right.stdout.contains("model") && right.stdout.contains(&head[..7]), "{}", right.stdout);
    let approved = follow.wait_for("approved", "model");
    assert_eq!(approved.text("head"), head);
    let landed = follow.wait_for("landed", "model");
    follow.wait("storage waits for its approval", |events| {
        events.iter().any(|event| event.of("needs_you", "storage"))
    });
    let start = follow.wait_for("attempt.started", "storage");
    assert!(scene.repo.is_ancestor(landed.text("commit"), start.text("base")));
    assert!(scene.repo.is_ancestor(&head, landed.text("commit")), "what was approved is what landed");

    // Without --head the newest is meant.
    scene.coppice.run(&["approve", "storage"]).expect(0);
    follow.wait_for("landed", "storage");
    drop(follow);
    scene.go_on(&[]).finish().expect(0);
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn what_moved_after_the_look_is_not_approved() {
    let scene = Scene::new();
    let waits = scene.run(&plan(&scene)).expect(1);
    let looked_at = waits.get("check.finished", "model").text("head").to_owned();
    let worktree = waits.get("attempt.started", "model").text("worktree").to_owned();
    let seen = waits.events.last().map_or(0, |event| event.seq());

    scene.repo.git(&["-C", &worktree, "commit", "--quiet", "--allow-empty", "-m", "One more"]);
    let moved = scene.repo.git(&["-C", &worktree, "rev-parse", "HEAD"]);
    let said = scene.coppice.run(&["approve", "model", "--head", &looked_at]);
    // Either the engine has seen the new head already and refuses, or it takes the word for the old
    // head and finds it void when it lands. The old head never lands unseen, the new one not unapproved.
    let again = scene.go_on(&[]).finish();
    assert_eq!(again.code, Some(1), "approve said {said:?}; {:#?}", again.events);
    assert!(scene.coppice.events(seen).iter().all(|event| !event.is("landed")));
    scene.coppice.run(&["approve", "model", "--head", &moved]).expect(0);
    let follow = scene.coppice.follow(seen);
    let landed = follow.wait_for("landed", "model");
    assert!(scene.repo.is_ancestor(&moved, landed.text("commit")));
}

#[test]
fn discarded_work_never_lands_and_is_kept() {
    let scene = Scene::new();
    let before = scene.repo.head();
    let waits = scene.run(&plan(&scene)).expect(1);
    let head = waits.get("check.finished", "model").text("head").to_owned();
    let seen = waits.events.last().map_or(0, |event| event.seq());
    scene.coppice.run(&["discard", "model"]).expect(0);
    let follow = scene.coppice.follow(seen);
    follow.wait_for("task.discarded", "model");
    follow.wait_for("worktree.removed", "model");
    drop(follow);
    assert_eq!(scene.repo.tip("main"), before);
    let keeps = scene.repo.keep_refs();
    assert!(keeps.iter().any(|keep| scene.repo.is_ancestor(&head, keep)), "{keeps:?}");
    let refused = scene.coppice.run(&["approve", "model"]);
    assert_ne!(refused.code, Some(0));
    // Its dependent never starts: discarded is not landed.
    let again = scene.go_on(&[]).finish().expect(1);
    assert!(again.find("attempt.started", "storage").is_none());
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn an_unknown_task_is_bad_usage() {
    let scene = Scene::new();
    scene.run(&plan(&scene)).expect(1);
    let said = scene.coppice.run(&["approve", "modle"]).expect(2);
    assert!(said.stderr.contains("modle"), "{}", said.stderr);
    scene.coppice.run(&["approve"]).expect(2);
    scene.coppice.run(&["approve", "model", "--plan", "no such plan"]).expect(2);
}

#[test]
fn a_task_of_two_plans_must_be_named_with_its_plan() {
    let scene = Scene::new();
    let one = plan(&scene).save(&scene.beside("one.toml"));
    let two = plan(&scene).key("goal = \"another\"").save(&scene.beside("two.toml"));
    for file in [&one, &two] {
        scene.coppice.start(file, &scene.repo.path, &[]).finish().expect(1);
    }
    let said = scene.coppice.run(&["approve", "model"]).expect(2);
    assert!(said.stderr.contains("one.toml") && said.stderr.contains("two.toml"), "{}", said.stderr);
    let file = two.to_string_lossy();
    scene
        .coppice
        .run(&["approve", "model", "--plan", &file, "--repo", &scene.repo.path.to_string_lossy()])
        .expect(0);
    let follow = scene.coppice.follow(0);
    let approved = follow.wait_for("approved", "model");
    let landed = follow.wait_for("landed", "model");
    assert_eq!(approved.text("plan"), landed.text("plan"));
}

#[test]
fn what_a_person_merged_by_hand_is_checked_before_it_counts_as_landed() {
    let scene = Scene::new();
    let waits = scene.run(&plan(&scene)).expect(1);
    let seen = waits.events.last().map_or(0, |event| event.seq());
    let branch = waits.get("attempt.started", "model").text("branch").to_owned();
    scene.repo.git(&["merge", "--no-ff", "-m", "By hand", &branch]);
    let tip = scene.repo.tip("main");

    let follow = scene.coppice.follow(seen);
    scene.coppice.run(&["approve", "model"]).expect(0);
    let landed = follow.wait_for("landed", "model");
    assert_eq!(landed.text("commit"), tip, "the target stays where the person put it");
    let checked = follow.wait_for("check.finished", "model");
    assert_eq!((checked.text("head"), checked.number("code")), (tip.as_str(), Some(0)));
    assert_eq!(scene.repo.tip("main"), tip);
}
