use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use repo::{Error, NewWorktree, Outcome};

use crate::world::{World, bstrings, eventually, git, names, read, write};

/// The target follows a remote branch and git is told to set that up for new branches too: the
/// setting in which parallel adds fight over the configuration's lock.
fn tracked() -> World {
    let world = World::new();
    let origin = world.dir.path().join("origin.git");
    git(world.dir.path(), ["clone", "-q", "--bare", world.root.to_str().unwrap(), origin.to_str().unwrap()]);
    world.git(["remote", "add", "origin", origin.to_str().unwrap()]);
    world.git(["fetch", "-q"]);
    world.git(["branch", "-q", "--set-upstream-to=origin/main"]);
    world.git(["config", "branch.autoSetupMerge", "always"]);
    world.git(["config", "branch.autoSetupRebase", "always"]);
    world
}

async fn many(world: &World, count: usize) -> Vec<repo::Result<Outcome>> {
    let repo = world.repo();
    let mut tasks = Vec::new();
    for n in 0..count {
        let new = world.new_worktree(&format!("coppice/p/t{n}/1")).await;
        let repo = repo.clone();
        tasks.push(tokio::spawn(async move { repo.add_worktree(&new).await }));
    }
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f39_twenty_and_fifty_adds_at_once_all_succeed() {
    for count in [20, 50] {
        let world = tracked();
        let config = read(&world.root, ".git/config");
        for result in many(&world, count).await {
            assert_eq!(result.unwrap(), Outcome::Created);
        }
        let list = world.repo().worktrees().await.unwrap();
        assert_eq!(list.len(), count + 1);
        for worktree in &list[1..] {
            assert_eq!(worktree.locked, None);
            assert_eq!(worktree.head, Some(world.head()));
            assert_eq!(read(&worktree.path, "dir/b.txt"), "b\n");
            assert!(world.repo().status(&worktree.path).await.unwrap().is_clean());
        }
        assert_eq!(world.git(["branch", "--list", "coppice/*"]).lines().count(), count);
        assert_eq!(read(&world.root, ".git/config"), config, "no branch follows anything");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f39_adds_that_fail_leave_no_branch() {
    let world = tracked();
    let place = world.place().await;
    for n in (0..20).step_by(4) {
        write(&place.worktrees, &format!("coppice-p-t{n}-1/in-the-way"), "mine");
    }
    world.git(["branch", "coppice/p/t1/1"]);
    let results = many(&world, 20).await;
    let failed: Vec<usize> = (0..20).filter(|n| results[*n].is_err()).collect();
    assert_eq!(failed, [0, 1, 4, 8, 12, 16]);
    assert!(matches!(results[0], Err(Error::PathTaken { .. })));
    assert!(matches!(results[1], Err(Error::BranchExists { .. })));
    // The one that was there before is still there, and no other of the failed ones.
    assert_eq!(world.git(["branch", "--list", "coppice/*"]).lines().count(), 14 + 1);
    assert_eq!(read(&place.worktrees, "coppice-p-t4-1/in-the-way"), "mine");
}

#[tokio::test]
async fn f39_an_add_that_fails_while_writing_files_leaves_nothing() {
    let world = World::new();
    let blob = world.git(["rev-parse", "HEAD:dir/b.txt"]);
    // The base is a commit whose content is gone.
    std::fs::remove_file(world.path(&format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();
    let new = world.new_worktree("x").await;
    let error = world.repo().add_worktree(&new).await.unwrap_err();
    assert!(matches!(error, Error::Git { .. }), "{error:?}");
    assert_nothing_left(&world, &new);
}

#[tokio::test]
async fn a_base_that_is_no_commit_is_refused_before_anything_is_made() {
    let world = World::new();
    let mut new = world.new_worktree("x").await;
    new.base = "1234567890123456789012345678901234567890".parse().unwrap();
    assert!(matches!(world.repo().add_worktree(&new).await, Err(Error::NotFound { .. })));
    new.base = world.head();
    for name in ["-x", "a..b", "a b", "x.lock", "HEAD", ""] {
        new.branch = Some(name.into());
        assert!(matches!(world.repo().add_worktree(&new).await, Err(Error::BadName { .. })), "{name}");
    }
    assert_nothing_left(&world, &new);
}

fn assert_nothing_left(world: &World, new: &NewWorktree) {
    assert!(new.path.symlink_metadata().is_err(), "a folder is left");
    assert_eq!(world.git(["branch", "--list"]), "* main");
    assert_eq!(world.git(["worktree", "list"]).lines().count(), 1);
    let admins = std::fs::read_dir(world.path(".git/worktrees"));
    assert!(admins.is_err() || admins.unwrap().next().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f39_an_add_cancelled_at_any_moment_leaves_nothing() {
    let world = World::empty();
    for n in 0..400 {
        world.write(&format!("d{}/f{n}", n % 20), format!("{n}\n").repeat(50));
    }
    world.commit("many files");
    let moments: [fn(&World, &Path) -> bool; 3] = [
        |_, _| true,
        |world, _| world.path(".git/refs/heads/x").exists(),
        |_, path| path.join("d0").exists(),
    ];
    for moment in moments {
        let new = world.new_worktree("x").await;
        let repo = world.repo();
        tokio::select! {
            biased;
            () = eventually("the moment", || moment(&world, &new.path)) => {}
            _ = repo.add_worktree(&new) => {}
        }
        // Where it was too late, it is whole; else there is nothing.
        eventually("it settles", || {
            let whole = new.path.join("d19").exists() && world.path(".git/worktrees/x").exists();
            let locked = world.path(".git/worktrees/x/locked").exists();
            let nothing = new.path.symlink_metadata().is_err()
                && !world.path(".git/refs/heads/x").exists()
                && !world.path(".git/worktrees/x").exists();
            (whole && !locked) || nothing
        })
        .await;
        // Whatever was left, the same call with `resume` ends well.
        let again = NewWorktree { resume: true, ..new.clone() };
        repo.add_worktree(&again).await.unwrap();
        assert!(repo.status(&new.path).await.unwrap().is_clean());
        git(&world.root, ["worktree", "remove", "--force", new.path.to_str().unwrap()]);
        git(&world.root, ["branch", "-D", "x"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_worktree_asked_for_twice_at_once_is_made_once() {
    let world = World::new();
    let new = world.new_worktree("x").await;
    let repo = world.repo();
    let (first, second) = tokio::join!(repo.add_worktree(&new), repo.add_worktree(&new));
    let mut outcomes = [first.unwrap(), second.unwrap()];
    outcomes.sort_by_key(|outcome| *outcome != Outcome::Created);
    assert_eq!(outcomes, [Outcome::Created, Outcome::AlreadyThere { head: world.head() }]);
    // Another branch at that path is another worktree.
    let other = NewWorktree { branch: Some("y".into()), ..new };
    assert!(matches!(repo.add_worktree(&other).await, Err(Error::PathTaken { .. })));
}

#[tokio::test]
async fn f02_what_a_killed_add_leaves_is_completed() {
    let half = |world: &World, path: &Path| {
        let args = [
            "worktree",
            "add",
            "-q",
            "--no-checkout",
            "--lock",
            "--reason",
            "coppice: being made",
            "-b",
            "x",
        ];
        world.git(args.map(std::ffi::OsStr::new).into_iter().chain([path.as_os_str(), "HEAD".as_ref()]));
    };
    // Killed at ever later steps of git and of ours.
    type Left<'a> = &'a dyn Fn(&World, &Path);
    let left: [Left; 6] = [
        &|world, _| {
            world.git(["branch", "x"]);
        },
        &|world, _| {
            world.git(["branch", "x"]);
            write(&world.root, ".git/worktrees/x/locked", "coppice: being made");
        },
        &|world, path| {
            half(world, path);
            std::fs::remove_file(path.join(".git")).unwrap();
        },
        &half,
        &|world, path| {
            half(world, path);
            write(path, "a.txt", "half a fi");
            write(&world.root, ".git/worktrees/x/index.lock", "");
        },
        &|world, path| {
            half(world, path);
            std::fs::remove_dir_all(path).unwrap();
        },
    ];
    for (n, left) in left.iter().enumerate() {
        let world = World::new();
        let new = NewWorktree { resume: true, ..world.new_worktree("x").await };
        left(&world, &new.path);
        assert_eq!(world.repo().add_worktree(&new).await.unwrap(), Outcome::Created, "case {n}");
        assert!(world.repo().status(&new.path).await.unwrap().is_clean(), "case {n}");
        let again = world.repo().add_worktree(&new).await.unwrap();
        assert_eq!(again, Outcome::AlreadyThere { head: world.head() });
        assert_eq!(world.git(["worktree", "list"]).lines().count(), 2, "case {n}");
    }
}

#[tokio::test]
async fn resume_completes_only_what_fits() {
    let world = World::new();
    let new = NewWorktree { resume: true, ..world.new_worktree("x").await };
    // A branch that does not contain the base is somebody else's.
    let old = world.head();
    let base = world.commit("second");
    world.git(["branch", "x", &old.to_string()]);
    let new = NewWorktree { base, ..new };
    assert!(matches!(world.repo().add_worktree(&new).await, Err(Error::BranchExists { .. })));
    assert_eq!(world.oid("x"), old);
    world.git(["branch", "-D", "x"]);
    // Files without a registration are set aside, not deleted.
    write(&new.path, "file", "left over");
    assert_eq!(world.repo().add_worktree(&new).await.unwrap(), Outcome::Created);
    assert_eq!(read(&world.place().await.trash, "leftover-x-1/file"), "left over");
    // The same folder on another branch is taken.
    let other = NewWorktree { branch: Some("y".into()), ..new.clone() };
    assert!(matches!(world.repo().add_worktree(&other).await, Err(Error::PathTaken { .. })));
    // Work that went on is recognised.
    let head = crate::world::commit_in(&new.path, "work");
    assert_eq!(world.repo().add_worktree(&new).await.unwrap(), Outcome::AlreadyThere { head });
}

#[tokio::test]
async fn a_detached_worktree_and_one_through_a_link() {
    let world = World::new();
    let new = NewWorktree { branch: None, ..world.new_worktree("lane").await };
    world.repo().add_worktree(&new).await.unwrap();
    assert_eq!(world.repo().worktree(&new.path).await.unwrap().unwrap().branch, None);
    let place = world.place().await;
    symlink(world.dir.path(), place.worktrees.join("link")).unwrap();
    let through = NewWorktree { path: place.worktrees.join("link/x"), ..new };
    assert!(matches!(world.repo().add_worktree(&through).await, Err(Error::NotOurs { .. })));
}

#[tokio::test]
async fn listed_and_included_files_are_copied() {
    let world = World::new();
    world.write(".worktreeinclude", "*.local.ignored\nnot-ignored\n");
    world.write(".gitignore", "*.ignored\n.env\ncache/\n");
    world.commit("include");
    world.write(".env", "SECRET=1");
    std::fs::set_permissions(world.path(".env"), std::fs::Permissions::from_mode(0o640)).unwrap();
    world.write("sub/.env", "no");
    world.write("cache/deep/blob", "c");
    world.write("x.local.ignored", "l");
    world.write("y.ignored", "no");
    world.write("not-ignored", "no");
    std::fs::create_dir(world.path("cache/empty")).unwrap();
    let worktree = world.worktree("x").await;
    let list = [".env".to_owned(), "cache/".to_owned(), "a.txt".to_owned(), "missing".to_owned()];
    let copied = world.repo().copy_into(&worktree, &list).await.unwrap();
    assert_eq!(names(&copied.copied), [".env", "cache/deep/blob", "x.local.ignored"]);
    assert_eq!(copied.skipped, []);
    assert_eq!(read(&worktree, ".env"), "SECRET=1");
    assert_eq!(worktree.join(".env").metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(read(&worktree, "cache/deep/blob"), "c");
    assert!(world.repo().status(&worktree).await.unwrap().is_clean());
    // What the agent has changed since is left alone.
    write(&worktree, ".env", "MINE=1");
    let again = world.repo().copy_into(&worktree, &list).await.unwrap();
    assert_eq!(again.skipped.len(), 3);
    assert_eq!(read(&worktree, ".env"), "MINE=1");
}

#[tokio::test]
async fn f102_no_copy_leaves_the_worktree_or_replaces_a_tracked_file() {
    let world = World::new();
    let outside = world.dir.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    // In the branch the folder is a link to the outside and a tracked file has the listed name.
    symlink(&outside, world.path("conf")).unwrap();
    world.write("tracked", "theirs");
    world.commit("hostile");
    let worktree = world.worktree("x").await;
    world.git(["rm", "-q", "conf", "tracked"]);
    world.git(["commit", "-q", "-m", "gone"]);
    world.write("conf/.env", "secret");
    world.write("tracked", "mine");
    std::fs::remove_file(worktree.join("tracked")).unwrap();
    let list = ["conf/.env".to_owned(), "tracked".to_owned()];
    let copied = world.repo().copy_into(&worktree, &list).await.unwrap();
    assert_eq!(copied.copied, bstrings(&[]));
    assert_eq!(copied.skipped.len(), 2, "{copied:?}");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
    assert!(!worktree.join("tracked").exists());
}
