//! Exactly one may start a run, or nobody.

use crate::common::{Place, ended, shim, soon};
use std::io::Write;
use std::process::{Command, Stdio};
use terminal::{Adopted, Claim, Run, StartError, start, void_claim};

#[tokio::test]
async fn a_voided_run_never_starts() {
    let place = Place::new();
    assert_eq!(void_claim(&place.run_dir()).unwrap(), Claim::Voided);
    assert_eq!(void_claim(&place.run_dir()).unwrap(), Claim::Voided);
    let error = soon(start(shim(), &place.run_dir(), &place.script("echo ran >ran"))).await.unwrap_err();
    assert!(matches!(error, StartError::Fenced { .. }), "{error:?}");
    assert!(!place.worktree().join("ran").exists());
    assert!(matches!(Run::adopt(&place.run_dir()).await.unwrap(), Adopted::NeverStarted));
}

#[tokio::test]
async fn a_started_run_can_not_be_voided_or_started_again() {
    let place = Place::new();
    let run = place.sh("read x").await;
    assert_eq!(void_claim(&place.run_dir()).unwrap(), Claim::Held(run.identity().clone()));
    let again = soon(start(shim(), &place.run_dir(), &place.script("echo ran >ran"))).await.unwrap_err();
    assert!(matches!(again, StartError::Fenced { .. } | StartError::ShimFailed { .. }), "{again:?}");
    run.input(b"\n").unwrap();
    assert!(ended(&run).await.is_success());
    assert!(!place.worktree().join("ran").exists());
}

#[tokio::test]
async fn of_a_shim_and_an_engine_that_gave_up_one_wins() {
    let mut voided = 0;
    for round in 0..24 {
        let place = Place::new();
        let (dir, spec) = (place.run_dir(), place.script("echo ran >ran"));
        let giving_up = std::thread::spawn(move || {
            // From long before the claim to after it, whatever the machine does.
            let until = std::time::Instant::now() + std::time::Duration::from_micros(round * 400);
            while std::time::Instant::now() < until {
                std::hint::spin_loop();
            }
            void_claim(&dir).unwrap()
        });
        let started = soon(start(shim(), &place.run_dir(), &spec)).await;
        match (giving_up.join().unwrap(), started) {
            (Claim::Voided, Err(StartError::Fenced { .. })) => {
                voided += 1;
                assert!(!place.worktree().join("ran").exists());
            }
            (Claim::Held(identity), Ok(run)) => {
                assert_eq!(&identity, run.identity());
                ended(&run).await;
                assert!(place.worktree().join("ran").exists());
            }
            other => panic!("both or neither: {other:?}"),
        }
    }
    assert!(voided > 0, "the engine never won, so the race was none");
}

#[test]
fn a_cut_off_specification_starts_nothing() {
    let place = Place::new();
    let json = serde_json::to_vec(&place.script("echo ran >ran")).unwrap();
    for cut in [0, 1, json.len() / 2, json.len() - 1] {
        let mut shim = Command::new(shim())
            .arg("--dir")
            .arg(place.run_dir())
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        shim.stdin.take().unwrap().write_all(&json[..cut]).unwrap();
        assert!(!shim.wait().unwrap().success());
        assert!(!place.run_dir().join("claim").exists());
    }
    assert!(!place.worktree().join("ran").exists());
}
