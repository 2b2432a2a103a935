//! Claude Code: all that Coppice knows about this one program. Tried with 2.1.330.
//!
//! Everything is per launch: arguments, variables and a settings file in the run's folder. Facts that are not
//! obvious from its documentation stand beside the code that relies on them; `tests/agents` proves them on the real
//! program.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::adapter::{Adapter, AgentError, AgentSpec, find_program};
use crate::environment::Environment;
use crate::launch::{Context, Launch};
use crate::parts::{self, text, variable};
use crate::program::{Program, Reading, Watching};
use crate::signal::{Answer, FailCode, Heard, Keys, Presence, Signal};
use crate::usage::{Usage, micros};
use crate::words::action;

pub(crate) static ADAPTER: Adapter = Adapter {
    name: "claude",
    keys: &["model", "effort", "permission", "tools", "args"],
    one_shot: false,
    check,
    launch,
    program: Some(&PROGRAM),
};

static PROGRAM: Program = Program {
    hook: heard,
    reply,
    keys,
    line,
    sides: Some(sub_agents),
    last_message,
    presence: Some(Watching { folder: sessions, read: presence }),
    silence: "Look at its terminal, where a dialog may stand, and for `disableAllHooks` in its settings or an \
              organisation's policy that allows its own hooks only.",
};

/// `default` is the older name of `manual`. Without the flag the program would start in `auto`.
const MODES: &[&str] = &["acceptEdits", "auto", "bypassPermissions", "default", "dontAsk", "manual", "plan"];

/// What every task asks of its agent, so that a person is not asked about it.
const ALWAYS_ALLOWED: &[&str] =
    &["Bash(git add *)", "Bash(git commit *)", "Bash(git diff *)", "Bash(git log *)", "Bash(git status *)"];

/// All that a reviewer has: nothing that writes or runs anything.
const READ_ONLY: &[&str] = &["Read", "Grep", "Glob"];

const INSTALL: &str = "Install it with `npm install -g @anthropic-ai/claude-code`.";

/// A person may take a day to answer; every other hook is a word in passing.
const ASKING_SECONDS: u32 = 86_400;
const HOOK_SECONDS: u32 = 30;

/// The hooks that are wired, and how long the program waits for them. It runs no hook when a turn is broken off with
/// Esc or a permission is refused in the terminal: that is in the transcript, and in the folder [`sessions`].
const HOOKS: &[(&str, u32)] = &[
    ("SessionStart", HOOK_SECONDS),
    ("UserPromptSubmit", HOOK_SECONDS),
    ("PreToolUse", HOOK_SECONDS),
    ("PostToolUse", HOOK_SECONDS),
    ("PostToolUseFailure", HOOK_SECONDS),
    ("PermissionRequest", ASKING_SECONDS),
    ("Stop", HOOK_SECONDS),
    ("StopFailure", HOOK_SECONDS),
    ("SessionEnd", HOOK_SECONDS),
];

fn check(spec: &AgentSpec, environment: &Environment) -> Result<(), AgentError> {
    find_program(spec, "claude", environment, INSTALL)?;
    parts::known_value(spec, &ADAPTER, "permission", spec.permission.as_deref(), MODES)?;
    let given = [
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
        "CLAUDE_CODE_USE_FOUNDRY",
    ];
    let folder = config_dir(spec, environment);
    let kept = folder.as_ref().is_some_and(|folder| {
        // On macOS the login is in the keychain, which we do not ask.
        cfg!(target_os = "macos")
            || folder.join(".credentials.json").is_file()
            || parts::json_file(&folder.join("settings.json"))
                .is_some_and(|settings| settings.get("apiKeyHelper").is_some())
    });
    if !kept && !given.iter().any(|name| variable(spec, environment, name).is_some()) {
        return Err(AgentError::NotLoggedIn {
            agent: spec.name.clone(),
            program: "Claude Code",
            mend: "Run `claude` in a terminal once and log in, or set ANTHROPIC_API_KEY.",
        });
    }
    // Its welcome would stand before the first prompt and wait; nothing per launch skips it.
    let welcomed = state_file(spec, environment)
        .and_then(|file| parts::json_file(&file))
        .is_some_and(|state| state.get("hasCompletedOnboarding") == Some(&Value::Bool(true)));
    if welcomed {
        Ok(())
    } else {
        Err(AgentError::FirstRun {
            agent: spec.name.clone(),
            program: "Claude Code",
            mend: "Run `claude` in a terminal once and go through its welcome.",
        })
    }
}

fn launch(spec: &AgentSpec, context: &Context, environment: &Environment) -> Result<Launch, AgentError> {
    let program = find_program(spec, "claude", environment, INSTALL)?;
    let prompt = parts::prompt(spec, context)?;
    let headless = ADAPTER.ends_by_itself(context.stage);
    let mut argv: Vec<OsString> = vec![program.into_os_string()];
    let mut add = |words: &[&str]| argv.extend(words.iter().map(OsString::from));
    if headless {
        add(&["-p", "--output-format", "stream-json", "--verbose"]);
    }
    match &context.resume {
        Some(resume) => add(&["--resume", &resume.session]),
        // Chosen here, so that even a run that is killed at once can be resumed.
        None => add(&["--session-id", &session_id(context)]),
    }
    if context.stage.only_reads() {
        let mut tools: Vec<&str> = READ_ONLY.to_vec();
        tools.extend(spec.tools.iter().map(|rule| rule.split('(').next().unwrap_or(rule)));
        let allowed = READ_ONLY.iter().copied().chain(spec.tools.iter().map(String::as_str));
        add(&["--permission-mode", "dontAsk", "--tools", &tools.join(",")]);
        add(&["--allowedTools"]);
        add(&allowed.collect::<Vec<_>>());
    } else {
        add(&["--permission-mode", spec.permission.as_deref().unwrap_or("acceptEdits"), "--allowedTools"]);
        add(ALWAYS_ALLOWED);
        add(&spec.tools.iter().map(String::as_str).collect::<Vec<_>>());
    }
    if let Some(model) = &spec.model {
        add(&["--model", model]);
    }
    if let Some(effort) = &spec.effort {
        add(&["--effort", effort]);
    }
    // An option with one value: it ends the list of tools before it.
    add(&["--settings"]);
    let (key, unset_key) = api_key(spec, environment, headless);
    argv.push(settings(spec, context, key.is_some())?.into_os_string());
    argv.extend(spec.args.iter().map(OsString::from));
    argv.extend(["--".into(), prompt.into()]);

    let mut launch = context.agent(argv, environment);
    // The trust dialog's default is "No, exit". Whether this repository is trusted was asked by Coppice before
    // anything in it was run; this says so for one process and leaves nothing behind.
    launch.env.push(("CLAUDE_CODE_SANDBOXED".into(), "1".into()));
    // Several agents at once must not replace the program under each other.
    launch.env.push(("DISABLE_AUTOUPDATER".into(), "1".into()));
    // The default of ten with growing waits keeps a refused login silent for minutes.
    if variable(spec, environment, "CLAUDE_CODE_MAX_RETRIES").is_none() {
        launch.env.push(("CLAUDE_CODE_MAX_RETRIES".into(), "3".into()));
    }
    launch.env.extend(key.map(|key| (KEY_VARIABLE.into(), key)));
    launch.unset.extend(unset_key);
    // Coppice may itself have been started by an agent of this kind.
    for outer in ["CLAUDECODE", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_SSE_PORT", "CLAUDE_CODE_SESSION_ID"] {
        launch.unset.push(outer.into());
    }
    Ok(launch)
}

const KEY_VARIABLE: &str = "COPPICE_ANTHROPIC_API_KEY";

/// A key in `ANTHROPIC_API_KEY` makes the interactive program ask, default "No", whether to use it. The same key
/// from a helper is used without a question; the helper prints a variable that the question does not know.
fn api_key(
    spec: &AgentSpec,
    environment: &Environment,
    headless: bool,
) -> (Option<OsString>, Option<OsString>) {
    let others = ["ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];
    if headless || others.iter().any(|name| variable(spec, environment, name).is_some()) {
        return (None, None);
    }
    // A key in the agent's own table is set over everything by the caller, and stays where it is.
    match environment.get("ANTHROPIC_API_KEY").filter(|key| !key.is_empty()) {
        Some(key) if !spec.env.contains_key("ANTHROPIC_API_KEY") => {
            (Some(key.to_owned()), Some("ANTHROPIC_API_KEY".into()))
        }
        _ => (None, None),
    }
}

fn settings(spec: &AgentSpec, context: &Context, key: bool) -> Result<PathBuf, AgentError> {
    let hooks: serde_json::Map<String, Value> = HOOKS
        .iter()
        .map(|(event, timeout)| {
            let command = match *timeout {
                ASKING_SECONDS => parts::asking_hook_command(&context.coppice),
                _ => parts::hook_command(&context.coppice),
            };
            let hook = json!({"type": "command", "command": command, "timeout": timeout});
            ((*event).to_owned(), json!([{"hooks": [hook]}]))
        })
        .collect();
    let mut settings = json!({ "hooks": hooks });
    if key {
        settings["apiKeyHelper"] = format!("printf %s \"${KEY_VARIABLE}\"").into();
    }
    parts::write(spec, &context.run_dir, "claude-settings.json", &format!("{settings:#}\n"))
}

/// Where the program keeps settings, sessions and transcripts.
fn config_dir(spec: &AgentSpec, environment: &Environment) -> Option<PathBuf> {
    match variable(spec, environment, "CLAUDE_CONFIG_DIR") {
        Some(folder) => Some(folder.into()),
        None => variable(spec, environment, "HOME").map(|home| Path::new(&home).join(".claude")),
    }
}

/// Its own notes: of those only whether the welcome is behind it is looked at.
fn state_file(spec: &AgentSpec, environment: &Environment) -> Option<PathBuf> {
    let folder =
        variable(spec, environment, "CLAUDE_CONFIG_DIR").or_else(|| variable(spec, environment, "HOME"))?;
    Some(Path::new(&folder).join(".claude.json"))
}

/// A UUID that is this run's for ever.
fn session_id(context: &Context) -> String {
    let hash = parts::sha256(&format!("{}\0{}", context.run, context.run_dir.display()));
    let (a, b, c, d, e) = (&hash[..8], &hash[8..12], &hash[13..16], &hash[17..20], &hash[20..32]);
    format!("{a}-{b}-8{c}-a{d}-{e}")
}

fn heard(hook: &Value) -> Option<Heard> {
    let tool = text(hook, "tool_name");
    let input = hook.get("tool_input").unwrap_or(&Value::Null);
    let what = || action(tool, input, text(hook, "cwd"));
    let event = text(hook, "hook_event_name");
    let signal = match event {
        // Sub-agents have their own beginning and end, which are not the session's.
        _ if hook.get("agent_id").is_some() && !event.contains("Tool") && event != "PermissionRequest" => {
            return None;
        }
        "SessionStart" => Signal::SessionStarted {
            session: text(hook, "session_id").to_owned(),
            transcript: hook.get("transcript_path").and_then(Value::as_str).map(PathBuf::from),
        },
        "UserPromptSubmit" => Signal::Working { action: "Reading its task".to_owned() },
        // The question comes again as a permission, and that one takes an answer.
        "PreToolUse" if tool == ASK => return None,
        "PreToolUse" => Signal::Working { action: what() },
        "PostToolUse" | "PostToolUseFailure" => Signal::Done { what: what() },
        "PermissionRequest" if tool == ASK => parts::question(input)?,
        "PermissionRequest" => Signal::PermissionAsked { what: what() },
        // It will be woken; a shell that it left running may never end.
        "Stop" if has_helpers(hook) => Signal::Working { action: "Waiting for its sub-agents".to_owned() },
        "Stop" => Signal::Stopped { message: parts::message(hook.get("last_assistant_message")) },
        "StopFailure" => {
            let message = text(hook, "last_assistant_message").to_owned();
            Signal::Failed { code: code(text(hook, "error"), None, &message), message }
        }
        "SessionEnd" => Signal::Ended,
        _ => return None,
    };
    Some(Heard { signal, waits: event == "PermissionRequest" })
}

const ASK: &str = "AskUserQuestion";

/// Whether sub-agents work for it in the background.
fn has_helpers(hook: &Value) -> bool {
    let tasks = hook.get("background_tasks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    tasks.iter().any(|task| matches!(text(task, "type"), "subagent" | "workflow"))
}

fn code(error: &str, until: Option<i64>, message: &str) -> FailCode {
    match error {
        "authentication_failed" | "oauth_org_not_allowed" | "cloud_credential_error" => FailCode::Auth,
        "rate_limit" => FailCode::RateLimit { until },
        "overloaded" | "server_error" => FailCode::Network,
        _ if message.contains("onnection") => FailCode::Network,
        _ => FailCode::Other,
    }
}

fn reply(hook: &Value, answer: &Answer) -> Option<String> {
    let asked = (text(hook, "tool_name") == ASK).then(|| hook.get("tool_input")).flatten();
    let decision = match (asked, answer) {
        (Some(asked), Answer::Text(answer)) => {
            let questions = asked.get("questions")?.as_array()?;
            let answers = parts::answers(answer, questions.len());
            let answers: serde_json::Map<String, Value> = questions
                .iter()
                .zip(answers)
                .map(|(question, answer)| (text(question, "question").to_owned(), answer.into()))
                .collect();
            let input = json!({"questions": questions, "answers": answers});
            json!({"behavior": "allow", "updatedInput": input})
        }
        (None, Answer::Allow) => json!({"behavior": "allow"}),
        (_, Answer::Deny(message)) => json!({"behavior": "deny", "message": message}),
        (Some(_), Answer::Allow) | (None, Answer::Text(_)) => return None,
    };
    let output = json!({"hookEventName": "PermissionRequest", "decision": decision});
    Some(json!({ "hookSpecificOutput": output }).to_string())
}

fn keys(hook: &Value, answer: &Answer) -> Vec<Keys> {
    // Every dialog's first line is "Yes".
    parts::dialog_keys(hook, answer, b"1")
}

fn line(line: &Value, reading: &mut Reading) {
    let message = line.get("message").unwrap_or(&Value::Null);
    match text(line, "type") {
        "assistant" if line.get("isApiErrorMessage") == Some(&Value::Bool(true)) => {
            let said = message.pointer("/content/0/text").and_then(Value::as_str).unwrap_or_default();
            let until = line.pointer("/quotaLimits/resetsAt").and_then(Value::as_i64);
            let code = code(text(line, "error"), until, said);
            reading.signals.push(Signal::Failed { code, message: said.to_owned() });
        }
        // One line per block of content, each with the message's usage: told apart by the message's id.
        "assistant" => reading.usage.extend(usage(message)),
        "user" => {
            let said = message.pointer("/content/0/text").or_else(|| message.get("content"));
            let broken = said.and_then(Value::as_str);
            if broken.is_some_and(|said| said.starts_with("[Request interrupted by user")) {
                reading.signals.push(Signal::Interrupted);
            }
        }
        // Written when the program ends: what this process has cost so far, under an id of its own.
        "cost-state" => {
            let cost = line.get("totalCostUSD").and_then(Value::as_f64).and_then(micros);
            reading.usage.extend(cost.filter(|cost| *cost > 0).map(|cost| Usage {
                id: Some(format!("cost-{}", text(line, "sessionId"))),
                cost_micros: Some(cost),
                ..Usage::default()
            }));
        }
        _ => {}
    }
}

fn usage(message: &Value) -> Option<Usage> {
    let usage = message.get("usage")?;
    let tokens = |key: &str| usage.get(key).and_then(Value::as_u64).unwrap_or(0);
    let model = text(message, "model");
    (model != "<synthetic>").then(|| Usage {
        id: Some(text(message, "id").to_owned()),
        model: Some(model.to_owned()),
        input: tokens("input_tokens") + tokens("cache_creation_input_tokens"),
        output: tokens("output_tokens"),
        cached: tokens("cache_read_input_tokens"),
        cost_micros: None,
    })
}

/// Sub-agents' conversations lie beside the session's, in a folder that is named after it.
fn sub_agents(transcript: &Path) -> PathBuf {
    transcript.with_extension("").join("subagents")
}

/// The result that ends the stream of a headless run.
fn last_message(_run_dir: &Path, log: &[u8]) -> Option<String> {
    let result = log.rsplit(|byte| *byte == b'\n').find_map(|line| {
        let line: Value = serde_json::from_slice(line).ok()?;
        (text(&line, "type") == "result").then_some(line)
    })?;
    parts::message(result.get("result"))
}

/// One file per live process. The format is the program's own and may change; nothing depends on it but
/// [`Signal::Interrupted`] of a turn that had not brought a word yet, which the transcript does not keep.
fn sessions(spec: &AgentSpec, environment: &Environment) -> Option<PathBuf> {
    config_dir(spec, environment).map(|folder| folder.join("sessions"))
}

fn presence(file: &Value) -> Option<Presence> {
    Some(Presence {
        session: file.get("sessionId")?.as_str()?.to_owned(),
        idle: file.get("status")? == "idle",
        since_ms: file.get("statusUpdatedAt")?.as_i64()?,
    })
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
