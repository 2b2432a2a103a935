//! What agents do wrong, and what becomes of it. Nothing that is not proven lands.

use coppice_tests::{PlanFile, Scene, Task};

fn one(scene: &Scene, script: &str) -> PlanFile {
    PlanFile::auto("One")
        .check("test", "sh test.sh")
        .agent("agent", &scene.script("agent", script))
        .task(Task::new("a").scope(&["src/**"]))
        .task(Task::new("b").after(&["a"]))
}

const IN_SCOPE: &str = "mkdir -p src\necho good > src/a.txt\n";

#[test]
fn an_agent_that_ends_well_without_a_commit_is_not_done() {
    let scene = Scene::new();
    let before = scene.repo.head();
    let done = scene.run(&one(&scene, "exit 0")).expect(1);
    assert!(done.get("needs_you", "a").text("reason").contains("commit"));
    assert!(done.landed().is_empty());
    assert!(done.find("attempt.started", "b").is_none(), "its dependent waits");
    assert_eq!(scene.repo.tip("main"), before);
}

#[test]
fn uncommitted_work_is_for_a_person_to_decide() {
    let scene = Scene::new();
    let script = format!("{IN_SCOPE}echo scratch > notes.txt\ntest $COPPICE_TASK = a || exit 4");
    let done = scene.run(&one(&scene, &script)).expect(1);
    let asks = done.get("needs_you", "a");
    assert_eq!(asks.text("code"), "uncommitted");
    assert!(asks.text("reason").contains("src/a.txt"), "{asks:?}");
    assert!(done.landed().is_empty());

    // Committing takes what is inside the scope, by name; the rest is put away and never lands.
    let seen = done.events.last().map_or(0, |event| event.seq());
    scene.coppice.run(&["leftovers", "a", "--commit"]).expect(0);
    let follow = scene.coppice.follow(seen);
    let landed = follow.wait_for("landed", "a");
    let files = scene.repo.files(landed.text("commit"));
    assert!(files.contains(&"src/a.txt".into()) && !files.contains(&"notes.txt".into()), "{files:?}");
    let kept = follow.wait_for("leftovers.kept", "a");
    assert_eq!(scene.repo.show(kept.text("keep_ref"), "notes.txt"), "scratch");
}

#[test]
fn leftovers_put_away_are_kept_and_prove_nothing() {
    let scene = Scene::new();
    let done = scene.run(&one(&scene, IN_SCOPE)).expect(1);
    let seen = done.events.last().map_or(0, |event| event.seq());
    scene.coppice.run(&["leftovers", "a", "--put-away"]).expect(0);
    let follow = scene.coppice.follow(seen);
    let kept = follow.wait_for("leftovers.kept", "a");
    assert_eq!(scene.repo.show(kept.text("keep_ref"), "src/a.txt"), "good");
    // What is left is an attempt without a commit.
    follow.wait("the missing commit is named", |events| {
        events.iter().any(|event| event.of("needs_you", "a") && event.text("code") == "no_commit")
    });
}

#[test]
fn a_plan_can_have_leftovers_committed_by_scope() {
    let scene = Scene::new();
    let script =
        format!("{IN_SCOPE}echo scratch > notes.txt\nmkdir -p $COPPICE_TASK\necho x > $COPPICE_TASK/x");
    let plan = one(&scene, &script).key("commit = \"scope\"");
    let done = scene.run(&plan).expect(0);
    let committed = done.get("leftovers.committed", "a");
    assert_eq!(committed.0["paths"], serde_json::json!(["src/a.txt"]));
    let first = &done.landed()[0].1;
    let files = scene.repo.files(first);
    assert!(files.contains(&"src/a.txt".into()), "{files:?}");
    assert!(!files.iter().any(|file| file == "notes.txt" || file == "a/x"), "{files:?}");
    let kept = done.get("leftovers.kept", "a");
    assert_eq!(scene.repo.show(kept.text("keep_ref"), "notes.txt"), "scratch");
    // What an agent of no scope leaves is all its own.
    assert!(scene.repo.files("main").contains(&"b/x".into()));
}

/// Many agents begin with a branch of their own: what lands is what they made all the same, once.
#[test]
fn an_agent_that_leaves_its_branch_lands_what_it_made() {
    for leave in ["git checkout --quiet -b mine", "git checkout --quiet --detach", "git branch -m mine"] {
        let scene = Scene::new();
        let script = format!("{leave}\n{IN_SCOPE}git add -- src/a.txt\ngit commit --quiet -m Work");
        let plan = PlanFile::auto("One")
            .check("test", "sh test.sh")
            .agent("agent", &scene.script("agent", &script))
            .task(Task::new("a"));
        let done = scene.run(&plan).expect(0);
        assert_eq!(scene.repo.show("main", "src/a.txt"), "good", "{leave}");
        assert_eq!(done.count("approved", "a"), 1, "{leave}: {}", done.report);
        assert!(done.find("approval.void", "a").is_none(), "{leave}: {}", done.report);
    }
}

#[test]
fn an_agent_that_parts_from_its_branch_is_for_a_person() {
    let scene = Scene::new();
    let script = format!(
        "{IN_SCOPE}git add -- src/a.txt\ngit commit --quiet -m One\ngit checkout --quiet -b mine HEAD~1\n\
         git commit --quiet --allow-empty -m Other"
    );
    let done = scene.run(&one(&scene, &script)).expect(1);
    let asks = done.get("needs_you", "a");
    assert_eq!(asks.text("code"), "blocked");
    assert!(asks.text("reason").contains("mine checked out"), "{asks:?}");
    assert!(done.landed().is_empty());
}

#[test]
fn what_was_committed_outside_the_scope_never_lands() {
    let scene = Scene::new();
    let before = scene.repo.head();
    let script =
        format!("{IN_SCOPE}echo sly > README.md\ngit add --all\ngit commit --quiet --no-verify -m Both");
    let done = scene.run(&one(&scene, &script)).expect(1);
    let asks = done.get("needs_you", "a");
    assert!(
        asks.text("reason").contains("README.md") && !asks.text("reason").contains("src/a.txt"),
        "{asks:?}"
    );
    assert_eq!(scene.repo.tip("main"), before);
    assert_ne!(scene.coppice.run(&["approve", "a"]).code, Some(0), "no word of a person lands it as it is");
    assert_eq!(scene.repo.tip("main"), before);
}

/// Lifting the guard does not help: what lands is compared again.
#[test]
fn an_agent_that_switches_hooks_off_lands_nothing_more() {
    let scene = Scene::new();
    let before = scene.repo.head();
    let script = "echo sly > README.md\ngit -c core.hooksPath=/dev/null commit --quiet -am Sly";
    let done = scene.run(&one(&scene, script)).expect(1);
    assert!(done.get("needs_you", "a").text("reason").contains("README.md"));
    assert_eq!(scene.repo.tip("main"), before);
}

#[test]
fn a_failure_is_tried_once_more_by_itself() {
    let scene = Scene::new();
    let agent = scene.worker("agent", "test $COPPICE_ATTEMPT = 2 || exit 3");
    let plan =
        PlanFile::auto("Twice").check("test", "sh test.sh").agent("agent", &agent).task(Task::new("a"));
    let done = scene.run(&plan).expect(0);
    assert_eq!(scene.ledger.lines(), ["a 1", "a 2"]);
    assert_eq!(done.get("process.exited", "a").number("code"), Some(3));
    assert_eq!(done.get("attempt.ended", "a").0["will_retry"], true);
    assert_eq!(done.landed().len(), 1);
    assert_eq!(scene.repo.read("a/work.txt"), "work of a, attempt 2\n");
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn a_second_failure_asks_and_dependents_wait() {
    let scene = Scene::new();
    let allowed = scene.beside("allowed");
    let agent = scene.worker("agent", &format!("test -e '{}' || exit 3", allowed.display()));
    let plan = PlanFile::auto("Never")
        .agent("agent", &agent)
        .task(Task::new("a"))
        .task(Task::new("b").after(&["a"]));
    let done = scene.run(&plan).expect(1);
    assert_eq!(scene.ledger.lines(), ["a 1", "a 2"]);
    assert_eq!(done.get("needs_you", "a").text("code"), "failed_twice");
    assert!(done.find("task.failed", "a").is_some());
    assert_eq!(done.events.last().and_then(|event| event.number("failed")), Some(1));

    // The person mends the cause and says so.
    std::fs::write(&allowed, "").unwrap();
    scene.coppice.run(&["retry", "a"]).expect(0);
    let done = scene.go_on(&[]).finish().expect(0);
    assert_eq!(scene.ledger.lines(), ["a 1", "a 2", "a 3", "b 1"]);
    assert!(done.landed().len() <= 2);
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn a_red_check_stops_the_work_where_it_is() {
    let scene = Scene::new();
    scene.repo.write("test.sh", "test ! -e src/a.txt\n");
    let before = scene.repo.commit("A strict test");
    let script = format!("{IN_SCOPE}git add src/a.txt\ngit commit --quiet -m Work");
    let done = scene.run(&one(&scene, &script)).expect(1);
    let check = done.get("check.finished", "a");
    assert_eq!((check.text("name"), check.number("code")), ("test", Some(1)));
    assert!(done.get("needs_you", "a").text("reason").contains("test"));
    assert!(done.find("approved", "a").is_none());
    assert_eq!(scene.repo.tip("main"), before);
}

/// A tree that is not clean gives no evidence: a check must not see what is not committed.
#[test]
fn checks_see_only_what_is_committed() {
    let scene = Scene::new();
    scene.repo.write("test.sh", "test ! -e notes.txt\n");
    scene.repo.commit("No notes");
    let script = format!("{IN_SCOPE}git add src/a.txt\ngit commit --quiet -m Work\necho scratch > notes.txt");
    let plan = PlanFile::auto("Clean")
        .check("test", "sh test.sh")
        .agent("agent", &scene.script("agent", &script))
        .task(Task::new("a").scope(&["src/**"]));
    let done = scene.run(&plan).expect(0);
    assert_eq!(scene.repo.show(done.get("leftovers.kept", "a").text("keep_ref"), "notes.txt"), "scratch");
}

#[test]
fn the_brief_says_what_is_to_be_done() {
    let scene = Scene::new();
    let copy = scene.beside("brief");
    let agent = scene.worker("agent", &format!("cat \"$COPPICE_BRIEF\" > '{}'", copy.display()));
    let facts = scene.ledger.note("$COPPICE_BASE $COPPICE_WORKTREE $(pwd)");
    std::fs::write(&agent, std::fs::read_to_string(&agent).unwrap() + &facts).unwrap();
    let plan = PlanFile::auto("Brief")
        .agent("agent", &agent)
        .task(Task::new("a").spec("1. Count to seven.\n2. Stop there."));
    let done = scene.run(&plan).expect(0);
    let brief = std::fs::read_to_string(copy).unwrap();
    assert!(brief.contains("Count to seven") && brief.contains("The a"), "{brief}");
    let start = done.get("attempt.started", "a");
    let (base, worktree) = (start.text("base"), start.text("worktree"));
    assert!(
        scene.ledger.lines().contains(&format!("{base} {worktree} {worktree}")),
        "{:?}",
        scene.ledger.lines()
    );
}

#[test]
fn a_scripted_agent_needs_nothing_but_coppice() {
    let scene = Scene::new();
    let script = "version = 1\n[[step]]\nprint = \"Working\"\n[[step]]\nwrite = \"src/model.rs\"\n\
                  content = \"pub struct Retry;\\n\"\n[[step]]\ncommit = [\"src/model.rs\"]\nmessage = \"Add it\"\n";
    std::fs::write(scene.beside("model.toml"), script).unwrap();
    let plan = PlanFile::auto("Scripted").scripted("robot", "model.toml").task(Task::new("model"));
    scene.run(&plan).expect(0);
    assert_eq!(scene.repo.read("src/model.rs"), "pub struct Retry;\n");
    assert!(scene.coppice.run(&["log", "model", "--kind", "implement"]).expect(0).stdout.contains("Working"));
}

#[test]
fn what_an_agent_prints_about_its_use_is_counted_once_a_message() {
    let scene = Scene::new();
    let line = |text: &str| format!("echo 'coppice-usage {text}'\n");
    let script = [
        line("{\"id\":\"m1\",\"model\":\"small\",\"input\":100,\"output\":1}"),
        line("{\"id\":\"m1\",\"model\":\"small\",\"input\":100,\"output\":20,\"cost\":0.25}"),
        line("{\"input\":5,\"output\":2,\"cached\":7,\"cost\":0.5}"),
    ];
    let plan =
        PlanFile::auto("Use").agent("agent", &scene.worker("agent", &script.concat())).task(Task::new("a"));
    let done = scene.run(&plan).expect(0);
    let used = done.get("usage", "a");
    assert_eq!(used.text("model"), "small");
    assert_eq!(
        (used.number("input"), used.number("output"), used.number("cached"), used.0["cost"].as_f64()),
        (Some(105), Some(22), Some(7), Some(0.75))
    );
    assert_eq!(done.count("usage", "a"), 1);
}
