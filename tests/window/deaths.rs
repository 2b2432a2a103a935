//! Processes that die at the worst moment: what runs goes on, and the window finds it again.

use coppice_tests::window::{Page, await_stage, open_plan, open_repository};
use coppice_tests::{Event, Gate, PlanFile, Scene, Signal, Task, is_alive, send};
use serde_json::json;

use crate::stage::{Stage, play};

/// Lines that an agent prints at each of its two gates.
const LINES: usize = 400;

/// An agent that prints, waits, prints again, waits, and commits.
fn printer(scene: &Scene, name: &str) -> (std::path::PathBuf, [Gate; 2]) {
    let gates = [scene.gate(&format!("{name}-first")), scene.gate(&format!("{name}-second"))];
    let print = |part: usize| {
        format!(
            "n=0; while [ $n -lt {LINES} ]; do n=$((n + 1)); echo \"$COPPICE_TASK part {part} line $n\"; done"
        )
    };
    let before = [print(1), gates[0].wait(), print(2), gates[1].wait()].join("\n");
    (scene.worker(name, &before), gates)
}

/// Two agents side by side, and one that waits for both.
fn plan(scene: &Scene) -> (PlanFile, Vec<[Gate; 2]>) {
    let mut gates = Vec::new();
    let mut plan = PlanFile::auto("Deaths").check("test", "sh test.sh");
    for (name, after) in [("left", vec![]), ("right", vec![]), ("last", vec!["left", "right"])] {
        let (script, own) = printer(scene, name);
        plan = plan.agent(name, &script).task(Task::new(name).agent(name).after(&after));
        gates.push(own);
    }
    (plan, gates)
}

#[test]
fn what_runs_outlives_the_window_and_the_engine() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        let (plan, gates) = plan(scene);
        let file = scene.plan(&plan);
        let window = stage.open().await;
        open_repository(window.page(), &scene.repo.path).await;
        open_plan(window.page(), &file).await;
        window.page().click("run").await.unwrap();
        for task in ["left", "right"] {
            await_stage(window.page(), task, "implementing").await;
        }
        let agents: Vec<Event> = await_agents(window.page(), scene, &["left", "right"]).await;
        watch(window.page(), &agents[0], 1).await;

        // The window dies in mid-run, and the agents go on without anybody looking.
        let window_pid = stage.window_pid();
        let engine = scene.coppice.engine().expect("the engine lives");
        assert!(send(window_pid, Signal::KILL));
        drop(window);
        gates[0][0].pass();
        let window = stage.open().await;
        let page = window.page();
        assert_eq!(scene.coppice.engine(), Some(engine), "the engine did not notice");
        assert_alive(&agents);
        for task in ["left", "right"] {
            await_stage(page, task, "implementing").await;
        }
        await_stage(page, "last", "waiting").await;
        watch(page, &agents[0], 2).await;
        assert_complete(page, &agents[0], 2).await;
        watch(page, &agents[1], 1).await;
        assert_complete(page, &agents[1], 1).await;

        // The engine dies; the window starts another one and goes on with it.
        assert!(send(engine, Signal::KILL));
        let body = "return document.querySelector('[data-engine-pid]')?.dataset.enginePid !== given";
        page.until("another engine answers", body, json!(engine.to_string())).await.unwrap();
        page.gone("engine-banner").await.unwrap();
        assert_alive(&agents);
        assert_ne!(scene.coppice.engine(), Some(engine));
        gates[1][0].pass();
        watch(page, &agents[1], 2).await;
        assert_complete(page, &agents[1], 2).await;

        // On to the end.
        for own in &gates {
            own[0].open();
            own[1].open();
        }
        page.see("progress", "3 of 3 landed").await.unwrap();
        await_stage(page, "last", "landed").await;
        let told = scene.coppice.events(0);
        for task in ["left", "right", "last"] {
            let times = |kind: &str| told.iter().filter(|event| event.of(kind, task)).count();
            assert_eq!(times("landed"), 1, "{task} landed once");
            assert_eq!(times("attempt.started"), 1, "{task} was started once");
        }
        assert_eq!(scene.ledger.lines().len(), 3, "no agent ran twice: {:?}", scene.ledger.lines());
        scene.assert_proven(&told, &["test"], &[("last", &["left", "right"])]);
        window.close().await.unwrap();
        scene.repo.assert_tidy(&["main"]);
    });
}

#[test]
fn f7_a_page_whose_process_dies_comes_back_and_the_agents_do_not_notice() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        let (plan, gates) = plan(scene);
        let file = scene.plan(&plan);
        let window = stage.open().await;
        let page = window.page();
        open_repository(page, &scene.repo.path).await;
        open_plan(page, &file).await;
        page.click("run").await.unwrap();
        await_stage(page, "left", "implementing").await;
        let agents = await_agents(page, scene, &["left", "right"]).await;
        watch(page, &agents[0], 1).await;
        // The header has caught up too, so that what it shows now is what it has to show again.
        page.see("slots", "2 of 4").await.unwrap();

        let (window_pid, engine) = (stage.window_pid(), scene.coppice.engine());
        let (page_pid, shown) = (stage.page_pid().expect("the page is drawn"), stage.corner());
        assert!(shown.iter().any(|byte| *byte != shown[0]), "the screen can be read");
        assert!(send(page_pid, Signal::KILL));

        // The same window draws its page again. The driver counts it as lost, so that from here on only the
        // screen itself tells what a person sees.
        stage.spin("another process draws", || stage.page_pid().is_some_and(|pid| pid != page_pid)).await;
        stage.spin("the page is as it was", || stage.corner() == shown).await;
        assert_eq!((stage.window_pid(), scene.coppice.engine()), (window_pid, engine));
        assert_alive(&agents);

        // And it goes on hearing what happens.
        for own in &gates {
            own[0].open();
            own[1].open();
        }
        let finished = || scene.coppice.events(0).iter().any(|event| event.is("plan.finished"));
        stage.spin("the plan ends", finished).await;
        stage.spin("the page says so", || stage.corner() != shown).await;
        assert_eq!(scene.ledger.lines().len(), 3, "no agent ran twice: {:?}", scene.ledger.lines());
    });
}

/// The start of each task's agent, once its dock tab is there.
async fn await_agents(page: &Page, scene: &Scene, tasks: &[&str]) -> Vec<Event> {
    let body = "return given.every((task) =>
        document.querySelector(`[data-live=\"implement\"][data-task=\"${task}\"]`))";
    page.until("every agent has a tab", body, json!(tasks)).await.unwrap();
    let told = scene.coppice.events(0);
    let start = |task: &&str| {
        let of = |event: &&Event| event.of("process.started", task) && event.text("kind") == "implement";
        told.iter().find(of).unwrap().clone()
    };
    tasks.iter().map(start).collect()
}

/// Looks at an agent's terminal until the last line of a part is there.
async fn watch(page: &Page, agent: &Event, part: usize) {
    let run = agent.text("run");
    page.click(&format!("dock-tab-{run}")).await.unwrap();
    page.see_in_terminal(run, &format!("part {part} line {LINES}\n")).await.unwrap();
}

/// Every line is there, in order, once.
async fn assert_complete(page: &Page, agent: &Event, parts: usize) {
    let task = agent.text("task");
    let expected: Vec<String> = (1..=parts)
        .flat_map(|part| (1..=LINES).map(move |line| format!("{task} part {part} line {line}")))
        .collect();
    let shown = page.terminal(agent.text("run")).await.unwrap();
    let printed: Vec<&str> = shown.lines().filter(|line| line.contains(" part ")).collect();
    assert_eq!(printed, expected);
}

fn assert_alive(agents: &[Event]) {
    for agent in agents {
        assert!(is_alive(agent.pid("pid")), "the agent lives: {agent:?}");
        assert!(is_alive(agent.pid("shim_pid")), "its shim lives: {agent:?}");
    }
}
