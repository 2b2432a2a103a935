//! Between agents and persons: what hooks say, answers, messages.

use plan::Stage;
use protocol::{AgentAnswer, Error, ErrorCode, Reply};

use super::{Answer, look_at_plan, no_task, task_id};
use crate::ids::RunId;
use crate::serve::Engine;
use crate::world::{Contender, RunKind};

/// What an agent is told when a person refuses without a word.
const REFUSED: &str = "The person at Coppice refused this. Go on without it, or stop and say what you need.";

pub(super) async fn hook(engine: &Engine, run: String, token: &str, said: &str, again: bool) -> Answer {
    let id = RunId::new(run);
    if !engine.actor.is_token(&id, token) {
        return Err(Error::new(ErrorCode::Forbidden, "This token is not that run's."));
    }
    let known = id.clone();
    if !engine.look(move |world| world.runs.get(&known).is_some_and(|run| !run.is_over())).await? {
        return Err(Error::new(ErrorCode::NotFound, format!("There is no living run {id}.")));
    }
    Ok(Reply::Text(engine.actor.hook(id, said, again).await))
}

pub(super) async fn answer(
    engine: &Engine,
    plan: String,
    task: &str,
    attempt: Option<u32>,
    answer: AgentAnswer,
) -> Answer {
    let asks = |stage: &Stage| matches!(stage, Stage::NeedsYou { reason } if reason.agent_lives());
    let run = agent(engine, plan, task, attempt, asks).await?;
    let answer = match answer {
        AgentAnswer::Allow {} => agents::Answer::Allow,
        AgentAnswer::Deny { message } if message.trim().is_empty() => {
            agents::Answer::Deny(REFUSED.to_owned())
        }
        AgentAnswer::Deny { message } => agents::Answer::Deny(message),
        AgentAnswer::Text { text } => agents::Answer::Text(text),
    };
    let said = engine.actor.answer(&run, &answer).await;
    said.map_err(|why| Error::new(ErrorCode::Refused, why).hint("See what it does now in its terminal."))?;
    Ok(Reply::Done)
}

pub(super) async fn message(
    engine: &Engine,
    plan: String,
    task: &str,
    attempt: Option<u32>,
    text: &str,
) -> Answer {
    if text.trim().is_empty() {
        return Err(Error::new(ErrorCode::Refused, "The message is empty."));
    }
    let run = agent(engine, plan, task, attempt, |_| true).await?;
    let said = engine.actor.type_keys(&run, agents::Keys::message(text)).await;
    said.map_err(|why| Error::new(ErrorCode::Refused, why))?;
    Ok(Reply::Done)
}

/// The living agent of the attempt that is meant: the one named, else the task's only one, else the only one of
/// several that `fits`.
async fn agent(
    engine: &Engine,
    plan: String,
    task: &str,
    attempt: Option<u32>,
    fits: impl Fn(&Stage) -> bool + Send + 'static,
) -> Result<RunId, Error> {
    let id = task_id(task)?;
    look_at_plan(engine, plan, move |world, plan, _| {
        let task = plan.tasks.get(&id).ok_or_else(|| no_task(&id))?;
        let works = |run: &&RunId| {
            world.runs.get(*run).is_some_and(|run| {
                !run.is_over() && matches!(run.kind, RunKind::Implement | RunKind::Fix | RunKind::Review)
            })
        };
        let living = |one: &Contender| {
            let known = plan.attempts.get(&(id.clone(), one.attempt?))?;
            known.runs.iter().rev().find(works).cloned()
        };
        let meant = |one: &&Contender| match attempt {
            Some(_) => one.attempt == attempt,
            None => !task.is_contest() || fits(&one.stage),
        };
        let mut found: Vec<RunId> = task.contenders.iter().filter(meant).filter_map(living).collect();
        match (found.pop(), found.is_empty()) {
            (Some(run), true) => Ok(run),
            (Some(_), false) => {
                Err(Error::new(ErrorCode::Refused, format!("Several agents of {id} are at work."))
                    .hint("Say which attempt is meant."))
            }
            (None, _) => Err(Error::new(ErrorCode::Refused, format!("No agent of {id} is at work."))
                .hint("See where it stands with `coppice status`.")),
        }
    })
    .await
}
