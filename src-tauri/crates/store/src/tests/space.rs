//! A full disk, no inodes, a lock held by another program, a network file system.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sqlx::ConnectOptions;

use super::{event, open, transition};
use crate::migrate::MIGRATIONS;
use crate::os::FileSystem;
use crate::{Batch, Filter, Options, Put, Store, StoreError};

#[tokio::test]
async fn a_limit_is_full_and_the_rest_is_safe() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { max_bytes: Some(300 * 1024), ..Options::default() };
    let store = Store::open(dir.path(), &options).await.unwrap();
    let mut big;
    let error = loop {
        big = transition(store.next_seq());
        big.puts.push(Put::new("log", store.next_seq().to_string(), format!("\"{}\"", "x".repeat(20_000))));
        if let Err(error) = store.commit(big.clone()).await {
            break error;
        }
    };
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(error.to_string().contains("Free some space"), "{error}");
    let last = store.last_seq();
    assert_eq!(store.events(&Filter::default()).await.unwrap().len() as u64, last);
    // What frees space works, and after it the same batch.
    let keys = store.load("log").await.unwrap().into_iter().map(|(key, _)| ("log".to_owned(), key));
    store.commit(Batch { deletes: keys.collect(), ..Batch::default() }).await.unwrap();
    assert_eq!(store.commit(big).await.unwrap(), last + 2);
}

/// The child's part, with a very small file system of its own mounted at the directory.
#[tokio::test]
async fn fills_a_file_system() {
    let Some(dir) = std::env::var_os("STORE_TEST_TINY") else { return };
    let dir = Path::new(&dir);
    let store = open(&dir.join("data")).await;
    store.commit(transition(1)).await.unwrap();
    let ballast = dir.join("ballast");
    // All the space there is, to the last page.
    let mut file = std::fs::File::create(&ballast).unwrap();
    while std::io::Write::write_all(&mut file, &[1; 4096]).is_ok() {}
    drop(file);
    let mut refused = 0;
    for _ in 0..50 {
        let before = store.last_seq();
        match store.commit(transition(store.next_seq())).await {
            Ok(_) => {}
            Err(StoreError::Full { .. }) => {
                refused += 1;
                assert_eq!(store.last_seq(), before);
            }
            Err(error) => panic!("not told as full: {error}"),
        }
    }
    assert!(refused > 0);
    let last = store.last_seq();
    assert_eq!(store.events(&Filter::default()).await.unwrap().len() as u64, last, "reading goes on");
    std::fs::remove_file(&ballast).unwrap();
    assert_eq!(store.commit(transition(last + 1)).await.unwrap(), last + 2, "and so does writing");
    store.close().await.unwrap();

    // No inode left: the -wal cannot be made.
    let mut files = 0;
    while std::fs::File::create(dir.join(format!("f{files}"))).is_ok() {
        files += 1;
    }
    let error = Store::open(&dir.join("data"), &Options::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    for n in 0..files {
        std::fs::remove_file(dir.join(format!("f{n}"))).unwrap();
    }
    let store = open(&dir.join("data")).await;
    assert_eq!((store.last_seq(), store.loss()), (last + 2, None));
    store.check().await.unwrap();
    println!("filled");
}

#[test]
fn a_full_file_system_is_survived() {
    let dir = tempfile::tempdir().unwrap();
    let mount = "mount -t tmpfs -o size=1m,nr_inodes=24 tmpfs \"$STORE_TEST_TINY\"";
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c"])
        .arg(format!("{mount} || exit 77; exec \"$0\" tests::space::fills_a_file_system --exact --nocapture"))
        .arg(std::env::current_exe().unwrap())
        .env("STORE_TEST_TINY", dir.path())
        .output();
    match output {
        Ok(output) if output.status.success() => {
            assert!(String::from_utf8_lossy(&output.stdout).contains("filled"), "{output:?}");
        }
        Ok(output) if output.status.code() == Some(101) => {
            panic!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        }
        // Without user namespaces nobody but root can mount; the limit above still proves the rest.
        other => eprintln!("skipped: a file system of its own cannot be mounted here ({other:?})"),
    }
}

#[tokio::test]
async fn a_lock_of_another_program_is_busy() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options { busy_timeout: Duration::from_millis(20), ..Options::default() };
    let store = Store::open(dir.path(), &options).await.unwrap();
    store.commit(transition(1)).await.unwrap();
    let mut other = sqlx::sqlite::SqliteConnectOptions::new().filename(store.path()).connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let error = store.commit(transition(3)).await.unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(store.commit(transition(3)).await.unwrap(), 4);
}

#[tokio::test]
async fn many_writers_take_turns() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let writers: Vec<_> = (0..20)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.set_setting(&format!("k{n}"), Some("1")).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(store.settings().await.unwrap().len(), 20);
}

#[tokio::test]
async fn ten_thousand_entities_are_one_transaction() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let puts = (0..10_000).map(|n| Put::new("task", format!("t{n:05}"), "{\"state\":\"draft\"}")).collect();
    let events = (1..=10_000).map(|seq| event(seq, "task.added")).collect();
    assert_eq!(store.commit(Batch { events, puts, deletes: vec![] }).await.unwrap(), 10_000);
    let all = store.load("task").await.unwrap();
    assert_eq!((all.len(), all[9_999].0.as_str()), (10_000, "t09999"));
}

// NFS and the others cannot be mounted in a test; what they would answer can be judged.
#[test]
fn a_network_file_system_is_refused_unless_allowed() {
    use crate::open::judge;
    use crate::os::by_magic;
    let dir = Path::new("/data");
    for magic in [0x6969, 0xff53_4d42, 0xfe53_4d42] {
        let file_system = by_magic(magic);
        let error = judge(dir, file_system, false).unwrap_err();
        assert!(matches!(error, StoreError::NetworkFileSystem { .. }), "{error}");
        assert!(judge(dir, file_system, true).unwrap().is_some(), "allowed, with a warning");
    }
    assert!(judge(dir, by_magic(0x6573_5546), false).unwrap().unwrap().contains("FUSE"));
    assert_eq!(judge(dir, by_magic(0xef53), false).unwrap(), None);
    assert_eq!(crate::os::file_system(Path::new("/proc")).unwrap(), FileSystem::Local);
}

#[tokio::test]
async fn without_a_write_ahead_log_it_works_too() {
    let dir = tempfile::tempdir().unwrap();
    let store =
        Store::open_on(dir.path(), &Options::default(), &MIGRATIONS, FileSystem::Network("NFS")).await;
    assert!(matches!(store, Err(StoreError::NetworkFileSystem { .. })));
    let allowed = Options { allow_network: true, ..Options::default() };
    let store = Store::open_on(dir.path(), &allowed, &MIGRATIONS, FileSystem::Network("NFS")).await.unwrap();
    assert!(store.warning().unwrap().contains("NFS"));
    store.commit(transition(1)).await.unwrap();
    assert!(!dir.path().join("coppice.db-wal").exists());
    assert_eq!(store.load("task").await.unwrap().len(), 1);
    store.close().await.unwrap();
    assert_eq!(open(dir.path()).await.last_seq(), 2);
}
