//! Plans of every shape that is valid, for properties.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;

use crate::fault::faults;
use crate::*;

/// Texts that files have trouble with among harmless ones.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-zA-Z0-9 .,-]{0,12}",
        1 => Just("1. first\n2. second\n   nested\n".to_owned()),
        1 => Just("# no comment \"quoted\" 'and' \\ back".to_owned()),
        1 => Just("\"\"\"three\"\"\" '''ticks'''".to_owned()),
        1 => Just("windows\r\nline\rends\n\ttab\u{7f}\u{0}".to_owned()),
        1 => Just("  über — 日本 🌱 \n\n".to_owned()),
        1 => "\\PC{0,8}",
    ]
}

fn some_text() -> impl Strategy<Value = String> {
    text().prop_map(|text| if text.trim().is_empty() { "x".to_owned() } else { text })
}

fn length() -> impl Strategy<Value = Duration> {
    prop_oneof![1u64..5_000, 1_000u64..40_000_000].prop_map(Duration::from_millis)
}

fn globs() -> impl Strategy<Value = Vec<String>> {
    let glob = prop_oneof![
        Just("src/**"),
        Just("docs/*.md"),
        Just("Cargo.toml"),
        Just("a b/[xyz]?.rs"),
        Just("{a,b}/c")
    ];
    vec(glob.prop_map(str::to_owned), 0..4)
}

fn agent() -> impl Strategy<Value = Agent> {
    let adapter = prop_oneof![
        Just(Adapter::Command),
        Just(Adapter::Scripted),
        Just(Adapter::Claude),
        Just(Adapter::Codex)
    ];
    let env = btree_map("[A-Z_]{1,5}", text(), 0..3);
    (adapter, vec(some_text(), 1..3), some_text(), of(text()), vec(text(), 0..3), env).prop_map(
        |(adapter, command, script, model, args, env)| Agent {
            adapter,
            command,
            script: Some(script),
            model: model.clone(),
            effort: model,
            tools: args.clone(),
            args,
            env,
            ..Agent::default()
        },
    )
}

pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let agents = btree_map("[a-z]{1,4}|a b|\"q\"|ü\\.x", agent(), 0..4);
    let checks = vec((some_text(), some_text(), length()), 0..3).prop_map(|checks| {
        let named = checks.into_iter().enumerate();
        let check = |(at, (name, command, timeout))| Check { name: format!("{at}{name}"), command, timeout };
        named.map(check).collect()
    });
    let setup = (of(some_text()), vec("[a-z.]{1,4}x", 0..3), of(length()));
    let words = (any::<bool>(), any::<bool>(), 0..3u8, any::<bool>());
    let numbers = (1usize..=64, 0u32..=100, of(of(1u32..=20)), any::<bool>());
    (text(), text(), of(some_text()), words, numbers, setup, checks, agents, any::<prop::sample::Index>())
        .prop_map(|(title, goal, target, words, numbers, setup, checks, agents, pick)| {
            let name = (!agents.is_empty()).then(|| pick.get(&agents.keys().collect::<Vec<_>>()).to_string());
            let (auto, scope, land, waves) = words;
            let (slots, retries, review, fix) = numbers;
            Settings {
                title,
                goal,
                target,
                slots,
                approve: if auto { Approve::Auto } else { Approve::Manual },
                commit: if scope { CommitPolicy::Scope } else { CommitPolicy::Ask },
                land: [Land::Merge, Land::Squash, Land::Rebase][usize::from(land)],
                waves,
                retries,
                agent: name.clone().filter(|_| auto),
                setup: Setup {
                    command: setup.0,
                    copy: setup.1,
                    ports: if scope { vec!["web".to_owned(), "DB_1".to_owned()] } else { Vec::new() },
                    timeout: setup.2.unwrap_or(document::DEFAULT_TIMEOUT),
                },
                checks,
                agents,
                review: review.map(|rounds| Review {
                    agents: name.iter().flat_map(|name| vec![name.clone(); 1 + usize::from(waves)]).collect(),
                    rounds: rounds.unwrap_or(5),
                }),
                fix: fix.then(|| Fix { agent: name.filter(|_| waves) }),
                ..Settings::default()
            }
        })
}

/// A task whose dependencies are places among the tasks before it.
fn task() -> impl Strategy<Value = (Task, Vec<prop::sample::Index>, Option<(i32, i32)>, u8)> {
    let words = (text(), text(), text(), text(), text());
    let lists = (of(globs()), globs(), of(length()));
    let edges = vec(any::<prop::sample::Index>(), 0..4);
    (words, lists, edges, of(any::<(i32, i32)>()), any::<u8>()).prop_map(
        |(words, lists, edges, position, agent)| {
            let mut task = Task::new(id_of(0));
            (task.title, task.role, task.deliverable, task.spec, task.contract) = words;
            (task.scope, task.exclude, task.estimate) = lists;
            (task, edges, position, agent)
        },
    )
}

pub(crate) fn id_of(number: usize) -> TaskId {
    super::id(&format!("t{number}"))
}

/// Valid plans: dependencies go from earlier numbers to later ones, and the document shuffles them.
pub(crate) fn plan() -> impl Strategy<Value = PlanDoc> {
    let order = vec(any::<u16>(), 8);
    (settings(), vec(task(), 0..8), order).prop_map(|(settings, drawn, order)| {
        let mut layout = BTreeMap::new();
        let mut tasks: Vec<Task> = Vec::new();
        for (number, (mut task, edges, position, agent)) in drawn.into_iter().enumerate() {
            task.id = id_of(number);
            if number > 0 {
                for edge in edges {
                    let before = id_of(edge.index(number));
                    if !task.after.contains(&before) {
                        task.after.push(before);
                    }
                }
            }
            let names: Vec<&String> = settings.agents.keys().collect();
            if !names.is_empty() {
                let name = names[usize::from(agent) % names.len()].clone();
                match agent % 3 {
                    0 => task.agent = Some(name),
                    1 => task.attempts = vec![name; 2],
                    _ => {}
                }
            }
            layout.extend(position.map(|position| (task.id.clone(), position)));
            tasks.push(task);
        }
        let mut keyed: Vec<(u16, Task)> = order.into_iter().zip(tasks).collect();
        keyed.sort_by_key(|(key, _)| *key);
        let doc = PlanDoc { settings, tasks: keyed.into_iter().map(|(_, task)| task).collect(), layout };
        assert_eq!(faults(&doc), Vec::new());
        doc
    })
}

/// Edges of an acyclic graph with up to `most` tasks; tasks are in a legal order.
pub(crate) fn shape(most: usize) -> impl Strategy<Value = PlanDoc> {
    vec((vec(any::<prop::sample::Index>(), 0..4), 0u64..20), 1..most).prop_map(|rows| {
        let task = |(number, (edges, seconds)): (usize, (Vec<prop::sample::Index>, u64))| {
            let mut task = Task::new(id_of(number));
            task.after = edges.iter().filter(|_| number > 0).map(|edge| id_of(edge.index(number))).collect();
            task.after.sort();
            task.after.dedup();
            task.estimate = Some(Duration::from_secs(seconds));
            task
        };
        PlanDoc { tasks: rows.into_iter().enumerate().map(task).collect(), ..PlanDoc::default() }
    })
}
