//! An agent program with hooks, at work in its terminal: what it asks, how it stops, what it used, and what becomes
//! of it when it is killed. Here a script speaks as the program does; `tests/agents` proves that the real ones speak so.

use coppice_tests::{Event, PlanFile, Run, Scene, Signal, Task, is_alive, send};

/// Says by its hooks what the plan's scene wants it to, and stays at its prompt.
const PROGRAM: &str = r#"#!/bin/sh
set -e
resumed=no previous=
for word; do
  [ "$previous" = --settings ] && settings=$word
  [ "$previous" = --resume ] && resumed=$word
  previous=$word
done
# As the settings have it for this hook.
hook() {
  event=$(printf '%s' "$1" | sed 's/.*"hook_event_name":"\([A-Za-z]*\)".*/\1/')
  command=$(sed -n "/\"$event\"/,/\"command\"/s/.*\"command\": \"\(.*\)\",*\$/\1/p" "$settings")
  printf '%s' "$1" | eval "$command"
}
if [ -e "$HOME/silent" ]; then hook() { :; }; fi
transcript=$HOME/transcript-$COPPICE_ATTEMPT.jsonl
asks='{"hook_event_name":"PermissionRequest","tool_name":"Bash","tool_input":{"command":"make it"}}'
use() { echo '{"type":"assistant","message":{"id":"'$1'","model":"large","usage":{"input_tokens":'$2',"output_tokens":'$3'}}}' >> "$transcript"; }
work() { echo "$1" > "$COPPICE_TASK.txt"; git add -- "$COPPICE_TASK.txt"; git commit --quiet -m "Work"; }
stop() { hook '{"hook_event_name":"Stop","last_assistant_message":"Done."}'; }
prompt() { stty -echo 2>/dev/null; while read -r line; do case "$line" in *"$1"*) break;; esac; done; }
hook '{"hook_event_name":"SessionStart","session_id":"s1","transcript_path":"'$transcript'"}'
hook '{"hook_event_name":"UserPromptSubmit"}'
SCENE
exec sleep 600
"#;

fn scene(acts: &str) -> Scene {
    with_program(Scene::new(), acts)
}

fn with_program(scene: Scene, acts: &str) -> Scene {
    let folder = scene.beside("bin");
    place_program(&scene, "claude", &PROGRAM.replace("SCENE", acts));
    std::fs::write(scene.beside("../user/.claude.json"), "{\"hasCompletedOnboarding\":true}")
        .expect("a program beside the repository");
    // The engine that this starts has the program in its search path, and is logged in.
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let variables = [("PATH", path.as_str()), ("ANTHROPIC_AUTH_TOKEN", "none")];
    scene.coppice.run_with(&variables, &["status"]).expect(0);
    scene
}

/// Puts a program where the engine's search path begins.
fn place_program(scene: &Scene, name: &str, text: &str) {
    let folder = scene.beside("bin");
    std::fs::create_dir_all(&folder).expect("a program beside the repository");
    let program = folder.join(name);
    std::fs::write(&program, text).expect("a program beside the repository");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).expect("a program beside the repository");
}

fn start(scene: &Scene) -> Run {
    let plan = PlanFile::auto("Programs")
        .tables("[agents.claude]\nadapter = \"claude\"\nmodel = \"large\"")
        .check("test", "test -e a.txt")
        .task(Task::new("a"));
    scene.start(&plan)
}

fn used(events: &[Event]) -> Option<(i64, i64)> {
    let last = events.iter().rfind(|event| event.of("usage", "a"))?;
    Some((last.number("input")?, last.number("output")?))
}

#[test]
fn a_permission_is_answered_and_what_it_used_is_counted_once() {
    let scene = scene(
        "use m1 10 5; use m1 10 5; use m2 7 3\n\
         answer=$(hook \"$asks\")\n\
         case \"$answer\" in *'\"allow\"'*) work allowed;; *) work refused;; esac\nstop",
    );
    let run = start(&scene);
    let asked = run.wait_for("permission.asked", "a");
    assert!(asked.text("what").contains("make it"), "{asked:?}");
    assert_eq!(run.wait_for("needs_you", "a").text("code"), "permission");
    // Nobody but a person answers: not the agent itself, whatever it holds.
    scene.coppice.run(&["answer", "a", "allow"]).expect(0);
    let done = run.finish().expect(0);
    assert_eq!(done.landed().len(), 1);
    assert_eq!(scene.repo.show("main", "a.txt"), "allowed");
    assert_eq!(used(&done.events), Some((17, 8)));
    // Its process was ended, not waited for.
    assert!(scene.coppice.process_of("sleep 600").is_none());
    scene.coppice.run(&["answer", "a", "allow"]).expect(1);
}

#[test]
fn a_permission_is_refused_with_words() {
    let scene = scene("answer=$(hook \"$asks\")\nwork \"$answer\"\nstop");
    let run = start(&scene);
    run.wait_for("permission.asked", "a");
    scene.coppice.run(&["answer", "a", "deny", "Use", "the", "script."]).expect(0);
    run.finish().expect(0);
    let told = scene.repo.show("main", "a.txt");
    assert!(told.contains("deny") && told.contains("Use the script."), "{told}");
}

#[test]
fn a_question_is_answered_in_words_alone() {
    let scene = scene(
        "question='{\"hook_event_name\":\"PermissionRequest\",\"tool_name\":\"AskUserQuestion\",\"tool_input\":\
         {\"questions\":[{\"question\":\"Which colour?\",\"options\":[{\"label\":\"red\"},{\"label\":\"blue\"}]}]}}'\n\
         answer=$(hook \"$question\")\nwork \"$answer\"\nstop",
    );
    let run = start(&scene);
    let asks = run.wait_for("needs_you", "a");
    assert_eq!((asks.text("code"), asks.text("reason").contains("Which colour?")), ("question", true));
    let refused = scene.coppice.run(&["answer", "a", "allow"]).expect(1);
    assert!(refused.stderr.contains("in words"), "{}", refused.stderr);
    scene.coppice.run(&["answer", "a", "blue"]).expect(0);
    run.finish().expect(0);
    let told = scene.repo.show("main", "a.txt");
    assert!(told.contains(r#""Which colour?":"blue""#), "{told}");
}

#[test]
fn an_agent_that_stops_too_early_is_told_to_go_on() {
    let scene =
        scene("stop\nprompt 'Commit it'\nhook '{\"hook_event_name\":\"UserPromptSubmit\"}'\nwork late\nstop");
    let run = start(&scene);
    let asks = run.wait_for("needs_you", "a");
    assert_eq!(asks.text("code"), "stopped");
    assert!(asks.text("reason").contains("not committed"), "{asks:?}");
    scene.coppice.run(&["message", "a", "Commit it, please."]).expect(0);
    let done = run.finish().expect(0);
    assert_eq!(done.count("attempt.started", "a"), 1, "it is the same attempt");
    assert_eq!(scene.repo.show("main", "a.txt"), "late");
}

#[test]
fn a_killed_agent_goes_on_in_its_session() {
    let scene = scene("if [ \"$resumed\" = s1 ]; then work resumed; stop; fi");
    let run = start(&scene);
    let first = run.wait_for("process.started", "a");
    run.wait_spinning("its session is known", || {
        scene.coppice.process_of("sleep 600").is_some_and(|pid| pid == first.pid("pid"))
    });
    assert!(send(first.pid("pid"), Signal::KILL));
    let done = run.finish().expect(0);
    assert_eq!(done.count("attempt.started", "a"), 1, "the attempt goes on");
    assert_eq!(scene.repo.show("main", "a.txt"), "resumed");
}

#[test]
fn what_an_agent_says_with_a_token_that_is_not_its_own_is_refused() {
    let scene = scene(
        "COPPICE_HOOK_TOKEN=0000 hook '{\"hook_event_name\":\"Stop\"}'\n\
         echo > said\n",
    );
    let run = start(&scene);
    run.wait_spinning("the program has spoken", || scene.coppice.process_of("sleep 600").is_some());
    // It is still at work as far as anybody knows.
    assert!(!run.events().iter().any(|event| event.of("needs_you", "a")));
    run.kill();
}

/// Ends the engine without a word; the run, which would start another, is held until it is let go on.
fn kill_engine(scene: &Scene, run: &Run) {
    run.signal(Signal::STOP);
    let engine = scene.coppice.engine().expect("an engine");
    assert!(send(engine, Signal::KILL));
    run.wait_spinning("the engine has ended", || !is_alive(engine));
}

#[test]
fn what_was_asked_when_an_engine_died_is_answered_by_the_next() {
    let scene = scene(
        "use m1 10 5\n\
         answer=$(hook \"$asks\")\n\
         use m2 7 3\n\
         case \"$answer\" in *'\"allow\"'*) work allowed;; *) work refused;; esac\nstop",
    );
    let run = start(&scene);
    run.wait_for("needs_you", "a");
    kill_engine(&scene, &run);
    // The command starts the next engine; the hook that waited comes back to it.
    scene.coppice.run(&["answer", "a", "allow"]).expect(0);
    run.signal(Signal::CONT);
    let done = run.finish().expect(0);
    assert_eq!(scene.repo.show("main", "a.txt"), "allowed");
    assert_eq!(used(&done.events), Some((17, 8)));
    assert_eq!(done.count("permission.asked", "a"), 1, "it is asked once");
    assert_eq!(done.count("needs_you", "a"), 1);
    assert_eq!(done.count("warning", "a"), 0);
}

#[test]
fn what_no_hook_waits_with_any_more_is_answered_in_the_terminal() {
    let scene = scene(
        "hook \"$asks\" > /dev/null &\n\
         stty -icanon -echo; echo 'Do you want to proceed?'\n\
         key=$(dd bs=1 count=1 2>/dev/null)\nwork \"typed $key\"\nstop",
    );
    let run = start(&scene);
    run.wait_for("needs_you", "a");
    kill_engine(&scene, &run);
    let hook = scene.coppice.process_of("hook --wait").expect("a hook that waits for an engine");
    assert!(send(hook, Signal::KILL));
    scene.coppice.run(&["answer", "a", "allow"]).expect(0);
    run.signal(Signal::CONT);
    run.finish().expect(0);
    assert_eq!(scene.repo.show("main", "a.txt"), "typed 1");
}

#[test]
fn what_was_said_while_no_engine_lived_is_heard_by_the_next() {
    let scene = Scene::new();
    let (gate, said) = (scene.gate("gate"), scene.beside("said"));
    let acts =
        format!("{}\nuse m1 10 5\nuse m2 7 3\nwork late\nstop\necho > '{}'", gate.wait(), said.display());
    let scene = with_program(scene, &acts);
    let run = start(&scene);
    run.wait_for("process.started", "a");
    kill_engine(&scene, &run);
    gate.open();
    run.wait_spinning("it has stopped", || said.exists());
    assert_eq!(scene.coppice.engine(), None);
    run.signal(Signal::CONT);
    let done = run.finish().expect(0);
    assert_eq!(scene.repo.show("main", "a.txt"), "late");
    assert_eq!(used(&done.events), Some((17, 8)));
    assert_eq!(done.count("needs_you", "a"), 0);
}

#[test]
fn an_interruption_is_told_once_by_whichever_engine_lives() {
    let scene = Scene::new();
    let (gate, said) = (scene.gate("gate"), scene.beside("said"));
    let acts = format!(
        "echo '{{\"type\":\"user\",\"message\":{{\"content\":\"[Request interrupted by user]\"}}}}' >> $transcript\n\
         echo broken off\nprompt 'Go on'\nhook '{{\"hook_event_name\":\"UserPromptSubmit\"}}'\n{}\n\
         mkdir -p $HOME/.claude/sessions\n\
         echo '{{\"sessionId\":\"s1\",\"status\":\"idle\",\"statusUpdatedAt\":'$(date +%s%3N)'}}' > $HOME/.claude/sessions/1.json\n\
         echo > '{}'\nprompt 'Again'\nhook '{{\"hook_event_name\":\"UserPromptSubmit\"}}'\nwork again\nstop",
        gate.wait(),
        said.display()
    );
    let scene = with_program(scene, &acts);
    let run = start(&scene);
    let interrupted = |events: &[Event]| {
        let asks = events.iter().filter(|event| event.of("needs_you", "a"));
        asks.filter(|event| event.text("reason").contains("interrupted")).count()
    };
    run.wait("the first interruption", |events| interrupted(events) == 1);
    scene.coppice.run(&["message", "a", "Go on."]).expect(0);
    run.wait_for("needs_you.settled", "a");
    // An engine that reads the same transcript has nothing new to tell.
    kill_engine(&scene, &run);
    scene.coppice.run(&["message", "a", "Are you there?"]).expect(0);
    let view = &scene.coppice.run(&["status", "--json"]).expect(0).json()[0];
    assert_eq!(view["tasks"][0]["stage"]["kind"], "implementing", "{view}");
    let second = scene.coppice.engine().expect("the second engine");
    assert!(send(second, Signal::KILL));
    run.wait_spinning("the engine has ended", || !is_alive(second));
    gate.open();
    run.wait_spinning("it was broken off", || said.exists());
    run.signal(Signal::CONT);
    run.wait("the second interruption", |events| interrupted(events) == 2);
    scene.coppice.run(&["message", "a", "Again."]).expect(0);
    let done = run.finish().expect(0);
    assert_eq!(interrupted(&done.events), 2);
    assert_eq!(scene.repo.show("main", "a.txt"), "again");
}

#[test]
fn a_program_whose_hooks_are_silent_is_shown_as_such() {
    let scene = Scene::new();
    let gate = scene.gate("gate");
    std::fs::write(scene.beside("../user/silent"), "").expect("a file in the user's home");
    let acts = format!("echo words on the screen\n{}\nwork unheard\nexit 0", gate.wait());
    let scene = with_program(scene, &acts);
    let run = start(&scene);
    let warning = run.wait_for("warning", "a");
    let message = warning.text("message");
    assert!(
        message.contains("claude") && message.contains("hooks") && message.contains("terminal"),
        "{message}"
    );
    run.wait_spinning("its card shows its screen", || {
        let view = &scene.coppice.run(&["status", "--json"]).expect(0).json()[0];
        view["tasks"][0]["action"] == "words on the screen"
    });
    // What its process does is evidence all the same.
    gate.open();
    let done = run.finish().expect(0);
    assert_eq!(done.count("warning", "a"), 1, "it is said once");
    assert_eq!(scene.repo.show("main", "a.txt"), "unheard");
}

/// The other vendor's program, headless: it leaves its report as its last message.
const READER: &str = r#"#!/bin/sh
for word; do
  [ "$previous" = -o ] && report=$word
  previous=$word
done
[ "$1" = exec ] || exit 3
cat > "$report" <<'END'
{"requirements": [{"id": "1", "status": "met", "evidence": [{"file": "a.txt", "line": 1, "why": "It is there."}]}], "findings": []}
END
"#;

#[test]
fn another_vendors_program_reviews_where_the_plan_names_nobody() {
    let scene = Scene::new();
    place_program(&scene, "codex", READER);
    let login = scene.beside("../user/.codex");
    std::fs::create_dir(&login).expect("a login in the user's home");
    std::fs::write(login.join("auth.json"), "{}").expect("a login in the user's home");
    let scene = with_program(scene, "work done\nstop");
    let plan = PlanFile::auto("Programs")
        .tables("[agents.claude]\nadapter = \"claude\"\n[review]\nrounds = 1")
        .check("test", "test -e a.txt")
        .task(Task::new("a").spec("1. There is a file."));
    let file = scene.plan(&plan);
    let before = std::fs::read_to_string(&file).expect("the plan");
    let run = scene.coppice.start(&file, &scene.repo.path, &[]);
    let done = run.finish().expect(0);
    assert_eq!(done.get("review.finished", "a").text("verdict"), "pass");
    assert_eq!(done.landed().len(), 1);
    let report = scene.coppice.run(&["report", "a"]).expect(0).stdout;
    assert!(report.contains("codex"), "{report}");
    assert_eq!(std::fs::read_to_string(&file).expect("the plan"), before, "the plan stays as it is");
    let doctor = scene.coppice.run(&["doctor"]).expect(0).stdout;
    assert!(doctor.contains("it reviews what claude builds"), "{doctor}");
}

/// F79: it is said within two seconds, and nobody answers for the person.
#[test]
fn f79_a_permission_is_surfaced_at_once_and_never_answered_by_itself() {
    let scene = Scene::new();
    let at = scene.beside("asked-at");
    let acts =
        format!("date +%s%3N > '{}'\nanswer=$(hook \"$asks\")\nwork \"$(date +%s%3N)\"\nstop", at.display());
    let scene = with_program(scene, &acts);
    let run = start(&scene);
    let said = run.wait_for("needs_you", "a");
    let number = |text: &str| text.trim().parse::<i64>().expect("milliseconds");
    let asked = number(&std::fs::read_to_string(&at).expect("when it asked"));
    let said = said.text("at").parse::<jiff::Timestamp>().expect("a time").as_millisecond();
    assert!((0..2000).contains(&(said - asked)), "{} ms", said - asked);
    let answered = std::time::UNIX_EPOCH.elapsed().expect("a clock").as_millis();
    scene.coppice.run(&["answer", "a", "allow"]).expect(0);
    run.finish().expect(0);
    assert!(
        i128::from(number(&scene.repo.show("main", "a.txt"))) >= answered as i128,
        "it went on by itself"
    );
}

/// F80: a person is told once; the agent lives, and goes on when it is told to.
#[test]
fn f80_a_limit_that_is_used_up_is_no_failure() {
    let scene = scene(
        "hook '{\"hook_event_name\":\"StopFailure\",\"error\":\"rate_limit\",\"last_assistant_message\":\"429\"}'\n\
         prompt 'Go on'\nhook '{\"hook_event_name\":\"UserPromptSubmit\"}'\nwork later\nstop",
    );
    let run = start(&scene);
    let asks = run.wait_for("needs_you", "a");
    assert_eq!(asks.text("code"), "stopped");
    assert!(asks.text("reason").contains("limit"), "{asks:?}");
    scene.coppice.run(&["message", "a", "Go on."]).expect(0);
    let done = run.finish().expect(0);
    assert_eq!((done.count("attempt.started", "a"), done.count("needs_you", "a")), (1, 1));
    assert_eq!(done.count("task.failed", "a"), 0);
    assert_eq!(scene.repo.show("main", "a.txt"), "later");
}
