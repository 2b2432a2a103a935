//! The world and the store: rows to write after a turn, and the world from its rows.

use store::{Batch, Put, Store, StoreError};

use crate::apply::{Key, Touched, apply, contender, open_plan};
use crate::fact::Entry;
use crate::world::{Attempt, Contender, PlanHead, PlanText, Project, Run, Task, World};

const PROJECT: &str = "project";
const PLAN: &str = "plan";
const PLAN_TEXT: &str = "plan_text";
const TASK: &str = "task";
const ATTEMPT: &str = "attempt";
const RUN: &str = "run";

/// Why the engine's memory can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("The row {kind} {key} can't be read: {source}. Run `coppice doctor --rebuild`.")]
    Row { kind: String, key: String, source: serde_json::Error },
    #[error("Event {seq} can't be read: {source}. It was written by another version of Coppice.")]
    Event { seq: u64, source: serde_json::Error },
}

/// The facts of a turn and the rows that they changed, for one transaction.
pub fn batch(world: &World, entries: &[Entry], touched: &Touched) -> Result<Batch, serde_json::Error> {
    let mut batch = Batch::default();
    for entry in entries {
        let fact = serde_json::to_value(&entry.fact)?;
        let kind = fact.get("fact").and_then(|kind| kind.as_str()).unwrap_or_default().to_owned();
        batch.events.push(store::Event {
            seq: entry.seq,
            at: entry.at_ms,
            project: entry.project.as_ref().map(ToString::to_string),
            plan: entry.plan.as_ref().map(ToString::to_string),
            kind,
            body: fact.to_string(),
        });
    }
    for key in touched {
        let (kind, name) = (kind(key), name(key));
        match body(world, key)? {
            Some(body) => batch.puts.push(Put::new(kind, name, body)),
            None => batch.deletes.push((kind.to_owned(), name)),
        }
    }
    Ok(batch)
}

fn body(world: &World, key: &Key) -> Result<Option<String>, serde_json::Error> {
    let text = |value: Option<Result<String, serde_json::Error>>| value.transpose();
    match key {
        Key::Project(id) => text(world.projects.get(id).map(serde_json::to_string)),
        Key::Plan(id) => text(world.plans.get(id).map(|plan| serde_json::to_string(&plan.head))),
        Key::PlanText(id) => text(world.plans.get(id).map(|plan| serde_json::to_string(&plan.text))),
        Key::Task(plan, task) => {
            text(world.plans.get(plan).and_then(|plan| plan.tasks.get(task)).map(serde_json::to_string))
        }
        Key::Attempt(plan, task, number) => text(
            world
                .plans
                .get(plan)
                .and_then(|plan| plan.attempts.get(&(task.clone(), *number)))
                .map(serde_json::to_string),
        ),
        Key::Run(id) => text(world.runs.get(id).map(serde_json::to_string)),
    }
}

fn kind(key: &Key) -> &'static str {
    match key {
        Key::Project(_) => PROJECT,
        Key::Plan(_) => PLAN,
        Key::PlanText(_) => PLAN_TEXT,
        Key::Task(..) => TASK,
        Key::Attempt(..) => ATTEMPT,
        Key::Run(_) => RUN,
    }
}

fn name(key: &Key) -> String {
    match key {
        Key::Project(id) => id.to_string(),
        Key::Plan(id) | Key::PlanText(id) => id.to_string(),
        Key::Task(plan, task) => format!("{plan}/{task}"),
        Key::Attempt(plan, task, number) => format!("{plan}/{task}/{number:06}"),
        Key::Run(id) => id.to_string(),
    }
}

/// The world from its rows.
pub async fn load(store: &Store) -> Result<World, LoadError> {
    let mut world = World { seq: store.last_seq(), ..World::default() };
    for project in rows::<Project>(store, PROJECT).await? {
        world.projects.insert(project.id.clone(), project);
    }
    let mut texts: std::collections::HashMap<String, PlanText> =
        named_rows(store, PLAN_TEXT).await?.into_iter().collect();
    for head in rows::<PlanHead>(store, PLAN).await? {
        let Some(text) = texts.remove(head.id.as_str()) else { continue };
        let id = head.id.clone();
        if let Some(plan) = open_plan(head, text) {
            world.plans.insert(id, plan);
        }
    }
    for mut task in rows::<Task>(store, TASK).await? {
        if task.contenders.is_empty() {
            // A row from before several could try one task.
            let first = Contender { attempt: task.attempt, ..contender(None, task.stage.clone()) };
            task.contenders.push(first);
        }
        if let Some(plan) = world.plans.get_mut(&task.plan) {
            plan.tasks.insert(task.id.clone(), task);
        }
    }
    for attempt in rows::<Attempt>(store, ATTEMPT).await? {
        if let Some(plan) = world.plans.get_mut(&attempt.plan) {
            plan.activity.note(&attempt);
            plan.attempts.insert(attempt.key(), attempt);
        }
    }
    for run in rows::<Run>(store, RUN).await? {
        if let Some(plan) = world.plans.get_mut(&run.plan).filter(|_| !run.is_over()) {
            plan.activity.runs.insert(run.id.clone());
        }
        world.runs.insert(run.id.clone(), run);
    }
    for plan in world.plans.values_mut() {
        plan.reorder();
    }
    Ok(world)
}

async fn rows<T: serde::de::DeserializeOwned>(store: &Store, kind: &str) -> Result<Vec<T>, LoadError> {
    Ok(named_rows(store, kind).await?.into_iter().map(|(_, row)| row).collect())
}

async fn named_rows<T: serde::de::DeserializeOwned>(
    store: &Store,
    kind: &str,
) -> Result<Vec<(String, T)>, LoadError> {
    let read = |(key, body): (String, String)| match serde_json::from_str(&body) {
        Ok(row) => Ok((key, row)),
        Err(source) => Err(LoadError::Row { kind: kind.to_owned(), key, source }),
    };
    store.load(kind).await?.into_iter().map(read).collect()
}

/// A stored event with its fact.
pub fn entry(event: store::Event) -> Result<Entry, LoadError> {
    let fact =
        serde_json::from_str(&event.body).map_err(|source| LoadError::Event { seq: event.seq, source })?;
    Ok(Entry {
        seq: event.seq,
        at_ms: event.at,
        project: event.project.map(crate::ids::ProjectId::new),
        plan: event.plan.map(crate::ids::PlanId::new),
        fact,
    })
}

/// Folds the whole log anew: the rows that must be there.
pub async fn fold(store: &Store) -> Result<(World, Vec<Put>), LoadError> {
    const PAGE: usize = 5_000;
    let (mut world, mut touched) = (World::default(), Touched::new());
    let mut since = 0;
    loop {
        let filter = store::Filter { since, limit: Some(PAGE as u64), ..store::Filter::default() };
        let page = store.events(&filter).await?;
        let last = page.len() < PAGE;
        for event in page {
            let entry = entry(event)?;
            since = entry.seq;
            apply(&mut world, &entry, &mut touched);
        }
        if last {
            break;
        }
    }
    let mut puts = Vec::new();
    for key in &touched {
        let found = body(&world, key).map_err(|source| LoadError::Row {
            kind: kind(key).to_owned(),
            key: name(key),
            source,
        })?;
        if let Some(body) = found {
            puts.push(Put::new(kind(key), name(key), body));
        }
    }
    Ok((world, puts))
}
