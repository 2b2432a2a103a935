//! Two attempts at one task, compared in the window: a file of one is taken into the other, that one is adopted and
//! lands, and what the loser did is still there.

use coppice_tests::window::{await_stage, open_plan, open_repository};
use coppice_tests::{PlanFile, Scene, Task};
use serde_json::json;

use crate::stage::{Stage, play};

fn builder(scene: &Scene, name: &str, own: &str) -> std::path::PathBuf {
    let table = format!("printf 'head\\n{name} row\\nfoot\\n' > table.txt");
    let commit = format!("echo 'by {name}' > {own}\ngit add -- table.txt {own}\ngit commit --quiet -m Table");
    scene.script(name, &format!("{table}\n{commit}"))
}

#[test]
fn one_file_is_taken_and_the_other_attempt_is_kept() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        let plan = PlanFile::manual("Tables")
            .key("slots = 2")
            .check("test", "test -s table.txt")
            .agent("opus", &builder(scene, "opus", "opus.txt"))
            .agent("gpt", &builder(scene, "gpt", "help.txt"))
            .task(Task::new("table").attempts(&["opus", "gpt"]).spec("1. There is a table."));
        let file = scene.plan(&plan);
        let window = stage.open().await;
        let page = window.page();
        open_repository(page, &scene.repo.path).await;
        open_plan(page, &file).await;
        page.click("run").await.unwrap();
        await_stage(page, "table", "awaiting_approval").await;

        // Who waits for whom is said where a person looks first, and leads to the two.
        page.click("go-inbox").await.unwrap();
        page.see("inbox", "adopt one").await.unwrap();
        let open = "const b = document.querySelector('[data-testid^=\"answer-\"][data-testid$=\"-open\"]'); \
                    b?.click(); return !!b";
        page.until("the item leads to the two", open, json!([])).await.unwrap();
        page.see("compare-side-A", "opus").await.unwrap();
        page.see("compare-side-B", "gpt").await.unwrap();
        page.see("fact-checks-A", "1 of 1").await.unwrap();

        // The file that only the other has is brought into the first, whose gates begin again.
        page.click("compare-file-help.txt").await.unwrap();
        page.click("take-file").await.unwrap();
        page.click("take-parts").await.unwrap();
        let both = "const row = by('compare-file-help.txt'); return row && row.dataset.mark === 'same'";
        page.until("both attempts hold the file", both, json!([])).await.unwrap();
        page.see("compare-side-A", "Ready").await.unwrap();

        page.click("adopt-A").await.unwrap();
        page.type_into("adopt-reason", "The shorter one.").await.unwrap();
        page.click("adopt-yes").await.unwrap();
        page.see("compare-side-B", "The shorter one.").await.unwrap();
        page.click("open-review").await.unwrap();
        let ready = "return by('approve') && !by('approve').disabled";
        page.until("it can be approved", ready, json!([])).await.unwrap();
        page.click("approve").await.unwrap();
        page.click("confirm-yes").await.unwrap();
        page.click("review-back").await.unwrap();
        await_stage(page, "table", "landed").await;

        assert_eq!(scene.repo.show("main", "table.txt"), "head\nopus row\nfoot");
        assert_eq!(scene.repo.show("main", "help.txt"), "by gpt");
        let kept = scene.repo.keep_refs();
        let holds = |name: &&String| scene.repo.git_agrees(&["show", &format!("{name}:help.txt")]);
        let mut losers = kept.iter().filter(|name| name.contains("/table/2"));
        let loser = losers.find(holds).expect("what the other did is kept");
        assert_eq!(scene.repo.show(loser, "table.txt"), "head\ngpt row\nfoot");
        window.close().await.unwrap();
    });
}
