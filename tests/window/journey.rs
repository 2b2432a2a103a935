//! The main job from the first click to the last landing, with nothing but the window.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use coppice_tests::window::{Page, Spot, await_stage, begin_task, live_run, next_run, open_repository};
use coppice_tests::{Event, Scene};
use serde_json::json;

use crate::stage::{Stage, play};

/// Asks for a name, and commits a file that holds it.
const AGENT: &str = r#"printf 'What is %s called? ' "$COPPICE_TASK"
read name
echo "It is called $name."
echo "$name" > "$COPPICE_TASK.txt"
git add -- "$COPPICE_TASK.txt"
git commit --quiet -m "Name $COPPICE_TASK""#;

/// Names that start with a capital are good.
const CHECK: &str = "for file in *.txt; do echo \"reading $file\"
    grep -q '^[A-Z]' \"$file\" || { echo \"$file holds no name\"; exit 1; }
done
";

const ENTER: char = '\u{e007}';

#[test]
fn from_a_double_click_to_a_landing_that_frees_the_next_task() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        scene.repo.write("test.sh", CHECK);
        scene.repo.commit("A check of names");
        let hook = scene.repo.path.join(".git/hooks/post-commit");
        fs::write(&hook, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
        let agent = scene.script("namer", AGENT);

        let window = stage.open().await;
        let page = window.page();

        // The repository holds a hook: the window says so and asks once.
        open_repository(page, &scene.repo.path).await;
        page.see("trust-dialog", "post-commit").await.unwrap();
        assert!(scene.repo.branches() == ["main"], "nothing was touched before the question was answered");
        page.click("trust-yes").await.unwrap();
        page.click("new-plan").await.unwrap();
        page.type_into("new-plan-title", "Names").await.unwrap();
        page.click("new-plan-create").await.unwrap();

        draw(page).await;
        settle(page, &format!("sh {}", agent.display())).await;

        page.click("run").await.unwrap();
        let first = live_run(page, "alpha").await;
        page.click(&format!("dock-tab-{first}")).await.unwrap();
        page.see_in_terminal(&first, "What is alpha called?").await.unwrap();
        assert!(events(scene).iter().all(|event| !event.of("attempt.started", "beta")), "beta waits");

        // The check fails, and a person is asked.
        fail(page, &first).await;
        await_stage(page, "alpha", "needs_you").await;
        read_the_failure(scene, page).await;

        page.click("node-alpha").await.unwrap();
        page.click("action-retry").await.unwrap();
        let third = next_run(page, "alpha", &first).await;
        page.click(&format!("dock-tab-{third}")).await.unwrap();
        page.see_in_terminal(&third, "What is alpha called?").await.unwrap();
        page.type_into_terminal(&third, &format!("Ada{ENTER}")).await.unwrap();
        page.see_in_terminal(&third, "It is called Ada.").await.unwrap();
        await_stage(page, "alpha", "awaiting_approval").await;
        let before = scene.repo.tip("main");

        approve_by_keys(page, "Ada").await;

        // What waited starts from what has landed.
        page.click("review-back").await.unwrap();
        await_stage(page, "alpha", "landed").await;
        let next = live_run(page, "beta").await;
        page.click(&format!("dock-tab-{next}")).await.unwrap();
        page.see_in_terminal(&next, "What is beta called?").await.unwrap();
        let told = events(scene);
        let landed = told.iter().find(|event| event.of("landed", "alpha")).unwrap();
        let started = told.iter().find(|event| event.of("attempt.started", "beta")).unwrap();
        assert_ne!(scene.repo.tip("main"), before, "main has moved");
        assert_eq!(scene.repo.tip("main"), landed.text("commit"));
        assert_eq!(started.text("base"), landed.text("commit"), "beta starts where alpha landed");
        assert_eq!(scene.repo.show("main", "alpha.txt"), "Ada");
        assert_eq!(scene.repo.read("alpha.txt"), "Ada\n", "the person's own checkout follows");
        scene.assert_proven(&told, &["check"], &[("beta", &["alpha"])]);
        page.click("go-landing").await.unwrap();
        page.see("landing-list", "Alpha").await.unwrap();
        page.find("landed-alpha").await.unwrap();
        window.close().await.unwrap();
    });
}

fn events(scene: &Scene) -> Vec<Event> {
    scene.coppice.events(0)
}

/// Three tasks by double-click, one after the other by drag, and a circle that is refused.
async fn draw(page: &Page) {
    let middle = page.middle("canvas").await.unwrap();
    for (n, title) in ["Alpha", "Beta", "Gamma"].into_iter().enumerate() {
        // The view may have moved with the task before.
        let along = Spot { x: middle.x + 270.0 * (n as f64 - 1.0), y: middle.y - 90.0 + 90.0 * n as f64 };
        begin_task(page, along).await;
        page.press(&format!("{title}{ENTER}")).await.unwrap();
        page.find(&format!("node-{}", title.to_lowercase())).await.unwrap();
    }
    for (from, to) in [("alpha", "beta"), ("beta", "gamma")] {
        connect(page, from, to).await;
        page.find(&format!("edge-{from}-{to}")).await.unwrap();
    }
    connect(page, "gamma", "alpha").await;
    page.see("cycle-note", "alpha").await.unwrap();
    let said = page.text("cycle-note").await.unwrap();
    assert!(
        ["wait for each other", "alpha → beta → gamma → alpha"].iter().all(|word| said.contains(word)),
        "the circle is named: {said}"
    );
    let drawn =
        page.until("the edges are counted", "return [by('edge-gamma-alpha') === null]", json!([])).await;
    assert_eq!(drawn.unwrap(), json!([true]), "the refused edge is not drawn");
}

async fn connect(page: &Page, from: &str, to: &str) {
    let from = page.middle(&format!("handle-out-{from}")).await.unwrap();
    let to = page.middle(&format!("handle-in-{to}")).await.unwrap();
    page.drag(from, to).await.unwrap();
}

/// An agent and a check, in the plan's settings.
async fn settle(page: &Page, agent: &str) {
    page.click("view-settings").await.unwrap();
    page.click("add-agent").await.unwrap();
    page.fill("field-agent-0-command", agent).await.unwrap();
    page.click("add-check").await.unwrap();
    page.fill("field-check-0-command", "sh test.sh").await.unwrap();
    page.click("view-text").await.unwrap();
    let body = "return given.every((part) => by('plan-text')?.value.includes(part))";
    page.until("the text has both", body, json!(["sh test.sh", agent.split(' ').next_back()])).await.unwrap();
    page.click("view-graph").await.unwrap();
}

/// Types a name that the check refuses.
async fn fail(page: &Page, run: &str) {
    page.click(&format!("dock-tab-{run}")).await.unwrap();
    page.see_in_terminal(run, "What is alpha called?").await.unwrap();
    page.type_into_terminal(run, &format!("nobody{ENTER}")).await.unwrap();
    page.see_in_terminal(run, "It is called nobody.").await.unwrap();
}

/// The inspector shows the check's end; its log says why.
async fn read_the_failure(scene: &Scene, page: &Page) {
    page.click("node-alpha").await.unwrap();
    page.click("tab-checks").await.unwrap();
    page.see("evidence-check", "failed with exit code 1").await.unwrap();
    let told = events(scene);
    let failed = told.iter().rfind(|event| event.of("check.finished", "alpha")).unwrap();
    assert_eq!(failed.number("code"), Some(1));
    page.see(&format!("log-{}", failed.text("run")), "alpha.txt holds no name").await.unwrap();
}

/// The diff and the evidence are looked at, then A and Enter.
async fn approve_by_keys(page: &Page, line: &str) {
    page.click("open-review").await.unwrap();
    page.find("file-alpha.txt").await.unwrap();
    page.see("diff", line).await.unwrap();
    page.see("review", "check").await.unwrap();
    page.press("a").await.unwrap();
    page.find("confirm-yes").await.unwrap();
    page.press(&ENTER.to_string()).await.unwrap();
    page.gone("confirm-yes").await.unwrap();
}
