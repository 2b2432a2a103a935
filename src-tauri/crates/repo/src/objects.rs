//! Writing commits from their parts. The commit object is put together here, byte by byte, so that
//! the same parts always give the same id; the git program checks and stores it.

use bstr::{BStr, BString};
use serde::{Deserialize, Serialize};

use crate::{Error, Oid, Repo, Result};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub name: String,
    pub email: String,
}

impl Identity {
    /// Who commits when the person has told git nothing about themselves.
    pub fn fallback() -> Identity {
        Identity { name: "Coppice".into(), email: "coppice@localhost".into() }
    }
}

/// A moment as git stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// Since 1970, UTC.
    pub seconds: i64,
    /// East of UTC.
    pub offset_minutes: i32,
}

impl When {
    pub fn utc(seconds: i64) -> When {
        When { seconds, offset_minutes: 0 }
    }

    /// The present moment, for commits that need not be repeatable.
    pub(crate) fn now() -> When {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        When::utc(since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0)))
    }
}

/// `Name <email> seconds zone`, with the characters removed that would end a part early.
pub(crate) fn signature(who: &Identity, when: When) -> BString {
    let clean = |text: &str, otherwise: &str| {
        let kept: String = text.chars().filter(|c| !matches!(c, '<' | '>' | '\n' | '\0')).collect();
        let kept = kept.trim().to_owned();
        if kept.is_empty() { otherwise.to_owned() } else { kept }
    };
    let sign = if when.offset_minutes < 0 { '-' } else { '+' };
    let offset = when.offset_minutes.unsigned_abs();
    format!(
        "{} <{}> {} {sign}{:02}{:02}",
        clean(&who.name, "unknown"),
        clean(&who.email, "unknown"),
        when.seconds.max(0),
        offset / 60,
        offset % 60
    )
    .into()
}

#[derive(Debug)]
pub(crate) struct NewCommit<'a> {
    pub(crate) tree: Oid,
    pub(crate) parents: &'a [Oid],
    pub(crate) author: &'a BStr,
    pub(crate) committer: &'a BStr,
    pub(crate) encoding: Option<&'a BStr>,
    pub(crate) message: &'a BStr,
}

impl NewCommit<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("tree {}\n", self.tree).into_bytes();
        for parent in self.parents {
            bytes.extend_from_slice(format!("parent {parent}\n").as_bytes());
        }
        let headers =
            [("author", Some(self.author)), ("committer", Some(self.committer)), ("encoding", self.encoding)];
        for (key, value) in headers {
            if let Some(value) = value {
                bytes.extend_from_slice(key.as_bytes());
                bytes.push(b' ');
                bytes.extend_from_slice(value);
                bytes.push(b'\n');
            }
        }
        bytes.push(b'\n');
        bytes.extend(self.message.iter().copied().filter(|byte| *byte != 0));
        if !bytes.ends_with(b"\n") {
            bytes.push(b'\n');
        }
        bytes
    }
}

impl Repo {
    pub(crate) async fn write_commit(&self, commit: NewCommit<'_>) -> Result<Oid> {
        let output = self
            .git("store a commit")
            .durable()
            .args(["hash-object", "-t", "commit", "-w", "--stdin"])
            .stdin(commit.bytes())
            .ok()
            .await?;
        oid_from(&output, "store a commit")
    }

    /// What the person has told git about themselves; `None` unless both name and email are known.
    pub(crate) async fn configured_identity(&self) -> Result<Option<Identity>> {
        let from_env = |key: &str| std::env::var(key).ok().filter(|value| !value.is_empty());
        let output = self
            .git("read who commits")
            .args(["config", "-z", "--get-regexp", r"^(user|committer)\.(name|email)$"])
            .run()
            .await?;
        let mut name = None;
        let mut email = None;
        for entry in output.stdout.split(|byte| *byte == 0) {
            let Some(end) = entry.iter().position(|byte| *byte == b'\n') else { continue };
            let value = String::from_utf8_lossy(&entry[end + 1..]).into_owned();
            if entry[..end].ends_with(b".name") { name = Some(value) } else { email = Some(value) }
        }
        let name = from_env("GIT_COMMITTER_NAME").or(name).filter(|name| !name.is_empty());
        let email = from_env("GIT_COMMITTER_EMAIL").or(email).filter(|email| !email.is_empty());
        Ok(name.zip(email).map(|(name, email)| Identity { name, email }))
    }

    pub(crate) async fn identity(&self) -> Result<Identity> {
        Ok(self.configured_identity().await?.unwrap_or_else(Identity::fallback))
    }

    /// Who the person is to git, or the fallback.
    pub async fn committer(&self) -> Result<Identity> {
        self.identity().await
    }
}

/// The object id that a plumbing command prints as its only line.
pub(crate) fn oid_from(output: &[u8], doing: &str) -> Result<Oid> {
    Oid::parse(output.trim_ascii()).ok_or_else(|| Error::Git {
        doing: doing.to_owned(),
        code: Some(0),
        message: format!("it answers {:?} instead of an object id", BStr::new(output)),
    })
}

/// Calls `each` with path and id of every file of a tree. By hand, because libgit2's own walk gives
/// up at a folder whose name is no UTF-8. Trees that are missing (a partial clone) are passed over.
pub(crate) fn for_each_file(git: &git2::Repository, root: git2::Tree<'_>, mut each: impl FnMut(&[u8], Oid)) {
    let mut waiting = vec![(Vec::new(), root)];
    while let Some((folder, tree)) = waiting.pop() {
        for entry in &tree {
            let path = [folder.as_slice(), entry.name_bytes()].concat();
            match entry.kind() {
                Some(git2::ObjectType::Tree) => {
                    let below = git.find_tree(entry.id());
                    waiting.extend(below.map(|below| ([path.as_slice(), b"/"].concat(), below)));
                }
                Some(git2::ObjectType::Blob) => each(&path, Oid(entry.id())),
                _ => {}
            }
        }
    }
}
