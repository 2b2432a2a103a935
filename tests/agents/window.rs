//! The same plan with nothing but the window: drawn, run, read and approved by a person, with the real programs.

use std::time::Duration;

use coppice_tests::model::Turn;
use coppice_tests::window::{
    Page, Screen, Window, await_stage, begin_task, live_run, missing, open_repository, program,
};
use serde_json::json;

use crate::whole::{BUILD, COMMIT, REPORT, Whole};

/// Two programs of half a gigabyte start one after the other beside a web view.
const LIMIT: Duration = Duration::from_secs(240);

const ENTER: char = '\u{e007}';

pub(crate) fn draws_and_lands(builder: &'static str, reviewer: &str) {
    if let Some(why) = missing() {
        eprintln!("skipped: {why}");
        return;
    }
    let build = vec![
        Turn::call("I write the file.", BUILD).tokens(1000, 100, 20),
        Turn::call("I commit it.", COMMIT).tokens(1200, 200, 30),
        Turn::say("It is done.").gate("watched").tokens(1400, 300, 10),
    ];
    let read = vec![Turn::say(REPORT).tokens(2000, 400, 60)];
    let whole = Whole::new(builder, vec![("build", build), ("", read)]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let played = tokio::time::timeout(LIMIT, play(&whole, builder, reviewer)).await;
        played.expect("the test ends in time");
    });
}

async fn play(whole: &Whole, builder: &str, reviewer: &str) {
    let before = whole.home.of_the_user(&whole.repo.path);
    let screen = Screen::open(1440, 900).unwrap();
    let variables = whole.variables();
    install(whole, &variables);
    let mut environment = whole.coppice.environment();
    environment.extend(variables);
    let window = Window::open(&screen, program(), &[], &environment).await.unwrap();
    let page = window.page();

    open_repository(page, &whole.repo.path).await;
    page.click("new-plan").await.unwrap();
    page.type_into("new-plan-title", "Hello").await.unwrap();
    page.click("new-plan-create").await.unwrap();
    settle(page, &[builder, reviewer]).await;
    draw(page).await;
    page.click("run").await.unwrap();

    // The builder works in its own terminal, in sight.
    let run = live_run(page, "hello").await;
    page.click(&format!("dock-tab-{run}")).await.unwrap();
    page.see_in_terminal(&run, "git add hello.txt").await.unwrap();
    whole.model.open("watched");

    // Its checks are green and the other program has read it: a person looks at what it says of which lines.
    await_stage(page, "hello", "awaiting_approval").await;
    page.click("node-hello").await.unwrap();
    page.click("open-review").await.unwrap();
    page.see("verdict", "Reviewed: 1 of 1 met").await.unwrap();
    page.see("verdict", "by reader").await.unwrap();
    page.see("requirement-1", "Met").await.unwrap();
    page.click("place-hello.txt:1").await.unwrap();
    page.see("diff", "hello").await.unwrap();
    page.press("a").await.unwrap();
    page.find("confirm-yes").await.unwrap();
    page.press(&ENTER.to_string()).await.unwrap();
    page.click("review-back").await.unwrap();
    await_stage(page, "hello", "landed").await;
    page.see("progress", "1 of 1 landed").await.unwrap();
    window.close().await.unwrap();

    let told = whole.coppice.events(0);
    let landed = told.iter().find(|event| event.of("landed", "hello")).unwrap();
    assert_eq!(whole.repo.tip("main"), landed.text("commit"));
    assert_eq!(whole.repo.show("main", "hello.txt"), "hello");
    let passed = |event: &&coppice_tests::Event| {
        event.of("review.finished", "hello") && event.text("verdict") == "pass"
    };
    assert!(told.iter().any(|event| passed(&event)), "{told:?}");
    whole.assert_counted(&told);
    let mut expected = before;
    expected.insert(whole.repo.path.join("hello.txt"), b"hello\n".to_vec());
    whole.home.assert_untouched(&expected, &whole.repo.path);
}

/// The window asks the login shell where programs are, and a system's own profile knows nothing of these.
fn install(whole: &Whole, variables: &[(String, String)]) {
    let (_, path) = variables.iter().find(|(name, _)| name == "PATH").unwrap();
    std::fs::write(whole.home.at("home/.profile"), format!("export PATH='{path}'\n")).unwrap();
}

/// Who builds, who reads, and a check, in the plan's settings.
async fn settle(page: &Page, kinds: &[&str; 2]) {
    page.click("view-settings").await.unwrap();
    for (place, kind) in kinds.iter().enumerate() {
        page.click("add-agent").await.unwrap();
        page.choose(&format!("field-agent-{place}-kind"), kind).await.unwrap();
        page.find(&format!("field-agent-{place}-model")).await.unwrap();
    }
    // Agents stand in the order of their names.
    for (place, name) in [(1, "reader"), (0, "builder")] {
        page.fill(&format!("field-agent-{place}-name"), name).await.unwrap();
        let named = "return document.body.innerText.includes(given)";
        page.until(&format!("{name} is known"), named, json!(format!("Kind of {name}"))).await.unwrap();
    }
    page.choose("field-review", "on").await.unwrap();
    page.click("field-reviewer-reader").await.unwrap();
    page.click("add-check").await.unwrap();
    page.fill("field-check-0-command", "test -e hello.txt").await.unwrap();
    page.click("view-text").await.unwrap();
    let body = "return given.every((part) => by('plan-text')?.value.includes(part))";
    let parts = ["[agents.builder]", "[agents.reader]", "\"reader\"", "test -e hello.txt"];
    page.until("the text has it all", body, json!(parts)).await.unwrap();
    page.click("view-graph").await.unwrap();
}

/// One task by a double-click on the canvas; what it is about, beside it.
async fn draw(page: &Page) {
    let middle = page.middle("canvas").await.unwrap();
    begin_task(page, middle).await;
    page.press(&format!("Hello{ENTER}")).await.unwrap();
    page.click("node-hello").await.unwrap();
    page.click("tab-spec").await.unwrap();
    page.fill("field-spec", "1. hello.txt says hello. [[script:build]]").await.unwrap();
    page.click("tab-scope").await.unwrap();
    page.fill("field-scope", "hello.txt").await.unwrap();
    page.click("view-text").await.unwrap();
    let body = "return given.every((part) => by('plan-text')?.value.includes(part))";
    page.until("the text has the task", body, json!(["[[script:build]]", "scope = "])).await.unwrap();
    page.click("view-graph").await.unwrap();
}
