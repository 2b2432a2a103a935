//! The merge queue: what was tested is what lands.

use coppice_tests::{PlanFile, Scene, Task};

/// Each is green alone; the two together are red.
#[test]
fn two_that_fail_together_never_both_land() {
    let scene = Scene::new();
    scene.repo.write("test.sh", "test $(ls -d */work.txt 2>/dev/null | wc -l) -le 1\n");
    scene
        .repo
        .write("test.sh", "n=0; for f in */work.txt; do test -e \"$f\" && n=$((n+1)); done; test $n -le 1\n");
    scene.repo.commit("At most one");
    let gate = scene.gate("gate");
    let plan = PlanFile::auto("Together")
        .check("test", "sh test.sh")
        .agent("worker", &scene.worker("worker", &gate.wait()))
        .task(Task::new("a").scope(&["a/**"]))
        .task(Task::new("b").scope(&["b/**"]));
    let run = scene.start(&plan);
    // Both are cut before either lands.
    run.wait_for("process.started", "a");
    run.wait_for("process.started", "b");
    gate.open();
    let done = run.finish().expect(1);

    let landed = done.landed();
    assert_eq!(landed.len(), 1, "{landed:?}");
    let held = if landed[0].0 == "a" { "b" } else { "a" };
    for task in ["a", "b"] {
        let alone = done.events.iter().any(|event| {
            event.of("check.finished", task) && event.0["merged"] == false && event.number("code") == Some(0)
        });
        assert!(alone, "{task} is green alone");
    }
    let red = done.events.iter().find(|event| {
        event.of("check.finished", held) && event.0["merged"] == true && event.number("code") == Some(1)
    });
    assert!(red.is_some(), "{:#?}", done.events);
    assert_eq!(done.get("needs_you", held).text("code"), "merged_check_failed");
    assert_eq!(scene.repo.tip("main"), landed[0].1);
    // No commit that the target ever had carries both.
    for commit in scene.repo.git(&["rev-list", "main"]).lines() {
        let files = scene.repo.files(commit);
        assert!(files.iter().filter(|file| file.ends_with("/work.txt")).count() <= 1, "{commit}: {files:?}");
    }
    scene.repo.assert_sound();
}

#[test]
fn a_conflict_is_named_and_nothing_is_lost() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let script = format!(
        "{}\necho \"$COPPICE_TASK was here\" > README.md\ngit commit --quiet -am \"By $COPPICE_TASK\"",
        gate.wait()
    );
    let plan = PlanFile::auto("Conflict")
        .check("test", "sh test.sh")
        .agent("agent", &scene.script("agent", &script))
        .task(Task::new("a"))
        .task(Task::new("b"));
    let run = scene.start(&plan);
    run.wait_for("process.started", "a");
    run.wait_for("process.started", "b");
    gate.open();
    let done = run.finish().expect(1);
    let landed = done.landed();
    assert_eq!(landed.len(), 1);
    let held = if landed[0].0 == "a" { "b" } else { "a" };
    let asks = done.get("needs_you", held);
    assert_eq!(asks.text("code"), "conflict");
    assert!(asks.text("reason").contains("README.md"), "{asks:?}");
    assert_eq!(scene.repo.read("README.md"), format!("{} was here\n", landed[0].0));

    // A fresh attempt is cut from where the other has landed.
    gate.open();
    scene.coppice.run(&["retry", held]).expect(0);
    let done = scene.go_on(&[]).finish().expect(0);
    assert_eq!(scene.repo.read("README.md"), format!("{held} was here\n"));
    assert!(done.events.last().is_some_and(|event| event.number("landed") == Some(2)));
    scene.repo.assert_tidy(&["main"]);
}

/// Every shape of landing is tested as what it will be.
#[test]
fn merge_squash_and_rebase_all_land_what_was_checked() {
    for (how, own) in [("merge", 2), ("squash", 1), ("rebase", 2)] {
        let scene = Scene::new();
        let gate = scene.gate("gate");
        let script = format!(
            "{}\nfor n in 1 2; do echo $n > \"$COPPICE_TASK-$n\"; git add \"$COPPICE_TASK-$n\"; \
             git commit --quiet -m \"$COPPICE_TASK $n\"; done",
            gate.wait()
        );
        let plan = PlanFile::auto("How")
            .key(&format!("land = \"{how}\""))
            .check("test", "sh test.sh")
            .agent("agent", &scene.script("agent", &script))
            .task(Task::new("a"))
            .task(Task::new("b"));
        let run = scene.start(&plan);
        run.wait_for("process.started", "a");
        run.wait_for("process.started", "b");
        gate.open();
        let done = run.finish().expect(0);
        scene.assert_proven(&done.events, &["test"], &[]);
        let merges = scene.repo.git(&["rev-list", "--merges", "--count", "main"]);
        if how != "merge" {
            assert_eq!(merges, "0", "{how} leaves a straight line");
        }
        let plain = scene.repo.git(&["rev-list", "--no-merges", "--count", "main"]);
        assert_eq!(plain, format!("{}", 1 + 2 * own), "{how}");
        for file in ["a-1", "a-2", "b-1", "b-2"] {
            assert!(scene.repo.files("main").contains(&file.into()), "{how}: {file}");
        }
        scene.repo.assert_tidy(&["main"]);
    }
}
