use std::os::unix::fs::{PermissionsExt, symlink};

use repo::{Error, Head, Repo};

use crate::world::{World, git};

#[tokio::test]
async fn opens_from_any_folder_inside_and_from_a_worktree() {
    let world = World::new();
    let worktree = world.worktree("side").await;
    for path in [world.path("dir"), worktree.clone(), worktree.join("dir")] {
        let repo = Repo::open(&path).unwrap();
        assert_eq!(repo.common_dir(), world.path(".git"));
        assert_eq!(repo.root(), Some(world.root.as_path()));
        assert!(!repo.is_bare() && !repo.is_shallow());
    }
}

#[test]
fn says_what_is_missing() {
    let world = World::new();
    let outside = world.dir.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    assert!(matches!(Repo::open(&outside), Err(Error::NotARepository { .. })));
    assert!(matches!(Repo::open(outside.join("nowhere")), Err(Error::Missing { .. })));
}

#[test]
fn names_a_format_it_cannot_read() {
    let world = World::new();
    world.git(["config", "core.repositoryFormatVersion", "1"]);
    world.git(["config", "extensions.refStorage", "reftable"]);
    let error = Repo::open(&world.root).unwrap_err();
    assert!(matches!(error, Error::UnsupportedFormat { .. }), "{error:?}");
}

#[tokio::test]
async fn f47_opens_a_partial_and_shallow_clone() {
    let world = World::new();
    world.commit("second");
    world.git(["config", "uploadpack.allowFilter", "true"]);
    let clone = world.dir.path().join("clone");
    let url = format!("file://{}", world.root.display());
    git(world.dir.path(), ["clone", "-q", "--depth=1", "--filter=blob:none", &url, clone.to_str().unwrap()]);
    let repo = Repo::open(&clone).unwrap();
    assert!(repo.is_shallow());
    let head = repo.branch("main").await.unwrap().unwrap();
    assert!(repo.is_ancestor(head, head).await.unwrap());
    assert!(repo.status(&clone).await.unwrap().is_clean());
}

#[tokio::test]
async fn f42_an_empty_repository_is_known_as_such() {
    let world = World::empty();
    let repo = world.repo();
    assert!(repo.is_empty().await.unwrap());
    assert_eq!(repo.head().await.unwrap(), Head::Unborn("main".into()));
    assert_eq!(repo.default_target().await.unwrap().as_deref(), Some("main"));
    assert_eq!(repo.branches().await.unwrap(), []);
    let status = repo.status(&world.root).await.unwrap();
    assert_eq!((status.head, status.branch.as_deref()), (None, Some("main")));
}

#[tokio::test]
async fn f44_a_bare_repository_has_worktrees_only() {
    let world = World::new();
    let bare = world.dir.path().canonicalize().unwrap().join("proj.git");
    git(world.dir.path(), ["clone", "-q", "--bare", world.root.to_str().unwrap(), bare.to_str().unwrap()]);
    let repo = Repo::open(&bare).unwrap();
    assert!(repo.is_bare() && repo.root().is_none());
    assert_eq!(repo.name(), "proj");
    let place = repo.place(&world.dir.path().join("fallback")).await.unwrap();
    let path = place.worktrees.join("one");
    let base = world.head();
    let new = repo::NewWorktree { path: path.clone(), branch: Some("x".into()), base, resume: false };
    repo.add_worktree(&new).await.unwrap();
    assert!(repo.status(&path).await.unwrap().is_clean());
    assert!(repo.worktrees().await.unwrap()[0].bare);
    let moved = repo.advance("main", base, crate::world::commit_in(&path, "more"), std::time::Duration::ZERO);
    assert_eq!(moved.await.unwrap(), repo::Advance::Moved { checkout: None });
}

#[tokio::test]
async fn resolves_names_and_heads() {
    let world = World::new();
    let first = world.head();
    world.git(["tag", "-a", "v1", "-m", "v1"]);
    world.git(["branch", "other"]);
    let second = world.commit("second");
    let repo = world.repo();
    assert_eq!(repo.resolve("other").await.unwrap(), Some(first));
    assert_eq!(repo.resolve("v1").await.unwrap(), Some(first));
    assert_eq!(repo.resolve("refs/heads/main").await.unwrap(), Some(second));
    assert_eq!(repo.resolve(&second.to_string()).await.unwrap(), Some(second));
    assert_eq!(repo.resolve("no such name").await.unwrap(), None);
    assert_eq!(repo.resolve(&"0".repeat(39)).await.unwrap(), None);
    assert_eq!(repo.head().await.unwrap(), Head::Branch("main".into(), second));
    let names: Vec<String> = repo.branches().await.unwrap().into_iter().map(|branch| branch.name).collect();
    assert_eq!(names, ["main", "other"]);
    world.git(["checkout", "-q", "--detach"]);
    assert_eq!(repo.head().await.unwrap(), Head::Detached(second));
    assert_eq!(repo.default_target().await.unwrap().as_deref(), Some("main"));
    assert!(repo.contains("main", first).await.unwrap());
    assert!(!repo.contains("other", second).await.unwrap());
    assert_eq!(repo.merge_base(first, second).await.unwrap(), Some(first));
    assert_eq!(repo.log(first, second).await.unwrap()[0].summary, "second");
}

#[tokio::test]
async fn the_place_is_beside_the_repository_and_private() {
    let world = World::new();
    let place = world.place().await;
    assert_eq!(place.root, world.root.parent().unwrap().join(".proj.coppice"));
    assert_eq!(place.root.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    assert!(place.worktrees.is_dir() && place.trash.is_dir() && !place.fallback);
    assert_eq!(world.place().await, place);
}

#[tokio::test]
async fn a_place_that_leads_elsewhere_or_is_anothers_is_not_used() {
    let world = World::new();
    let parent = world.root.parent().unwrap().to_owned();
    let elsewhere = parent.join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, parent.join(".proj.coppice")).unwrap();
    let place = world.place().await;
    assert!(place.root.starts_with(&parent) && place.root != parent.join(".proj.coppice"));
    // The second name is taken by a repository that exists.
    let other = World::new();
    std::fs::write(place.root.join("repository"), other.path(".git").to_str().unwrap()).unwrap();
    let third = world.place().await;
    assert!(third.fallback && third.root.starts_with(world.dir.path().join("fallback")));
    assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[tokio::test]
async fn a_place_inside_another_repository_does_not_show_up_there() {
    let outer = World::new();
    let inner = outer.path("inner");
    git(&outer.root, ["init", "-q", inner.to_str().unwrap()]);
    Repo::open(&inner).unwrap().place(&outer.dir.path().join("fallback")).await.unwrap();
    let entries = outer.repo().status(&outer.root).await.unwrap().entries;
    assert!(entries.iter().all(|entry| !entry.path.starts_with(b".inner")), "{entries:?}");
}

#[tokio::test]
async fn the_git_program_is_new_enough() {
    assert!(repo::git_version().await.unwrap() >= repo::GitVersion::MINIMUM);
}

#[tokio::test]
async fn a_watch_tells_what_moved() {
    let world = World::new();
    let mut watch = world.repo().watch().unwrap();
    world.git(["branch", "deep/er/branch"]);
    assert!(watch.next().await.unwrap().refs);
    world.git(["checkout", "-q", "deep/er/branch"]);
    let mut heads = false;
    while !heads {
        heads = watch.next().await.unwrap().heads;
    }
    world.git(["config", "some.key", "value"]);
    let mut config = false;
    while !config {
        config = watch.next().await.unwrap().config;
    }
}
