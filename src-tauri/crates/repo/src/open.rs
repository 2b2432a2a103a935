//! Finding and opening a repository: what it is, where it is, whether it may be read.
//!
//! Opening runs nothing of the repository's own, and a [`Repo`] stays [`Trust::Hardened`] until the
//! caller says otherwise.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::git::Git;
use crate::{Error, Result, os};

/// How long a lock that git itself does not wait for is waited for.
pub(crate) const LOCK_WAIT: Duration = Duration::from_secs(10);

/// Whether programs that the repository's configuration names may run in the steps that write files
/// or commits for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Filters, merge drivers and everything else the configuration names are switched off.
    Hardened,
    /// Filters (such as LFS) run when files are written or stored. Hooks still do not.
    Filters,
}

/// A repository. Cheap to clone; every clone shares the same locks.
#[derive(Debug, Clone)]
pub struct Repo {
    pub(crate) shared: Arc<Shared>,
    pub(crate) trust: Trust,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) common_dir: PathBuf,
    pub(crate) root: Option<PathBuf>,
    pub(crate) bare: bool,
    pub(crate) shallow: bool,
    /// Held while worktrees are registered or removed.
    pub(crate) registering: tokio::sync::Mutex<()>,
    /// How many work trees are written at the same time.
    pub(crate) writing: tokio::sync::Semaphore,
    /// Worktrees that are being made right now, by this process.
    pub(crate) being_made: Mutex<HashSet<PathBuf>>,
    /// Told when one of them is made or given up.
    pub(crate) released: tokio::sync::Notify,
}

/// A work tree together with its own git folder.
#[derive(Debug, Clone)]
pub(crate) struct At {
    pub(crate) git_dir: PathBuf,
    pub(crate) tree: PathBuf,
    /// Switches off the filters that its configuration defines. Part of every call in a work tree:
    /// whatever looks at an index may refresh it first, and that runs filters (`write-tree` does).
    pub(crate) harmless: Vec<(String, String)>,
}

impl Repo {
    /// Opens the repository that `path` (the repository itself, a worktree, or any folder inside)
    /// belongs to. Blocks for a few file-system calls.
    pub fn open(path: impl AsRef<Path>) -> Result<Repo> {
        let path = path.as_ref();
        os::accept_extensions();
        let path = match path.canonicalize() {
            Ok(path) => path,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::Missing { path: path.to_owned() });
            }
            Err(error) => return Err(Error::io("Opening the folder", path)(error)),
        };
        let found = git2::Repository::discover(&path).map_err(|source| not_opened(&path, source))?;
        let common_dir = found
            .commondir()
            .canonicalize()
            .map_err(Error::io("Opening the repository", found.commondir()))?;
        // A linked worktree is opened through its main repository, which is what both share.
        let main = git2::Repository::open(&common_dir).map_err(|source| not_opened(&path, source))?;
        let root = main.workdir().map(|root| root.canonicalize().unwrap_or_else(|_| root.to_owned()));
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Repo {
            shared: Arc::new(Shared {
                root,
                bare: main.is_bare(),
                shallow: main.is_shallow(),
                common_dir,
                registering: tokio::sync::Mutex::new(()),
                writing: tokio::sync::Semaphore::new(threads.clamp(2, 8)),
                being_made: Mutex::default(),
                released: tokio::sync::Notify::new(),
            }),
            trust: Trust::Hardened,
        })
    }

    /// The same repository under another degree of trust.
    #[must_use]
    pub fn with_trust(&self, trust: Trust) -> Repo {
        Repo { shared: Arc::clone(&self.shared), trust }
    }

    pub fn trust(&self) -> Trust {
        self.trust
    }

    /// The shared git folder, canonical: the identity of the repository.
    pub fn common_dir(&self) -> &Path {
        &self.shared.common_dir
    }

    /// The main checkout; a bare repository has none.
    pub fn root(&self) -> Option<&Path> {
        self.shared.root.as_deref()
    }

    pub fn is_bare(&self) -> bool {
        self.shared.bare
    }

    /// Cut off at some depth when it was cloned; merge bases may be missing.
    pub fn is_shallow(&self) -> bool {
        self.shared.shallow
    }

    /// What a person calls it: the name of the main checkout, or of a bare repository without `.git`.
    pub fn name(&self) -> String {
        let path = self.root().unwrap_or(self.common_dir());
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        name.strip_suffix(".git").filter(|rest| !rest.is_empty()).unwrap_or(&name).to_owned()
    }

    /// No commit on any branch.
    pub async fn is_empty(&self) -> Result<bool> {
        self.read("see whether it has commits", |git| {
            let branches = git.branches(None).map_err(Error::read("see whether it has commits"))?;
            Ok(branches.flatten().next().is_none() && git.head().is_err())
        })
        .await
    }

    /// A read through libgit2, on a thread that may block.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        doing: &'static str,
        read: impl FnOnce(&git2::Repository) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let common_dir = self.shared.common_dir.clone();
        blocking(move || {
            let git = git2::Repository::open(&common_dir).map_err(|source| match source.code() {
                git2::ErrorCode::Owner => Error::UnsafeOwner { path: common_dir },
                _ => Error::Read { doing: doing.to_owned(), source },
            })?;
            read(&git)
        })
        .await
    }

    /// The git program on the shared repository, with no work tree in sight.
    pub(crate) fn git(&self, doing: impl Into<String>) -> Git {
        Git::new(doing).at(&self.shared.common_dir, None)
    }

    /// The git program in a worktree.
    pub(crate) fn git_at(&self, at: &At, doing: impl Into<String>) -> Git {
        Git::new(doing).at(&at.git_dir, Some(&at.tree)).configs(&at.harmless)
    }

    /// One of this repository's worktrees, made ready for calls of git.
    pub(crate) async fn at(&self, worktree: &Path) -> Result<At> {
        let (git_dir, tree) = self.folders(worktree)?;
        let harmless = self.harmless_filters(&git_dir, &tree).await?;
        Ok(At { git_dir, tree, harmless })
    }

    /// The git folder of a worktree and its canonical path, by what the repository itself says; the
    /// worktree's `.git` file, which an agent could have rewritten, is not asked.
    pub(crate) fn folders(&self, worktree: &Path) -> Result<(PathBuf, PathBuf)> {
        let missing = |_| Error::Missing { path: worktree.to_owned() };
        let tree = worktree.canonicalize().map_err(missing)?;
        if self.root() == Some(&tree) {
            return Ok((self.shared.common_dir.clone(), tree));
        }
        match self.admin_dir(&tree) {
            Some(git_dir) => Ok((git_dir, tree)),
            None => Err(Error::NotOurs { path: tree, why: "it is no worktree of this repository" }),
        }
    }

    /// The folder under `worktrees/` that stands for the linked worktree at `tree`.
    pub(crate) fn admin_dir(&self, tree: &Path) -> Option<PathBuf> {
        let folders = std::fs::read_dir(self.shared.common_dir.join("worktrees")).ok()?;
        folders.flatten().map(|folder| folder.path()).find(|folder| {
            admin_points_at(folder)
                .is_some_and(|path| path == tree || path.canonicalize().is_ok_and(|real| real == tree))
        })
    }
}

/// The worktree that an administrative folder belongs to.
pub(crate) fn admin_points_at(admin: &Path) -> Option<PathBuf> {
    let text = std::fs::read(admin.join("gitdir")).ok()?;
    let link = os::path_from_bytes(text.trim_ascii_end());
    // Written relative to the administrative folder where `worktree.useRelativePaths` is set.
    Some(admin.join(link).parent()?.to_owned())
}

/// Runs file-system or libgit2 work on a thread that may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::Cancelled { doing: "read the repository".into() }),
        },
    }
}

fn not_opened(path: &Path, source: git2::Error) -> Error {
    let path = path.to_owned();
    match source.code() {
        git2::ErrorCode::NotFound => Error::NotARepository { path },
        git2::ErrorCode::Owner => Error::UnsafeOwner { path },
        _ if source.message().contains("unsupported extension")
            || source.message().contains("object format") =>
        {
            let what = source.message().rsplit(' ').next().unwrap_or_default().to_owned();
            Error::UnsupportedFormat { path, what }
        }
        _ => Error::Read { doing: "open it".into(), source },
    }
}
