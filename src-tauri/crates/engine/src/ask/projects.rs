//! Requests about projects: looking at a folder, and opening it once it is trusted.

use std::path::{Path, PathBuf};

use protocol::{Error, ErrorCode, Inspection, Reply};

use super::{Answer, git_error};
use crate::act::{open_repo, sentence};
use crate::decide::Command;
use crate::ids::ProjectId;
use crate::serve::Engine;
use crate::view;
use crate::world::Project;

pub(super) async fn inspect(engine: &Engine, path: &str) -> Answer {
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

/// A hash of the shared git folder's path: short, stable, no path in it.
fn project_id(common_dir: &Path) -> ProjectId {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::hash::DefaultHasher::new();
    common_dir.hash(&mut hasher);
    ProjectId::new(format!("{:016x}", hasher.finish()))
}
