//! The `events` table: what happened, in order, never changed.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::commit::ROWS;
use crate::error::StoreError;
use crate::open::Store;

/// One thing that happened. The engine numbers its events: 1, 2, 3 … without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub seq: u64,
    /// Milliseconds since the Unix epoch.
    pub at: i64,
    pub project: Option<String>,
    pub plan: Option<String>,
    pub kind: String,
    /// JSON text.
    pub body: String,
}

/// Which events to read; the default is all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only events after this number (exclusive): what a client that has seen `since` still lacks.
    pub since: u64,
    /// Only events up to this number (inclusive).
    pub until: Option<u64>,
    pub project: Option<String>,
    pub plan: Option<String>,
    /// At most this many, the oldest first.
    pub limit: Option<u64>,
}

impl Store {
    /// The events that match, in order.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Io`], [`StoreError::Busy`] or [`StoreError::Closed`].
    pub async fn events(&self, filter: &Filter) -> Result<Vec<Event>, StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT seq, at, project, plan, type, body FROM events");
        query.push(" WHERE seq > ").push_bind(clamp(filter.since));
        if let Some(until) = filter.until {
            query.push(" AND seq <= ").push_bind(clamp(until));
        }
        if let Some(project) = &filter.project {
            query.push(" AND project = ").push_bind(project);
        }
        if let Some(plan) = &filter.plan {
            query.push(" AND plan = ").push_bind(plan);
        }
        query.push(" ORDER BY seq");
        if let Some(limit) = filter.limit {
            query.push(" LIMIT ").push_bind(clamp(limit));
        }
        let rows = query.build().fetch_all(self.readers()).await;
        rows.and_then(|rows| rows.iter().map(event).collect()).map_err(|e| self.failed(e))
    }
}

pub(crate) async fn last_seq(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let seq: i64 =
        sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM events").fetch_one(connection).await?;
    Ok(seq.unsigned_abs())
}

pub(crate) fn insert(sql: &mut QueryBuilder<Sqlite>, events: &[Event]) {
    for events in events.chunks(ROWS) {
        sql.push("INSERT INTO events (seq, at, project, plan, type, body) ");
        sql.push_values(events, |mut row, event| {
            row.push_bind(clamp(event.seq))
                .push_bind(event.at)
                .push_bind(event.project.clone())
                .push_bind(event.plan.clone())
                .push_bind(event.kind.clone())
                .push_bind(event.body.clone());
        });
        sql.push(";");
    }
}

fn event(row: &SqliteRow) -> Result<Event, sqlx::Error> {
    Ok(Event {
        seq: row.try_get::<i64, _>(0)?.unsigned_abs(),
        at: row.try_get(1)?,
        project: row.try_get(2)?,
        plan: row.try_get(3)?,
        kind: row.try_get(4)?,
        body: row.try_get(5)?,
    })
}

/// SQLite's integers are signed; no store reaches the limit.
pub(crate) fn clamp(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
