//! Taking files, or parts of files, from one commit into a new one on top of another. Only objects are written: no
//! ref, no index and no file of anybody's changes.

use std::ops::Range;
use std::path::PathBuf;

use bstr::{BStr, BString, ByteSlice};

use crate::objects::{NewCommit, oid_from, signature};
use crate::snapshot::PrivateIndex;
use crate::{Error, Identity, Oid, Repo, Result, When, os};

/// What is taken of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graft {
    pub path: BString,
    /// Empty: the file as it is there, or its absence.
    pub splices: Vec<Splice>,
}

/// Lines of the receiving file (old) that lines of the other (new) replace. Starts are 1-based; a side without lines
/// starts at the line before, as in a patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Splice {
    pub old_start: u32,
    pub old_lines: u32,
    pub new_start: u32,
    pub new_lines: u32,
}

/// A file in a tree.
type Entry = (u32, Oid);

const PLAIN: [u32; 2] = [0o100_644, 0o100_755];

impl Repo {
    /// A commit on top of `onto` with what is taken `from` another; `None` when that changes nothing. The same
    /// arguments give the same commit.
    ///
    /// # Errors
    /// Where lines are to be taken of what is no text file on both sides, or of lines that are not there.
    pub async fn graft(
        &self,
        onto: Oid,
        from: Oid,
        grafts: &[Graft],
        message: &str,
        identity: &Identity,
        when: When,
    ) -> Result<Option<Oid>> {
        let paths: Vec<BString> = grafts.iter().map(|graft| graft.path.clone()).collect();
        let sides = self.read("read a commit", move |git| {
            let tree = |commit: Oid| {
                let found = git.find_commit(commit.0).and_then(|found| found.tree());
                found.map_err(|_| Error::NotFound { what: format!("The commit {commit}") })
            };
            let (old, new) = (tree(onto)?, tree(from)?);
            let entry = |tree: &git2::Tree<'_>, path: &BString| {
                let found: PathBuf = os::path_from_bytes(path);
                let found = tree.get_path(&found).ok()?;
                (found.kind() != Some(git2::ObjectType::Tree))
                    .then(|| (found.filemode().cast_unsigned(), Oid(found.id())))
            };
            Ok(paths.iter().map(|path| (entry(&old, path), entry(&new, path))).collect::<Vec<_>>())
        });
        let mut lines = Vec::new();
        for (graft, (old, new)) in grafts.iter().zip(sides.await?) {
            let taken =
                if graft.splices.is_empty() { new } else { Some(self.spliced(graft, old, new).await?) };
            if old.is_none() && taken.is_none() {
                return Err(Error::NotFound { what: graft.path.to_string() });
            }
            let (mode, oid) = taken.map_or_else(
                || ("0".to_owned(), Oid::ZERO.to_owned()),
                |(mode, oid)| (format!("{mode:06o}"), oid.to_string()),
            );
            lines.extend_from_slice(format!("{mode} {oid}\t").as_bytes());
            lines.extend_from_slice(&graft.path);
            lines.push(0);
        }
        let tree = self.tree_with(onto, lines).await?;
        if tree == self.tree(onto).await? {
            return Ok(None);
        }
        let who = signature(identity, when);
        let who = BStr::new(&who);
        let commit = NewCommit {
            tree,
            parents: &[onto],
            author: who,
            committer: who,
            encoding: None,
            message: BStr::new(message),
        };
        self.write_commit(commit).await.map(Some)
    }

    /// The tree of a commit with other entries in it, in the form of `update-index --index-info`.
    async fn tree_with(&self, commit: Oid, entries: Vec<u8>) -> Result<Oid> {
        let doing = "put files together";
        let index = PrivateIndex::empty(self.common_dir());
        let git = || self.git(doing).durable().env("GIT_INDEX_FILE", &index.path);
        git().args(["read-tree", "--end-of-options"]).arg(commit.to_string()).ok().await?;
        git().args(["update-index", "--replace", "-z", "--index-info"]).stdin(entries).ok().await?;
        oid_from(&git().arg("write-tree").ok().await?, doing)
    }

    async fn spliced(&self, graft: &Graft, old: Option<Entry>, new: Option<Entry>) -> Result<Entry> {
        let refused = |why: &str| Error::CannotTake { path: graft.path.to_string(), why: why.to_owned() };
        let (Some((mode, old)), Some((new_mode, new))) = (old, new) else {
            return Err(refused("only one of the two has it: take the whole file"));
        };
        if !PLAIN.contains(&mode) || !PLAIN.contains(&new_mode) {
            return Err(refused("it is no plain file: take it whole"));
        }
        let (old, new) = (self.blob(old).await?, self.blob(new).await?);
        let bytes = splice(&old, &new, &graft.splices)
            .ok_or_else(|| refused("the chosen lines are not there any more"))?;
        let doing = "store a file";
        let stored =
            self.git(doing).durable().args(["hash-object", "-w", "--stdin"]).stdin(bytes).ok().await?;
        Ok((mode, oid_from(&stored, doing)?))
    }
}

/// `None` when a range reaches beyond its side, or two of them overlap.
fn splice(old: &[u8], new: &[u8], splices: &[Splice]) -> Option<Vec<u8>> {
    let (old, new): (Vec<&[u8]>, Vec<&[u8]>) =
        (old.lines_with_terminator().collect(), new.lines_with_terminator().collect());
    let mut ordered: Vec<(Range<usize>, Range<usize>)> = splices
        .iter()
        .map(|splice| (range(splice.old_start, splice.old_lines), range(splice.new_start, splice.new_lines)))
        .collect();
    ordered.sort_by_key(|(old, _)| (old.start, old.end));
    let mut bytes = Vec::new();
    let mut at = 0;
    for (replaced, by) in ordered {
        bytes.extend(old.get(at..replaced.start)?.concat());
        ended(&mut bytes, !by.is_empty());
        bytes.extend(new.get(by)?.concat());
        at = replaced.end;
        ended(&mut bytes, at < old.len());
    }
    bytes.extend(old.get(at..)?.concat());
    Some(bytes)
}

/// A last line without an end gets one where other lines now follow it.
fn ended(bytes: &mut Vec<u8>, more: bool) {
    if more && !bytes.is_empty() && !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
}

fn range(start: u32, lines: u32) -> Range<usize> {
    let start = start as usize;
    let first = if lines == 0 { start } else { start.saturating_sub(1) };
    first..first + lines as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff_bytes;

    fn all(old: &str, new: &str, which: impl Fn(usize) -> bool) -> Option<String> {
        let hunks = diff_bytes(old.as_bytes(), new.as_bytes(), 0);
        let chosen: Vec<Splice> = hunks
            .iter()
            .enumerate()
            .filter(|(place, _)| which(*place))
            .map(|(_, hunk)| Splice {
                old_start: hunk.old_start,
                old_lines: hunk.old_lines,
                new_start: hunk.new_start,
                new_lines: hunk.new_lines,
            })
            .collect();
        splice(old.as_bytes(), new.as_bytes(), &chosen).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn one_of_two_hunks_is_taken() {
        let (old, new) = ("a\nb\nc\nd\ne\n", "a\nB\nc\nd\nnew\ne\n");
        assert_eq!(all(old, new, |place| place == 0).unwrap(), "a\nB\nc\nd\ne\n");
        assert_eq!(all(old, new, |place| place == 1).unwrap(), "a\nb\nc\nd\nnew\ne\n");
    }

    #[test]
    fn lines_that_are_not_there_are_refused() {
        let beyond = Splice { old_start: 3, old_lines: 4, new_start: 1, new_lines: 1 };
        assert_eq!(splice(b"a\nb\n", b"x\n", &[beyond]), None);
        let twice = [Splice { old_start: 1, old_lines: 2, new_start: 1, new_lines: 1 }; 2];
        assert_eq!(splice(b"a\nb\n", b"x\n", &twice), None);
    }

    proptest::proptest! {
        /// All hunks make one side the other, none leave it alone, whatever the lines' ends.
        #[test]
        fn all_hunks_are_the_other_side(old in "[ab]{0,3}(\n[ab]{0,2}){0,8}\n?", new in "[ab]{0,3}(\n[ab]{0,2}){0,8}\n?") {
            let none = all(&old, &new, |_| false);
            proptest::prop_assert_eq!(none.as_deref(), Some(old.as_str()));
            let every = all(&old, &new, |_| true);
            proptest::prop_assert_eq!(every.as_deref(), Some(new.as_str()));
        }
    }
}
