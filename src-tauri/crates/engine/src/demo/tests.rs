//! What the demo ships holds together: nothing of it is found wrong only when a newcomer presses Run.

use std::collections::BTreeSet;
use std::path::Path;

use plan::warning::WarningKind;

use super::{FILES, PLAN};

fn shipped(path: &str) -> &'static str {
    FILES.iter().find(|(name, _)| *name == path).unwrap_or_else(|| panic!("{path} is not shipped")).1
}

fn written() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in FILES {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn files_below(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, root, found);
        } else {
            found.insert(path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
}

#[test]
fn every_file_of_the_folder_is_shipped() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    let mut there = BTreeSet::new();
    files_below(&root, &root, &mut there);
    assert_eq!(there, FILES.iter().map(|(path, _)| (*path).to_owned()).collect());
}

#[test]
fn the_plan_is_sound_and_warns_of_what_it_shows() {
    let doc = plan::parse(shipped(PLAN)).unwrap();
    let warned: Vec<_> = plan::warnings(&doc)
        .into_iter()
        .map(|warning| (warning.kind, warning.tasks.iter().map(ToString::to_string).collect::<Vec<_>>()))
        .collect();
    // Cart and Stock share a list of cases on purpose: the merged tree is what tells whether both are right.
    assert_eq!(warned, [(WarningKind::Overlap, vec!["cart".to_owned(), "stock".to_owned()])]);
    for task in &doc.tasks {
        assert!(!plan::requirements(&task.spec).is_empty(), "{} has numbered requirements", task.id);
        assert!(task.estimate.is_some() && task.scope.is_some(), "{} has an estimate and a scope", task.id);
    }
}

#[test]
fn every_task_has_a_place_of_its_own_on_the_canvas() {
    let doc = plan::parse(shipped(PLAN)).unwrap();
    assert!(doc.tasks.iter().all(|task| doc.layout.contains_key(&task.id)));
    // A node is 240 by 72; what a task waits for stands to its left.
    let places: Vec<_> = doc.layout.iter().collect();
    for (at, (one, (x, y))) in places.iter().enumerate() {
        for (other, (left, top)) in &places[at + 1..] {
            assert!((x - left).abs() >= 240 + 40 || (y - top).abs() >= 72 + 16, "{one} and {other}");
        }
    }
    for task in &doc.tasks {
        for before in &task.after {
            assert!(doc.layout[before].0 < doc.layout[&task.id].0, "{before} stands before {}", task.id);
        }
    }
}

#[test]
fn every_script_is_one() {
    let doc = plan::parse(shipped(PLAN)).unwrap();
    let folder = written();
    for (name, agent) in &doc.settings.agents {
        assert_eq!(agent.adapter, plan::Adapter::Scripted, "{name} needs no account and no key");
        let script = agent.script.as_deref().unwrap();
        shipped(script);
        agents::scripted::Script::read(&folder.path().join(script)).unwrap();
    }
}

/// Nothing that a person did not break is red, before the first task and under the plan's own checks.
#[cfg(unix)]
#[test]
fn the_shop_is_green_before_anybody_works_on_it() {
    let doc = plan::parse(shipped(PLAN)).unwrap();
    let folder = written();
    let commands =
        doc.settings.setup.command.iter().chain(doc.settings.checks.iter().map(|check| &check.command));
    for command in commands {
        let output =
            std::process::Command::new("sh").args(["-c", command]).current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stdout));
    }
}
