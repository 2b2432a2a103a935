//! What a second agent found, decided in the window: waived, sent back, approved; and what an agent asks, answered.

use std::os::unix::fs::PermissionsExt;

use coppice_tests::window::{Page, await_stage, open_plan, open_repository};
use coppice_tests::{PlanFile, Scene, Task};
use serde_json::json;

use crate::stage::{Stage, play};

const BUILD: &str = "printf 'first\\nsecond\\n' > notes.txt\ngit add notes.txt\ngit commit --quiet -m Notes";

/// Cannot tell whether the second requirement is met; takes every open finding for addressed.
const READ: &str = r#"answers=$(sed -n 's/^ *"id": "\(F[0-9]*\)",*$/{"id":"\1","status":"addressed"}/p' "$COPPICE_REVIEW_INPUT" | paste -sd, -)
cat > "$COPPICE_REVIEW_OUTPUT" <<END
{"requirements":[{"id":"1","status":"met","evidence":[{"file":"notes.txt","line":2,"why":"It is there."}]},
 {"id":"2","status":"unverifiable","evidence":[]}],"findings":[],"addressed":[$answers]}
END"#;

/// Does what a person's comment asks for.
const FIX: &str = "grep -q 'Say third too' \"$COPPICE_FINDINGS\"\necho third >> notes.txt\n\
                   git add notes.txt\ngit commit --quiet -m Third";

#[test]
fn a_point_is_waived_and_a_comment_becomes_a_fix() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        let plan = PlanFile::manual("Notes")
            .check("test", "test -s notes.txt")
            .agent("builder", &scene.script("builder", BUILD))
            .agent("reader", &scene.script("reader", READ))
            .agent("fixer", &scene.script("fixer", FIX))
            .tables("[review]\nagent = \"reader\"\n[fix]\nagent = \"fixer\"")
            .task(Task::new("notes").agent("builder").spec("1. A second line.\n2. It reads well."));
        let file = scene.plan(&plan);
        let window = stage.open().await;
        let page = window.page();
        open_repository(page, &scene.repo.path).await;
        open_plan(page, &file).await;
        page.click("run").await.unwrap();

        // Nobody can verify the second requirement: a person does without it, and says why.
        await_stage(page, "notes", "needs_you").await;
        page.click("node-notes").await.unwrap();
        page.click("open-review").await.unwrap();
        page.see("requirement-1", "Met").await.unwrap();
        page.see("requirement-2", "Unverifiable").await.unwrap();
        page.click("place-notes.txt:2").await.unwrap();
        page.see("diff", "second").await.unwrap();
        waive(page, "I read it.").await;
        page.see("requirement-2", "I read it.").await.unwrap();

        // A comment goes to the fixer; what it did is checked and read again.
        page.click("comment-whole").await.unwrap();
        page.type_into("comment-text", "Say third too.").await.unwrap();
        page.click("comment-done").await.unwrap();
        page.see("request-changes", "(1)").await.unwrap();
        page.click("request-changes").await.unwrap();
        page.see("diff", "third").await.unwrap();
        page.see("rounds", "1").await.unwrap();
        // The head moved under the person's eyes: nothing is approved that was not looked at.
        page.click("review-new-head").await.unwrap();
        let ready = "return by('approve') && !by('approve').disabled";
        page.until("it can be approved", ready, json!([])).await.unwrap();
        page.click("approve").await.unwrap();
        page.click("confirm-yes").await.unwrap();
        page.click("review-back").await.unwrap();
        await_stage(page, "notes", "landed").await;
        assert_eq!(scene.repo.show("main", "notes.txt"), "first\nsecond\nthird");
        let told = scene.coppice.events(0);
        let fixed = told.iter().filter(|event| event.of("fix.started", "notes")).count();
        assert_eq!(fixed, 1);
        assert!(told.iter().any(|event| event.of("waived", "notes")));
        window.close().await.unwrap();
    });
}

/// The open point that F leads to.
async fn waive(page: &Page, reason: &str) {
    page.press("f").await.unwrap();
    page.press("w").await.unwrap();
    page.type_into("waive-reason", reason).await.unwrap();
    page.click("waive-yes").await.unwrap();
}

/// Asks by its hook, as the program does, and does what it is allowed.
const PROGRAM: &str = r#"#!/bin/sh
set -e
previous=
for word; do
  [ "$previous" = --settings ] && settings=$word
  previous=$word
done
command=$(sed -n 's/.*"command": "\(.*\)",*$/\1/p' "$settings" | head -n 1)
hook() { printf '%s' "$1" | eval "$command"; }
hook '{"hook_event_name":"SessionStart","session_id":"s1"}'
answer=$(hook '{"hook_event_name":"PermissionRequest","tool_name":"Bash","tool_input":{"command":"make it"}}')
case "$answer" in *'"allow"'*) word=allowed;; *) word=refused;; esac
echo "$word" > word.txt; git add word.txt; git commit --quiet -m Word
hook '{"hook_event_name":"Stop","last_assistant_message":"Done."}'
exec sleep 600
"#;

#[test]
fn a_permission_is_given_in_the_inbox() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        install(scene);
        let plan =
            PlanFile::auto("Asking").tables("[agents.claude]\nadapter = \"claude\"").task(Task::new("word"));
        let file = scene.plan(&plan);
        let window = stage.open().await;
        let page = window.page();
        open_repository(page, &scene.repo.path).await;
        open_plan(page, &file).await;
        page.click("run").await.unwrap();
        await_stage(page, "word", "needs_you").await;
        page.click("go-inbox").await.unwrap();
        page.see("inbox", "make it").await.unwrap();
        page.click("action-allow").await.unwrap();
        page.see("progress", "1 of 1 landed").await.unwrap();
        assert_eq!(scene.repo.show("main", "word.txt"), "allowed");
        window.close().await.unwrap();
    });
}

/// Installed, logged in and welcomed, as a person's login shell knows it: that is the environment agents get.
fn install(scene: &Scene) {
    let folder = scene.beside("bin");
    std::fs::create_dir(&folder).unwrap();
    let program = folder.join("claude");
    std::fs::write(&program, PROGRAM).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(scene.beside("../user/.claude.json"), "{\"hasCompletedOnboarding\":true}").unwrap();
    let profile = format!("export PATH='{}':\"$PATH\" ANTHROPIC_AUTH_TOKEN=none\n", folder.display());
    std::fs::write(scene.beside("../user/.profile"), profile).unwrap();
}
