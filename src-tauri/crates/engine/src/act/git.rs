//! Effects on the repository and its worktrees.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use plan::{CommitId, Scope};
use repo::{
    Advance, BString, Blocked, ByteSlice, Candidate, Counts, How, Identity, MergeRequest, NewWorktree, Oid,
    Repo, When,
};

use crate::act::{Actor, commit_id, oid, sentence};
use crate::turn::{Advanced, At, Build, Built, Effect, Input, Inspected, ScopeGlobs, Tidied};
use crate::world::{self, Size};

/// A lock of another git process is waited for this long.
const LOCK_WAIT: Duration = Duration::from_secs(20);

/// The trash keeps this many worktrees, and none longer than two weeks (in seconds): they hold
/// caches and installed packages, which add up.
const TRASH_ENTRIES: usize = 40;
const TRASH_AGE: i64 = 14 * 24 * 60 * 60;

impl Actor {
    pub(super) async fn git(self: &Arc<Self>, effect: Effect) -> Option<Input> {
        let place = match &effect {
            Effect::Cut { at, .. }
            | Effect::SetView { at, .. }
            | Effect::SetJudgesView { at, .. }
            | Effect::Remove { at, .. } => Some(self.place(at)),
            _ => None,
        };
        // A removal that is ordered while a folder is still being made finds it whole.
        let _turn = match &place {
            Some(place) => Some(place.lock().await),
            None => None,
        };
        Some(match effect {
            Effect::Cut { at, project, worktree, branch, base, copy } => {
                let result = self.cut(&project, &worktree, branch, &base, &copy).await;
                Input::WorktreeCut { at, result }
            }
            Effect::Inspect { at, project, worktree, branch, base, scope } => {
                let keep = format!("{}/{}/{}.head", at.plan, at.task, at.attempt);
                let result = self.inspect(&project, &worktree, branch.as_deref(), &base, &scope, &keep).await;
                Input::Inspected { at, result }
            }
            Effect::CommitLeftovers { at, project, worktree, scope, message } => {
                let result = self.commit_leftovers(&project, &worktree, &scope, &message).await;
                Input::LeftoversCommitted { at, result }
            }
            Effect::Tidy { at, project, worktree, keep } => {
                let result = self.tidy(&project, &worktree, &keep).await;
                Input::Tidied { at, result }
            }
            Effect::SetView { at, project, view, commit } => {
                let result = self.prepare_lane(&project, &view, &commit, &[]).await.map(drop);
                Input::ViewSet { at, result }
            }
            Effect::ReadReport { at, project, run, agent, head } => {
                let program =
                    agent.and_then(|(name, agent)| super::runs::program(&name, &agent, Path::new("")));
                let result = self.read_report(&project, &run, program, &head).await;
                Input::ReportRead { at, run, result }
            }
            Effect::Take { at, project, branch, old, new } => {
                let moved = self.advance(&project, &branch, &old, &new).await;
                Input::Taken { at, result: moved.unwrap_or_else(|why| Advanced::Failed { why }) }
            }
            Effect::SetJudgesView { at, project, view, commit } => {
                let result = self.prepare_lane(&project, &view, &commit, &[]).await.map(drop);
                Input::JudgesViewSet { at, result }
            }
            Effect::ReadOpinion { at, run, agent } => {
                let program =
                    agent.and_then(|(name, agent)| super::runs::program(&name, &agent, Path::new("")));
                let result = self.read_opinion(&run, program);
                Input::OpinionRead { at, run, result }
            }
            Effect::BuildCandidate { at, build } => {
                let result = match self.build(&build).await {
                    Ok(built) => built,
                    // Somebody's `git gc` can take an object folder away just as git writes into it.
                    Err(_) => self.build(&build).await.unwrap_or_else(|why| Built::Failed { why }),
                };
                Input::CandidateBuilt { at, result }
            }
            Effect::PrepareLane { at, project, lane, commit, copy } => {
                let result = self.prepare_lane(&project, &lane.worktree, &commit, &copy).await;
                Input::LanePrepared { at, result }
            }
            Effect::Advance { at, project, target, old, new } => {
                let result = self
                    .advance(&project, &target, &old, &new)
                    .await
                    .unwrap_or_else(|why| Advanced::Failed { why });
                Input::Advanced { at, result }
            }
            Effect::Remove { at, project, worktree, views: [review, judge], branch, keep } => {
                let views = match self.remove_lane(&project, &review).await {
                    Ok(()) => self.remove_lane(&project, &judge).await,
                    Err(why) => Err(why),
                };
                let result = match views {
                    Ok(()) => self.remove(&project, &worktree, &branch, &keep).await,
                    Err(why) => Err(why),
                };
                Input::Removed { at, result }
            }
            Effect::RemoveLane { plan, project, lane } => {
                let result = self.remove_lane(&project, &lane.worktree).await;
                Input::LaneRemoved { plan, result }
            }
            Effect::WritePlanFile { plan, path, old, new } => {
                let message = tokio::task::spawn_blocking(move || write_plan_file(&path, &old, &new)).await;
                let message =
                    message.unwrap_or_else(|_| Some("Writing the plan file was interrupted.".to_owned()))?;
                Input::PlanFileLeft { plan, message }
            }
            Effect::StartRun { .. } | Effect::Adopt { .. } | Effect::EndRun { .. } => return None,
        })
    }

    async fn cut(
        &self,
        project: &world::Project,
        worktree: &Path,
        branch: String,
        base: &CommitId,
        copy: &[String],
    ) -> Result<(), String> {
        let repo = self.settled_repo(project).await?;
        let new =
            NewWorktree { path: worktree.to_owned(), branch: Some(branch), base: oid(base)?, resume: true };
        repo.add_worktree(&new).await.map_err(|error| sentence(&error))?;
        copy_files(&repo, worktree, copy).await
    }

    async fn inspect(
        &self,
        project: &world::Project,
        worktree: &Path,
        branch: Option<&str>,
        base: &CommitId,
        scope: &ScopeGlobs,
        keep: &str,
    ) -> Result<Inspected, String> {
        let repo = self.settled_repo(project).await?;
        let scope = compiled(scope)?;
        let base = oid(base)?;
        let status = repo.status(worktree).await.map_err(|error| sentence(&error))?;
        let head = status.head.ok_or("Its branch has no commit any more.")?;
        if head != base {
            // Evidence and approvals speak of this commit; its branch is anybody's to delete.
            repo.keep(keep, head).await.map_err(|error| sentence(&error))?;
        }
        // What is checked, approved and landed is the branch's: an agent may have made one of its own, or none.
        let elsewhere = branch.filter(|branch| status.branch.as_deref() != Some(branch));
        let mut apart = None;
        if let Some(branch) = elsewhere.filter(|_| status.in_progress.is_none()) {
            let joined = repo.rejoin(worktree, branch, head).await.map_err(|error| sentence(&error))?;
            let other = || status.branch.clone().unwrap_or_else(|| head.short());
            apart = (!joined).then(other);
        }
        let descends = repo.is_ancestor(base, head).await.map_err(|error| sentence(&error))?;
        let files =
            repo.changed_files(base, head, Counts::Include).await.map_err(|error| sentence(&error))?;
        let mut size = Size { files: files.len() as u32, ..Size::default() };
        let mut out_of_scope = Vec::new();
        for file in &files {
            size.added += u64::from(file.added.unwrap_or(0));
            size.deleted += u64::from(file.deleted.unwrap_or(0));
            // A rename also takes a file away from where it was; a copy leaves its source alone.
            let moved = matches!(file.status, repo::FileStatus::Renamed { .. });
            let from = file.old_path.iter().filter(|_| moved || file.new_path.is_none());
            for path in file.new_path.iter().chain(from) {
                if !scope.contains(path) {
                    out_of_scope.push(shown(path));
                }
            }
        }
        let (inside, outside): (Vec<_>, Vec<_>) =
            status.entries.iter().partition(|entry| scope.contains(&entry.path));
        let names =
            |entries: Vec<&repo::Entry>| entries.into_iter().map(|entry| shown(&entry.path)).collect();
        Ok(Inspected {
            head: commit_id(head)?,
            descends,
            size,
            out_of_scope,
            dirty_inside: names(inside),
            dirty_outside: names(outside),
            in_progress: status.in_progress.map(|what| format!("a {what}")),
            apart,
        })
    }

    async fn commit_leftovers(
        &self,
        project: &world::Project,
        worktree: &Path,
        scope: &ScopeGlobs,
        message: &str,
    ) -> Result<(Vec<String>, CommitId), String> {
        let repo = self.settled_repo(project).await?;
        let scope = compiled(scope)?;
        let status = repo.status(worktree).await.map_err(|error| sentence(&error))?;
        let paths: Vec<BString> = status
            .entries
            .iter()
            .filter(|entry| scope.contains(&entry.path))
            .flat_map(|entry| {
                let from = entry.old_path.clone().filter(|from| scope.contains(from));
                [Some(entry.path.clone()), from].into_iter().flatten()
            })
            .collect();
        let head = match repo.commit_paths(worktree, &paths, message, &Identity::fallback()).await {
            Ok(head) => head,
            Err(repo::Error::NothingToCommit) => status.head.ok_or("Its branch has no commit any more.")?,
            Err(error) => return Err(sentence(&error)),
        };
        Ok((paths.iter().map(shown).collect(), commit_id(head)?))
    }

    async fn tidy(&self, project: &world::Project, worktree: &Path, keep: &str) -> Result<Tidied, String> {
        let repo = self.settled_repo(project).await?;
        let tidied = repo.tidy(worktree, keep).await.map_err(|error| sentence(&error))?;
        let status = repo.status(worktree).await.map_err(|error| sentence(&error))?;
        if let Some(left) = tidied.left.first() {
            return Err(format!(
                "{} can't be put away ({}), so its checks can't run in a clean tree.",
                shown(&left.path),
                left.why
            ));
        }
        let kept = tidied.snapshot.map(|snapshot| {
            let paths = tidied.restored.iter().chain(&tidied.removed).map(shown).collect();
            (paths, snapshot.reference)
        });
        let head = status.head.ok_or("Its branch has no commit any more.")?;
        Ok(Tidied { head: commit_id(head)?, kept })
    }

    async fn build(&self, build: &Build) -> Result<Built, String> {
        let repo = self.settled_repo(&build.project).await?;
        let head = oid(&build.head)?;
        if build.worktree.exists() {
            let status = repo.status(&build.worktree).await.map_err(|error| sentence(&error))?;
            if let Some(now) = status.head.filter(|now| *now != head) {
                return Ok(Built::HeadMoved { head: commit_id(now)? });
            }
        }
        let onto = repo.branch(&build.target).await.map_err(|error| sentence(&error))?;
        let onto = onto.ok_or_else(|| format!("The branch {} is gone.", build.target))?;
        let identity = repo.committer().await.unwrap_or_else(|_| Identity::fallback());
        let request = MergeRequest {
            onto,
            head,
            how: match build.how {
                plan::Land::Merge => How::Merge,
                plan::Land::Squash => How::Squash,
                plan::Land::Rebase => How::Rebase,
            },
            message: build.message.clone(),
            identity,
            when: When::utc(build.at_ms / 1000),
        };
        Ok(match repo.merge_candidate(&request).await.map_err(|error| sentence(&error))? {
            Candidate::Clean { commit, .. } => Built::Clean(world::Candidate {
                commit: commit_id(commit)?,
                onto: commit_id(onto)?,
                same_tree: self.same_tree(&repo, head, commit).await?,
            }),
            Candidate::Conflict { paths, .. } => Built::Conflict { paths: paths.iter().map(shown).collect() },
            // A person merged it by hand. What stands there now still has to be checked before it
            // counts as landed, so the tip itself is the candidate.
            Candidate::Already => Built::Clean(world::Candidate {
                commit: commit_id(onto)?,
                onto: commit_id(onto)?,
                same_tree: self.same_tree(&repo, head, onto).await?,
            }),
        })
    }

    async fn same_tree(&self, repo: &Repo, one: Oid, other: Oid) -> Result<bool, String> {
        let failed = |error: repo::Error| sentence(&error);
        Ok(repo.tree(one).await.map_err(failed)? == repo.tree(other).await.map_err(failed)?)
    }

    async fn prepare_lane(
        &self,
        project: &world::Project,
        worktree: &Path,
        commit: &CommitId,
        copy: &[String],
    ) -> Result<String, String> {
        let repo = self.settled_repo(project).await?;
        let commit = oid(commit)?;
        repo.set_lane(worktree, commit).await.map_err(|error| sentence(&error))?;
        copy_files(&repo, worktree, copy).await?;
        repo.lock_print(commit).await.map_err(|error| sentence(&error))
    }

    async fn advance(
        &self,
        project: &world::Project,
        target: &str,
        old: &CommitId,
        new: &CommitId,
    ) -> Result<Advanced, String> {
        let repo = self.settled_repo(project).await?;
        let (old, new) = (oid(old)?, oid(new)?);
        let turn = self.advancing(&project.id);
        let _held = turn.lock().await;
        Ok(match repo.advance(target, old, new, LOCK_WAIT).await.map_err(|error| sentence(&error))? {
            Advance::Moved { .. } => Advanced::Moved,
            // An earlier engine may have moved it, and others may have moved it on since.
            Advance::Stale { .. } if repo.contains(target, new).await.unwrap_or(false) => Advanced::Moved,
            Advance::Stale { .. } => Advanced::Stale,
            Advance::Blocked { worktree, why } => match why {
                Blocked::Files(paths) => Advanced::Blocked { paths: paths.iter().map(shown).collect() },
                Blocked::InProgress(what) => Advanced::Failed {
                    why: format!(
                        "Your checkout {} is in the middle of a {what}: finish it, then land again.",
                        worktree.display()
                    ),
                },
                Blocked::SeveralCheckouts => Advanced::Failed {
                    why: format!(
                        "{target} is checked out in more than one worktree: leave one, then land again."
                    ),
                },
                Blocked::Away => Advanced::Failed {
                    why: format!("The checkout {} of {target} is not there now.", worktree.display()),
                },
            },
        })
    }

    async fn remove(
        &self,
        project: &world::Project,
        worktree: &Path,
        branch: &str,
        keep: &str,
    ) -> Result<Vec<String>, String> {
        let repo = self.settled_repo(project).await?;
        let place = repo.place(&self.home.places()).await.map_err(|error| sentence(&error))?;
        let known = |entry: &repo::TrashEntry| -> Vec<String> {
            [Some(entry.head_ref.clone()), entry.snapshot_ref.clone()].into_iter().flatten().collect()
        };
        match repo.trash_worktree(worktree, Some(branch), keep).await {
            Ok(trashed) => {
                tokio::spawn(limit_trash(repo.clone(), place));
                Ok(known(&trashed.entry))
            }
            // It never came into being, or an earlier engine removed it and died before saying so.
            Err(repo::Error::Missing { .. }) if worktree.symlink_metadata().is_err() => {
                let trash = repo.trash(&place).await.map_err(|error| sentence(&error))?;
                Ok(trash.iter().find(|entry| entry.path == worktree).map(known).unwrap_or_default())
            }
            Err(error) => Err(sentence(&error)),
        }
    }

    async fn remove_lane(&self, project: &world::Project, worktree: &Path) -> Result<(), String> {
        if worktree.symlink_metadata().is_err() {
            return Ok(());
        }
        let repo = self.settled_repo(project).await?;
        let place = repo.place(&self.home.places()).await.map_err(|error| sentence(&error))?;
        let trashed = match repo.trash_worktree(worktree, None, "lane").await {
            Ok(trashed) => trashed,
            Err(repo::Error::Missing { .. }) if worktree.symlink_metadata().is_err() => return Ok(()),
            Err(error) => return Err(sentence(&error)),
        };
        // A lane holds nothing of anybody's: merged trees, and what checks wrote.
        repo.empty_trash(&place, &[trashed.entry]).await.map_err(|error| sentence(&error))?;
        Ok(())
    }
}

/// Keeps the trash within its limits; the commits and snapshots of what goes stay under keep refs.
async fn limit_trash(repo: Repo, place: repo::Place) {
    let Ok(entries) = repo.trash(&place).await else { return };
    let oldest = crate::outside::now() / 1000 - TRASH_AGE;
    // The newest come first.
    let due: Vec<_> = entries
        .into_iter()
        .enumerate()
        .filter(|(place, entry)| *place >= TRASH_ENTRIES || entry.at < oldest)
        .map(|(_, entry)| entry)
        .collect();
    if let Err(error) = repo.empty_trash(&place, &due).await {
        tracing::warn!(error = %sentence(&error), "old worktrees stay in the trash");
    }
}

async fn copy_files(repo: &Repo, worktree: &Path, copy: &[String]) -> Result<(), String> {
    let copied = repo.copy_into(worktree, copy).await.map_err(|error| sentence(&error))?;
    for skipped in copied.skipped {
        tracing::warn!(path = %shown(&skipped.path), why = %skipped.why, "not copied into the worktree");
    }
    Ok(())
}

fn compiled(scope: &ScopeGlobs) -> Result<Scope, String> {
    Scope::new(scope.allow.as_deref(), &scope.exclude).map_err(|error| error.to_string())
}

/// A path for people; control characters can't pass into a terminal or a page.
pub(crate) fn shown(path: &BString) -> String {
    path.to_str_lossy().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// `Some` says why the file was left alone.
fn write_plan_file(path: &Path, old: &str, new: &str) -> Option<String> {
    let failed = |error: std::io::Error| {
        format!("{} can't be written ({error}); the plan itself is unharmed.", path.display())
    };
    match std::fs::read_to_string(path) {
        Ok(found) if found == new => None,
        Ok(found) if found != old => Some(format!(
            "{} was edited elsewhere and is left as it is; run it again to take those edits over.",
            path.display()
        )),
        Ok(_) => {
            let draft = path.with_extension("toml.coppice-draft");
            std::fs::write(&draft, new).and_then(|()| std::fs::rename(&draft, path)).err().map(failed)
        }
        Err(error) => Some(failed(error)),
    }
}

/// Whose attempt it is, for log lines.
impl std::fmt::Display for At {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.plan, self.task, self.attempt)
    }
}
