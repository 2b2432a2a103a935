//! What can go wrong with a repository, in sentences a person can act on.

use std::path::PathBuf;

use crate::InProgress;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} does not exist. Choose an existing folder.", .path.display())]
    Missing { path: PathBuf },
    #[error(
        "{} is not inside a git repository. Create one with `git init`, or choose another folder.",
        .path.display()
    )]
    NotARepository { path: PathBuf },
    #[error(
        "The repository at {0} belongs to another user. If you trust it, run `git config --global --add safe.directory {0}`.",
        .path.display()
    )]
    UnsafeOwner { path: PathBuf },
    #[error("The repository at {} uses {what}, which Coppice cannot read yet.", .path.display())]
    UnsupportedFormat { path: PathBuf, what: String },
    #[error("The git program was not found. Install git {minimum} or newer and make sure it is on PATH.")]
    GitMissing { minimum: crate::GitVersion },
    #[error("git {found} is too old. Install git {minimum} or newer.")]
    GitTooOld { found: crate::GitVersion, minimum: crate::GitVersion },
    #[error("Git fails to {doing}: {message}")]
    Git { doing: String, code: Option<i32>, message: String },
    #[error("The git program cannot be started to {doing}.")]
    Spawn {
        doing: String,
        #[source]
        source: std::io::Error,
    },
    #[error("The repository cannot be read to {doing}.")]
    Read {
        doing: String,
        #[source]
        source: git2::Error,
    },
    #[error("{doing} fails at {}.", .path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(
        "{} is held by another git process. Wait for it to end; if none is running, remove that file.",
        .path.display()
    )]
    Locked { path: PathBuf },
    #[error("{} is in the middle of a {what}. Finish or abort it first.", .path.display())]
    InProgress { path: PathBuf, what: InProgress },
    #[error("{} is left alone: {why}.", .path.display())]
    NotOurs { path: PathBuf, why: &'static str },
    #[error("The branch {branch} already exists. Choose another name, or delete it first.")]
    BranchExists { branch: String },
    #[error("{} already exists. Move it away, or choose another folder.", .path.display())]
    PathTaken { path: PathBuf },
    #[error("`{name}` is no valid name for a branch or ref.")]
    BadName { name: String },
    #[error("{what} does not exist in this repository.")]
    NotFound { what: String },
    #[error("Nothing can be taken of {path}: {why}.")]
    CannotTake { path: String, why: String },
    #[error("There is nothing to commit at the given paths.")]
    NothingToCommit,
    #[error("{new} does not contain {old}, so moving {branch} there would lose commits.")]
    NotForward { branch: String, old: crate::Oid, new: crate::Oid },
    #[error("The work was cancelled while git was about to {doing}.")]
    Cancelled { doing: String },
    #[error("Changes in the repository cannot be watched.")]
    Watch {
        #[source]
        source: notify::Error,
    },
}

impl Error {
    pub(crate) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |source| Error::Io { doing, path, source }
    }

    pub(crate) fn read(doing: &str) -> impl FnOnce(git2::Error) -> Error {
        let doing = doing.to_owned();
        move |source| Error::Read { doing, source }
    }
}
