//! A run from start to end.

use crate::common::{Place, Watch, ended, lives, log_bytes, log_text, shim, soon};
use std::time::{Duration, Instant};
use terminal::{Adopted, Exit, Kill, Reason, Run, StartError, start};

#[tokio::test]
async fn a_run_has_a_terminal_an_end_and_a_log() {
    let place = Place::new();
    let run = place.sh("tty; stty size; echo $TERM $COLORTERM $COPPICE_RUN; exit 3").await;
    let exit = ended(&run).await;
    assert_eq!((exit.code, exit.signal, exit.reason.clone()), (Some(3), None, Reason::Exited));
    let text = log_text(&place.run_dir());
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("/dev/pts/"), "{text}");
    assert_eq!(lines[1], "24 80");
    assert!(lines[2].starts_with("xterm-256color truecolor test-"), "{text}");
    assert_eq!(exit.log_bytes, log_bytes(&place.run_dir()).len() as u64);
    assert_eq!(Exit::read(&place.run_dir()).unwrap(), Some(exit.clone()));
    assert!(matches!(Run::adopt(&place.run_dir()).await.unwrap(), Adopted::Ended(e) if e == exit));
    assert!(!place.run_dir().join("sock").exists());
    assert!(!place.run_dir().join("exit.draft").exists());
}

#[tokio::test]
async fn the_signal_that_ended_it_is_told() {
    let place = Place::new();
    let run = place.sh("kill -SEGV $$").await;
    let exit = ended(&run).await;
    assert_eq!((exit.code, exit.signal, exit.reason), (None, Some(11), Reason::Exited));
}

#[tokio::test]
async fn typing_and_resizing_arrive() {
    let place = Place::new();
    let run = place
        .sh("trap 'stty size; exit 0' WINCH; echo ready; read line; echo got $line; while :; do read x; done")
        .await;
    let mut watch = Watch::attach(&place.run_dir()).await;
    watch.until("ready").await;
    run.input("hällo\n".as_bytes()).unwrap();
    assert_eq!(watch.until("got ").await, "hällo");
    run.resize(132, 50).unwrap();
    // A shell waits for its read to end before it looks at signals.
    watch.viewer.line().input(b"\n").unwrap();
    watch.until("50 132").await;
    assert_eq!(ended(&run).await.code, Some(0));
    assert!(run.input(b"late").is_err(), "nobody is there to type to");
    assert!(run.status().await.is_err());
}

#[tokio::test]
async fn a_silent_run_is_left_alone_and_can_be_asked() {
    let place = Place::new();
    let run = place.sh("cat >/dev/null").await;
    let status = soon(run.status()).await.unwrap();
    assert!(status.child_alive && !status.ending);
    assert_eq!(status.size, (80, 24));
    assert_eq!(Some(status.child), soon(run.child()).await);
    assert_eq!(status.foreground, Some(status.child));
    assert_eq!(run.exit(), None);
    run.input(&[4]).unwrap();
    assert!(ended(&run).await.is_success());
}

#[tokio::test]
async fn an_idle_shim_sleeps() {
    let place = Place::new();
    let run = place.sh("echo ready; cat").await;
    Watch::attach(&place.run_dir()).await.until("ready").await;
    soon(run.status()).await.unwrap();
    let switches = || -> u64 {
        std::fs::read_dir(format!("/proc/{}/task", run.identity().pid))
            .unwrap()
            .filter_map(|task| std::fs::read_to_string(task.unwrap().path().join("status")).ok())
            .flat_map(|status| {
                status
                    .lines()
                    .filter(|l| l.starts_with("voluntary_ctxt"))
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
            .sum()
    };
    let mut before = switches();
    // A time in which anything that polls would have shown itself; other tests' noise does not reach this process.
    for _ in 0..2 {
        tokio::time::timeout(Duration::from_millis(300), run.exited()).await.unwrap_err();
        let after = switches();
        if after == before {
            run.kill(Kill::Now);
            ended(&run).await;
            return;
        }
        before = after;
    }
    panic!("the shim woke up without a reason");
}

#[tokio::test]
async fn what_ignores_being_asked_is_killed_after_the_grace() {
    let place = Place::new();
    let run = place
        .sh("trap '' HUP TERM INT; sh -c 'trap \"\" HUP TERM; echo inner $$; while :; do sleep 100; done'")
        .await;
    let mut watch = Watch::attach(&place.run_dir()).await;
    let inner: i32 = watch.until("inner ").await.parse().unwrap();
    let asked = Instant::now();
    run.kill(Kill::Polite);
    let exit = ended(&run).await;
    assert!(asked.elapsed() >= Duration::from_millis(400), "the grace was not given");
    assert_eq!((exit.signal, exit.reason), (Some(9), Reason::Killed));
    assert!(!lives(inner));
    assert!(exit.leftovers.is_empty());
}

#[tokio::test]
async fn asking_politely_lets_a_run_tidy_up() {
    let place = Place::new();
    let mut spec =
        place.script("trap 'echo tidy; exit 7' TERM; echo ready; while :; do sleep 100 & wait; done");
    spec.grace_ms = 60_000;
    let run = place.start(&spec).await;
    Watch::attach(&place.run_dir()).await.until("ready").await;
    run.kill(Kill::Polite);
    let exit = ended(&run).await;
    assert_eq!((exit.code, exit.reason), (Some(7), Reason::Killed));
    assert!(log_text(&place.run_dir()).contains("tidy"));
}

#[tokio::test]
async fn killing_now_gives_no_grace() {
    let place = Place::new();
    let mut spec = place.script("trap '' HUP TERM; echo ready; while :; do sleep 100; done");
    spec.grace_ms = 60_000;
    let run = place.start(&spec).await;
    Watch::attach(&place.run_dir()).await.until("ready").await;
    run.kill(Kill::Polite);
    run.kill(Kill::Now);
    assert_eq!(ended(&run).await.reason, Reason::Killed);
}

#[tokio::test]
async fn the_time_limit_ends_the_whole_tree() {
    let place = Place::new();
    let mut spec = place.script("sleep 1000 & echo pid $!; trap '' TERM HUP; wait; wait");
    spec.time_limit_ms = Some(300);
    let run = place.start(&spec).await;
    let sleeper: i32 = Watch::attach(&place.run_dir()).await.until("pid ").await.parse().unwrap();
    let exit = ended(&run).await;
    assert_eq!(exit.reason, Reason::TimeLimit);
    assert!(!lives(sleeper));
}

#[tokio::test]
async fn a_run_that_closes_its_terminal_is_still_followed() {
    let place = Place::new();
    let fifo = place.dir.path().join("fifo");
    let script = format!(
        "echo before; mkfifo {0}; exec <&- >&- 2>&-; read line <{0}; echo after >/dev/tty; exit 5",
        fifo.display()
    );
    let run = place.sh(&script).await;
    Watch::attach(&place.run_dir()).await.until("before").await;
    let status = soon(run.status()).await.unwrap();
    assert!(status.child_alive);
    assert_eq!(run.exit(), None);
    let write = tokio::task::spawn_blocking(move || {
        while !fifo.exists() {
            std::thread::yield_now();
        }
        std::fs::write(fifo, "go\n").unwrap();
    });
    soon(write).await.unwrap();
    assert_eq!(ended(&run).await.code, Some(5));
    assert_eq!(log_text(&place.run_dir()), "before\nafter\n");
}

#[tokio::test]
async fn one_run_s_terminal_settings_are_its_own() {
    let (one, other) = (Place::new(), Place::new());
    let wild = one.sh("exec </dev/tty; stty raw -echo; echo set; read x").await;
    Watch::attach(&one.run_dir()).await.until("set").await;
    let calm = other.sh("stty -a | grep -o ' echo \\| icanon'; echo done").await;
    assert!(ended(&calm).await.is_success());
    let text = log_text(&other.run_dir());
    assert!(text.contains(" icanon") && text.contains(" echo "), "{text}");
    wild.kill(Kill::Now);
    ended(&wild).await;
}

#[tokio::test]
async fn a_start_that_fails_says_why() {
    for (argv, cwd, expected) in [
        (vec!["no-such-program"], None, "was not found"),
        (vec!["/no/such/program"], None, "does not exist"),
        (vec!["./text"], None, "is not an executable file"),
        (vec!["./odd"], None, "/no/interpreter, which does not exist"),
        (vec!["sh"], Some("/no/such/folder"), "The folder /no/such/folder does not exist"),
    ] {
        let place = Place::new();
        std::fs::write(place.worktree().join("text"), "echo").unwrap();
        let odd = place.worktree().join("odd");
        std::fs::write(&odd, "#! /no/interpreter -x\n").unwrap();
        std::fs::set_permissions(&odd, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let mut spec = place.script("");
        spec.argv = argv.iter().map(Into::into).collect();
        if let Some(cwd) = cwd {
            spec.cwd = cwd.into();
        }
        let error = soon(start(shim(), &place.run_dir(), &spec)).await.unwrap_err();
        assert!(matches!(error, StartError::StartFailed { .. }), "{error:?}");
        let said = error.to_string();
        assert!(said.contains(expected), "{said}");
        let Adopted::Ended(exit) = Run::adopt(&place.run_dir()).await.unwrap() else {
            panic!("no end recorded")
        };
        assert_eq!(exit.reason, Reason::StartFailed { message: said });
    }
}

#[tokio::test]
async fn a_missing_shim_is_named() {
    let place = Place::new();
    let error = soon(start("/no/shim".as_ref(), &place.run_dir(), &place.script(""))).await.unwrap_err();
    assert!(matches!(error, StartError::NoShim { .. }), "{error:?}");
}

#[tokio::test]
async fn no_path_is_too_long() {
    let mut place = Place::new();
    let deep = place.dir.path().join("d".repeat(120)).join("e".repeat(120));
    std::fs::create_dir_all(&deep).unwrap();
    place.deep = Some(deep);
    let run = place.sh("read line; echo $line").await;
    run.input(b"through\n").unwrap();
    assert!(ended(&run).await.is_success());
    assert!(log_text(&place.run_dir()).contains("through\nthrough"));
}
