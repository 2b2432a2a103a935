//! What surrounds a program: a home with a user's files in it, a hook, and the proof that they stay as they are.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use agents::{Environment, Source};

/// The hook that the programs call in place of `coppice hook`: it leaves what it was given, says so, and keeps the
/// program waiting for a permission only while a test has put an answer's pipe there.
const HOOK: &str = r#"#!/bin/sh
folder="$COPPICE_TEST_HOOKS"
[ "$1" = hook ] && [ "$COPPICE_HOOK_TOKEN" = "secret-$COPPICE_RUN" ] || exit 0
file="$folder/hook-$$"
cat > "$file" && echo "$file" > "$folder/heard"
if [ -p "$folder/answer" ] && grep -q '"hook_event_name":"PermissionRequest"' "$file"; then
    cat "$folder/answer"
fi
"#;

/// Files of the user's that no run may touch.
const USERS: &[(&str, &str)] = &[
    (".claude/settings.json", "{\"model\": \"opus\", \"permissions\": {\"deny\": [\"Bash(rm *)\"]}}\n"),
    (".claude/CLAUDE.md", "Be brief.\n"),
    (".codex/AGENTS.md", "Be brief.\n"),
    (".gitconfig", "[user]\n\tname = Ada\n"),
];

/// A folder with the home, and room for all that a row needs.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    /// The variable that logs Claude Code in; no account of anybody's. With this kind the program is told when a
    /// limit ends.
    pub login: (&'static str, &'static str),
}

impl Home {
    pub(crate) fn new(name: &str, model: &str) -> Home {
        let folder = tempfile::Builder::new().prefix(name).tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let home = Home { folder, login: ("CLAUDE_CODE_OAUTH_TOKEN", "dummy") };
        for path in ["home/.claude", "home/.codex", "hooks", "bin", "tmp"] {
            fs::create_dir_all(home.at(path)).unwrap();
        }
        for (path, text) in USERS {
            fs::write(home.at("home").join(path), text).unwrap();
        }
        // As each program leaves it when a person has used it once, and with the model in place of the real one.
        fs::write(home.at("home/.claude.json"), "{\"hasCompletedOnboarding\":true}\n").unwrap();
        fs::write(home.at("home/.codex/config.toml"), codex_config(model)).unwrap();
        fs::write(home.at("bin/coppice"), HOOK).unwrap();
        fs::set_permissions(home.at("bin/coppice"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(home.at("brief.md"), "Play the story. [[script:play]]\n").unwrap();
        pipe(&home.at("hooks/heard"));
        home
    }

    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn environment(&self, model: &str) -> Environment {
        let installed =
            std::env::var("COPPICE_AGENTS").expect("COPPICE_AGENTS names the folder of the programs");
        let path = format!("{installed}:{}", std::env::var("PATH").unwrap_or_default());
        let texts = [
            ("PATH", path.as_str()),
            ("SHELL", "/bin/sh"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
            self.login,
            ("ANTHROPIC_BASE_URL", model),
            ("SCRIPTED_KEY", "dummy"),
            ("DISABLE_TELEMETRY", "1"),
            ("DISABLE_ERROR_REPORTING", "1"),
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
            ("CLAUDE_CODE_MAX_RETRIES", "1"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "Ada"),
            ("GIT_AUTHOR_EMAIL", "ada@example.com"),
            ("GIT_COMMITTER_NAME", "Ada"),
            ("GIT_COMMITTER_EMAIL", "ada@example.com"),
        ];
        let paths = [("HOME", self.at("home")), ("TMPDIR", self.at("tmp"))];
        let texts = texts.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let paths = paths.map(|(name, path)| (OsString::from(name), path.into_os_string()));
        let reason = Source::Inherited { reason: "a test".into() };
        Environment::new(texts.into_iter().chain(paths), reason)
    }

    /// Every file is as it was, byte for byte, and no further one is there.
    pub(crate) fn assert_untouched(&self, before: &BTreeMap<PathBuf, Vec<u8>>, repo: &Path) {
        let after = self.of_the_user(repo);
        for (path, bytes) in before {
            let now = after.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            assert_eq!(now, Some(String::from_utf8_lossy(bytes).into_owned()), "{} changed", path.display());
        }
        let new: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
        assert!(new.is_empty(), "files appeared: {new:?}");
        let notes: serde_json::Value =
            serde_json::from_slice(&fs::read(self.at("home/.claude.json")).unwrap()).unwrap();
        for project in notes["projects"].as_object().into_iter().flat_map(|projects| projects.values()) {
            assert_ne!(project["hasTrustDialogAccepted"], true, "trust was written down");
            assert_eq!(
                project["allowedTools"].as_array().map(Vec::len),
                Some(0),
                "a permission was written down"
            );
        }
    }

    /// The user's files in the home, and the repository without what git itself keeps of its history.
    pub(crate) fn of_the_user(&self, repo: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let users = USERS.iter().map(|(path, _)| self.at("home").join(path));
        let configuration = [".claude/settings.local.json", ".codex/config.toml", ".codex/hooks.json"];
        let configuration = configuration.iter().map(|path| self.at("home").join(path));
        let mut files: Vec<PathBuf> = users.chain(configuration).filter(|path| path.is_file()).collect();
        let mut folders = vec![repo.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap().flatten() {
                let path = entry.path();
                let history = [
                    "objects",
                    "refs",
                    "logs",
                    "worktrees",
                    "index",
                    "ORIG_HEAD",
                    "packed-refs",
                    // Coppice's own: who of it is at work there.
                    "coppice.lock",
                    "coppice.strays",
                ];
                let kept = path
                    .strip_prefix(repo.join(".git"))
                    .is_ok_and(|path| history.iter().any(|name| path == Path::new(name)));
                match path.is_dir() {
                    _ if kept => {}
                    true => folders.push(path),
                    false => files.push(path),
                }
            }
        }
        files.into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }
}

pub(crate) fn pipe(path: &Path) {
    rustix::fs::mknodat(
        rustix::fs::CWD,
        path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
}

fn codex_config(url: &str) -> String {
    format!(
        r#"model = "scripted"
model_provider = "scripted"

[model_providers.scripted]
name = "Scripted"
base_url = "{url}/v1"
env_key = "SCRIPTED_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 2

[tui]
screen_reader_detection_done = true

[analytics]
enabled = false
"#
    )
}
