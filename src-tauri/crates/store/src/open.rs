//! Opening and closing the database, and watching that it stays the same file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Mutex;

use crate::error::StoreError;
use crate::mark::{Loss, Mark};
use crate::migrate::{MIGRATIONS, migrate};
use crate::os::{FileSystem, Identity};
use crate::{events, os};

/// The database's file in the data directory.
const FILE: &str = "coppice.db";
const MARK: &str = "coppice.seq";

/// A larger file is checked at open only after an unclean end: the check reads all of it (about 1 s a gigabyte).
const ALWAYS_CHECKED: u64 = 256 * 1024 * 1024;

const READERS: u32 = 2;

/// How to open a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Open even on a network file system. SQLite then works without its write-ahead log, slower and still not
    /// safe against a second machine.
    pub allow_network: bool,
    /// How long to wait for a lock that another program holds.
    pub busy_timeout: Duration,
    /// The database file never grows beyond this many bytes; a commit that would is refused as full.
    pub max_bytes: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Options { allow_network: false, busy_timeout: Duration::from_secs(5), max_bytes: None }
    }
}

/// The open database. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) path: PathBuf,
    readers: SqlitePool,
    /// `None` once closed.
    pub(crate) writer: Mutex<Option<Writer>>,
    pub(crate) last_seq: AtomicU64,
    /// The database and its -wal and -shm as they were opened.
    files: Vec<(PathBuf, Identity)>,
    loss: Option<Loss>,
    warning: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) connection: SqliteConnection,
    pub(crate) mark: Option<Mark>,
}

impl Store {
    /// Opens the database `coppice.db` in `dir`, creates both if they are not there (0600 in 0700), checks it and
    /// brings its schema up to date. The caller holds the lock of the data directory.
    ///
    /// # Errors
    /// Every one of [`StoreError`]; each leaves an existing database as it was.
    pub async fn open(dir: &Path, options: &Options) -> Result<Store, StoreError> {
        Store::open_with(dir, options, &MIGRATIONS).await
    }

    pub(crate) async fn open_with(
        dir: &Path,
        options: &Options,
        migrations: &Migrator,
    ) -> Result<Store, StoreError> {
        os::private_dir(dir).map_err(|e| StoreError::io(dir, e))?;
        let file_system = os::file_system(dir).map_err(|e| StoreError::io(dir, e))?;
        Store::open_on(dir, options, migrations, file_system).await
    }

    pub(crate) async fn open_on(
        dir: &Path,
        options: &Options,
        migrations: &Migrator,
        file_system: FileSystem,
    ) -> Result<Store, StoreError> {
        let warning = judge(dir, file_system, options.allow_network)?;
        let path = dir.join(FILE);
        let unclean = beside(&path, "-wal").exists();
        os::private_file(&path).map_err(|e| StoreError::io(&path, e))?;

        let failed = |e| StoreError::sql(&path, e);
        let connect = connect_options(&path, options, file_system);
        let mut connection = connect.connect().await.map_err(failed)?;
        if unclean || std::fs::metadata(&path).is_ok_and(|m| m.len() <= ALWAYS_CHECKED) {
            check(&mut connection, &path).await?;
        }
        migrate(&mut connection, &path, migrations).await?;
        if let Some(bytes) = options.max_bytes {
            limit(&mut connection, bytes).await.map_err(failed)?;
        }
        let last_seq = events::last_seq(&mut connection).await.map_err(failed)?;
        let id: String =
            sqlx::query_scalar("SELECT id FROM identity").fetch_one(&mut connection).await.map_err(failed)?;
        let mark_path = dir.join(MARK);
        let (mark, loss) =
            match os::private_file(&mark_path).and_then(|()| Mark::open(&mark_path, id, last_seq)) {
                Ok((mark, loss)) => (Some(mark), loss),
                // The mark is a witness, not a need.
                Err(error) => {
                    tracing::warn!(%error, path = %mark_path.display(), "the mark cannot be opened");
                    (None, None)
                }
            };
        let readers = SqlitePoolOptions::new()
            .min_connections(1)
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(connect.read_only(true).create_if_missing(false))
            .await
            .map_err(failed)?;
        // After the first reads the -wal and the -shm exist and stay until the last connection closes.
        let files = [path.clone(), beside(&path, "-wal"), beside(&path, "-shm")]
            .into_iter()
            .filter_map(|path| Some((os::identity(&path).ok()??, path)))
            .map(|(identity, path)| (path, identity))
            .collect();
        if let Some(loss) = &loss {
            tracing::warn!("{loss}");
        }
        let shared = Shared {
            path,
            readers,
            writer: Mutex::new(Some(Writer { connection, mark })),
            last_seq: AtomicU64::new(last_seq),
            files,
            loss,
            warning,
        };
        Ok(Store { shared: Arc::new(shared) })
    }

    /// The database's file.
    pub fn path(&self) -> &Path {
        &self.shared.path
    }

    /// The number of the last event on disk; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.shared.last_seq.load(Ordering::Acquire)
    }

    /// The number that the next event must carry.
    pub fn next_seq(&self) -> u64 {
        self.last_seq() + 1
    }

    /// Acknowledged events that were missing at open.
    pub fn loss(&self) -> Option<Loss> {
        self.shared.loss
    }

    /// What is doubtful about where the database lies, in one sentence for doctor.
    pub fn warning(&self) -> Option<&str> {
        self.shared.warning.as_deref()
    }

    /// Backups of former schemas beside the database, newest first.
    pub fn backups(&self) -> Vec<PathBuf> {
        crate::migrate::backups(&self.shared.path).into_iter().map(|(_, path)| path).collect()
    }

    /// Reads the whole database for damage (doctor): slower and more thorough than the check at open.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with what was found; [`StoreError::Vanished`]; [`StoreError::Io`].
    pub async fn check(&self) -> Result<(), StoreError> {
        self.shared.still_there()?;
        let rows: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(10)")
            .fetch_all(self.readers())
            .await
            .map_err(|e| self.failed(e))?;
        verdict(rows, &self.shared.path)
    }

    /// Moves everything from the -wal into the database and closes it. Later calls answer [`StoreError::Closed`].
    ///
    /// # Errors
    /// [`StoreError::Io`] or [`StoreError::Full`] where the last checkpoint fails; nothing is lost by that.
    pub async fn close(&self) -> Result<(), StoreError> {
        let Some(Writer { mut connection, .. }) = self.shared.writer.lock().await.take() else {
            return Ok(());
        };
        self.shared.readers.close().await;
        let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await;
        let closed = connection.close().await;
        checkpoint.map(drop).and(closed).map_err(|e| self.failed(e))
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.shared.readers
    }

    pub(crate) fn failed(&self, error: sqlx::Error) -> StoreError {
        StoreError::sql(&self.shared.path, error)
    }
}

impl Shared {
    /// SQLite goes on writing into a file that has lost its name. So its name is looked up before and after.
    pub(crate) fn still_there(&self) -> Result<(), StoreError> {
        for (path, identity) in &self.files {
            let now = os::identity(path).map_err(|e| StoreError::io(path, e))?;
            if now != Some(*identity) {
                return Err(StoreError::Vanished { path: path.clone() });
            }
        }
        Ok(())
    }
}

fn connect_options(path: &Path, options: &Options, file_system: FileSystem) -> SqliteConnectOptions {
    let journal = match file_system {
        FileSystem::Local | FileSystem::Doubtful(_) => SqliteJournalMode::Wal,
        // The write-ahead log needs memory shared by all who open the file.
        FileSystem::Network(_) => SqliteJournalMode::Delete,
    };
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(journal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(options.busy_timeout)
        .disable_statement_logging()
}

pub(crate) fn judge(
    dir: &Path,
    file_system: FileSystem,
    allow_network: bool,
) -> Result<Option<String>, StoreError> {
    let dir = dir.to_path_buf();
    match file_system {
        FileSystem::Local => Ok(None),
        FileSystem::Network(kind) if !allow_network => Err(StoreError::NetworkFileSystem { path: dir, kind }),
        FileSystem::Doubtful(kind) | FileSystem::Network(kind) => Ok(Some(format!(
            "The data directory {} is on {kind}, where a power cut or a second machine can damage the database. \
             Name a directory on a local disk with COPPICE_HOME.",
            dir.display()
        ))),
    }
}

async fn check(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let rows: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(5)")
        .fetch_all(connection)
        .await
        .map_err(|e| StoreError::sql(path, e))?;
    verdict(rows, path)
}

fn verdict(rows: Vec<String>, path: &Path) -> Result<(), StoreError> {
    if rows.iter().all(|row| row == "ok") {
        return Ok(());
    }
    Err(StoreError::Corrupt { path: path.to_path_buf(), detail: rows.join("; ") })
}

async fn limit(connection: &mut SqliteConnection, bytes: u64) -> Result<(), sqlx::Error> {
    let page: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut *connection).await?;
    let pages = bytes / page.unsigned_abs().max(1);
    // A pragma takes no bound value; the number is our own.
    let text = format!("PRAGMA max_page_count = {}", pages.max(1));
    sqlx::query(sqlx::AssertSqlSafe(text)).fetch_one(connection).await?;
    Ok(())
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
