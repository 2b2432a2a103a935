//! Several attempts at one task: cut at one commit, compared, judged, taken from; one is adopted and lands, and what
//! the others did is still there.

use coppice_tests::{Event, Finished, PlanFile, Run, Scene, Task};

/// Two approaches: each with a table and a file of its own.
fn builder(scene: &Scene, name: &str, own: &str) -> std::path::PathBuf {
    scene.script(
        name,
        &format!(
            "mkdir -p src docs\nprintf 'head\\n{name} row\\nfoot\\n' > src/table.sh\necho '{name}' > {own}\n\
             git add -- src/table.sh {own}\ngit commit --quiet -m 'Table, {name}'"
        ),
    )
}

fn contest(scene: &Scene, plan: PlanFile) -> PlanFile {
    plan.check("test", "test -e src/table.sh")
        .agent("opus", &builder(scene, "opus", "src/extra.sh"))
        .agent("gpt", &builder(scene, "gpt", "docs/help.txt"))
        .task(Task::new("table").attempts(&["opus", "gpt"]).spec("1. There is a table."))
}

fn bases(done: &Finished) -> Vec<String> {
    done.all("attempt.started").map(|event| event.text("base").to_owned()).collect()
}

fn ready_again(run: &Run, attempt: i64, after: u64) {
    run.wait("the attempt's gates at its new head", |events: &[Event]| {
        events.iter().any(|event| {
            event.of("task.stage", "table")
                && event.number("attempt") == Some(attempt)
                && event.text("stage") == "awaiting_approval"
                && event.seq() > after
        })
    });
}

#[test]
fn one_takes_a_file_from_the_other_and_lands_and_the_other_is_kept() {
    let scene = Scene::new();
    let done = scene.run(&contest(&scene, PlanFile::auto("Contest").key("slots = 2"))).expect(1);
    assert!(done.landed().is_empty(), "nobody has chosen yet: {}", done.report);
    let bases = bases(&done);
    assert_eq!(bases.len(), 2);
    assert_eq!(bases[0], bases[1]);
    assert!(done.all("needs_you").any(|event| event.text("code") == "compare"));

    let compared = scene.coppice.run(&["compare", "table", "--json"]).expect(0).json().remove(0);
    let files = compared["compare"]["files"].as_array().unwrap();
    let whose = |path: &str| {
        let file = files.iter().find(|file| file["path"] == path).unwrap();
        (!file["a"].is_null(), !file["b"].is_null(), file["same"] == true)
    };
    assert_eq!(whose("src/table.sh"), (true, true, false));
    assert_eq!(whose("src/extra.sh"), (true, false, false));
    assert_eq!(whose("docs/help.txt"), (false, true, false));
    assert_eq!(compared["compare"]["a"]["checks_green"], 1);

    let refused = scene.coppice.run(&["approve", "table", "--attempt", "1"]).expect(1);
    assert!(refused.stderr.contains("dopt one"), "{}", refused.stderr);

    let run = scene.coppice.follow(0);
    scene.coppice.run(&["take", "table", "--into", "1", "--from", "2", "docs/help.txt"]).expect(0);
    let taken = run.wait_for("taken", "table");
    assert_eq!((taken.number("attempt"), taken.number("from")), (Some(1), Some(2)));
    ready_again(&run, 1, taken.seq());
    // What was taken was checked at its own head.
    let checked = |events: &[Event]| {
        events.iter().any(|event| event.is("check.finished") && event.text("head") == taken.text("head"))
    };
    assert!(checked(&run.events()));

    scene.coppice.run(&["adopt", "table", "1", "the", "smaller", "one"]).expect(0);
    run.wait_for("adopted", "table");
    let over = scene.coppice.run(&["adopt", "table", "2"]).expect(1);
    assert!(over.stderr.contains("Attempt 2 of The table is over"), "{}", over.stderr);
    run.kill();
    scene.go_on(&[]).finish().expect(0);
    let events = scene.coppice.events(0);
    assert_eq!(scene.repo.show("main", "src/table.sh"), "head\nopus row\nfoot");
    assert_eq!(scene.repo.show("main", "docs/help.txt"), "gpt");
    assert_eq!(scene.repo.show("main", "src/extra.sh"), "opus");
    scene.assert_proven(&events, &["test"], &[]);
    scene.repo.assert_tidy(&["main"]);

    let ended = events.iter().rfind(|event| event.is("attempt.ended")).unwrap();
    assert_eq!(ended.number("attempt"), Some(2));
    assert!(ended.text("reason").contains("adopted instead: the smaller one"), "{ended:?}");
    let kept = scene.repo.keep_refs();
    let of_gpt = |name: &String| scene.repo.git_agrees(&["show", &format!("{name}:docs/help.txt")]);
    let loser = kept.iter().filter(|name| name.contains("/table/2")).find(|name| of_gpt(name));
    assert!(loser.is_some(), "{kept:?}");
    // It can still be looked at beside the one that landed.
    let later = scene.coppice.run(&["compare", "table", "1", "2", "--json"]).expect(0).json().remove(0);
    assert_eq!(later["compare"]["a"]["adopted"], true);
    assert!(later["compare"]["b"]["given_up"].as_str().unwrap().contains("the smaller one"));
    assert_eq!(later["compare"]["files"].as_array().unwrap().len(), 3);
}

#[test]
fn with_one_slot_they_run_one_after_the_other_from_the_same_commit() {
    let scene = Scene::new();
    let plan = contest(&scene, PlanFile::manual("One slot").key("slots = 1"));
    let plan = plan.agent("other", &scene.worker("other", "")).task(Task::new("other").agent("other"));
    let run = scene.start(&plan);
    // The target moves between the two.
    run.wait_for("check.finished", "table");
    scene.repo.write("elsewhere.txt", "moved");
    scene.repo.commit("Move the target");
    let done = run.finish().expect(1);
    let started: Vec<_> = done.all("attempt.started").filter(|e| e.text("task") == "table").collect();
    assert_eq!(started.len(), 2);
    assert_eq!(started[0].text("base"), started[1].text("base"));
    let mut live = 0_i32;
    for event in &done.events {
        if event.is("process.started") && event.text("kind") == "implement" {
            live += 1;
        }
        if event.is("process.exited") && event.text("kind") == "implement" {
            live -= 1;
        }
        assert!(live <= 1, "two agents in one slot");
    }
    scene.coppice.run(&["discard", "table"]).expect(0);
    scene.coppice.run(&["discard", "other"]).expect(0);
    scene.go_on(&[]).finish();
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn another_joins_later_on_the_same_base_and_is_dropped_again() {
    let scene = Scene::new();
    let plan = PlanFile::manual("Later")
        .check("test", "test -e src/table.sh")
        .agent("opus", &builder(&scene, "opus", "src/extra.sh"))
        .agent("gpt", &builder(&scene, "gpt", "docs/help.txt"))
        .task(Task::new("table").agent("opus"));
    let first = scene.run(&plan).expect(1);
    scene.repo.write("elsewhere.txt", "moved");
    scene.repo.commit("Move the target");
    let run = scene.coppice.follow(first.events.last().unwrap().seq());
    scene.coppice.run(&["try", "table", "--agent", "gpt"]).expect(0);
    let second = run.wait_for("attempt.started", "table");
    assert_eq!(second.text("base"), bases(&first)[0], "side by side with the first");
    ready_again(&run, 2, 0);
    run.kill();
    scene.coppice.run(&["discard", "table", "--attempt", "2"]).expect(0);
    scene.coppice.run(&["approve", "table"]).expect(0);
    scene.go_on(&[]).finish().expect(0);
    assert_eq!(scene.repo.show("main", "src/table.sh"), "head\nopus row\nfoot");
    assert!(!scene.repo.files("main").contains(&"docs/help.txt".to_owned()));
    assert!(scene.repo.keep_refs().iter().any(|name| name.contains("/table/2")), "what it did is kept");
}

#[test]
fn what_cannot_be_chosen_is_refused_and_changes_nothing() {
    let scene = Scene::new();
    let done = scene.run(&contest(&scene, PlanFile::manual("Refused"))).expect(1);
    let says = |words: &[&str], text: &str| {
        let said = scene.coppice.run(words);
        assert_ne!(said.code, Some(0), "{words:?}");
        assert!(said.stderr.contains(text), "{words:?}: {}", said.stderr);
    };
    says(&["adopt", "table", "7"], "no attempt 7");
    says(&["try", "table", "--agent", "nobody"], "nobody");
    says(&["take", "table", "--into", "1", "--from", "2", "no/such.txt"], "no/such.txt");
    says(&["take", "table", "--into", "1", "--from", "1", "src/table.sh"], "side by side");
    says(&["approve", "table"], "which one is meant");
    says(&["judge", "table", "1", "2", "--agent", "nobody"], "nobody");
    says(&["report", "table", "--attempt", "9"], "no attempt 9");
    let other = scene.coppice.run(&["report", "table", "--attempt", "2"]).expect(0).stdout;
    assert!(other.contains("attempt 2 (gpt): Not reviewed"), "{other}");
    let detail = scene.coppice.run(&["status", "--json"]).expect(0).json().remove(0);
    assert_eq!(detail["tasks"][0]["contenders"].as_array().unwrap().len(), 2);
    assert_eq!(detail["tasks"][0]["stage"]["word"], "Ready to compare");
    // A local change in the way: nothing is taken, and it is not touched.
    let first = done.all("attempt.started").find(|event| event.number("attempt") == Some(1)).unwrap();
    let table = std::path::Path::new(first.text("worktree")).join("src/table.sh");
    std::fs::write(&table, "mine\n").unwrap();
    let run = scene.coppice.follow(done.events.last().unwrap().seq());
    scene.coppice.run(&["take", "table", "--into", "1", "--from", "2", "src/table.sh"]).expect(0);
    let warning = run.wait_for("warning", "table");
    assert!(warning.text("message").contains("src/table.sh"), "{warning:?}");
    run.kill();
    assert_eq!(std::fs::read_to_string(&table).unwrap(), "mine\n");
}

/// Prefers the table of opus, if it is let to see only what a judge may see.
const JUDGE: &str = r#"
test "$COPPICE_STAGE" = judge
test ! -e src/table.sh
side() { sed -n 's/^ *"diff": "\(.*'"$1"'.diff.patch\)",*$/\1/p' "$COPPICE_JUDGE_INPUT"; }
! grep -q -e '"opus"' -e '"gpt"' "$COPPICE_JUDGE_INPUT"
if grep -q 'opus row' "$(side first)"; then better=first; else better=second; fi
printf '{"better":"%s","why":"Its table is the shorter one."}' $better > "$COPPICE_JUDGE_OUTPUT"
"#;

#[test]
fn a_judge_advises_blind_and_in_either_order_and_moves_nothing() {
    let first = "printf '{\"better\":\"first\",\"why\":\"It came first.\"}' > \"$COPPICE_JUDGE_OUTPUT\"";
    let cases = [
        ("fair", JUDGE, Some(1), None),
        ("partial", first, None, None),
        ("prose", "true", None, Some("without")),
    ];
    for (name, script, better, failed) in cases {
        let scene = Scene::new();
        let plan = contest(&scene, PlanFile::manual("Judged")).agent("judge", &scene.script(name, script));
        scene.run(&plan).expect(1);
        let run = scene.coppice.follow(0);
        scene.coppice.run(&["judge", "table", "--agent", "judge"]).expect(0);
        let judged = run.wait_for("judged", "table");
        run.kill();
        assert_eq!(judged.number("better"), better, "{name}");
        let found = scene.coppice.run(&["compare", "table", "--json"]).expect(0).json().remove(0);
        let judgement = &found["judgements"][0];
        assert_eq!(judgement["better"].as_i64(), better, "{name}");
        match failed {
            Some(why) => assert!(judgement["failed"].as_str().unwrap().contains(why), "{name}: {judgement}"),
            None => assert_eq!(judgement["why"].as_array().unwrap().len(), 2, "{name}: {judgement}"),
        }
        let reads = scene.coppice.events(0);
        let reads = reads.iter().filter(|e| e.is("process.started") && e.text("kind") == "judge").count();
        assert_eq!(reads, if failed.is_some() { 1 } else { 2 }, "{name}");
        assert!(!reads_as_landed(&scene), "{name}: it only advises");
        scene.coppice.run(&["adopt", "table", "2"]).expect(0);
    }
}

fn reads_as_landed(scene: &Scene) -> bool {
    scene.coppice.events(0).iter().any(|event| event.is("landed") || event.is("adopted"))
}

#[test]
fn a_choice_that_was_made_can_be_opened_again() {
    let scene = Scene::new();
    let done = scene.run(&contest(&scene, PlanFile::manual("Again"))).expect(1);
    let run = scene.coppice.follow(done.events.last().unwrap().seq());
    scene.coppice.run(&["adopt", "table", "1"]).expect(0);
    scene.coppice.run(&["try", "table", "--agent", "gpt"]).expect(0);
    let third = run.wait_for("attempt.started", "table");
    assert_eq!(third.number("attempt"), Some(3));
    ready_again(&run, 3, 0);
    scene.coppice.run(&["approve", "table", "--attempt", "1"]).expect(1);
    scene.coppice.run(&["adopt", "table", "1"]).expect(0);
    run.kill();
    scene.coppice.run(&["approve", "table"]).expect(0);
    scene.go_on(&[]).finish().expect(0);
    assert_eq!(scene.repo.show("main", "src/table.sh"), "head\nopus row\nfoot");
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn what_was_discarded_whole_is_tried_by_all_of_them_again() {
    let scene = Scene::new();
    let plan = contest(&scene, PlanFile::manual("Whole")).agent("other", &scene.worker("other", ""));
    let done = scene.run(&plan.task(Task::new("rest").agent("other"))).expect(1);
    let run = scene.coppice.follow(done.events.last().unwrap().seq());
    scene.coppice.run(&["discard", "table"]).expect(0);
    run.wait("both worktrees in the trash", |events: &[Event]| {
        events.iter().filter(|event| event.of("worktree.removed", "table")).count() == 2
    });
    scene.coppice.run(&["retry", "table"]).expect(0);
    for attempt in [3, 4] {
        ready_again(&run, attempt, 0);
    }
    run.kill();
    scene.coppice.run(&["discard", "table", "--attempt", "3"]).expect(0);
    scene.coppice.run(&["approve", "table"]).expect(0);
    scene.coppice.run(&["discard", "rest"]).expect(0);
    scene.go_on(&[]).finish();
    assert_eq!(scene.repo.show("main", "src/table.sh"), "head\ngpt row\nfoot");
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn a_contest_drawn_into_a_running_plan_is_released_as_a_whole() {
    let scene = Scene::new();
    let held = scene.gate("held");
    let plan = contest(&scene, PlanFile::manual("Drawn").key("slots = 3"))
        .agent("other", &scene.worker("other", &held.wait()))
        .task(Task::new("rest").agent("other"));
    let whole = plan.text();
    let (head, table) = whole.split_once("\n[[task]]").unwrap();
    let (_, rest) = table.split_once("\n[[task]]").unwrap();
    scene.plan_text(&format!("{head}\n[[task]]{rest}"));
    let first = scene.go_on(&[]);
    first.wait_for("process.started", "rest");
    scene.plan_text(&whole);
    // The file's edit makes a draft; a person releases it.
    let second = scene.go_on(&[]);
    second.wait_kind("plan.started");
    second.wait("both attempts", |events: &[Event]| {
        events.iter().filter(|event| event.of("attempt.started", "table")).count() == 2
    });
    held.open();
    second.finish();
    first.finish();
}
