use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use repo::{Error, NewWorktree, Place, TrashEntry};

use crate::world::{World, commit_in, git, read, write};

/// A worktree with a commit of its own, an edited file, a staged file, a new and an ignored one.
async fn worked_in(world: &World) -> (PathBuf, repo::Oid) {
    let worktree = world.worktree("coppice/p/t/1").await;
    write(&worktree, "work", "committed\n");
    let head = commit_in(&worktree, "work");
    write(&worktree, "a.txt", "edited\n");
    write(&worktree, "staged", "staged\n");
    git(&worktree, ["add", "staged"]);
    write(&worktree, "new", "new\n");
    write(&worktree, "x.ignored", "ignored\n");
    (worktree, head)
}

fn assert_back(world: &World, worktree: &Path, head: repo::Oid, status: &str) {
    assert_eq!(git(worktree, ["status", "--porcelain"]), status);
    assert_eq!(git(worktree, ["rev-parse", "HEAD"]), head.to_string());
    assert_eq!(read(worktree, "x.ignored"), "ignored\n");
    assert_eq!(read(worktree, "a.txt"), "edited\n");
    assert_eq!(world.git(["worktree", "list"]).lines().count(), 2);
    world.fsck();
}

const DIRTY: &str = " M a.txt\nA  staged\n?? new";

#[tokio::test]
async fn trash_and_restore_bring_everything_back() {
    let world = World::new();
    let (worktree, head) = worked_in(&world).await;
    let (repo, place) = (world.repo(), world.place().await);
    let trashed = repo.trash_worktree(&worktree, Some("coppice/p/t/1"), "p/t/1").await.unwrap();
    assert!(!worktree.exists() && !trashed.branch_left);
    assert_eq!(world.git(["branch", "--list"]), "* main");
    assert_eq!(world.git(["worktree", "list"]).lines().count(), 1);
    assert_eq!(world.oid("refs/coppice/keep/p/t/1.head"), head);
    let work = world.oid("refs/coppice/keep/p/t/1.work");
    assert_eq!(trashed.entry.snapshot, Some(work));
    assert_eq!(world.git(["show", &format!("{work}:new")]), "new");
    let listed = repo.trash(&place).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&trashed.entry));
    assert!(repo.trash_size(&place, &listed[0]).await.unwrap() > 20);
    world.git(["gc", "-q", "--prune=now"]);
    assert_eq!(repo.restore(&place, &listed[0]).await.unwrap(), worktree);
    assert_back(&world, &worktree, head, DIRTY);
    assert_eq!(git(&worktree, ["branch", "--show-current"]), "coppice/p/t/1");
    assert_eq!(repo.trash(&place).await.unwrap(), []);
    // And away again, under the same names.
    let again = repo.trash_worktree(&worktree, None, "p/t/1").await.unwrap();
    assert_eq!(again.entry.branch.as_deref(), Some("coppice/p/t/1"));
    assert!(repo.restore(&place, &again.entry).await.is_ok());
    assert_back(&world, &worktree, head, DIRTY);
}

/// Puts a finished trashing back to what a kill after the given step would have left.
async fn killed_after(step: u32, world: &World, place: &Place, entry: &TrashEntry) {
    let folder = place.trash.join(&entry.id);
    let record = folder.join("entry.json");
    let text = std::fs::read_to_string(&record).unwrap();
    assert!(text.contains("\"complete\": true"));
    std::fs::write(&record, text.replace("\"complete\": true", "\"complete\": false")).unwrap();
    if step < 4 {
        world.git(["branch", "coppice/p/t/1", &entry.head.to_string()]);
    }
    if step < 3 {
        std::fs::create_dir_all(world.path(".git/worktrees")).unwrap();
        std::fs::rename(folder.join("admin"), world.path(".git/worktrees/coppice-p-t-1")).unwrap();
    }
    if step < 2 {
        std::fs::rename(folder.join("tree"), &entry.path).unwrap();
    }
}

#[tokio::test]
async fn trashing_killed_between_any_two_steps_is_completed() {
    for step in 1..=4 {
        let world = World::new();
        let (worktree, head) = worked_in(&world).await;
        let (repo, place) = (world.repo(), world.place().await);
        let first = repo.trash_worktree(&worktree, None, "k").await.unwrap();
        killed_after(step, &world, &place, &first.entry).await;
        let second = repo.trash_worktree(&worktree, None, "k").await.unwrap();
        assert_eq!(second.entry, first.entry, "after step {step}");
        assert!(!worktree.exists());
        assert_eq!(world.git(["branch", "--list"]), "* main");
        assert_eq!(world.git(["worktree", "list"]).lines().count(), 1);
        assert_eq!(repo.trash(&place).await.unwrap().len(), 1);
        // Once more, when all is done: the same answer.
        assert_eq!(repo.trash_worktree(&worktree, None, "k").await.unwrap().entry, first.entry);
        repo.restore(&place, &first.entry).await.unwrap();
        assert_back(&world, &worktree, head, DIRTY);
    }
}

#[tokio::test]
async fn restoring_killed_between_any_two_steps_is_completed() {
    for step in 1..=3 {
        let world = World::new();
        let (worktree, head) = worked_in(&world).await;
        let (repo, place) = (world.repo(), world.place().await);
        let entry = repo.trash_worktree(&worktree, None, "k").await.unwrap().entry;
        let folder = place.trash.join(&entry.id);
        world.git(["branch", "coppice/p/t/1", &head.to_string()]);
        if step >= 2 {
            std::fs::create_dir_all(world.path(".git/worktrees")).unwrap();
            std::fs::rename(folder.join("admin"), world.path(".git/worktrees/coppice-p-t-1")).unwrap();
        }
        if step >= 3 {
            std::fs::rename(folder.join("tree"), &worktree).unwrap();
        }
        repo.restore(&place, &entry).await.unwrap();
        assert_back(&world, &worktree, head, DIRTY);
        assert_eq!(git(&worktree, ["branch", "--show-current"]), "coppice/p/t/1");
    }
}

#[tokio::test]
async fn restore_without_gits_notes_or_with_the_branch_elsewhere() {
    let world = World::new();
    let (worktree, head) = worked_in(&world).await;
    let (repo, place) = (world.repo(), world.place().await);
    let entry = repo.trash_worktree(&worktree, None, "k").await.unwrap().entry;
    std::fs::remove_dir_all(place.trash.join(&entry.id).join("admin")).unwrap();
    // Somebody has made a branch of that name meanwhile.
    world.git(["branch", "coppice/p/t/1", "main"]);
    repo.restore(&place, &entry).await.unwrap();
    assert_back(&world, &worktree, head, " M a.txt\n?? new\n?? staged");
    assert_eq!(git(&worktree, ["branch", "--show-current"]), "");
    assert_eq!(world.oid("coppice/p/t/1"), world.head());
    // A path that is taken is not overwritten.
    let entry = repo.trash_worktree(&worktree, None, "k").await.unwrap().entry;
    write(&worktree, "mine", "mine");
    assert!(matches!(repo.restore(&place, &entry).await, Err(Error::PathTaken { .. })));
    assert_eq!(read(&worktree, "mine"), "mine");
}

#[tokio::test]
async fn f32_a_worktree_replaced_by_a_link_is_refused_and_nothing_behind_it_is_touched() {
    let world = World::new();
    let (worktree, _) = worked_in(&world).await;
    let victim = world.dir.path().join("victim");
    write(&victim, "precious", "p");
    let aside = world.dir.path().join("aside");
    std::fs::rename(&worktree, &aside).unwrap();
    for target in [Path::new("/"), victim.as_path(), aside.as_path()] {
        symlink(target, &worktree).unwrap();
        let refused = world.repo().trash_worktree(&worktree, None, "k").await;
        assert!(matches!(refused, Err(Error::NotOurs { .. })), "{refused:?}");
        assert!(worktree.symlink_metadata().unwrap().is_symlink());
        std::fs::remove_file(&worktree).unwrap();
    }
    assert_eq!(read(&victim, "precious"), "p");
    assert_eq!(read(&aside, "new"), "new\n");
    // A parent that is a link is no better.
    let place = world.place().await;
    std::fs::rename(&aside, &worktree).unwrap();
    let moved = world.dir.path().join("moved");
    std::fs::rename(&place.worktrees, &moved).unwrap();
    symlink(&moved, &place.worktrees).unwrap();
    let refused = world.repo().trash_worktree(&worktree, None, "k").await;
    assert!(matches!(refused, Err(Error::NotOurs { .. })), "{refused:?}");
    assert!(moved.join("coppice-p-t-1/new").exists());
}

#[tokio::test]
async fn f32_a_half_made_worktree_that_became_a_link_is_not_followed() {
    let world = World::new();
    let new = NewWorktree { resume: true, ..world.new_worktree("x").await };
    let path = new.path.to_str().unwrap().to_owned();
    world.git([
        "worktree",
        "add",
        "-q",
        "--no-checkout",
        "--lock",
        "--reason",
        "coppice: being made",
        "-b",
        "x",
        &path,
    ]);
    let victim = world.dir.path().join("victim");
    std::fs::rename(&new.path, &victim).unwrap();
    write(&victim, "precious", "p");
    symlink(&victim, &new.path).unwrap();
    let _ = world.repo().add_worktree(&new).await;
    assert_eq!(read(&victim, "precious"), "p");
}

#[tokio::test]
async fn only_what_we_made_is_put_away() {
    let world = World::new();
    let (repo, place) = (world.repo(), world.place().await);
    let foreign = world.dir.path().join("foreign");
    world.git(["worktree", "add", "-q", "-b", "f", foreign.to_str().unwrap()]);
    let other = World::new();
    let inside = place.worktrees.join("inside");
    git(&other.root, ["worktree", "add", "-q", "-b", "o", inside.to_str().unwrap()]);
    let plain = place.worktrees.join("plain");
    write(&plain, "file", "x");
    let sneaky = place.worktrees.join("../../proj");
    for path in [&foreign, &world.root, &inside, &plain, &sneaky, &place.worktrees] {
        let refused = repo.trash_worktree(path, None, "k").await;
        assert!(matches!(refused, Err(Error::NotOurs { .. })), "{} {refused:?}", path.display());
        assert!(path.exists());
    }
    assert_eq!(repo.trash(&place).await.unwrap(), []);
}

#[tokio::test]
async fn f35_a_deleted_branch_is_recoverable_from_its_keep_ref() {
    let world = World::new();
    let (worktree, head) = worked_in(&world).await;
    let (repo, place) = (world.repo(), world.place().await);
    let entry = repo.trash_worktree(&worktree, None, "p/t/1").await.unwrap().entry;
    repo.empty_trash(&place, std::slice::from_ref(&entry)).await.unwrap();
    assert_eq!(std::fs::read_dir(&place.trash).unwrap().count(), 0);
    world.git(["reflog", "expire", "--expire=now", "--all"]);
    world.git(["gc", "-q", "--prune=now"]);
    let kept = repo.keeps().await.unwrap();
    let of = |name: &str| kept.iter().find(|keep| keep.name == name).unwrap().oid;
    assert_eq!(of("p/t/1.head"), head);
    world.git(["branch", "again", &head.to_string()]);
    assert_eq!(world.git(["show", "again:work"]), "committed");
    assert_eq!(world.git(["show", &format!("{}:new", of("p/t/1.work"))]), "new");
    world.fsck();
}

#[tokio::test]
async fn a_branch_that_moved_on_is_left() {
    let world = World::new();
    let worktree = world.worktree("b").await;
    git(&worktree, ["checkout", "-q", "--detach"]);
    write(&world.root, "later", "x");
    let later = world.commit("later");
    world.git(["branch", "-f", "b", "main"]);
    let trashed = world.repo().trash_worktree(&worktree, Some("b"), "k").await.unwrap();
    assert!(trashed.branch_left);
    assert_eq!(world.oid("b"), later);
}
