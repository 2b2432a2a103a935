//! Scripts as real processes in real repositories.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

/// A worktree, a script outside of it, and a HOME that is nobody's.
struct Stage {
    dir: tempfile::TempDir,
}

impl Stage {
    fn new(script: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("tree")).unwrap();
        std::fs::write(dir.path().join("agent.toml"), format!("version = 1\n{script}")).unwrap();
        Stage { dir }
    }

    fn tree(&self) -> PathBuf {
        self.dir.path().join("tree").canonicalize().unwrap()
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.dir.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .current_dir(self.tree());
        command
    }

    fn agent(&self) -> Command {
        let own = std::env::current_exe().unwrap();
        let program = own.parent().unwrap().parent().unwrap().join("examples/scripted");
        let mut command = self.command(program);
        command
            .arg(self.dir.path().join("agent.toml"))
            .env("COPPICE_WORKTREE", self.tree())
            .env("COPPICE_TASK", "model")
            .env("COPPICE_STAGE", "implement")
            .env("COPPICE_ATTEMPT", "1")
            .stdin(Stdio::null());
        command
    }

    fn play(&self) -> Output {
        self.agent().output().unwrap()
    }

    fn git(&self, args: &[&str]) -> String {
        let output = self.command("git").args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.tree().join(path)).unwrap()
    }
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Waits for `condition`; a condition that never comes fails the test.
fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::yield_now();
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// Kills the process when the test ends, however it ends.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn files_are_changed_and_committed_by_name_alone() {
    let stage = Stage::new(
        r#"
        [[step]]
        write = "src/deep/model.rs"
        content = "// ${COPPICE_TASK}, ${HOME} and $5\n"
        [[step]]
        write = "test.sh"
        content = "exit 0\n"
        executable = true
        [[step]]
        append = "CHANGES.md"
        content = "- two\n"
        [[step]]
        delete = "old.rs"
        [[step]]
        write = "stray.txt"
        content = "not committed"
        [[step]]
        commit = ["src/deep/model.rs", "test.sh", "CHANGES.md", "old.rs", "odd [name].txt"]
        message = "Add ${COPPICE_TASK}"
        "#,
    );
    stage.git(&["init", "--quiet", "-b", "main"]);
    for (name, text) in
        [("CHANGES.md", "- one\n"), ("old.rs", "old"), ("staged.txt", "1"), ("odd [name].txt", "1")]
    {
        std::fs::write(stage.tree().join(name), text).unwrap();
    }
    stage.git(&["add", "."]);
    stage.git(&["-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "first"]);
    std::fs::write(stage.tree().join("staged.txt"), "2").unwrap();
    std::fs::write(stage.tree().join("odd [name].txt"), "2").unwrap();
    stage.git(&["add", "staged.txt"]);

    let output = stage.play();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(stage.read("src/deep/model.rs"), "// model, ${HOME} and $5\n");
    let changed = stage.git(&["show", "--format=%s by %an", "--name-status", "HEAD"]);
    assert_eq!(
        changed,
        "Add model by Scripted agent\n\nM\tCHANGES.md\nM\todd [name].txt\nD\told.rs\nA\tsrc/deep/model.rs\nA\ttest.sh\n"
    );
    assert_eq!(stage.git(&["show", "HEAD:CHANGES.md"]), "- one\n- two\n");
    assert!(stage.git(&["ls-files", "--stage", "test.sh"]).starts_with("100755"));
    assert_eq!(stage.git(&["status", "--porcelain"]), "M  staged.txt\n?? stray.txt\n");
}

#[test]
fn a_first_attempt_can_fail_and_a_second_succeed() {
    let stage = Stage::new(
        r#"
        [[step]]
        exit = 7
        when = { attempt = 1, stage = "implement" }
        [[step]]
        print = "again"
        when = { attempt = [2, 3], task = "model" }
        [[step]]
        print = "fixing"
        when = { stage = "fix" }
        "#,
    );
    let play = |attempt: &str, stage_name: &str| {
        let output =
            stage.agent().env("COPPICE_ATTEMPT", attempt).env("COPPICE_STAGE", stage_name).output().unwrap();
        (output.status.code(), out(&output).to_owned())
    };
    assert_eq!(play("1", "implement"), (Some(7), String::new()));
    assert_eq!(play("2", "implement"), (Some(0), "again\n".into()));
    assert_eq!(play("4", "implement"), (Some(0), String::new()));
    assert_eq!(play("1", "fix"), (Some(0), "fixing\n".into()));
}

#[test]
fn a_question_waits_for_an_answer_that_it_accepts() {
    let stage = Stage::new(
        r#"
        [[step]]
        ask = "Wait longer each time?"
        expect = ["yes", "no"]
        [[step]]
        print = "Longer, then."
        when = { answer = "yes" }
        [[step]]
        print = "Not longer, then."
        when = { answer = "no" }
        "#,
    );
    let mut agent = stage.agent().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut asked = [0; 22];
    agent.stdout.as_mut().unwrap().read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"Wait longer each time?");
    assert!(agent.try_wait().unwrap().is_none());
    agent.stdin.take().unwrap().write_all(b"maybe\n No \r\n").unwrap();
    let output = agent.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(out(&output), " Answer one of: yes, no.\nWait longer each time? Not longer, then.\n");

    let silent = stage.play();
    assert_eq!(silent.status.code(), Some(1));
    assert!(err(&silent).contains("agent.toml:4: The question has no answer"), "{}", err(&silent));
}

#[test]
fn a_question_that_nobody_answers_is_answered_by_its_default() {
    let stage = Stage::new(
        r#"
        [[step]]
        ask = "Up or down?"
        expect = ["up", "down"]
        default = "up"
        wait = "10m"
        [[step]]
        print = "Upwards."
        when = { answer = "up" }
        [[step]]
        print = "Downwards."
        when = { answer = "down" }
        "#,
    );
    // Ten minutes, 6000 times as fast, before an input that stays open.
    let mut agent = stage.agent();
    agent.env("COPPICE_DEMO_SPEED", "6000").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = agent.spawn().unwrap();
    let input = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert_eq!(out(&output), "Up or down? up\nUpwards.\n");
    assert_eq!(out(&stage.play()), "Up or down? up\nUpwards.\n", "a closed input will never answer");

    let mut child = stage.agent().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(b"down\n").unwrap();
    assert_eq!(out(&child.wait_with_output().unwrap()), "Up or down? Downwards.\n");
}

#[test]
fn text_appears_as_typed_and_usage_as_a_record() {
    let stage = Stage::new(
        r#"
        [[step]]
        print = "\u001b[32mgrün\u001b[0m"
        per_char = "2ms"
        end = "!"
        [[step]]
        print = "\u001b[2147483647L"
        [[step]]
        usage = { input = 1200, output = 300, cost = 0.0123, model = "scripted", id = "m1" }
        "#,
    );
    let started = Instant::now();
    let output = stage.play();
    assert!(started.elapsed() >= Duration::from_millis(8), "four letters at two milliseconds");
    let (text, usage) = out(&output).trim_end().rsplit_once('\n').unwrap();
    assert_eq!(text, "\u{1b}[32mgrün\u{1b}[0m!\u{1b}[2147483647L");
    let usage = agents::Usage::from_line(usage.as_bytes()).unwrap();
    assert_eq!((usage.input, usage.output, usage.cost_micros), (1200, 300, Some(12_300)));
}

#[test]
fn a_flood_is_numbered_and_as_long_as_it_says() {
    let output = Stage::new("[[step]]\nflood = '200KiB'").play();
    assert_eq!(output.stdout.len(), 200 * 1024);
    for (number, line) in out(&output).lines().enumerate() {
        assert_eq!(line.len(), 63);
        assert!(line.starts_with(&format!("{number:016} ")), "{line}");
    }

    let stage = Stage::new("[[step]]\nflood = 'forever'");
    let mut agent = Ended(stage.agent().stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut reader = BufReader::new(agent.0.stdout.take().unwrap());
    for _ in 0..100_000 {
        reader.read_until(b'\n', &mut Vec::new()).unwrap();
    }
    assert!(agent.0.try_wait().unwrap().is_none());
    drop(reader);
    assert_eq!(agent.0.wait().unwrap().code(), Some(1), "nobody reads any more");
}

#[test]
fn ignored_signals_end_nothing_and_the_process_stays_the_same() {
    let stage = Stage::new(
        r#"
        [[step]]
        ask = "First?"
        [[step]]
        ignore = ["TERM", "HUP"]
        [[step]]
        ask = "Ready."
        [[step]]
        print = "still here"
        [[step]]
        hang = true
        "#,
    );
    let mut agent = Ended(stage.agent().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap());
    let mut input = agent.0.stdin.take().unwrap();
    let mut lines = BufReader::new(agent.0.stdout.take().unwrap());
    let mut wait_for = |text: &str| {
        let mut seen = String::new();
        while !seen.ends_with(text) {
            let mut byte = [0];
            lines.read_exact(&mut byte).unwrap();
            seen.push(char::from(byte[0]));
        }
        seen
    };
    wait_for("First?");
    input.write_all(b"one\n").unwrap();
    wait_for("Ready.");
    kill_process(pid(&agent.0), Signal::TERM).unwrap();
    kill_process(pid(&agent.0), Signal::HUP).unwrap();
    input.write_all(b"two\n").unwrap();
    let rest = wait_for("still here\n");
    assert!(!rest.contains("First?"), "it goes on where it was: {rest}");
    assert!(agent.0.try_wait().unwrap().is_none());
    kill_process(pid(&agent.0), Signal::KILL).unwrap();
    assert_eq!(agent.0.wait().unwrap().code(), None);
}

#[test]
fn a_daemon_outlives_its_script_in_a_session_of_its_own() {
    for (place, folder) in [("inside", None), ("outside", Some(Path::new("/")))] {
        let stage = Stage::new(&format!(
            "[[step]]\ndaemon = '{place}'\nfor = '5m'\npid_file = 'run/pid'\n[[step]]\nhang = true"
        ));
        let mut agent = Ended({
            use std::os::unix::process::CommandExt;
            stage.agent().process_group(0).spawn().unwrap()
        });
        let file = stage.tree().join("run/pid");
        let read = || std::fs::read_to_string(&file).ok()?.trim().parse::<i32>().ok();
        until("the daemon's pid", || read().is_some());
        let daemon = Pid::from_raw(read().unwrap()).unwrap();
        kill_process_group(pid(&agent.0), Signal::KILL).unwrap();
        agent.0.wait().unwrap();
        test_kill_process(daemon).unwrap();
        assert_eq!(rustix::process::getsid(Some(daemon)).unwrap(), daemon);
        if cfg!(target_os = "linux") {
            let cwd = std::fs::read_link(format!("/proc/{}/cwd", daemon.as_raw_nonzero())).unwrap();
            assert_eq!(cwd, folder.map_or_else(|| stage.tree(), Path::to_path_buf));
        }
        kill_process(daemon, Signal::KILL).unwrap();
    }
}

#[test]
fn a_closed_terminal_does_not_end_it() {
    let stage = Stage::new(
        "[[step]]\nprint = 'bye'\n[[step]]\nclose_terminal = true\n[[step]]\nprint = 'unheard'\n\
         [[step]]\nwrite = 'after'\ncontent = 'x'\n[[step]]\nhang = true",
    );
    let mut command = stage.agent();
    let mut agent = Ended(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut text = String::new();
    agent.0.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    agent.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "bye\n");
    until("it goes on", || stage.tree().join("after").exists());
    assert!(agent.0.try_wait().unwrap().is_none());
}

#[test]
fn a_program_of_the_script_decides_with_its_code() {
    let play = |rest: &str| {
        Stage::new(&format!("[[step]]\nrun = ['sh', '-c', 'exit 3']\n{rest}")).play().status.code()
    };
    assert_eq!(play(""), Some(3));
    assert_eq!(play("code = 3\n[[step]]\nexit = 9"), Some(9));
    assert_eq!(play("code = 4"), Some(3));
    let missing = Stage::new("[[step]]\nrun = ['no-such-program']").play();
    assert!(err(&missing).contains("no-such-program cannot be started"), "{}", err(&missing));
}

#[test]
fn nothing_is_written_outside_the_worktree() {
    let stage = Stage::new("[[step]]\nwrite = 'link/new/file'\ncontent = 'x'");
    let outside = stage.dir.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::os::unix::fs::symlink(&outside, stage.tree().join("link")).unwrap();
    let output = stage.play();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).contains("agent.toml:3: ") && err(&output).contains("outside the worktree"),
        "{}",
        err(&output)
    );
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);

    let stage = Stage::new("[[step]]\nwrite = 'link'\ncontent = 'x'");
    let canary = stage.dir.path().join("canary");
    std::fs::write(&canary, "whole").unwrap();
    std::os::unix::fs::symlink(&canary, stage.tree().join("link")).unwrap();
    assert_eq!(stage.play().status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&canary).unwrap(), "whole");

    // Only a variable leads out: where a reviewer writes its report.
    let stage = Stage::new("[[step]]\nwrite = '${COPPICE_REVIEW_OUTPUT}'\ncontent = '{}'");
    let report = stage.dir.path().join("data/report.json");
    assert!(stage.agent().env("COPPICE_REVIEW_OUTPUT", &report).status().unwrap().success());
    assert_eq!(std::fs::read_to_string(&report).unwrap(), "{}");
    let output = stage.play();
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("COPPICE_REVIEW_OUTPUT is not set"), "{}", err(&output));
}

#[test]
fn a_failing_step_names_its_line() {
    let stage = Stage::new("[[step]]\nprint = 'fine'\n\n[[step]]\ncommit = ['missing.rs']\nmessage = 'm'");
    stage.git(&["init", "--quiet"]);
    let output = stage.play();
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("agent.toml:6: git add failed"), "{}", err(&output));
    let folder = Stage::new("[[step]]\ncommit = ['src']\nmessage = 'm'");
    std::fs::create_dir(folder.tree().join("src")).unwrap();
    assert!(err(&folder.play()).contains("src is a folder"));
    let wrong = Stage::new("[[step]]\nprnt = 'x'").play();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(err(&wrong).contains("agent.toml:3: `prnt` is not known"), "{}", err(&wrong));
}
