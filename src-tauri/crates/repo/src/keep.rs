//! Keep refs: hidden refs that pin commits and snapshots, so that no work is ever lost to garbage
//! collection or to a deleted branch. A keep ref is never moved, only made and dropped.

use crate::{Error, Oid, Repo, Result};

pub(crate) const KEEP: &str = "refs/coppice/keep/";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keep {
    /// Without `refs/coppice/keep/`.
    pub name: String,
    pub oid: Oid,
    /// Time of the commit, in seconds since 1970.
    pub committed_at: i64,
    pub summary: String,
}

impl Repo {
    /// Pins `oid` and returns the full ref. Where the name already pins something else, the next
    /// free `name-2`, `name-3` … is taken: a keep ref never lets go of what it holds.
    pub async fn keep(&self, name: &str, oid: Oid) -> Result<String> {
        let full = keep_ref(name)?;
        for attempt in 1_u32.. {
            let candidate = if attempt == 1 { full.clone() } else { format!("{full}-{attempt}") };
            match self.ref_target(candidate.clone()).await? {
                Some(held) if held == oid => return Ok(candidate),
                Some(_) => continue,
                None => {}
            }
            let made = self
                .git("make a keep ref")
                .durable()
                .args(["update-ref", "-m", "coppice: keep", "--end-of-options"])
                .args([candidate.as_str(), oid.to_string().as_str(), Oid::ZERO])
                .ok()
                .await;
            match made {
                Ok(_) => return Ok(candidate),
                // Somebody else took the name between the look and the write.
                Err(_) if self.ref_target(candidate.clone()).await?.is_some_and(|held| held != oid) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::BadName { name: name.to_owned() })
    }

    pub async fn keeps(&self) -> Result<Vec<Keep>> {
        const DOING: &str = "list the keep refs";
        self.read(DOING, |git| {
            let mut keeps = Vec::new();
            for found in git.references_glob(&format!("{KEEP}*")).map_err(Error::read(DOING))? {
                let found = found.map_err(Error::read(DOING))?;
                let name = String::from_utf8_lossy(found.name_bytes()).into_owned();
                let Some(name) = name.strip_prefix(KEEP) else { continue };
                // A damaged one must not hide the others.
                let Ok(commit) = found.peel_to_commit() else { continue };
                let summary =
                    String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned();
                let committed_at = commit.time().seconds();
                keeps.push(Keep { name: name.to_owned(), oid: Oid(commit.id()), committed_at, summary });
            }
            keeps.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(keeps)
        })
        .await
    }

    /// Lets go of a keep ref, if it still pins `oid`. Dropping one that is gone is no error.
    pub async fn drop_keep(&self, name: &str, oid: Oid) -> Result<()> {
        self.delete_ref(&keep_ref(name)?, oid).await.map(|_| ())
    }

    /// Deletes a ref that still points at `old`; `false` when it points elsewhere or is gone.
    pub(crate) async fn delete_ref(&self, full: &str, old: Oid) -> Result<bool> {
        let deleted = self
            .git(format!("delete {full}"))
            .durable()
            .args(["update-ref", "--no-deref", "-d", "--end-of-options", full, old.to_string().as_str()])
            .ok()
            .await;
        match deleted {
            Ok(_) => Ok(true),
            Err(error) => match self.ref_target(full.to_owned()).await? {
                Some(now) if now == old => Err(self.locked_or(full, error)),
                _ => Ok(false),
            },
        }
    }

    /// Says which lock is in the way, where one is, instead of git's message.
    pub(crate) fn locked_or(&self, full: &str, error: Error) -> Error {
        let locks = [format!("{full}.lock"), "packed-refs.lock".to_owned(), "HEAD.lock".to_owned()];
        let found =
            locks.into_iter().map(|lock| self.shared.common_dir.join(lock)).find(|lock| lock.exists());
        found.map_or(error, |path| Error::Locked { path })
    }
}

pub(crate) fn keep_ref(name: &str) -> Result<String> {
    let full = format!("{KEEP}{name}");
    if git2::Reference::is_valid_name(&full) {
        Ok(full)
    } else {
        Err(Error::BadName { name: name.to_owned() })
    }
}
