//! What Coppice does with git, beside the plain commands.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use coppice_tests::TempRepo;
use repo::{Counts, How, Identity, MergeRequest, NewWorktree, Oid, Repo, When};
use tokio::runtime::Runtime;

use crate::table::{Table, Target, median, over, shown};
use crate::{Bench, Result, environment};

const FILES: usize = 1_000;
const WORKTREES: usize = 20;
const TIMES: usize = 5;
/// Each leaves forty checkouts behind.
const TIMES_WORKTREES: usize = 2;

pub(crate) fn run(bench: &Bench) -> Result<Table> {
    let scratch = bench.scratch()?;
    let user = Bench::folder(&scratch, "user")?;
    let place = Place::new(&scratch.path().join("project"), &user)?;
    let mut table = Table::new(format!("git, in a repository of {FILES} files"));
    let mut pairs = [
        ("diff listing of 1,000 files", Vec::new(), Vec::new()),
        ("merge candidate", Vec::new(), Vec::new()),
    ];
    let (mut cuts, mut plain_cuts) = (Vec::new(), Vec::new());
    for time in 0..TIMES {
        pairs[0].1.push(place.plain_listing()?);
        pairs[0].2.push(place.listing()?);
        pairs[1].1.push(place.plain_candidate()?);
        pairs[1].2.push(place.candidate(time)?);
    }
    for time in 0..TIMES_WORKTREES {
        plain_cuts.extend(place.plain_worktrees(&scratch.path().join(format!("plain-{time}")), time)?);
        cuts.push(place.worktrees(&scratch.path().join(format!("ours-{time}")), time)?);
    }
    let plain_failed = TIMES_WORKTREES - plain_cuts.len();
    for (what, plain, ours) in pairs {
        let (plain, ours) = (median(plain), median(ours));
        table.figure(format!("git: {what}"), shown(plain));
        table.ratio(format!("Coppice: {what}"), shown(ours), over(ours, plain), Target::None);
    }
    let (ours, plain) = (median(cuts), median(plain_cuts));
    table.figure(format!("git: {WORKTREES} worktrees at once"), shown(plain));
    table.ratio(
        format!("Coppice: {WORKTREES} worktrees at once"),
        shown(ours),
        over(ours, plain),
        Target::None,
    );
    if plain_failed > 0 {
        table.note(format!(
            "In {plain_failed} of {TIMES_WORKTREES} times some of git's own failed; Coppice's never may."
        ));
    }
    Ok(table)
}

struct Place {
    runtime: Runtime,
    repo: Repo,
    root: PathBuf,
    user: PathBuf,
    base: Oid,
    /// Changes every file.
    changed: Oid,
    /// Adds one beside them.
    added: Oid,
}

impl Place {
    fn new(root: &Path, user: &Path) -> Result<Place> {
        let temp = TempRepo::new(root, user);
        let fill = |word: &str| {
            for at in 0..FILES {
                let lines: String = (0..40).map(|line| format!("{word} {at} {line}\n")).collect();
                temp.write(&format!("src/{}/{at}.txt", at % 20), &lines);
            }
        };
        fill("first");
        let base = temp.commit("Files").parse()?;
        temp.git(&["checkout", "--quiet", "-b", "changed"]);
        fill("second");
        let changed = temp.commit("Change all").parse()?;
        temp.git(&["checkout", "--quiet", "-b", "added", "main"]);
        temp.write("more.txt", "more\n");
        let added = temp.commit("Add one").parse()?;
        temp.git(&["checkout", "--quiet", "main"]);
        let (repo, runtime) = (Repo::open(root)?, Runtime::new()?);
        Ok(Place { runtime, repo, root: root.to_owned(), user: user.to_owned(), base, changed, added })
    }

    fn git(&self, words: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .args(words)
            .current_dir(&self.root)
            .env_clear()
            .envs(environment(&self.user))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn plain(&self, words: &[&str]) -> Result<Duration> {
        let began = Instant::now();
        let status = self.git(words).status()?;
        if status.success() {
            Ok(began.elapsed())
        } else {
            Err(format!("git {words:?} ended with {status}").into())
        }
    }

    fn plain_listing(&self) -> Result<Duration> {
        let (base, changed) = (self.base.to_string(), self.changed.to_string());
        self.plain(&["diff", "--raw", "--numstat", "--find-renames", "-z", &base, &changed])
    }

    fn listing(&self) -> Result<Duration> {
        let began = Instant::now();
        let files =
            self.runtime.block_on(self.repo.changed_files(self.base, self.changed, Counts::Include))?;
        if files.len() == FILES {
            Ok(began.elapsed())
        } else {
            Err("files are missing in the listing".into())
        }
    }

    fn plain_candidate(&self) -> Result<Duration> {
        let (changed, added) = (self.changed.to_string(), self.added.to_string());
        let merged = self.plain(&["merge-tree", "--write-tree", &changed, &added])?;
        let tree = format!("{changed}^{{tree}}");
        Ok(merged + self.plain(&["commit-tree", &tree, "-p", &changed, "-p", &added, "-m", "Merge"])?)
    }

    fn candidate(&self, time: usize) -> Result<Duration> {
        let request = MergeRequest {
            onto: self.changed,
            head: self.added,
            how: How::Merge,
            message: format!("Merge {time}\n"),
            identity: Identity::fallback(),
            when: When::utc(0),
        };
        let began = Instant::now();
        match self.runtime.block_on(self.repo.merge_candidate(&request))? {
            repo::Candidate::Clean { .. } => Ok(began.elapsed()),
            other => Err(format!("the merge is not clean: {other:?}").into()),
        }
    }

    /// `None` when git itself did not manage.
    fn plain_worktrees(&self, folder: &Path, time: usize) -> Result<Option<Duration>> {
        let began = Instant::now();
        let mut all = Vec::new();
        for at in 0..WORKTREES {
            let path = folder.join(at.to_string()).to_string_lossy().into_owned();
            all.push(
                self.git(&["worktree", "add", "--quiet", "-b", &format!("plain/{time}/{at}"), &path, "main"])
                    .spawn()?,
            );
        }
        let mut good = true;
        for mut one in all {
            good &= one.wait()?.success();
        }
        Ok(good.then(|| began.elapsed()))
    }

    fn worktrees(&self, folder: &Path, time: usize) -> Result<Duration> {
        let began = Instant::now();
        let each = (0..WORKTREES).map(|at| {
            let (repo, path) = (self.repo.clone(), folder.join(at.to_string()));
            let branch = Some(format!("ours/{time}/{at}"));
            let new = NewWorktree { path, branch, base: self.base, resume: false };
            self.runtime.spawn(async move { repo.add_worktree(&new).await.map(drop) })
        });
        for one in each.collect::<Vec<_>>() {
            self.runtime.block_on(one)??;
        }
        Ok(began.elapsed())
    }
}
