//! The `entities` table: what is true now, one row for each thing the engine remembers.

use sqlx::sqlite::SqliteConnection;

use crate::commit::Put;
use crate::error::StoreError;
use crate::events::clamp;
use crate::open::Store;

/// One row of current state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    pub kind: String,
    pub key: String,
    /// JSON text.
    pub body: String,
    /// The last event of the batch that wrote it.
    pub seq: u64,
}

impl Store {
    /// All of one kind as (key, body), ordered by key.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Io`], [`StoreError::Busy`] or [`StoreError::Closed`].
    pub async fn load(&self, kind: &str) -> Result<Vec<(String, String)>, StoreError> {
        sqlx::query_as("SELECT key, body FROM entities WHERE kind = ? ORDER BY key")
            .bind(kind)
            .fetch_all(self.readers())
            .await
            .map_err(|e| self.failed(e))
    }

    /// Everything, ordered by kind and key: what the engine starts from.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub async fn load_all(&self) -> Result<Vec<Entity>, StoreError> {
        let rows: Vec<(String, String, String, i64)> =
            sqlx::query_as("SELECT kind, key, body, seq FROM entities ORDER BY kind, key")
                .fetch_all(self.readers())
                .await
                .map_err(|e| self.failed(e))?;
        let entity =
            |(kind, key, body, seq): (_, _, _, i64)| Entity { kind, key, body, seq: seq.unsigned_abs() };
        Ok(rows.into_iter().map(entity).collect())
    }

    /// One body, if there is such an entity.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub async fn get(&self, kind: &str, key: &str) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("SELECT body FROM entities WHERE kind = ? AND key = ?")
            .bind(kind)
            .bind(key)
            .fetch_optional(self.readers())
            .await
            .map_err(|e| self.failed(e))
    }
}

pub(crate) async fn put(connection: &mut SqliteConnection, put: &Put, seq: u64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO entities (kind, key, body, seq) VALUES (?, ?, ?, ?) \
         ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body, seq = excluded.seq",
    )
    .bind(&put.kind)
    .bind(&put.key)
    .bind(&put.body)
    .bind(clamp(seq))
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn delete(
    connection: &mut SqliteConnection,
    kind: &str,
    key: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM entities WHERE kind = ? AND key = ?")
        .bind(kind)
        .bind(key)
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn clear(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM entities").execute(connection).await?;
    Ok(())
}
