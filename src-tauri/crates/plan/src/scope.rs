//! Which paths a task may change: compiled globs, matched on bytes.
//!
//! `*` stays within one folder, `**` crosses folders, a plain name means the file or everything
//! below the folder of that name. Paths are relative to the repository, with `/`, as git gives them.

use globset::{Candidate, Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::document::Task;

/// Compiled form of a task's `scope` and `exclude`.
#[derive(Debug, Clone)]
pub struct Scope {
    /// None = everything.
    allowed: Option<GlobSet>,
    excluded: GlobSet,
}

/// Why a glob cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadGlob {
    #[error("a glob is empty")]
    Empty,
    #[error("glob \"{0}\" starts at the root of the file system, but scopes are relative to the repository")]
    Absolute(String),
    #[error("glob \"{0}\" leaves the repository with \"..\"")]
    Upwards(String),
    #[error("glob \"{0}\" has a backslash, but git separates folders by \"/\"")]
    Backslash(String),
    #[error("glob \"{glob}\" cannot be read: {why}")]
    Syntax { glob: String, why: String },
}

impl Scope {
    pub fn of(task: &Task) -> Result<Scope, BadGlob> {
        Scope::new(task.scope.as_deref(), &task.exclude)
    }

    /// `allowed` None = everything but what is excluded; an empty list = nothing.
    pub fn new(allowed: Option<&[String]>, excluded: &[String]) -> Result<Scope, BadGlob> {
        Ok(Scope { allowed: allowed.map(compile).transpose()?, excluded: compile(excluded)? })
    }

    /// Whether the task may change `path`.
    pub fn contains(&self, path: &[u8]) -> bool {
        let path = Candidate::from_bytes(path);
        self.allowed.as_ref().is_none_or(|allowed| allowed.is_match_candidate(&path))
            && !self.excluded.is_match_candidate(&path)
    }

    /// The paths that it may not change, in their order.
    pub fn outside<'a, P: AsRef<[u8]>>(&self, paths: &'a [P]) -> Vec<&'a P> {
        paths.iter().filter(|path| !self.contains(path.as_ref())).collect()
    }
}

/// Says what is wrong with a glob, if anything is. Reads it without compiling a matcher, which
/// costs a hundred times as much and is not needed to judge an edit.
pub fn check_glob(glob: &str) -> Result<(), BadGlob> {
    read(tidy(glob)?, glob).map(|_| ())
}

fn read(glob: &str, shown: &str) -> Result<Glob, BadGlob> {
    let built = GlobBuilder::new(glob).literal_separator(true).backslash_escape(false).build();
    built.map_err(|error| BadGlob::Syntax { glob: shown.to_owned(), why: error.kind().to_string() })
}

fn compile(globs: &[String]) -> Result<GlobSet, BadGlob> {
    let mut set = GlobSetBuilder::new();
    for shown in globs {
        let glob = tidy(shown)?;
        set.add(read(glob, shown)?);
        let last = glob.rsplit('/').next().unwrap_or(glob);
        if !last.contains(['*', '?', '[', '{']) {
            set.add(read(&format!("{glob}/**"), shown)?);
        }
    }
    set.build().map_err(|error| BadGlob::Syntax {
        glob: error.glob().unwrap_or_default().to_owned(),
        why: error.kind().to_string(),
    })
}

/// Takes off a leading `./` and a trailing `/`, and refuses what can never match.
pub(crate) fn tidy(shown: &str) -> Result<&str, BadGlob> {
    let mut glob = shown;
    while let Some(rest) = glob.strip_prefix("./") {
        glob = rest;
    }
    if glob.starts_with('/') {
        return Err(BadGlob::Absolute(shown.to_owned()));
    }
    let glob = glob.trim_end_matches('/');
    if glob.trim().is_empty() {
        return Err(BadGlob::Empty);
    }
    if glob.contains('\\') {
        return Err(BadGlob::Backslash(shown.to_owned()));
    }
    if glob.split('/').any(|part| part == "..") {
        return Err(BadGlob::Upwards(shown.to_owned()));
    }
    // "." is the whole repository.
    Ok(if glob == "." { "**" } else { glob })
}
