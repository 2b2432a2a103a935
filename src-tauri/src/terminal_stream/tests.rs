use std::{
    fs,
    sync::mpsc,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use terminal::Reason;

use super::*;
use crate::outlet::BACKLOG;

/// A data directory with one ended run in it.
fn ended_run(output: &[u8]) -> (TempDir, String) {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("runs/r1");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("log"), output).unwrap();
    let exit = Exit {
        code: Some(3),
        signal: None,
        reason: Reason::Exited,
        at_ms: 0,
        log_bytes: output.len() as u64,
        log_missing: 0,
        log_truncated: false,
        leftovers: Vec::new(),
    };
    fs::write(dir.join("exit.json"), serde_json::to_vec(&exit).unwrap()).unwrap();
    let dir = dir.display().to_string();
    (home, dir)
}

/// The page: what it got, as (kind, offset, payload). It acknowledges everything.
struct Page {
    terminals: Arc<Terminals>,
    messages: mpsc::Receiver<Vec<u8>>,
    attached: Attached,
}

impl Page {
    fn attach(home: &TempDir, dir: &str, offset: u64, replay: bool) -> Result<Self, Error> {
        let terminals = Arc::new(Terminals::new(home.path().to_owned()));
        let (sent, messages) = mpsc::channel();
        let channel = Channel::new(move |body| {
            let InvokeResponseBody::Raw(bytes) = body else { panic!("the channel carries raw bytes") };
            sent.send(bytes).unwrap();
            Ok(())
        });
        let attached = tauri::async_runtime::block_on(terminals.attach(dir, offset, replay, channel))?;
        Ok(Self { terminals, messages, attached })
    }

    fn next(&self) -> (u8, u64, Vec<u8>) {
        let message = self.messages.recv_timeout(Duration::from_secs(10)).unwrap();
        let offset = u64::from_le_bytes(message[8..16].try_into().unwrap());
        self.terminals.acknowledge(self.attached.id, message.len() - 16);
        (message[0], offset, message[16..].to_vec())
    }

    /// Reads until the output contains `text`.
    fn wait_for(&self, text: &str) {
        let mut output = String::new();
        while !output.contains(text) {
            match self.next() {
                (0 | 1, _, bytes) => output.push_str(&String::from_utf8_lossy(&bytes)),
                other => panic!("{other:?} after {output:?}"),
            }
        }
    }

    /// Everything up to the end: the output joined, and what the end says.
    fn rest(&self) -> (Vec<u8>, String) {
        let mut output = Vec::new();
        loop {
            match self.next() {
                (0, _, bytes) => output.extend(bytes),
                (3, _, json) => return (output, String::from_utf8(json).unwrap()),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn an_ended_run_is_replayed_from_the_offset_and_then_ends() {
    let (home, dir) = ended_run(b"first\r\nsecond\r\n");
    let page = Page::attach(&home, &dir, 7, true).unwrap();
    let Attached { start, end, live, .. } = page.attached;
    assert_eq!((start, end, live), (0, 15, false));
    let (kind, offset, bytes) = page.next();
    assert_eq!((kind, offset, bytes.as_slice()), (0, 7, b"second\r\n".as_slice()));
    let (output, end) = page.rest();
    assert_eq!(
        (output.as_slice(), end.as_str()),
        (b"".as_slice(), r#"{"code":3,"outcome":"exited","detail":null}"#)
    );
}

#[test]
fn hostile_output_reaches_the_page_harmless() {
    let (home, dir) = ended_run(b"a\x1b[2147483647Lb\x1b]52;c;?\x07\x1b[6nc");
    let (output, _) = Page::attach(&home, &dir, 0, true).unwrap().rest();
    let text = String::from_utf8(output).unwrap();
    assert!(text.starts_with('a') && text.ends_with('c'), "{text:?}");
    for bad in ["2147483647", "]52", "[6n"] {
        assert!(!text.contains(bad), "{text:?} contains {bad}");
    }
}

#[test]
fn a_long_history_is_shown_as_the_screen_it_left() {
    let mut output = b"old line\r\n".repeat(BACKLOG / 10 + 1);
    output.extend(b"\x1b[2J\x1b[3J\x1b[Hthe newest");
    let (home, dir) = ended_run(&output);
    for (offset, replay) in [(0, true), (output.len() as u64, false)] {
        let page = Page::attach(&home, &dir, offset, replay).unwrap();
        let (kind, offset, screen) = page.next();
        assert_eq!((kind, offset), (1, output.len() as u64));
        let screen = String::from_utf8(screen).unwrap();
        // Its history comes first, in whole lines, and no more of it than an emulator keeps.
        let lines = screen.matches("old line\r\n").count();
        assert!((20_000..30_000).contains(&lines), "{lines} lines of history");
        assert!(screen.starts_with("\x1bc\x1b[?2026hold line\r\n"), "{:?}", &screen[..40]);
        let (_, last) = screen.rsplit_once("\x1b[?2026h").unwrap();
        assert!(last.contains("the newest") && !last.contains("old line"), "{last:?}");
        assert!(page.rest().0.is_empty());
    }
}

#[test]
fn all_of_a_moderate_history_arrives_while_the_page_acknowledges() {
    let output = b"0123456789abcdef".repeat(BACKLOG / 2 / 16);
    let (home, dir) = ended_run(&output);
    let (got, _) = Page::attach(&home, &dir, 0, true).unwrap().rest();
    assert!(got == output, "{} of {} bytes", got.len(), output.len());
}

#[test]
fn only_runs_of_the_data_directory_are_shown() {
    let (home, _) = ended_run(b"ours");
    let (_elsewhere, foreign) = ended_run(b"theirs");
    let refused = |dir: &str| Page::attach(&home, dir, 0, true).err().map(|error| error.code);
    assert_eq!(refused(&foreign), Some(ErrorCode::Forbidden));
    assert_eq!(refused(&home.path().display().to_string()), Some(ErrorCode::Forbidden));
    assert_eq!(refused("/nowhere"), Some(ErrorCode::NotFound));
    #[cfg(unix)]
    {
        let link = home.path().join("runs/link");
        std::os::unix::fs::symlink(&foreign, &link).unwrap();
        assert_eq!(refused(link.to_str().unwrap()), Some(ErrorCode::Forbidden));
    }
}

#[test]
fn what_is_detached_is_not_known_any_more() {
    let (home, dir) = ended_run(b"x");
    let page = Page::attach(&home, &dir, 0, true).unwrap();
    let id = page.attached.id;
    assert_eq!(page.terminals.input(id, b"y").unwrap_err().code, ErrorCode::Refused, "the run has ended");
    page.terminals.detach(id);
    assert_eq!(page.terminals.input(id, b"y").unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(page.terminals.resize(id, 80, 24).unwrap_err().code, ErrorCode::NotFound);
}

/// A data directory with one living run in it, on the real shim.
fn living_run(script: &str) -> (TempDir, String) {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("runs/r1");
    let shim = client::sibling("coppice-shim").unwrap();
    assert!(shim.exists(), "{} is needed: cargo build -p terminal", shim.display());
    let mut spec = terminal::RunSpec::new("r1", ["/bin/sh", "-c", script], home.path());
    spec.env = vec![("PATH".into(), std::env::var_os("PATH").unwrap())];
    tauri::async_runtime::block_on(terminal::start(&shim, &dir, &spec)).unwrap();
    let dir = dir.display().to_string();
    (home, dir)
}

#[test]
fn a_living_run_hears_what_is_typed_and_tells_its_size_and_its_end() {
    let (home, dir) = living_run("echo ready; read word; stty size; echo \"got $word\"; exit 7");
    let page = Page::attach(&home, &dir, 0, true).unwrap();
    assert!(page.attached.live);
    page.wait_for("ready");
    let id = page.attached.id;
    page.terminals.resize(id, 132, 43).unwrap();
    page.terminals.input(id, b"shoots\r").unwrap();
    page.wait_for("got shoots");
    let (_, end) = page.rest();
    assert_eq!(end, r#"{"code":7,"outcome":"exited","detail":null}"#);
    let again = Page::attach(&home, &dir, 0, true).unwrap().rest().0;
    let again = String::from_utf8(again).unwrap();
    assert!(again.contains("43 132"), "{again:?}");
}

#[test]
fn a_flood_is_shown_as_screens_and_afterwards_with_its_history() {
    let (home, dir) = living_run(
        "read go; yes $(printf %0120d 7) | head -c 100000000; seq 1000 2000; read more; echo \"got $more\"",
    );
    let page = Page::attach(&home, &dir, 0, true).unwrap();
    page.terminals.input(page.attached.id, b"\r").unwrap();
    let (mut screens, mut told) = (0, 0);
    let snapshot = loop {
        let (kind, _, bytes) = page.next();
        told += bytes.len();
        match kind {
            0 => assert_eq!(screens, 0, "output in the middle of a flood"),
            4 => screens += 1,
            1 => break String::from_utf8(bytes).unwrap(),
            other => panic!("{other}"),
        }
    };
    assert!(screens > 0 && told < 5_000_000, "{screens} screens, {told} of 100 million bytes");
    let lines: String = (1000..=2000).map(|number| format!("{number}\r\n")).collect();
    assert!(snapshot.contains(&lines), "the history is whole");
    // The keyboard is the same one.
    page.terminals.input(page.attached.id, b"shoots\r").unwrap();
    page.wait_for("got shoots");
    assert!(page.rest().1.contains("exited"));
}

#[test]
fn a_page_that_sleeps_stops_nobody_and_wakes_to_the_screen() {
    let (home, dir) =
        living_run("read go; yes $(printf %0120d 7) | head -c 30000000; printf 'the last line'");
    let page = Page::attach(&home, &dir, 0, true).unwrap();
    page.terminals.input(page.attached.id, b"\r").unwrap();
    let (mut screens, mut got, mut last, mut over) = (0, 0, Vec::new(), false);
    let mut take = |message: Vec<u8>, over: &mut bool| match message[0] {
        kind @ (0 | 1 | 4) => {
            screens += u32::from(kind != 0);
            got += message.len() - 16;
            last = message[16..].to_vec();
        }
        _ => *over = true,
    };
    // It takes messages and acknowledges none of them, until the run has ended all the same. What is
    // told meanwhile counts: a stream that falls behind early may need no more than its window.
    let mut unacknowledged = 0_usize;
    let ended = Instant::now() + Duration::from_secs(60);
    while Exit::read(Path::new(&dir)).unwrap().is_none() {
        assert!(Instant::now() < ended, "the run waits for the page");
        if let Ok(message) = page.messages.recv_timeout(Duration::from_millis(20)) {
            unacknowledged += message.len() - 16;
            take(message, &mut over);
        }
    }
    // The stream may get its turn late on a busy machine: it is as far as it can get without a word
    // from the page once nothing more comes.
    while !over && let Ok(message) = page.messages.recv_timeout(Duration::from_secs(1)) {
        unacknowledged += message.len() - 16;
        take(message, &mut over);
    }
    assert!(unacknowledged < (1 << 20) + (64 << 10), "{unacknowledged} bytes are under way");
    page.terminals.acknowledge(page.attached.id, unacknowledged);
    while !over {
        let message = page.messages.recv_timeout(Duration::from_secs(30)).unwrap();
        page.terminals.acknowledge(page.attached.id, message.len() - 16);
        take(message, &mut over);
    }
    assert!(screens > 0, "it was far behind");
    assert!(got < 5_000_000, "{got} of 30 million bytes are told");
    assert!(String::from_utf8_lossy(&last).contains("the last line"));
}
