//! A repository, a data directory and a user, for what is measured through the window.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use coppice_tests::window::{Screen, Window};
use tempfile::TempDir;

use crate::{Bench, Result, environment};

/// Ends with all that works for it.
pub(crate) struct Place<'a> {
    bench: &'a Bench,
    scratch: TempDir,
}

impl<'a> Place<'a> {
    pub(crate) fn new(bench: &'a Bench) -> Result<Self> {
        let scratch = bench.scratch()?;
        for folder in ["user", "data", "repo"] {
            Bench::folder(&scratch, folder)?;
        }
        Ok(Self { bench, scratch })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let mut all = environment(&self.path("user"));
        all.push(("COPPICE_HOME".into(), self.path("data").to_string_lossy().into_owned()));
        all
    }

    pub(crate) async fn open(&self, screen: &Screen) -> Result<Window> {
        let program = self.bench.program("coppice-desktop");
        Ok(Window::open(screen, &program, &[], &self.environment()).await?)
    }

    fn command(&self, program: &Path, words: &[&str]) -> Result<bool> {
        let status = Command::new(program)
            .args(words)
            .current_dir(self.path("repo"))
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        Ok(status.success())
    }

    pub(crate) fn coppice(&self, words: &[&str]) -> Result<bool> {
        self.command(&self.bench.program("coppice"), words)
    }

    /// In the repository.
    pub(crate) fn git(&self, words: &[&str]) -> Result<()> {
        match self.command(Path::new("git"), words)? {
            true => Ok(()),
            false => Err(format!("git {} failed", words.join(" ")).into()),
        }
    }

    /// Proportional set size of the processes that work for this place, in bytes; the driver is none of them.
    pub(crate) fn weight(&self, counts: impl Fn(&str) -> bool) -> u64 {
        let mark = format!("COPPICE_HOME={}", self.path("data").display());
        let Ok(processes) = fs::read_dir("/proc") else { return 0 };
        processes
            .flatten()
            .filter_map(|process| {
                let path = process.path();
                let environment = fs::read(path.join("environ")).ok()?;
                let name = fs::read_to_string(path.join("comm")).ok()?;
                let ours = environment.split(|byte| *byte == 0).any(|pair| pair == mark.as_bytes());
                // Names are cut after fifteen letters.
                if !ours || name.starts_with("WebKitWebDriver") || !counts(name.trim()) {
                    return None;
                }
                let memory = fs::read_to_string(path.join("smaps_rollup")).ok()?;
                let pss = memory.lines().find_map(|line| line.strip_prefix("Pss:"))?;
                pss.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kilo| kilo * 1024)
            })
            .sum()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        // Whatever went wrong: nothing stays.
        let _ = self.coppice(&["stop"]);
        let _ = self.coppice(&["shutdown"]);
    }
}

pub(crate) fn mega(bytes: u64) -> String {
    format!("{:.0} MB", bytes as f64 / 1e6)
}
