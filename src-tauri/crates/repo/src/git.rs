//! The `git` program: the one place that starts it, with everything that could run foreign code,
//! ask a question or wait for a person switched off.
//!
//! Deliberately absent: any knowledge of what a command means, and any parsing of messages.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::{Error, Result, os, strays};

/// What a child that was asked to end gets before it is ended.
const GRACE: Duration = Duration::from_secs(5);

/// How much of git's messages is worth keeping.
const MESSAGE_LIMIT: u64 = 64 * 1024;

/// Configuration of every call. Given by environment, because `-c` cannot express names that hold `=`.
const HARDENING: &[(&str, &str)] = &[
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os::NO_HOOKS),
    ("safe.bareRepository", "explicit"),
    ("commit.gpgSign", "false"),
    ("tag.gpgSign", "false"),
    ("log.showSignature", "false"),
    ("core.pager", "cat"),
    ("core.editor", ":"),
    ("sequence.editor", ":"),
    ("core.askPass", ""),
    ("credential.helper", ""),
    ("core.sshCommand", "false"),
    ("core.gitProxy", ""),
    ("core.alternateRefsCommand", ""),
    ("diff.external", ""),
    ("protocol.allow", "never"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("submodule.recurse", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("core.quotePath", "false"),
    ("i18n.commitEncoding", "UTF-8"),
    ("i18n.logOutputEncoding", "UTF-8"),
    ("branch.autoSetupMerge", "false"),
    ("worktree.useRelativePaths", "false"),
    ("advice.detachedHead", "false"),
    ("merge.renormalize", "false"),
    ("merge.autoStash", "false"),
    ("core.packedRefsTimeout", "5000"),
    ("core.filesRefLockTimeout", "5000"),
];

/// What the environment may still say to git: who commits, and where the person's own
/// configuration and git's own programs are.
const KEPT_ENVIRONMENT: &[&str] = &[
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_EXEC_PATH",
    "GIT_TEMPLATE_DIR",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GitVersion {
    pub major: u32,
    pub minor: u32,
}

impl GitVersion {
    /// `merge-tree --write-tree --stdin` with explicit merge bases appears here.
    pub const MINIMUM: GitVersion = GitVersion { major: 2, minor: 40 };
}

impl fmt::Display for GitVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The version of the git program; an error when it is absent or older than [`GitVersion::MINIMUM`].
pub async fn git_version() -> Result<GitVersion> {
    let minimum = GitVersion::MINIMUM;
    let output = match Git::new("tell its version").arg("version").ok().await {
        Err(Error::Spawn { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::GitMissing { minimum });
        }
        other => other?,
    };
    let text = String::from_utf8_lossy(&output);
    let mut numbers = text
        .split_whitespace()
        .nth(2)
        .unwrap_or_default()
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let found = GitVersion { major: numbers.next().unwrap_or(0), minor: numbers.next().unwrap_or(0) };
    if found < minimum { Err(Error::GitTooOld { found, minimum }) } else { Ok(found) }
}

/// One call of git, being put together.
#[derive(Debug, Clone)]
pub(crate) struct Git {
    /// Completes "Git fails to …".
    doing: String,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    config: Vec<(String, String)>,
    cwd: Option<PathBuf>,
    stdin: Option<Vec<u8>>,
    outlives: bool,
    cancel: Option<CancellationToken>,
    /// The shared git folder, where strays are marked.
    strays: Option<PathBuf>,
}

#[derive(Debug)]
pub(crate) struct Output {
    /// Absent when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Output {
    pub(crate) fn message(&self) -> String {
        let text = String::from_utf8_lossy(&self.stderr);
        let text = text.trim();
        match self.code {
            _ if !text.is_empty() => text.to_owned(),
            Some(code) => format!("it ended with code {code} and no message"),
            None => "it was ended by a signal".to_owned(),
        }
    }
}

impl Git {
    pub(crate) fn new(doing: impl Into<String>) -> Git {
        Git {
            doing: doing.into(),
            args: Vec::new(),
            env: Vec::new(),
            config: Vec::new(),
            cwd: None,
            stdin: None,
            outlives: false,
            cancel: None,
            strays: None,
        }
    }

    /// Works on this repository or worktree and on no other that might be found on the way.
    pub(crate) fn at(mut self, git_dir: &Path, tree: Option<&Path>) -> Git {
        self.cwd = Some(tree.unwrap_or(git_dir).to_owned());
        self = self.env("GIT_DIR", git_dir);
        self.strays = Some(strays::common_dir(git_dir).to_owned());
        match tree {
            Some(tree) => self.env("GIT_WORK_TREE", tree),
            None => self,
        }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Git {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Git {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Git {
        self.env.push((key.into(), value.as_ref().to_owned()));
        self
    }

    pub(crate) fn config(mut self, key: impl Into<String>, value: impl Into<String>) -> Git {
        self.config.push((key.into(), value.into()));
        self
    }

    pub(crate) fn configs(mut self, pairs: &[(String, String)]) -> Git {
        self.config.extend_from_slice(pairs);
        self
    }

    /// Names on standard input or in arguments are names and never patterns.
    pub(crate) fn literal(self) -> Git {
        self.env("GIT_LITERAL_PATHSPECS", "1")
    }

    /// What we are about to rely on reaches the disk before git answers. Such a command is short and
    /// holds locks, so it finishes even if we die: one that is ended between making a lock and
    /// noting it leaves the lock behind, and every later command waits for it in vain.
    pub(crate) fn durable(self) -> Git {
        self.config("core.fsync", "committed,reference,index").outlives()
    }

    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Git {
        self.stdin = Some(bytes.into());
        self
    }

    /// Finishes even if we die: for commands that must not stop halfway in a person's checkout.
    pub(crate) fn outlives(mut self) -> Git {
        self.outlives = true;
        self
    }

    pub(crate) fn cancelled_by(mut self, token: &CancellationToken) -> Git {
        self.cancel = Some(token.clone());
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        for (key, _) in std::env::vars_os() {
            let foreign = key.as_encoded_bytes().starts_with(b"GIT_");
            if foreign && !KEPT_ENVIRONMENT.iter().any(|kept| key == *kept) {
                command.env_remove(key);
            }
        }
        command.env_remove("LANGUAGE");
        command
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_EDITOR", ":")
            .env("GIT_PAGER", "cat")
            .env("GIT_ASKPASS", "")
            .env("GIT_SSH_COMMAND", "false");
        let config = HARDENING
            .iter()
            .map(|(key, value)| (*key, *value))
            .chain(self.config.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        let mut count = 0;
        for (key, value) in config {
            command.env(format!("GIT_CONFIG_KEY_{count}"), key);
            command.env(format!("GIT_CONFIG_VALUE_{count}"), value);
            count += 1;
        }
        command.env("GIT_CONFIG_COUNT", count.to_string());
        command.envs(self.env.iter().map(|(key, value)| (key, value)));
        if let Some(cwd) = &self.cwd {
            command.current_dir(cwd);
        }
        command.args(&self.args);
        command.stdin(match (&self.stdin, &self.strays) {
            (Some(_), _) => Stdio::piped(),
            // Reads as empty, and stays locked for as long as git lives: see `Repo::await_strays`.
            (None, Some(common)) if self.outlives => {
                strays::mark(common).map_or_else(Stdio::null, Stdio::from)
            }
            (None, _) => Stdio::null(),
        });
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        if !self.outlives {
            os::dies_with_us(&mut command);
        }
        command
    }

    /// Runs to the end, whatever the exit code. Dropping the future asks git to end.
    pub(crate) async fn run(self) -> Result<Output> {
        let command = self.command();
        let child =
            spawn(command).await.map_err(|source| Error::Spawn { doing: self.doing.clone(), source })?;
        let mut running = Running { child: Some(child), outlives: self.outlives };
        let finished = async {
            let child = running.child.as_mut().expect("present until dropped");
            let feed = feed(child.stdin.take(), self.stdin);
            let stdout = drain(child.stdout.take(), u64::MAX);
            let stderr = drain(child.stderr.take(), MESSAGE_LIMIT);
            let (_, stdout, stderr) = tokio::join!(feed, stdout, stderr);
            let status = child.wait().await?;
            Ok::<_, std::io::Error>(Output { code: status.code(), stdout: stdout?, stderr: stderr? })
        };
        let finished = match &self.cancel {
            None => Some(finished.await),
            Some(token) => tokio::select! {
                finished = finished => Some(finished),
                () = token.cancelled() => None,
            },
        };
        match finished {
            Some(output) => output.map_err(|source| Error::Spawn { doing: self.doing, source }),
            None => {
                running.end().await;
                Err(Error::Cancelled { doing: self.doing })
            }
        }
    }

    /// As [`Git::ok`], again if it fails, for commands that read the list of worktrees: while another
    /// git registers one, that list can be torn for an instant, and git gives up where it is.
    pub(crate) async fn ok_in_the_end(self) -> Result<Vec<u8>> {
        for pause in [1, 2, 5, 10, 20, 50] {
            match self.clone().ok().await {
                Err(Error::Git { code: Some(128), .. }) => {
                    tokio::time::sleep(Duration::from_millis(pause)).await
                }
                other => return other,
            }
        }
        self.ok().await
    }

    /// Runs to the end; any exit code but 0 is an error with git's own message.
    pub(crate) async fn ok(self) -> Result<Vec<u8>> {
        let doing = self.doing.clone();
        let output = self.run().await?;
        if output.code == Some(0) { Ok(output.stdout) } else { Err(failed(&doing, &output)) }
    }
}

pub(crate) fn failed(doing: &str, output: &Output) -> Error {
    Error::Git { doing: doing.to_owned(), code: output.code, message: output.message() }
}

async fn feed(pipe: Option<tokio::process::ChildStdin>, bytes: Option<Vec<u8>>) {
    if let (Some(mut pipe), Some(bytes)) = (pipe, bytes) {
        // A git that stops reading says why by its exit code.
        let _ = pipe.write_all(&bytes).await;
        let _ = pipe.shutdown().await;
    }
}

async fn drain(pipe: Option<impl tokio::io::AsyncRead + Unpin>, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        (&mut pipe).take(limit).read_to_end(&mut bytes).await?;
        tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await?;
    }
    Ok(bytes)
}

/// A started git. Dropped before its end, it is asked to end and then waited for elsewhere.
#[derive(Debug)]
struct Running {
    child: Option<Child>,
    outlives: bool,
}

impl Running {
    async fn end(&mut self) {
        if let Some(child) = self.child.take() {
            end(child).await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        if self.outlives || matches!(child.try_wait(), Ok(Some(_))) {
            return;
        }
        if let Some(pid) = child.id() {
            os::end_group(pid, false);
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(end(child));
        }
    }
}

async fn end(mut child: Child) {
    let Some(pid) = child.id() else { return };
    os::end_group(pid, false);
    if tokio::time::timeout(GRACE, child.wait()).await.is_err() {
        os::end_group(pid, true);
        let _ = child.wait().await;
    }
    // Its own children were asked with it and may be in the middle of a last system call: what they do there must not
    // come after whoever takes it back. Nobody is told of their end.
    let deadline = tokio::time::Instant::now() + GRACE;
    while os::group_lives(pid) && tokio::time::Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

struct Start {
    command: Command,
    runtime: tokio::runtime::Handle,
    reply: oneshot::Sender<std::io::Result<Child>>,
}

/// Starts a child on a thread that lives as long as the process: the kernel's "die with the
/// parent" means the parent *thread*, and threads of a runtime come and go.
async fn spawn(command: Command) -> std::io::Result<Child> {
    static STARTER: OnceLock<mpsc::Sender<Start>> = OnceLock::new();
    let starter = STARTER.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<Start>();
        let thread = std::thread::Builder::new().name("git-start".into()).spawn(move || {
            for Start { mut command, runtime, reply } in receiver {
                let _inside = runtime.enter();
                if let Err(Ok(unclaimed)) = reply.send(command.spawn()) {
                    drop(Running { child: Some(unclaimed), outlives: false });
                }
            }
        });
        if let Err(error) = thread {
            tracing::error!(%error, "the thread that starts git cannot be started");
        }
        sender
    });
    let gone = || std::io::Error::other("the thread that starts git has ended");
    let (reply, answer) = oneshot::channel();
    let runtime = tokio::runtime::Handle::current();
    starter.send(Start { command, runtime, reply }).map_err(|_| gone())?;
    answer.await.map_err(|_| gone())?
}
