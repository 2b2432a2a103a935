use std::collections::BTreeSet;
use std::process::ExitCode;

use client::{Feed, Heard};
use protocol::{Event, Notice, Request};

use super::print;
use crate::args::Events;
use crate::display::{json, plain};
use crate::engine::{Engine, reply};
use crate::failure::{DONE, Failure};
use crate::find;
use crate::signals::Interrupts;

const PAGE: u32 = 1000;

/// Which events are wanted.
enum Wanted {
    All,
    Project(String),
    Plans(BTreeSet<String>),
}

impl Wanted {
    fn has(&self, event: &Event) -> bool {
        match self {
            Wanted::All => true,
            Wanted::Project(project) => event.project.as_ref() == Some(project),
            Wanted::Plans(plans) => event.plan.as_ref().is_some_and(|plan| plans.contains(plan)),
        }
    }
}

pub(crate) async fn events(words: Events) -> Result<ExitCode, Failure> {
    let mut engine = Engine::find().await?;
    let wanted = match (&words.which.plan, &words.which.repo) {
        (Some(_), _) => {
            let plans = find::plans(&engine, &words.which).await?;
            Wanted::Plans(plans.into_iter().map(|plan| plan.id).collect())
        }
        (None, Some(repo)) => Wanted::Project(find::project(&engine, repo).await?.id),
        (None, None) => Wanted::All,
    };
    let mut since = words.since;
    loop {
        let request = Request::Events { since, limit: PAGE, plan: None };
        let page = reply!(engine.insist(request).await?, Events)?;
        let Some(last) = page.last() else { break };
        since = last.seq;
        for event in page.iter().filter(|event| wanted.has(event)) {
            show(event, words.json)?;
        }
    }
    if words.follow { go_on(engine, since, &wanted, words.json).await } else { Ok(DONE) }
}

async fn go_on(engine: Engine, since: u64, wanted: &Wanted, as_json: bool) -> Result<ExitCode, Failure> {
    let mut signals = Interrupts::listen()?;
    let mut feed = Feed::open(engine.starter.clone(), since).await?;
    let mut shown = since;
    loop {
        let heard = tokio::select! {
            () = signals.next() => return Ok(DONE),
            heard = feed.next() => heard?,
        };
        match heard {
            Heard::Notice(Notice::Event { event }) => {
                shown = event.seq;
                if wanted.has(&event) {
                    show(&event, as_json)?;
                }
            }
            Heard::Notice(Notice::Lagged { .. }) => feed = Feed::open(engine.starter.clone(), shown).await?,
            Heard::Notice(Notice::Action { .. } | Notice::Trouble { .. })
            | Heard::Lost
            | Heard::Reconnected(_) => {}
        }
    }
}

fn show(event: &Event, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return Ok(json::line(event)?);
    }
    match plain::sentence(event) {
        Some(sentence) => {
            let plan = event.plan.as_deref().map(|plan| format!("[{plan}] ")).unwrap_or_default();
            print(&format!("{:>6} {} {plan}{sentence}\n", event.seq, event.at))
        }
        None => Ok(()),
    }
}
