//! What a person said yes to is bound to commits: when they move, the window strikes out what was said of them.

use coppice_tests::window::{Page, await_stage, open_plan, open_repository};
use coppice_tests::{Event, Gate, PlanFile, Scene, Task};
use serde_json::json;

use crate::stage::{Stage, play};

/// Reads its task's own file, and finds what was asked for.
const READ: &str = r#"cat > "$COPPICE_REVIEW_OUTPUT" <<END
{"requirements":[{"id":"1","status":"met","evidence":[{"file":"$COPPICE_TASK/work.txt","line":1,"why":"It is there."}]}],
 "findings":[],"addressed":[]}
END"#;

/// Two tasks without an order, whose check waits at one gate in the merged tree and at another wherever somebody added
/// `more.txt`.
fn plan(scene: &Scene) -> (PlanFile, Gate, Gate) {
    let (lane, more) = (scene.gate("lane"), scene.gate("more"));
    scene.repo.write(
        "test.sh",
        &format!(
            "if [ -e main.txt ]; then {}\nelif [ -e second/more.txt ]; then {}; fi\ntest -e README.md\n",
            lane.wait(),
            more.wait()
        ),
    );
    scene.repo.commit("A check that takes its time");
    let task = |name| Task::new(name).agent("worker").spec("1. It is there.").scope(&[&format!("{name}/**")]);
    let plan = PlanFile::manual("Words")
        .check("test", "sh test.sh")
        .agent("worker", &scene.worker("worker", ""))
        .agent("reader", &scene.script("reader", READ))
        .tables("[review]\nagent = \"reader\"")
        .task(task("first"))
        .task(task("second"));
    (plan, lane, more)
}

#[test]
fn a_new_commit_strikes_out_review_and_approval_until_a_person_looks_again() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        let (plan, lane, more) = plan(scene);
        let file = scene.plan(&plan);
        let window = stage.open().await;
        let page = window.page();
        open_repository(page, &scene.repo.path).await;
        open_plan(page, &file).await;
        page.click("run").await.unwrap();
        for task in ["first", "second"] {
            await_stage(page, task, "awaiting_approval").await;
        }
        // The target moves on, so that a landing has to test a merged tree.
        scene.repo.write("main.txt", "Meanwhile.\n");
        scene.repo.commit("Meanwhile");

        // Somebody commits while a person reads: nothing that was said of the old head holds.
        let before = open_review(page, scene, "second").await;
        stands(page, &before).await;
        let head = add(scene, "one");
        struck(page, "verdict", "The head moved").await;
        struck(page, "evidence-test", "The head moved").await;
        page.see("review", "Nothing was approved.").await.unwrap();
        let disabled = "return by('approve')?.disabled";
        page.until("nobody can approve what they have not seen", disabled, json!(null)).await.unwrap();

        // The gate runs again where the head is now, and a person looks at that.
        page.see("running-test", "running").await.unwrap();
        more.pass();
        stands(page, &head).await;
        page.click("review-new-head").await.unwrap();
        page.click("file-second/more.txt").await.unwrap();
        page.see("diff", "one").await.unwrap();

        // One landing is under way; the other approval waits behind it.
        page.click("review-back").await.unwrap();
        open_review(page, scene, "first").await;
        approve(page).await;
        page.click("review-back").await.unwrap();
        await_stage(page, "first", "landing").await;
        open_review(page, scene, "second").await;
        approve(page).await;
        let said = format!("approved by {}", approver(scene));
        page.see("approval", &said).await.unwrap();
        holds(page, "approval").await;

        // What is approved and queued is void as well when the head moves.
        let last = add(scene, "two");
        struck(page, "approval", "The head moved after the approval.").await;
        struck(page, "verdict", "The head moved").await;
        page.see("running-test", "running").await.unwrap();
        more.pass();
        stands(page, &last).await;
        struck(page, "approval", "The head moved after the approval.").await;

        // The way is free, and it does not land: nobody has approved this head.
        lane.open();
        page.click("review-back").await.unwrap();
        await_stage(page, "first", "landed").await;
        await_stage(page, "second", "awaiting_approval").await;
        page.see("progress", "1 of 2 landed").await.unwrap();
        assert!(!scene.repo.files("main").iter().any(|file| file.starts_with("second/")));

        open_review(page, scene, "second").await;
        page.click("file-second/more.txt").await.unwrap();
        page.see("diff", "two").await.unwrap();
        approve(page).await;
        page.click("review-back").await.unwrap();
        await_stage(page, "second", "landed").await;
        assert_eq!(scene.repo.show("main", "second/more.txt"), "one\ntwo");

        let told = scene.coppice.events(0);
        let voided: Vec<&Event> = told.iter().filter(|event| event.is("approval.void")).collect();
        assert_eq!(voided.len(), 1, "{voided:?}");
        let landed = told.iter().find(|event| event.of("landed", "second")).unwrap();
        let approved = told.iter().rfind(|event| event.of("approved", "second")).unwrap();
        assert_eq!(approved.text("head"), last);
        assert!(scene.repo.is_ancestor(&last, landed.text("commit")), "what was approved is what landed");
        for head in [&before, &head, &last] {
            let at = |kind: &str| told.iter().any(|e| e.of(kind, "second") && e.text("head") == *head);
            assert!(at("check.finished") && at("review.finished"), "{head} went through the gate");
        }
        scene.assert_proven(&told, &["test"], &[]);
        window.close().await.unwrap();
    });
}

/// The head whose review is opened, which waits for an approval.
async fn open_review(page: &Page, scene: &Scene, task: &str) -> String {
    await_stage(page, task, "awaiting_approval").await;
    page.click(&format!("node-{task}")).await.unwrap();
    page.click("open-review").await.unwrap();
    page.find(&format!("file-{task}/work.txt")).await.unwrap();
    let worktree = worktree(scene, task);
    scene.repo.git(&["-C", &worktree, "rev-parse", "HEAD"])
}

/// A line more in the second task's file, committed in its worktree by somebody; the new head.
fn add(scene: &Scene, line: &str) -> String {
    let worktree = worktree(scene, "second");
    let file = std::path::Path::new(&worktree).join("second/more.txt");
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    std::fs::write(&file, format!("{before}{line}\n")).unwrap();
    scene.repo.git(&["-C", &worktree, "add", "second/more.txt"]);
    scene.repo.git(&["-C", &worktree, "commit", "--quiet", "-m", &format!("Add {line}")]);
    scene.repo.git(&["-C", &worktree, "rev-parse", "HEAD"])
}

fn worktree(scene: &Scene, task: &str) -> String {
    let told = scene.coppice.events(0);
    told.iter().find(|event| event.of("attempt.started", task)).unwrap().text("worktree").to_owned()
}

fn approver(scene: &Scene) -> String {
    let told = scene.coppice.events(0);
    told.iter().rfind(|event| event.of("approved", "second")).unwrap().text("by").to_owned()
}

async fn approve(page: &Page) {
    let ready = "return by('approve') && !by('approve').disabled";
    page.until("it can be approved", ready, json!(null)).await.unwrap();
    page.click("approve").await.unwrap();
    page.click("confirm-yes").await.unwrap();
    page.gone("confirm-yes").await.unwrap();
}

/// Checks and review are green at this head, and nothing of them is struck out.
async fn stands(page: &Page, head: &str) {
    let short = &head[..7];
    page.see("evidence-test", short).await.unwrap();
    page.see("verdict", short).await.unwrap();
    page.see("verdict", "Reviewed: 1 of 1 met").await.unwrap();
    holds(page, "evidence-test").await;
    holds(page, "verdict").await;
}

/// Whether a line goes through any of the thing's words.
const STRIKES: &str = "
    const it = by(given[0]);
    const strikes = it && [...it.querySelectorAll('*')].some((part) =>
        part.innerText?.trim() && getComputedStyle(part).textDecorationLine.includes('line-through'));
";

/// A line goes through what was said, and why stands beside it.
async fn struck(page: &Page, id: &str, why: &str) {
    let body = format!("{STRIKES} return strikes && it.innerText.includes(given[1])");
    page.until(&format!("{id} is struck out: {why}"), &body, json!([id, why])).await.unwrap();
}

async fn holds(page: &Page, id: &str) {
    let body = format!("{STRIKES} return it && !strikes");
    page.until(&format!("{id} is not struck out"), &body, json!([id])).await.unwrap();
}
