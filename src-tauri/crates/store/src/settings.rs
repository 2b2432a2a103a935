//! The `settings` table: what the user chose. Not events: they are not folded and not rebuilt.

use sqlx::{QueryBuilder, Sqlite};

use crate::error::StoreError;
use crate::open::Store;

impl Store {
    /// All settings as (key, JSON text), ordered by key.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub async fn settings(&self) -> Result<Vec<(String, String)>, StoreError> {
        sqlx::query_as("SELECT key, body FROM settings ORDER BY key")
            .fetch_all(self.readers())
            .await
            .map_err(|e| self.failed(e))
    }

    /// One setting's JSON text, if it was chosen.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        sqlx::query_scalar("SELECT body FROM settings WHERE key = ?")
            .bind(key)
            .fetch_optional(self.readers())
            .await
            .map_err(|e| self.failed(e))
    }
}

/// Writes one setting, or takes it back with `None`.
pub(crate) fn set(sql: &mut QueryBuilder<Sqlite>, key: &str, body: Option<&str>) {
    match body {
        Some(body) => {
            sql.push("INSERT INTO settings (key, body) VALUES (").push_bind(key.to_owned());
            sql.push(", ").push_bind(body.to_owned());
            sql.push(") ON CONFLICT (key) DO UPDATE SET body = excluded.body;");
        }
        None => {
            sql.push("DELETE FROM settings WHERE key = ").push_bind(key.to_owned()).push(";");
        }
    }
}
