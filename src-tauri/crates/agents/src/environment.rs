//! The user's environment as agents and checks get it: the login shell's, or this process's own with a reason.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::time::Duration;

use crate::os;

/// Where an environment comes from; doctor shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The login shell printed it.
    Shell { shell: PathBuf, took: Duration },
    /// This process's own, and why.
    Inherited { reason: String },
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Source::Shell { shell, took } => {
                write!(f, "from the login shell {} ({} ms)", shell.display(), took.as_millis())
            }
            Source::Inherited { reason } => write!(f, "of the process that started Coppice: {reason}"),
        }
    }
}

/// Variables by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    source: Source,
}

impl Environment {
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>, source: Source) -> Self {
        Environment { variables: variables.into_iter().collect(), source }
    }

    /// This process's own environment, with the reason for taking it.
    pub fn inherited(reason: impl Into<String>) -> Self {
        Environment::new(std::env::vars_os(), Source::Inherited { reason: reason.into() })
    }

    pub fn source(&self) -> &Source {
        &self.source
    }

    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str)
    }

    pub fn names(&self) -> impl Iterator<Item = &OsStr> {
        self.variables.keys().map(OsString::as_os_str)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The variables without `unset` and then with `set`.
    pub fn with(&self, unset: &[OsString], set: &[(OsString, OsString)]) -> Vec<(OsString, OsString)> {
        let mut variables = self.variables.clone();
        variables.retain(|name, _| !unset.contains(name));
        variables.extend(set.iter().cloned());
        variables.into_iter().collect()
    }

    /// The program of that name in this environment's search path. Relative entries of the path are passed over:
    /// they would mean something else in every worktree.
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        let path = self.get("PATH")?;
        std::env::split_paths(path)
            .filter(|folder| folder.is_absolute())
            .flat_map(|folder| os::program_names(program).into_iter().map(move |name| folder.join(name)))
            .find(|file| os::is_executable(file))
    }
}
