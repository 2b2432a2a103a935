//! Requests about the trash.

use protocol::{Error, ErrorCode, Reply};

use super::{Answer, git_error};
use crate::act::sentence;
use crate::decide::Command;
use crate::ids::ProjectId;
use crate::serve::Engine;

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

pub(super) async fn trash(engine: &Engine, project: String) -> Answer {
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

pub(super) async fn restore_trash(engine: &Engine, project: String, id: &str) -> Answer {
    let (repo, place) = repo_and_place(engine, project.clone()).await?;
    let failed = |error: repo::Error| git_error(sentence(&error));
    let entries = repo.trash(&place).await.map_err(failed)?;
    let entry = entries.iter().find(|entry| entry.id == id);
    let entry = entry.ok_or_else(|| Error::new(ErrorCode::NotFound, format!("The trash holds no {id}.")))?;
    let worktree = repo.restore(&place, entry).await.map_err(failed)?;
    engine.command(Command::Restored { project: ProjectId::new(project), worktree }).await
}

pub(super) async fn empty_trash(engine: &Engine, project: String) -> Answer {
    let (repo, place) = repo_and_place(engine, project).await?;
    let failed = |error: repo::Error| git_error(sentence(&error));
    let entries = repo.trash(&place).await.map_err(failed)?;
    repo.empty_trash(&place, &entries).await.map_err(failed)?;
    Ok(Reply::Done)
}
