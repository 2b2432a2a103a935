//! Schema changes: they only add, each in one transaction of its own, after a backup copy of a database that
//! exists. An interrupted one leaves the former schema; the next start tries again.

use std::path::{Path, PathBuf};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::SqliteConnection;

use crate::error::StoreError;
use crate::os;

/// The schema of this program.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// How many backups of former schemas are kept.
const BACKUPS: usize = 3;

const APPLICATION_ID: i64 = 0x436F_7070;

/// Brings the database to the schema of `migrations`.
pub(crate) async fn migrate(
    connection: &mut SqliteConnection,
    path: &Path,
    migrations: &Migrator,
) -> Result<(), StoreError> {
    let known = migrations.iter().map(|m| m.version).max().unwrap_or(0);
    let found = version(connection).await.map_err(|e| StoreError::sql(path, e))?;
    match found {
        Found::Foreign => return Err(StoreError::Foreign { path: path.to_path_buf() }),
        Found::Version(found) if found > known => {
            return Err(StoreError::NewerSchema { path: path.to_path_buf(), found, known });
        }
        Found::Version(found) if found == known => {}
        Found::Version(found) => {
            back_up(connection, path, &backup_path(path, found)).await?;
            drop_old_backups(path);
        }
        Found::Empty => {}
    }
    migrations.run_direct(None, connection, false).await.map_err(|error| failed(path, known, error))
}

enum Found {
    Empty,
    Version(i64),
    Foreign,
}

async fn version(connection: &mut SqliteConnection) -> Result<Found, sqlx::Error> {
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .fetch_all(&mut *connection)
        .await?;
    if tables.is_empty() {
        return Ok(Found::Empty);
    }
    if !tables.iter().any(|table| table == "_sqlx_migrations") {
        return Ok(Found::Foreign);
    }
    let version: i64 =
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success")
            .fetch_one(&mut *connection)
            .await?;
    if version == 0 {
        // The first start was cut off between the list of migrations and the first of them.
        return Ok(if tables.len() == 1 { Found::Empty } else { Found::Foreign });
    }
    let id: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?;
    Ok(if id == APPLICATION_ID { Found::Version(version) } else { Found::Foreign })
}

/// Copies the database as it is now, consistent and compact. The copy appears under its name only when it is
/// complete and on disk; an older copy of that name is replaced.
pub(crate) async fn back_up(
    connection: &mut SqliteConnection,
    path: &Path,
    to: &Path,
) -> Result<(), StoreError> {
    let part = with_suffix(to, ".part");
    let text = part.to_str().ok_or_else(|| {
        let error = std::io::Error::new(std::io::ErrorKind::InvalidInput, "the path is not valid UTF-8");
        StoreError::io(&part, error)
    })?;
    remove_if_there(&part)?;
    // SQLite fills an empty file that exists, and so the copy has our permissions from its first byte.
    os::private_file(&part).map_err(|e| StoreError::io(&part, e))?;
    let copied = sqlx::query("VACUUM INTO ?").bind(text).execute(&mut *connection).await;
    if let Err(error) = copied {
        remove_if_there(&part)?;
        return Err(StoreError::sql(path, error));
    }
    let published = std::fs::File::open(&part)
        .and_then(|file| file.sync_all())
        .and_then(|()| std::fs::rename(&part, to))
        .and_then(|()| os::sync_dir(to.parent().unwrap_or(Path::new("."))));
    published.map_err(|e| StoreError::io(to, e))
}

fn failed(path: &Path, known: i64, error: MigrateError) -> StoreError {
    let path = path.to_path_buf();
    match error {
        MigrateError::ExecuteMigration(error, version) => match StoreError::sql(&path, error) {
            StoreError::Refused { source } => StoreError::Migration { path, version, source },
            other => other,
        },
        MigrateError::Execute(error) => StoreError::sql(&path, error),
        MigrateError::VersionMismatch(version) | MigrateError::VersionMissing(version) => {
            StoreError::Migration { path, version, source: error.into() }
        }
        error => StoreError::Migration { path, version: known, source: error.into() },
    }
}

fn backup_path(path: &Path, version: i64) -> PathBuf {
    with_suffix(path, &format!(".backup-v{version}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(path, error)),
        _ => Ok(()),
    }
}

/// The backups beside the database, newest schema first.
pub(crate) fn backups(path: &Path) -> Vec<(i64, PathBuf)> {
    let (Some(dir), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str())) else {
        return Vec::new();
    };
    let prefix = format!("{name}.backup-v");
    let mut found: Vec<(i64, PathBuf)> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(&prefix)?.parse().ok()?;
            Some((version, entry.path()))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found
}

fn drop_old_backups(path: &Path) {
    for (_, old) in backups(path).into_iter().skip(BACKUPS) {
        // A backup that stays too long harms nobody.
        if let Err(error) = std::fs::remove_file(&old) {
            tracing::warn!(path = %old.display(), %error, "an old backup cannot be removed");
        }
    }
}
