//! The output: complete, in order, from any offset, for any number of viewers, whatever they do.

use crate::common::{Place, Watch, ended, log_bytes, log_text, soon};
use std::time::{Duration, Instant};
use terminal::{Exit, Kill, Log, Piece, Screen, View, attach};

/// Everything a viewer sees from `offset` on.
async fn see(run_dir: &std::path::Path, offset: u64, window: u32) -> (Vec<u8>, Vec<(u64, u64)>, Exit) {
    let mut viewer = soon(attach(run_dir, offset, window)).await.unwrap();
    let (mut seen, mut gaps, mut at) = (Vec::new(), Vec::new(), offset);
    loop {
        match soon(viewer.next()).await.unwrap().unwrap() {
            View::Chunk { offset, bytes } => {
                assert_eq!(offset, at, "lost or doubled");
                at += bytes.len() as u64;
                viewer.ack(bytes.len() as u64);
                seen.extend(bytes);
            }
            View::Gap { from, to } => {
                assert_eq!(from, at);
                gaps.push((from, to));
                at = to;
            }
            View::Exited(exit) => {
                assert_eq!(at.max(exit.log_bytes), at);
                assert!(soon(viewer.next()).await.unwrap().is_none());
                return (seen, gaps, exit);
            }
        }
    }
}

#[tokio::test]
async fn viewers_before_during_and_after_see_the_same() {
    let place = Place::new();
    let run = place.sh("read x; seq 1 20000; read x; seq 20000 40000").await;
    let dir = place.run_dir();
    let early: Vec<_> = [700u32, 65_536, 1 << 20]
        .into_iter()
        .map(|window| {
            let dir = dir.clone();
            tokio::spawn(async move { see(&dir, 0, window).await.0 })
        })
        .collect();
    run.input(b"\n").unwrap();
    let mut watch = Watch::attach(&dir).await;
    watch.until("20000").await;
    let during = tokio::spawn({
        let dir = dir.clone();
        async move { see(&dir, 5000, 4096).await.0 }
    });
    run.input(b"\n").unwrap();
    ended(&run).await;
    let all = log_bytes(&dir);
    assert!(all.ends_with(b"40000\r\n"));
    for viewer in early {
        assert!(soon(viewer).await.unwrap() == all);
    }
    assert!(soon(during).await.unwrap() == all[5000..]);
    let log = Log::open(&dir);
    assert_eq!(log.range().unwrap(), 0..all.len() as u64);
    for offset in (0..all.len()).step_by(37_123).chain([all.len() - 1, all.len()]) {
        assert!(see(&dir, offset as u64, 10_000).await.0 == all[offset..], "from {offset}");
    }
}

#[tokio::test]
async fn a_viewer_that_does_not_acknowledge_gets_a_window_and_no_more() {
    let place = Place::new();
    let run = place.sh("seq 1 30000; read x").await;
    let mut viewer = soon(attach(&place.run_dir(), 0, 10_000)).await.unwrap();
    let mut seen = 0;
    while seen < 10_000 {
        match soon(viewer.next()).await.unwrap() {
            Some(View::Chunk { bytes, .. }) => seen += bytes.len(),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(seen, 10_000);
    // The run isn't held up by it: all of its output reaches the log.
    Watch::attach(&place.run_dir()).await.until("30000").await;
    tokio::select! {
        biased;
        more = viewer.next() => panic!("more than the window: {more:?}"),
        status = run.status() => assert!(status.unwrap().log.1 > 100_000),
    }
    viewer.seen().ack(1);
    assert!(
        matches!(soon(viewer.next()).await.unwrap(), Some(View::Chunk { offset: 10_000, bytes }) if bytes.len() == 1)
    );
    run.kill(Kill::Now);
    ended(&run).await;
    // The same from the files.
    tokio::select! {
        biased;
        more = viewer.next() => panic!("more than the window: {more:?}"),
        () = std::future::ready(()) => {}
    }
    viewer.ack(5);
    assert!(
        matches!(soon(viewer.next()).await.unwrap(), Some(View::Chunk { offset: 10_001, bytes }) if bytes.len() == 5)
    );
}

#[tokio::test]
async fn beyond_the_limit_head_and_tail_are_kept_and_the_gap_is_told() {
    let place = Place::new();
    let mut spec = place.script("seq 1000000 1040000");
    spec.log_limit = 64 << 10;
    let run = place.start(&spec).await;
    let exit = ended(&run).await;
    let whole: Vec<u8> = (1_000_000..=1_040_000).flat_map(|n| format!("{n}\r\n").into_bytes()).collect();
    assert_eq!(exit.log_bytes, whole.len() as u64);
    assert!(!exit.log_truncated);
    let (seen, gaps, _) = see(&place.run_dir(), 0, 1 << 20).await;
    let [(from, to)] = gaps[..] else { panic!("{gaps:?}") };
    assert_eq!(exit.log_missing, to - from);
    assert_eq!(from, 32 << 10);
    assert!(seen[..from as usize] == whole[..from as usize]);
    assert!(seen[from as usize..] == whole[to as usize..]);
    assert!(seen.len() <= 64 << 10 && seen.len() > 48 << 10, "{} bytes kept", seen.len());
    let log = Log::open(&place.run_dir());
    assert_eq!(log.held().unwrap().iter().map(|part| part.end - part.start).sum::<u64>(), seen.len() as u64);
    assert_eq!(log.read(from, 10).unwrap(), Piece::Gap { to });
    assert_eq!(log.read(exit.log_bytes, 10).unwrap(), Piece::End);
}

#[tokio::test]
async fn up_to_the_limit_nothing_is_missing() {
    let place = Place::new();
    let mut spec = place.script("head -c 65536 /dev/zero");
    spec.log_limit = 64 << 10;
    let exit = ended(&place.start(&spec).await).await;
    assert_eq!((exit.log_bytes, exit.log_missing), (65_536, 0));
    assert_eq!(log_bytes(&place.run_dir()).len(), 65_536);
}

#[tokio::test]
async fn a_flood_neither_fills_memory_nor_drowns_control_c() {
    let place = Place::new();
    let mut spec = place.script("exec yes 0123456789abcdef0123456789abcdef");
    spec.log_limit = 1 << 20;
    let run = place.start(&spec).await;
    // A viewer that looks once and never again.
    let mut lazy = soon(attach(&place.run_dir(), 0, 1 << 20)).await.unwrap();
    soon(lazy.next()).await.unwrap();
    let mut written = 0;
    while written < 16 << 20 {
        written = soon(run.status()).await.unwrap().log.1;
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", run.identity().pid)).unwrap();
    let peak: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
        .unwrap();
    assert!(peak < 24 << 10, "{peak} kB after {written} bytes");
    let on_disk: u64 =
        Log::open(&place.run_dir()).held().unwrap().iter().map(|part| part.end - part.start).sum();
    assert!(on_disk <= 1 << 20);
    let pressed = Instant::now();
    run.input(&[3]).unwrap();
    let exit = ended(&run).await;
    assert_eq!(exit.signal, Some(2));
    assert!(pressed.elapsed() < Duration::from_secs(3), "{:?}", pressed.elapsed());
}

#[tokio::test]
async fn a_process_that_reads_nothing_can_be_typed_at_and_killed() {
    let place = Place::new();
    let run = place.sh("stty raw -echo; echo ready; trap '' INT; while :; do sleep 1000; done").await;
    Watch::attach(&place.run_dir()).await.until("ready").await;
    for _ in 0..64 {
        run.input(&[b'x'; 60_000]).unwrap();
    }
    let status = soon(run.status()).await.unwrap();
    assert!(status.input_waiting > 0 && status.input_waiting <= 1 << 20, "{status:?}");
    run.kill(Kill::Polite);
    ended(&run).await;
}

#[tokio::test]
async fn a_full_disk_stops_no_run_and_hides_no_loss() {
    let place = Place::new();
    // The limit on file sizes stands in for the disk: from there on writing fails, for this shim alone.
    let mut spec = place.script("seq 1000000 1020000; echo pause; read x; echo end; exit 6");
    spec.log_limit = 1 << 20;
    let limited = place.dir.path().join("limited-shim");
    std::fs::write(
        &limited,
        format!("#!/bin/sh\ntrap '' XFSZ\nulimit -f 40\nexec {} \"$@\"\n", crate::common::shim().display()),
    )
    .unwrap();
    std::fs::set_permissions(&limited, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let run = soon(terminal::start(&limited, &place.run_dir(), &spec)).await.unwrap();
    // Who looks on sees even what the disk didn't take.
    Watch::attach(&place.run_dir()).await.until("pause").await;
    run.input(b"\n").unwrap();
    let exit = ended(&run).await;
    assert_eq!(exit.code, Some(6));
    let (seen, gaps, _) = see(&place.run_dir(), 0, 1 << 20).await;
    let lost: u64 = gaps.iter().map(|(from, to)| to - from).sum();
    assert_eq!(exit.log_missing, lost);
    assert_eq!(exit.log_bytes, seen.len() as u64 + lost);
    assert!(exit.log_truncated && lost > 0, "{exit:?}");
    assert!(seen.starts_with(b"1000000\r\n") && seen.ends_with(b"end\r\n"));
}

#[tokio::test]
async fn a_screen_fed_from_the_log_shows_what_the_run_showed() {
    let place = Place::new();
    let run = place.sh("printf 'first\\n\\033[2147483647Ssecond\\033[1;5Htop'").await;
    let exit = ended(&run).await;
    let mut sanitizer = terminal::Sanitizer::new(terminal::Mode::Replay);
    let mut screen = Screen::new(80, 24);
    let mut clean = Vec::new();
    sanitizer.feed(&log_bytes(&place.run_dir()), &mut clean);
    screen.feed(&clean);
    assert_eq!(screen.text()[0], "    top");
    assert_eq!(screen.text()[1], "second");
    assert!(exit.is_success(), "{}", log_text(&place.run_dir()));
}
