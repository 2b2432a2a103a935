//! Git and worktrees: the only crate that names git2 and notify.
//!
//! Reads of objects and refs go through git2; everything that touches a work tree, an index or a
//! ref goes through the `git` program by way of one module (`git.rs`). Nothing here decides when
//! something happens: no plan, no state of a task, no clock for commits that must be repeatable.
//!
//! Paths inside a repository are bytes ([`BString`]); folders on this machine are [`PathBuf`](std::path::PathBuf).

mod add;
mod advance;
mod changes;
mod commit;
mod copy;
mod error;
mod file_diff;
mod git;
mod graft;
mod history;
mod init;
mod keep;
mod lane;
mod merge;
mod objects;
mod oid;
mod open;
mod os;
mod place;
mod predict;
mod read;
mod refs;
mod rejoin;
mod remote;
mod restore;
mod snapshot;
mod status;
mod strays;
mod tidy;
mod trash;
mod trust;
mod watch;
mod worktrees;

pub use bstr::{BStr, BString, ByteSlice};

pub use add::{NewWorktree, Outcome};
pub use advance::{Advance, Blocked};
pub use changes::{ChangedFile, Counts, FileStatus};
pub use copy::{Copied, NotCopied};
pub use error::{Error, Result};
pub use file_diff::{DiffLimits, FileDiff, Hunk, Line, LineEnds, LineKind, diff_bytes};
pub use git::{GitVersion, git_version};
pub use graft::{Graft, Splice};
pub use history::CommitInfo;
pub use keep::Keep;
pub use merge::{Candidate, How, MergeRequest};
pub use objects::{Identity, When};
pub use oid::Oid;
pub use open::{Repo, Trust};
pub use place::Place;
pub use predict::Prediction;
pub use refs::{Branch, Head};
pub use remote::Upstream;
pub use snapshot::{LeftOut, Snapshot};
pub use status::{Change, Entry, InProgress, Status};
pub use tidy::Tidied;
pub use trash::{TrashEntry, Trashed};
pub use trust::{ConfigPrint, ExecCapable, ExecKind};
pub use watch::{Moved, Watch};
pub use worktrees::WorktreeInfo;
