//! From the words of a person to one project, plan or task; several that fit are an error that lists them.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use protocol::{PlanSummary, PlanView, ProjectView, Request};

use crate::args::Which;
use crate::engine::{Engine, reply};
use crate::failure::Failure;

/// An existing folder, by its real path.
pub(crate) fn folder(path: &Path) -> Result<PathBuf, Failure> {
    let real = fs::canonicalize(path).map_err(|error| {
        Failure::usage(format!("The folder {} can't be opened: {error}.", path.display()))
    })?;
    if real.is_dir() { Ok(real) } else { Err(Failure::usage(format!("{} is not a folder.", path.display()))) }
}

/// Paths cross the wire as text.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| Failure::usage(format!("The path {} is not UTF-8.", path.display())))
}

async fn projects(engine: &Engine) -> Result<Vec<ProjectView>, Failure> {
    reply!(engine.ask(Request::Projects {}).await?, Projects)
}

/// The known project that the folder belongs to.
async fn project_of(engine: &Engine, folder: &Path) -> Result<Option<ProjectView>, Failure> {
    let inspected = engine.ask(Request::InspectProject { path: text(folder)? }).await;
    let root = match inspected {
        Ok(reply) => reply!(reply, Inspection)?.root.map(PathBuf::from),
        Err(Failure::Answer(_)) => None,
        Err(other) => return Err(other),
    };
    let mut known = projects(engine).await?;
    let place = known.iter().position(|project| {
        let project = Path::new(&project.root);
        root.as_deref() == Some(project) || (root.is_none() && folder.starts_with(project))
    });
    Ok(place.map(|place| known.swap_remove(place)))
}

/// The project of a folder that the user named.
pub(crate) async fn project(engine: &Engine, path: &Path) -> Result<ProjectView, Failure> {
    let folder = folder(path)?;
    project_of(engine, &folder).await?.ok_or_else(|| {
        Failure::hinted(
            format!("Coppice doesn't know the repository {}.", folder.display()),
            "Start a plan in it: `coppice run PLAN.toml --repo DIR`.",
        )
    })
}

/// The plans that are meant, at least one.
pub(crate) async fn plans(engine: &Engine, which: &Which) -> Result<Vec<PlanSummary>, Failure> {
    let all = match &which.repo {
        Some(repo) => project(engine, repo).await?.plans,
        None => around(engine).await?,
    };
    let Some(wanted) = &which.plan else {
        return Ok(all);
    };
    let fitting: Vec<PlanSummary> = all.into_iter().filter(|plan| fits(plan, wanted)).collect();
    if fitting.is_empty() {
        return Err(Failure::hinted(
            format!("There is no plan {wanted}."),
            "`coppice status` lists them; name it by id, title or file.",
        ));
    }
    Ok(fitting)
}

/// The plans of the repository around the current folder, else all.
async fn around(engine: &Engine) -> Result<Vec<PlanSummary>, Failure> {
    if let Ok(here) = env::current_dir()
        && let Some(project) = project_of(engine, &here).await?
        && !project.plans.is_empty()
    {
        return Ok(project.plans);
    }
    Ok(projects(engine).await?.into_iter().flat_map(|project| project.plans).collect())
}

fn fits(plan: &PlanSummary, wanted: &str) -> bool {
    let file = plan.file.as_deref().map(Path::new);
    plan.id == wanted
        || plan.title.eq_ignore_ascii_case(wanted)
        || file.is_some_and(|file| fs::canonicalize(wanted).is_ok_and(|named| named == file))
        || file.is_some_and(|file| Path::new(wanted).components().count() == 1 && file.ends_with(wanted))
}

/// Exactly one plan.
pub(crate) async fn plan(engine: &Engine, which: &Which) -> Result<PlanSummary, Failure> {
    let mut plans = plans(engine, which).await?;
    match plans.len() {
        0 => Err(Failure::hinted("There is no plan yet.", "Start one: `coppice run PLAN.toml --repo DIR`.")),
        1 => Ok(plans.swap_remove(0)),
        _ => Err(several("Several plans fit", plans.iter())),
    }
}

pub(crate) async fn view(engine: &Engine, plan: &str) -> Result<PlanView, Failure> {
    Ok(*reply!(engine.ask(Request::Plan { plan: plan.to_owned() }).await?, Plan)?)
}

/// The one plan that has the task.
pub(crate) async fn task(engine: &Engine, which: &Which, task: &str) -> Result<PlanView, Failure> {
    let mut holders = Vec::new();
    let mut names = Vec::new();
    let plans = plans(engine, which).await?;
    for plan in &plans {
        let view = view(engine, &plan.id).await?;
        if view.tasks.iter().any(|held| held.id == task) {
            names.push(plan);
            holders.push(view);
        }
    }
    match holders.len() {
        0 if plans.is_empty() => {
            Err(Failure::hinted("There is no plan yet.", "Start one: `coppice run PLAN.toml --repo DIR`."))
        }
        0 => Err(Failure::hinted(format!("There is no task {task}."), "`coppice status` lists the tasks.")),
        1 => Ok(holders.swap_remove(0)),
        _ => Err(several(&format!("Several plans have a task {task}"), names.into_iter())),
    }
}

fn several<'a>(what: &str, plans: impl Iterator<Item = &'a PlanSummary>) -> Failure {
    let lines: Vec<String> = plans
        .map(|plan| {
            let file = plan.file.as_deref().unwrap_or("no file");
            format!("    --plan {}   {} ({file})", plan.id, plan.title)
        })
        .collect();
    Failure::hinted(format!("{what}:\n{}", lines.join("\n")), "Say which with --plan or --repo.")
}
