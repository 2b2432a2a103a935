//! The lines in which one file differs, for reading.

use std::ops::Range;
use std::path::Path;

use bstr::ByteSlice;
use imara_diff::{Algorithm, Diff, InternedInput, sources::byte_lines};

use crate::open::blocking;
use crate::{ChangedFile, Error, Oid, Repo, Result, os};

const LINK: u32 = 0o120_000;
const SUBMODULE: u32 = 0o160_000;

/// How much of a file's start decides whether it is text; git looks as far.
const SNIFF: usize = 8000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiffLimits {
    /// Beyond either, on one side, a file is named as too large and not compared.
    pub bytes: u64,
    pub lines: u32,
    /// Unchanged lines around a change; `u32::MAX` shows the whole file.
    pub context: u32,
}

impl Default for DiffLimits {
    fn default() -> Self {
        DiffLimits { bytes: 4 << 20, lines: 100_000, context: 3 }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileDiff {
    /// Empty when binary or too large, and when only name or mode changed.
    pub hunks: Vec<Hunk>,
    pub binary: bool,
    /// Why it is not shown, with its size.
    pub too_large: Option<String>,
    /// Some bytes are no UTF-8 and were replaced.
    pub lossy: bool,
    /// Lines of each side, so that unchanged ones can be unfolded.
    pub old_lines: u32,
    pub new_lines: u32,
    /// Bytes of each side; `None` where it does not exist.
    pub old_size: Option<u64>,
    pub new_size: Option<u64>,
    /// What the new side's content is to git, where it was read from a worktree.
    pub read_oid: Option<Oid>,
}

/// How lines end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnds {
    Lf,
    CrLf,
    Mixed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// 1-based; the line before the change where a side has no lines, as in a patch.
    pub old_start: u32,
    pub old_lines: u32,
    pub new_start: u32,
    pub new_lines: u32,
    pub lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub kind: LineKind,
    /// 1-based.
    pub old_no: Option<u32>,
    pub new_no: Option<u32>,
    /// Without its line end.
    pub text: String,
    /// The file ends here without a newline.
    pub no_newline: bool,
    /// The line ends with a carriage return.
    pub cr: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    Context,
    Added,
    Removed,
}

/// One side of a file.
#[derive(Debug, Default)]
enum Content {
    #[default]
    Absent,
    Bytes(Vec<u8>),
    TooLarge(u64),
}

impl Content {
    fn size(&self) -> Option<u64> {
        match self {
            Content::Absent => None,
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::TooLarge(size) => Some(*size),
        }
    }
}

impl Repo {
    /// Compares one file of [`Repo::changed_files`], or of [`Repo::changed_files_uncommitted`] when
    /// `worktree` says where its content lies. A link is compared by where it leads, a submodule by
    /// its commit.
    pub async fn file_diff(
        &self,
        file: &ChangedFile,
        worktree: Option<&Path>,
        limits: DiffLimits,
    ) -> Result<FileDiff> {
        let (old_oid, new_oid) = (file.old_oid, file.new_oid);
        let (old_mode, new_mode) = (file.old_mode, file.new_mode);
        let lies_in = match (worktree, &file.new_path, new_oid) {
            (Some(worktree), Some(path), None) => {
                Some((self.folders(worktree)?.1, os::path_from_bytes(path)))
            }
            _ => None,
        };
        let sides = self.read("read a file", move |git| {
            let old = blob_content(git, old_oid, old_mode, limits.bytes)?;
            let new = match &lies_in {
                Some((tree, path)) => file_content(tree, path, new_mode, limits.bytes)?,
                None => blob_content(git, new_oid, new_mode, limits.bytes)?,
            };
            let read_oid = match (&new, lies_in) {
                (Content::Bytes(bytes), Some(_)) => {
                    git2::Oid::hash_object(git2::ObjectType::Blob, bytes).ok().map(Oid)
                }
                _ => None,
            };
            Ok((old, new, read_oid))
        });
        let (old, new, read_oid) = sides.await?;
        blocking(move || Ok(FileDiff { read_oid, ..compare(old, new, limits) })).await
    }

    /// The content of a blob, whole.
    pub async fn blob(&self, oid: Oid) -> Result<Vec<u8>> {
        self.read("read a file", move |git| {
            let blob = git.find_blob(oid.0);
            blob.map(|blob| blob.content().to_vec())
                .map_err(|_| Error::NotFound { what: format!("The file {oid}") })
        })
        .await
    }
}

fn blob_content(git: &git2::Repository, oid: Option<Oid>, mode: Option<u32>, limit: u64) -> Result<Content> {
    let (Some(oid), Some(mode)) = (oid, mode) else { return Ok(Content::Absent) };
    if mode == SUBMODULE {
        return Ok(Content::Bytes(format!("Subproject commit {oid}\n").into_bytes()));
    }
    let missing = |_| Error::NotFound { what: format!("The file {oid}") };
    let odb = git.odb().map_err(Error::read("read a file"))?;
    let (size, _) = odb.read_header(oid.0).map_err(missing)?;
    if size as u64 > limit {
        return Ok(Content::TooLarge(size as u64));
    }
    git.find_blob(oid.0).map(|blob| Content::Bytes(blob.content().to_vec())).map_err(missing)
}

fn file_content(tree: &Path, path: &Path, mode: Option<u32>, limit: u64) -> Result<Content> {
    let full = tree.join(path);
    if mode == Some(SUBMODULE) {
        let head = git2::Repository::open(&full).ok().and_then(|git| git.head().ok()?.target());
        return Ok(head.map_or(Content::Absent, |oid| {
            Content::Bytes(format!("Subproject commit {oid}\n").into_bytes())
        }));
    }
    let doing = "Reading a file";
    let data = match full.symlink_metadata() {
        Ok(data) => data,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Content::Absent),
        Err(error) => return Err(Error::io(doing, full)(error)),
    };
    if mode == Some(LINK) || data.is_symlink() {
        let target = std::fs::read_link(&full).map_err(Error::io(doing, &full))?;
        return Ok(Content::Bytes(os::path_bytes(&target).to_vec()));
    }
    if !data.is_file() {
        return Ok(Content::Absent);
    }
    if data.len() > limit {
        return Ok(Content::TooLarge(data.len()));
    }
    std::fs::read(&full).map(Content::Bytes).map_err(Error::io(doing, full))
}

fn compare(old: Content, new: Content, limits: DiffLimits) -> FileDiff {
    let mut diff = FileDiff { old_size: old.size(), new_size: new.size(), ..FileDiff::default() };
    let largest = diff.old_size.max(diff.new_size).unwrap_or(0);
    let (old, new) = match (old, new) {
        (Content::TooLarge(_), _) | (_, Content::TooLarge(_)) => {
            diff.too_large =
                Some(format!("{largest} bytes are more than the {} that are shown", limits.bytes));
            return diff;
        }
        (old, new) => (bytes(old), bytes(new)),
    };
    if is_binary(&old) || is_binary(&new) {
        diff.binary = true;
        return diff;
    }
    diff.old_lines = count(&old);
    diff.new_lines = count(&new);
    let lines = diff.old_lines.max(diff.new_lines);
    if lines > limits.lines {
        diff.too_large = Some(format!("{lines} lines are more than the {} that are shown", limits.lines));
        return diff;
    }
    diff.lossy = old.to_str().is_err() || new.to_str().is_err();
    diff.hunks = diff_bytes(&old, &new, limits.context);
    diff
}

fn bytes(content: Content) -> Vec<u8> {
    match content {
        Content::Bytes(bytes) => bytes,
        Content::Absent | Content::TooLarge(_) => Vec::new(),
    }
}

fn is_binary(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(SNIFF)].contains(&0)
}

fn count(bytes: &[u8]) -> u32 {
    let newlines = bytes.iter().filter(|byte| **byte == b'\n').count();
    let last = usize::from(!bytes.is_empty() && !bytes.ends_with(b"\n"));
    u32::try_from(newlines + last).unwrap_or(u32::MAX)
}

impl FileDiff {
    /// How the shown lines end, those without any end aside.
    pub fn ends(&self) -> LineEnds {
        ends(self.hunks.iter().flat_map(|hunk| &hunk.lines))
    }

    /// How the new side's shown lines end, when nothing changed but the ends, and all in one direction.
    pub fn only_ends(&self) -> Option<LineEnds> {
        let mut direction = None;
        for hunk in &self.hunks {
            let of = |kind| hunk.lines.iter().filter(move |line| line.kind == kind);
            if of(LineKind::Removed).count() != of(LineKind::Added).count() {
                return None;
            }
            for (before, after) in of(LineKind::Removed).zip(of(LineKind::Added)) {
                let only = before.text == after.text && before.cr != after.cr;
                if !only || *direction.get_or_insert(after.cr) != after.cr {
                    return None;
                }
            }
        }
        direction?;
        let lines = self.hunks.iter().flat_map(|hunk| &hunk.lines);
        Some(ends(lines.filter(|line| line.kind != LineKind::Removed)))
    }
}

fn ends<'a>(lines: impl Iterator<Item = &'a Line>) -> LineEnds {
    let (mut cr, mut lf) = (false, false);
    for line in lines {
        cr |= line.cr;
        lf |= !line.cr && !line.no_newline;
    }
    match (cr, lf) {
        (true, true) => LineEnds::Mixed,
        (true, false) => LineEnds::CrLf,
        (false, _) => LineEnds::Lf,
    }
}

/// The hunks between two texts, with `context` unchanged lines around each change.
pub fn diff_bytes(old: &[u8], new: &[u8], context: u32) -> Vec<Hunk> {
    let input = InternedInput::new(byte_lines(old), byte_lines(new));
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let old_lines: Vec<&[u8]> = old.lines_with_terminator().collect();
    let new_lines: Vec<&[u8]> = new.lines_with_terminator().collect();
    // Changes whose contexts touch share a hunk.
    let mut groups: Vec<Vec<(Range<u32>, Range<u32>)>> = Vec::new();
    for change in diff.hunks() {
        let change = (change.before, change.after);
        match groups.last_mut() {
            Some(group)
                if group
                    .last()
                    .is_some_and(|last| change.0.start - last.0.end <= context.saturating_mul(2)) =>
            {
                group.push(change);
            }
            _ => groups.push(vec![change]),
        }
    }
    groups.iter().filter_map(|group| hunk(group, &old_lines, &new_lines, context)).collect()
}

fn hunk(group: &[(Range<u32>, Range<u32>)], old: &[&[u8]], new: &[&[u8]], context: u32) -> Option<Hunk> {
    let (first, last) = (group.first()?, group.last()?);
    let lead = context.min(first.0.start);
    let (old_start, new_start) = (first.0.start - lead, first.1.start - lead);
    let old_len = u32::try_from(old.len()).ok()?;
    let trail = context.min(old_len - last.0.end);
    let mut lines = Vec::new();
    let (mut old_at, mut new_at) = (old_start, new_start);
    let unchanged = |lines: &mut Vec<Line>, old_at: &mut u32, new_at: &mut u32, until: u32| {
        while *old_at < until {
            lines.push(line(LineKind::Context, Some(*old_at), Some(*new_at), new[*new_at as usize]));
            *old_at += 1;
            *new_at += 1;
        }
    };
    for (removed, added) in group {
        unchanged(&mut lines, &mut old_at, &mut new_at, removed.start);
        lines.extend(removed.clone().map(|at| line(LineKind::Removed, Some(at), None, old[at as usize])));
        lines.extend(added.clone().map(|at| line(LineKind::Added, None, Some(at), new[at as usize])));
        (old_at, new_at) = (removed.end, added.end);
    }
    unchanged(&mut lines, &mut old_at, &mut new_at, last.0.end + trail);
    let (old_lines, new_lines) = (old_at - old_start, new_at - new_start);
    Some(Hunk {
        old_start: old_start + u32::from(old_lines > 0),
        old_lines,
        new_start: new_start + u32::from(new_lines > 0),
        new_lines,
        lines,
    })
}

fn line(kind: LineKind, old: Option<u32>, new: Option<u32>, bytes: &[u8]) -> Line {
    let ended = bytes.strip_suffix(b"\n");
    let body = ended.unwrap_or(bytes);
    let cr = ended.is_some() && body.ends_with(b"\r");
    let body = if cr { &body[..body.len() - 1] } else { body };
    Line {
        kind,
        old_no: old.map(|at| at + 1),
        new_no: new.map(|at| at + 1),
        text: body.to_str_lossy().into_owned(),
        no_newline: ended.is_none(),
        cr,
    }
}
