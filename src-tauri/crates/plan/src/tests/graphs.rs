//! The graph: both directions, order, levels, cycles.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::arbitrary::shape;
use super::{drawn, id};
use crate::{Graph, PlanDoc, TaskIdx};

fn names(graph: &Graph, tasks: &[TaskIdx]) -> String {
    tasks.iter().map(|task| graph.id(*task).as_str()).collect::<Vec<_>>().join(" ")
}

fn check(lines: &str) -> String {
    match Graph::new(&drawn(lines)) {
        Ok(graph) => graph.waves().iter().map(|wave| names(&graph, wave)).collect::<Vec<_>>().join(" | "),
        Err(cycle) => format!("{cycle}; {}", cycle.hint()),
    }
}

#[test]
fn waves_are_levels() {
    assert_snapshot!(check("a\nb: a\nc: a\nd: b c\ne"), @"a e | b c | d");
    assert_snapshot!(check(""), @"");
    assert_snapshot!(check("d: c\nc: b\nb: a\na"), @"a | b | c | d");
}

#[test]
fn a_cycle_is_found_shortest_first() {
    assert_snapshot!(check("a\nb: a d\nc: b\nd: c\ne: e2\ne2: e"), @r#"b → c → d → b; Remove one of these dependencies: "b" from the after of "c", or "c" from the after of "d", or "d" from the after of "b"."#);
    // The way round through y is longer than the direct one.
    assert_snapshot!(check("x: z\ny: x\nz: y x"), @r#"x → z → x; Remove one of these dependencies: "x" from the after of "z", or "z" from the after of "x"."#);
}

#[test]
fn reach_in_both_directions() {
    let graph = Graph::new(&drawn("d: b c\nb: a\nc: a\na\ne: d")).unwrap();
    let at = |name: &str| graph.find(&id(name)).unwrap();
    assert_eq!(names(&graph, &graph.downstream(at("a"))), "b c d e");
    assert_eq!(names(&graph, &graph.upstream(at("d"))), "a b c");
    assert_eq!(names(&graph, graph.dependencies(at("d"))), "b c");
    assert_eq!(names(&graph, graph.dependents(at("a"))), "b c");
}

#[test]
fn a_chain_of_ten_thousand_is_no_depth() {
    let mut doc = PlanDoc::default();
    for number in 0..10_000 {
        let mut task = crate::Task::new(id(&format!("t{number}")));
        task.after = (number > 0).then(|| id(&format!("t{}", number - 1))).into_iter().collect();
        doc.tasks.push(task);
    }
    assert_eq!(Graph::new(&doc).unwrap().waves().len(), 10_000);
    doc.tasks[0].after.push(id("t9999"));
    assert_eq!(Graph::new(&doc).unwrap_err().tasks.len(), 10_000);
}

proptest! {
    #[test]
    fn every_task_stands_after_its_dependencies(doc in shape(40)) {
        let graph = Graph::new(&doc).unwrap();
        let place: Vec<usize> = graph.tasks().map(|task| {
            graph.topological().iter().position(|other| *other == task).unwrap()
        }).collect();
        for task in graph.tasks() {
            for before in graph.dependencies(task) {
                prop_assert!(place[before.at()] < place[task.at()]);
                prop_assert!(graph.level(*before) < graph.level(task));
                prop_assert!(graph.dependents(*before).contains(&task));
            }
        }
    }

    #[test]
    fn a_back_edge_is_a_cycle_and_its_cuts_break_it(doc in shape(20), pick in any::<prop::sample::Index>()) {
        let graph = Graph::new(&doc).unwrap();
        let first = pick.get(graph.topological());
        let Some(last) = graph.downstream(*first).last().copied() else { return Ok(()) };
        let mut doc = doc;
        doc.tasks[first.at()].after.push(graph.id(last).clone());
        let cycle = Graph::new(&doc).unwrap_err();
        for (before, after) in cycle.cuts() {
            let task = doc.tasks.iter().find(|task| task.id == after).unwrap();
            prop_assert!(task.after.contains(&before), "{} is no edge of the plan", cycle);
        }
        // All edges but one were sound, and that one is on every cycle.
        prop_assert!(cycle.cuts().contains(&(graph.id(last).clone(), graph.id(*first).clone())));
    }
}
