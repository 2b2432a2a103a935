//! Which files attempts differ in, and which a scope covers. What a file's lines say is in `file_lines`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use plan::Scope;
use protocol::{
    ChangedFile, ChangedFiles, CommitView, DiffScope, Error, ErrorCode, FileStatus, Reply, ScopeFiles,
    TaskDetail,
};
use repo::{Counts, Oid, Repo};

use crate::act::{oid, sentence, shown};
use crate::ask::{git_error, look_at_plan, no_task, task_id};
use crate::ids::ProjectId;
use crate::serve::Engine;

/// Commits of an attempt that are shown at most.
const MOST_COMMITS: usize = 200;

/// Names of matching files that are shown.
const SAMPLE: usize = 20;

/// An attempt's place and ends.
struct Ends {
    repo: Repo,
    worktree: PathBuf,
    base: Oid,
    /// The head that the review before read, and the one before the last agent's work.
    reviewed: Oid,
    before: Oid,
    head: Option<Oid>,
    scope: Scope,
}

impl Ends {
    fn from(&self, scope: DiffScope) -> Oid {
        match scope {
            DiffScope::Branch | DiffScope::Uncommitted => self.base,
            DiffScope::SinceReview => self.reviewed,
            DiffScope::LastRun => self.before,
        }
    }
}

async fn ends(engine: &Engine, plan: String, task: &str, attempt: u32) -> Result<Ends, Error> {
    let id = task_id(task)?;
    let (project, worktree, base, since, head, allow, exclude) =
        look_at_plan(engine, plan, move |world, plan, _| {
            let known = plan.attempts.get(&(id.clone(), attempt)).ok_or_else(|| no_task(&id))?;
            let project = world.projects.get(&plan.head.project).cloned();
            let (allow, exclude) =
                plan.doc_task(&id).map(|task| (task.scope.clone(), task.exclude.clone())).unwrap_or_default();
            let since = [known.reviewed_before(), known.before.as_ref()];
            let since = since.map(|commit| commit.unwrap_or(&known.base).clone());
            Ok((
                project,
                known.worktree.clone(),
                known.base.clone(),
                since,
                known.head.clone(),
                allow,
                exclude,
            ))
        })
        .await?;
    let project = project.ok_or_else(|| Error::new(ErrorCode::NotFound, "The project was closed."))?;
    let repo = engine.actor.repo(&project).map_err(git_error)?;
    let scope = Scope::new(allow.as_deref(), &exclude).map_err(|error| git_error(error.to_string()))?;
    // An attempt that is still at work has no recorded head yet: its branch is looked at.
    let head = match head {
        Some(head) => Some(oid(&head).map_err(git_error)?),
        None if worktree.exists() => repo.status(&worktree).await.ok().and_then(|status| status.head),
        None => None,
    };
    let [reviewed, before] = since.each_ref().map(oid);
    let (reviewed, before) = (reviewed.map_err(git_error)?, before.map_err(git_error)?);
    Ok(Ends { repo, worktree, base: oid(&base).map_err(git_error)?, reviewed, before, head, scope })
}

async fn list(
    engine: &Engine,
    ends: &Ends,
    scope: DiffScope,
    counts: Counts,
) -> Result<Arc<Vec<repo::ChangedFile>>, Error> {
    let found = match scope {
        DiffScope::Branch | DiffScope::SinceReview | DiffScope::LastRun => {
            engine.diffs.between(&ends.repo, ends.from(scope), ends.head.unwrap_or(ends.base), counts).await
        }
        DiffScope::Uncommitted if ends.worktree.exists() => {
            ends.repo.changed_files_uncommitted(&ends.worktree, counts).await.map(Arc::new)
        }
        DiffScope::Uncommitted => Ok(Arc::default()),
    };
    found.map_err(|error| git_error(sentence(&error)))
}

pub(crate) async fn changed_files(
    engine: &Engine,
    plan: String,
    task: &str,
    attempt: u32,
    scope: DiffScope,
) -> Result<Reply, Error> {
    let ends = ends(engine, plan, task, attempt).await?;
    let files: Vec<ChangedFile> = list(engine, &ends, scope, Counts::Include)
        .await?
        .iter()
        .map(|file| file_view(file, &ends.scope))
        .collect();
    let sum = |of: fn(&ChangedFile) -> Option<u32>| files.iter().filter_map(of).map(u64::from).sum();
    Ok(Reply::ChangedFiles(ChangedFiles {
        base: ends.from(scope).to_string(),
        head: ends.head.unwrap_or(ends.base).to_string(),
        added: sum(|file| file.added),
        deleted: sum(|file| file.deleted),
        files,
    }))
}

pub(crate) async fn file_diff(
    engine: &Engine,
    plan: String,
    task: &str,
    attempt: u32,
    scope: DiffScope,
    path: &str,
    context: u32,
) -> Result<Reply, Error> {
    let ends = ends(engine, plan, task, attempt).await?;
    let files = list(engine, &ends, scope, Counts::Skip).await?;
    let file = files.iter().find(|file| shown(file.path()) == path).ok_or_else(|| not_changed(path))?;
    let worktree: Option<&Path> = (scope == DiffScope::Uncommitted).then_some(&ends.worktree);
    engine.diffs.read(&ends.repo, file, worktree, context).await
}

fn not_changed(path: &str) -> Error {
    Error::new(ErrorCode::NotFound, format!("{path} is not among the changed files any more."))
        .hint("Load the list of files again.")
}

pub(crate) async fn add_commits(repo: &Repo, detail: &mut TaskDetail) {
    for attempt in &mut detail.attempts {
        let Some(head) = attempt.head.as_deref().and_then(|head| head.parse::<Oid>().ok()) else { continue };
        let Ok(base) = attempt.base.parse::<Oid>() else { continue };
        // A shallow clone, or commits that are gone: the attempt is shown without them.
        let Ok(log) = repo.log(base, head).await else { continue };
        attempt.commits = log
            .into_iter()
            .take(MOST_COMMITS)
            .map(|commit| CommitView {
                id: commit.oid.to_string(),
                subject: commit.summary,
                author: commit.author,
                at_ms: commit.authored_at * 1000,
            })
            .collect();
    }
}

pub(crate) async fn scope_files(
    engine: &Engine,
    project: String,
    scope: Vec<String>,
    exclude: Vec<String>,
) -> Result<Reply, Error> {
    let id = ProjectId::new(project);
    let project = engine
        .look(move |world| world.projects.get(&id).cloned())
        .await?
        .ok_or_else(|| Error::new(ErrorCode::NotFound, "There is no such project."))?;
    let repo = engine.actor.repo(&project).map_err(git_error)?;
    let allow = (!scope.is_empty()).then_some(scope);
    let scope = Scope::new(allow.as_deref(), &exclude)
        .map_err(|error| Error::new(ErrorCode::Refused, error.to_string()).hint("Mend the glob."))?;
    let files = repo.tracked_files().await.map_err(|error| git_error(sentence(&error)))?;
    let mut matching = files.iter().filter(|path| scope.contains(path));
    let sample: Vec<String> = matching.by_ref().take(SAMPLE).map(shown).collect();
    Ok(Reply::ScopeFiles(ScopeFiles { count: (sample.len() + matching.count()) as u32, sample }))
}

pub(crate) fn file_view(file: &repo::ChangedFile, scope: &Scope) -> ChangedFile {
    let mode = |mode: Option<u32>| mode.map(|mode| format!("{mode:06o}"));
    let renamed =
        file.old_path.as_ref().filter(|old| Some(*old) != file.new_path.as_ref() && file.new_path.is_some());
    ChangedFile {
        path: shown(file.path()),
        old_path: renamed.map(shown),
        status: match file.status {
            _ if file.is_submodule() => FileStatus::Submodule,
            repo::FileStatus::Added => FileStatus::Added,
            repo::FileStatus::Deleted => FileStatus::Deleted,
            repo::FileStatus::Modified | repo::FileStatus::Unmerged => FileStatus::Modified,
            repo::FileStatus::Renamed { .. } => FileStatus::Renamed,
            repo::FileStatus::Copied { .. } => FileStatus::Copied,
            repo::FileStatus::TypeChanged => FileStatus::TypeChanged,
            repo::FileStatus::ModeChanged => FileStatus::ModeChanged,
        },
        old_mode: mode(file.old_mode),
        new_mode: mode(file.new_mode),
        added: file.added,
        deleted: file.deleted,
        binary: file.binary,
        in_scope: scope.contains(file.path()),
        print: print(file),
    }
}

fn print(file: &repo::ChangedFile) -> Option<String> {
    let side = |path: &Option<repo::BString>, oid: Option<Oid>| match (path, oid) {
        (None, _) => Some(String::new()),
        (Some(_), Some(oid)) => Some(oid.to_string()),
        (Some(_), None) => None,
    };
    Some(format!("{}-{}", side(&file.old_path, file.old_oid)?, side(&file.new_path, file.new_oid)?))
}
