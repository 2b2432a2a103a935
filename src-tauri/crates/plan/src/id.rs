//! Names that never change meaning: a task's slug and a commit's hash.
//!
//! Both are shared strings, so a clone costs a counter and never an allocation. Attempt and run
//! numbers belong to the engine and are absent here.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Longest task id, in bytes. A branch `coppice/<plan>/<task>/<n>` stays far below the 255 bytes
/// that file systems allow for one path component.
pub const TASK_ID_MAX: usize = 64;

/// A task's name within its plan: `[a-z0-9][a-z0-9_-]{0,63}`, fit for a branch and a folder.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(Arc<str>);

/// A full commit hash in lower-case hexadecimal (40 digits for SHA-1, 64 for SHA-256).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(Arc<str>);

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    #[error(
        "\"{0}\" is not a task id: use 1 to 64 of a-z, 0-9, \"_\" and \"-\", starting with a letter or a digit"
    )]
    Task(String),
    #[error("\"{0}\" is not a commit: use its full hash of 40 or 64 hexadecimal digits")]
    Commit(String),
}

impl TaskId {
    /// Takes `text` as it stands; nothing is trimmed or lowered.
    pub fn new(text: &str) -> Result<TaskId, BadId> {
        let bytes = text.as_bytes();
        let head = bytes.first().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let tail =
            bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
        if head && tail && bytes.len() <= TASK_ID_MAX {
            Ok(TaskId(text.into()))
        } else {
            Err(BadId::Task(text.to_owned()))
        }
    }

    /// The nearest id to any text ("HTTP client" gives `http-client`); `task` when nothing is left.
    pub fn slug(text: &str) -> TaskId {
        let mut slug = String::new();
        for c in text.chars() {
            if slug.len() == TASK_ID_MAX {
                break;
            }
            let c = c.to_ascii_lowercase();
            if c.is_ascii_alphanumeric() || (c == '_' && !slug.is_empty()) {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        let slug = slug.trim_end_matches('-');
        TaskId(if slug.is_empty() { "task" } else { slug }.into())
    }

    /// `stem-2`, `stem-3`, … cut so that it stays an id.
    pub(crate) fn numbered(&self, number: usize) -> TaskId {
        let tail = format!("-{number}");
        let stem = &self.0[..self.0.len().min(TASK_ID_MAX - tail.len())];
        TaskId(format!("{stem}{tail}").into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CommitId {
    /// Takes a full hash; upper-case digits are lowered so that equal commits are equal ids.
    pub fn new(text: &str) -> Result<CommitId, BadId> {
        let full = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
        if full {
            Ok(CommitId(text.to_ascii_lowercase().into()))
        } else {
            Err(BadId::Commit(text.to_owned()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 7 digits, for people.
    pub fn short(&self) -> &str {
        &self.0[..7]
    }
}

macro_rules! text_id {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<$name, BadId> {
                $name::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                let text = String::deserialize(from)?;
                $name::new(&text).map_err(de::Error::custom)
            }
        }
    };
}

text_id!(TaskId);
text_id!(CommitId);
