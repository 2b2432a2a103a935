//! The turns against a world made up by chance: agents that fail, checks that go red, conflicts,
//! targets that move, engines that die between any two inputs. Whatever happens, the promises hold.

mod answers;
mod person;
mod scene;

use engine::apply::{Touched, open_plan};
use engine::decide::Command;
use engine::world::{Mode, PlanText};
use proptest::prelude::*;
use protocol::Reply;

use scene::Scene;

fn start(scene: &mut Scene) {
    let plan = scene.plan.clone();
    let reply = scene.turn(|turn| turn.command(Command::Start { plan, again: false }));
    assert!(matches!(reply, Ok(Reply::Started(_))), "{reply:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// However things go, a plan that is started often enough and helped by a person lands whole,
    /// and every promise holds on the way.
    #[test]
    fn whatever_happens_the_promises_hold_and_all_lands(
        edges in prop::collection::vec((0_usize..7, 0_usize..7), 0..12),
        tasks in 1_usize..7,
        slots in 1_usize..4,
        auto in any::<bool>(),
        reviewed in any::<bool>(),
        rivals in any::<bool>(),
        rolls in prop::collection::vec(any::<u8>(), 64..256),
    ) {
        let mut scene = Scene::new(&edges, tasks, slots, auto, reviewed, rivals, rolls);
        start(&mut scene);
        let mut starts = 0;
        for _ in 0..20_000 {
            match scene.dice.roll(60) {
                0 => scene.crash(),
                1..=4 => scene.person(),
                _ => {}
            }
            if scene.step() {
                continue;
            }
            let plan = &scene.world.plans[&scene.plan];
            prop_assert!(plan.head.at_rest, "nothing is under way, and the plan does not say so: {:?}", plan.head);
            if plan.head.mode == Mode::Finished {
                break;
            }
            scene.person();
            starts += 1;
            if starts % 3 == 0 {
                start(&mut scene);
            }
        }
        let plan = &scene.world.plans[&scene.plan];
        prop_assert_eq!(plan.head.mode, Mode::Finished);
        prop_assert_eq!(scene.landed.len(), tasks);
        prop_assert!(plan.head.lane.is_none());
        prop_assert!(plan.activity.removing.is_empty());
    }
}

#[test]
fn an_agent_by_whose_name_one_of_several_is_known_keeps_it_while_they_are_at_it() {
    let mut scene = Scene::new(&[], 1, 2, false, false, true, vec![0]);
    let plan = scene.plan.clone();
    let renamed = |scene: &mut Scene| {
        let toml = scene.world.plans[&plan].text.toml.replace("other", "another");
        let plan = plan.clone();
        scene.turn(|turn| turn.command(Command::SetPlanText { plan, toml }))
    };
    // Before anybody has begun it is a name like any other.
    renamed(&mut scene).expect("a rename");
    start(&mut scene);
    let error = renamed(&mut scene).expect_err("a refusal");
    assert!(error.message.contains("is being tried by another"), "{}", error.message);
    assert!(scene.world.plans[&plan].doc.settings.agents.contains_key("another"));
}

#[test]
fn an_agent_keeps_its_name_while_its_attempt_is_open() {
    let mut scene = Scene::new(&[], 1, 1, false, false, false, vec![0]);
    let plan = scene.plan.clone();
    start(&mut scene);
    let toml = scene.world.plans[&plan].text.toml.replace("any", "somebody");
    let error = scene
        .turn(|turn| turn.command(Command::SetPlanText { plan: plan.clone(), toml }))
        .expect_err("a refusal");
    assert!(error.message.contains("is being tried by any"), "{}", error.message);
}

#[test]
fn a_text_that_a_former_version_accepted_is_shown_edited_and_not_started_as_it_is() {
    let mut scene = Scene::new(&[], 2, 1, false, false, false, vec![0]);
    let id = scene.plan.clone();
    let plan = scene.world.plans.remove(&id).expect("the plan");
    let old = format!("{}[review]\nagent = []\n", plan.text.toml);
    assert!(plan::parse(&old).is_err());
    let text = PlanText { toml: old, ..plan.text };
    let mut plan = open_plan(plan.head, text).expect("it is not lost");
    plan.follow_doc(1, &mut Touched::new());
    assert_eq!(plan.tasks.len(), 2);
    scene.world.plans.insert(id.clone(), plan);
    // It says what is wrong instead of running as something else than was meant.
    let refused = scene.turn(|turn| turn.command(Command::Start { plan: id.clone(), again: false }));
    assert!(refused.is_err_and(|error| error.message.contains("empty list names no reviewer")));
    let connect = protocol::Edit::Connect { from: "t0".to_owned(), to: "t1".to_owned() };
    let edit = Command::EditPlan { plan: id.clone(), edit: Box::new(connect), revision: None };
    scene.turn(|turn| turn.command(edit)).expect("an edit");
    assert!(plan::parse(&scene.world.plans[&id].text.toml).is_ok());
}
