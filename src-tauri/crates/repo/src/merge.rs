//! Merge candidates: the commit that a landing would make, built without touching any checkout.
//! The same request always gives the same commit id; time and author are passed in.

use bstr::{BStr, BString};

use crate::objects::{NewCommit, signature};
use crate::{Error, Identity, Oid, Repo, Result, When};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A merge commit with both parents, never a fast-forward.
    Merge,
    /// One commit with the target as its only parent.
    Squash,
    /// Each commit again on top of the target, keeping authors and messages. Merge commits are
    /// left out, as are commits that come to nothing.
    Rebase,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeRequest {
    pub onto: Oid,
    pub head: Oid,
    pub how: How,
    /// Of the merge or squash commit.
    pub message: String,
    /// Author of a merge or squash commit, committer of all.
    pub identity: Identity,
    pub when: When,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidate {
    Clean {
        commit: Oid,
        tree: Oid,
    },
    Conflict {
        paths: Vec<BString>,
        /// Git's own words, one per conflict.
        messages: Vec<String>,
        /// The commit of a rebase that does not apply.
        commit: Option<Oid>,
    },
    /// The target holds all of it already.
    Already,
}

#[derive(Debug)]
enum Merged {
    Clean(Oid),
    Conflict { paths: Vec<BString>, messages: Vec<String> },
}

/// What the person's configuration could change about a merge.
pub(crate) const SAME_FOR_EVERYBODY: &[(&str, &str)] = &[
    ("merge.renames", "true"),
    ("merge.directoryRenames", "conflict"),
    ("merge.conflictStyle", "merge"),
    ("merge.renameLimit", "7000"),
    ("merge.default", "text"),
    ("diff.algorithm", "histogram"),
];

impl Repo {
    pub async fn merge_candidate(&self, request: &MergeRequest) -> Result<Candidate> {
        let MergeRequest { onto, head, .. } = *request;
        if self.is_ancestor(head, onto).await? {
            return Ok(Candidate::Already);
        }
        if self.merge_base(onto, head).await?.is_none() {
            let what = format!("A common ancestor of {onto} and {head}");
            return Err(Error::NotFound { what });
        }
        let config = self.merge_config().await?;
        if request.how == How::Rebase {
            return self.rebased(request, &config).await;
        }
        let tree = match self.merge_trees(None, onto, head, &config).await? {
            Merged::Clean(tree) => tree,
            Merged::Conflict { paths, messages } => {
                return Ok(Candidate::Conflict { paths, messages, commit: None });
            }
        };
        if request.how == How::Squash && tree == self.tree(onto).await? {
            return Ok(Candidate::Already);
        }
        let who = signature(&request.identity, request.when);
        let parents: &[Oid] = if request.how == How::Merge { &[onto, head] } else { &[onto] };
        let commit = self
            .write_commit(NewCommit {
                tree,
                parents,
                author: BStr::new(&who),
                committer: BStr::new(&who),
                encoding: None,
                message: BStr::new(&request.message),
            })
            .await?;
        Ok(Candidate::Clean { commit, tree })
    }

    async fn rebased(&self, request: &MergeRequest, config: &[(String, String)]) -> Result<Candidate> {
        let MergeRequest { onto, head, .. } = *request;
        let who = signature(&request.identity, request.when);
        let mut tip = onto;
        let mut tree = self.tree(onto).await?;
        let start = tree;
        for original in self.to_replay(onto, head).await? {
            if original.parent == tip {
                // It stands where it would be put: the commit itself serves, id and all.
                tip = original.oid;
                tree = original.tree;
                continue;
            }
            let merged = match self.merge_trees(Some(original.parent), tip, original.oid, config).await? {
                Merged::Clean(merged) => merged,
                Merged::Conflict { paths, messages } => {
                    return Ok(Candidate::Conflict { paths, messages, commit: Some(original.oid) });
                }
            };
            if merged == tree {
                continue;
            }
            tip = self
                .write_commit(NewCommit {
                    tree: merged,
                    parents: &[tip],
                    author: BStr::new(&original.author),
                    committer: BStr::new(&who),
                    encoding: original.encoding.as_ref().map(BStr::new),
                    message: BStr::new(&original.message),
                })
                .await?;
            tree = merged;
        }
        if tip == onto || tree == start {
            return Ok(Candidate::Already);
        }
        Ok(Candidate::Clean { commit: tip, tree })
    }

    /// The commits of `onto..head` without merges, parents first.
    async fn to_replay(&self, onto: Oid, head: Oid) -> Result<Vec<Replayed>> {
        const DOING: &str = "list the commits to rebase";
        self.read(DOING, move |git| {
            let mut walk = git.revwalk().map_err(Error::read(DOING))?;
            let sorting = git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE;
            walk.set_sorting(sorting).map_err(Error::read(DOING))?;
            walk.push(head.0).map_err(Error::read(DOING))?;
            walk.hide(onto.0).map_err(Error::read(DOING))?;
            let mut commits = Vec::new();
            for oid in walk {
                let commit = oid.and_then(|oid| git.find_commit(oid)).map_err(Error::read(DOING))?;
                let Ok(parent) = commit.parent_id(0) else {
                    return Err(Error::NotFound {
                        what: format!("A parent of {} to rebase from", commit.id()),
                    });
                };
                if commit.parent_count() > 1 {
                    continue;
                }
                let header = |key: &[u8]| {
                    let lines = commit.raw_header_bytes().split(|byte| *byte == b'\n');
                    lines.filter_map(|line| line.strip_prefix(key)).next().map(BString::from)
                };
                commits.push(Replayed {
                    oid: Oid(commit.id()),
                    parent: Oid(parent),
                    tree: Oid(commit.tree_id()),
                    author: header(b"author ").unwrap_or_default(),
                    encoding: header(b"encoding "),
                    message: commit.message_raw_bytes().into(),
                });
            }
            Ok(commits)
        })
        .await
    }

    pub(crate) async fn merge_config(&self) -> Result<Vec<(String, String)>> {
        let mut config = self.harmless_merges().await?;
        config.extend(SAME_FOR_EVERYBODY.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        Ok(config)
    }

    async fn merge_trees(
        &self,
        base: Option<Oid>,
        ours: Oid,
        theirs: Oid,
        config: &[(String, String)],
    ) -> Result<Merged> {
        let doing = "merge two commits";
        let mut git = self.git(doing).configs(config).durable();
        // The target's attributes decide, whatever lies in a checkout.
        git = git.env("GIT_ATTR_SOURCE", ours.to_string());
        git = git.args(["merge-tree", "--write-tree", "-z", "--messages"]);
        if let Some(base) = base {
            git = git.arg(format!("--merge-base={base}"));
        }
        let output = git.arg("--end-of-options").args([ours.to_string(), theirs.to_string()]).run().await?;
        let mut fields = Fields::of(&output.stdout);
        match output.code {
            Some(0) => {
                Oid::parse(fields.next()).map(Merged::Clean).ok_or_else(|| crate::git::failed(doing, &output))
            }
            Some(1) => {
                fields.next();
                let (paths, messages) = conflict(&mut fields);
                Ok(Merged::Conflict { paths, messages })
            }
            _ => Err(crate::git::failed(doing, &output)),
        }
    }
}

#[derive(Debug)]
struct Replayed {
    oid: Oid,
    parent: Oid,
    tree: Oid,
    author: BString,
    encoding: Option<BString>,
    message: BString,
}

/// NUL-ended fields; past the end they are empty, as is the field that ends a section.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) fn of(rest: &'a [u8]) -> Fields<'a> {
        Fields { rest }
    }

    pub(crate) fn next(&mut self) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| *byte == 0).unwrap_or(self.rest.len());
        let field = &self.rest[..end];
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        field
    }

    pub(crate) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}

/// `mode oid stage TAB path` …, an empty field, then `count path… kind text` …, an empty field.
pub(crate) fn conflict(fields: &mut Fields<'_>) -> (Vec<BString>, Vec<String>) {
    let mut paths: Vec<BString> = Vec::new();
    let mut messages = Vec::new();
    loop {
        let field = fields.next();
        if field.is_empty() {
            break;
        }
        if let Some(tab) = field.iter().position(|byte| *byte == b'\t') {
            paths.push(field[tab + 1..].into());
        }
    }
    loop {
        let count = fields.next();
        if count.is_empty() {
            break;
        }
        let count: usize = std::str::from_utf8(count).ok().and_then(|count| count.parse().ok()).unwrap_or(0);
        let named: Vec<BString> = (0..count).map(|_| fields.next().into()).collect();
        let kind = fields.next();
        let text = fields.next();
        // "Auto-merging" and the like are no conflicts.
        if kind.starts_with(b"CONFLICT") {
            // Some kinds name branches or the same file twice; what has an index entry is in already.
            if paths.is_empty() {
                paths.extend(named);
            }
            messages.push(String::from_utf8_lossy(text).trim().to_owned());
        }
    }
    paths.sort();
    paths.dedup();
    (paths, messages)
}
