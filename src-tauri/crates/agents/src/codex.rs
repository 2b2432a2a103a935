//! Codex: all that Coppice knows about this one program. Tried with 0.169.0.
//!
//! Everything is per launch, as `-c` overrides: nothing is written but its last answer, in the run's folder. Facts
//! that are not obvious from its documentation stand beside the code that relies on them; `tests/agents` proves them
//! on the real program.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::adapter::{Adapter, AgentError, AgentSpec, find_program};
use crate::environment::Environment;
use crate::launch::{Context, Launch};
use crate::parts::{self, text, variable};
use crate::program::{Program, Reading};
use crate::signal::{Answer, FailCode, Heard, Keys, Signal};
use crate::usage::Usage;
use crate::words::action;

pub(crate) static ADAPTER: Adapter = Adapter {
    name: "codex",
    // There is no list of tools to allow: what may be done without asking is the sandbox's matter.
    keys: &["model", "effort", "permission", "args"],
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
    sides: None,
    last_message,
    presence: None,
    silence: "Look at its terminal, where a dialog may stand, and for `features.hooks = false` in its configuration.",
};

/// What its sandbox lets an agent do without asking.
const SANDBOXES: &[&str] = &["read-only", "workspace-write", "danger-full-access"];

const INSTALL: &str = "Install it with `npm install -g @openai/codex`.";

/// The hooks that are wired, and how many seconds the program waits for them; more than one is not granted to the
/// last two.
const HOOKS: &[(&str, u32)] = &[
    ("SessionStart", 30),
    ("UserPromptSubmit", 30),
    ("PreToolUse", 30),
    ("PostToolUse", 30),
    ("PermissionRequest", 30),
    ("Stop", 30),
    ("SessionEnd", 1),
    ("Interrupt", 1),
];

const LAST_MESSAGE: &str = "codex-last-message.txt";

fn check(spec: &AgentSpec, environment: &Environment) -> Result<(), AgentError> {
    find_program(spec, "codex", environment, INSTALL)?;
    parts::known_value(spec, &ADAPTER, "permission", spec.permission.as_deref(), SANDBOXES)?;
    let home = home(spec, environment);
    let logged_in = home.as_ref().is_some_and(|home| {
        home.join("auth.json").is_file() || own_provider(spec, environment, &home.join("config.toml"))
    });
    if logged_in {
        return Ok(());
    }
    // The interactive program passes over a key in the environment and waits at its login screen.
    let mend = if variable(spec, environment, "OPENAI_API_KEY").is_some() {
        "Run `printenv OPENAI_API_KEY | codex login --with-api-key` once."
    } else {
        "Run `codex login` in a terminal once."
    };
    Err(AgentError::NotLoggedIn { agent: spec.name.clone(), program: "Codex", mend })
}

/// Whether the configuration names a model provider of its own, whose key, if it needs one, is there.
fn own_provider(spec: &AgentSpec, environment: &Environment, config: &Path) -> bool {
    let provider = || {
        let config: toml::Table = std::fs::read_to_string(config).ok()?.parse().ok()?;
        let name = config.get("model_provider")?.as_str()?;
        config.get("model_providers")?.get(name)?.as_table().cloned()
    };
    provider().is_some_and(|provider| match provider.get("env_key").and_then(toml::Value::as_str) {
        Some(key) => variable(spec, environment, key).is_some(),
        None => provider.get("requires_openai_auth").and_then(toml::Value::as_bool) != Some(true),
    })
}

fn home(spec: &AgentSpec, environment: &Environment) -> Option<PathBuf> {
    match variable(spec, environment, "CODEX_HOME") {
        Some(folder) => Some(folder.into()),
        None => variable(spec, environment, "HOME").map(|home| Path::new(&home).join(".codex")),
    }
}

fn launch(spec: &AgentSpec, context: &Context, environment: &Environment) -> Result<Launch, AgentError> {
    let program = find_program(spec, "codex", environment, INSTALL)?;
    let prompt = parts::prompt(spec, context)?;
    let headless = ADAPTER.ends_by_itself(context.stage);
    let mut argv: Vec<OsString> = vec![program.into_os_string()];
    if headless {
        argv.push("exec".into());
    }
    if context.resume.is_some() {
        argv.push("resume".into());
    }
    if headless {
        argv.push("-o".into());
        argv.push(context.run_dir.join(LAST_MESSAGE).into_os_string());
    } else {
        // Its shared background server would live on in another run's process tree.
        argv.extend(["--no-daemon", "-a", "on-request"].map(OsString::from));
    }
    if let Some(model) = &spec.model {
        argv.extend(["-m".into(), model.into()]);
    }
    let mut overrides = sandbox(spec, context);
    if let Some(effort) = &spec.effort {
        overrides.push(("model_reasoning_effort".into(), quoted(effort)));
    }
    overrides.extend(quiet(context));
    overrides.extend(hooks(&parts::hook_command(&context.coppice)));
    for (key, value) in overrides {
        argv.extend(["-c".into(), format!("{key}={value}").into()]);
    }
    argv.extend(spec.args.iter().map(OsString::from));
    argv.push("--".into());
    argv.extend(context.resume.iter().map(|resume| resume.session.clone().into()));
    argv.push(prompt.into());

    let mut launch = context.agent(argv, environment);
    // Coppice may itself have been started by an agent of this kind.
    for outer in ["CODEX_SANDBOX", "CODEX_SANDBOX_NETWORK_DISABLED", "CODEX_THREAD_ID"] {
        launch.unset.push(outer.into());
    }
    Ok(launch)
}

/// The program's own `workspace-write` cannot commit in a worktree, whose index and objects lie in the main
/// checkout's `.git`. Given as a further root, all of `.git` could be written. A profile can be exact: everything
/// there but the hooks and the configuration, which run code at the user's next command.
fn sandbox(spec: &AgentSpec, context: &Context) -> Vec<(String, String)> {
    let permission = match context.stage {
        stage if stage.only_reads() => "read-only",
        _ => spec.permission.as_deref().unwrap_or("workspace-write"),
    };
    if permission != "workspace-write" {
        return vec![("sandbox_mode".into(), quoted(permission))];
    }
    let mut places = vec![
        (":root".to_owned(), "read"),
        (":tmpdir".to_owned(), "write"),
        (":slash_tmp".to_owned(), "write"),
        (context.worktree.display().to_string(), "write"),
    ];
    let (common, private) = git_dirs(&context.worktree);
    for git in common.iter().chain(&private) {
        places.push((git.display().to_string(), "write"));
    }
    for kept in ["hooks", "config", "config.worktree"] {
        let kept = common.iter().chain(&private).map(|git| git.join(kept)).filter(|path| path.exists());
        places.extend(kept.map(|path| (path.display().to_string(), "read")));
    }
    let places: Vec<_> =
        places.iter().map(|(place, access)| format!("{}={}", quoted(place), quoted(access))).collect();
    vec![
        ("default_permissions".into(), quoted("coppice")),
        ("permissions.coppice.filesystem".into(), format!("{{{}}}", places.join(","))),
    ]
}

/// The git folder that a worktree shares with its repository, and the one of its own.
fn git_dirs(worktree: &Path) -> (Option<PathBuf>, Option<PathBuf>) {
    let link = worktree.join(".git");
    let Ok(text) = std::fs::read_to_string(&link) else {
        return (link.is_dir().then_some(link), None);
    };
    let private = text.trim_end().strip_prefix("gitdir: ").map(|path| worktree.join(path));
    let common = private.as_ref().and_then(|private| {
        let shared = std::fs::read_to_string(private.join("commondir")).ok()?;
        std::fs::canonicalize(private.join(shared.trim_end())).ok()
    });
    (common, private)
}

/// What would otherwise stand before the prompt and wait, or be written into the user's configuration.
fn quiet(context: &Context) -> Vec<(String, String)> {
    // Trust is the main checkout's. Whether the repository is trusted was asked by Coppice.
    let (common, _) = git_dirs(&context.worktree);
    let main = common.as_deref().and_then(Path::parent).unwrap_or(&context.worktree);
    let main = quoted(&main.display().to_string());
    [
        ("projects", format!("{{{main}={{trust_level=\"trusted\"}}}}")),
        ("check_for_update_on_startup", "false".to_owned()),
        // Tips keep count in the configuration of how often they were shown.
        ("tui.show_tooltips", "false".to_owned()),
        // Asks, at a limit, for another model before it takes any other input.
        ("notice.hide_rate_limit_model_nudge", "true".to_owned()),
        // Without it the agent can ask only while it plans, and guesses instead.
        ("features.default_mode_request_user_input", "true".to_owned()),
        ("suppress_unstable_features_warning", "true".to_owned()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

/// The hooks, and that they are trusted: the program runs a hook only when the hash of its definition is known, and
/// passes over others in silence when it is headless. The flag that lifts this would lift it for hooks in the
/// repository too.
fn hooks(command: &str) -> Vec<(String, String)> {
    let mut overrides = Vec::new();
    let mut trusted = Vec::new();
    for (event, timeout) in HOOKS {
        let hook = format!("{{type=\"command\",command={},timeout={timeout}}}", quoted(command));
        overrides.push((format!("hooks.{event}"), format!("[{{hooks=[{hook}]}}]")));
        let event = snake(event);
        // Compact, its keys in order: this text is what is hashed.
        let definition = json!({"event_name": event, "hooks": [
            {"async": false, "command": command, "timeout": timeout, "type": "command"},
        ]});
        trusted.push(format!(
            "\"/<session-flags>/config.toml:{event}:0:0\"={{enabled=true,trusted_hash=\"sha256:{}\"}}",
            parts::sha256(&definition.to_string())
        ));
    }
    overrides.push(("hooks.state".to_owned(), format!("{{{}}}", trusted.join(","))));
    overrides
}

/// `PreToolUse` → `pre_tool_use`.
fn snake(event: &str) -> String {
    let mut name = String::new();
    for c in event.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// A TOML string. JSON's escapes are among TOML's.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
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
        "PreToolUse" if tool == ASK => parts::question(input)?,
        "PreToolUse" => Signal::Working { action: what() },
        "PostToolUse" => Signal::Done { what: what() },
        "PermissionRequest" => Signal::PermissionAsked { what: what() },
        "Stop" => Signal::Stopped { message: parts::message(hook.get("last_assistant_message")) },
        "Interrupt" => Signal::Interrupted,
        "SessionEnd" => Signal::Ended,
        _ => return None,
    };
    // The program shows its dialog only when the hook has come back without an answer. A hook that waited would take
    // the terminal's part away.
    Some(Heard { signal, waits: false })
}

const ASK: &str = "request_user_input";

fn reply(_hook: &Value, _answer: &Answer) -> Option<String> {
    None
}

fn keys(hook: &Value, answer: &Answer) -> Vec<Keys> {
    parts::dialog_keys(hook, answer, b"y")
}

fn line(line: &Value, reading: &mut Reading) {
    let Some(payload) = line.get("payload") else { return };
    match (text(line, "type"), text(payload, "type")) {
        // One per response of the model. The running totals elsewhere go on from an earlier run when it is resumed.
        ("token_usage_record", _) => reading.usage.extend(usage(payload)),
        ("event_msg", "token_count") => {
            let limits = payload.get("rate_limits").unwrap_or(&Value::Null);
            let ends = ["primary", "secondary"].iter().filter_map(|window| {
                let window = limits.get(window)?;
                (window.get("used_percent")?.as_f64()? >= 100.0).then(|| window.get("resets_at")?.as_i64())?
            });
            reading.limit_ends = ends.max();
        }
        ("event_msg", "turn_aborted") => reading.signals.push(Signal::Interrupted),
        // No hook tells of a failure.
        ("event_msg", "task_complete") => {
            if let Some(error) = payload.get("error").filter(|error| !error.is_null()) {
                let message = text(error, "message").to_owned();
                let info = error.get("codex_error_info").unwrap_or(&Value::Null);
                let code = code(info, &message, reading.limit_ends);
                reading.signals.push(Signal::Failed { code, message });
            }
        }
        _ => {}
    }
}

/// A word, or an object with one key and, in it, the status that the model's server gave. A stream that broke off is
/// "other" there and told by its message alone.
fn code(info: &Value, message: &str, limit_ends: Option<i64>) -> FailCode {
    let kind = info.as_str().or_else(|| info.as_object()?.keys().next().map(String::as_str));
    let status = info.as_object().and_then(|info| info.values().next()?.get("http_status_code")?.as_i64());
    match (kind.unwrap_or_default(), status) {
        ("unauthorized", _) | (_, Some(401 | 403)) => FailCode::Auth,
        ("usage_limit_exceeded", _) | (_, Some(429)) => FailCode::RateLimit { until: limit_ends },
        ("server_overloaded" | "internal_server_error", _) => FailCode::Network,
        (kind, _) if kind.starts_with("http_") || kind.starts_with("response_") => FailCode::Network,
        _ if message.contains("stream disconnected") => FailCode::Network,
        _ => FailCode::Other,
    }
}

fn usage(record: &Value) -> Option<Usage> {
    let usage = record.get("usage")?;
    let tokens = |key: &str| usage.get(key).and_then(Value::as_u64).unwrap_or(0);
    let cached = tokens("cached_input_tokens");
    Some(Usage {
        id: Some(record.get("response_id")?.as_str()?.to_owned()),
        model: None,
        input: tokens("input_tokens").saturating_sub(cached),
        output: tokens("output_tokens"),
        cached,
        cost_micros: None,
    })
}

fn last_message(run_dir: &Path, _log: &[u8]) -> Option<String> {
    let text = std::fs::read_to_string(run_dir.join(LAST_MESSAGE)).ok()?;
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
