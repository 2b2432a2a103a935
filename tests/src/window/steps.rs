//! What a person does in several movements, wherever a test needs it: open, draw, wait for a stage.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::{Page, Spot};

/// Opens a repository through the window, by its path.
pub async fn open_repository(page: &Page, path: &Path) {
    page.click("open-project").await.unwrap();
    page.type_into("project-path", path.to_str().unwrap()).await.unwrap();
    page.click("project-path-open").await.unwrap();
}

/// Opens a plan's file in the project that is shown.
pub async fn open_plan(page: &Page, file: &Path) {
    page.click("new-plan").await.unwrap();
    page.click("new-plan-file").await.unwrap();
    page.type_into("new-plan-path", file.to_str().unwrap()).await.unwrap();
    page.click("new-plan-create").await.unwrap();
    page.find("canvas").await.unwrap();
}

/// Waits until the task's node on the canvas is in this stage.
pub async fn await_stage(page: &Page, task: &str, stage: &str) {
    let body = "return by(`node-${given[0]}`)?.dataset.stage === given[1]";
    let what = format!("{task} is {stage}");
    page.until(&what, body, json!([task, stage])).await.unwrap();
}

/// A busy machine makes two clicks of a double one; a person then tries again.
pub async fn begin_task(page: &Page, at: Spot) {
    let drawn = "return by('node-draft-title') !== null";
    for _ in 0..5 {
        page.double_click(at).await.unwrap();
        let soon = Duration::from_secs(3);
        if page.until_within(soon, "a task without a title is there", drawn, json!([])).await.is_ok() {
            return;
        }
    }
    panic!("a double-click on the canvas begins no task");
}

/// The task's living run of its agent.
pub async fn live_run(page: &Page, task: &str) -> String {
    next_run(page, task, "").await
}

/// The same, and it is not `last`.
pub async fn next_run(page: &Page, task: &str, last: &str) -> String {
    let body = "
        const tabs = [...document.querySelectorAll('[data-testid^=\"dock-tab-\"]')];
        const tab = tabs.find((tab) => tab.dataset.live === 'implement'
            && tab.dataset.task === given[0] && tab.dataset.testid !== `dock-tab-${given[1]}`);
        return tab?.dataset.testid.slice('dock-tab-'.length)
    ";
    let run = page.until(&format!("an agent works on {task}"), body, json!([task, last])).await.unwrap();
    run.as_str().unwrap().to_owned()
}
