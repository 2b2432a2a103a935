//! The differences between two documents, made in a TOML tree: what is equal in both is not
//! touched, so its spelling, its comments and its place stay as a person left them.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{Array, ArrayOfTables, InlineTable, Item, Table, TableLike, Value};

use crate::document::{
    Adapter, Agent, Approve, Check, CommitPolicy, Fix, Land, PlanDoc, Review, Settings, Setup, Task,
};
use crate::duration::format_duration;
use crate::value::{list, number, optional, put, text, word};

/// `root` says `old`; afterwards it says `new`.
pub(crate) fn update(root: &mut Table, old: &PlanDoc, new: &PlanDoc) {
    let mut ends = Ends::of(root);
    settings(root, &old.settings, &new.settings, &mut ends);
    rows(root, "task", &old.tasks, &new.tasks, |task| task.id.as_str(), task, &mut ends);
    layout(root, old, new, &mut ends);
}

/// Where new tables go: after all that stand in the file.
struct Ends {
    last: isize,
}

impl Ends {
    fn of(root: &Table) -> Ends {
        Ends { last: deepest(root) }
    }

    fn next(&mut self) -> Option<isize> {
        self.last += 1;
        Some(self.last)
    }
}

fn deepest(table: &Table) -> isize {
    let inner = table.iter().map(|(_, item)| match item {
        Item::Table(table) => deepest(table),
        Item::ArrayOfTables(tables) => tables.iter().map(deepest).max().unwrap_or(0),
        Item::None | Item::Value(_) => 0,
    });
    inner.max().unwrap_or(0).max(table.position().unwrap_or(0))
}

fn settings(root: &mut Table, old: &Settings, new: &Settings, ends: &mut Ends) {
    number(root, "version", old.version.into(), new.version.into());
    text(root, "title", &old.title, &new.title);
    text(root, "goal", &old.goal, &new.goal);
    optional(root, "target", &old.target, &new.target);
    number(root, "slots", old.slots as i64, new.slots as i64);
    word(root, "approve", &old.approve, &new.approve, |approve| match approve {
        Approve::Manual => "manual",
        Approve::Auto => "auto",
    });
    word(root, "commit", &old.commit, &new.commit, |policy| match policy {
        CommitPolicy::Ask => "ask",
        CommitPolicy::Scope => "scope",
    });
    word(root, "land", &old.land, &new.land, |land| match land {
        Land::Merge => "merge",
        Land::Squash => "squash",
        Land::Rebase => "rebase",
    });
    if old.waves != new.waves {
        put(root, "waves", new.waves.into());
    }
    number(root, "retries", old.retries.into(), new.retries.into());
    optional(root, "agent", &old.agent, &new.agent);
    setup(root, &old.setup, &new.setup, ends);
    rows(root, "check", &old.checks, &new.checks, |check| &check.name, check, ends);
    agents(root, &old.agents, &new.agents, ends);
    review(root, old.review.as_ref(), new.review.as_ref(), ends);
    fix(root, old.fix.as_ref(), new.fix.as_ref(), ends);
}

fn setup(root: &mut Table, old: &Setup, new: &Setup, ends: &mut Ends) {
    if old == new {
        return;
    }
    let table = section(root, "setup", ends);
    optional(table, "command", &old.command, &new.command);
    list(table, "copy", &old.copy, &new.copy);
    list(table, "ports", &old.ports, &new.ports);
    if old.timeout != new.timeout {
        put(table, "timeout", format_duration(new.timeout).into());
    }
    if table.is_empty() {
        root.remove("setup");
    }
}

fn check(table: &mut dyn TableLike, old: Option<&Check>, new: &Check) {
    text(table, "name", old.map_or("", |old| &old.name), &new.name);
    text(table, "command", old.map_or("", |old| &old.command), &new.command);
    let was = old.map_or(crate::document::DEFAULT_TIMEOUT, |old| old.timeout);
    if was != new.timeout {
        put(table, "timeout", format_duration(new.timeout).into());
    }
}

fn agents(root: &mut Table, old: &BTreeMap<String, Agent>, new: &BTreeMap<String, Agent>, ends: &mut Ends) {
    if old == new {
        return;
    }
    let all = root.entry("agents").or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let inline = all.is_value();
    let Some(all) = all.as_table_like_mut() else { return };
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        all.remove(name);
    }
    for (name, is) in new {
        let was = old.get(name);
        if was == Some(is) {
            continue;
        }
        if was.is_none() {
            let mut table = Table::new();
            agent(&mut table, None, is);
            let item = if inline {
                Item::Value(table.into_inline_table().into())
            } else {
                // Beside the other agents if there are any.
                table.set_position(if old.is_empty() { ends.next() } else { None });
                Item::Table(table)
            };
            all.insert(name, item);
        } else if let Some(table) = all.get_mut(name).and_then(Item::as_table_like_mut) {
            agent(table, was, is);
        }
    }
}

fn agent(table: &mut dyn TableLike, old: Option<&Agent>, new: &Agent) {
    let plain = Agent::default();
    // The adapter is the one key without which a file has no agent, so it is always written.
    if old.map(|old| old.adapter) != Some(new.adapter) {
        let name = match new.adapter {
            Adapter::Command => "command",
            Adapter::Scripted => "scripted",
            Adapter::Claude => "claude",
            Adapter::Codex => "codex",
        };
        put(table, "adapter", name.into());
    }
    let old = old.unwrap_or(&plain);
    list(table, "command", &old.command, &new.command);
    optional(table, "script", &old.script, &new.script);
    optional(table, "model", &old.model, &new.model);
    optional(table, "effort", &old.effort, &new.effort);
    optional(table, "permission", &old.permission, &new.permission);
    list(table, "tools", &old.tools, &new.tools);
    list(table, "args", &old.args, &new.args);
    if old.env == new.env {
        return;
    }
    if table.get("env").is_none() {
        table.insert("env", Item::Value(InlineTable::new().into()));
    }
    let Some(env) = table.get_mut("env").and_then(Item::as_table_like_mut) else { return };
    for key in old.env.keys().filter(|key| !new.env.contains_key(*key)) {
        env.remove(key);
    }
    for (key, value) in &new.env {
        if old.env.get(key) != Some(value) {
            put(env, key, value.into());
        }
    }
    if new.env.is_empty() {
        table.remove("env");
    }
}

fn review(root: &mut Table, old: Option<&Review>, new: Option<&Review>, ends: &mut Ends) {
    if old == new {
        return;
    }
    let Some(new) = new else {
        root.remove("review");
        return;
    };
    let plain = Review::default();
    let old = old.unwrap_or(&plain);
    let table = section(root, "review", ends);
    if old.agents != new.agents {
        match (new.agents.as_slice(), table.get("agent").is_some_and(Item::is_array)) {
            ([], _) => {
                table.remove("agent");
            }
            ([one], false) => put(table, "agent", one.into()),
            (_, true) => list(table, "agent", &old.agents, &new.agents),
            (many, false) => put(table, "agent", many.iter().collect::<Array>().into()),
        }
    }
    number(table, "rounds", old.rounds.into(), new.rounds.into());
}

fn fix(root: &mut Table, old: Option<&Fix>, new: Option<&Fix>, ends: &mut Ends) {
    if old == new {
        return;
    }
    match new {
        None => {
            root.remove("fix");
        }
        Some(new) => {
            let was = old.and_then(|old| old.agent.clone());
            optional(section(root, "fix", ends), "agent", &was, &new.agent);
        }
    }
}

fn task(table: &mut dyn TableLike, old: Option<&Task>, new: &Task) {
    let plain = Task::new(new.id.clone());
    if old.is_none_or(|old| old.id != new.id) {
        put(table, "id", new.id.as_str().into());
    }
    let old = old.unwrap_or(&plain);
    text(table, "title", &old.title, &new.title);
    text(table, "role", &old.role, &new.role);
    text(table, "deliverable", &old.deliverable, &new.deliverable);
    text(table, "spec", &old.spec, &new.spec);
    match (&old.scope, &new.scope) {
        (None, None) => {}
        (_, None) => {
            table.remove("scope");
        }
        (None, Some(new)) => put(table, "scope", new.iter().collect::<Array>().into()),
        (Some(old), Some(new)) => list(table, "scope", old, new),
    }
    list(table, "exclude", &old.exclude, &new.exclude);
    text(table, "contract", &old.contract, &new.contract);
    let ids = |task: &Task| task.after.iter().map(|id| id.as_str().to_owned()).collect::<Vec<_>>();
    list(table, "after", &ids(old), &ids(new));
    optional(table, "agent", &old.agent, &new.agent);
    list(table, "attempts", &old.attempts, &new.attempts);
    let estimate = |task: &Task| task.estimate.map(format_duration);
    if old.estimate != new.estimate {
        optional(table, "estimate", &estimate(old), &estimate(new));
    }
}

fn layout(root: &mut Table, old: &PlanDoc, new: &PlanDoc, ends: &mut Ends) {
    if old.layout == new.layout {
        return;
    }
    let table = section(root, "layout", ends);
    for id in old.layout.keys().filter(|id| !new.layout.contains_key(*id)) {
        table.remove(id.as_str());
    }
    for (id, (x, y)) in &new.layout {
        if old.layout.get(id) != Some(&(*x, *y)) {
            let pair: Array = [i64::from(*x), i64::from(*y)].into_iter().collect();
            put(table, id.as_str(), pair.into());
        }
    }
    if table.is_empty() {
        root.remove("layout");
    }
}

/// Brings a list of tables to `new`: rows are known by name, keep their own text, and move as blocks.
fn rows<'a, T: PartialEq>(
    root: &mut Table,
    key: &str,
    old: &'a [T],
    new: &'a [T],
    name: impl Fn(&'a T) -> &'a str,
    fill: impl Fn(&mut dyn TableLike, Option<&T>, &T),
    ends: &mut Ends,
) {
    if old == new {
        return;
    }
    let tables = match root.get(key) {
        Some(Item::ArrayOfTables(tables)) => tables.iter().cloned().collect(),
        // `key = [{ … }]` cannot hold comments; it becomes a list of tables.
        Some(Item::Value(Value::Array(array))) => {
            let inline = array.iter().filter_map(|value| value.as_inline_table().cloned());
            inline.map(InlineTable::into_table).collect()
        }
        _ => Vec::new(),
    };
    let mut was: BTreeMap<&str, (&T, Table)> =
        old.iter().zip(tables).map(|(row, table)| (name(row), (row, table))).collect();
    let kept: BTreeSet<&str> = new.iter().map(&name).filter(|row| was.contains_key(row)).collect();
    let stays = |rows: &'a [T]| rows.iter().map(&name).filter(|row| kept.contains(row));
    let moved = !stays(old).eq(stays(new));
    let mut places: Vec<isize> =
        new.iter().filter_map(|row| was.get(name(row)).and_then(|(_, table)| table.position())).collect();
    places.sort_unstable();
    let mut places = places.into_iter();

    let mut list = ArrayOfTables::new();
    for row in new {
        let mut table = match was.remove(name(row)) {
            Some((old, mut table)) => {
                fill(&mut table, Some(old), row);
                if moved {
                    table.set_position(places.next());
                }
                table
            }
            None => {
                let mut table = Table::new();
                fill(&mut table, None, row);
                table
            }
        };
        // Without a place it follows the table before it; the first has none before it.
        if list.is_empty() && table.position().is_none() {
            let first = old.iter().find_map(|row| was.get(name(row)).and_then(|(_, table)| table.position()));
            table.set_position(first.or_else(|| ends.next()));
        }
        list.push(table);
    }
    if list.is_empty() {
        root.remove(key);
    } else {
        root.insert(key, Item::ArrayOfTables(list));
    }
}

/// The table of that name, made at the end of the file if there is none.
fn section<'a>(root: &'a mut Table, key: &str, ends: &mut Ends) -> &'a mut dyn TableLike {
    if !root.get(key).is_some_and(Item::is_table_like) {
        let mut table = Table::new();
        table.set_position(ends.next());
        root.insert(key, Item::Table(table));
    }
    match root.entry(key).or_insert_with(toml_edit::table) {
        Item::Value(Value::InlineTable(table)) => table,
        Item::Table(table) => table,
        Item::None | Item::Value(_) | Item::ArrayOfTables(_) => unreachable!("a table was made just now"),
    }
}
