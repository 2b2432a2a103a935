//! The forecast: what it says, and the bounds that it can never leave.

use std::time::Duration;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::arbitrary::shape;
use super::drawn;
use crate::duration::format_duration;
use crate::forecast::forecast_fresh;
use crate::{Graph, PlanDoc, Work, forecast};

fn with_minutes(lines: &str, minutes: &[u64]) -> PlanDoc {
    let mut doc = drawn(lines);
    for (task, minutes) in doc.tasks.iter_mut().zip(minutes) {
        task.estimate = Some(Duration::from_secs(60 * minutes));
    }
    doc
}

fn check(doc: &PlanDoc) -> String {
    let f = forecast_fresh(doc, &Graph::new(doc).unwrap());
    let path: Vec<&str> = f.critical_path.iter().map(|id| id.as_str()).collect();
    format!(
        "{} = {}, total {}, bound {}, makespan {}, waves {}, one more slot {}",
        path.join(" → "),
        format_duration(f.critical),
        format_duration(f.total),
        format_duration(f.lower_bound),
        format_duration(f.makespan),
        format_duration(f.waves),
        format_duration(f.one_more_slot),
    )
}

#[test]
fn a_diamond() {
    let mut doc = with_minutes("a\nb: a\nc: a\nd: b c", &[10, 20, 30, 10]);
    assert_snapshot!(check(&doc), @"a → c → d = 50m, total 1h10m, bound 50m, makespan 50m, waves 50m, one more slot 50m");
    doc.settings.slots = 1;
    assert_snapshot!(check(&doc), @"a → c → d = 50m, total 1h10m, bound 1h10m, makespan 1h10m, waves 1h10m, one more slot 50m");
}

#[test]
fn strict_waves_cost_what_they_hold_back() {
    let doc = with_minutes("a\nb: a\nc\nd: c", &[10, 50, 50, 10]);
    assert_snapshot!(check(&doc), @"a → b = 1h, total 2h, bound 1h, makespan 1h, waves 1h40m, one more slot 1h");
}

#[test]
fn what_runs_and_what_is_dead_counts() {
    let doc = with_minutes("a\nb: a\nc\nd: c\ne: d b", &[0; 5]);
    let graph = Graph::new(&doc).unwrap();
    let minutes = |n: u64| Duration::from_secs(60 * n);
    let work = [
        Work::Running(minutes(3)),
        Work::Todo(minutes(10)),
        Work::Closed,
        Work::Todo(minutes(90)),
        Work::Todo(minutes(90)),
    ];
    let f = forecast(&graph, &work, 2, false);
    assert_eq!(f.makespan, minutes(13));
    assert_eq!(f.total, minutes(13));
    let blocked: Vec<&str> = f.blocked.iter().map(|id| id.as_str()).collect();
    assert_eq!(blocked, ["d", "e"]);
    let spans: Vec<String> = f
        .spans
        .iter()
        .map(|s| format!("{} {:?}..{:?}", s.task, s.start.as_secs(), s.end.as_secs()))
        .collect();
    assert_eq!(spans, ["a 0..180", "b 180..780"]);
}

#[test]
fn an_empty_plan_takes_no_time() {
    assert_snapshot!(check(&PlanDoc::default()), @" = 0s, total 0s, bound 0s, makespan 0s, waves 0s, one more slot 0s");
}

proptest! {
    #[test]
    fn grahams_bound(doc in shape(60), slots in 1usize..9) {
        let graph = Graph::new(&doc).unwrap();
        let mut doc = doc;
        doc.settings.slots = slots;
        let f = forecast_fresh(&doc, &graph);
        let m = slots as u32;
        prop_assert!(f.makespan >= f.lower_bound);
        // Graham 1966: total/m + (1 - 1/m) * critical, for any list order.
        prop_assert!(f.makespan * m <= f.total + f.critical * (m - 1));
        prop_assert!(f.waves >= f.lower_bound);
        prop_assert_eq!(f.spans.len(), graph.len());

        // Never more at once than slots, and nothing before what it waits for.
        for span in &f.spans {
            let at_once = f.spans.iter().filter(|o| o.start <= span.start && span.start < o.end).count();
            prop_assert!(at_once <= slots);
            let task = graph.find(&span.task).unwrap();
            for before in graph.dependencies(task) {
                let end = f.spans.iter().find(|o| o.task == *graph.id(*before)).unwrap().end;
                prop_assert!(end <= span.start);
            }
        }
        let along: Duration = f.critical_path.iter().map(|id| doc.task(id).unwrap().estimate.unwrap()).sum();
        prop_assert_eq!(along, f.critical);
    }
}
