//! A shell is any program that takes `-l -i -c COMMAND`: here small scripts that misbehave as start-up files do.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::*;

const LONG: Duration = Duration::from_secs(20);

struct Shell {
    dir: tempfile::TempDir,
}

impl Shell {
    /// `start` is what the start-up files do; then the command is run as a shell would.
    fn new(start: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("fakesh");
        std::fs::write(
            &path,
            format!("#!/bin/sh\n{start}\nwhile [ \"$1\" != -c ]; do shift; done\neval \"$2\"\n"),
        )
        .unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Shell { dir }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("fakesh")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }
}

#[test]
fn noise_around_the_environment_does_not_matter() {
    let shell = Shell::new(
        "echo 'Welcome!'; printf 'PATH=/wrong\\0\\0COPPICE'; echo oops >&2\n\
         export PATH=\"/opt/tool/bin:$PATH\" MANY='one\ntwo=2\n' EMPTY= UNI='grün'\n\
         trap 'echo bye; echo PATH=/also-wrong' EXIT",
    );
    let environment = from_shell(&shell.path(), LONG).unwrap();
    assert!(environment.get("PATH").unwrap().to_str().unwrap().starts_with("/opt/tool/bin:"));
    assert_eq!(environment.get("MANY").unwrap(), "one\ntwo=2\n");
    assert_eq!(environment.get("EMPTY").unwrap(), "");
    assert_eq!(environment.get("UNI").unwrap(), "grün");
    for own in OWN {
        assert_eq!(environment.get(own), None, "{own}");
    }
    assert!(matches!(environment.source(), Source::Shell { .. }));
}

#[test]
fn a_shell_that_reads_its_input_gets_the_end_of_it() {
    let shell = Shell::new("read answer || export ANSWER=none");
    let environment = from_shell(&shell.path(), LONG).unwrap();
    assert_eq!(environment.get("ANSWER").unwrap(), "none");
}

#[test]
fn a_program_left_in_the_background_does_not_hold_us_and_ends() {
    let shell = Shell::new("sleep 1000 & echo $! > \"${0%/*}/pid\"; export FOUND=yes");
    let started = Instant::now();
    let environment = from_shell(&shell.path(), LONG).unwrap();
    assert_eq!(environment.get("FOUND").unwrap(), "yes");
    assert!(started.elapsed() < LONG / 2);
    gone(&shell.file("pid"));
}

#[test]
fn a_hanging_shell_is_ended_with_all_it_started() {
    let shell = Shell::new("sleep 1000 & echo $! > \"${0%/*}/pid\"; trap '' TERM HUP; wait");
    let started = Instant::now();
    let error = from_shell(&shell.path(), Duration::from_millis(300)).unwrap_err();
    assert!(error.contains("did not finish starting within 0.3 s"), "{error}");
    assert!(started.elapsed() < LONG / 2);
    gone(&shell.file("pid"));
}

#[test]
fn a_shell_that_floods_or_fails_is_told_apart() {
    let flood = Shell::new("yes");
    let error = from_shell(&flood.path(), LONG).unwrap_err();
    assert!(error.contains("printed more than"), "{error}");
    let failing = Shell::new("exit 3");
    let error = from_shell(&failing.path(), LONG).unwrap_err();
    assert!(error.contains("ended without printing its environment"), "{error}");
    let pathless = Shell::new(
        "e() { /usr/bin/env -u PATH \"$@\"; }; eval() { e /bin/sh -c \"PATH=; export PATH; $1\"; }",
    );
    let error = from_shell(&pathless.path(), LONG).unwrap_err();
    assert!(error.contains("environment"), "{error}");
    let error = from_shell(Path::new("/no/such/shell"), LONG).unwrap_err();
    assert!(error.contains("/no/such/shell cannot be started"), "{error}");
}

#[test]
fn real_shells_answer() {
    for shell in ["/bin/sh", "/bin/bash", "/bin/dash", "/usr/bin/zsh", "/usr/bin/fish"] {
        let shell = Path::new(shell);
        if shell.exists() {
            let environment = from_shell(shell, LONG).unwrap();
            assert!(environment.find("sh").is_some(), "{}", shell.display());
        }
    }
}

/// Waits until the process in the file has ended: SIGKILL takes effect a moment after it is sent.
fn gone(pid_file: &Path) {
    let pid: i32 = std::fs::read_to_string(pid_file).unwrap().trim().parse().unwrap();
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    let deadline = Instant::now() + LONG;
    while rustix::process::test_kill_process(pid).is_ok() && !is_zombie(pid) {
        assert!(Instant::now() < deadline, "{pid:?} still lives");
        std::thread::yield_now();
    }
}

/// An orphan whose new parent has not taken its status yet.
fn is_zombie(pid: rustix::process::Pid) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with(['Z', 'X']))
}
