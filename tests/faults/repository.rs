//! A repository that is not as we left it.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use coppice_tests::{PlanFile, Scene, Task};

fn waiting(scene: &Scene) -> PlanFile {
    PlanFile::manual("Waiting")
        .check("test", "sh test.sh")
        .agent("worker", &scene.worker("worker", ""))
        .task(Task::new("a"))
}

/// F32: nothing is removed through a link.
#[test]
fn f32_a_worktree_replaced_by_a_link() {
    let scene = Scene::new();
    let waits = scene.run(&waiting(&scene)).expect(1);
    let worktree = waits.get("attempt.started", "a").text("worktree").to_owned();
    let seen = waits.events.last().map_or(0, |event| event.seq());
    let precious = scene.beside("precious");
    fs::create_dir(&precious).unwrap();
    fs::write(precious.join("letter.txt"), "dear\n").unwrap();
    // The link says that it is the worktree.
    fs::copy(format!("{worktree}/.git"), precious.join(".git")).unwrap();
    fs::remove_dir_all(&worktree).unwrap();
    std::os::unix::fs::symlink(&precious, &worktree).unwrap();

    scene.coppice.run(&["discard", "a"]).expect(0);
    scene.coppice.follow(seen).wait("it is said", |events| {
        events.iter().any(|event| event.of("warning", "a") || event.of("worktree.removed", "a"))
    });
    assert_eq!(fs::read_to_string(precious.join("letter.txt")).unwrap(), "dear\n");
    assert!(precious.is_dir(), "what the link points to stays where it is");
    scene.repo.assert_sound();
}

/// F35: a deleted branch takes nothing with it.
#[test]
fn f35_a_branch_deleted() {
    let scene = Scene::new();
    let waits = scene.run(&waiting(&scene)).expect(1);
    let start = waits.get("attempt.started", "a");
    let (worktree, branch) = (start.text("worktree").to_owned(), start.text("branch").to_owned());
    let head = scene.repo.tip(&branch);
    scene.repo.git(&["-C", &worktree, "checkout", "--quiet", "--detach", "main"]);
    scene.repo.git(&["branch", "-D", &branch]);
    fs::remove_dir_all(&worktree).unwrap();
    scene.repo.git(&["worktree", "prune"]);
    scene.repo.git(&["reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all"]);
    scene.repo.git(&["gc", "--quiet", "--prune=now"]);
    let keeps = scene.repo.keep_refs();
    assert!(keeps.iter().any(|keep| scene.repo.is_ancestor(&head, keep)), "{head} is in none of {keeps:?}");
    assert_eq!(scene.repo.show(&head, "a/work.txt"), "work of a, attempt 1");
    // And Coppice stands: it answers, and lands only what was approved.
    scene.coppice.run(&["approve", "a"]);
    scene.coppice.run(&["status"]).expect(0);
    scene.repo.assert_sound();
}

/// F37: a lock is somebody's; we wait or say so, and never take it away.
#[test]
fn f37_an_index_lock_in_the_users_checkout() {
    let scene = Scene::new();
    let before = scene.repo.head();
    let lock = scene.repo.path.join(".git/index.lock");
    fs::write(&lock, "").unwrap();
    let plan = PlanFile::auto("Locked").agent("worker", &scene.worker("worker", "")).task(Task::new("a"));
    let held = scene.run(&plan).expect(1);
    assert!(lock.exists(), "the lock is not ours");
    assert_eq!(scene.repo.tip("main"), before);
    let asks = held.get("needs_you", "a");
    assert!(asks.text("reason").contains("lock"), "{asks:?}");
    fs::remove_file(&lock).unwrap();
    let done = scene.go_on(&[]).finish().expect(0);
    assert_eq!(scene.repo.head(), done.landed()[0].1);
    assert_eq!(scene.ledger.lines(), ["a 1"]);
    scene.repo.assert_tidy(&["main"]);
}

/// F39, F40: twenty worktrees at once, sixty commits in them, and git's own housekeeping beside.
#[test]
fn f39_f40_twenty_worktrees_and_sixty_commits_beside_housekeeping() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    let commits = "for n in 1 2; do mkdir -p $COPPICE_TASK; echo $n > $COPPICE_TASK/$n; \
                   git add $COPPICE_TASK/$n; git commit --quiet -m \"$COPPICE_TASK $n\"; done";
    let mut plan = PlanFile::auto("Many")
        .key("slots = 20")
        .agent("worker", &scene.worker("worker", &format!("{}\n{commits}", gate.wait())));
    for n in 0..20 {
        plan = plan.task(Task::new(&format!("t{n}")).scope(&[&format!("t{n}/**")]));
    }
    let run = scene.start(&plan);
    run.wait("all twenty work", |events| {
        events.iter().filter(|event| event.is("process.started")).count() == 20
    });
    let attempts = run.events().iter().filter(|event| event.is("attempt.started")).count();
    assert_eq!(attempts, 20, "none had to be tried twice");
    assert_eq!(scene.repo.worktrees().len(), 21);
    gate.open();
    let over = AtomicBool::new(false);
    let done = thread::scope(|scope| {
        scope.spawn(|| {
            assert!(scene.repo.git_agrees(&["gc", "--quiet"]));
            while !over.load(Ordering::Relaxed) {
                scene.repo.git_agrees(&["pack-refs", "--all"]);
            }
        });
        let done = run.finish();
        over.store(true, Ordering::Relaxed);
        done
    });
    let done = done.expect(0);
    assert_eq!(done.landed().len(), 20);
    assert!(done.all("process.exited").all(|event| event.number("code") == Some(0)));
    for n in 0..20 {
        assert!(scene.repo.path.join(format!("t{n}/work.txt")).exists());
    }
    scene.repo.assert_tidy(&["main"]);
}

/// F53: names that shells, git's pathspecs and quoting trip over.
#[test]
fn f53_odd_names_of_files() {
    let names =
        ["new\nline", "tab\there", "quo\"te'", "-dash", ":(glob)*", "back\\slash", "sp ace", "ü—日本"];
    for (commit, leave) in [(true, false), (false, true)] {
        let scene = Scene::new();
        let mut script = String::from("mkdir -p odd\n");
        for name in names {
            let quoted = format!("'{}'", name.replace('\'', "'\\''"));
            script.push_str(&format!("echo odd > odd/{quoted}\n"));
            if commit {
                script.push_str(&format!("git --literal-pathspecs add -- odd/{quoted}\n"));
            }
        }
        if commit {
            script.push_str("git commit --quiet -m Odd\n");
        }
        if leave {
            script.push_str("printf 'x' > 'odd outside\n'\n");
        }
        let plan = PlanFile::auto("Odd")
            .key("commit = \"scope\"")
            .check("test", "test $(ls -1b odd | wc -l) -eq 8")
            .agent("agent", &scene.script("agent", &script))
            .task(Task::new("a").scope(&["odd/**"]));
        let done = scene.run(&plan).expect(0);
        for name in names {
            assert_eq!(scene.repo.read(&format!("odd/{name}")), "odd\n");
        }
        if leave {
            let kept = done.get("leftovers.kept", "a");
            // Paths are shown without what a terminal would obey.
            assert_eq!(kept.0["paths"], serde_json::json!(["odd outside\u{fffd}"]));
            assert_eq!(scene.repo.show(kept.text("keep_ref"), "odd outside\n"), "x");
            assert!(!scene.repo.path.join("odd outside\n").exists());
        }
        assert_eq!(scene.repo.status(), "");
        scene.repo.assert_tidy(&["main"]);
    }
}

/// F58: what is in the middle of something is not done, and can't be approved.
#[test]
fn f58_a_rebase_or_a_bisect_in_progress() {
    let rebase = "git -c sequence.editor=\"sed -i '1i break'\" rebase --quiet -i HEAD~1";
    for (what, command) in [("rebase", rebase), ("bisect", "git bisect start > /dev/null")] {
        let scene = Scene::new();
        let before = scene.repo.head();
        let agent = scene.worker("agent", "");
        let script = fs::read_to_string(&agent).unwrap() + command + "\n";
        fs::write(&agent, script).unwrap();
        let plan =
            PlanFile::auto("Middle").check("test", "sh test.sh").agent("agent", &agent).task(Task::new("a"));
        let done = scene.run(&plan).expect(1);
        let asks = done.get("needs_you", "a");
        assert!(asks.text("reason").contains(what), "{asks:?}");
        assert!(done.find("approved", "a").is_none());
        assert_ne!(scene.coppice.run(&["approve", "a"]).code, Some(0));
        assert_eq!(scene.repo.tip("main"), before);

        // Finished by hand, it goes on where it was.
        let worktree = done.get("attempt.started", "a").text("worktree").to_owned();
        assert!(Path::new(&worktree).exists());
        let finish = if what == "rebase" { ["rebase", "--continue"] } else { ["bisect", "reset"] };
        scene.repo.git(&["-C", &worktree, finish[0], finish[1]]);
        scene.coppice.run(&["recheck", "a"]).expect(0);
        let done = scene.go_on(&[]).finish().expect(0);
        assert!(done.events.last().is_some_and(|event| event.number("landed") == Some(1)));
        assert_eq!(scene.ledger.lines(), ["a 1"]);
        scene.repo.assert_tidy(&["main"]);
    }
}
