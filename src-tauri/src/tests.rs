//! The list of commands is one: what is registered, what the capability file grants, what the page calls.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::COMMANDS;

fn commands() -> BTreeSet<String> {
    COMMANDS.iter().map(|name| (*name).to_owned()).collect()
}

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every `before NAME after` in a text, where NAME is an identifier.
fn names(text: &str, before: &str, after: &str) -> BTreeSet<String> {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    text.split(before)
        .skip(1)
        .filter_map(|rest| rest.split_once(after))
        .map(|(name, _)| name.to_owned())
        .filter(|name| is_name(name))
        .collect()
}

#[test]
fn every_command_is_registered() {
    let source = fs::read_to_string(at("src/lib.rs")).unwrap();
    let (_, rest) = source.split_once("generate_handler![").unwrap();
    let (registered, _) = rest.split_once(']').unwrap();
    assert_eq!(names(registered, "commands::", ","), commands());
}

#[test]
fn the_capability_grants_the_commands_and_nothing_that_starts_or_reads_anything() {
    let text = fs::read_to_string(at("capabilities/main.json")).unwrap();
    let capability: serde_json::Value = serde_json::from_str(&text).unwrap();
    let granted: BTreeSet<&str> =
        capability["permissions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let ours: BTreeSet<String> = granted
        .iter()
        .filter_map(|one| one.strip_prefix("allow-"))
        .map(|name| name.replace('-', "_"))
        .collect();
    assert_eq!(ours, commands());
    let other: Vec<&&str> = granted.iter().filter(|one| !one.starts_with("allow-")).collect();
    assert_eq!(other, [&"core:event:allow-listen", &"core:event:allow-unlisten"]);
    assert!(capability.get("remote").is_none(), "no page but our own");
}

#[test]
fn the_page_calls_what_there_is() {
    let mut called = BTreeSet::new();
    for entry in fs::read_dir(at("../ui/src/ipc")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.ends_with(".ts") && !name.ends_with(".test.ts") {
            called.extend(names(&fs::read_to_string(&path).unwrap(), "invoke(\"", "\""));
        }
    }
    assert_eq!(called, commands());
}
