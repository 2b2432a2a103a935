use std::time::Duration;

use repo::{
    Advance, Blocked, Candidate, Error, How, Identity, InProgress, MergeRequest, Oid, Prediction, When,
};

use crate::world::{World, bstrings, commit_in, eventually, git, names, read, run, write};

const WAIT: Duration = Duration::from_secs(20);

fn request(onto: Oid, head: Oid, how: How) -> MergeRequest {
    MergeRequest {
        onto,
        head,
        how,
        message: "Land it".into(),
        identity: Identity { name: "Lane".into(), email: "lane@example.org".into() },
        when: When { seconds: 1_800_000_000, offset_minutes: -90 },
    }
}

/// Main has moved on in one file while `side` made two commits in another.
fn diverged(world: &World) -> (Oid, Oid) {
    world.git(["checkout", "-q", "-b", "side"]);
    world.write("side1", "1\n");
    world.commit("side 1");
    world.write("side2", "2\n");
    let head = world.commit("side 2");
    world.git(["checkout", "-q", "main"]);
    world.write("main", "m\n");
    (world.commit("main"), head)
}

#[tokio::test]
async fn candidates_are_built_the_same_each_time_and_touch_nothing() {
    let world = World::new();
    let (onto, head) = diverged(&world);
    let repo = world.repo();
    let mut trees = Vec::new();
    for (how, parents, commits) in
        [(How::Merge, vec![onto, head], 3), (How::Squash, vec![onto], 1), (How::Rebase, vec![], 2)]
    {
        let Candidate::Clean { commit, tree } =
            repo.merge_candidate(&request(onto, head, how)).await.unwrap()
        else {
            panic!("clean");
        };
        let again = repo.merge_candidate(&request(onto, head, how)).await.unwrap();
        assert_eq!(again, Candidate::Clean { commit, tree });
        let log = repo.log(onto, commit).await.unwrap();
        assert_eq!(log.len(), commits, "{how:?}");
        if how == How::Rebase {
            assert_eq!(log[0].summary, "side 2");
            assert_eq!(log[0].author, "Ada");
            assert_eq!(log[1].parents, [onto]);
            assert_eq!(
                world.git(["show", "-s", "--format=%cn %ad", &commit.to_string()]).split(' ').next(),
                Some("Lane")
            );
        } else {
            assert_eq!(log[0].parents, parents);
            assert_eq!(log[0].message, "Land it\n");
            let date = world.git(["show", "-s", "--format=%an %cd", "--date=raw", &commit.to_string()]);
            assert_eq!(date, "Lane 1800000000 -0130");
        }
        trees.push(tree);
    }
    assert!(trees.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(world.head(), onto);
    assert!(repo.status(&world.root).await.unwrap().is_clean());
    world.fsck();
}

#[tokio::test]
async fn a_rebase_onto_its_own_base_keeps_the_commits_and_a_merge_never_fast_forwards() {
    let world = World::new();
    let onto = world.head();
    let worktree = world.worktree("side").await;
    write(&worktree, "x", "x");
    let head = commit_in(&worktree, "x");
    let repo = world.repo();
    let rebased = repo.merge_candidate(&request(onto, head, How::Rebase)).await.unwrap();
    assert!(matches!(rebased, Candidate::Clean { commit, .. } if commit == head));
    let Candidate::Clean { commit, .. } =
        repo.merge_candidate(&request(onto, head, How::Merge)).await.unwrap()
    else {
        panic!("clean");
    };
    assert_eq!(repo.commit_info(commit).await.unwrap().parents, [onto, head]);
    for how in [How::Merge, How::Squash, How::Rebase] {
        assert_eq!(repo.merge_candidate(&request(head, onto, how)).await.unwrap(), Candidate::Already);
    }
    // What landed squashed is there already, though it is no ancestor.
    let squashed = repo.merge_candidate(&request(onto, head, How::Squash)).await.unwrap();
    let Candidate::Clean { commit, .. } = squashed else { panic!("clean") };
    for how in [How::Squash, How::Rebase] {
        assert_eq!(repo.merge_candidate(&request(commit, head, how)).await.unwrap(), Candidate::Already);
    }
}

#[tokio::test]
async fn conflicts_name_their_files() {
    let world = World::new();
    world.git(["checkout", "-q", "-b", "side"]);
    world.write("fine", "f");
    world.commit("fine");
    world.write("a.txt", "side\n");
    world.write("tab\tnew\nline", "side");
    let head = world.commit("side");
    world.git(["checkout", "-q", "main"]);
    world.git(["rm", "-q", "a.txt"]);
    world.write("tab\tnew\nline", "main");
    let onto = world.commit("main");
    for how in [How::Merge, How::Squash, How::Rebase] {
        let candidate = world.repo().merge_candidate(&request(onto, head, how)).await.unwrap();
        let Candidate::Conflict { paths, messages, commit } = candidate else {
            panic!("{how:?}: {candidate:?}")
        };
        assert_eq!(names(&paths), ["a.txt", "tab\tnew\nline"]);
        assert_eq!(messages.len(), 2, "{messages:?}");
        assert_eq!(commit, (how == How::Rebase).then_some(head));
    }
}

#[tokio::test]
async fn predictions_agree_with_merges_and_leave_no_object() {
    let world = World::new();
    let base = world.head();
    let mut heads = Vec::new();
    for (n, (file, text)) in [("a.txt", "x\n"), ("a.txt", "y\n"), ("new", "z\n")].iter().enumerate() {
        world.git(["checkout", "-q", "-b", &format!("b{n}"), &base.to_string()]);
        world.write(file, text);
        heads.push(world.commit("c"));
    }
    world.git(["checkout", "-q", "--orphan", "alone"]);
    let alone = world.commit("alone");
    let before = world.git(["count-objects"]);
    let pairs = [
        (heads[0], heads[1]),
        (heads[0], heads[2]),
        (heads[1], alone),
        (heads[2], heads[1]),
        (base, heads[0]),
    ];
    let predicted = world.repo().predict(&pairs).await.unwrap();
    assert_eq!(predicted[0], Prediction::Conflict { paths: bstrings(&["a.txt"]) });
    assert!(matches!(predicted[1], Prediction::Clean { .. }));
    assert_eq!(predicted[2], Prediction::NoBase);
    assert!(matches!(predicted[3], Prediction::Clean { .. }));
    assert_eq!(predicted[4], Prediction::Clean { tree: world.repo().tree(heads[0]).await.unwrap() });
    assert_eq!(world.git(["count-objects"]), before);
    let merged = world.repo().merge_candidate(&request(heads[0], heads[2], How::Merge)).await.unwrap();
    let Candidate::Clean { tree, .. } = merged else { panic!("clean") };
    assert_eq!(predicted[1], Prediction::Clean { tree });
    assert_eq!(world.repo().predict(&[]).await.unwrap(), []);
}

/// A commit on top of main that changes `a.txt`, adds `added` and removes `dir/b.txt`.
async fn ahead(world: &World) -> (Oid, Oid) {
    let old = world.head();
    let worktree = world.worktree("ahead").await;
    write(&worktree, "a.txt", "landed\n");
    write(&worktree, "added", "added\n");
    std::fs::remove_file(worktree.join("dir/b.txt")).unwrap();
    (old, commit_in(&worktree, "ahead"))
}

#[tokio::test]
async fn f33_the_target_moves_by_compare_and_swap() {
    let world = World::new();
    let (old, new) = ahead(&world).await;
    world.git(["branch", "target"]);
    let repo = world.repo();
    let moved = repo.advance("target", old, new, WAIT).await.unwrap();
    assert_eq!(moved, Advance::Moved { checkout: None });
    assert_eq!(world.oid("target"), new);
    // Again, as after a crash: it is where it should be.
    assert_eq!(repo.advance("target", old, new, WAIT).await.unwrap(), moved);
    let other = world.commit("other");
    world.git(["branch", "-f", "target", &other.to_string()]);
    assert_eq!(repo.advance("target", old, new, WAIT).await.unwrap(), Advance::Stale { actual: Some(other) });
    assert_eq!(repo.advance("nowhere", old, new, WAIT).await.unwrap(), Advance::Stale { actual: None });
    let backwards = repo.advance("target", other, new, WAIT).await;
    assert!(matches!(backwards, Err(Error::NotForward { .. })));
    assert_eq!(world.oid("target"), other);
}

#[tokio::test]
async fn a_checkout_goes_along_and_keeps_unrelated_changes() {
    let world = World::new();
    let (old, new) = ahead(&world).await;
    world.write("mine", "mine\n");
    world.write(".gitignore", "*.ignored\n# edited\n");
    let moved = world.repo().advance("main", old, new, WAIT).await.unwrap();
    assert_eq!(moved, Advance::Moved { checkout: Some(world.root.clone()) });
    assert_eq!(world.head(), new);
    assert_eq!(read(&world.root, "a.txt"), "landed\n");
    assert_eq!(world.git(["status", "--porcelain"]), " M .gitignore\n?? mine");
}

#[tokio::test]
async fn local_changes_in_the_way_are_named_and_stay() {
    type Case = (&'static str, &'static [&'static str], fn(&World));
    let cases: [Case; 6] = [
        ("modified", &["a.txt"], |world| world.write("a.txt", "my edit\n")),
        ("staged", &["a.txt"], |world| {
            world.write("a.txt", "my edit\n");
            world.git(["add", "a.txt"]);
        }),
        ("untracked", &["added"], |world| world.write("added", "my file\n")),
        ("ignored", &["added"], |world| {
            world.write(".git/info/exclude", "added\n");
            world.write("added", "my file\n");
        }),
        ("removed there, edited here", &["dir/b.txt"], |world| world.write("dir/b.txt", "mine\n")),
        ("a folder in the way, and more", &["a.txt", "added"], |world| {
            world.write("added/inside", "mine\n");
            world.write("a.txt", "mine\n");
        }),
    ];
    for (case, files, change) in cases {
        let world = World::new();
        let (old, new) = ahead(&world).await;
        change(&world);
        let before = world.git(["status", "--porcelain", "--ignored", "-uall"]);
        let blocked = world.repo().advance("main", old, new, WAIT).await.unwrap();
        let why = Blocked::Files(bstrings(files));
        assert_eq!(blocked, Advance::Blocked { worktree: world.root.clone(), why }, "{case}");
        assert_eq!(world.head(), old);
        assert_eq!(world.git(["status", "--porcelain", "--ignored", "-uall"]), before, "{case}");
    }
}

#[tokio::test]
async fn a_fast_forward_that_stopped_halfway_is_completed() {
    let world = World::new();
    let (old, new) = ahead(&world).await;
    // Power failed after git had written files and before it had written the index.
    world.write("a.txt", "landed\n");
    world.write("added", "added\n");
    std::fs::remove_file(world.path("dir/b.txt")).unwrap();
    let moved = world.repo().advance("main", old, new, WAIT).await.unwrap();
    assert_eq!(moved, Advance::Moved { checkout: Some(world.root.clone()) });
    assert_eq!((world.head(), world.git(["status", "--porcelain"])), (new, String::new()));
}

#[tokio::test]
async fn f58_a_checkout_in_the_middle_of_something_blocks() {
    let world = World::new();
    let (old, new) = ahead(&world).await;
    world.git(["checkout", "-q", "-b", "side"]);
    world.write("a.txt", "side\n");
    world.commit("side");
    world.git(["checkout", "-q", "main"]);
    // A rebase takes HEAD off the branch and comes back to it.
    world.git(["checkout", "-q", "-B", "main", "side"]);
    world.git(["checkout", "-q", "-b", "upstream", &old.to_string()]);
    world.write("a.txt", "upstream\n");
    world.commit("upstream");
    world.git(["checkout", "-q", "main"]);
    let main = world.head();
    assert!(!run(&world.root, ["rebase", "upstream"]).status.success());
    let child = commit_tree(&world, main);
    let blocked = world.repo().advance("main", main, child, WAIT).await.unwrap();
    let why = Blocked::InProgress(InProgress::Rebase);
    assert_eq!(blocked, Advance::Blocked { worktree: world.root.clone(), why });
    assert_eq!(world.oid("main"), main);
    world.git(["rebase", "--abort"]);
    let second = world.dir.path().join("second");
    world.git(["worktree", "add", "-q", "--force", second.to_str().unwrap(), "main"]);
    let blocked = world.repo().advance("main", main, child, WAIT).await.unwrap();
    assert!(matches!(blocked, Advance::Blocked { why: Blocked::SeveralCheckouts, .. }));
    // One of them is gone for good: git has forgotten it, so do we.
    std::fs::remove_dir_all(&second).unwrap();
    assert!(matches!(world.repo().advance("main", main, child, WAIT).await.unwrap(), Advance::Moved { .. }));
    let _ = new;
}

fn commit_tree(world: &World, parent: Oid) -> Oid {
    let parent = parent.to_string();
    world.git(["commit-tree", "-p", &parent, "-m", "child", &format!("{parent}^{{tree}}")]).parse().unwrap()
}

#[tokio::test]
async fn f37_an_index_lock_is_waited_for_and_never_deleted() {
    let world = World::new();
    let (old, new) = ahead(&world).await;
    let lock = world.path(".git/index.lock");
    std::fs::write(&lock, "").unwrap();
    let repo = world.repo();
    let short = Duration::from_millis(60);
    let error = repo.advance("main", old, new, short).await.unwrap_err();
    assert!(matches!(&error, Error::Locked { path } if *path == lock), "{error:?}");
    assert!(lock.exists());
    assert_eq!(world.oid("main"), old);
    // Its owner ends while we wait.
    let waiting = tokio::spawn(async move { repo.advance("main", old, new, WAIT).await });
    tokio::task::yield_now().await;
    std::fs::remove_file(&lock).unwrap();
    assert!(matches!(waiting.await.unwrap().unwrap(), Advance::Moved { .. }));
}

#[tokio::test]
async fn f38_ref_locks_are_waited_for_and_never_deleted() {
    let world = World::new();
    let (old, new) = ahead(&world).await;
    world.git(["branch", "target"]);
    let lock = world.path(".git/refs/heads/target.lock");
    std::fs::write(&lock, "").unwrap();
    let repo = world.repo();
    let error = repo.advance("target", old, new, Duration::from_millis(60)).await.unwrap_err();
    assert!(matches!(&error, Error::Locked { path } if *path == lock), "{error:?}");
    assert!(lock.exists());
    let waiting = tokio::spawn(async move { repo.advance("target", old, new, WAIT).await });
    tokio::task::yield_now().await;
    std::fs::remove_file(&lock).unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), Advance::Moved { checkout: None });
    assert_eq!(world.oid("target"), new);
}

#[tokio::test]
async fn a_fast_forward_outlives_the_caller() {
    let world = World::empty();
    for n in 0..300 {
        world.write(&format!("f{n}"), format!("{n}\n").repeat(20));
    }
    let old = world.commit("many");
    let worktree = world.worktree("ahead").await;
    for n in 0..300 {
        write(&worktree, &format!("f{n}"), "changed\n");
    }
    let new = commit_in(&worktree, "change all");
    let repo = world.repo();
    tokio::select! {
        biased;
        () = eventually("git has begun", || world.path(".git/index.lock").exists()) => {}
        _ = repo.advance("main", old, new, WAIT) => {}
    }
    eventually("git finishes by itself", || world.oid("main") == new).await;
    eventually("the lock is gone", || !world.path(".git/index.lock").exists()).await;
    assert_eq!(git(&world.root, ["status", "--porcelain"]), "");
}
