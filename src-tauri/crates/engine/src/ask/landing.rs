//! Requests about the landing list: queue, tip and upstream; fetch and push.

use protocol::{Error, ErrorCode, Reply};

use super::{Answer, git_error, look_at_plan, store_error};
use crate::act::sentence;
use crate::serve::Engine;
use crate::{keep, view};

pub(super) async fn landing(engine: &Engine, plan: String) -> Answer {
    let wanted = plan.clone();
    let (events, _) = landed_events(engine, &plan).await?;
    let (project, target, titles) = look_at_plan(engine, wanted, |world, plan, _| {
        let titles: std::collections::HashMap<String, String> =
            plan.doc.tasks.iter().map(|task| (task.id.to_string(), task.name().to_owned())).collect();
        Ok((world.projects.get(&plan.head.project).cloned(), plan.head.target.clone(), titles))
    })
    .await?;
    let target = match project.and_then(|project| engine.actor.repo(&project).ok()) {
        Some(repo) => view::Target {
            tip: repo.branch(&target).await.ok().flatten().map(|tip| tip.to_string()),
            upstream: repo.upstream(&target).await.ok().flatten().map(|upstream| shown_upstream(&upstream)),
        },
        None => view::Target::default(),
    };
    let landed: Vec<protocol::LandedEntry> = events
        .into_iter()
        .rev()
        .map(|(task, commit, previous, at_ms)| protocol::LandedEntry {
            title: titles.get(&task).cloned().unwrap_or_else(|| task.clone()),
            task,
            commit,
            previous,
            at_ms,
        })
        .collect();
    look_at_plan(engine, plan, move |world, plan, _| {
        Ok(Reply::Landing(view::landing(world, plan, target, &landed)))
    })
    .await
}

type LandedEvent = (String, String, String, i64);

async fn landed_events(engine: &Engine, plan: &str) -> Result<(Vec<LandedEvent>, u64), Error> {
    let filter = store::Filter { plan: Some(plan.to_owned()), ..store::Filter::default() };
    let stored = engine.store.events(&filter).await.map_err(store_error)?;
    let mut found = Vec::new();
    let mut last = 0;
    for event in stored.into_iter().filter(|event| event.kind == "landed") {
        let entry = keep::entry(event).map_err(|error| Error::new(ErrorCode::Store, error.to_string()))?;
        last = entry.seq;
        if let crate::fact::Fact::Landed { task, commit, previous, .. } = entry.fact {
            found.push((task.to_string(), commit.to_string(), previous.to_string(), entry.at_ms));
        }
    }
    Ok((found, last))
}

fn shown_upstream(upstream: &repo::Upstream) -> protocol::Upstream {
    let branch = upstream.merge.strip_prefix("refs/heads/").unwrap_or(&upstream.merge);
    protocol::Upstream {
        name: format!("{}/{branch}", upstream.remote),
        ahead: u32::try_from(upstream.ahead).unwrap_or(u32::MAX),
        behind: u32::try_from(upstream.behind).unwrap_or(u32::MAX),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exchange {
    Fetch,
    Push,
}

/// Fetches or pushes what a plan's target follows, as the person would.
pub(super) async fn exchange(engine: &Engine, plan: String, exchange: Exchange) -> Answer {
    let (project, target) = look_at_plan(engine, plan, |world, plan, _| {
        Ok((world.projects.get(&plan.head.project).cloned(), plan.head.target.clone()))
    })
    .await?;
    let project = project.ok_or_else(|| Error::new(ErrorCode::NotFound, "The project was closed."))?;
    let repo = engine.actor.repo(&project).map_err(git_error)?;
    let failed = |error: repo::Error| git_error(sentence(&error));
    let upstream = repo.upstream(&target).await.map_err(failed)?.ok_or_else(|| {
        git_error(format!("{target} follows no branch of a remote."))
            .hint(format!("Set one: `git push --set-upstream origin {target}`."))
    })?;
    let environment = engine.actor.environment().await.with(&[], &[]);
    match exchange {
        Exchange::Fetch => repo.fetch(&upstream.remote, &environment).await,
        Exchange::Push => repo.push(&target, &upstream, &environment).await,
    }
    .map_err(failed)?;
    Ok(Reply::Done)
}
