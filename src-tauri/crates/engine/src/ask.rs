//! Requests: what they need of the world outside is read first, then the loop decides, or shows.
//! Each arm is a few lines; what takes more has a function of its own.

use std::path::{Path, PathBuf};

use plan::TaskId;
use protocol::{Error, ErrorCode, Event, Inspection, Reply, Request, Setting};

use crate::act::{open_repo, sentence};
use crate::decide::{Command, Opened};
use crate::ids::{PlanId, ProjectId, RunId};
use crate::serve::Engine;
use crate::socket::Caller;
use crate::view::{self, Eye};
use crate::world::{Project, World};
use crate::{diffs, doctor, keep, wire};

/// Most events in one reply; more are asked for by number.
const MOST_EVENTS: u32 = 10_000;

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
        Request::InspectProject { path } => inspect(engine, &path).await,
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
        Request::CreatePlan { project, title } => create_plan(engine, project, title).await,
        Request::OpenPlanFile { repo, file } => open_plan_file(engine, &repo, &file).await,
        Request::ImportPlan { project, text } => import_plan(engine, project, text).await,
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
            check_agents(engine, &plan).await?;
            engine.command(Command::Start { plan: PlanId::new(plan), again }).await
        }
        Request::PausePlan { plan } => engine.command(Command::Pause { plan: PlanId::new(plan) }).await,
        Request::StopPlan { plan } => engine.command(Command::Stop { plan: PlanId::new(plan) }).await,
        Request::Retry { plan, task } => {
            on_task(engine, plan, &task, |plan, task| Command::Retry { plan, task }).await
        }
        Request::Cancel { plan, task } => {
            on_task(engine, plan, &task, |plan, task| Command::Cancel { plan, task }).await
        }
        Request::Discard { plan, task } => {
            on_task(engine, plan, &task, |plan, task| Command::Discard { plan, task }).await
        }
        Request::Approve { plan, task, head } => {
            on_task(engine, plan, &task, |plan, task| Command::Approve { plan, task, head }).await
        }
        Request::Unapprove { plan, task } => {
            on_task(engine, plan, &task, |plan, task| Command::Unapprove { plan, task }).await
        }
        Request::Leftovers { plan, task, commit } => {
            on_task(engine, plan, &task, |plan, task| Command::Leftovers { plan, task, commit }).await
        }
        Request::Recheck { plan, task } => {
            on_task(engine, plan, &task, |plan, task| Command::Recheck { plan, task }).await
        }
        Request::RetryLanding { plan, task } => {
            on_task(engine, plan, &task, |plan, task| Command::RetryLanding { plan, task }).await
        }
        Request::Fetch { plan } => exchange(engine, plan, Exchange::Fetch).await,
        Request::Push { plan } => exchange(engine, plan, Exchange::Push).await,
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
        Request::Landing { plan } => landing(engine, plan).await,
        Request::Inbox {} => Ok(Reply::Inbox(engine.look(view::inbox).await?)),
        Request::RunLog { run, tail_bytes } => run_log(engine, run, tail_bytes).await,
        Request::Trash { project } => trash(engine, project).await,
        Request::RestoreTrash { project, entry } => restore_trash(engine, project, &entry).await,
        Request::EmptyTrash { project } => empty_trash(engine, project).await,
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
            | Request::Landing { .. }
            | Request::Inbox {}
            | Request::RunLog { .. }
            | Request::ScopeFiles { .. }
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

async fn inspect(engine: &Engine, path: &str) -> Answer {
    let folder = PathBuf::from(path);
    if !folder.is_dir() {
        return Err(Error::new(ErrorCode::NotFound, format!("There is no folder {path}."))
            .hint("Choose a folder that holds a git repository."));
    }
    let Ok(repo) = open_repo(&folder) else {
        return Ok(Reply::Inspection(Inspection {
            path: path.to_owned(),
            root: None,
            is_repository: false,
            has_commits: false,
            branch: None,
            trusted: false,
            exec_capable: Vec::new(),
        }));
    };
    let failed = |error: repo::Error| git_error(sentence(&error));
    let id = project_id(repo.common_dir());
    let trusted =
        engine.look(move |world| world.projects.get(&id).is_some_and(|project| project.trusted)).await?;
    let found = repo.exec_capable().await.map_err(failed)?;
    let branch = match repo.head().await.map_err(failed)? {
        repo::Head::Branch(name, _) | repo::Head::Unborn(name) => Some(name),
        repo::Head::Detached(_) => None,
    };
    Ok(Reply::Inspection(Inspection {
        path: path.to_owned(),
        root: Some(repo.root().unwrap_or(repo.common_dir()).to_string_lossy().into_owned()),
        is_repository: true,
        has_commits: !repo.is_empty().await.map_err(failed)?,
        branch,
        trusted,
        exec_capable: found
            .into_iter()
            .map(|item| protocol::ExecCapable { origin: item.origin, key: item.key, value: item.value })
            .collect(),
    }))
}

/// Opens (or finds) the project of a folder.
pub(crate) async fn open_project(engine: &Engine, path: &str, trust: bool, demo: bool) -> Answer {
    let failed = |error: repo::Error| git_error(sentence(&error));
    let repo = repo::Repo::open(path).map_err(failed)?;
    if repo.is_empty().await.map_err(failed)? {
        return Err(Error::new(ErrorCode::Repository, format!("The repository {path} has no commits yet."))
            .hint("Make a first commit: `git commit --allow-empty -m \"first commit\"`. Worktrees are cut from a commit."));
    }
    let id = project_id(repo.common_dir());
    let wanted = id.clone();
    let known = engine.look(move |world| world.projects.get(&wanted).cloned()).await?;
    let trusted = trust || known.as_ref().is_some_and(|project| project.trusted);
    if !trusted && !repo.exec_capable().await.map_err(failed)?.is_empty() {
        return Err(Error::new(
            ErrorCode::TrustNeeded,
            format!("{path} can execute programs and is not trusted yet."),
        )
        .hint("Look at what it can execute, then open it as trusted."));
    }
    repo::git_version().await.map_err(failed)?;
    let place = repo.place(&engine.home.places()).await.map_err(failed)?;
    let project = Project {
        id: id.clone(),
        root: repo.root().unwrap_or(repo.common_dir()).to_owned(),
        common_dir: repo.common_dir().to_owned(),
        place: place.root,
        trusted: true,
        demo: demo || known.as_ref().is_some_and(|project| project.demo),
    };
    if known.as_ref() != Some(&project) {
        engine.actor.forget_repo(&id);
    }
    engine.command(Command::OpenProject { project: project.clone() }).await?;
    engine.actor.watch(&project);
    let target = repo.default_target().await.map_err(failed)?;
    let mut view = engine
        .look(move |world| world.projects.get(&id).map(|project| view::project(world, project)))
        .await?
        .ok_or_else(|| Error::new(ErrorCode::NotFound, "The project was closed meanwhile."))?;
    view.default_target = target;
    Ok(Reply::Project(view))
}

/// A fresh plan works as the project's newest one does: its agents, checks and setup are taken over.
async fn create_plan(engine: &Engine, project: String, title: String) -> Answer {
    let id = ProjectId::new(project);
    let wanted = id.clone();
    let newest = engine.look(move |world| {
        let plans = world.plans.values().filter(|plan| plan.head.project == wanted);
        plans.max_by_key(|plan| plan.head.created_ms).map(|plan| plan.doc.settings.clone())
    });
    let mut doc = plan::PlanDoc { settings: newest.await?.unwrap_or_default(), ..plan::PlanDoc::default() };
    doc.settings.title = title;
    doc.settings.goal = String::new();
    open_text(engine, id, None, plan::render(&doc)).await
}

async fn import_plan(engine: &Engine, project: String, text: String) -> Answer {
    open_text(engine, ProjectId::new(project), None, text).await
}

async fn open_plan_file(engine: &Engine, repo: &str, file: &str) -> Answer {
    let path = std::fs::canonicalize(file).map_err(|error| {
        Error::new(ErrorCode::NotFound, format!("The plan file {file} can't be read: {error}."))
    })?;
    let toml = std::fs::read_to_string(&path).map_err(|error| {
        Error::new(ErrorCode::NotFound, format!("The plan file {file} can't be read: {error}."))
    })?;
    let Reply::Project(project) = open_project(engine, repo, true, false).await? else {
        return Err(Error::new(ErrorCode::Internal, "Opening the project gave no project."));
    };
    open_text(engine, ProjectId::new(project.id), Some(path), toml).await
}

/// A plan from its text: parsed, its target found, its branch names made sure to be free.
pub(crate) async fn open_text(
    engine: &Engine,
    project: ProjectId,
    file: Option<PathBuf>,
    toml: String,
) -> Answer {
    let failed = |error: repo::Error| git_error(sentence(&error));
    let doc = plan::parse(&toml).map_err(|problems| {
        let mut error = Error::new(ErrorCode::InvalidPlan, "The plan does not hold together.")
            .hint("Nothing was changed. Mend the plan and try again.");
        error.problems = problems.into_iter().map(wire::problem).collect();
        error
    })?;
    let wanted = project.clone();
    let known = engine
        .look(move |world| world.projects.get(&wanted).cloned())
        .await?
        .ok_or_else(|| Error::new(ErrorCode::NotFound, "There is no such project.").hint("Open it first."))?;
    let repo = engine.actor.repo(&known).map_err(git_error)?;
    let target = match &doc.settings.target {
        Some(target) => target.clone(),
        // A guess would land on a branch that nobody named.
        None => match repo.head().await.map_err(failed)? {
            repo::Head::Branch(name, _) | repo::Head::Unborn(name) => name,
            repo::Head::Detached(_) => {
                let asked = "No branch is checked out, so the plan must name its target: target = \"main\".";
                return Err(git_error(asked.to_owned()));
            }
        },
    };
    if repo.branch(&target).await.map_err(failed)?.is_none() {
        return Err(git_error(format!("There is no branch {target} in {}.", known.root.display())));
    }
    let branches = repo.branches().await.map_err(failed)?;
    let taken = |name: &str| branches.iter().any(|branch| branch.name == name);
    let branch_prefix = ["coppice", "coppice-work", "coppice-attempts"]
        .into_iter()
        .find(|name| !taken(name))
        .unwrap_or("coppice");
    let stem = file.as_deref().and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    let title = doc.settings.title.trim();
    let wish = if title.is_empty() { stem.unwrap_or_else(|| "plan".to_owned()) } else { title.to_owned() };
    let slug: String = TaskId::slug(&wish).as_str().chars().take(40).collect();
    // Branches of a plan that another data directory runs on this repository must not be ours too.
    let free = |id: &str| {
        let begin = format!("{branch_prefix}/{id}/");
        !branches.iter().any(|branch| branch.name.starts_with(&begin))
    };
    let id = (1..).map(|n| if n == 1 { slug.clone() } else { format!("{slug}-{n}") }).find(|id| free(id));
    let opened = Opened {
        project,
        id: PlanId::new(id.unwrap_or(slug)),
        file,
        toml,
        target,
        branch_prefix: branch_prefix.to_owned(),
    };
    engine.command(Command::OpenPlan { opened: Box::new(opened) }).await
}

/// Says before Run what would fail after it: agents that can't be started as they are described.
async fn check_agents(engine: &Engine, plan: &str) -> Result<(), Error> {
    let environment = engine.actor.environment().await;
    let id = PlanId::new(plan);
    let agents = engine
        .look(move |world| {
            let plan = world.plans.get(&id)?;
            let dir = plan.head.file.as_deref().and_then(Path::parent).map(Path::to_path_buf);
            let dir =
                dir.or_else(|| world.projects.get(&plan.head.project).map(|project| project.root.clone()))?;
            let mut used: Vec<_> = plan.doc.tasks.iter().flat_map(|task| plan.doc.agents_of(task)).collect();
            used.sort_unstable();
            used.dedup();
            let spec = |name: &str| {
                plan.doc.settings.agents.get(name).map(|agent| crate::act::agent_spec(name, agent, &dir))
            };
            Some(used.into_iter().filter_map(spec).collect::<Vec<_>>())
        })
        .await?;
    for spec in agents.into_iter().flatten() {
        agents::check(&spec, &environment).map_err(|error| {
            Error::new(ErrorCode::InvalidPlan, sentence(&error)).hint("Nothing was started.")
        })?;
    }
    Ok(())
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

async fn landing(engine: &Engine, plan: String) -> Answer {
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

fn shown_upstream(upstream: &repo::Upstream) -> protocol::Upstream {
    let branch = upstream.merge.strip_prefix("refs/heads/").unwrap_or(&upstream.merge);
    protocol::Upstream {
        name: format!("{}/{branch}", upstream.remote),
        ahead: u32::try_from(upstream.ahead).unwrap_or(u32::MAX),
        behind: u32::try_from(upstream.behind).unwrap_or(u32::MAX),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exchange {
    Fetch,
    Push,
}

/// Fetches or pushes what a plan's target follows, as the person would.
async fn exchange(engine: &Engine, plan: String, exchange: Exchange) -> Answer {
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

async fn repo_and_place(engine: &Engine, project: String) -> Result<(repo::Repo, repo::Place), Error> {
    let id = ProjectId::new(project);
    let project = engine
        .look(move |world| world.projects.get(&id).cloned())
        .await?
        .ok_or_else(|| Error::new(ErrorCode::NotFound, "There is no such project."))?;
    let repo = engine.actor.repo(&project).map_err(git_error)?;
    let place = repo.place(&engine.home.places()).await.map_err(|error| git_error(sentence(&error)))?;
    Ok((repo, place))
}

async fn trash(engine: &Engine, project: String) -> Answer {
    let (repo, place) = repo_and_place(engine, project).await?;
    let entries = repo.trash(&place).await.map_err(|error| git_error(sentence(&error)))?;
    let mut shown = Vec::with_capacity(entries.len());
    for entry in entries {
        let bytes = repo.trash_size(&place, &entry).await.ok();
        shown.push(protocol::TrashView {
            id: entry.id,
            branch: entry.branch,
            head: Some(entry.head.to_string()),
            uncommitted: entry.snapshot_ref,
            path: entry.path.to_string_lossy().into_owned(),
            bytes,
            at_ms: entry.at * 1000,
        });
    }
    Ok(Reply::Trash(shown))
}

async fn restore_trash(engine: &Engine, project: String, id: &str) -> Answer {
    let (repo, place) = repo_and_place(engine, project.clone()).await?;
    let failed = |error: repo::Error| git_error(sentence(&error));
    let entries = repo.trash(&place).await.map_err(failed)?;
    let entry = entries.iter().find(|entry| entry.id == id);
    let entry = entry.ok_or_else(|| Error::new(ErrorCode::NotFound, format!("The trash holds no {id}.")))?;
    let worktree = repo.restore(&place, entry).await.map_err(failed)?;
    engine.command(Command::Restored { project: ProjectId::new(project), worktree }).await
}

async fn empty_trash(engine: &Engine, project: String) -> Answer {
    let (repo, place) = repo_and_place(engine, project).await?;
    let failed = |error: repo::Error| git_error(sentence(&error));
    let entries = repo.trash(&place).await.map_err(failed)?;
    repo.empty_trash(&place, &entries).await.map_err(failed)?;
    Ok(Reply::Done)
}

/// A hash of the shared git folder's path: short, stable, no path in it.
fn project_id(common_dir: &Path) -> ProjectId {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::hash::DefaultHasher::new();
    common_dir.hash(&mut hasher);
    ProjectId::new(format!("{:016x}", hasher.finish()))
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
