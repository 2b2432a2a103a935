//! A run from start to end, with real processes.

use crate::common::{Place, ended, log_bytes, log_text};
use terminal::{Exit, Reason};

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
    assert_eq!(Exit::read(&place.run_dir()).unwrap(), Some(exit));
}
