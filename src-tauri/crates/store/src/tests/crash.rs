//! Children that are killed with -9, and files that are taken away.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{open, transition};
use crate::{Batch, Filter, Loss, StoreError};

/// Starts one test of this program in a process of its own, where it finds `dir` and becomes a child's part.
fn child(test: &str, dir: &Path, more: &[(&str, &str)]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env("STORE_TEST_CHILD", dir)
        .envs(more.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The directory, where this process is such a child.
fn child_dir() -> Option<std::path::PathBuf> {
    std::env::var_os("STORE_TEST_CHILD").map(Into::into)
}

#[tokio::test]
async fn commits_for_ever() {
    let Some(dir) = child_dir() else { return };
    let store = open(&dir).await;
    loop {
        let seq = store.commit(transition(store.next_seq())).await.unwrap();
        println!("acknowledged {seq}");
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for round in 0..8 {
        let mut child = child("tests::crash::commits_for_ever", dir.path(), &[]);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut left = 1 + round * 5;
        for line in lines.by_ref() {
            if let Some(seq) = line.unwrap().strip_prefix("acknowledged ") {
                acknowledged = seq.parse().unwrap();
                left -= 1;
                if left == 0 {
                    break;
                }
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still said before it died counts too. A line may be cut off.
        for line in lines.map_while(Result::ok) {
            if let Some(seq) = line.strip_prefix("acknowledged ").and_then(|seq| seq.parse().ok()) {
                acknowledged = std::cmp::max(acknowledged, seq);
            }
        }
        let store = open(dir.path()).await;
        assert!(store.last_seq() >= acknowledged, "{} < {acknowledged}", store.last_seq());
        assert_eq!(store.loss(), None);
        let seqs: Vec<u64> = store.events(&Filter::default()).await.unwrap().iter().map(|e| e.seq).collect();
        assert_eq!(seqs, (1..=store.last_seq()).collect::<Vec<_>>());
        let entity = store.get("task", "t1").await.unwrap().unwrap();
        assert_eq!(entity, format!("{{\"seq\":{}}}", store.last_seq() - 1), "state goes with its events");
        store.close().await.unwrap();
    }
    assert!(acknowledged > 50, "{acknowledged}");
}

/// A directory as a killed engine leaves it: everything after the first event is in the -wal alone.
async fn left_with_a_wal() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(transition(1)).await.unwrap();
    store.close().await.unwrap();
    let mut child = child("tests::crash::commits_for_ever", dir.path(), &[]);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let wanted = |line: &String| line.starts_with("acknowledged 2");
    lines.map_while(Result::ok).find(wanted).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(dir.path().join("coppice.db-wal").metadata().unwrap().len() > 0);
    dir
}

#[tokio::test]
async fn a_deleted_wal_is_reported() {
    let dir = left_with_a_wal().await;
    std::fs::remove_file(dir.path().join("coppice.db-wal")).unwrap();
    let store = open(dir.path()).await;
    assert_eq!(store.last_seq(), 2);
    let Some(Loss::Older { acknowledged, found: 2 }) = store.loss() else { panic!("{:?}", store.loss()) };
    assert!(acknowledged >= 20, "{acknowledged}");
    store.check().await.unwrap();
    store.commit(transition(3)).await.unwrap();
    store.close().await.unwrap();
    assert_eq!(open(dir.path()).await.loss(), None, "it is said once");
}

#[tokio::test]
async fn a_truncated_wal_opens_with_whole_transactions() {
    let dir = left_with_a_wal().await;
    let wal = dir.path().join("coppice.db-wal");
    let length = wal.metadata().unwrap().len();
    std::fs::File::options().write(true).open(&wal).unwrap().set_len(length / 2 + 100).unwrap();
    let store = open(dir.path()).await;
    assert!(store.last_seq() >= 2 && store.last_seq().is_multiple_of(2), "{}", store.last_seq());
    assert!(matches!(store.loss(), Some(Loss::Older { .. })), "{:?}", store.loss());
    let entity = store.get("task", "t1").await.unwrap().unwrap();
    assert_eq!(entity, format!("{{\"seq\":{}}}", store.last_seq() - 1));
    store.commit(transition(store.next_seq())).await.unwrap();
}

#[tokio::test]
async fn a_deleted_shm_harms_nothing() {
    let dir = left_with_a_wal().await;
    std::fs::remove_file(dir.path().join("coppice.db-shm")).unwrap();
    let store = open(dir.path()).await;
    assert!(store.last_seq() >= 20);
    assert_eq!(store.loss(), None);
}

#[tokio::test]
async fn a_database_that_is_gone_while_running_is_noticed() {
    for name in ["coppice.db", "coppice.db-wal", "coppice.db-shm"] {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path()).await;
        store.commit(transition(1)).await.unwrap();
        let (path, aside) = (dir.path().join(name), dir.path().join("aside"));
        std::fs::rename(&path, &aside).unwrap();
        let error = store.commit(transition(3)).await.unwrap_err();
        assert!(matches!(&error, StoreError::Vanished { path: gone } if *gone == path), "{name}: {error}");

        // Another file in its place is not taken for it, and not written.
        std::fs::write(&path, b"not ours").unwrap();
        assert!(matches!(store.commit(transition(3)).await, Err(StoreError::Vanished { .. })));
        assert!(matches!(store.check().await, Err(StoreError::Vanished { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"not ours");

        // The open file still has everything, so a copy can be saved …
        let rescue = tempfile::tempdir().unwrap();
        store.back_up(&rescue.path().join("coppice.db")).await.unwrap();
        let rescued = open(rescue.path()).await;
        assert_eq!(rescued.last_seq(), 2);

        // … and the file itself can be put back.
        std::fs::rename(&aside, &path).unwrap();
        assert_eq!(store.commit(transition(3)).await.unwrap(), 4);
    }
}

#[tokio::test]
async fn another_database_in_its_place_at_start_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(transition(1)).await.unwrap();
    store.close().await.unwrap();
    std::fs::remove_file(dir.path().join("coppice.db")).unwrap();
    let store = open(dir.path()).await;
    assert_eq!((store.last_seq(), store.loss()), (0, Some(Loss::Replaced { acknowledged: 2 })));
}

#[tokio::test]
async fn a_dropped_commit_is_whole_or_absent() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    {
        let mut commit = std::pin::pin!(store.commit(transition(1)));
        // One poll begins it; then nobody waits any more.
        tokio::select! {
            biased;
            _ = &mut commit => {}
            () = std::future::ready(()) => {}
        }
    }
    // The writer is taken in turn, so this stands behind it.
    let next = store.commit(Batch::default()).await.unwrap();
    assert_eq!(next, store.events(&Filter::default()).await.unwrap().len() as u64);
    assert_eq!(store.commit(transition(next + 1)).await.unwrap(), next + 2);
}
