//! Requests: what they need of the world outside is read first, then the loop decides, or shows.
//! Each arm is a few lines; what takes more has a function of its own.

use std::path::PathBuf;

use plan::TaskId;
use protocol::{Error, ErrorCode, Event, Reply, Request, Setting};

use crate::act::sentence;
use crate::decide::Command;
use crate::ids::{PlanId, ProjectId, RunId};
use crate::serve::Engine;
use crate::socket::Caller;
use crate::view::{self, Eye};
use crate::world::World;
use crate::{diffs, doctor, keep};

/// Most events in one reply; more are asked for by number.
const MOST_EVENTS: u32 = 10_000;

mod compare;
mod landing;
mod plans;
mod projects;
mod talk;
mod trash;

pub(crate) use plans::{VENDORS, open_text, vendors_program};
pub(crate) use projects::open_project;

type Answer = Result<Reply, Error>;

pub(crate) async fn answer(engine: &Engine, request: Request, caller: Caller) -> Answer {
    if caller == Caller::Agent && !may_read(&request) {
        return Err(Error::new(
            ErrorCode::Forbidden,
            "An agent can read the plan, and never decide about it.",
        )
        .hint("A person does this in the window or on the command line."));
    }
    match request {
        // Answered by the connection itself, which owns the stream of notices.
        Request::Subscribe { .. } => Ok(Reply::Done),
        Request::Events { since, limit, plan } => page(engine, since, limit, plan).await,

        Request::Projects {} => {
            let projects = engine.look(|world| {
                world.projects.values().map(|project| view::project(world, project)).collect::<Vec<_>>()
            });
            Ok(Reply::Projects(projects.await?))
        }
        Request::InspectProject { path } => projects::inspect(engine, &path).await,
        Request::OpenProject { path, trust } => open_project(engine, &path, trust, false).await,
        Request::CloseProject { project } => {
            let project = ProjectId::new(project);
            let reply = engine.command(Command::CloseProject { project: project.clone() }).await;
            engine.actor.forget_repo(&project);
            reply
        }
        Request::FirstCommit { path } => {
            let folder = PathBuf::from(&path);
            repo::Repo::first_commit(&folder).await.map_err(|error| git_error(sentence(&error)))?;
            open_project(engine, &path, true, false).await
        }
        Request::CreateDemo { path } => crate::demo::create(engine, path.map(PathBuf::from)).await,

        Request::Plans { project } => {
            let now = crate::outside::now();
            let lines = engine.actor.lines.clone();
            let runs = engine.home.runs();
            let plans = engine.look(move |world| {
                let eye = Eye { now, runs: &runs, actions: &*lines };
                let of = |plan: &&crate::world::Plan| {
                    project.as_ref().is_none_or(|project| plan.head.project.as_str() == project)
                };
                world
                    .plans
                    .values()
                    .filter(of)
                    .map(|plan| view::summary(plan, Some(&eye)))
                    .collect::<Vec<_>>()
            });
            Ok(Reply::Plans(plans.await?))
        }
        Request::CreatePlan { project, title } => plans::create_plan(engine, project, title).await,
        Request::OpenPlanFile { repo, file } => plans::open_plan_file(engine, &repo, &file).await,
        Request::ImportPlan { project, text } => plans::import_plan(engine, project, text).await,
        Request::Plan { plan } => {
            look_at_plan(engine, plan, |world, plan, eye| {
                Ok(Reply::Plan(Box::new(view::plan(world, plan, eye))))
            })
            .await
        }
        Request::PlanText { plan } => {
            look_at_plan(engine, plan, |_, plan, _| Ok(Reply::Text(plan.text.toml.clone()))).await
        }
        Request::SetPlanText { plan, text } => {
            engine.command(Command::SetPlanText { plan: PlanId::new(plan), toml: text }).await
        }
        Request::EditPlan { plan, edit, revision } => {
            engine.command(Command::EditPlan { plan: PlanId::new(plan), edit, revision }).await
        }
        Request::Undo { plan } => engine.command(Command::Undo { plan: PlanId::new(plan) }).await,
        Request::Redo { plan } => engine.command(Command::Redo { plan: PlanId::new(plan) }).await,
        Request::DeletePlan { plan } => engine.command(Command::DeletePlan { plan: PlanId::new(plan) }).await,

        Request::StartPlan { plan, again } => {
            plans::check_agents(engine, &plan).await?;
            engine.command(Command::Start { plan: PlanId::new(plan), again }).await
        }
        Request::PausePlan { plan } => engine.command(Command::Pause { plan: PlanId::new(plan) }).await,
        Request::StopPlan { plan } => engine.command(Command::Stop { plan: PlanId::new(plan) }).await,
        Request::Retry { plan, task, attempt } => {
            on_task(engine, plan, &task, |plan, task| Command::Retry { plan, task, attempt }).await
        }
        Request::Cancel { plan, task } => {
            on_task(engine, plan, &task, |plan, task| Command::Cancel { plan, task }).await
        }
        Request::Discard { plan, task, attempt } => {
            on_task(engine, plan, &task, |plan, task| Command::Discard { plan, task, attempt }).await
        }
        Request::Approve { plan, task, attempt, head } => {
            on_task(engine, plan, &task, |plan, task| Command::Approve { plan, task, attempt, head }).await
        }
        Request::Hook { run, token, said, again } => talk::hook(engine, run, &token, &said, again).await,
        Request::Answer { plan, task, attempt, answer } => {
            talk::answer(engine, plan, &task, attempt, answer).await
        }
        Request::Message { plan, task, attempt, text } => {
            talk::message(engine, plan, &task, attempt, &text).await
        }
        Request::Waive { plan, task, attempt, id, reason } => {
            on_task(engine, plan, &task, |plan, task| Command::Waive { plan, task, attempt, id, reason })
                .await
        }
        Request::RequestChanges { plan, task, attempt, comments } => {
            let comments = comments.into_iter().map(crate::wire::comment).collect();
            on_task(engine, plan, &task, |plan, task| Command::RequestChanges {
                plan,
                task,
                attempt,
                comments,
            })
            .await
        }
        Request::Unapprove { plan, task } => {
            on_task(engine, plan, &task, |plan, task| Command::Unapprove { plan, task }).await
        }
        Request::Leftovers { plan, task, attempt, commit } => {
            on_task(engine, plan, &task, |plan, task| Command::Leftovers { plan, task, attempt, commit })
                .await
        }
        Request::TryBeside { plan, task, agent } => {
            on_task(engine, plan, &task, |plan, task| Command::TryBeside { plan, task, agent }).await
        }
        Request::Adopt { plan, task, attempt, reason } => {
            on_task(engine, plan, &task, |plan, task| Command::Adopt { plan, task, attempt, reason }).await
        }
        Request::Take { plan, task, attempt, head, from, from_head, parts } => {
            let take = compare::Take { into: attempt, head, from, from_head, parts };
            compare::take(engine, plan, &task, take).await
        }
        Request::Judge { plan, task, a, b, agent } => {
            on_task(engine, plan, &task, |plan, task| Command::Judge { plan, task, pair: [a, b], agent })
                .await
        }
        Request::Compare { plan, task, a, b } => compare::compare(engine, plan, &task, a, b).await,
        Request::FileBetween { plan, task, a, b, path, context } => {
            compare::file_between(engine, plan, &task, [a, b], &path, context).await
        }
        Request::Recheck { plan, task, attempt } => {
            on_task(engine, plan, &task, |plan, task| Command::Recheck { plan, task, attempt }).await
        }
        Request::RetryLanding { plan, task } => {
            on_task(engine, plan, &task, |plan, task| Command::RetryLanding { plan, task }).await
        }
        Request::Fetch { plan } => landing::exchange(engine, plan, landing::Exchange::Fetch).await,
        Request::Push { plan } => landing::exchange(engine, plan, landing::Exchange::Push).await,
        Request::EndRun { run } => engine.command(Command::EndRun { run: RunId::new(run) }).await,
        Request::OpenShell { plan, task, attempt } => {
            let reply =
                on_task(engine, plan, &task, |plan, task| Command::OpenShell { plan, task, attempt }).await?;
            let Reply::Run(mut run) = reply else { return Ok(reply) };
            run.dir = engine.home.runs().join(&run.id).to_string_lossy().into_owned();
            Ok(Reply::Run(run))
        }

        Request::Task { plan, task } => task_detail(engine, plan, &task).await,
        Request::Runs { plan } => {
            look_at_plan(engine, plan, |world, plan, eye| {
                Ok(Reply::Runs(view::runs(world, &plan.head.id, eye.runs)))
            })
            .await
        }
        Request::ChangedFiles { plan, task, attempt, scope } => {
            diffs::changed_files(engine, plan, &task, attempt, scope).await
        }
        Request::FileDiff { plan, task, attempt, scope, path, context } => {
            diffs::file_diff(engine, plan, &task, attempt, scope, &path, context).await
        }
        Request::DiffLines { id, from, count } => engine.diffs.lines(&id, from, count),
        Request::Landing { plan } => landing::landing(engine, plan).await,
        Request::Inbox {} => Ok(Reply::Inbox(engine.look(view::inbox).await?)),
        Request::RunLog { run, tail_bytes } => run_log(engine, run, tail_bytes).await,
        Request::Trash { project } => trash::trash(engine, project).await,
        Request::RestoreTrash { project, entry } => trash::restore_trash(engine, project, &entry).await,
        Request::EmptyTrash { project } => trash::empty_trash(engine, project).await,
        Request::ScopeFiles { project, scope, exclude } => {
            diffs::scope_files(engine, project, scope, exclude).await
        }
        Request::Doctor { rebuild } => doctor::report(engine, rebuild).await,
        Request::Settings {} => {
            let settings = engine.store.settings().await.map_err(store_error)?;
            // The engine's own notes share the table and are nobody's choice.
            let chosen = settings.into_iter().filter_map(|(key, body)| {
                let key = key.strip_prefix("user.")?.to_owned();
                Some(Setting { value: serde_json::from_str(&body).unwrap_or(body), key })
            });
            let shown = chosen.collect();
            Ok(Reply::Settings(shown))
        }
        Request::SetSetting { key, value } => {
            let body = serde_json::Value::from(value).to_string();
            engine.store.set_setting(&format!("user.{key}"), Some(&body)).await.map_err(store_error)?;
            Ok(Reply::Done)
        }
        Request::Shutdown {} => {
            let _ = engine.events.send(crate::serve::Event::Shutdown);
            Ok(Reply::Done)
        }
    }
}

/// What an agent's process may ask.
fn may_read(request: &Request) -> bool {
    matches!(
        request,
        Request::Subscribe { .. }
            | Request::Events { .. }
            | Request::Projects {}
            | Request::Plans { .. }
            | Request::Plan { .. }
            | Request::PlanText { .. }
            | Request::Task { .. }
            | Request::Runs { .. }
            | Request::ChangedFiles { .. }
            | Request::FileDiff { .. }
            | Request::DiffLines { .. }
            | Request::Compare { .. }
            | Request::FileBetween { .. }
            | Request::Landing { .. }
            | Request::Inbox {}
            | Request::RunLog { .. }
            | Request::ScopeFiles { .. }
            // Good for its own run only, by its token.
            | Request::Hook { .. }
    )
}

/// Public events after `since`, and the number of the last one looked at (`None`: there are no more).
pub(crate) async fn events(
    engine: &Engine,
    since: u64,
    limit: u64,
    plan: Option<String>,
) -> Result<(Vec<Event>, Option<u64>), Error> {
    let filter = store::Filter { since, plan, limit: Some(limit), ..store::Filter::default() };
    let stored = engine.store.events(&filter).await.map_err(store_error)?;
    let last = stored.last().map(|event| event.seq);
    let mut shown = Vec::with_capacity(stored.len());
    for event in stored {
        let entry = keep::entry(event).map_err(|error| Error::new(ErrorCode::Store, error.to_string()))?;
        shown.extend(entry.to_event());
    }
    Ok((shown, last))
}

async fn page(engine: &Engine, since: u64, limit: u32, plan: Option<String>) -> Answer {
    let limit = if limit == 0 { MOST_EVENTS } else { limit.min(MOST_EVENTS) } as usize;
    let (mut found, mut since) = (Vec::new(), since);
    while found.len() < limit {
        let (mut events, last) = events(engine, since, 1_000, plan.clone()).await?;
        found.append(&mut events);
        match last {
            Some(last) => since = last,
            None => break,
        }
    }
    found.truncate(limit);
    Ok(Reply::Events(found))
}

async fn on_task(
    engine: &Engine,
    plan: String,
    task: &str,
    command: impl FnOnce(PlanId, TaskId) -> Command,
) -> Answer {
    engine.command(command(PlanId::new(plan), task_id(task)?)).await
}

pub(crate) async fn look_at_plan<T: Send + 'static>(
    engine: &Engine,
    plan: String,
    with: impl FnOnce(&World, &crate::world::Plan, &Eye<'_>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (now, runs, lines) = (crate::outside::now(), engine.home.runs(), engine.actor.lines.clone());
    engine
        .look(move |world| {
            let id = PlanId::new(plan);
            let plan = world.plans.get(&id).ok_or_else(|| no_plan(&id))?;
            with(world, plan, &Eye { now, runs: &runs, actions: &*lines })
        })
        .await?
}

async fn task_detail(engine: &Engine, plan: String, task: &str) -> Answer {
    let id = task_id(task)?;
    let (mut detail, project) = look_at_plan(engine, plan, move |world, plan, eye| {
        let detail = view::task(world, plan, &id, eye).ok_or_else(|| no_task(&id))?;
        Ok((detail, world.projects.get(&plan.head.project).cloned()))
    })
    .await?;
    if let Some(repo) = project.and_then(|project| engine.actor.repo(&project).ok()) {
        diffs::add_commits(&repo, &mut detail).await;
    }
    Ok(Reply::Task(Box::new(detail)))
}

async fn run_log(engine: &Engine, run: String, tail_bytes: u64) -> Answer {
    let id = RunId::new(run);
    let known = id.clone();
    if !engine.look(move |world| world.runs.contains_key(&known)).await? {
        return Err(Error::new(ErrorCode::NotFound, format!("There is no run {id}.")));
    }
    let actor = engine.actor.clone();
    let tail = tail_bytes.clamp(1, 16 * 1024 * 1024);
    let bytes = tokio::task::spawn_blocking(move || actor.log_tail(&id, tail)).await.unwrap_or_default();
    Ok(Reply::Text(terminal::plain_text(&bytes)))
}

pub(crate) fn task_id(text: &str) -> Result<TaskId, Error> {
    TaskId::new(text).map_err(|error| Error::new(ErrorCode::NotFound, error.to_string()))
}

pub(crate) fn no_plan(id: &PlanId) -> Error {
    Error::new(ErrorCode::NotFound, format!("There is no plan {id}."))
        .hint("See what there is with `coppice status`.")
}

pub(crate) fn no_task(id: &TaskId) -> Error {
    Error::new(ErrorCode::NotFound, format!("There is no task {id} in this plan."))
}

pub(crate) fn git_error(message: String) -> Error {
    Error::new(ErrorCode::Repository, message)
}

pub(crate) fn store_error(error: store::StoreError) -> Error {
    Error::new(ErrorCode::Store, error.to_string())
}
