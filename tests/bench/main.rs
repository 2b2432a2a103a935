//! `make bench`: what Coppice costs, as ratios to something that runs beside it in the same minute.
//!
//! Figures of a shared machine are noise; a ratio of two medians taken in turns is not. Each section is one file
//! with a `run` that returns its table, and stands in [`SECTIONS`]. Deliberately absent: verdicts. A missed target
//! is printed as missed, and the exit status stays 0.

mod bare;
mod event;
mod flood;
mod git;
mod instant;
mod landed;
mod makespan;
mod ninja;
mod place;
mod raw_terminal;
mod review;
mod table;
mod tasks;
mod window;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use table::Table;
use tempfile::TempDir;

pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// One part of the measurements.
struct Section {
    /// For the command line: `bench makespan flood` runs these two.
    name: &'static str,
    run: fn(&Bench) -> Result<Table>,
}

const SECTIONS: &[Section] = &[
    Section { name: "makespan", run: makespan::run },
    Section { name: "landings", run: makespan::with_landings },
    Section { name: "event", run: event::run },
    Section { name: "flood", run: flood::run },
    Section { name: "git", run: git::run },
    Section { name: "window", run: window::run },
    Section { name: "review", run: review::run },
];

/// What every section needs.
pub(crate) struct Bench {
    /// The folder of the programs that are measured: `coppice`, `coppice-shim`.
    programs: PathBuf,
}

impl Bench {
    fn find() -> Result<Bench> {
        let here = std::env::current_exe()?;
        let programs = here.parent().ok_or("the program has no folder")?.to_owned();
        for name in ["coppice", "coppice-shim"] {
            if !programs.join(name).is_file() {
                let place = programs.display();
                return Err(format!("{name} is not in {place}. Run `make bench`, which builds it.").into());
            }
        }
        Ok(Bench { programs })
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// A folder on the disk that holds the programs: a commit to memory would cost nothing.
    pub(crate) fn scratch(&self) -> Result<TempDir> {
        Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(&self.programs)?)
    }

    /// A folder in a scratch folder.
    pub(crate) fn folder(scratch: &TempDir, name: &str) -> Result<PathBuf> {
        let folder = scratch.path().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

/// The whole environment of what is measured: nobody's configuration reaches it.
pub(crate) fn environment(home: &Path) -> Vec<(String, String)> {
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".to_owned());
    let home = home.to_string_lossy().into_owned();
    [
        ("PATH", path.as_str()),
        ("HOME", home.as_str()),
        ("SHELL", "/bin/sh"),
        ("LANG", "C.UTF-8"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Ada"),
        ("GIT_AUTHOR_EMAIL", "ada@example.com"),
        ("GIT_COMMITTER_NAME", "Ada"),
        ("GIT_COMMITTER_EMAIL", "ada@example.com"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = wanted.iter().find(|name| SECTIONS.iter().all(|section| section.name != **name)) {
        let known: Vec<&str> = SECTIONS.iter().map(|section| section.name).collect();
        eprintln!("There is no section {unknown}. There are: {}.", known.join(", "));
        return ExitCode::from(2);
    }
    let bench = match Bench::find() {
        Ok(bench) => bench,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    if cfg!(debug_assertions) {
        eprintln!("This is a debug build: its figures say nothing. Run `make bench`.");
    }
    let mut failed = false;
    for section in SECTIONS.iter().filter(|s| wanted.is_empty() || wanted.iter().any(|name| name == s.name)) {
        let began = Instant::now();
        match (section.run)(&bench) {
            Ok(table) => println!("{table}{:>78}\n", format!("{:.0} s", began.elapsed().as_secs_f64())),
            Err(error) => {
                eprintln!("{}: {error}", section.name);
                failed = true;
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
