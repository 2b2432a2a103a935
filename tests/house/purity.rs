//! `plan` decides and does nothing else: no input or output, no clock, no chance, no async.

use crate::{
    manifest::members,
    sources::{lines_with, rust_sources},
};

#[test]
fn plan_is_built_with_nothing_that_acts() {
    const PURE: &[&str] = &["serde", "serde_json", "thiserror", "toml", "toml_edit", "globset"];
    let members = members();
    for name in &members["plan"].needs {
        assert!(PURE.contains(&name.as_str()), "plan is pure; {name} may not be");
    }
}

#[test]
fn plan_asks_nothing_of_the_world() {
    const WORLD: &[&str] = &[
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "std::io::std",
        "SystemTime",
        "Instant",
        "RandomState",
        "println!",
        "async fn",
        ".await",
    ];
    let sources = rust_sources("src-tauri/crates/plan/src");
    assert!(!sources.is_empty());
    for word in WORLD {
        let found = lines_with(&sources, word);
        assert!(found.is_empty(), "plan is pure, and this is not:\n{}", found.join("\n"));
    }
}
