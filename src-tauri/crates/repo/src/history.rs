//! Commits and how they descend from each other. Reads only.

use crate::{Error, Oid, Repo, Result};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitInfo {
    pub oid: Oid,
    pub parents: Vec<Oid>,
    pub author: String,
    pub email: String,
    /// Seconds since 1970.
    pub authored_at: i64,
    pub committed_at: i64,
    pub summary: String,
    /// The whole message; bytes that are no UTF-8 are replaced.
    pub message: String,
}

impl Repo {
    /// `ancestor` is `commit` or can be reached from it.
    pub async fn is_ancestor(&self, ancestor: Oid, commit: Oid) -> Result<bool> {
        const DOING: &str = "compare two commits";
        self.read(DOING, move |git| {
            Ok(ancestor == commit
                || git.graph_descendant_of(commit.0, ancestor.0).map_err(Error::read(DOING))?)
        })
        .await
    }

    /// The local branch contains the commit.
    pub async fn contains(&self, branch: &str, commit: Oid) -> Result<bool> {
        match self.branch(branch).await? {
            Some(tip) => self.is_ancestor(commit, tip).await,
            None => Ok(false),
        }
    }

    /// The best common ancestor; `None` for unrelated histories and where a shallow clone ends too early.
    pub async fn merge_base(&self, a: Oid, b: Oid) -> Result<Option<Oid>> {
        const DOING: &str = "find the common ancestor of two commits";
        self.read(DOING, move |git| match git.merge_base(a.0, b.0) {
            Ok(base) => Ok(Some(Oid(base))),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(Error::read(DOING)(error)),
        })
        .await
    }

    /// Commits that `head` has and `base` has not, children before parents.
    pub async fn log(&self, base: Oid, head: Oid) -> Result<Vec<CommitInfo>> {
        const DOING: &str = "list commits";
        self.read(DOING, move |git| {
            let mut walk = git.revwalk().map_err(Error::read(DOING))?;
            walk.set_sorting(git2::Sort::TOPOLOGICAL).map_err(Error::read(DOING))?;
            walk.push(head.0).map_err(Error::read(DOING))?;
            walk.hide(base.0).map_err(Error::read(DOING))?;
            walk.map(|oid| {
                let commit = oid.and_then(|oid| git.find_commit(oid)).map_err(Error::read(DOING))?;
                Ok(info(&commit))
            })
            .collect()
        })
        .await
    }

    pub async fn commit_info(&self, oid: Oid) -> Result<CommitInfo> {
        self.read("read a commit", move |git| {
            let commit = git.find_commit(oid.0);
            commit
                .map(|commit| info(&commit))
                .map_err(|_| Error::NotFound { what: format!("The commit {oid}") })
        })
        .await
    }

    /// Every path of the newest commit of HEAD; empty where there is none.
    pub async fn tracked_files(&self) -> Result<Vec<bstr::BString>> {
        const DOING: &str = "list the files of a commit";
        self.read(DOING, |git| {
            let Ok(tree) = git.head().and_then(|head| head.peel_to_tree()) else { return Ok(Vec::new()) };
            let mut files = Vec::new();
            tree.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
                if entry.kind() != Some(git2::ObjectType::Tree) {
                    let mut path = bstr::BString::from(folder);
                    path.extend_from_slice(entry.name_bytes());
                    files.push(path);
                }
                git2::TreeWalkResult::Ok
            })
            .map_err(Error::read(DOING))?;
            Ok(files)
        })
        .await
    }

    /// The tree of a commit: equal trees hold equal files.
    pub async fn tree(&self, commit: Oid) -> Result<Oid> {
        self.read("read a commit", move |git| {
            let found = git.find_commit(commit.0);
            found
                .map(|found| Oid(found.tree_id()))
                .map_err(|_| Error::NotFound { what: format!("The commit {commit}") })
        })
        .await
    }
}

fn info(commit: &git2::Commit<'_>) -> CommitInfo {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let author = commit.author();
    CommitInfo {
        oid: Oid(commit.id()),
        parents: commit.parent_ids().map(Oid).collect(),
        author: text(author.name_bytes()),
        email: text(author.email_bytes()),
        authored_at: author.when().seconds(),
        committed_at: commit.time().seconds(),
        summary: text(commit.message_bytes().split(|byte| *byte == b'\n').next().unwrap_or_default()),
        message: text(commit.message_bytes()),
    }
}
