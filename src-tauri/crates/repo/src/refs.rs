//! Branches, HEAD and names of commits. Reads only.

use crate::{Error, Oid, Repo, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Without `refs/heads/`.
    pub name: String,
    pub head: Oid,
    /// The branch it follows, such as `origin/main`.
    pub upstream: Option<String>,
    /// Time of the last commit, in seconds since 1970.
    pub committed_at: i64,
}

/// What HEAD of the main checkout (or of a bare repository) says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Head {
    Branch(String, Oid),
    Detached(Oid),
    /// The named branch has no commit yet.
    Unborn(String),
}

impl Repo {
    /// Local branches, by name.
    pub async fn branches(&self) -> Result<Vec<Branch>> {
        const DOING: &str = "list its branches";
        self.read(DOING, |git| {
            let mut branches = Vec::new();
            for branch in git.branches(Some(git2::BranchType::Local)).map_err(Error::read(DOING))? {
                let (branch, _) = branch.map_err(Error::read(DOING))?;
                // A name that is no UTF-8 cannot be asked for later, and a branch without a commit is none.
                let (Some(name), Ok(commit)) =
                    (branch.name().ok().flatten().map(str::to_owned), branch.get().peel_to_commit())
                else {
                    continue;
                };
                let upstream = branch
                    .upstream()
                    .ok()
                    .and_then(|upstream| upstream.name().ok().flatten().map(str::to_owned));
                let committed_at = commit.time().seconds();
                branches.push(Branch { name, head: Oid(commit.id()), upstream, committed_at });
            }
            branches.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(branches)
        })
        .await
    }

    pub async fn head(&self) -> Result<Head> {
        const DOING: &str = "read its HEAD";
        self.read(DOING, |git| {
            if git.head_detached().map_err(Error::read(DOING))? {
                let head = git.head().map_err(Error::read(DOING))?;
                let commit = head.peel_to_commit().map_err(Error::read(DOING))?;
                return Ok(Head::Detached(Oid(commit.id())));
            }
            let head = git.find_reference("HEAD").map_err(Error::read(DOING))?;
            let target =
                String::from_utf8_lossy(head.symbolic_target_bytes().unwrap_or_default()).into_owned();
            let name = target.strip_prefix("refs/heads/").unwrap_or(&target).to_owned();
            match git.refname_to_id(&target) {
                Ok(oid) => Ok(Head::Branch(name, Oid(oid))),
                Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(Head::Unborn(name)),
                Err(error) => Err(Error::read(DOING)(error)),
            }
        })
        .await
    }

    /// The commit that a branch, tag, full ref name or full object id stands for; `None` when there
    /// is no such name. No expressions such as `main~3`.
    pub async fn resolve(&self, name: &str) -> Result<Option<Oid>> {
        const DOING: &str = "find a commit by its name";
        let name = name.to_owned();
        self.read(DOING, move |git| {
            if let Ok(oid) = name.parse::<Oid>() {
                return Ok(git.find_commit(oid.0).ok().map(|commit| Oid(commit.id())));
            }
            let names = [
                format!("refs/heads/{name}"),
                format!("refs/tags/{name}"),
                format!("refs/remotes/{name}"),
                name,
            ];
            for name in names {
                match git.find_reference(&name) {
                    Ok(found) => return Ok(found.peel_to_commit().ok().map(|commit| Oid(commit.id()))),
                    Err(error)
                        if matches!(
                            error.code(),
                            git2::ErrorCode::NotFound | git2::ErrorCode::InvalidSpec
                        ) => {}
                    Err(error) => return Err(Error::read(DOING)(error)),
                }
            }
            Ok(None)
        })
        .await
    }

    /// The tip of a local branch.
    pub async fn branch(&self, name: &str) -> Result<Option<Oid>> {
        self.ref_target(format!("refs/heads/{name}")).await
    }

    pub(crate) async fn ref_target(&self, full: String) -> Result<Option<Oid>> {
        const DOING: &str = "read a ref";
        self.read(DOING, move |git| match git.refname_to_id(&full) {
            Ok(oid) => Ok(Some(Oid(oid))),
            Err(error)
                if matches!(error.code(), git2::ErrorCode::NotFound | git2::ErrorCode::InvalidSpec) =>
            {
                Ok(None)
            }
            Err(error) => Err(Error::read(DOING)(error)),
        })
        .await
    }

    /// The branch a new plan most likely aims at: the one checked out, else the remote's default,
    /// else `main` or `master`. `None` when HEAD is detached and none of these exists.
    pub async fn default_target(&self) -> Result<Option<String>> {
        if let Head::Branch(name, _) | Head::Unborn(name) = self.head().await? {
            return Ok(Some(name));
        }
        self.read("find its default branch", |git| {
            let remote = git
                .find_reference("refs/remotes/origin/HEAD")
                .ok()
                .and_then(|head| Some(String::from_utf8_lossy(head.symbolic_target_bytes()?).into_owned()))
                .and_then(|target| target.strip_prefix("refs/remotes/origin/").map(ToOwned::to_owned));
            let names = remote.into_iter().chain(["main".to_owned(), "master".to_owned()]);
            Ok(names.into_iter().find(|name| git.find_branch(name, git2::BranchType::Local).is_ok()))
        })
        .await
    }
}

/// The full ref of a branch, or why the name cannot be one.
pub(crate) fn branch_ref(name: &str) -> Result<String> {
    let full = format!("refs/heads/{name}");
    if name.starts_with('-') || name == "HEAD" || !git2::Reference::is_valid_name(&full) {
        return Err(Error::BadName { name: name.to_owned() });
    }
    Ok(full)
}
