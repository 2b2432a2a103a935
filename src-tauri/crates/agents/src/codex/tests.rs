use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::adapter::{check, launch};
use crate::environment::Source;
use crate::launch::{Resume, Stage};

/// A home with the program in it, and a worktree as git lays it out.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        let program = home.path("bin/codex");
        home.write("bin/codex", "#!/bin/sh\n");
        std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
        home.write("brief.md", "Do it.\n");
        let private = home.path("main/.git/worktrees/w");
        home.write("main/.git/config", "");
        home.write("main/.git/hooks/pre-commit.sample", "");
        home.write("main/.git/worktrees/w/commondir", "../..\n");
        home.write("worktree/.git", &format!("gitdir: {}\n", private.display()));
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        std::fs::canonicalize(self.0.path()).unwrap().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn environment(&self, more: &[(&str, &str)]) -> Environment {
        let mut variables = vec![
            ("PATH".into(), self.path("bin").into_os_string()),
            ("HOME".into(), self.path("").into_os_string()),
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
            coppice: "/opt/coppice".into(),
            ports: Vec::new(),
            port_offset: None,
            hooks: None,
            extra: Vec::new(),
        }
    }

    /// The arguments, and of those the overrides as one table.
    fn launched(&self, spec: &AgentSpec, context: &Context) -> (Vec<String>, toml::Table) {
        let started = launch(spec, context, &self.environment(&[])).unwrap();
        let words: Vec<String> =
            started.argv.iter().skip(1).map(|word| word.to_str().unwrap().to_owned()).collect();
        let overrides = words.iter().zip(&words[1..]).filter(|(flag, _)| *flag == "-c");
        let table = overrides.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("\n");
        (words, table.parse().unwrap())
    }
}

fn spec() -> AgentSpec {
    AgentSpec { name: "gpt".into(), adapter: "codex".into(), ..AgentSpec::default() }
}

fn at<'a>(table: &'a toml::Table, path: &[&str]) -> Option<&'a toml::Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}

#[test]
fn what_is_missing_is_said_with_the_command_that_mends_it() {
    let home = Home::new();
    let said = |environment: &Environment| match check(&spec(), environment) {
        Ok(()) => String::new(),
        Err(error) => error.to_string(),
    };
    let none =
        Environment::new([("PATH".into(), "/nowhere".into())], Source::Inherited { reason: "".into() });
    assert!(said(&none).contains("npm install -g @openai/codex"), "{}", said(&none));
    let bare = home.environment(&[]);
    assert!(said(&bare).contains("Run `codex login`"), "{}", said(&bare));
    let key = home.environment(&[("OPENAI_API_KEY", "k"), ("MY_KEY", "k")]);
    assert!(said(&key).contains("codex login --with-api-key"), "{}", said(&key));
    let provider = "model_provider = \"mine\"\n[model_providers.mine]\nenv_key = \"MY_KEY\"\n";
    home.write(".codex/config.toml", provider);
    assert_eq!(said(&key), "");
    assert!(said(&bare).contains("codex login"));
    home.write(".codex/auth.json", "not ours to read");
    assert_eq!(said(&bare), "");
    let tools = AgentSpec { tools: vec!["Bash".into()], ..spec() };
    assert!(matches!(check(&tools, &bare), Err(AgentError::UnusedKey { key: "tools", .. })));
}

#[test]
fn it_is_started_with_its_brief_and_overrides_of_this_launch() {
    let home = Home::new();
    let spec = AgentSpec {
        model: Some("gpt".into()),
        effort: Some("high".into()),
        args: vec!["--search".into()],
        ..spec()
    };
    let (words, overrides) = home.launched(&spec, &home.context(Stage::Implement));
    assert_eq!(words[..5], ["--no-daemon", "-a", "on-request", "-m", "gpt"]);
    assert_eq!(words[words.len() - 3..], ["--search", "--", "Do it.\n"]);
    assert_eq!(at(&overrides, &["model_reasoning_effort"]).unwrap().as_str(), Some("high"));
    let main = home.path("main");
    let trust = at(&overrides, &["projects", main.to_str().unwrap(), "trust_level"]);
    assert_eq!(trust.unwrap().as_str(), Some("trusted"));
    let files = at(&overrides, &["permissions", "coppice", "filesystem"]).unwrap().as_table().unwrap();
    let access = |path: &str| files.get(home.path(path).to_str().unwrap()).and_then(toml::Value::as_str);
    assert_eq!(files.get(":root").and_then(toml::Value::as_str), Some("read"));
    for written in ["worktree", "main/.git", "main/.git/worktrees/w"] {
        assert_eq!(access(written), Some("write"), "{written}");
    }
    for kept in ["main/.git/hooks", "main/.git/config"] {
        assert_eq!(access(kept), Some("read"), "{kept}");
    }
}

#[test]
fn its_hooks_are_trusted_by_their_hash() {
    let overrides = hooks("/opt/coppice hook");
    let state = &overrides.iter().find(|(key, _)| key == "hooks.state").unwrap().1;
    let definition = r#"{"event_name":"stop","hooks":[{"async":false,"command":"/opt/coppice hook","timeout":30,"type":"command"}]}"#;
    let hash = parts::sha256(definition);
    assert!(
        state.contains(&format!(r#"config.toml:stop:0:0"={{enabled=true,trusted_hash="sha256:{hash}"}}"#))
    );
    assert_eq!(snake("UserPromptSubmit"), "user_prompt_submit");
    // As the program itself hashes it.
    assert_eq!(
        parts::sha256(
            r#"{"event_name":"stop","hooks":[{"async":false,"command":"true","timeout":600,"type":"command"}]}"#
        ),
        "2ba34c7a02841fada06b868a093d041fd3d9de81883c789a321916b0aa118851"
    );
}

#[test]
fn a_session_is_gone_on_with() {
    let home = Home::new();
    let resume = Resume { session: "s1".into(), message: "Go on.".into() };
    let context = Context { resume: Some(resume), ..home.context(Stage::Implement) };
    let (words, _) = home.launched(&spec(), &context);
    assert_eq!(words[..2], ["resume", "--no-daemon"]);
    assert_eq!(words[words.len() - 3..], ["--", "s1", "Go on."]);
}

#[test]
fn a_reviewer_can_only_read() {
    let home = Home::new();
    let (words, overrides) = home.launched(&spec(), &home.context(Stage::Review));
    assert_eq!(words[..2], ["exec", "-o"]);
    assert_eq!(at(&overrides, &["sandbox_mode"]).unwrap().as_str(), Some("read-only"));
    assert_eq!(at(&overrides, &["default_permissions"]), None);
    home.write("run/codex-last-message.txt", "All met.");
    assert_eq!(PROGRAM.last_message(&home.path("run"), b"").as_deref(), Some("All met."));
}

#[test]
fn hooks_are_heard() {
    let heard = |event: &str, tool: &str, input: Value| {
        let hook = json!({"session_id": "s1", "cwd": "/w", "hook_event_name": event, "tool_name": tool,
            "tool_input": input, "transcript_path": "/t.jsonl"});
        PROGRAM.hear(hook.to_string().as_bytes())
    };
    let signal = |signal| Some(Heard { signal, waits: false });
    let session = Signal::SessionStarted { session: "s1".into(), transcript: Some("/t.jsonl".into()) };
    assert_eq!(heard("SessionStart", "", Value::Null), signal(session));
    let what = "Running touch x".to_owned();
    let input = json!({"command": "touch x", "description": "why"});
    assert_eq!(heard("PermissionRequest", "Bash", input), signal(Signal::PermissionAsked { what }));
    let ask = json!({"questions": [{"id": "c", "question": "Which?", "options": [{"label": "red"}]}]});
    let question = Signal::Question { text: "Which?".into(), options: vec!["red".into()] };
    assert_eq!(heard("PreToolUse", "request_user_input", ask), signal(question));
    assert_eq!(heard("Interrupt", "", Value::Null), signal(Signal::Interrupted));
    assert_eq!(heard("Stop", "", Value::Null), signal(Signal::Stopped { message: None }));
    assert_eq!(heard("PreCompact", "", Value::Null), None);
}

#[test]
fn a_person_answers_by_keys() {
    let ask = json!({"tool_input": {"questions": [
        {"question": "Which?", "options": [{"label": "red"}, {"label": "blue"}]}]}})
    .to_string()
    .into_bytes();
    assert_eq!(PROGRAM.reply(b"{}", &Answer::Allow), None);
    assert_eq!(PROGRAM.keys(b"{}", &Answer::Allow), [Keys::key(b"y")]);
    assert_eq!(PROGRAM.keys(b"{}", &Answer::Deny("Not so.".into())).len(), 3);
    assert_eq!(PROGRAM.keys(&ask, &Answer::Text("blue".into())), [Keys::key(b"2")]);
}

#[test]
fn a_transcript_is_counted_by_response() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rollout.jsonl");
    let used = |id: &str| {
        json!({"type": "token_usage_record", "payload": {"response_id": id, "usage":
            {"input_tokens": 1500, "cached_input_tokens": 500, "output_tokens": 50},
            "thread_token_usage": {"input_tokens": 9999}}})
    };
    let event = |payload: Value| json!({"type": "event_msg", "payload": payload});
    let lines = [
        used("r1"),
        used("r1"),
        used("r2"),
        event(json!({"type": "turn_aborted", "reason": "interrupted"})),
        event(json!({"type": "token_count", "rate_limits": {"primary":
            {"used_percent": 100.0, "resets_at": 1_795_285_979}, "secondary": null}})),
        event(json!({"type": "task_complete", "error":
            {"message": "limit", "codex_error_info": "usage_limit_exceeded"}})),
        event(json!({"type": "task_complete", "error": {"message": "key", "codex_error_info":
            {"http_connection_failed": {"http_status_code": 401}}}})),
        event(json!({"type": "task_complete", "error":
            {"message": "stream disconnected before completion", "codex_error_info": "other"}})),
        event(json!({"type": "task_complete", "error": null, "last_agent_message": "Done."})),
    ];
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(&path, text).unwrap();
    let reading = crate::Transcript::new(&PROGRAM, crate::Place::beginning(path)).read().unwrap();
    let mut ledger = crate::Ledger::default();
    reading.usage.into_iter().for_each(|usage| ledger.add(usage));
    let total = ledger.total();
    assert_eq!((total.input, total.output, total.cached, total.cost_micros), (2000, 100, 1000, None));
    let limit = FailCode::RateLimit { until: Some(1_795_285_979) };
    assert_eq!(
        reading.signals,
        [
            Signal::Interrupted,
            Signal::Failed { code: limit, message: "limit".into() },
            Signal::Failed { code: FailCode::Auth, message: "key".into() },
            Signal::Failed {
                code: FailCode::Network,
                message: "stream disconnected before completion".into()
            },
        ]
    );
}
