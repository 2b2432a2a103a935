//! The turns against a world made up by chance: agents that fail, checks that go red, conflicts,
//! targets that move, engines that die between any two inputs. Whatever happens, the promises hold.

mod answers;
mod person;
mod scene;

use engine::decide::Command;
use engine::world::Mode;
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
