//! Finding an engine, or starting one that outlives its starter.

use std::{
    env, fs,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{Instant, sleep, timeout_at},
};

use crate::{Client, Error, HOME_VARIABLE, create_home, engine_log, os};

/// From nothing to an engine that answers; reconciling a large history with the world takes a while.
const DEADLINE: Duration = Duration::from_secs(60);

/// While another engine holds the lock and doesn't answer yet (it starts, or it ends).
const RETRY: Duration = Duration::from_millis(25);

/// A log larger than this is put aside when the next engine starts; one old one is kept.
const LOG_LIMIT: u64 = 4 * 1024 * 1024;

/// What it takes to find an engine or start one.
#[derive(Debug, Clone)]
pub struct Starter {
    /// The data directory.
    pub home: PathBuf,
    /// What this client calls itself: "window", "cli", "hook", "mcp".
    pub kind: String,
    /// The `coppice` program that holds the engine.
    pub program: PathBuf,
}

/// The program `name` beside the running one, where all of Coppice's programs are.
pub fn sibling(name: &str) -> io::Result<PathBuf> {
    let here = env::current_exe()?;
    let name = format!("{name}{}", env::consts::EXE_SUFFIX);
    let beside = here.with_file_name(&name);
    // Test programs lie one folder below the others.
    let above = here.parent().and_then(Path::parent).map(|folder| folder.join(&name));
    match above {
        Some(above) if !beside.exists() && above.exists() => Ok(above),
        _ => Ok(beside),
    }
}

enum Birth {
    Ready,
    Busy(Option<u32>),
}

impl Starter {
    /// Connects, and starts the engine first when none answers.
    ///
    /// The engine says one line on its standard output when it listens (`ready`), or `busy PID`
    /// when another one holds the data directory.
    pub async fn connect(&self) -> Result<Client, Error> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            match Client::connect(&self.home, &self.kind).await {
                Err(error) if error.is_gone() => {}
                outcome => return outcome,
            }
            match self.start(deadline).await? {
                Birth::Ready => {}
                Birth::Busy(holder) => {
                    if let Some(client) = self.await_holder(holder, deadline).await? {
                        return Ok(client);
                    }
                }
            }
            if Instant::now() >= deadline {
                return Err(self.stillborn("it starts again and again and never answers"));
            }
        }
    }

    async fn start(&self, deadline: Instant) -> Result<Birth, Error> {
        let home_error = |source| Error::Home { path: self.home.clone(), source };
        create_home(&self.home)?;
        let log = engine_log(&self.home);
        if fs::metadata(&log).is_ok_and(|log| log.len() > LOG_LIMIT) {
            fs::rename(&log, log.with_extension("log.1")).map_err(home_error)?;
        }
        let said = fs::OpenOptions::new().create(true).append(true).open(&log).map_err(home_error)?;
        let mut command = Command::new(&self.program);
        // What is typed at a prompt has the person's environment already; a desktop launcher has not.
        if self.kind == "cli" {
            command.env("COPPICE_ENV", "inherit");
        }
        let mut child = command
            .arg("engine")
            .arg("--home")
            .arg(&self.home)
            .env(HOME_VARIABLE, &self.home)
            // Any other folder could be one that somebody wants to remove or unmount.
            .current_dir(&self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(said)
            .spawn()
            .map_err(|source| Error::Start { program: self.program.clone(), source })?;
        let outcome = self.birth(&mut child, deadline).await;
        // Whoever lives long enough takes the exit status, so that no dead engine stays in the process table.
        tokio::spawn(async move { child.wait().await });
        outcome
    }

    async fn birth(&self, child: &mut Child, deadline: Instant) -> Result<Birth, Error> {
        let Some(stdout) = child.stdout.take() else {
            return Err(self.stillborn("its output can't be read"));
        };
        let mut first = String::new();
        match timeout_at(deadline, BufReader::new(stdout).read_line(&mut first)).await {
            Err(_) => return Err(self.stillborn("it says nothing")),
            Ok(Err(error)) => return Err(self.stillborn(&format!("its output can't be read ({error})"))),
            Ok(Ok(_)) => {}
        }
        match first.trim().split_once(' ').unwrap_or((first.trim(), "")) {
            ("ready", _) => Ok(Birth::Ready),
            ("busy", pid) => Ok(Birth::Busy(pid.trim().parse().ok())),
            ("", _) => match timeout_at(deadline, child.wait()).await {
                Ok(Ok(status)) => Err(self.stillborn(&format!("it ended with {status}"))),
                _ => Err(self.stillborn("it closed its output")),
            },
            (other, _) => Err(self.stillborn(&format!("it says “{other}”"))),
        }
    }

    /// The lock's holder either begins to listen, and is connected to, or dies, and is replaced (`None`).
    async fn await_holder(&self, holder: Option<u32>, deadline: Instant) -> Result<Option<Client>, Error> {
        loop {
            match Client::connect(&self.home, &self.kind).await {
                Err(error) if error.is_gone() => {}
                outcome => return outcome.map(Some),
            }
            if holder.is_none_or(|pid| !os::is_alive(pid)) {
                sleep(RETRY).await;
                return Ok(None);
            }
            if Instant::now() >= deadline {
                let pid = holder.unwrap_or_default();
                return Err(
                    self.stillborn(&format!("process {pid} holds the data directory and does not answer"))
                );
            }
            sleep(RETRY).await;
        }
    }

    fn stillborn(&self, why: &str) -> Error {
        let log = engine_log(&self.home);
        Error::Stillborn { why: why.to_owned(), said: tail(&log).unwrap_or_default(), log }
    }
}

/// The last lines of a log, at most 600 bytes.
fn tail(log: &Path) -> io::Result<String> {
    const LENGTH: u64 = 600;
    let mut file = fs::File::open(log)?;
    let start = file.metadata()?.len().saturating_sub(LENGTH);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(LENGTH).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut lines: Vec<&str> = text.lines().rev().take(4).collect();
    lines.reverse();
    Ok(lines.join("\n").trim().to_owned())
}
