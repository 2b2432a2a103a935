//! Repositories as they come: empty, detached, bare, not there.

use coppice_tests::{PlanFile, Scene, Task, TempRepo};

fn plan(scene: &Scene) -> PlanFile {
    PlanFile::auto("Plain")
        .check("test", "sh test.sh")
        .agent("worker", &scene.worker("worker", ""))
        .task(Task::new("a"))
}

#[test]
fn a_repository_without_commits_is_refused_with_what_to_do() {
    let scene = Scene::with(TempRepo::empty);
    let done = scene.run(&plan(&scene)).expect(2);
    assert!(done.stderr.contains("commit"), "{}", done.stderr);
    assert!(done.events.is_empty());
}

#[test]
fn a_folder_that_is_no_repository_is_refused() {
    let scene = Scene::new();
    let file = scene.plan(&plan(&scene));
    let folder = scene.beside("");
    let done = scene.coppice.start(&file, &folder, &[]).finish().expect(2);
    assert!(done.stderr.contains("repository"), "{}", done.stderr);
}

#[test]
fn a_target_that_is_not_there_is_refused() {
    let scene = Scene::new();
    let text = plan(&scene).text().replace("target = \"main\"", "target = \"mian\"");
    std::fs::write(scene.beside("PLAN.toml"), text).unwrap();
    let done = scene.go_on(&[]).finish().expect(2);
    assert!(done.stderr.contains("mian"), "{}", done.stderr);
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn the_branch_that_is_checked_out_is_the_target_of_a_plan_that_names_none() {
    let scene = Scene::new();
    scene.repo.git(&["checkout", "--quiet", "-b", "work"]);
    let before = scene.repo.tip("main");
    let done = scene.run(&plan(&scene).without_target()).expect(0);
    assert_eq!(scene.repo.tip("work"), done.landed()[0].1);
    assert_eq!(scene.repo.tip("main"), before);
}

#[test]
fn a_detached_head_needs_a_target_and_stays_where_it_is() {
    let scene = Scene::new();
    let before = scene.repo.head();
    scene.repo.git(&["checkout", "--quiet", "--detach"]);
    let asked = scene.run(&plan(&scene).without_target()).expect(2);
    assert!(asked.stderr.contains("target"), "{}", asked.stderr);
    let done = scene.run(&plan(&scene)).expect(0);
    assert_eq!(scene.repo.tip("main"), done.landed()[0].1);
    assert_eq!(scene.repo.head(), before);
    scene.repo.assert_tidy(&["main"]);
}

#[test]
fn a_bare_repository_works_without_a_checkout() {
    let scene = Scene::with(|path, home| {
        let full = TempRepo::new(&path.with_file_name("full"), home);
        TempRepo::bare(path, &full)
    });
    let done = scene.run(&plan(&scene)).expect(0);
    assert_eq!(scene.repo.tip("main"), done.landed()[0].1);
    assert_eq!(scene.repo.branches(), ["main"]);
    scene.repo.assert_sound();
}

#[test]
fn a_folder_in_the_repository_means_the_repository() {
    let scene = Scene::new();
    scene.repo.write("deep/er/file", "x\n");
    scene.repo.commit("Deeper");
    let file = scene.plan(&plan(&scene));
    let first = scene.coppice.start(&file, &scene.repo.path.join("deep/er"), &[]).finish().expect(0);
    let again = scene.coppice.start(&file, &scene.repo.path, &[]).finish().expect(0);
    assert_eq!(first.events[0].text("plan"), again.events[0].text("plan"));
    assert_eq!(again.all("attempt.started").count(), 0);
}

/// A branch named `coppice` leaves no room for branches below it.
#[test]
fn a_branch_of_our_name_is_worked_around() {
    let scene = Scene::new();
    scene.repo.git(&["branch", "coppice"]);
    scene.run(&plan(&scene)).expect(0);
    scene.repo.assert_tidy(&["coppice", "main"]);
}

#[test]
fn a_repository_with_an_odd_name_works() {
    let scene =
        Scene::with(|path, home| TempRepo::new(&path.with_file_name("it's a \"place\" — :(glob)*"), home));
    scene.run(&plan(&scene)).expect(0);
    scene.repo.assert_tidy(&["main"]);
}
