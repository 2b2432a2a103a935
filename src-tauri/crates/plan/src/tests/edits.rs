//! Edits: made, refused, taken back; nothing lost and nothing doubled.

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use proptest::prelude::*;

use super::arbitrary::{id_of, plan, settings};
use super::{drawn, id};
use crate::fault::faults;
use crate::{Edit, PlanDoc, Refused, Task, apply_edit, diff, paste};

/// What becomes of the edges after an edit, or why it is refused.
fn check(plan: &str, edit: Edit) -> String {
    match apply_edit(&drawn(plan), &edit) {
        Ok((doc, _)) => shown(&doc),
        Err(refused) => refused.to_string(),
    }
}

fn shown(doc: &PlanDoc) -> String {
    let line = |task: &Task| {
        let after: Vec<&str> = task.after.iter().map(|id| id.as_str()).collect();
        format!("{}: {}", task.id, after.join(" ")).trim_end().to_owned()
    };
    doc.tasks.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn connect(from: &str, to: &str) -> Edit {
    Edit::Connect { from: id(from), to: id(to), at: None }
}

fn add(name: &str, after: &[&str]) -> Edit {
    let mut task = Task::new(id(name));
    task.after = after.iter().map(|name| id(name)).collect();
    Edit::AddTask { task, at: None, position: None, dependents: Vec::new() }
}

#[test]
fn a_cycle_is_refused_by_name() {
    let chain = "api\ndocs: api\nsite: docs";
    assert_snapshot!(check(chain, connect("site", "api")), @"Tasks would wait for each other: api → docs → site → api.");
    assert_snapshot!(check(chain, connect("docs", "docs")), @r#"Task "docs" cannot depend on itself."#);
    let mut task = Task::new(id("api"));
    task.after = vec![id("docs")];
    assert_snapshot!(check(chain, Edit::UpdateTask { task }), @"Tasks would wait for each other: api → docs → api.");
    let batch = Edit::Batch {
        edits: vec![connect("site", "api"), Edit::Disconnect { from: id("docs"), to: id("site") }],
    };
    assert_snapshot!(check(chain, batch), @r"
    api: site
    docs: api
    site:
    ");
}

#[test]
fn impossible_edits_are_refused() {
    let two = "a\nb: a";
    assert_snapshot!(check(two, add("a", &[])), @r#"There is a task "a" already; "a-2" is free."#);
    assert_snapshot!(check(two, add("c", &["zz"])), @r#"Task "c" comes after "zz", which is no task of this plan."#);
    assert_snapshot!(check(two, connect("a", "b")), @r#""b" comes after "a" already."#);
    assert_snapshot!(check(two, connect("a", "c")), @r#"There is no task "c"."#);
    assert_snapshot!(check(two, connect("c", "a")), @r#"There is no task "c"."#);
    assert_snapshot!(check(two, Edit::Disconnect { from: id("b"), to: id("a") }), @r#""a" does not come after "b"."#);
    assert_snapshot!(check(two, Edit::Order { ids: vec![id("a"), id("a")] }), @"The new order does not name every task exactly once.");
    assert_snapshot!(check(two, Edit::ChangeId { from: id("a"), to: id("b") }), @r#"There is a task "b" already; "b-2" is free."#);
    let mut task = Task::new(id("b"));
    task.agent = Some("nobody".to_owned());
    assert_snapshot!(check(two, Edit::UpdateTask { task }), @r#"There is no agent "nobody"."#);
}

#[test]
fn a_refused_part_refuses_the_batch() {
    let doc = drawn("a");
    let batch = Edit::Batch { edits: vec![add("b", &["a"]), connect("b", "a")] };
    assert!(matches!(apply_edit(&doc, &batch), Err(Refused::Cycle(_))));
}

#[test]
fn a_removed_task_comes_back_with_everything() {
    let mut doc = drawn("a\nb: a\nc: a b\nd: b a");
    doc.layout.insert(id("b"), (3, 4));
    let (less, back) = apply_edit(&doc, &Edit::RemoveTask { id: id("b") }).unwrap();
    assert_snapshot!(shown(&less), @r"
    a:
    c: a
    d: a
    ");
    assert!(less.layout.is_empty());
    assert_eq!(apply_edit(&less, &back).unwrap().0, doc);
}

#[test]
fn a_new_id_is_followed_everywhere() {
    let mut doc = drawn("a\nb: a");
    doc.layout.insert(id("a"), (1, 1));
    let (next, back) = apply_edit(&doc, &Edit::ChangeId { from: id("a"), to: id("core") }).unwrap();
    assert_snapshot!(shown(&next), @r"
    core:
    b: core
    ");
    assert_eq!(next.layout[&id("core")], (1, 1));
    assert_eq!(apply_edit(&next, &back).unwrap().0, doc);
}

#[test]
fn copies_get_fresh_names_and_keep_their_edges() {
    let doc = drawn("a\nb: a\nc-2: b");
    let positions = BTreeMap::from([(id("b"), (10, 10))]);
    let edit = paste(&doc, &doc.tasks[1..], &positions, (5, 6));
    let (next, back) = apply_edit(&doc, &edit).unwrap();
    assert_snapshot!(shown(&next), @r"
    a:
    b: a
    c-2: b
    b-2: a
    c-3: b-2
    ");
    assert_eq!(next.layout[&id("b-2")], (15, 16));
    assert_eq!(apply_edit(&next, &back).unwrap().0, doc);

    // Into another plan: edges to what it does not have are dropped.
    let other = drawn("b");
    let (next, _) = apply_edit(&other, &paste(&other, &doc.tasks[1..], &positions, (0, 0))).unwrap();
    assert_snapshot!(shown(&next), @r"
    b:
    b-2:
    c-2: b-2
    ");
}

#[test]
fn an_invalid_plan_can_be_mended_step_by_step() {
    let mut doc = drawn("a\nb: a");
    doc.tasks[0].agent = Some("gone".to_owned());
    doc.tasks[1].agent = Some("gone".to_owned());
    let mut task = doc.tasks[0].clone();
    task.agent = None;
    let (next, _) = apply_edit(&doc, &Edit::UpdateTask { task }).unwrap();
    assert_eq!(faults(&next).len(), 1);
    assert!(apply_edit(&next, &add("c", &["nothing"])).is_err());
}

#[test]
fn edits_are_data() {
    let json = r#"{"type":"batch","edits":[
        {"type":"add_task","task":{"id":"x","after":["a"],"estimate":"5m"},"position":[1,2]},
        {"type":"connect","from":"x","to":"b"},
        {"type":"move","positions":{"a":[0,0],"b":null}},
        {"type":"rename_task","id":"x","title":"X"}]}"#;
    let edit: Edit = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::from_str::<Edit>(&serde_json::to_string(&edit).unwrap()).unwrap(), edit);
    assert_snapshot!(check("a\nb: a", edit), @r"
    a:
    b: a x
    x: a
    ");
}

#[test]
fn a_changed_file_reads_as_small_edits() {
    let old = drawn("a\nb: a\nc: b");
    let mut new = drawn("a\nd: a\nc: a d");
    new.tasks[0].title = "A".to_owned();
    let edits: Vec<String> = diff(&old, &new)
        .iter()
        .map(|edit| serde_json::to_value(edit).unwrap())
        .map(|edit| {
            let part = |key: &str| edit.get(key).and_then(|value| value.as_str()).unwrap_or("").to_owned();
            format!("{} {}{} {}", part("type"), part("id"), part("from"), part("to")).trim_end().to_owned()
        })
        .collect();
    assert_snapshot!(edits.join("\n"), @r"
    remove_task b
    add_task
    rename_task a
    connect a c
    connect d c
    order
    ");
    assert_eq!(apply_edit(&old, &Edit::Batch { edits: diff(&old, &new) }).unwrap().0, new);
}

/// Any edit, sensible or not, on tasks `t0`..`t9`.
fn edit() -> impl Strategy<Value = Edit> {
    let name = || (0..10usize).prop_map(id_of);
    let position = || proptest::option::of((-9..9i32, -9..9i32));
    let leaf = prop_oneof![
        4 => (name(), proptest::collection::vec(name(), 0..3), proptest::option::of(0..9usize), position()).prop_map(
            |(id, after, at, position)| {
                let mut task = Task::new(id);
                task.after = after;
                Edit::AddTask { task, at, position, dependents: Vec::new() }
            }
        ),
        2 => name().prop_map(|id| Edit::RemoveTask { id }),
        1 => (name(), "[a-z]{0,3}").prop_map(|(id, title)| Edit::RenameTask { id, title }),
        2 => (name(), proptest::collection::vec(name(), 0..3)).prop_map(|(id, after)| {
            let mut task = Task::new(id);
            task.after = after;
            Edit::UpdateTask { task }
        }),
        1 => (name(), name()).prop_map(|(from, to)| Edit::ChangeId { from, to }),
        4 => (name(), name(), proptest::option::of(0..3usize))
            .prop_map(|(from, to, at)| Edit::Connect { from, to, at }),
        2 => (name(), name()).prop_map(|(from, to)| Edit::Disconnect { from, to }),
        1 => proptest::collection::btree_map(name(), position(), 0..3).prop_map(|positions| Edit::Move { positions }),
        1 => proptest::collection::vec(name(), 0..4).prop_map(|ids| Edit::Order { ids }),
        1 => settings().prop_map(|settings| Edit::SetPlan { settings: Box::new(settings) }),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        proptest::collection::vec(inner, 0..4).prop_map(|edits| Edit::Batch { edits })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn undo_and_redo_lose_and_double_nothing(first in plan(), edits in proptest::collection::vec(edit(), 1..24)) {
        let mut doc = first.clone();
        let mut undo = Vec::new();
        let mut states = vec![first.clone()];
        for edit in &edits {
            let Ok((next, inverse)) = apply_edit(&doc, edit) else { continue };
            prop_assert_eq!(faults(&next), Vec::new());
            let ids: BTreeSet<_> = next.tasks.iter().map(|task| &task.id).collect();
            prop_assert_eq!(ids.len(), next.tasks.len());
            doc = next;
            undo.push(inverse);
            states.push(doc.clone());
        }
        let mut redo = Vec::new();
        for (inverse, before) in undo.iter().rev().zip(states.iter().rev().skip(1)) {
            let (back, again) = apply_edit(&doc, inverse).unwrap();
            prop_assert_eq!(&back, before);
            doc = back;
            redo.push(again);
        }
        prop_assert_eq!(&doc, &first);
        for (again, after) in redo.iter().rev().zip(&states[1..]) {
            doc = apply_edit(&doc, again).unwrap().0;
            prop_assert_eq!(&doc, after);
        }
    }

    #[test]
    fn a_difference_leads_from_old_to_new(old in plan(), new in plan()) {
        let edits = diff(&old, &new);
        let (reached, back) = apply_edit(&old, &Edit::Batch { edits }).unwrap();
        prop_assert_eq!(&reached, &new);
        prop_assert_eq!(apply_edit(&reached, &back).unwrap().0, old);
        prop_assert!(diff(&new, &new).is_empty());
    }

    #[test]
    fn pasting_is_always_possible(doc in plan(), from in plan()) {
        let edit = paste(&doc, &from.tasks, &from.layout, (1, 1));
        let mut bare = doc.clone();
        bare.settings = from.settings.clone();
        for task in &mut bare.tasks {
            (task.agent, task.attempts) = (None, Vec::new());
        }
        let (next, back) = apply_edit(&bare, &edit).unwrap();
        prop_assert_eq!(next.tasks.len(), doc.tasks.len() + from.tasks.len());
        prop_assert_eq!(apply_edit(&next, &back).unwrap().0, bare);
    }
}
