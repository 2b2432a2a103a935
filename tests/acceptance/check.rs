//! `coppice check`: a plan judged without an engine.

use coppice_tests::{PlanFile, Scene, Task};

fn diamond(scene: &Scene) -> String {
    let plan = PlanFile::auto("Diamond")
        .key("slots = 2")
        .check("test", "sh test.sh")
        .agent("w", &scene.worker("w", ""))
        .task(Task::new("base"))
        .task(Task::new("left").after(&["base"]))
        .task(Task::new("right").after(&["base"]))
        .task(Task::new("top").after(&["left", "right"]))
        .text();
    let mut minutes = [10, 30, 20, 5].into_iter();
    // Each task's estimate stands right after its id.
    let lines = plan.lines().map(|line| match line.starts_with("id = ").then(|| minutes.next()).flatten() {
        Some(minutes) => format!("{line}\nestimate = \"{minutes}m\""),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn it_prints_waves_critical_path_and_lower_bound() {
    let scene = Scene::new();
    let path = scene.beside("PLAN.toml");
    std::fs::write(&path, diamond(&scene)).unwrap();
    let path = path.to_string_lossy();
    let said = scene.coppice.run(&["check", &path]).expect(0).stdout;
    for part in ["base\n", "left, right\n", "top\n", "base → left → top (45m)", "45m"] {
        assert!(said.contains(part), "{part:?} is missing in:\n{said}");
    }

    let repo = scene.repo.path.to_string_lossy().into_owned();
    let report = &scene.coppice.run(&["check", &path, "--repo", &repo, "--json"]).expect(0).json()[0];
    assert_eq!(report["valid"], true);
    assert_eq!(report["waves"], serde_json::json!([["base"], ["left", "right"], ["top"]]));
    assert_eq!(report["critical_path"], serde_json::json!(["base", "left", "top"]));
    let minute = 60_000;
    assert_eq!(report["critical_ms"], 45 * minute);
    assert_eq!(report["work_ms"], 65 * minute);
    assert_eq!(report["lower_bound_ms"], 45 * minute);
    assert!(!scene.coppice.home.exists(), "it needs no engine and no data directory");
}

#[test]
fn its_json_names_every_problem() {
    let scene = Scene::new();
    let path = scene.beside("PLAN.toml");
    std::fs::write(&path, diamond(&scene).replace("slots = 2", "slots = 0")).unwrap();
    let said = scene.coppice.run(&["check", &path.to_string_lossy(), "--json"]).expect(2);
    let report = &said.json()[0];
    assert_eq!(report["valid"], false);
    assert_eq!(report["problems"][0]["line"], 5);
    assert_eq!(report["problems"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_folder_without_a_repository_is_refused() {
    let scene = Scene::new();
    let path = scene.beside("PLAN.toml");
    std::fs::write(&path, diamond(&scene)).unwrap();
    let folder = scene.beside("");
    scene.coppice.run(&["check", &path.to_string_lossy(), "--repo", &folder.to_string_lossy()]).expect(2);
}
