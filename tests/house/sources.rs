//! What no source may contain.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::manifest::root;

/// A file's place in the repository, and its text.
pub(crate) type Source = (PathBuf, String);

/// Every Rust source below a folder of the repository.
pub(crate) fn rust_sources(below: &str) -> Vec<Source> {
    sources(below, &["rs"])
}

fn sources(below: &str, endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(below)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("a folder can be read").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            // What is generated or fetched is not ours.
            let foreign = ["node_modules", "dist", "gen", "bindings", "target"].contains(&name);
            if path.is_dir() && !foreign {
                folders.push(path);
            } else if path
                .extension()
                .and_then(|ending| ending.to_str())
                .is_some_and(|e| endings.contains(&e))
            {
                let text =
                    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                found.push((path.strip_prefix(root()).expect("below the root").to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// Each line that contains `word`, as `file:line: text`.
pub(crate) fn lines_with(sources: &[Source], word: &str) -> Vec<String> {
    let lines =
        sources.iter().flat_map(|(path, text)| text.lines().enumerate().map(move |line| (path, line)));
    lines
        .filter(|(_, (_, line))| line.contains(word))
        .map(|(path, (number, line))| format!("{}:{}: {}", path.display(), number + 1, line.trim()))
        .collect()
}

/// Everything written by hand, except the rules themselves.
fn everything() -> Vec<Source> {
    let endings = ["rs", "ts", "tsx", "mjs", "css", "sql", "sh", "toml"];
    let mut all: Vec<Source> =
        ["src-tauri", "tests", "ui"].iter().flat_map(|below| sources(below, &endings)).collect();
    all.retain(|(path, _)| !path.starts_with(Path::new("tests/house")));
    all
}

#[test]
fn an_exception_to_a_lint_has_a_reason() {
    let all = everything();
    for word in ["#[allow(", "#![allow(", "biome-ignore-all", "@ts-ignore", "@ts-nocheck"] {
        let found = lines_with(&all, word);
        assert!(found.is_empty(), "expect the lint and say why instead:\n{}", found.join("\n"));
    }
    for (path, text) in all.iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "rs")) {
        for (_, rest) in text.match_indices("#[expect(").map(|(at, _)| text.split_at(at)) {
            let attribute = rest.split(")]").next().unwrap_or_default();
            assert!(attribute.contains("reason"), "{}: {attribute})] gives no reason", path.display());
        }
    }
}

#[test]
fn nothing_is_left_for_later_in_a_source() {
    let all = everything();
    for word in ["TODO", "FIXME", "XXX", "HACK", "todo!(", "unimplemented!("] {
        let found = lines_with(&all, word);
        assert!(found.is_empty(), "do it, or write an issue:\n{}", found.join("\n"));
    }
}

#[test]
fn only_the_ipc_folder_of_the_page_names_tauri() {
    let page = sources("ui/src", &["ts", "tsx"]);
    let found: Vec<String> = lines_with(&page, "@tauri-apps/")
        .into_iter()
        .filter(|line| !line.starts_with("ui/src/ipc/"))
        // The page's own test of this rule has to name what it forbids.
        .filter(|line| !line.starts_with("ui/src/imports.test.ts"))
        .collect();
    assert!(found.is_empty(), "the page reaches the program through ui/src/ipc alone:\n{}", found.join("\n"));
}
