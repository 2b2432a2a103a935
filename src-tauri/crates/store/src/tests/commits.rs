use super::{event, open, transition};
use crate::{Batch, Filter, Put, StoreError};

#[tokio::test]
async fn what_was_committed_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    assert_eq!((store.last_seq(), store.next_seq(), store.loss()), (0, 1, None));
    assert_eq!(store.commit(transition(1)).await.unwrap(), 2);
    assert_eq!(store.commit(transition(3)).await.unwrap(), 4);
    store.set_setting("theme", Some("\"dark\"")).await.unwrap();
    store.close().await.unwrap();

    let store = open(dir.path()).await;
    assert_eq!((store.last_seq(), store.loss()), (4, None));
    let events = store.events(&Filter::default()).await.unwrap();
    assert_eq!(
        events,
        [event(1, "run.exited"), event(2, "task.moved"), event(3, "run.exited"), event(4, "task.moved")]
    );
    assert_eq!(store.load("task").await.unwrap(), [("t1".into(), "{\"seq\":3}".into())]);
    assert_eq!(store.get("run", "r1").await.unwrap().as_deref(), Some("{\"code\":0}"));
    let all = store.load_all().await.unwrap();
    let rows: Vec<_> = all.iter().map(|e| (e.kind.as_str(), e.key.as_str(), e.seq)).collect();
    assert_eq!(rows, [("plan", "p1", 4), ("run", "r1", 2), ("run", "r3", 4), ("task", "t1", 4)]);
    assert_eq!(store.setting("theme").await.unwrap().as_deref(), Some("\"dark\""));
    store.set_setting("theme", None).await.unwrap();
    assert_eq!(store.settings().await.unwrap(), []);
}

#[tokio::test]
async fn a_filter_takes_what_a_client_lacks() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut other = event(3, "plan.started");
    other.plan = Some("p2".into());
    let events = vec![event(1, "a"), event(2, "b"), other, event(4, "d")];
    store.commit(Batch { events, ..Batch::default() }).await.unwrap();
    let seqs = async |filter: Filter| -> Vec<u64> {
        store.events(&filter).await.unwrap().iter().map(|e| e.seq).collect()
    };
    assert_eq!(seqs(Filter { since: 2, ..Filter::default() }).await, [3, 4]);
    assert_eq!(seqs(Filter { until: Some(2), ..Filter::default() }).await, [1, 2]);
    assert_eq!(seqs(Filter { plan: Some("p1".into()), since: 1, ..Filter::default() }).await, [2, 4]);
    assert_eq!(seqs(Filter { project: Some("/other".into()), ..Filter::default() }).await, []);
    assert_eq!(seqs(Filter { limit: Some(1), since: 1, ..Filter::default() }).await, [2]);
}

#[tokio::test]
async fn an_error_leaves_nothing_of_the_batch() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(transition(1)).await.unwrap();
    let before = (store.load_all().await.unwrap(), store.events(&Filter::default()).await.unwrap());

    let gap = store.commit(transition(4)).await.unwrap_err();
    assert!(matches!(gap, StoreError::Order { expected: 3, found: 4 }), "{gap}");
    let double = store.commit(transition(2)).await.unwrap_err();
    assert!(matches!(double, StoreError::Order { expected: 3, found: 2 }), "{double}");
    let mut broken = transition(3);
    broken.puts.push(Put::new("task", "t9", "{no json"));
    let refused = store.commit(broken).await.unwrap_err();
    assert!(matches!(refused, StoreError::Refused { .. }), "{refused}");

    let after = (store.load_all().await.unwrap(), store.events(&Filter::default()).await.unwrap());
    assert_eq!(before, after);
    assert_eq!(store.commit(transition(3)).await.unwrap(), 4);
}

#[tokio::test]
async fn deletes_come_before_puts_and_rebuild_replaces_all() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(transition(1)).await.unwrap();
    let key = |kind: &str, key: &str| (kind.to_owned(), key.to_owned());
    let batch = Batch {
        deletes: vec![key("task", "t1"), key("plan", "p1"), key("plan", "never")],
        puts: vec![Put::new("task", "t1", "2")],
        ..Batch::default()
    };
    assert_eq!(store.commit(batch).await.unwrap(), 2, "a batch without events keeps the number");
    assert_eq!(store.get("task", "t1").await.unwrap().as_deref(), Some("2"));
    assert_eq!(store.get("plan", "p1").await.unwrap(), None);

    store.replace_entities(vec![Put::new("task", "t2", "{}")]).await.unwrap();
    let all = store.load_all().await.unwrap();
    assert_eq!(all.iter().map(|e| (e.key.as_str(), e.seq)).collect::<Vec<_>>(), [("t2", 2)]);
    assert!(store.replace_entities(vec![Put::new("task", "t3", "nope")]).await.is_err());
    assert_eq!(store.load_all().await.unwrap(), all);
}

#[tokio::test]
async fn the_table_itself_refuses_gaps_and_changes() {
    use sqlx::ConnectOptions;
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(transition(1)).await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(store.path());
    let mut connection = options.connect().await.unwrap();
    for sql in [
        "INSERT INTO events (seq, at, type, body) VALUES (9, 0, 'x', '{}')",
        "INSERT OR REPLACE INTO events (seq, at, type, body) VALUES (1, 0, 'x', '{}')",
        "UPDATE events SET body = '{}' WHERE seq = 1",
        "DELETE FROM events",
    ] {
        let error = sqlx::query(sql).execute(&mut connection).await.unwrap_err().to_string();
        assert!(error.contains("without gaps") || error.contains("append-only"), "{sql}: {error}");
    }
}

#[tokio::test]
async fn after_close_everything_answers_closed() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(transition(1)).await.unwrap();
    store.close().await.unwrap();
    store.close().await.unwrap();
    assert!(!dir.path().join("coppice.db-wal").exists(), "all of it is in the database");
    assert!(matches!(store.commit(transition(3)).await, Err(StoreError::Closed)));
    assert!(matches!(store.load("task").await, Err(StoreError::Closed)));
}

/// The cost of a transition, printed; the limit is far above it and catches only a change of kind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transition_is_cheap() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let started = std::time::Instant::now();
    for n in 0..500 {
        store.commit(transition(n * 2 + 1)).await.unwrap();
    }
    let each = started.elapsed() / 500;
    println!("a durable transition: {each:?}");
    assert!(each < std::time::Duration::from_millis(50), "{each:?}");
}
