//! An agent program with hooks, at work in its terminal: what it asks, how it stops, what it used, and what becomes
//! of it when it is killed. Here a script speaks as the program does; `tests/agents` proves that the real ones speak so.

use coppice_tests::{Event, PlanFile, Run, Scene, Signal, Task, send};

/// Says by its hooks what the plan's scene wants it to, and stays at its prompt.
const PROGRAM: &str = r#"#!/bin/sh
set -e
resumed=no previous=
for word; do
  [ "$previous" = --settings ] && settings=$word
  [ "$previous" = --resume ] && resumed=$word
  previous=$word
done
command=$(sed -n 's/.*"command": "\(.*\)",*$/\1/p' "$settings" | head -n 1)
hook() { printf '%s' "$1" | eval "$command"; }
transcript=$HOME/transcript-$COPPICE_ATTEMPT.jsonl
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
    let scene = Scene::new();
    let folder = scene.beside("bin");
    std::fs::create_dir(&folder).expect("a program beside the repository");
    let program = folder.join("claude");
    std::fs::write(&program, PROGRAM.replace("SCENE", acts)).expect("a program beside the repository");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).expect("a program beside the repository");
    std::fs::write(scene.beside("../user/.claude.json"), "{\"hasCompletedOnboarding\":true}")
        .expect("a program beside the repository");
    // The engine that this starts has the program in its search path, and is logged in.
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let variables = [("PATH", path.as_str()), ("ANTHROPIC_AUTH_TOKEN", "none")];
    scene.coppice.run_with(&variables, &["status"]).expect(0);
    scene
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
         answer=$(hook '{\"hook_event_name\":\"PermissionRequest\",\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"make it\"}}')\n\
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
    let scene = scene(
        "answer=$(hook '{\"hook_event_name\":\"PermissionRequest\",\"tool_name\":\"Bash\",\"tool_input\":{\"command\":\"make it\"}}')\n\
         work \"$answer\"\nstop",
    );
    let run = start(&scene);
    run.wait_for("permission.asked", "a");
    scene.coppice.run(&["answer", "a", "deny", "Use", "the", "script."]).expect(0);
    run.finish().expect(0);
    let told = scene.repo.show("main", "a.txt");
    assert!(told.contains("deny") && told.contains("Use the script."), "{told}");
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
