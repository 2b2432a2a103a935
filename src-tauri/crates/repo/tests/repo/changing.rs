use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use repo::{Change, Error, Identity, InProgress};

use crate::world::{World, bstrings, git, names, read, run, write};

/// Names that a careless caller would quote, split, expand or take for an option.
const HOSTILE: [&str; 9] =
    ["new\nline", "tab\there", "quo\"te'", "-rf", ":(glob)**", "*", "back\\slash", "sp ace/ü", ":!x"];

fn ada() -> Identity {
    Identity { name: "Fall Back".into(), email: "fall@back".into() }
}

#[tokio::test]
async fn f53_hostile_names_are_listed_committed_and_put_away() {
    let world = World::new();
    let worktree = world.worktree("x").await;
    for name in HOSTILE {
        write(&worktree, name, name);
    }
    write(&worktree, "other", "not asked for");
    let repo = world.repo();
    let status = repo.status(&worktree).await.unwrap();
    for name in HOSTILE {
        let entry = status.entries.iter().find(|entry| entry.path == name).unwrap();
        assert_eq!(entry.change, Change::Untracked);
    }
    let head = repo.commit_paths(&worktree, &bstrings(&HOSTILE), "hostile", &ada()).await.unwrap();
    let files = repo.changed_files(world.head(), head, repo::Counts::Include).await.unwrap();
    let mut expected = HOSTILE.map(str::to_owned);
    expected.sort();
    let mut found: Vec<String> = files.iter().map(|file| file.path().to_string()).collect();
    found.sort();
    assert_eq!(found, expected);
    assert!(files.iter().all(|file| file.added.is_some()));
    // Committing the glob alone takes nothing else along.
    for name in HOSTILE {
        write(&worktree, name, "again");
    }
    let head = repo.commit_paths(&worktree, &bstrings(&["*"]), "star", &ada()).await.unwrap();
    let status = repo.status(&worktree).await.unwrap();
    assert_eq!(status.head, Some(head));
    assert_eq!(status.entries.len(), HOSTILE.len());
    let tidied = repo.tidy(&worktree, "hostile").await.unwrap();
    assert_eq!(tidied.restored.len(), HOSTILE.len() - 1);
    assert_eq!(names(&tidied.removed), ["other"]);
    assert!(repo.status(&worktree).await.unwrap().is_clean());
    assert_eq!(read(&worktree, "-rf"), "-rf");
}

#[tokio::test]
async fn a_name_that_is_no_utf8_stays_as_it_is() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::new();
    let name = b"caf\xe9";
    std::fs::write(world.root.join(std::ffi::OsStr::from_bytes(name)), "x").unwrap();
    let repo = world.repo();
    let status = repo.status(&world.root).await.unwrap();
    assert_eq!(status.entries[0].path, name.as_slice());
    let head = repo.commit_paths(&world.root, &[name.as_slice().into()], "latin", &ada()).await.unwrap();
    assert_eq!(repo.status(&world.root).await.unwrap().head, Some(head));
    assert!(repo.status(&world.root).await.unwrap().is_clean());
}

#[tokio::test]
async fn status_tells_the_kinds_apart() {
    let world = World::new();
    world.write("gone", "gone\n");
    world.write("to-move", "line 1\nline 2\nline 3\nline 4\n");
    world.write("to-link", "x");
    world.commit("more");
    world.write("a.txt", "changed\n");
    world.write("staged", "staged\n");
    world.git(["add", "staged"]);
    world.git(["mv", "to-move", "moved"]);
    std::fs::remove_file(world.path("gone")).unwrap();
    std::fs::remove_file(world.path("to-link")).unwrap();
    symlink("a.txt", world.path("to-link")).unwrap();
    world.write("new", "");
    world.write("x.ignored", "");
    let status = world.repo().status(&world.root).await.unwrap();
    let mut seen: Vec<_> = status
        .entries
        .iter()
        .map(|entry| (entry.path.to_string(), entry.change, entry.staged, entry.unstaged))
        .collect();
    seen.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("a.txt", Change::Modified, false, true),
        ("gone", Change::Deleted, false, true),
        ("moved", Change::Renamed, true, false),
        ("new", Change::Untracked, false, true),
        ("staged", Change::Added, true, false),
        ("to-link", Change::TypeChange, false, true),
    ];
    assert_eq!(
        seen,
        expected.map(|(name, change, staged, unstaged)| (name.to_owned(), change, staged, unstaged))
    );
    let moved = status.entries.iter().find(|entry| entry.path == "moved").unwrap();
    assert_eq!(moved.old_path.as_ref().unwrap(), "to-move");
    assert_eq!(status.branch.as_deref(), Some("main"));
}

/// A branch `side` and `main` that change the same line.
fn quarrel(world: &World) {
    world.git(["checkout", "-q", "-b", "side"]);
    world.write("a.txt", "side\n");
    world.commit("side");
    world.git(["checkout", "-q", "main"]);
    world.write("a.txt", "main\n");
    world.commit("main");
}

#[tokio::test]
async fn f58_what_is_in_progress_is_seen_and_blocks() {
    let cases: [(&[&str], InProgress); 5] = [
        (&["merge", "side"], InProgress::Merge),
        (&["rebase", "side"], InProgress::Rebase),
        (&["cherry-pick", "side"], InProgress::CherryPick),
        (&["revert", "HEAD~1"], InProgress::Revert),
        (&["bisect", "start"], InProgress::Bisect),
    ];
    for (args, expected) in cases {
        let world = World::new();
        if args[0] == "revert" {
            world.write("a.txt", "1\n");
            world.commit("one");
            world.write("a.txt", "2\n");
            world.commit("two");
        } else {
            quarrel(&world);
        }
        run(&world.root, args);
        let repo = world.repo();
        let status = repo.status(&world.root).await.unwrap();
        assert_eq!(status.in_progress, Some(expected));
        assert!(!status.is_clean());
        let conflicted = status.entries.iter().any(|entry| entry.change == Change::Conflicted);
        assert_eq!(conflicted, expected != InProgress::Bisect);
        let refused = repo.commit_paths(&world.root, &bstrings(&["a.txt"]), "no", &ada()).await;
        assert!(matches!(refused, Err(Error::InProgress { what, .. }) if what == expected));
        assert!(matches!(repo.tidy(&world.root, "k").await, Err(Error::InProgress { .. })));
        // Seen in a linked worktree too, where the files lie elsewhere.
        let linked = world.dir.path().join("linked");
        world.git(["worktree", "add", "-q", "--detach", linked.to_str().unwrap(), "HEAD"]);
        assert_eq!(repo.status(&linked).await.unwrap().in_progress, None);
    }
}

#[tokio::test]
async fn commits_exactly_the_named_paths() {
    let world = World::new();
    world.write("a.txt", "changed\n");
    world.write("new", "new\n");
    world.write("staged by the person", "s\n");
    world.git(["add", "staged by the person"]);
    world.write("other", "o\n");
    std::fs::remove_file(world.path("dir/b.txt")).unwrap();
    let repo = world.repo();
    let paths = bstrings(&["a.txt", "new", "dir/b.txt", "unchanged or missing"]);
    let head = repo.commit_paths(&world.root, &paths, "three\n\n# not a comment\n", &ada()).await.unwrap();
    assert_eq!(head, world.head());
    let changed = world.git(["show", "--name-status", "--format=", "HEAD"]);
    assert_eq!(changed, "M\ta.txt\nD\tdir/b.txt\nA\tnew");
    assert_eq!(world.git(["status", "--porcelain"]), "A  \"staged by the person\"\n?? other");
    let info = repo.commit_info(head).await.unwrap();
    assert_eq!((info.author.as_str(), info.email.as_str()), ("Fall Back", "fall@back"));
    assert_eq!(info.message, "three\n\n# not a comment\n");
    assert!(matches!(
        repo.commit_paths(&world.root, &paths, "again", &ada()).await,
        Err(Error::NothingToCommit)
    ));
    world.git(["config", "user.name", "Bea"]);
    world.git(["config", "user.email", "bea@example.org"]);
    let head = repo.commit_paths(&world.root, &bstrings(&["other"]), "other", &ada()).await.unwrap();
    assert_eq!(repo.commit_info(head).await.unwrap().author, "Bea");
}

fn tree_of(dir: &Path, commit: &str) -> Vec<String> {
    git(dir, ["ls-tree", "-r", commit]).lines().map(|line| line.replace('\t', " ")).collect()
}

#[tokio::test]
async fn a_snapshot_holds_everything_and_touches_nothing() {
    let world = World::new();
    let worktree = world.worktree("x").await;
    write(&worktree, "a.txt", "staged version\n");
    git(&worktree, ["add", "a.txt"]);
    write(&worktree, "a.txt", "edited further\n");
    std::fs::remove_file(worktree.join("dir/b.txt")).unwrap();
    write(&worktree, "deep/er/new", "new\n");
    write(&worktree, "script", "#!/bin/sh\n");
    std::fs::set_permissions(worktree.join("script"), std::fs::Permissions::from_mode(0o755)).unwrap();
    symlink("nowhere", worktree.join("link")).unwrap();
    write(&worktree, "x.ignored", "ignored");
    let before = git(&worktree, ["status", "--porcelain"]);
    let index = std::fs::read(world.path(".git/worktrees/x/index")).unwrap();
    let repo = world.repo();
    let snapshot = repo.snapshot(&worktree, "task/1/work", "why").await.unwrap();
    assert_eq!(snapshot.reference, "refs/coppice/keep/task/1/work");
    assert_eq!(names(&snapshot.paths), ["a.txt", "deep/er/new", "dir/b.txt", "link", "script"]);
    assert_eq!(snapshot.left_out, []);
    let id = snapshot.oid.to_string();
    assert_eq!(git(&worktree, ["show", &format!("{id}:a.txt")]), "edited further");
    assert_eq!(git(&worktree, ["show", &format!("{id}^2:a.txt")]), "staged version");
    let tree = tree_of(&worktree, &id);
    assert_eq!(tree.len(), 5, "{tree:?}");
    assert!(tree.iter().any(|line| line.starts_with("100755") && line.ends_with(" script")));
    assert!(tree.iter().any(|line| line.starts_with("120000") && line.ends_with(" link")));
    assert_eq!(world.oid(&format!("{id}^1")), world.head());
    let after = std::fs::read(world.path(".git/worktrees/x/index")).unwrap();
    assert!(after == index, "the index is as it was");
    assert_eq!(git(&worktree, ["status", "--porcelain"]), before);
    let left = std::fs::read_dir(world.path(".git/worktrees/x")).unwrap();
    assert!(left.flatten().all(|file| !file.file_name().to_string_lossy().contains("coppice")));
    // Another snapshot under the same name does not let go of the first.
    write(&worktree, "a.txt", "later\n");
    let second = repo.snapshot(&worktree, "task/1/work", "why").await.unwrap();
    assert_eq!(second.reference, "refs/coppice/keep/task/1/work-2");
    let keeps = repo.keeps().await.unwrap();
    assert_eq!(
        keeps.iter().map(|keep| keep.name.as_str()).collect::<Vec<_>>(),
        ["task/1/work", "task/1/work-2"]
    );
    repo.drop_keep("task/1/work", second.oid).await.unwrap();
    assert_eq!(repo.keeps().await.unwrap().len(), 2, "it holds something else");
    repo.drop_keep("task/1/work", snapshot.oid).await.unwrap();
    assert_eq!(repo.keeps().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_snapshot_of_conflicts_nested_repositories_and_a_clean_tree() {
    let world = World::new();
    let repo = world.repo();
    let clean = repo.snapshot(&world.root, "clean", "m").await.unwrap();
    assert_eq!((clean.oid, clean.paths.len()), (world.head(), 0));
    quarrel(&world);
    run(&world.root, ["merge", "side"]);
    git(&world.root, ["init", "-q", "nested"]);
    world.write("nested/file", "inner");
    world.write("after", "x");
    let snapshot = repo.snapshot(&world.root, "conflict", "m").await.unwrap();
    let held = world.git(["show", &format!("{}:a.txt", snapshot.oid)]);
    assert!(held.contains("<<<<<<<") && held.contains("side"), "{held}");
    assert_eq!(names(&snapshot.paths), ["a.txt", "after"]);
    assert_eq!(snapshot.left_out.len(), 1);
    assert_eq!(snapshot.left_out[0].path, "nested/");
    assert_eq!(repo.status(&world.root).await.unwrap().in_progress, Some(InProgress::Merge));
    world.fsck();
}

#[tokio::test]
async fn a_file_that_cannot_be_stored_is_named_and_the_rest_is_kept() {
    let world = World::new();
    for n in 0..9 {
        world.write(&format!("f{n}"), "x");
    }
    // A name that git keeps out of an index, without a word and with success.
    world.git(["config", "core.protectHFS", "true"]);
    world.write("sub/.g\u{200c}it", "trick");
    let snapshot = world.repo().snapshot(&world.root, "k", "m").await.unwrap();
    assert_eq!(snapshot.paths.len(), 9);
    assert_eq!(snapshot.left_out.len(), 1);
    let tidied = world.repo().tidy(&world.root, "k").await.unwrap();
    assert_eq!(tidied.removed.len(), 9);
    assert_eq!(tidied.left.len(), 1);
    assert!(world.path("sub/.g\u{200c}it").exists(), "what is not stored is not removed");
}

#[tokio::test]
async fn tidy_puts_away_and_leaves_what_is_ignored() {
    let world = World::new();
    let worktree = world.worktree("x").await;
    write(&worktree, "a.txt", "dirty\n");
    write(&worktree, "staged", "s\n");
    git(&worktree, ["add", "staged"]);
    git(&worktree, ["mv", "dir/b.txt", "dir/c.txt"]);
    write(&worktree, "deep/er/new", "n\n");
    write(&worktree, "deep/x.ignored", "i\n");
    let repo = world.repo();
    let tidied = repo.tidy(&worktree, "put-away").await.unwrap();
    assert_eq!(names(&tidied.removed), ["deep/er/new"]);
    assert!(repo.status(&worktree).await.unwrap().is_clean());
    assert!(!worktree.join("deep/er").exists(), "emptied folders go");
    assert_eq!(read(&worktree, "deep/x.ignored"), "i\n");
    assert_eq!(read(&worktree, "a.txt"), "one\ntwo\nthree\n");
    assert_eq!(read(&worktree, "dir/b.txt"), "b\n");
    let id = tidied.snapshot.unwrap().oid;
    assert_eq!(world.git(["show", &format!("{id}:deep/er/new")]), "n");
    assert_eq!(world.git(["show", &format!("{id}:staged")]), "s");
    let again = repo.tidy(&worktree, "put-away").await.unwrap();
    assert_eq!((again.snapshot, again.removed.len()), (None, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f40_commits_beside_gc_and_pack_refs_lose_nothing() {
    let world = World::new();
    let repo = world.repo();
    let mut tasks = Vec::new();
    for n in 0..10 {
        let worktree = world.worktree(&format!("coppice/w{n}")).await;
        let repo = repo.clone();
        tasks.push(tokio::spawn(async move {
            for turn in 0..5 {
                write(&worktree, &format!("file-{turn}"), format!("{n} {turn}"));
                let paths = bstrings(&[&format!("file-{turn}")]);
                repo.commit_paths(&worktree, &paths, "turn", &ada()).await.unwrap();
            }
        }));
    }
    let root = world.root.clone();
    let packing = tokio::task::spawn_blocking(move || {
        for _ in 0..3 {
            git(&root, ["pack-refs", "--all"]);
            git(&root, ["gc", "-q"]);
        }
    });
    for task in tasks {
        task.await.unwrap();
    }
    packing.await.unwrap();
    for n in 0..10 {
        let count = world.git(["rev-list", "--count", &format!("main..coppice/w{n}")]);
        assert_eq!(count, "5");
    }
    world.fsck();
}
