//! Writing: one connection, one transaction at a time, on disk before anybody hears of it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use sqlx::QueryBuilder;
use sqlx::sqlite::SqliteConnection;

use crate::error::StoreError;
use crate::events::Event;
use crate::open::{Shared, Store, Writer};
use crate::{entities, events, migrate, settings};

/// What one transaction writes: events, and the state that follows from them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Numbered from [`Store::next_seq`] on, without gaps.
    pub events: Vec<Event>,
    /// (kind, key) of entities that are no more. Applied before `puts`.
    pub deletes: Vec<(String, String)>,
    pub puts: Vec<Put>,
}

/// An entity's new body, whether it existed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Put {
    pub kind: String,
    pub key: String,
    /// JSON text.
    pub body: String,
}

impl Put {
    pub fn new(kind: impl Into<String>, key: impl Into<String>, body: impl Into<String>) -> Self {
        Put { kind: kind.into(), key: key.into(), body: body.into() }
    }
}

impl Store {
    /// Writes the batch in one transaction. When it returns, all of it is on disk; on an error, none of it is.
    /// Returns the number of the last event now in the store.
    ///
    /// Dropping the future does not cut the transaction in two: once begun it runs to its end.
    ///
    /// # Errors
    /// [`StoreError::Order`] for a wrong number, [`StoreError::Full`], [`StoreError::Vanished`],
    /// [`StoreError::Busy`], [`StoreError::Refused`] (a body that is no JSON), [`StoreError::Io`],
    /// [`StoreError::Corrupt`], [`StoreError::Closed`].
    pub async fn commit(&self, batch: Batch) -> Result<u64, StoreError> {
        self.write(Change::Batch(batch)).await
    }

    /// Replaces all current state, in one transaction: what `doctor --rebuild` folded from the events.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub async fn replace_entities(&self, puts: Vec<Put>) -> Result<(), StoreError> {
        self.write(Change::Replace(puts)).await.map(drop)
    }

    /// Chooses a setting (JSON text), or takes the choice back with `None`.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub async fn set_setting(&self, key: &str, body: Option<&str>) -> Result<(), StoreError> {
        self.write(Change::Setting(key.to_owned(), body.map(str::to_owned))).await.map(drop)
    }

    /// Writes a consistent copy of the database to `to`, replacing what is there. Works also after the database's
    /// own file was deleted under the running engine: the open file still has everything.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Io`], [`StoreError::Closed`].
    pub async fn back_up(&self, to: &Path) -> Result<(), StoreError> {
        let mut writer = self.shared.writer.lock().await;
        let Writer { connection, .. } = writer.as_mut().ok_or(StoreError::Closed)?;
        migrate::back_up(connection, &self.shared.path, to).await
    }

    async fn write(&self, change: Change) -> Result<u64, StoreError> {
        let shared = Arc::clone(&self.shared);
        match tokio::spawn(async move { shared.write(change).await }).await {
            Ok(result) => result,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The runtime is going down.
            Err(_) => Err(StoreError::Closed),
        }
    }
}

enum Change {
    Batch(Batch),
    Replace(Vec<Put>),
    Setting(String, Option<String>),
}

impl Shared {
    async fn write(&self, change: Change) -> Result<u64, StoreError> {
        let mut writer = self.writer.lock().await;
        let Writer { connection, mark } = writer.as_mut().ok_or(StoreError::Closed)?;
        let last = self.last_seq.load(Ordering::Acquire);
        let seq = match &change {
            Change::Batch(batch) => numbered(last, &batch.events)?,
            Change::Replace(_) | Change::Setting(..) => last,
        };
        self.still_there()?;
        let written = transaction(connection, &change, seq).await;
        written.map_err(|error| StoreError::sql(&self.path, error))?;
        // A file that was taken away in the meantime holds the change, but nobody will ever read it there.
        self.still_there()?;
        self.last_seq.store(seq, Ordering::Release);
        if seq != last
            && let Some(mark) = mark
            && let Err(error) = mark.set(seq)
        {
            tracing::warn!(%error, "the mark beside the database cannot be written");
        }
        Ok(seq)
    }
}

/// The number after these events, if they follow `last` without a gap.
fn numbered(last: u64, events: &[Event]) -> Result<u64, StoreError> {
    events.iter().try_fold(last, |last, event| {
        if event.seq == last + 1 {
            Ok(event.seq)
        } else {
            Err(StoreError::Order { expected: last + 1, found: event.seq })
        }
    })
}

/// The whole transaction goes to SQLite's thread in one message: a message costs more than a row.
async fn transaction(
    connection: &mut SqliteConnection,
    change: &Change,
    seq: u64,
) -> Result<(), sqlx::Error> {
    let mut sql = QueryBuilder::new("BEGIN IMMEDIATE;");
    let rows = match change {
        Change::Batch(batch) => {
            events::insert(&mut sql, &batch.events);
            entities::delete(&mut sql, &batch.deletes);
            entities::put(&mut sql, &batch.puts, seq);
            batch.events.len() + batch.deletes.len() + batch.puts.len()
        }
        Change::Replace(puts) => {
            entities::clear(&mut sql);
            entities::put(&mut sql, puts, seq);
            puts.len()
        }
        Change::Setting(key, body) => {
            settings::set(&mut sql, key, body.as_deref());
            1
        }
    };
    sql.push("COMMIT");
    let written = sql.build().persistent(rows <= REMEMBERED).execute(&mut *connection).await;
    if written.is_err() {
        // SQLite ends some failed transactions itself (disk full, I/O error) and then refuses this one.
        let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
    }
    written.map(drop)
}

/// Transactions of up to so many rows keep their prepared statements; larger ones hardly come twice.
const REMEMBERED: usize = 16;

/// Rows of one INSERT, far below SQLite's limit of 32,766 bound values.
pub(crate) const ROWS: usize = 100;
