//! Requests that bring plans in: drawn afresh, from text, from a file.

use std::path::{Path, PathBuf};

use plan::TaskId;
use protocol::{Error, ErrorCode, Reply};

use super::projects::open_project;
use super::{Answer, git_error};
use crate::act::sentence;
use crate::decide::{Command, Opened};
use crate::ids::{PlanId, ProjectId};
use crate::serve::Engine;
use crate::wire;

/// A fresh plan works as the project's newest one does: its agents, checks and setup are taken over.
pub(super) async fn create_plan(engine: &Engine, project: String, title: String) -> Answer {
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

pub(super) async fn import_plan(engine: &Engine, project: String, text: String) -> Answer {
    open_text(engine, ProjectId::new(project), None, text).await
}

pub(super) async fn open_plan_file(engine: &Engine, repo: &str, file: &str) -> Answer {
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

/// Says before Run what would fail after it: agents that can't be started as they are described. Notes what else
/// could review.
pub(super) async fn check_agents(engine: &Engine, plan: &str) -> Result<(), Error> {
    let environment = engine.actor.environment().await;
    let id = PlanId::new(plan);
    let known = id.clone();
    let agents = engine
        .look(move |world| {
            let plan = world.plans.get(&known)?;
            let dir = plan.head.file.as_deref().and_then(Path::parent).map(Path::to_path_buf);
            let dir =
                dir.or_else(|| world.projects.get(&plan.head.project).map(|project| project.root.clone()))?;
            let settings = &plan.doc.settings;
            let mut used: Vec<_> = plan.doc.tasks.iter().flat_map(|task| plan.doc.agents_of(task)).collect();
            used.extend(settings.review.iter().flat_map(|review| review.agents.iter().map(String::as_str)));
            used.extend(settings.fix.iter().filter_map(|fix| fix.agent.as_deref()));
            used.sort_unstable();
            used.dedup();
            let spec = |name: &str| {
                plan.doc.settings.agents.get(name).map(|agent| crate::act::agent_spec(name, agent, &dir))
            };
            Some(used.into_iter().filter_map(spec).collect::<Vec<_>>())
        })
        .await?;
    let agents = agents.unwrap_or_default();
    for spec in &agents {
        agents::check(spec, &environment).map_err(|error| {
            Error::new(ErrorCode::InvalidPlan, sentence(&error)).hint("Nothing was started.")
        })?;
    }
    // Only beside an agent program is another one wanted.
    if agents.iter().any(|spec| agents::Program::of(&spec.adapter).is_some()) {
        let here = VENDORS.iter().copied().filter(|adapter| vendors_program(*adapter, &environment).is_ok());
        engine.command(Command::ProgramsFound { plan: id, programs: here.collect() }).await?;
    }
    Ok(())
}

/// The agent programs that come from a vendor of models.
pub(crate) const VENDORS: [plan::Adapter; 2] = [plan::Adapter::Claude, plan::Adapter::Codex];

/// Whether one of them is here and logged in, as it would be started without settings of a plan.
pub(crate) fn vendors_program(
    adapter: plan::Adapter,
    environment: &agents::Environment,
) -> Result<(), agents::AgentError> {
    let name = wire::adapter(adapter);
    let agent = plan::Agent { adapter, ..plan::Agent::default() };
    agents::check(&crate::act::agent_spec(name, &agent, Path::new("")), environment)
}
