//! The `entities` table: what is true now, one row for each thing the engine remembers.

use sqlx::{QueryBuilder, Sqlite};

use crate::commit::{Put, ROWS};
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

pub(crate) fn put(sql: &mut QueryBuilder<Sqlite>, puts: &[Put], seq: u64) {
    for puts in puts.chunks(ROWS) {
        sql.push("INSERT INTO entities (kind, key, body, seq) ");
        sql.push_values(puts, |mut row, put| {
            row.push_bind(put.kind.clone())
                .push_bind(put.key.clone())
                .push_bind(put.body.clone())
                .push_bind(clamp(seq));
        });
        sql.push(" ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body, seq = excluded.seq;");
    }
}

pub(crate) fn delete(sql: &mut QueryBuilder<Sqlite>, keys: &[(String, String)]) {
    for (kind, key) in keys {
        sql.push("DELETE FROM entities WHERE kind = ").push_bind(kind.clone());
        sql.push(" AND key = ").push_bind(key.clone()).push(";");
    }
}

pub(crate) fn clear(sql: &mut QueryBuilder<Sqlite>) {
    sql.push("DELETE FROM entities;");
}
