//! Which way the arrows go.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{Member, members};

/// For each crate, the ones of ours it may be built with.
const ARROWS: &[(&str, &[&str])] = &[
    ("plan", &[]),
    ("protocol", &[]),
    // The leaves meet in the engine and never each other; the words of plan they may share.
    ("repo", &["plan"]),
    ("terminal", &["plan"]),
    ("agents", &["plan"]),
    ("store", &["plan"]),
    ("engine", &["plan", "repo", "terminal", "agents", "store", "protocol"]),
    // The client half of the socket, shared by window and command line: neither tauri nor the engine in it.
    ("client", &["protocol"]),
    // It hosts the engine and plays the scripted agent; `check` needs a plan and no engine.
    ("cli", &["engine", "client", "protocol", "agents", "plan"]),
    ("coppice-desktop", &["client", "protocol", "terminal"]),
];

/// The foreign libraries that have one home.
const FENCED: &[(&str, &str)] = &[
    ("tauri", "coppice-desktop"),
    ("tauri-build", "coppice-desktop"),
    ("tauri-plugin-shell", "coppice-desktop"),
    ("webkit2gtk", "coppice-desktop"),
    ("rfd", "coppice-desktop"),
    ("git2", "repo"),
    ("notify", "repo"),
    ("imara-diff", "repo"),
    ("portable-pty", "terminal"),
    ("vt100", "terminal"),
    ("sqlx", "store"),
    ("ts-rs", "protocol"),
    ("clap", "cli"),
];

fn ours(member: &Member, all: &BTreeMap<String, Member>) -> BTreeSet<String> {
    member.needs.iter().filter(|name| all.contains_key(*name)).cloned().collect()
}

#[test]
fn crates_depend_on_each_other_as_drawn() {
    let all = members();
    for (name, member) in all.iter().filter(|(name, _)| *name != "coppice-tests") {
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| known == name) else {
            panic!(
                "{name} is a new crate: say in ARROWS what it may depend on, and in the README why it is there"
            );
        };
        let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        let wrong: Vec<String> = ours(member, &all).difference(&allowed).cloned().collect();
        assert!(wrong.is_empty(), "{name} must not depend on {}", wrong.join(", "));
    }
}

#[test]
fn every_arrow_leads_from_and_to_a_crate() {
    let all = members();
    for (from, to) in ARROWS {
        for name in to.iter().chain([from]) {
            assert!(all.contains_key(*name), "{name} is drawn and does not exist");
        }
    }
}

#[test]
fn one_foreign_library_has_one_home() {
    for member in members().values() {
        for name in member.needs.iter().chain(&member.tests_need) {
            let home = match FENCED.iter().find(|(library, _)| library == name) {
                Some((_, home)) => *home,
                // Every plugin of Tauri, also one that nobody thought of here.
                None if name.starts_with("tauri") || name == "wry" || name == "tao" => "coppice-desktop",
                None => continue,
            };
            assert_eq!(member.name, home, "{name} lives in {home} alone");
        }
    }
}

#[test]
fn the_command_line_links_no_window() {
    let all = members();
    let mut reached = BTreeSet::new();
    let mut next = vec!["cli".to_owned()];
    while let Some(name) = next.pop() {
        if reached.insert(name.clone()) {
            next.extend(ours(&all[&name], &all));
        }
    }
    assert!(!reached.contains("coppice-desktop"), "the command line reaches the window's crate");
}
