//! The file goes round: nothing is lost on the way in, on the way out, or in between.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::arbitrary::plan;
use super::id;
use crate::{CommitPolicy, Edit, PlanDoc, Task, apply_edit, parse, parse_accepted, render, write};

const DEMO: &str = r#"# Retries for the client.
version = 1
title = "Retry support"   # shown in the rail
target = "main"
slots = 4

[setup]
command = "npm ci"
copy = [".env"]   # not in git
ports = ["web"]

# Fast first.
[[check]]
name = "test"
command = "sh test.sh"
timeout = "10m"

[agents.quick]
adapter = "command"
command = ["sh", "agent.sh"]

# The heart of it.
[[task]]
id = "model"
title = "Data model"
spec = """
1. Retry has a limit.
2. It is public.
"""
scope = [
  # only here
  "src/model/**",
  "src/lib.rs", # the module line
]
after = []
estimate = "10m"

# Needs the model.
[[task]]
id = "api"
after = ["model"]

[layout]
model = [0, 0]
api = [240, 80]
# the end
"#;

/// Applies edits to the demo file and shows what became of it, as a diff.
fn check(edits: &[Edit]) -> String {
    let mut doc = parse(DEMO).unwrap();
    for edit in edits {
        doc = apply_edit(&doc, edit).unwrap().0;
    }
    let text = write(DEMO, &doc).unwrap();
    assert_eq!(parse(&text).unwrap(), doc);
    difference(DEMO, &text)
}

/// Lines that went (`-`) and came (`+`), by longest common subsequence.
fn difference(old: &str, new: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut common = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] =
                if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || common[i + 1][j] >= common[i][j + 1]) {
            lines.push(format!("-{}", a[i]));
            i += 1;
        } else {
            lines.push(format!("+{}", b[j]));
            j += 1;
        }
    }
    lines.join("\n")
}

fn settings(change: impl FnOnce(&mut crate::Settings)) -> Edit {
    let mut settings = parse(DEMO).unwrap().settings;
    change(&mut settings);
    Edit::SetPlan { settings: Box::new(settings) }
}

fn model(change: impl FnOnce(&mut Task)) -> Edit {
    let mut task = parse(DEMO).unwrap().task(&id("model")).unwrap().clone();
    change(&mut task);
    Edit::UpdateTask { task }
}

#[test]
fn nothing_changed_nothing_written() {
    assert_eq!(write(DEMO, &parse(DEMO).unwrap()).unwrap(), DEMO);
    // Not even where a rewriter would tidy up.
    let untidy = "version=1\ntask=[{id='a'}]\nslots   =  9";
    assert_eq!(write(untidy, &parse(untidy).unwrap()).unwrap(), untidy);
}

#[test]
fn a_value_changes_in_its_line() {
    let edits = [settings(|s| {
        s.title = "Retries".to_owned();
        s.setup.copy.push(".npmrc".to_owned());
        s.commit = CommitPolicy::Scope;
    })];
    assert_snapshot!(check(&edits), @r#"
    -title = "Retry support"   # shown in the rail
    +title = "Retries"   # shown in the rail
    +commit = "scope"
    -copy = [".env"]   # not in git
    +copy = [".env", ".npmrc"]   # not in git
    "#);
}

#[test]
fn a_list_keeps_its_comments() {
    let edits = [model(|task| task.scope.as_mut().unwrap().insert(1, "src/retry.rs".to_owned()))];
    assert_snapshot!(check(&edits), @r#"+  "src/retry.rs","#);
    let edits = [model(|task| task.exclude = vec!["src/model/old/**".to_owned()])];
    assert_snapshot!(check(&edits), @r#"+exclude = ["src/model/old/**"]"#);
}

#[test]
fn a_spec_is_written_over_lines() {
    let edits = [model(|task| task.spec = "1. Say \"no\".\n2. Twice.\n".to_owned())];
    assert_snapshot!(check(&edits), @r#"
    -1. Retry has a limit.
    -2. It is public.
    +1. Say "no".
    +2. Twice.
    "#);
}

#[test]
fn a_task_comes_in_its_place() {
    let mut task = Task::new(id("cli"));
    task.after = vec![id("model")];
    let add = Edit::AddTask { task, at: Some(1), position: Some((1, 2)), dependents: Vec::new() };
    let edits = [add, Edit::Connect { from: id("cli"), to: id("api"), at: None }];
    assert_snapshot!(check(&edits), @r#"
    +[[task]]
    +id = "cli"
    +after = ["model"]
    +
    -after = ["model"]
    +after = ["model", "cli"]
    +cli = [1, 2]
    "#);
}

#[test]
fn a_task_goes_with_its_comment() {
    assert_snapshot!(check(&[Edit::RemoveTask { id: id("api") }]), @r#"
    -# Needs the model.
    -[[task]]
    -id = "api"
    -after = ["model"]
    -
    -api = [240, 80]
    "#);
}

#[test]
fn a_task_moves_as_a_block() {
    let edits = [Edit::Order { ids: vec![id("api"), id("model")] }];
    assert_snapshot!(check(&edits), @r#"
    +# Needs the model.
    +[[task]]
    +id = "api"
    +after = ["model"]
    +
    -# Needs the model.
    -[[task]]
    -id = "api"
    -after = ["model"]
    -
    "#);
}

#[test]
fn windows_line_ends_stay() {
    let old = DEMO.replace('\n', "\r\n");
    let mut doc = parse(&old).unwrap();
    assert_eq!(doc, parse(DEMO).unwrap());
    doc.settings.slots = 8;
    let new = write(&old, &doc).unwrap();
    assert_eq!(new, old.replace("slots = 4", "slots = 8"));
}

#[test]
fn a_file_with_problems_is_left_alone() {
    let problems = write("version = 1\nslots = 0\n", &PlanDoc::default()).unwrap_err();
    assert_eq!(problems.len(), 1);
}

#[test]
fn a_fresh_file_says_no_defaults() {
    assert_snapshot!(render(&parse(DEMO).unwrap()), @r#"
    version = 1
    title = "Retry support"
    target = "main"

    [setup]
    command = "npm ci"
    copy = [".env"]
    ports = ["web"]

    [[check]]
    name = "test"
    command = "sh test.sh"

    [agents.quick]
    adapter = "command"
    command = ["sh", "agent.sh"]

    [[task]]
    id = "model"
    title = "Data model"
    spec = """
    1. Retry has a limit.
    2. It is public.
    """
    scope = ["src/model/**", "src/lib.rs"]
    estimate = "10m"

    [[task]]
    id = "api"
    after = ["model"]

    [layout]
    api = [240, 80]
    model = [0, 0]
    "#);
}

#[test]
fn every_spelling_of_a_table_is_read() {
    let text = r#"
        setup.command = "make"
        agents = { a = { adapter = "scripted", script = "a.toml", env = { K = "v" } } }
        check = [{ name = "t", command = "true" }]
        task = [{ id = "x", agent = "a" }, { id = "y", after = ["x"] }]
        layout = { x = [1, -2] }
        review = { agent = ["a"] }
    "#;
    let doc = parse(text).unwrap();
    assert_eq!(doc.settings.agents["a"].env["K"], "v");
    assert_eq!(doc.layout[&id("x")], (1, -2));
    let mut next = doc.clone();
    next.settings.agents.get_mut("a").unwrap().env.insert("L".to_owned(), "w".to_owned());
    next.settings
        .agents
        .insert("b".to_owned(), crate::Agent { adapter: crate::Adapter::Claude, ..Default::default() });
    next.tasks[1].title = "Y".to_owned();
    next.layout.insert(id("y"), (3, 4));
    assert_eq!(parse(&write(text, &next).unwrap()).unwrap(), next);
}

#[test]
fn what_was_accepted_once_is_not_lost_when_it_would_be_refused() {
    let text = "title = \"Old\"\n[review]\nagent = []\n[fix]\nagent = \"nobody\"\n\
                [[task]]\nid = \"a\"\n[[task]]\nid = \"b\"\nafter = [\"a\"]\nsoon = true\n";
    assert_eq!(parse(text).unwrap_err().len(), 3);
    let doc = parse_accepted(text).unwrap();
    assert_eq!(doc.settings.title, "Old");
    assert_eq!(doc.tasks.iter().map(|task| task.id.clone()).collect::<Vec<_>>(), [id("a"), id("b")]);
    assert_eq!(parse_accepted("title ="), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_rendered_plan_reads_the_same(doc in plan()) {
        let text = render(&doc);
        prop_assert_eq!(parse_accepted(&text), Some(doc.clone()), "{}", text);
        prop_assert_eq!(parse(&text), Ok(doc), "{}", text);
    }

    #[test]
    fn a_written_plan_reads_the_same(old in plan(), new in plan()) {
        let text = write(&render(&old), &new).unwrap();
        prop_assert_eq!(parse(&text), Ok(new), "{}", text);
    }

    #[test]
    fn comments_of_what_stays_survive(old in plan(), new in plan(), crlf in any::<bool>()) {
        // A comment above every task's id and after every task's id.
        let mut text = String::from("# top of the file\n");
        for line in render(&old).lines() {
            match line.strip_prefix("id = ") {
                Some(id) => text.push_str(&format!("# above {id}\n{line} # after {id}\n")),
                None => text.push_str(&format!("{line}\n")),
            }
        }
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let written = write(&text, &new).unwrap();
        prop_assert_eq!(&parse(&written).unwrap(), &new);
        prop_assert!(written.starts_with("# top of the file"));
        for task in new.tasks.iter().filter(|task| old.task(&task.id).is_some()) {
            let comment = format!("# above \"{}\"", task.id);
            prop_assert!(written.contains(&comment), "{} is gone from\n{}", comment, written);
            let comment = format!("# after \"{}\"", task.id);
            prop_assert!(written.contains(&comment), "{} is gone from\n{}", comment, written);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*|(\\[\\[?(task|check|agents\\.a|layout)\\]?\\]|id = \"a\"|after = \\[\"a\"\\]|[a-z]+ = [0-9\"]+|\n){0,12}") {
        match parse(&text) {
            Ok(doc) => prop_assert_eq!(parse(&render(&doc)), Ok(doc)),
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|p| p.line >= 1 && p.line <= text.lines().count().max(1) + 1));
            }
        }
    }
}
