//! The rows: what is played, and what must be heard.

use agents::{Answer, FailCode, Keys, Resume, Signal, Stage as Purpose};
use coppice_tests::model::{Call, Refusal, Turn};

use crate::stage::{LIMIT, Stage};

const WRITE: Call = Call::Write { path: "hello.txt", content: "hello\n" };
const COMMIT: Call = Call::Shell("git add hello.txt && git commit --quiet -m 'Say hello'");
const UNUSUAL: Call = Call::Unusual("dd if=/dev/null of=unusual.txt");

fn stopped(signal: &Signal) -> bool {
    matches!(signal, Signal::Stopped { .. })
}

fn interrupted(signal: &Signal) -> bool {
    *signal == Signal::Interrupted
}

fn begun(program: &'static str, script: Vec<Turn>) -> Stage {
    let mut stage = Stage::new(program, script);
    stage.start(Purpose::Implement, None);
    stage.hear("the session's start", |signal| matches!(signal, Signal::SessionStarted { .. }));
    stage
}

/// The end of every row: the program goes, and nothing of the user's was touched.
fn over(stage: &mut Stage) {
    stage.end();
    stage.assert_untouched();
}

pub(crate) fn commits_in_a_worktree_and_counts_what_was_served(program: &'static str) {
    let mut stage = begun(
        program,
        vec![
            Turn::call("I write the file.", WRITE).tokens(1000, 0, 50),
            Turn::call("I commit it.", COMMIT).tokens(1100, 500, 60),
            Turn::say("It is committed.").tokens(1200, 900, 70),
        ],
    );
    let (end, _) = stage.hear("the end of its turn", stopped);
    assert_eq!(end, Signal::Stopped { message: Some("It is committed.".into()) });
    assert_eq!(stage.repo.show("coppice/play", "hello.txt"), "hello");
    let heard = stage.heard();
    assert!(!heard.iter().any(|signal| matches!(signal, Signal::PermissionAsked { .. })), "{heard:?}");
    assert!(!heard.iter().any(interrupted), "{heard:?}");
    let committing =
        Signal::Working { action: "Running git add hello.txt && git commit --quiet -m 'Say hello'".into() };
    assert!(heard.contains(&committing), "{heard:?}");
    over(&mut stage);
    let (input, cached, output, cost) = stage.used();
    assert_eq!((input, cached, output), (3300, 1400, 180));
    assert_eq!((input, cached, output), stage.served());
    // Only one of the programs names a price.
    assert_eq!(cost.is_some(), program == "claude", "{cost:?}");
}

pub(crate) fn a_key_in_the_environment_asks_nothing(program: &'static str) {
    let mut stage = Stage::new(program, vec![Turn::say("Done.")]);
    stage.home.login = ("ANTHROPIC_API_KEY", "sk-ant-dummy");
    stage.start(Purpose::Implement, None);
    stage.hear("the end of its turn", stopped);
    over(&mut stage);
}

pub(crate) fn hooks_and_configuration_cannot_be_written(program: &'static str) {
    // The sandbox lets the agent commit, which writes beside them.
    let tries = "echo exit 1 > ../main/.git/hooks/pre-push; git config core.pager evil; git commit --quiet --allow-empty -m Tried";
    let mut stage = begun(program, vec![Turn::call("I try.", Call::Shell(tries)), Turn::say("That was it.")]);
    stage.hear("the end of its turn", stopped);
    assert_ne!(stage.repo.tip("coppice/play"), stage.repo.tip("main"), "it did not commit");
    over(&mut stage);
}

fn asked(stage: &Stage) -> Vec<u8> {
    let wanted = Signal::PermissionAsked { what: "Running dd if=/dev/null of=unusual.txt".into() };
    stage.hear("that permission is asked", |signal| *signal == wanted).1
}

fn unusual() -> Vec<Turn> {
    vec![Turn::call("I need this.", UNUSUAL), Turn::say("So be it.")]
}

pub(crate) fn a_permission_is_allowed(program: &'static str) {
    let mut stage = Stage::new(program, unusual());
    stage.hold_hooks();
    stage.start(Purpose::Implement, None);
    let hook = asked(&stage);
    stage.dialog();
    assert!(!stage.worktree.join("unusual.txt").exists());
    stage.answer(&hook, &Answer::Allow);
    let done = Signal::Done { what: "Running dd if=/dev/null of=unusual.txt".into() };
    stage.hear("that it was done", |signal| *signal == done);
    stage.hear("the end of its turn", stopped);
    assert!(stage.worktree.join("unusual.txt").exists());
    over(&mut stage);
}

pub(crate) fn a_permission_is_denied(program: &'static str) {
    let mut stage = Stage::new(program, unusual());
    stage.hold_hooks();
    stage.start(Purpose::Implement, None);
    let hook = asked(&stage);
    stage.dialog();
    stage.answer(&hook, &Answer::Deny("Not that.".into()));
    // Told why, the agent goes on: in the same turn, or in the one that the message begins.
    let told =
        stage.model.wait(LIMIT, |served| served.iter().any(|served| served.last.contains("Not that.")));
    assert!(told, "the reason does not reach the model: {:?}", stage.model.served());
    stage.hear("the end of its turn", stopped);
    assert!(!stage.worktree.join("unusual.txt").exists());
    over(&mut stage);
}

pub(crate) fn a_permission_is_allowed_in_the_terminal(program: &'static str) {
    let mut stage = Stage::new(program, unusual());
    // The hook goes on waiting for the inbox, and the terminal is first.
    stage.hold_hooks();
    stage.start(Purpose::Implement, None);
    asked(&stage);
    stage.dialog();
    stage.type_keys(&[Keys { bytes: b"\r".to_vec(), pause_ms: 0 }]);
    stage.hear("the end of its turn", stopped);
    assert!(stage.worktree.join("unusual.txt").exists());
    over(&mut stage);
}

pub(crate) fn a_question_is_answered(program: &'static str) {
    let ask = Call::Ask(&[("Which colour?", &["ochre", "blue"])]);
    let mut stage = Stage::new(program, vec![Turn::call("I have to ask.", ask), Turn::say("Thank you.")]);
    stage.hold_hooks();
    stage.start(Purpose::Implement, None);
    let wanted =
        Signal::Question { text: "Which colour?".into(), options: vec!["ochre".into(), "blue".into()] };
    let (_, hook) = stage.hear("the question", |signal| *signal == wanted);
    stage.shows("blue");
    stage.answer(&hook, &Answer::Text("blue".into()));
    stage.hear("the end of its turn", stopped);
    let last = stage.model.served().iter().rfind(|served| !served.side).unwrap().last.clone();
    assert!(last.contains("blue") && !last.contains("ochre"), "the answer does not reach the model: {last}");
    over(&mut stage);
}

pub(crate) fn each_of_several_questions_is_answered(program: &'static str) {
    let ask = Call::Ask(&[("Which colour?", &["ochre", "blue"]), ("How large?", &["small", "large"])]);
    let mut stage = Stage::new(program, vec![Turn::call("I have to ask.", ask), Turn::say("Thank you.")]);
    stage.hold_hooks();
    stage.start(Purpose::Implement, None);
    let asked =
        |signal: &Signal| matches!(signal, Signal::Question { text, .. } if text.contains("2. How large?"));
    let (_, hook) = stage.hear("the questions", asked);
    stage.shows("blue");
    stage.answer(&hook, &Answer::Text("blue; small".into()));
    stage.hear("the end of its turn", stopped);
    let last = stage.model.served().iter().rfind(|served| !served.side).unwrap().last.clone();
    let all = ["blue", "small"].iter().all(|answer| last.contains(answer));
    assert!(all && !last.contains("ochre"), "the answers do not reach the model: {last}");
    over(&mut stage);
}

pub(crate) fn sub_agents_are_awaited_and_counted(program: &'static str) {
    let mut stage = begun(
        program,
        vec![
            // Without a word for the script it would be the same one again.
            Turn::call("Somebody helps me.", Call::Delegate("Help. [[script:help]]")).tokens(1000, 10, 5),
            Turn::say("I wait.").tokens(1200, 20, 7),
            Turn::say("All is done.").tokens(1300, 30, 9),
        ],
    );
    let waits =
        |signal: &Signal| matches!(signal, Signal::Working { action } if action.contains("sub-agent"));
    stage.hear("that it waits for its sub-agent", waits);
    stage.model.open("help");
    let (end, _) = stage.hear("the end of its work", stopped);
    assert_eq!(end, Signal::Stopped { message: Some("All is done.".into()) });
    let heard = stage.heard();
    assert!(!heard.iter().any(interrupted), "{heard:?}");
    over(&mut stage);
    let helped = stage.model.served().iter().filter(|served| served.script == "help").count();
    assert_eq!(helped, 2, "the sub-agent spoke twice");
    let (input, cached, output, _) = stage.used();
    assert_eq!((input, cached, output), stage.served());
}

pub(crate) fn escape_interrupts_before_a_word(program: &'static str) {
    let mut stage = begun(program, vec![Turn::say("Too late.").gate("never")]);
    stage.hear("that it works", |signal| matches!(signal, Signal::Working { .. }));
    assert!(stage.model.wait(LIMIT, |served| served.iter().any(|served| !served.side)));
    stage.shows("interrupt");
    stage.type_keys(&[Keys::escape()]);
    stage.hear("the interruption", interrupted);
    assert!(!stage.heard().iter().any(stopped));
    over(&mut stage);
}

pub(crate) fn escape_interrupts_a_permission(program: &'static str) {
    let mut stage = begun(program, unusual());
    asked(&stage);
    stage.dialog();
    stage.type_keys(&[Keys::escape()]);
    stage.hear("the interruption", interrupted);
    assert!(!stage.worktree.join("unusual.txt").exists());
    over(&mut stage);
}

pub(crate) fn a_refused_login_is_a_failure(program: &'static str) {
    let mut stage = begun(program, vec![Turn::refuse(Refusal::Login); 12]);
    stage.hear("the failure", |signal| matches!(signal, Signal::Failed { code: FailCode::Auth, .. }));
    over(&mut stage);
}

pub(crate) fn a_limit_says_when_it_ends(program: &'static str) {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let until = i64::try_from(now).unwrap() + 7200;
    let mut stage = begun(program, vec![Turn::refuse(Refusal::Limit { until }); 12]);
    let wanted = FailCode::RateLimit { until: Some(until) };
    stage.hear(
        "when the limit ends",
        |signal| matches!(signal, Signal::Failed { code, .. } if *code == wanted),
    );
    over(&mut stage);
}

pub(crate) fn a_stream_cut_in_the_middle_is_no_end(program: &'static str) {
    // What a program does after a cut differs: it asks again, goes on from what it has, or gives up and says so.
    let mut stage = begun(
        program,
        vec![
            Turn::call("I write the", WRITE).cut(),
            Turn::call("Again.", WRITE),
            Turn::say("Now it is there."),
        ],
    );
    let (end, _) =
        stage.hear("how it went on", |signal| stopped(signal) || matches!(signal, Signal::Failed { .. }));
    let written = stage.worktree.join("hello.txt").exists();
    match end {
        Signal::Failed { code, message } => assert_eq!(code, FailCode::Network, "{message}"),
        _ => assert!(written || stage.repo.tip("coppice/play") == stage.repo.tip("main")),
    }
    over(&mut stage);
}

pub(crate) fn a_killed_session_is_resumed(program: &'static str) {
    let mut stage = Stage::new(
        program,
        vec![
            Turn::call("I write the file.", WRITE),
            Turn::call("I commit it.", COMMIT).gate("killed"),
            // One of the programs fills the answer that never came with one of its own, and is a turn further.
            Turn::call("I commit it.", COMMIT),
            Turn::say("It is committed."),
        ],
    );
    stage.start(Purpose::Implement, None);
    let (start, _) = stage.hear("its session", |signal| matches!(signal, Signal::SessionStarted { .. }));
    let Signal::SessionStarted { session, .. } = start else { unreachable!("it was just told apart") };
    assert!(stage.model.wait(LIMIT, |served| served.iter().any(|served| served.turn == 1)));
    stage.kill();
    stage.forget();
    stage.model.open("killed");
    stage.start(Purpose::Implement, Some(Resume { session: session.clone(), message: "Go on.".into() }));
    let (start, _) =
        stage.hear("the session again", |signal| matches!(signal, Signal::SessionStarted { .. }));
    assert!(matches!(start, Signal::SessionStarted { session: again, .. } if again == session));
    stage.hear("the end of its turn", stopped);
    assert_eq!(stage.repo.show("coppice/play", "hello.txt"), "hello");
    over(&mut stage);
    let (input, cached, output, _) = stage.used();
    // The answer that the kill cut off was never heard, though the endpoint may have sent it.
    let heard: Vec<_> = stage.model.served().into_iter().filter(|served| !served.side).collect();
    let answers =
        heard.iter().filter(|served| served.turn != 1 || served.last.contains("Go on.")).count() as u64;
    assert_eq!((input, cached, output), (1000 * answers, 0, 50 * answers), "{heard:?}");
}

pub(crate) fn a_message_reaches_an_agent_at_work(program: &'static str) {
    let mut stage = begun(
        program,
        vec![
            Turn::call("I write the file.", WRITE).gate("typed"),
            Turn::say("Done."),
            Turn::say("Done again."),
        ],
    );
    assert!(stage.model.wait(LIMIT, |served| served.iter().any(|served| !served.side)));
    stage.shows("interrupt");
    stage.type_keys(&Keys::message("Say it in green,\nplease."));
    stage.model.open("typed");
    let reached = stage.model.wait(LIMIT, |served| {
        served.iter().any(|served| !served.side && served.last.contains("Say it in green,\nplease."))
    });
    assert!(reached, "the message does not reach the model: {:?}", stage.model.served());
    over(&mut stage);
}

pub(crate) fn a_reviewer_answers_and_changes_nothing(program: &'static str) {
    let mut stage = Stage::new(
        program,
        vec![
            Turn::call("I write, though I must not.", WRITE),
            Turn::call("I commit, though I must not.", COMMIT),
            Turn::say("{\"requirements\": []}"),
        ],
    );
    stage.start(Purpose::Review, None);
    let (exit, message) = stage.finish();
    assert!(exit.is_success(), "{exit:?}");
    assert_eq!(message.as_deref().map(str::trim), Some("{\"requirements\": []}"));
    stage.hear("the end of its turn", stopped);
    assert!(!stage.worktree.join("hello.txt").exists());
    assert_eq!(stage.repo.tip("coppice/play"), stage.repo.tip("main"));
    stage.assert_untouched();
    let (input, cached, output, _) = stage.used();
    assert_eq!((input, cached, output), stage.served());
}

pub(crate) fn a_fixer_commits_and_ends(program: &'static str) {
    let mut stage = Stage::new(
        program,
        vec![
            Turn::call("I write the file.", WRITE),
            Turn::call("I commit it.", COMMIT),
            Turn::say("It is fixed."),
        ],
    );
    stage.start(Purpose::Fix, None);
    let (exit, message) = stage.finish();
    assert!(exit.is_success(), "{exit:?}");
    assert_eq!(message.as_deref().map(str::trim), Some("It is fixed."));
    assert_eq!(stage.repo.show("coppice/play", "hello.txt"), "hello");
    stage.assert_untouched();
}
