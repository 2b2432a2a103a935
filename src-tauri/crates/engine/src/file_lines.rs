//! How one file differs, for a reader who sees a screenful at a time: where all lines stand is told at once, what the
//! first of them say too, and what the others say when it is asked for. The lines of the last few long differences
//! stay in memory for that, and so do the last few lists of files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use protocol::{DiffLine, Error, ErrorCode, FileDiff, Hunk, LineEnds, Reply};
use repo::{ChangedFile, Counts, DiffLimits, LineKind, Oid, Repo};

use crate::act::{sentence, shown};
use crate::ask::git_error;
use crate::recent::Recent;

/// Lines that are told at once: what the first screens show and what can be paired by words costs little more than
/// the answer itself.
const FIRST: usize = 4000;

/// Lines that one answer holds at most.
const MOST: usize = 4000;

/// Long differences that are remembered, and lists: more than windows show at the same time. A difference is at most
/// some times the size of what is shown of a file.
const REMEMBERED: usize = 4;

/// A difference with all its lines.
#[derive(Debug)]
struct Long {
    /// With no lines.
    diff: FileDiff,
    lines: Vec<DiffLine>,
}

impl Long {
    fn head(&self) -> FileDiff {
        FileDiff { lines: self.lines[..FIRST.min(self.lines.len())].to_vec(), ..self.diff.clone() }
    }
}

/// The differences that were read last: of files, by their ids, and of two commits.
#[derive(Debug)]
pub(crate) struct Diffs {
    long: Recent<String, Long>,
    lists: Recent<(PathBuf, Oid, Oid, Counts), Vec<ChangedFile>>,
}

impl Default for Diffs {
    fn default() -> Self {
        Self { long: Recent::new(REMEMBERED), lists: Recent::new(REMEMBERED) }
    }
}

impl Diffs {
    /// The files in which two commits differ.
    pub(crate) async fn between(
        &self,
        repo: &Repo,
        from: Oid,
        to: Oid,
        counts: Counts,
    ) -> repo::Result<Arc<Vec<ChangedFile>>> {
        let place = repo.common_dir();
        let known = self.lists.get(|(of, base, head, counted)| {
            of == place && (*base, *head) == (from, to) && (*counted == counts || *counted == Counts::Include)
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let files = Arc::new(repo.changed_files(from, to, counts).await?);
        self.lists.put((place.to_owned(), from, to, counts), files.clone());
        Ok(files)
    }

    /// One file's difference with its first lines. `worktree`: where its new side lies uncommitted.
    pub(crate) async fn read(
        &self,
        repo: &Repo,
        file: &ChangedFile,
        worktree: Option<&Path>,
        context: u32,
    ) -> Result<Reply, Error> {
        let path = shown(file.path());
        let old_path = file.old_path.as_ref().filter(|old| Some(*old) != file.new_path.as_ref()).map(shown);
        let named =
            |diff| Ok(Reply::FileDiff(FileDiff { path: path.clone(), old_path: old_path.clone(), ..diff }));
        if let Some(oid) = file.new_oid {
            let id = id(file, &oid.to_string(), context);
            if let Some(known) = self.long.get(|known| *known == id) {
                return named(known.head());
            }
        }
        let limits = DiffLimits { context, ..DiffLimits::default() };
        let diff = repo.file_diff(file, worktree, limits).await;
        let diff = diff.map_err(|error| git_error(sentence(&error)))?;
        let new = match file.new_oid.or(diff.read_oid) {
            Some(oid) => oid.to_string(),
            // There is none, or it is too large to be read, and all that is said of it is its size.
            None => format!("{} bytes", diff.new_size.unwrap_or_default()),
        };
        let id = id(file, &new, context);
        let long = Long::new(id, diff);
        let head = long.head();
        if long.lines.len() > FIRST {
            self.long.put(long.diff.id.clone(), Arc::new(long));
        }
        named(head)
    }

    /// Up to `count` lines from `from` on.
    pub(crate) fn lines(&self, id: &str, from: u32, count: u32) -> Result<Reply, Error> {
        let known = self.long.get(|known| known == id).ok_or_else(|| {
            Error::new(ErrorCode::NotFound, "These lines are not remembered any more.")
                .hint("Open the file again.")
        })?;
        let rest = known.lines.get(from as usize..).unwrap_or_default();
        Ok(Reply::DiffLines(rest[..rest.len().min(count as usize).min(MOST)].to_vec()))
    }
}

/// By content, `new` being the new side's: the same for the same difference, wherever it is read.
fn id(file: &ChangedFile, new: &str, context: u32) -> String {
    let old = file.old_oid.map(|oid| oid.to_string()).unwrap_or_default();
    let mode = |mode: Option<u32>| mode.unwrap_or_default();
    format!("{:o}:{old}..{:o}:{new}:{context}", mode(file.old_mode), mode(file.new_mode))
}

impl Long {
    fn new(id: String, diff: repo::FileDiff) -> Self {
        let (all_ends, only_ends) = (ends(diff.ends()), diff.only_ends().map(ends));
        let hunks = diff.hunks.iter().map(hunk).collect();
        let lines = diff.hunks.into_iter().flat_map(|hunk| hunk.lines).map(line).collect::<Vec<_>>();
        let columns = lines.iter().map(|line| protocol::columns(&line.text)).max().unwrap_or_default();
        let diff = FileDiff {
            id,
            path: String::new(),
            old_path: None,
            binary: diff.binary,
            too_large: diff.too_large,
            lossy: diff.lossy,
            old_lines: diff.old_lines,
            new_lines: diff.new_lines,
            ends: all_ends,
            only_ends,
            columns,
            hunks,
            lines: Vec::new(),
        };
        Self { diff, lines }
    }
}

fn hunk(hunk: &repo::Hunk) -> Hunk {
    let mut blocks = Vec::new();
    let mut rest = hunk.lines.as_slice();
    loop {
        let mut take = |kind| {
            let length = rest.iter().take_while(|line| line.kind == kind).count();
            rest = &rest[length..];
            length as u32
        };
        let block = (take(LineKind::Context), take(LineKind::Removed), take(LineKind::Added));
        if block.1 + block.2 == 0 {
            break;
        }
        blocks.push(block);
    }
    Hunk {
        old_start: hunk.old_start,
        old_lines: hunk.old_lines,
        new_start: hunk.new_start,
        new_lines: hunk.new_lines,
        blocks,
    }
}

fn line(line: repo::Line) -> DiffLine {
    DiffLine { text: line.text, no_newline: line.no_newline, cr: line.cr }
}

fn ends(ends: repo::LineEnds) -> LineEnds {
    match ends {
        repo::LineEnds::Lf => LineEnds::Lf,
        repo::LineEnds::CrLf => LineEnds::CrLf,
        repo::LineEnds::Mixed => LineEnds::Mixed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(old: &str, new: &str) -> Long {
        let hunks = repo::diff_bytes(old.as_bytes(), new.as_bytes(), 1);
        Long::new("id".to_owned(), repo::FileDiff { hunks, ..repo::FileDiff::default() })
    }

    fn numbered(lines: usize, word: &str) -> String {
        (0..lines).map(|line| format!("{word} {line}\n")).collect()
    }

    #[test]
    fn where_lines_stand_is_told_in_blocks() {
        let found = long("a\nb\nc\nd\ne\nf\ng\nh\n", "a\nB\nB\nc\ne\nf\ng\nh\nend\n");
        let blocks: Vec<_> = found.diff.hunks.iter().map(|hunk| hunk.blocks.as_slice()).collect();
        assert_eq!(blocks, [[(1, 1, 2), (1, 1, 0)].as_slice(), [(1, 0, 1)].as_slice()]);
        let texts: Vec<_> = found.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["a", "b", "B", "B", "c", "d", "e", "h", "end"]);
        // What follows the last block is kept: the hunk says how much.
        let hunk = &found.diff.hunks[0];
        assert_eq!((hunk.old_start, hunk.old_lines, hunk.new_lines), (1, 5, 5));
    }

    #[test]
    fn the_longest_line_is_measured_as_the_page_shows_it() {
        assert_eq!(long("", "\tx\nab\tc\n\u{1d11e}\n").diff.columns, 5);
    }

    #[test]
    fn the_first_lines_come_at_once_and_others_when_asked_for() {
        let diffs = Diffs::default();
        let found = long("", &numbered(FIRST + 10, "line"));
        assert_eq!(found.head().lines.len(), FIRST);
        diffs.long.put("id".to_owned(), Arc::new(found));
        let of = |from: usize, count: u32| match diffs.lines("id", u32::try_from(from).unwrap(), count) {
            Ok(Reply::DiffLines(lines)) => lines.into_iter().map(|line| line.text).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(of(FIRST, 2), [format!("line {FIRST}"), format!("line {}", FIRST + 1)]);
        assert_eq!(of(FIRST + 9, 50), [format!("line {}", FIRST + 9)]);
        assert!(of(FIRST + 10, 50).is_empty() && of(usize::MAX >> 33, 1).is_empty());
        assert_eq!(of(0, u32::MAX).len(), MOST);
        assert_eq!(diffs.lines("other", 0, 1).unwrap_err().code, ErrorCode::NotFound);
    }
}
