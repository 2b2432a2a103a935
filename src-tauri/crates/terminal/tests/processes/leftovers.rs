//! What a run leaves running: ended where it is the run's, listed where it is shared.

use crate::common::{Place, Watch, ended, kill9, lives, soon};
use terminal::Kill;

#[tokio::test]
async fn a_daemon_in_the_worktree_ends_with_the_run() {
    let place = Place::new();
    let run = place.sh("setsid sh -c 'echo $$ >pid; exec sleep 1000' </dev/null >/dev/null 2>&1 & while [ ! -s pid ]; do :; done").await;
    let exit = ended(&run).await;
    let pid: i32 = std::fs::read_to_string(place.worktree().join("pid")).unwrap().trim().parse().unwrap();
    assert!(!lives(pid));
    assert!(exit.is_success() && exit.leftovers.is_empty(), "{exit:?}");
}

#[tokio::test]
async fn a_stubborn_daemon_in_the_worktree_is_killed() {
    let place = Place::new();
    let run = place
        .sh("setsid sh -c 'trap \"\" TERM HUP; echo $$ >pid; while :; do sleep 1000; done' </dev/null >/dev/null 2>&1 & while [ ! -s pid ]; do :; done")
        .await;
    let exit = ended(&run).await;
    let pid: i32 = std::fs::read_to_string(place.worktree().join("pid")).unwrap().trim().parse().unwrap();
    assert!(!lives(pid) && exit.leftovers.is_empty(), "{exit:?}");
}

#[tokio::test]
async fn a_shared_daemon_is_listed_and_lives_even_if_it_keeps_the_terminal() {
    let place = Place::new();
    // It holds the terminal open, as badly written daemons do.
    let run = place.sh("(cd / && setsid sh -c 'echo pid $$; exec sleep 1000' &) ; read x; echo bye").await;
    let pid: i32 = Watch::attach(&place.run_dir()).await.until("pid ").await.parse().unwrap();
    run.input(b"\n").unwrap();
    let exit = ended(&run).await;
    assert!(lives(pid), "a shared daemon was ended");
    assert_eq!(exit.leftovers.iter().map(|left| left.pid).collect::<Vec<_>>(), [pid]);
    assert_eq!(exit.leftovers[0].name, "sleep");
    assert!(crate::common::log_text(&place.run_dir()).ends_with("bye\n"));
    kill9(pid);
}

#[tokio::test]
async fn being_killed_spares_shared_daemons_and_nothing_else() {
    let place = Place::new();
    let run = place
        .sh("(cd / && setsid sh -c 'echo shared $$; exec sleep 1000' &); (cd / && setsid sh -c 'echo mine $$; exec sleep 1000'; true) & wait")
        .await;
    let mut watch = Watch::attach(&place.run_dir()).await;
    let shared: i32 = watch.until("shared ").await.parse().unwrap();
    let mine: i32 = watch.until("mine ").await.parse().unwrap();
    run.kill(Kill::Polite);
    let exit = ended(&run).await;
    assert!(lives(shared) && !lives(mine), "{exit:?}");
    assert_eq!(exit.leftovers.len(), 1, "{exit:?}");
    kill9(shared);
}

#[tokio::test]
async fn a_job_left_in_the_background_ends_with_the_run() {
    let place = Place::new();
    let run = place.sh("cd /; sleep 1000 & echo pid $!; read x").await;
    let pid: i32 = Watch::attach(&place.run_dir()).await.until("pid ").await.parse().unwrap();
    run.input(b"\n").unwrap();
    let exit = ended(&run).await;
    assert!(!lives(pid) && exit.leftovers.is_empty(), "{exit:?}");
}

#[tokio::test]
async fn what_forks_all_the_time_can_not_run_away() {
    let place = Place::new();
    let run = place.sh("echo ready; f() { (f 2>/dev/null &) ; sleep 0.01; }; i=0; while [ $i -lt 40 ]; do (while :; do (:;:) & wait; done) & i=$((i+1)); done; wait").await;
    Watch::attach(&place.run_dir()).await.until("ready").await;
    run.kill(Kill::Now);
    let exit = soon(run.exited()).await;
    assert!(exit.leftovers.is_empty(), "{exit:?}");
}
