//! `run` on a terminal: one line per task, redrawn in place.

use coppice_tests::{PlanFile, Scene, Task, on_terminal};

#[test]
fn a_terminal_shows_one_live_line_per_task() {
    let scene = Scene::new();
    let plan = PlanFile::manual("Live")
        .check("test", "sh test.sh")
        .agent("worker", &scene.worker("worker", "printf 'thinking \\033[31mhard\\033[0m\\n'"))
        .task(Task::new("first"))
        .task(Task::new("second").after(&["first"]));
    let file = scene.plan(&plan).to_string_lossy().into_owned();
    let repo = scene.repo.path.to_string_lossy().into_owned();
    let (code, shown) = on_terminal(&scene.coppice, &["run", &file, "--repo", &repo], 60);
    assert_eq!(code, Some(1), "{shown}");
    assert!(shown.contains("\u{1b}[3A"), "two lines and a sum are drawn over: {shown:?}");
    assert!(shown.contains("The first") && shown.contains("The second"), "{shown:?}");
    assert!(shown.contains("coppice approve first"), "it says what to type next: {shown:?}");
    assert!(!shown.contains("\u{1b}[31mhard"), "an agent's escapes don't pass: {shown:?}");
    assert!(!shown.contains("\u{1b}[32m"), "NO_COLOR holds: {shown:?}");
    let block = shown.split("tasks landed on").next().unwrap_or_default();
    let widest = block.split(['\n', '\r']).map(|line| plain(line).chars().count()).max();
    assert!(widest < Some(60), "a line of {widest:?} columns would wrap: {shown:?}");
}

/// Without escape sequences.
fn plain(line: &str) -> String {
    let mut rest = line;
    let mut text = String::new();
    while let Some(at) = rest.find('\u{1b}') {
        text.push_str(&rest[..at]);
        let sequence = &rest[at..];
        let end = sequence.find(|c: char| c.is_ascii_alphabetic()).map_or(sequence.len(), |end| end + 1);
        rest = &sequence[end..];
    }
    text + rest
}
