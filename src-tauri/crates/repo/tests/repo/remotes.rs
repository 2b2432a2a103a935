use std::ffi::OsString;

use repo::{Error, Trust, Upstream};

use crate::world::{World, git};

/// A remote that the main branch follows.
fn followed() -> World {
    let world = World::new();
    let origin = world.dir.path().join("origin.git");
    git(world.dir.path(), ["clone", "-q", "--bare", world.root.to_str().unwrap(), origin.to_str().unwrap()]);
    world.git(["remote", "add", "origin", origin.to_str().unwrap()]);
    world.git(["fetch", "-q"]);
    world.git(["branch", "-q", "--set-upstream-to=origin/main"]);
    world
}

fn environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os().collect()
}

async fn upstream(world: &World) -> Upstream {
    world.repo().upstream("main").await.unwrap().unwrap()
}

#[tokio::test]
async fn a_push_brings_the_upstream_up_and_a_fetch_shows_how_far_behind() {
    let world = followed();
    let repo = world.repo().with_trust(Trust::Filters);
    world.git(["commit", "-q", "--allow-empty", "-m", "ours"]);
    assert_eq!((upstream(&world).await.ahead, upstream(&world).await.behind), (1, 0));

    repo.push("main", &upstream(&world).await, &environment()).await.unwrap();
    assert_eq!((upstream(&world).await.ahead, upstream(&world).await.behind), (0, 0));

    // Somebody else pushes.
    let other = world.dir.path().join("other");
    git(world.dir.path(), ["clone", "-q", world.dir.path().join("origin.git").to_str().unwrap(), "other"]);
    git(&other, ["commit", "-q", "--allow-empty", "-m", "theirs"]);
    git(&other, ["push", "-q"]);
    let head = world.head();
    repo.fetch("origin", &environment()).await.unwrap();
    assert_eq!((upstream(&world).await.ahead, upstream(&world).await.behind), (0, 1));
    assert_eq!(world.head(), head, "a fetch moves no branch");

    // A remote that has moved on refuses, and is not forced.
    world.git(["commit", "-q", "--allow-empty", "-m", "ours again"]);
    let refused = repo.push("main", &upstream(&world).await, &environment()).await;
    assert!(matches!(refused, Err(Error::Git { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_branch_that_follows_nothing_says_so_and_an_untrusted_repository_talks_to_nobody() {
    let world = World::new();
    assert_eq!(world.repo().upstream("main").await.unwrap(), None);
    let world = followed();
    let untrusted = world.repo().push("main", &upstream(&world).await, &environment()).await;
    assert!(matches!(untrusted, Err(Error::NotOurs { .. })), "{untrusted:?}");
}
