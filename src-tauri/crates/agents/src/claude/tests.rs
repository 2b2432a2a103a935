use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::*;
use crate::adapter::{check, launch};
use crate::environment::Source;
use crate::launch::{Resume, Stage};

/// A home with the program in it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        let program = home.path("bin/claude");
        home.write("bin/claude", "#!/bin/sh\n");
        std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
        home.write("brief.md", "Do it.\n");
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn environment(&self, more: &[(&str, &str)]) -> Environment {
        let mut variables = vec![
            ("PATH".into(), self.path("bin").into_os_string()),
            ("HOME".into(), self.0.path().as_os_str().to_owned()),
        ];
        variables.extend(more.iter().map(|(name, value)| (name.into(), value.into())));
        Environment::new(variables, Source::Inherited { reason: "a test".into() })
    }

    fn context(&self, stage: Stage) -> Context {
        Context {
            plan: "p1".into(),
            task: "model".into(),
            attempt: 1,
            stage,
            run: "r7".into(),
            base: "4f2a91c".into(),
            worktree: self.path("worktree"),
            run_dir: self.path("run"),
            resume: None,
            brief: Some(self.path("brief.md")),
            coppice: "/opt/it's/coppice".into(),
            ports: Vec::new(),
            port_offset: None,
            hooks: None,
            extra: Vec::new(),
        }
    }
}

fn spec() -> AgentSpec {
    AgentSpec { name: "opus".into(), adapter: "claude".into(), ..AgentSpec::default() }
}

fn words(launch: &Launch) -> Vec<&str> {
    launch.argv.iter().skip(1).map(|word| word.to_str().unwrap()).collect()
}

fn heard(hook: Value) -> Option<(Signal, bool)> {
    PROGRAM.hear(hook.to_string().as_bytes()).map(|heard| (heard.signal, heard.waits))
}

#[test]
fn what_is_missing_is_said_with_the_command_that_mends_it() {
    let home = Home::new();
    let none =
        Environment::new([("PATH".into(), "/nowhere".into())], Source::Inherited { reason: "".into() });
    let said = |environment: &Environment| match check(&spec(), environment) {
        Ok(()) => String::new(),
        Err(error) => error.to_string(),
    };
    assert!(said(&none).contains("npm install -g @anthropic-ai/claude-code"), "{}", said(&none));
    let bare = home.environment(&[]);
    assert!(said(&bare).contains("Run `claude` in a terminal once and log in"), "{}", said(&bare));
    let key = home.environment(&[("ANTHROPIC_API_KEY", "k")]);
    assert!(said(&key).contains("go through its welcome"), "{}", said(&key));
    home.write(".claude.json", r#"{"hasCompletedOnboarding":true}"#);
    assert_eq!(said(&key), "");
    home.write(".claude/.credentials.json", "not ours to read");
    assert_eq!(said(&bare), "");
    let mode = AgentSpec { permission: Some("yolo".into()), ..spec() };
    let error = check(&mode, &bare).unwrap_err().to_string();
    assert!(error.contains("\"yolo\"") && error.contains("acceptEdits"), "{error}");
}

#[test]
fn it_is_started_with_its_brief_and_settings_of_this_launch() {
    let home = Home::new();
    let spec = AgentSpec {
        model: Some("opus".into()),
        effort: Some("high".into()),
        tools: vec!["Bash(cargo test *)".into()],
        args: vec!["--no-chrome".into()],
        ..spec()
    };
    let context = home.context(Stage::Implement);
    let started = launch(&spec, &context, &home.environment(&[("CLAUDECODE", "1")])).unwrap();
    let settings = home.path("run/claude-settings.json");
    let id = session_id(&context);
    let mut expected = vec!["--session-id", &id, "--permission-mode", "acceptEdits", "--allowedTools"];
    expected.extend(ALWAYS_ALLOWED);
    expected.extend(["Bash(cargo test *)", "--model", "opus", "--effort", "high", "--settings"]);
    expected.extend([settings.to_str().unwrap(), "--no-chrome", "--", "Do it.\n"]);
    assert_eq!(words(&started), expected);
    let variables = started.environment(&home.environment(&[("CLAUDECODE", "1")]));
    assert!(variables.contains(&("CLAUDE_CODE_SANDBOXED".into(), "1".into())));
    assert!(!variables.iter().any(|(name, _)| name == "CLAUDECODE"));
    let settings = parts::json_file(&settings).unwrap();
    let command = settings.pointer("/hooks/SessionStart/0/hooks/0/command").unwrap();
    assert_eq!(command, r"'/opt/it'\''s/coppice' hook");
    assert_eq!(settings.pointer("/hooks/PermissionRequest/0/hooks/0/timeout").unwrap(), ASKING_SECONDS);
    assert_eq!(settings.get("apiKeyHelper"), None);
    assert_eq!(id.len(), 36);
    assert_ne!(id, session_id(&Context { run: "r8".into(), ..context }));
}

#[test]
fn a_session_is_gone_on_with() {
    let home = Home::new();
    let resume = Resume { session: "s1".into(), message: "Go on.".into() };
    let context = Context { resume: Some(resume), ..home.context(Stage::Implement) };
    let started = launch(&spec(), &context, &home.environment(&[])).unwrap();
    let words = words(&started);
    assert_eq!(words[..2], ["--resume", "s1"]);
    assert_eq!(words[words.len() - 2..], ["--", "Go on."]);
}

#[test]
fn a_reviewer_can_only_read() {
    let home = Home::new();
    let started = launch(&spec(), &home.context(Stage::Review), &home.environment(&[])).unwrap();
    let words = words(&started).join(" ");
    assert!(words.starts_with("-p --output-format stream-json --verbose --session-id "), "{words}");
    assert!(words.contains(
        "--permission-mode dontAsk --tools Read,Grep,Glob --allowedTools Read Grep Glob --settings"
    ));
}

#[test]
fn a_key_in_the_environment_is_used_without_a_question() {
    let home = Home::new();
    let environment = home.environment(&[("ANTHROPIC_API_KEY", "secret")]);
    let started = launch(&spec(), &home.context(Stage::Implement), &environment).unwrap();
    let variables = started.environment(&environment);
    assert!(!variables.iter().any(|(name, _)| name == "ANTHROPIC_API_KEY"));
    assert!(variables.contains(&(KEY_VARIABLE.into(), "secret".into())));
    let settings = std::fs::read_to_string(home.path("run/claude-settings.json")).unwrap();
    assert!(settings.contains(KEY_VARIABLE) && !settings.contains("secret"));
    let headless =
        launch(&spec(), &home.context(Stage::Fix), &environment).unwrap().environment(&environment);
    assert!(headless.contains(&("ANTHROPIC_API_KEY".into(), "secret".into())));
}

#[test]
fn hooks_are_heard() {
    let hook = |event: &str, more: Value| {
        let mut hook = json!({"session_id": "s1", "cwd": "/w", "hook_event_name": event});
        hook.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        heard(hook)
    };
    let bash = json!({"tool_name": "Bash", "tool_input": {"command": "cargo test"}});
    let ask = json!({"tool_name": "AskUserQuestion", "tool_input": {"questions": [
        {"question": "Which colour?", "options": [{"label": "red"}, {"label": "blue"}]}]}});
    let what = "Running cargo test".to_owned();
    assert_eq!(
        hook("SessionStart", json!({"transcript_path": "/t.jsonl", "source": "startup"})),
        Some((Signal::SessionStarted { session: "s1".into(), transcript: Some("/t.jsonl".into()) }, false))
    );
    assert_eq!(hook("PreToolUse", bash.clone()), Some((Signal::Working { action: what.clone() }, false)));
    assert_eq!(hook("PostToolUse", bash.clone()), Some((Signal::Done { what: what.clone() }, false)));
    assert_eq!(hook("PermissionRequest", bash), Some((Signal::PermissionAsked { what }, true)));
    assert_eq!(hook("PreToolUse", ask.clone()), None);
    assert_eq!(
        hook("PermissionRequest", ask),
        Some((
            Signal::Question { text: "Which colour?".into(), options: vec!["red".into(), "blue".into()] },
            true
        ))
    );
    assert_eq!(
        hook("Stop", json!({"last_assistant_message": "Done."})),
        Some((Signal::Stopped { message: Some("Done.".into()) }, false))
    );
    let failed = |error: &str| hook("StopFailure", json!({"error": error, "last_assistant_message": "m"}));
    let with = |code| Some((Signal::Failed { code, message: "m".into() }, false));
    assert_eq!(failed("authentication_failed"), with(FailCode::Auth));
    assert_eq!(failed("rate_limit"), with(FailCode::RateLimit { until: None }));
    assert_eq!(failed("overloaded"), with(FailCode::Network));
    assert_eq!(failed("unknown"), with(FailCode::Other));
    assert_eq!(hook("SessionEnd", json!({})), Some((Signal::Ended, false)));
    assert_eq!(hook("Stop", json!({"agent_id": "sub"})), None);
    let beside = |kind: &str| hook("Stop", json!({"background_tasks": [{"id": "1", "type": kind}]}));
    assert_eq!(beside("shell"), Some((Signal::Stopped { message: None }, false)));
    let waits = Signal::Working { action: "Waiting for its sub-agents".into() };
    assert_eq!(beside("subagent"), Some((waits, false)));
    assert_eq!(hook("PreCompact", json!({})), None);
    assert_eq!(PROGRAM.hear(b"no json"), None);
}

#[test]
fn a_person_answers_through_the_hook_or_by_keys() {
    let bash = json!({"tool_name": "Bash", "tool_input": {"command": "x"}}).to_string().into_bytes();
    let ask = json!({"tool_name": "AskUserQuestion", "tool_input": {"questions": [
        {"question": "Which?", "options": [{"label": "red"}, {"label": "blue"}]}]}})
    .to_string()
    .into_bytes();
    let decision = |hook: &[u8], answer: Answer| {
        let reply: Value = serde_json::from_str(&PROGRAM.reply(hook, &answer).unwrap()).unwrap();
        reply.pointer("/hookSpecificOutput/decision").unwrap().clone()
    };
    assert_eq!(decision(&bash, Answer::Allow), json!({"behavior": "allow"}));
    assert_eq!(decision(&bash, Answer::Deny("No.".into())), json!({"behavior": "deny", "message": "No."}));
    assert_eq!(
        decision(&ask, Answer::Text("blue".into())).pointer("/updatedInput/answers"),
        Some(&json!({"Which?": "blue"}))
    );
    let both = json!({"tool_name": "AskUserQuestion", "hook_event_name": "PermissionRequest",
        "tool_input": {"questions": [{"question": "Which?", "options": [{"label": "red"}, {"label": "blue"}]},
        {"question": "How large?", "options": []}]}})
    .to_string()
    .into_bytes();
    let text =
        "1. Which? (red, blue)\n2. How large?\nAnswer in this order, with a semicolon between the answers.";
    let asked = Signal::Question { text: text.into(), options: Vec::new() };
    assert_eq!(PROGRAM.hear(&both).unwrap().signal, asked);
    assert_eq!(
        decision(&both, Answer::Text("blue; as tall as a tree".into())).pointer("/updatedInput/answers"),
        Some(&json!({"Which?": "blue", "How large?": "as tall as a tree"}))
    );
    assert_eq!(PROGRAM.reply(&ask, &Answer::Allow), None);
    assert_eq!(PROGRAM.keys(&bash, &Answer::Allow), [Keys::key(b"1")]);
    assert_eq!(PROGRAM.keys(&ask, &Answer::Text("blue".into())), [Keys::key(b"2")]);
    assert_eq!(PROGRAM.keys(&bash, &Answer::Deny(String::new())), [Keys::escape()]);
    assert_eq!(PROGRAM.keys(&ask, &Answer::Text("green".into())).len(), 3);
}

#[test]
fn a_transcript_is_counted_by_message() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.jsonl");
    let message = |id: &str, output: u64| {
        json!({"type": "assistant", "message": {"id": id, "model": "m", "content": [], "usage":
            {"input_tokens": 10, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 7, "output_tokens": output}}})
    };
    let failed = json!({"type": "assistant", "isApiErrorMessage": true, "error": "rate_limit",
        "quotaLimits": {"resetsAt": 1_795_285_823}, "message": {"id": "x", "model": "<synthetic>",
        "usage": {"input_tokens": 0}, "content": [{"type": "text", "text": "limit"}]}});
    let broken = json!({"type": "user", "message": {"role": "user",
        "content": [{"type": "text", "text": "[Request interrupted by user for tool use]"}]}});
    let cost = json!({"type": "cost-state", "sessionId": "p1", "totalCostUSD": 0.0104});
    let whole = [message("a", 1), message("a", 50), message("b", 2), failed, broken, cost.clone(), cost]
        .map(|line| line.to_string())
        .join("\n");
    let mut transcript = crate::Transcript::new(&PROGRAM, crate::Place::beginning(path.clone()));
    assert_eq!(transcript.read().unwrap(), Reading::default());

    std::fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    let reading = transcript.read().unwrap();
    let mut ledger = crate::Ledger::default();
    reading.usage.into_iter().for_each(|usage| ledger.add(usage));
    let total = ledger.total();
    assert_eq!((total.input, total.output, total.cached, total.cost_micros), (30, 52, 14, Some(10_400)));
    let limit = FailCode::RateLimit { until: Some(1_795_285_823) };
    let failed = Signal::Failed { code: limit, message: "limit".into() };
    assert_eq!(reading.signals, [failed, Signal::Interrupted]);

    // The last line is read when it is whole, and the others are not read again.
    std::fs::write(&path, format!("{whole}\n")).unwrap();
    let reading = transcript.read().unwrap();
    assert_eq!(reading.usage.len(), 1);
    reading.usage.into_iter().for_each(|usage| ledger.add(usage));
    assert_eq!(ledger.total().cost_micros, Some(10_400));
    assert_eq!(transcript.offset(), whole.len() as u64 + 1);
}

#[test]
fn sub_agents_are_counted_and_an_earlier_runs_use_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.jsonl");
    let folder = dir.path().join("s/subagents/group");
    std::fs::create_dir_all(&folder).unwrap();
    let message = |id: &str, input: u64| {
        json!({"type": "assistant", "isSidechain": true, "message": {"id": id, "model": "m", "content": [],
            "usage": {"input_tokens": input, "output_tokens": 1}}})
        .to_string()
            + "\n"
    };
    std::fs::write(&path, message("early", 1000)).unwrap();
    std::fs::write(folder.join("agent-1.jsonl"), message("early-side", 500)).unwrap();
    let mut transcript = crate::Transcript::new(&PROGRAM, crate::Place::end(&PROGRAM, path.clone()));
    let append = |path: &Path, line: String| {
        use std::io::Write;
        let file = std::fs::File::options().append(true).create(true).open(path);
        file.unwrap().write_all(line.as_bytes()).unwrap();
    };
    let interrupted = json!({"type": "user", "message": {"content":
        [{"type": "text", "text": "[Request interrupted by user]"}]}});
    append(&path, message("main", 10));
    append(&folder.join("agent-1.jsonl"), message("side", 3));
    append(&folder.join("agent-1.jsonl"), format!("{interrupted}\n"));
    let other = folder.parent().unwrap().join("agent-2.jsonl");
    append(&other, message("other", 4));
    // The program repeats a message for each block of it, and may have it in two files.
    append(&other, message("side", 3));
    let mut ledger = crate::Ledger::default();
    let mut take = |reading: Reading| {
        assert_eq!(reading.signals, []);
        reading.usage.into_iter().for_each(|usage| ledger.add(usage));
    };
    take(transcript.read().unwrap());
    append(&other, message("late", 100));
    take(transcript.read().unwrap());
    assert_eq!(transcript.read().unwrap(), Reading::default());
    assert_eq!((ledger.total().input, ledger.total().output), (117, 4));
}

#[test]
fn who_comes_later_counts_from_the_beginning_and_hears_what_is_new() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.jsonl");
    let interrupted = json!({"type": "user", "message": {"content":
        [{"type": "text", "text": "[Request interrupted by user]"}]}});
    let message =
        json!({"type": "assistant", "message": {"id": "a", "model": "m", "usage": {"input_tokens": 5}}});
    std::fs::write(&path, format!("{message}\n{interrupted}\n")).unwrap();
    let new = || crate::Transcript::new(&PROGRAM, crate::Place::beginning(path.clone()));
    let mut first = new();
    assert_eq!(first.read().unwrap().signals, [Signal::Interrupted]);
    std::fs::write(&path, format!("{message}\n{interrupted}\n{message}\n{interrupted}\n")).unwrap();
    let reading = new().told_to(first.offset()).read().unwrap();
    assert_eq!((reading.usage.len(), reading.signals), (2, vec![Signal::Interrupted]));
}

#[test]
fn the_last_answer_and_the_presence_are_read() {
    let log = b"{\"type\":\"assistant\"}\r\n{\"type\":\"result\",\"result\":\"All met.\"}\r\n\x1b[?25h";
    assert_eq!(PROGRAM.last_message(Path::new("/"), log).as_deref(), Some("All met."));
    assert_eq!(PROGRAM.last_message(Path::new("/"), b"nothing"), None);
    let file = json!({"pid": 1, "sessionId": "s1", "status": "idle", "statusUpdatedAt": 5});
    let presence = PROGRAM.presence(file.to_string().as_bytes()).unwrap();
    assert_eq!(presence, Presence { session: "s1".into(), idle: true, since_ms: 5 });
    assert_eq!(PROGRAM.presence(b"{}"), None);
}
