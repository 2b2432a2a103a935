//! A plan that does not hold together: every error with its line, exit status 2, nothing created.

use coppice_tests::{PlanFile, Scene, Task};

/// Puts `bad` in place of `good` and expects an error at its line that mentions `mention`.
fn check(good: &str, bad: &str, mention: &str) {
    let scene = Scene::new();
    let text = PlanFile::auto("Bad")
        .key("slots = 2")
        .check("test", "sh test.sh")
        .agent("worker", &scene.worker("worker", ""))
        .task(Task::new("a"))
        .task(Task::new("b").after(&["a"]))
        .text();
    let broken = text.replacen(good, bad, 1);
    assert_ne!(text, broken);
    let line = broken.lines().zip(text.lines()).position(|(new, old)| new != old).map_or(0, |at| at + 1);
    let path = scene.plan_text(&broken);
    for words in [&["run"][..], &["run", "--json"], &["check"]] {
        let mut all = words.to_vec();
        let (path, repo) = (path.to_string_lossy(), scene.repo.path.to_string_lossy());
        all.extend([&*path, "--repo", &*repo]);
        let said = scene.coppice.run(&all).expect(2);
        let place = format!("PLAN.toml:{line}:");
        let fits = said.stderr.lines().any(|line| line.contains(&place) && line.contains(mention));
        assert!(fits, "wanted {place} … {mention}, got:\n{}", said.stderr);
        assert_eq!(said.stdout, "");
    }
    assert!(!scene.coppice.home.exists(), "not even a data directory is created");
    assert!(scene.coppice.processes().is_empty());
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn an_unknown_key() {
    check("slots = 2", "slosts = 2", "slosts");
}

#[test]
fn a_bad_value() {
    check("slots = 2", "slots = \"many\"", "slots");
    check("approve = \"auto\"", "approve = \"later\"", "later");
}

#[test]
fn a_bad_duration() {
    check("timeout = \"5m\"", "timeout = \"5 parsecs\"", "5 parsecs");
}

#[test]
fn a_dependency_that_is_not_there() {
    check("after = [\"a\"]", "after = [\"aa\"]", "aa");
}

#[test]
fn a_cycle_is_named() {
    check("after = [\"a\"]", "after = [\"a\", \"b\"]", "b");
}

#[test]
fn text_that_is_no_toml() {
    check("slots = 2", "slots = = 2", "");
}

#[test]
fn all_errors_come_at_once() {
    let scene = Scene::new();
    let text = "version = 1\ncolour = \"red\"\nslots = 0\n\n[agents.w]\nadapter = \"command\"\ncommand = [\"true\"]\n\n\
                [[task]]\nid = \"a\"\nafter = [\"b\"]\n\n[[task]]\nid = \"b\"\nafter = [\"a\", \"c\"]\n";
    let path = scene.plan_text(text);
    let repo = scene.repo.path.to_string_lossy().into_owned();
    let said = scene.coppice.run(&["run", &path.to_string_lossy(), "--repo", &repo]).expect(2);
    for place in ["PLAN.toml:2:", "PLAN.toml:3:", "PLAN.toml:15:"] {
        assert!(said.stderr.contains(place), "{place} is missing in:\n{}", said.stderr);
    }
    assert!(said.stderr.contains("a → b → a") || said.stderr.contains("b → a → b"), "{}", said.stderr);
}

#[test]
fn a_plan_or_a_folder_that_is_not_there() {
    let scene = Scene::new();
    let repo = scene.repo.path.to_string_lossy().into_owned();
    scene.coppice.run(&["run", "/nowhere/PLAN.toml", "--repo", &repo]).expect(2);
    let plan = scene.plan(&PlanFile::auto("P").agent("w", &scene.worker("w", "")).task(Task::new("a")));
    scene.coppice.run(&["run", &plan.to_string_lossy(), "--repo", "/nowhere"]).expect(2);
    scene.coppice.run(&["run", &plan.to_string_lossy(), "--repo", &repo, "--jsno"]).expect(2);
    scene.coppice.run(&["fly"]).expect(2);
    scene.coppice.run(&[]).expect(2);
    assert!(!scene.coppice.home.exists());
    scene.coppice.run(&["--help"]).expect(0);
}

#[test]
fn an_agent_program_that_is_not_there_is_said_before_anything_is_cut() {
    let scene = Scene::new();
    let text = "version = 1\ntarget = \"main\"\n[agents.w]\nadapter = \"command\"\ncommand = [\"no-such-program-here\"]\n[[task]]\nid = \"a\"\n";
    let plan = scene.plan_text(text);
    let repo = scene.repo.path.to_string_lossy().into_owned();
    let said = scene.coppice.run(&["run", &plan.to_string_lossy(), "--repo", &repo, "--json"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.stderr.contains("no-such-program-here"), "{}", said.stderr);
    scene.repo.assert_tidy(&["main"]);
}
