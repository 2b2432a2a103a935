//! What of a repository could run programs: listed for the trust prompt, switched off by name until
//! trusted, and hashed around runs, because agents can write what all worktrees share. Looking runs
//! nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::git::Git;
use crate::objects::for_each_file;
use crate::open::blocking;
use crate::{Repo, Result, Trust, os};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExecKind {
    /// A configuration key that git runs, or that redirects what it runs.
    Config,
    Hook,
    /// A line of an attributes file that sends files through a driver.
    Attribute,
    /// Settings or instructions that agents or editors act on by themselves.
    AgentFile,
    /// Objects or refs that lie outside the repository.
    Outside,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecCapable {
    pub kind: ExecKind,
    /// `local` or `worktree` for configuration, else empty.
    pub scope: String,
    /// The file it stands in.
    pub origin: String,
    pub key: String,
    pub value: String,
}

/// A hash of everything shared that can run, file by file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigPrint {
    /// Hexadecimal SHA-256 over all of `files`.
    pub hash: String,
    /// Path relative to the shared git folder → hash of content and mode.
    pub files: BTreeMap<PathBuf, String>,
}

impl ConfigPrint {
    /// Files that were added, changed or removed since `before`.
    pub fn changed_since(&self, before: &ConfigPrint) -> Vec<PathBuf> {
        let mut names: Vec<PathBuf> = self.files.keys().chain(before.files.keys()).cloned().collect();
        names.sort();
        names.dedup();
        names.retain(|name| self.files.get(name) != before.files.get(name));
        names
    }
}

const AGENT_FILES: &[&str] = &[
    ".aider.conf.yml",
    ".claude/settings.json",
    ".claude/settings.local.json",
    ".codex/config.toml",
    ".codex/hooks.json",
    ".cursor/hooks.json",
    ".cursor/mcp.json",
    ".cursorrules",
    ".devcontainer/devcontainer.json",
    ".envrc",
    ".gemini/settings.json",
    ".github/copilot-instructions.md",
    ".mcp.json",
    ".mise.toml",
    ".qwen/settings.json",
    ".vscode/mcp.json",
    ".vscode/settings.json",
    ".vscode/tasks.json",
    "AGENTS.md",
    "CLAUDE.md",
    "GEMINI.md",
    "mise.toml",
    "opencode.json",
];

impl Repo {
    /// Everything in the repository's own configuration, hooks, attributes and files that git, an
    /// editor or an agent would run or obey. The person's global configuration is theirs and absent.
    pub async fn exec_capable(&self) -> Result<Vec<ExecCapable>> {
        let output = self
            .git("list its configuration")
            .args(["config", "--list", "--show-scope", "--show-origin", "-z"])
            .ok()
            .await?;
        let mut found = exec_config(&output);
        let hooks_path =
            found.iter().rev().find(|item| item.key == "core.hookspath").map(|item| item.value.clone());
        let repo = self.clone();
        let rest = blocking(move || Ok(repo.exec_files(hooks_path))).await?;
        found.extend(rest);
        found.extend(self.exec_attributes().await?);
        Ok(found)
    }

    fn exec_files(&self, hooks_path: Option<String>) -> Vec<ExecCapable> {
        let mut found = Vec::new();
        let item = |kind, path: &Path, key: String, value: String| ExecCapable {
            kind,
            scope: String::new(),
            origin: path.display().to_string(),
            key,
            value,
        };
        let home = self.root().unwrap_or(self.common_dir());
        let mut folders = vec![self.common_dir().join("hooks")];
        folders.extend(hooks_path.map(|path| home.join(path)));
        for folder in folders {
            for path in hooks_in(&folder) {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                found.push(item(ExecKind::Hook, &path, name, String::new()));
            }
        }
        for name in AGENT_FILES {
            let path = home.join(name);
            if self.root().is_some() && path.symlink_metadata().is_ok() {
                found.push(item(ExecKind::AgentFile, &path, (*name).to_owned(), String::new()));
            }
        }
        let alternates = self.common_dir().join("objects/info/alternates");
        if let Ok(text) = std::fs::read(&alternates) {
            let value = String::from_utf8_lossy(&text).trim().to_owned();
            found.push(item(ExecKind::Outside, &alternates, "alternates".into(), value));
        }
        for name in ["refs", "refs/heads", "objects", "objects/pack", "hooks", "config", "worktrees"] {
            let path = self.common_dir().join(name);
            if let Ok(target) = std::fs::read_link(&path) {
                found.push(item(ExecKind::Outside, &path, name.to_owned(), target.display().to_string()));
            }
        }
        found
    }

    /// Attribute lines of the head and of `info/attributes` that name a driver.
    async fn exec_attributes(&self) -> Result<Vec<ExecCapable>> {
        const DOING: &str = "read its attributes";
        let info = self.common_dir().join("info/attributes");
        self.read(DOING, move |git| {
            let mut found = Vec::new();
            if let Ok(text) = std::fs::read(&info) {
                found.extend(attribute_lines(&info.display().to_string(), &text));
            }
            let Ok(tree) = git.head().and_then(|head| head.peel_to_tree()) else { return Ok(found) };
            for_each_file(git, tree, |path, oid| {
                let name = path.rsplit(|byte| *byte == b'/').next();
                if name == Some(b".gitattributes")
                    && let Ok(blob) = git.find_blob(oid.0)
                {
                    found.extend(attribute_lines(&String::from_utf8_lossy(path), blob.content()));
                }
            });
            Ok(found)
        })
        .await
    }

    /// Hashes the configuration, hooks and attributes that all worktrees share.
    pub async fn fingerprint_config(&self) -> Result<ConfigPrint> {
        let common = self.common_dir().to_owned();
        blocking(move || {
            let mut paths: Vec<PathBuf> =
                ["config", "config.worktree", "info/attributes", "objects/info/alternates"]
                    .map(PathBuf::from)
                    .into();
            let list = |folder: &Path| -> Vec<PathBuf> {
                let entries = std::fs::read_dir(common.join(folder)).into_iter().flatten().flatten();
                entries.map(|entry| folder.join(entry.file_name())).collect()
            };
            paths.extend(list(Path::new("hooks")));
            paths.extend(list(Path::new("worktrees")).into_iter().map(|admin| admin.join("config.worktree")));
            let mut files = BTreeMap::new();
            for path in paths {
                if let Some(hash) = hash_file(&common.join(&path)) {
                    files.insert(path, hash);
                }
            }
            let mut all = Sha256::new();
            for (path, hash) in &files {
                all.update(os::path_bytes(path));
                all.update([0]);
                all.update(hash.as_bytes());
            }
            Ok(ConfigPrint { hash: hex(&all.finalize()), files })
        })
        .await
    }

    /// Configuration that switches off, by name, every filter the worktree's configuration defines.
    /// Empty once filters are trusted.
    pub(crate) async fn harmless_filters(
        &self,
        git_dir: &Path,
        tree: &Path,
    ) -> Result<Vec<(String, String)>> {
        match self.trust {
            Trust::Filters => Ok(Vec::new()),
            Trust::Hardened => {
                let git = Git::new("list its configuration").at(git_dir, Some(tree));
                neutralise(git, &["filter", "diff"]).await
            }
        }
    }

    /// Configuration that switches off every merge driver, trusted or not: a merge candidate has to
    /// come out the same every time.
    pub(crate) async fn harmless_merges(&self) -> Result<Vec<(String, String)>> {
        neutralise(self.git("list its configuration"), &["filter", "merge", "diff"]).await
    }
}

async fn neutralise(git: Git, sections: &[&str]) -> Result<Vec<(String, String)>> {
    let output = git.args(["config", "--list", "--name-only", "-z"]).ok().await?;
    let mut pairs = Vec::new();
    for key in output.split(|byte| *byte == 0) {
        let key = String::from_utf8_lossy(key);
        let (Some((section, _)), Some((stem, variable))) = (key.split_once('.'), key.rsplit_once('.')) else {
            continue;
        };
        if !sections.contains(&section) || stem == section {
            continue;
        }
        let harmless = match (section, variable) {
            ("filter", "clean" | "smudge" | "process") | ("diff", "command" | "textconv") => "",
            ("filter", "required") => "false",
            // A driver that fails: the file is reported as a conflict instead of merged by it.
            ("merge", "driver") => "false",
            _ => continue,
        };
        pairs.push((key.into_owned(), harmless.to_owned()));
    }
    pairs.sort();
    pairs.dedup();
    Ok(pairs)
}

/// Parses `scope NUL origin NUL key NEWLINE value NUL …`.
fn exec_config(output: &[u8]) -> Vec<ExecCapable> {
    let mut found = Vec::new();
    let fields: Vec<&[u8]> = output.split(|byte| *byte == 0).collect();
    for entry in fields.chunks_exact(3) {
        let [scope, origin, pair] = entry else { continue };
        let (key, value) = match pair.iter().position(|byte| *byte == b'\n') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (*pair, &b"true"[..]),
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (scope, key, value) = (text(scope), text(key), text(value));
        if matches!(scope.as_str(), "local" | "worktree") && runs(&key, &value) {
            found.push(ExecCapable { kind: ExecKind::Config, scope, origin: text(origin), key, value });
        }
    }
    found
}

/// Whether git runs the value of that key, or lets it decide what is run or reached.
fn runs(key: &str, value: &str) -> bool {
    let Some((section, _)) = key.split_once('.') else { return false };
    let Some((_, variable)) = key.rsplit_once('.') else { return false };
    match (section, variable) {
        ("core", "fsmonitor") => value != "false" && value != "0" && !value.is_empty(),
        (
            "core",
            "hookspath"
            | "sshcommand"
            | "editor"
            | "pager"
            | "askpass"
            | "gitproxy"
            | "alternaterefscommand"
            | "worktree",
        )
        | ("sequence", "editor")
        | ("gpg", "program" | "defaultkeycommand")
        | ("credential", "helper")
        | ("diff", "external" | "command" | "textconv")
        | ("filter", "clean" | "smudge" | "process")
        | ("merge", "driver")
        | ("mergetool" | "difftool" | "browser" | "man" | "guitool", "cmd" | "path")
        | ("interactive", "difffilter")
        | ("include" | "includeif", "path")
        | ("url", "insteadof" | "pushinsteadof")
        | ("remote", "uploadpack" | "receivepack" | "vcs" | "proxy")
        | ("uploadpack", "packobjectshook")
        | ("init", "templatedir")
        | ("trailer", "command" | "cmd")
        | ("hook", "command")
        | ("protocol", "allow")
        | ("imap", "tunnel")
        | ("web", "browser")
        | ("sendemail", "tocmd" | "cccmd" | "headercmd" | "sendmailcmd" | "smtpserver")
        | ("http", "proxy" | "sslverify") => true,
        ("pager", _) => value != "true" && value != "false",
        ("alias", _) => value.trim_start().starts_with('!'),
        ("remote" | "submodule", "url" | "pushurl") => value.contains("::") || value.starts_with('-'),
        ("submodule", "update") => value.starts_with('!'),
        _ => false,
    }
}

fn attribute_lines(origin: &str, text: &[u8]) -> Vec<ExecCapable> {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    lines
        .flat_map(|line| {
            let pattern = line.split_whitespace().next().unwrap_or_default();
            line.split_whitespace().skip(1).filter_map(move |attribute| {
                let (name, _) = attribute.split_once('=')?;
                matches!(name, "filter" | "diff" | "merge").then_some((pattern, attribute))
            })
        })
        .map(|(pattern, attribute)| ExecCapable {
            kind: ExecKind::Attribute,
            scope: String::new(),
            origin: origin.to_owned(),
            key: pattern.to_owned(),
            value: attribute.to_owned(),
        })
        .collect()
}

/// Hooks that git would run; samples and files that are not executable it would not.
fn hooks_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut hooks: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_none_or(|extension| extension != "sample"))
        .filter(|path| std::fs::metadata(path).is_ok_and(|data| data.is_file() && os::is_executable(&data)))
        .collect();
    hooks.sort();
    hooks
}

/// A link is hashed by where it leads and by what is there.
fn hash_file(path: &Path) -> Option<String> {
    let data = path.symlink_metadata().ok()?;
    let mut hash = Sha256::new();
    if let Ok(target) = std::fs::read_link(path) {
        hash.update(os::path_bytes(&target));
    }
    hash.update([u8::from(os::is_executable(&data)), u8::from(data.is_dir())]);
    hash.update(std::fs::read(path).unwrap_or_default());
    Some(hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
