//! The one thing that leaves the machine: fetch and push, each by a person's click. Here git runs as
//! the person would run it (their credentials, ssh and hooks), and only in a trusted repository.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::refs::branch_ref;
use crate::{Error, Repo, Result, Trust};

/// A large push over a slow line takes minutes; a dead line must not take for ever.
const MOST: Duration = Duration::from_secs(600);

/// What a branch follows, as of the last fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    pub remote: String,
    /// The branch's full name on the remote, `refs/heads/…`.
    pub merge: String,
    /// Commits that the branch has and its upstream has not, and the other way round.
    pub ahead: usize,
    pub behind: usize,
}

impl Repo {
    /// `None`: the branch follows nothing, or its upstream was never fetched.
    pub async fn upstream(&self, branch: &str) -> Result<Option<Upstream>> {
        const DOING: &str = "compare a branch with its upstream";
        let full = branch_ref(branch)?;
        self.read(DOING, move |git| {
            let text = |buf: std::result::Result<git2::Buf, git2::Error>| {
                buf.ok().and_then(|buf| buf.as_str().ok().map(ToOwned::to_owned))
            };
            let (Some(remote), Some(merge), Some(tracking)) = (
                text(git.branch_upstream_remote(&full)),
                text(git.branch_upstream_merge(&full)),
                text(git.branch_upstream_name(&full)),
            ) else {
                return Ok(None);
            };
            let (Ok(ours), Ok(theirs)) = (git.refname_to_id(&full), git.refname_to_id(&tracking)) else {
                return Ok(None);
            };
            let (ahead, behind) = git.graph_ahead_behind(ours, theirs).map_err(Error::read(DOING))?;
            Ok(Some(Upstream { remote, merge, ahead, behind }))
        })
        .await
    }

    /// Fetches a remote; no branch of the person's moves.
    pub async fn fetch(&self, remote: &str, environment: &[(OsString, OsString)]) -> Result<()> {
        self.as_person("fetch", &["fetch", "--quiet", "--end-of-options", remote], environment).await
    }

    /// Pushes a branch to its upstream. Never by force: a remote that has moved on refuses.
    pub async fn push(
        &self,
        branch: &str,
        upstream: &Upstream,
        environment: &[(OsString, OsString)],
    ) -> Result<()> {
        let what = format!("{}:{}", branch_ref(branch)?, upstream.merge);
        let args = ["push", "--quiet", "--end-of-options", &upstream.remote, &what];
        self.as_person("push", &args, environment).await
    }

    async fn as_person(
        &self,
        doing: &str,
        args: &[&str],
        environment: &[(OsString, OsString)],
    ) -> Result<()> {
        if self.trust() != Trust::Filters {
            let path = self.common_dir().to_owned();
            return Err(Error::NotOurs { path, why: "it is not trusted yet" });
        }
        let at: &Path = self.root().unwrap_or(self.common_dir());
        let mut git = Command::new("git");
        git.args(args)
            .current_dir(at)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env("LC_ALL", "C")
            // Nobody sits at a prompt: credentials come from a helper or an agent, or not at all.
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let spawned = |source| Error::Spawn { doing: doing.to_owned(), source };
        let output = match tokio::time::timeout(MOST, git.output()).await {
            Ok(output) => output.map_err(spawned)?,
            Err(_) => {
                return Err(Error::Git {
                    doing: doing.to_owned(),
                    code: None,
                    message: format!("it took longer than {} minutes", MOST.as_secs() / 60),
                });
            }
        };
        if output.status.success() {
            return Ok(());
        }
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(Error::Git { doing: doing.to_owned(), code: output.status.code(), message })
    }
}
