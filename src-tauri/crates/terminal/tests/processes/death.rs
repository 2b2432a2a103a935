//! Windows, engines and shims die; what is left is what they say.

use crate::common::{Place, Watch, ended, kill9, lives, log_text, soon};
use terminal::{Adopted, Exit, Reason, Run, View, end_orphans};

#[tokio::test]
async fn a_killed_shim_is_noticed_at_once() {
    let place = Place::new();
    let run = place.sh("trap '' HUP TERM; i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done; echo all; sleep 1000").await;
    let child = soon(run.child()).await.unwrap();
    let mut watch = Watch::attach(&place.run_dir()).await;
    watch.until("all").await;
    kill9(run.identity().pid);
    let exit = ended(&run).await;
    assert_eq!((exit.reason, exit.code), (Reason::Lost, None));
    assert!(!lives(child), "its process lives on");
    // All that was written is there, and a viewer sees the end too.
    let text = log_text(&place.run_dir());
    assert_eq!(exit.log_bytes as usize, text.replace('\n', "\r\n").len());
    assert!(text.ends_with("line 1999\nall\n"), "{text}");
    assert!(
        matches!(soon(watch.viewer.next()).await.unwrap(), Some(View::Exited(e)) if e.reason == Reason::Lost)
    );
}

#[tokio::test]
async fn a_restarted_engine_finds_a_lost_run_and_cleans_up() {
    let place = Place::new();
    let run = place
        .sh("(trap '' HUP TERM; setsid sh -c 'trap \"\" HUP TERM; echo stray $$; sleep 1000'; true) & wait")
        .await;
    let mut watch = Watch::attach(&place.run_dir()).await;
    let stray: i32 = watch.until("stray ").await.parse().unwrap();
    let shim = run.identity().clone();
    // The shim is our child through the client; here the client is what has died, as far as the folder can tell.
    let dir = place.run_dir();
    kill9(shim.pid);
    ended(&run).await;
    assert!(matches!(Run::adopt(&dir).await.unwrap(), Adopted::Lost { identity } if identity == shim));
    let left = soon(tokio::task::spawn_blocking(move || end_orphans(&dir))).await.unwrap().unwrap();
    assert!(left.is_empty(), "{left:?}");
    assert!(!lives(stray));
}

#[tokio::test]
async fn a_run_outlives_the_program_that_started_it() {
    let place = Place::new();
    let (dir, spec) = (place.run_dir(), place.script("echo one; read line; echo $line; exit 4"));
    // A runtime of its own stands for an engine: everything it held is gone when it goes.
    let identity = std::thread::spawn(move || {
        let engine = tokio::runtime::Runtime::new().unwrap();
        let run = engine.block_on(terminal::start(crate::common::shim(), &dir, &spec)).unwrap();
        run.identity().clone()
    })
    .join()
    .unwrap();
    let Adopted::Live(run) = Run::adopt(&place.run_dir()).await.unwrap() else { panic!("it is gone") };
    assert_eq!(run.identity(), &identity);
    assert!(soon(run.child()).await.is_some_and(lives));
    let mut watch = Watch::attach(&place.run_dir()).await;
    watch.until("one").await;
    run.input(b"two\n").unwrap();
    assert_eq!(ended(&run).await.code, Some(4));
    assert_eq!(log_text(&place.run_dir()), "one\ntwo\ntwo\n");
}

#[tokio::test]
async fn what_never_started_is_told_from_what_did() {
    let place = Place::new();
    assert!(matches!(Run::adopt(&place.run_dir()).await.unwrap(), Adopted::NeverStarted));
    std::fs::create_dir(place.run_dir()).unwrap();
    assert!(matches!(Run::adopt(&place.run_dir()).await.unwrap(), Adopted::NeverStarted));
    assert!(end_orphans(&place.run_dir()).unwrap().is_empty());
}

#[tokio::test]
async fn the_exit_file_is_whole_whenever_it_is_there() {
    let place = Place::new();
    let run = place.sh("read x; exit 9").await;
    let dir = place.run_dir();
    let look = std::thread::spawn(move || {
        let mut before = 0u64;
        loop {
            match Exit::read(&dir).expect("half a file was seen") {
                Some(exit) => return (before, exit),
                None => before += 1,
            }
        }
    });
    run.input(b"\n").unwrap();
    let exit = ended(&run).await;
    let (before, seen) = soon(tokio::task::spawn_blocking(move || look.join().unwrap())).await.unwrap();
    assert!(before > 0, "it was there from the start");
    assert_eq!(seen, exit);
}
