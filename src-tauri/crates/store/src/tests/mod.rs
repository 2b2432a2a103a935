//! Tests on real files. Children are this test program again, started for one test of it.

mod commits;
mod crash;
#[cfg(unix)]
mod schema;
#[cfg(target_os = "linux")]
mod space;

use std::path::Path;

use crate::{Batch, Event, Options, Put, Store};

async fn open(dir: &Path) -> Store {
    Store::open(dir, &Options::default()).await.unwrap()
}

fn event(seq: u64, kind: &str) -> Event {
    Event {
        seq,
        at: 1_700_000_000_000 + seq as i64,
        project: Some("/repo".into()),
        plan: Some("p1".into()),
        kind: kind.into(),
        body: format!("{{\"n\":{seq}}}"),
    }
}

/// Two events and three entities, as a transition of a task writes them.
fn transition(seq: u64) -> Batch {
    Batch {
        events: vec![event(seq, "run.exited"), event(seq + 1, "task.moved")],
        deletes: vec![],
        puts: vec![
            Put::new("task", "t1", format!("{{\"seq\":{seq}}}")),
            Put::new("run", format!("r{}", seq % 50), "{\"code\":0}"),
            Put::new("plan", "p1", "{\"title\":\"Retry\"}"),
        ],
    }
}
