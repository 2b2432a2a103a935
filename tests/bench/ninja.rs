//! The same graph, run by ninja.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::tasks::Task;
use crate::{Result, environment};

/// What one build takes; `None` where ninja is not installed.
pub(crate) fn run(tasks: &[Task], slots: usize, folder: &Path) -> Result<Option<Duration>> {
    let mut file = String::from("rule sleep\n  command = sleep $length\n\n");
    for task in tasks {
        let after: Vec<&str> = task.after.iter().map(|at| tasks[*at].id.as_str()).collect();
        let length = task.length.as_secs_f64();
        write!(file, "build {}: sleep {}\n  length = {length:.3}\n", task.id, after.join(" "))?;
    }
    fs::write(folder.join("build.ninja"), file)?;
    let began = Instant::now();
    let built = Command::new("ninja")
        .args(["--quiet", "-j", &slots.to_string()])
        .current_dir(folder)
        .env_clear()
        .envs(environment(folder))
        .stdin(Stdio::null())
        .status();
    match built {
        Ok(status) if status.success() => Ok(Some(began.elapsed())),
        Ok(status) => Err(format!("ninja ended with {status}").into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
