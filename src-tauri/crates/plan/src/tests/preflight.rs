//! What is said before Run.

use insta::assert_snapshot;

use crate::{parse, warnings};

fn check(text: &str) -> String {
    let doc = parse(text).unwrap();
    let line = |warning: crate::Warning| format!("{:?}: {}", warning.kind, warning.message);
    warnings(&doc).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_empty_plan() {
    assert_snapshot!(check(""), @"NoTasks: The plan has no tasks yet: add one.");
}

#[test]
fn agents_checks_and_specs() {
    let text = "[[task]]\nid = \"a\"\nscope = []\n[[task]]\nid = \"b\"\nrole = \"r\"\nafter = [\"a\"]";
    assert_snapshot!(check(text), @r"
    NoAgent: a has no agent: name one for it or for the plan.
    EmptyScope: a may change nothing: its scope is an empty list.
    NoSpec: a has no role, deliverable or spec: its agent gets only a title.
    NoAgent: b has no agent: name one for it or for the plan.
    NoChecks: The plan has no checks: nothing but an agent's word says that its work is sound.
    ");
    // One agent in the plan is everybody's agent.
    let text = "check = [{ name = \"t\", command = \"true\" }]\n[agents.x]\nadapter = \"claude\"\n[[task]]\nid = \"a\"\nrole = \"r\"";
    assert_snapshot!(check(text), @"");
}

#[test]
fn scopes_side_by_side() {
    let head = "check = [{ name = \"t\", command = \"true\" }]\n[agents.x]\nadapter = \"claude\"\n";
    let task = |id: &str, rest: &str| format!("[[task]]\nid = \"{id}\"\nrole = \"r\"\n{rest}\n");
    let text = [
        head.to_owned(),
        task("a", "scope = [\"src/**\"]"),
        task("b", "scope = [\"src/lib.rs\"]"),
        task("c", "scope = [\"**/*.rs\"]\nafter = [\"a\"]"),
        task("d", "scope = [\"docs/**\"]"),
        task("e", ""),
    ];
    assert_snapshot!(check(&text.concat()), @r"
    NoScope: e runs beside other tasks and has no scope: it may change every file.
    Overlap: a and b may run at once and both change what src/** and src/lib.rs share: connect them, or narrow a scope.
    Overlap: b and c may run at once and both change what src/lib.rs and **/*.rs share: connect them, or narrow a scope.
    Overlap: c and d may run at once and both change what **/*.rs and docs/** share: connect them, or narrow a scope.
    ");
}
