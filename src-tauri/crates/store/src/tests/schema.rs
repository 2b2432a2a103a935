//! Schema changes, and files that are not ours to change.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{ConnectOptions, SqlSafeStr};

use super::{open, transition};
use crate::migrate::MIGRATIONS;
use crate::{Options, Store, StoreError};

/// Our migrations and one more, from this text.
fn with_next(sql: &'static str) -> Migrator {
    let mut migrations: Vec<Migration> = MIGRATIONS.iter().cloned().collect();
    let version = migrations.last().unwrap().version + 1;
    migrations.push(Migration::new(version, "next".into(), MigrationType::Simple, sql.into_sql_str(), false));
    Migrator::with_migrations(migrations)
}

const NEXT: &str = "
    CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
    INSERT INTO notes (body) SELECT body FROM events;
    ALTER TABLE settings ADD COLUMN at INTEGER;
    CREATE INDEX notes_by_body ON notes (body);
";

async fn open_next(dir: &Path, sql: &'static str) -> Result<Store, StoreError> {
    Store::open_with(dir, &Options::default(), &with_next(sql)).await
}

async fn tables(path: &Path) -> Vec<String> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut connection = options.connect().await.unwrap();
    sqlx::query_scalar("SELECT name FROM sqlite_schema ORDER BY name")
        .fetch_all(&mut connection)
        .await
        .unwrap()
}

/// A store with two events, closed.
async fn former() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    store.commit(transition(1)).await.unwrap();
    store.close().await.unwrap();
    dir
}

#[tokio::test]
async fn a_migration_keeps_the_data_and_a_backup() {
    let dir = former().await;
    let store = open_next(dir.path(), NEXT).await.unwrap();
    assert_eq!(store.last_seq(), 2);
    let backup = dir.path().join("coppice.db.backup-v1");
    assert_eq!(store.backups(), std::slice::from_ref(&backup));
    assert_eq!(backup.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(tables(store.path()).await.contains(&"notes".to_owned()));

    // The backup is a whole database of the former schema.
    let restored = tempfile::tempdir().unwrap();
    std::fs::copy(&backup, restored.path().join("coppice.db")).unwrap();
    assert_eq!(open(restored.path()).await.last_seq(), 2);
}

#[tokio::test]
async fn a_failing_statement_leaves_the_former_schema() {
    const BROKEN: [&str; 4] = [
        "NONSENSE; CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT;",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT; NONSENSE;",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT; ALTER TABLE settings ADD COLUMN at INTEGER; NONSENSE;",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT; INSERT INTO notes VALUES (1); \
         INSERT INTO notes VALUES (1);",
    ];
    let dir = former().await;
    let before = tables(&dir.path().join("coppice.db")).await;
    for sql in BROKEN {
        let error = open_next(dir.path(), sql).await.unwrap_err();
        assert!(matches!(error, StoreError::Migration { version: 2, .. }), "{error}");
        assert_eq!(tables(&dir.path().join("coppice.db")).await, before);
        let store = open(dir.path()).await;
        assert_eq!(store.last_seq(), 2);
        store.close().await.unwrap();
    }
    assert_eq!(open_next(dir.path(), NEXT).await.unwrap().last_seq(), 2);
}

/// The child's part: opens with the next schema and kills itself with -9 after so many steps of SQLite's machine.
#[tokio::test]
async fn migrates_and_dies() {
    let Some(dir) = std::env::var_os("STORE_TEST_CHILD") else { return };
    let steps: i32 = std::env::var("STORE_TEST_STEPS").unwrap().parse().unwrap();
    let path = Path::new(&dir).join("coppice.db");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    let mut connection = options.connect().await.unwrap();
    let mut left = steps;
    connection.lock_handle().await.unwrap().set_progress_handler(1, move || {
        left -= 1;
        if left == 0 {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        }
        true
    });
    crate::migrate::migrate(&mut connection, &path, &with_next(NEXT)).await.unwrap();
    println!("survived");
}

#[tokio::test]
async fn a_migration_cut_off_anywhere_leaves_old_or_new() {
    let former = former().await;
    let (mut old, mut new, mut survived) = (0, 0, false);
    let mut steps = 1;
    while !survived {
        let dir = tempfile::tempdir().unwrap();
        std::fs::copy(former.path().join("coppice.db"), dir.path().join("coppice.db")).unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["tests::schema::migrates_and_dies", "--exact", "--nocapture"])
            .env("STORE_TEST_CHILD", dir.path())
            .env("STORE_TEST_STEPS", steps.to_string())
            .output()
            .unwrap();
        survived = String::from_utf8_lossy(&output.stdout).contains("survived");
        assert!(survived || output.status.code().is_none(), "killed, not failed: {output:?}");
        match tables(&dir.path().join("coppice.db")).await {
            names if names.contains(&"notes_by_body".to_owned()) => {
                assert!(names.contains(&"notes".to_owned()));
                new += 1;
            }
            names => {
                assert!(!names.contains(&"notes".to_owned()), "half a schema: {names:?}");
                old += 1;
            }
        }
        let store = open_next(dir.path(), NEXT).await.unwrap();
        assert_eq!(store.last_seq(), 2);
        assert_eq!(store.load("task").await.unwrap().len(), 1);
        store.check().await.unwrap();
        store.close().await.unwrap();
        assert!(!dir.path().join("coppice.db.backup-v1.part").exists(), "no half backup is left");
        // Every step of the beginning would take minutes; a widening stride still meets every statement.
        steps += 1 + steps / 12;
    }
    assert!(old > 10 && new > 0, "{old} old, {new} new");
}

#[tokio::test]
async fn a_newer_schema_is_refused_untouched() {
    let dir = former().await;
    open_next(dir.path(), NEXT).await.unwrap().close().await.unwrap();
    let before = std::fs::read(dir.path().join("coppice.db")).unwrap();
    let error = Store::open(dir.path(), &Options::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::NewerSchema { found: 2, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("Update this Coppice"), "{error}");
    assert_eq!(std::fs::read(dir.path().join("coppice.db")).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_not_ours_is_refused_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("coppice.db");
    std::fs::write(
        &path,
        b"this is a letter and no database, and it is long enough for a header of one hundred bytes, I hope.",
    )
    .unwrap();
    let error = Store::open(dir.path(), &Options::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(std::fs::read(&path).unwrap().starts_with(b"this is a letter"));

    std::fs::remove_file(&path).unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut other = options.connect().await.unwrap();
    sqlx::query("CREATE TABLE bookmarks (url TEXT)").execute(&mut other).await.unwrap();
    let error = Store::open(dir.path(), &Options::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert_eq!(tables(&path).await, ["bookmarks"]);
}

#[tokio::test]
async fn damage_is_found_at_open() {
    use std::io::{Seek, SeekFrom, Write};
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for n in 0..100 {
        store.commit(transition(n * 2 + 1)).await.unwrap();
    }
    store.close().await.unwrap();
    let path = dir.path().join("coppice.db");
    let mut file = std::fs::File::options().write(true).open(&path).unwrap();
    let length = file.metadata().unwrap().len();
    file.seek(SeekFrom::Start(length / 2)).unwrap();
    file.write_all(&[0xa5; 6000]).unwrap();
    let error = Store::open(dir.path(), &Options::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    assert!(
        error.to_string().contains("copy the newest coppice.db.backup-* beside it to coppice.db"),
        "{error}"
    );
}

#[tokio::test]
async fn only_the_last_backups_stay() {
    let dir = former().await;
    for version in [-9, -8, -7, -6] {
        std::fs::write(dir.path().join(format!("coppice.db.backup-v{version}")), b"old").unwrap();
    }
    let store = open_next(dir.path(), NEXT).await.unwrap();
    let names: Vec<_> =
        store.backups().iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["coppice.db.backup-v1", "coppice.db.backup-v-6", "coppice.db.backup-v-7"]);
}

#[tokio::test]
async fn files_are_private() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("a/b");
    let store = open(&dir).await;
    store.commit(transition(1)).await.unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    for name in ["coppice.db", "coppice.db-wal", "coppice.db-shm", "coppice.seq"] {
        assert_eq!(mode(&dir.join(name)), 0o600, "{name}");
    }
}
