//! A repository, a data directory and a folder for agents, all in one temporary place.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::agents::{Gate, Ledger};
use crate::coppice::Coppice;
use crate::plan_file::PlanFile;
use crate::repo::TempRepo;
use crate::run::{Event, Finished, Run};

/// What most tests begin with. Fields drop in order: first the processes, then the folders.
#[derive(Debug)]
pub struct Scene {
    pub coppice: Coppice,
    pub repo: TempRepo,
    /// What agents did: lines `task attempt`.
    pub ledger: Ledger,
    place: TempDir,
}

impl Default for Scene {
    fn default() -> Self {
        Self::new()
    }
}

impl Scene {
    pub fn new() -> Self {
        Self::with(TempRepo::new)
    }

    /// With a repository of another kind.
    pub fn with(repo: impl FnOnce(&Path, &Path) -> TempRepo) -> Self {
        let place = tempfile::Builder::new().prefix("coppice-test-").tempdir().unwrap();
        // What the programs print is canonical.
        let root = place.path().canonicalize().unwrap();
        for folder in ["user", "agents", "code"] {
            fs::create_dir(root.join(folder)).unwrap();
        }
        let user = root.join("user");
        let repo = repo(&root.join("code/project"), &user);
        let coppice = Coppice::new(&root.join("data"), &user);
        let ledger = Ledger::new(&root.join("agents/ledger"));
        Self { coppice, repo, ledger, place }
    }

    /// A path beside the repository, for plans and the like.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.place.path().canonicalize().unwrap().join("agents").join(name)
    }

    pub fn gate(&self, name: &str) -> Gate {
        Gate::new(&self.beside(name))
    }

    /// A shell script that stops at the first error. It notes its start in the ledger first.
    pub fn script(&self, name: &str, body: &str) -> PathBuf {
        let path = self.beside(&format!("{name}.sh"));
        let note = self.ledger.note("$COPPICE_TASK $COPPICE_ATTEMPT");
        fs::write(&path, format!("set -e\n{note}\n{body}\n")).unwrap();
        path
    }

    /// An agent that commits one file of its own, `<task>/work.txt`, after `before`.
    pub fn worker(&self, name: &str, before: &str) -> PathBuf {
        self.script(name, &format!("{before}\n{COMMIT}"))
    }

    pub fn plan(&self, plan: &PlanFile) -> PathBuf {
        plan.save(&self.beside("PLAN.toml"))
    }

    /// The same for a text.
    pub fn plan_text(&self, text: &str) -> PathBuf {
        let path = self.beside("PLAN.toml");
        fs::write(&path, text).unwrap();
        path
    }

    /// Starts the plan.
    pub fn start(&self, plan: &PlanFile) -> Run {
        self.coppice.start(&self.plan(plan), &self.repo.path, &[])
    }

    /// Goes on with the plan as it lies there.
    pub fn go_on(&self, more: &[&str]) -> Run {
        self.coppice.start(&self.beside("PLAN.toml"), &self.repo.path, more)
    }

    /// Runs the plan to its rest.
    pub fn run(&self, plan: &PlanFile) -> Finished {
        self.start(plan).finish()
    }

    /// Every landed commit was checked as merged, with every check, and is in the target; the
    /// dependents of a task were cut where its work had landed.
    pub fn assert_proven(&self, events: &[Event], checks: &[&str], after: &[(&str, &[&str])]) {
        let landed: Vec<&Event> = events.iter().filter(|event| event.is("landed")).collect();
        for landing in &landed {
            let commit = landing.text("commit");
            assert!(self.repo.is_ancestor(commit, "refs/heads/main"), "{commit} is not in main");
            for check in checks {
                let proof = events.iter().any(|event| {
                    event.of("check.finished", landing.text("task"))
                        && event.text("name") == *check
                        && event.text("head") == commit
                        && event.text("base") == landing.text("previous")
                        && event.0["merged"] == true
                        && event.number("code") == Some(0)
                        && event.seq() < landing.seq()
                });
                assert!(proof, "{landing:?} was not checked with {check} as merged: {events:#?}");
            }
        }
        for (task, parents) in after {
            for start in events.iter().filter(|event| event.of("attempt.started", task)) {
                for parent in *parents {
                    let parent = landed.iter().find(|event| event.text("task") == *parent).unwrap();
                    assert!(
                        self.repo.is_ancestor(parent.text("commit"), start.text("base")),
                        "{task} was cut without {}",
                        parent.text("task")
                    );
                }
            }
        }
    }
}

/// Commits `<task>/work.txt`, by name.
const COMMIT: &str = "mkdir -p \"$COPPICE_TASK\"
echo \"work of $COPPICE_TASK, attempt $COPPICE_ATTEMPT\" >> \"$COPPICE_TASK/work.txt\"
git add -- \"$COPPICE_TASK/work.txt\"
git commit --quiet -m \"Add $COPPICE_TASK\"";
