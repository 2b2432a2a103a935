//! Leading out of the program: which file may be opened, in which editor, and which address is one of the web.

use std::{
    env,
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::Command,
};

use protocol::{Error, ErrorCode, Reply, Request, Setting};
use tauri::Url;

use crate::engine_link::EngineLink;

/// The setting that names the editor: a command with `{path}` and `{line}` in it.
const SETTING: &str = "editor";

/// Editors with windows of their own, and how each is told the line.
const KNOWN: &[(&str, &[&str])] = &[
    ("code", &["--goto", "{path}:{line}"]),
    ("codium", &["--goto", "{path}:{line}"]),
    ("cursor", &["--goto", "{path}:{line}"]),
    ("zed", &["{path}:{line}"]),
    ("subl", &["{path}:{line}"]),
    ("gvim", &["+{line}", "{path}"]),
    ("kate", &["--line", "{line}", "{path}"]),
    ("gedit", &["+{line}", "{path}"]),
];

/// Only addresses of the web lead out: another scheme may start a program.
pub(crate) fn web_address(text: &str) -> Result<Url, Error> {
    let refused = || Error::new(ErrorCode::Refused, "Only http and https addresses are opened.");
    let url = Url::parse(text).map_err(|_| refused())?;
    match (url.scheme(), url.host_str()) {
        ("http" | "https", Some(_)) => Ok(url),
        _ => Err(refused()),
    }
}

/// The real place of a file, if it lies in a project or in a worktree of one.
pub(crate) async fn place(link: &EngineLink, path: &str) -> Result<PathBuf, Error> {
    let real = real(Path::new(path)).map_err(|error| {
        Error::new(ErrorCode::NotFound, format!("{path} can't be found: {error}."))
            .hint("It may have moved since.")
    })?;
    let Reply::Projects(projects) = link.request(Request::Projects {}).await? else {
        return Err(outside(path));
    };
    if projects.iter().any(|project| contains(&project.root, &real)) {
        return Ok(real);
    }
    for plan in projects.into_iter().flat_map(|project| project.plans) {
        let Reply::Runs(runs) = link.request(Request::Runs { plan: plan.id }).await? else { continue };
        if runs.iter().any(|run| contains(&run.worktree, &real)) {
            return Ok(real);
        }
    }
    Err(outside(path))
}

fn real(path: &Path) -> io::Result<PathBuf> {
    match path.is_absolute() {
        true => path.canonicalize(),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is not absolute")),
    }
}

/// Links are followed on both sides, so that none leads out.
fn contains(folder: &str, real: &Path) -> bool {
    Path::new(folder).canonicalize().is_ok_and(|folder| real.starts_with(folder))
}

fn outside(path: &str) -> Error {
    Error::new(ErrorCode::Forbidden, format!("{path} lies in no project and no worktree."))
}

/// The command that opens the editor, or none: then the desktop decides.
pub(crate) async fn command(
    link: &EngineLink,
    path: &Path,
    line: Option<u32>,
) -> Result<Option<Command>, Error> {
    let settings = match link.request(Request::Settings {}).await? {
        Reply::Settings(settings) => settings,
        _ => Vec::new(),
    };
    let words = chosen(&settings, |name| env::var(name).ok(), is_program);
    Ok(words.map(|words| filled(&words, path, line.unwrap_or(1))))
}

/// The person's setting; the editor of their environment, if it has a window; the first known one there is.
fn chosen(
    settings: &[Setting],
    variable: impl Fn(&str) -> Option<String>,
    exists: impl Fn(&str) -> bool,
) -> Option<Vec<String>> {
    let set = settings.iter().find(|setting| setting.key == SETTING).map(|setting| setting.value.trim());
    if let Some(command) = set.filter(|command| !command.is_empty()) {
        let mut words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if !command.contains("{path}") {
            words.push("{path}".into());
        }
        return Some(words);
    }
    let named = ["VISUAL", "EDITOR"].into_iter().filter_map(variable).find_map(|command| {
        let program = command.split_whitespace().next()?.to_owned();
        let name = Path::new(&program).file_name()?.to_str()?.to_owned();
        KNOWN.iter().find(|(known, _)| *known == name).map(|(_, rest)| (program, *rest))
    });
    let installed =
        || KNOWN.iter().find(|(name, _)| exists(name)).map(|(name, rest)| ((*name).to_owned(), *rest));
    let (program, rest) = named.or_else(installed)?;
    Some(std::iter::once(program).chain(rest.iter().map(|word| (*word).to_owned())).collect())
}

fn filled(words: &[String], path: &Path, line: u32) -> Command {
    let path = path.display().to_string();
    let mut filled =
        words.iter().map(|word| word.replace("{line}", &line.to_string()).replace("{path}", &path));
    let mut command = Command::new(filled.next().unwrap_or_default());
    command.args(filled);
    command
}

fn is_program(name: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(OsStr::new(name)).is_file())
}

pub(crate) fn not_started(error: &io::Error) -> Error {
    Error::new(ErrorCode::Internal, format!("The editor can't be started: {error}."))
        .hint("Name another in the settings, such as “code --goto {path}:{line}”.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(setting: Option<&str>, visual: Option<&str>, installed: &[&str]) -> Option<String> {
        let settings: Vec<Setting> =
            setting.map(|value| Setting { key: SETTING.into(), value: value.into() }).into_iter().collect();
        let variable = |name: &str| visual.filter(|_| name == "VISUAL").map(str::to_owned);
        chosen(&settings, variable, |name| installed.contains(&name)).map(|words| words.join(" "))
    }

    #[test]
    fn the_setting_wins_then_an_editor_with_a_window() {
        assert_eq!(
            words(Some("hx {path}:{line}"), Some("code"), &["zed"]).as_deref(),
            Some("hx {path}:{line}")
        );
        assert_eq!(words(Some("mate"), None, &[]).as_deref(), Some("mate {path}"));
        let visual = Some("/opt/bin/code --wait");
        assert_eq!(words(None, visual, &["zed"]).as_deref(), Some("/opt/bin/code --goto {path}:{line}"));
        // An editor of the terminal has none here.
        assert_eq!(words(None, Some("vim"), &["zed"]).as_deref(), Some("zed {path}:{line}"));
        assert_eq!(words(None, Some("vim"), &[]), None);
    }

    #[test]
    fn a_path_is_one_argument_whatever_it_holds() {
        let words: Vec<String> = ["code", "--goto", "{path}:{line}"].map(str::to_owned).to_vec();
        let command = filled(&words, Path::new("/w/{line} $(x) -n"), 7);
        let args: Vec<_> = command.get_args().collect();
        assert_eq!(args, ["--goto", "/w/{line} $(x) -n:7"]);
    }

    #[test]
    fn only_the_web_is_opened() {
        assert!(web_address("https://example.org/a?b#c").is_ok());
        assert!(web_address("http://[::1]:3000/").is_ok());
        for other in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "coppice://x",
            "-n",
            "",
            "http:",
        ] {
            assert!(web_address(other).is_err(), "{other}");
        }
    }

    #[test]
    fn a_link_does_not_lead_out_of_a_project() {
        let root = tempfile::tempdir().unwrap();
        let project = root.path().join("project");
        std::fs::create_dir(&project).unwrap();
        std::fs::write(root.path().join("secret"), "").unwrap();
        std::fs::write(project.join("file"), "").unwrap();
        let inside = |path: PathBuf| real(&path).is_ok_and(|real| contains(project.to_str().unwrap(), &real));
        assert!(inside(project.join("file")));
        assert!(!inside(project.join("../secret")));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.path().join("secret"), project.join("link")).unwrap();
            assert!(!inside(project.join("link")));
        }
        assert!(real(Path::new("file")).is_err());
    }
}
