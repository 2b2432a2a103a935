//! Two attempts side by side, as git has them, and taking from one into the other.

use std::collections::BTreeMap;

use plan::{Scope, TaskId};
use protocol::{ComparedFile, Error, ErrorCode, Reply, Taken};
use repo::{Counts, Graft, Identity, Oid, Repo, Splice, When};

use super::{Answer, git_error, look_at_plan, no_task, task_id};
use crate::act::{commit_id, oid, sentence, shown};
use crate::decide::Command;
use crate::diffs;
use crate::ids::PlanId;
use crate::serve::Engine;
use crate::view;
use crate::world::{Attempt, Project, Step};

/// Two attempts with their commits.
struct Pair {
    repo: Repo,
    scope: Scope,
    title: String,
    base: Oid,
    /// `None`: nothing was committed that Coppice has looked at.
    heads: [Option<Oid>; 2],
    agents: [String; 2],
}

impl Pair {
    fn head(&self, side: usize) -> Oid {
        self.heads[side].unwrap_or(self.base)
    }
}

fn named(attempt: Option<&Attempt>, number: u32) -> Result<Attempt, Error> {
    attempt
        .cloned()
        .ok_or_else(|| Error::new(ErrorCode::NotFound, format!("There is no attempt {number} of this task.")))
}

async fn pair(engine: &Engine, plan: String, task: &TaskId, numbers: [u32; 2]) -> Result<Pair, Error> {
    let id = task.clone();
    let (project, attempts, document) = look_at_plan(engine, plan, move |world, plan, _| {
        let project: Option<Project> = world.projects.get(&plan.head.project).cloned();
        let known = |number| named(plan.attempts.get(&(id.clone(), number)), number);
        let attempts = [known(numbers[0])?, known(numbers[1])?];
        Ok((project, attempts, plan.doc_task(&id).cloned().ok_or_else(|| no_task(&id))?))
    })
    .await?;
    let [a, b] = &attempts;
    if a.base != b.base || a.number == b.number {
        return Err(Error::new(
            ErrorCode::Refused,
            format!("Attempts {} and {} were not cut side by side.", a.number, b.number),
        )
        .hint("Only attempts with the same base can be compared."));
    }
    let project = project.ok_or_else(|| Error::new(ErrorCode::NotFound, "The project was closed."))?;
    let repo = engine.actor.repo(&project).map_err(git_error)?;
    let scope = Scope::new(document.scope.as_deref(), &document.exclude)
        .map_err(|error| git_error(error.to_string()))?;
    let mut heads = [None, None];
    for (head, attempt) in heads.iter_mut().zip(&attempts) {
        *head = match &attempt.head {
            Some(known) => Some(oid(known).map_err(git_error)?),
            // One that is still at work: its branch is looked at.
            None if attempt.worktree.exists() => {
                repo.status(&attempt.worktree).await.ok().and_then(|status| status.head)
            }
            None => None,
        };
    }
    Ok(Pair {
        repo,
        scope,
        title: document.name().to_owned(),
        base: oid(&a.base).map_err(git_error)?,
        heads,
        agents: attempts.each_ref().map(|attempt| attempt.agent.clone()),
    })
}

pub(super) async fn compare(engine: &Engine, plan: String, task: &str, a: u32, b: u32) -> Answer {
    let id = task_id(task)?;
    let found = pair(engine, plan.clone(), &id, [a, b]).await?;
    let failed = |error: repo::Error| git_error(sentence(&error));
    let mut union: BTreeMap<String, ComparedFile> = BTreeMap::new();
    for side in [0, 1] {
        let files = engine.diffs.between(&found.repo, found.base, found.head(side), Counts::Include).await;
        for file in files.map_err(failed)?.iter() {
            let path = shown(file.path());
            let empty = ComparedFile { path: path.clone(), a: None, b: None, same: false };
            let row = union.entry(path).or_insert(empty);
            let change = Some(diffs::file_view(file, &found.scope));
            if side == 0 { row.a = change } else { row.b = change }
        }
    }
    let files: Vec<ComparedFile> = union
        .into_values()
        .map(|row| {
            let print = |change: &Option<protocol::ChangedFile>| change.as_ref()?.print.clone();
            let same = row.a.is_some() && print(&row.a) == print(&row.b);
            ComparedFile { same, ..row }
        })
        .collect();
    let base = found.base.to_string();
    look_at_plan(engine, plan, move |world, plan, eye| {
        view::compare(world, plan, &id, [a, b], base, files, eye)
            .map(|view| Reply::Compare(Box::new(view)))
            .ok_or_else(|| no_task(&id))
    })
    .await
}

pub(super) async fn file_between(
    engine: &Engine,
    plan: String,
    task: &str,
    [a, b]: [u32; 2],
    path: &str,
    context: u32,
) -> Answer {
    let found = pair(engine, plan, &task_id(task)?, [a, b]).await?;
    let files = engine.diffs.between(&found.repo, found.head(0), found.head(1), Counts::Skip).await;
    let files = files.map_err(|error| git_error(sentence(&error)))?;
    let of_path = |file: &&repo::ChangedFile| {
        file.new_path.iter().chain(&file.old_path).any(|known| shown(known) == path)
    };
    let file = files.iter().find(of_path).ok_or_else(|| same(path))?;
    engine.diffs.read(&found.repo, file, None, context).await
}

fn same(path: &str) -> Error {
    Error::new(ErrorCode::NotFound, format!("Both attempts hold the same {path}."))
        .hint("There is nothing to take of it.")
}

/// What a person takes from one attempt into another.
pub(super) struct Take {
    pub(super) into: u32,
    pub(super) head: String,
    pub(super) from: u32,
    pub(super) from_head: String,
    pub(super) parts: Vec<Taken>,
}

/// Makes the commit first: what can't be taken is said before anything moves.
pub(super) async fn take(engine: &Engine, plan: String, task: &str, take: Take) -> Answer {
    let id = task_id(task)?;
    let found = pair(engine, plan.clone(), &id, [take.into, take.from]).await?;
    let seen = [&take.head, &take.from_head];
    if found.heads.iter().zip(seen).any(|(head, seen)| head.is_none_or(|head| head.to_string() != *seen)) {
        return Err(Error::new(ErrorCode::Moved, "The attempts have moved on since you looked at them.")
            .hint("Nothing was taken. Look at the two again and choose anew."));
    }
    if take.parts.is_empty() {
        return Err(
            Error::new(ErrorCode::Refused, "Nothing is chosen.").hint("Choose a file or a hunk first.")
        );
    }
    let named: std::collections::BTreeSet<&str> = take.parts.iter().map(|part| part.path.as_str()).collect();
    if named.len() != take.parts.len() {
        return Err(Error::new(ErrorCode::Refused, "A file is named twice.")
            .hint("Name it once, with all that is to be taken of it."));
    }
    let failed = |error: repo::Error| git_error(sentence(&error));
    // Names as they are shown are matched against names as git has them.
    let files = engine
        .diffs
        .between(&found.repo, found.head(0), found.head(1), Counts::Skip)
        .await
        .map_err(failed)?;
    let mut grafts = Vec::new();
    for part in &take.parts {
        let path = files
            .iter()
            .flat_map(|file| file.new_path.iter().chain(&file.old_path))
            .find(|path| shown(path) == part.path)
            .ok_or_else(|| same(&part.path))?;
        grafts.push(Graft { path: path.clone(), splices: part.hunks.iter().map(splice).collect() });
    }
    let paths: Vec<String> = take.parts.iter().map(|part| part.path.clone()).collect();
    let message = format!(
        "{}\n\nTaken from attempt {} ({}): {}.\n\nCoppice-Task: {id}\nCoppice-Attempt: {}\n",
        found.title,
        take.from,
        found.agents[1],
        paths.join(", "),
        take.into
    );
    let identity = found.repo.committer().await.unwrap_or_else(|_| Identity::fallback());
    let when = When::utc(crate::outside::now() / 1000);
    let commit = found
        .repo
        .graft(found.head(0), found.head(1), &grafts, &message, &identity, when)
        .await
        .map_err(failed)?
        .ok_or_else(|| Error::new(ErrorCode::Refused, "That is in the attempt already."))?;
    let step = Step::Take {
        from: take.from,
        onto: commit_id(found.head(0)).map_err(git_error)?,
        commit: commit_id(commit).map_err(git_error)?,
        paths,
    };
    let plan = PlanId::new(plan);
    engine.command(Command::Take { plan, task: id, attempt: take.into, take: step }).await
}

fn splice(hunk: &protocol::HunkRange) -> Splice {
    Splice {
        old_start: hunk.old_start,
        old_lines: hunk.old_lines,
        new_start: hunk.new_start,
        new_lines: hunk.new_lines,
    }
}
