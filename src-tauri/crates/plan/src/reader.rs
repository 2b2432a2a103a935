//! From a TOML tree to a document, strictly and to the end: each problem is noted with its place
//! and reading goes on, so that one look at a file tells all that is wrong with it.
//!
//! What can be judged without the text (references, cycles, ranges) is judged in `fault.rs`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use toml_edit::{Item, Table, TableLike, Value};

use crate::document::{
    Adapter, Agent, Approve, Check, CommitPolicy, Fix, Land, PlanDoc, Position, Review, Settings, Setup, Task,
};
use crate::duration::parse_duration;
use crate::fault::{Step, nearest};
use crate::id::TaskId;
use crate::place::find;

/// Span, message, hint.
pub(crate) type Found = (Range<usize>, String, Option<String>);

pub(crate) struct Reader<'a> {
    root: &'a Table,
    pub(crate) problems: Vec<Found>,
    /// For each task of the document its place among the file's tables: one whose id cannot be
    /// read has no place in the document.
    rows: Vec<usize>,
}

/// A table with its name for messages and its own place.
struct Section<'a> {
    table: &'a dyn TableLike,
    name: String,
    span: Range<usize>,
}

const PLAN_KEYS: &[&str] = &[
    "version", "title", "goal", "target", "slots", "approve", "commit", "land", "waves", "retries", "agent",
    "setup", "check", "agents", "review", "fix", "task", "layout",
];
const TASK_KEYS: &[&str] = &[
    "id",
    "title",
    "role",
    "deliverable",
    "spec",
    "scope",
    "exclude",
    "contract",
    "after",
    "agent",
    "attempts",
    "estimate",
];
const AGENT_KEYS: &[&str] =
    &["adapter", "command", "script", "model", "effort", "permission", "tools", "args", "env"];

impl<'a> Reader<'a> {
    pub(crate) fn new(root: &'a Table) -> Reader<'a> {
        Reader { root, problems: Vec::new(), rows: Vec::new() }
    }

    pub(crate) fn plan(&mut self) -> PlanDoc {
        let root = Section { table: self.root, name: "A plan".to_owned(), span: 0..0 };
        self.known(&root, PLAN_KEYS);
        let settings = self.settings(&root);
        let mut tasks = Vec::new();
        for (row, section) in self.sections(&root, "task", "A task").into_iter().enumerate() {
            if let Some(task) = self.task(section) {
                self.rows.push(row);
                tasks.push(task);
            }
        }
        let layout = self.layout(&root);
        PlanDoc { settings, tasks, layout }
    }

    fn settings(&mut self, root: &Section<'a>) -> Settings {
        let plain = Settings::default();
        Settings {
            version: self.number(root, "version").unwrap_or(plain.version),
            title: self.text(root, "title").unwrap_or_default(),
            goal: self.text(root, "goal").unwrap_or_default(),
            target: self.text(root, "target"),
            slots: self.number(root, "slots").unwrap_or(plain.slots),
            approve: self
                .choice(root, "approve", &[("manual", Approve::Manual), ("auto", Approve::Auto)])
                .unwrap_or_default(),
            commit: self
                .choice(root, "commit", &[("ask", CommitPolicy::Ask), ("scope", CommitPolicy::Scope)])
                .unwrap_or_default(),
            land: self
                .choice(
                    root,
                    "land",
                    &[("merge", Land::Merge), ("squash", Land::Squash), ("rebase", Land::Rebase)],
                )
                .unwrap_or_default(),
            waves: self.flag(root, "waves").unwrap_or(plain.waves),
            retries: self.number(root, "retries").unwrap_or(plain.retries),
            agent: self.text(root, "agent"),
            setup: self.setup(root),
            checks: self
                .sections(root, "check", "A check")
                .into_iter()
                .map(|check| self.check(check))
                .collect(),
            agents: self.agents(root),
            review: self.review(root),
            fix: self.fix(root),
        }
    }

    fn setup(&mut self, root: &Section<'a>) -> Setup {
        let plain = Setup::default();
        let Some(section) = self.section(root, "setup", "Setup") else { return plain };
        self.known(&section, &["command", "copy", "ports", "timeout"]);
        Setup {
            command: self.text(&section, "command"),
            copy: self.texts(&section, "copy").unwrap_or_default(),
            ports: self.texts(&section, "ports").unwrap_or_default(),
            timeout: self.length(&section, "timeout").unwrap_or(plain.timeout),
        }
    }

    fn check(&mut self, section: Section<'a>) -> Check {
        self.known(&section, &["name", "command", "timeout"]);
        Check {
            name: self.text(&section, "name").unwrap_or_default(),
            command: self.text(&section, "command").unwrap_or_default(),
            timeout: self.length(&section, "timeout").unwrap_or(crate::document::DEFAULT_TIMEOUT),
        }
    }

    fn agents(&mut self, root: &Section<'a>) -> BTreeMap<String, Agent> {
        let mut agents = BTreeMap::new();
        let Some(all) = self.section(root, "agents", "Agents") else { return agents };
        for (name, _) in all.table.iter() {
            let name = name.to_owned();
            let title = format!("Agent \"{name}\"");
            if let Some(section) = self.section(&all, &name, &title) {
                let agent = self.agent(section);
                agents.insert(name, agent);
            } else {
                // Known all the same, or every mention of it would be a problem of its own.
                agents.insert(name, Agent { command: vec!["?".to_owned()], ..Agent::default() });
            }
        }
        agents
    }

    fn agent(&mut self, section: Section<'a>) -> Agent {
        self.known(&section, AGENT_KEYS);
        let adapters = [
            ("command", Adapter::Command),
            ("scripted", Adapter::Scripted),
            ("claude", Adapter::Claude),
            ("codex", Adapter::Codex),
        ];
        let adapter = self.choice(&section, "adapter", &adapters);
        if section.table.get("adapter").is_none() {
            let message = format!("{} has no adapter.", section.name);
            self.add(
                section.span.clone(),
                message,
                "Write adapter = \"command\", \"scripted\", \"claude\" or \"codex\".",
            );
        }
        let unreadable = adapter.is_none();
        let mut agent = Agent {
            // An adapter that cannot be read is a problem of its own; it needs nothing further.
            adapter: adapter.unwrap_or(Adapter::Claude),
            command: self.texts(&section, "command").unwrap_or_default(),
            script: self.text(&section, "script"),
            model: self.text(&section, "model"),
            effort: self.text(&section, "effort"),
            permission: self.text(&section, "permission"),
            tools: self.texts(&section, "tools").unwrap_or_default(),
            args: self.texts(&section, "args").unwrap_or_default(),
            env: BTreeMap::new(),
        };
        if unreadable {
            agent.command.clear();
        }
        if let Some(env) = self.section(&section, "env", "An environment") {
            for (key, _) in env.table.iter() {
                if let Some(value) = self.text(&env, key) {
                    agent.env.insert(key.to_owned(), value);
                }
            }
        }
        agent
    }

    fn review(&mut self, root: &Section<'a>) -> Option<Review> {
        let section = self.section(root, "review", "Review")?;
        self.known(&section, &["agent", "rounds"]);
        let one = section.table.get("agent").is_some_and(Item::is_str);
        let agents = if one {
            self.text(&section, "agent").into_iter().collect()
        } else {
            self.texts(&section, "agent").unwrap_or_default()
        };
        if section.table.get("agent").and_then(Item::as_array).is_some_and(|names| names.is_empty()) {
            let hint = "Name one or more, or leave the key out: then another vendor's agent reviews.";
            self.add(self.span(&section, "agent"), "An empty list names no reviewer.", hint);
        }
        let rounds = self.number(&section, "rounds").unwrap_or(crate::document::DEFAULT_ROUNDS);
        Some(Review { agents, rounds })
    }

    fn fix(&mut self, root: &Section<'a>) -> Option<Fix> {
        let section = self.section(root, "fix", "Fix")?;
        self.known(&section, &["agent"]);
        Some(Fix { agent: self.text(&section, "agent") })
    }

    fn task(&mut self, section: Section<'a>) -> Option<Task> {
        self.known(&section, TASK_KEYS);
        let id = match section.table.get("id") {
            Some(_) => {
                let text = self.text(&section, "id");
                let span = self.span(&section, "id");
                text.and_then(|text| self.task_id(&text, span))
            }
            None => {
                self.add(section.span.clone(), "A task has no id.", "Give it one, like id = \"api\".");
                None
            }
        };
        let after = self.texts(&section, "after").unwrap_or_default();
        let spans = self.item_spans(&section, "after");
        let after: Vec<TaskId> =
            after.iter().zip(spans).filter_map(|(text, span)| self.task_id(text, span)).collect();
        let mut task = Task::new(TaskId::slug("unread"));
        task.title = self.text(&section, "title").unwrap_or_default();
        task.role = self.text(&section, "role").unwrap_or_default();
        task.deliverable = self.text(&section, "deliverable").unwrap_or_default();
        task.spec = self.text(&section, "spec").unwrap_or_default();
        task.scope = self.texts(&section, "scope");
        task.exclude = self.texts(&section, "exclude").unwrap_or_default();
        task.contract = self.text(&section, "contract").unwrap_or_default();
        task.after = after;
        task.agent = self.text(&section, "agent");
        task.attempts = self.texts(&section, "attempts").unwrap_or_default();
        task.estimate = self.length(&section, "estimate");
        id.map(|id| Task { id, ..task })
    }

    fn layout(&mut self, root: &Section<'a>) -> BTreeMap<TaskId, Position> {
        let mut layout = BTreeMap::new();
        let Some(section) = self.section(root, "layout", "A layout") else { return layout };
        for (name, item) in section.table.iter() {
            let span = section.table.key(name).and_then(toml_edit::Key::span).unwrap_or(section.span.clone());
            let Some(id) = self.task_id(name, span) else { continue };
            let numbers: Option<Vec<i32>> = item.as_array().and_then(|pair| {
                pair.iter().map(|n| n.as_integer().and_then(|n| i32::try_from(n).ok())).collect()
            });
            match numbers.as_deref() {
                Some([x, y]) => {
                    layout.insert(id, (*x, *y));
                }
                _ => {
                    let message = format!("The place of \"{name}\" is not two whole numbers.");
                    self.add(
                        self.span(&section, name),
                        message,
                        format!("Write it like {name} = [120, 80]."),
                    );
                    // It has a place, so that nothing else is said of it.
                }
            }
        }
        layout
    }

    fn task_id(&mut self, text: &str, span: Range<usize>) -> Option<TaskId> {
        match TaskId::new(text) {
            Ok(id) => Some(id),
            Err(_) => {
                let message = format!("\"{text}\" is not a task id.");
                let hint = "Use 1 to 64 of a-z, 0-9, \"_\" and \"-\", starting with a letter or a digit.";
                self.add(span, message, hint);
                None
            }
        }
    }

    fn add(&mut self, span: Range<usize>, message: impl Into<String>, hint: impl Into<String>) {
        self.problems.push((span, message.into(), Some(hint.into())));
    }

    fn known(&mut self, section: &Section<'a>, keys: &[&str]) {
        for (key, item) in section.table.iter().filter(|(key, _)| !keys.contains(key)) {
            let span = section.table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span());
            let hint = nearest(key, keys.iter().copied())
                .unwrap_or_else(|| format!("It knows {}.", keys.join(", ")));
            let message = format!("{} has no key \"{key}\".", section.name);
            self.add(span.unwrap_or(section.span.clone()), message, hint);
        }
    }

    /// Place of a value, else of the section.
    fn span(&self, section: &Section<'a>, key: &str) -> Range<usize> {
        section.table.get(key).and_then(Item::span).unwrap_or(section.span.clone())
    }

    fn item_spans(&self, section: &Section<'a>, key: &str) -> Vec<Range<usize>> {
        let array = section.table.get(key).and_then(Item::as_array);
        array.into_iter().flatten().map(|item| item.span().unwrap_or(section.span.clone())).collect()
    }

    fn wrong(&mut self, section: &Section<'a>, key: &str, wanted: &str, example: &str) {
        let found = section.table.get(key).map_or("nothing", |item| named(item.type_name()));
        let message = format!("\"{key}\" takes {wanted}, not {found}.");
        self.add(self.span(section, key), message, format!("Write it like {key} = {example}."));
    }

    fn text(&mut self, section: &Section<'a>, key: &str) -> Option<String> {
        let item = section.table.get(key)?;
        let text = item.as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(section, key, "a text", "\"…\"");
        }
        text
    }

    fn texts(&mut self, section: &Section<'a>, key: &str) -> Option<Vec<String>> {
        let item = section.table.get(key)?;
        let Some(array) = item.as_array() else {
            self.wrong(section, key, "a list of texts", "[\"…\"]");
            return None;
        };
        let mut texts = Vec::new();
        for item in array {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => {
                    let message = format!("\"{key}\" takes texts, not {}.", named(item.type_name()));
                    let span = item.span().unwrap_or(section.span.clone());
                    self.add(span, message, "Put it in quotation marks.");
                }
            }
        }
        Some(texts)
    }

    fn flag(&mut self, section: &Section<'a>, key: &str) -> Option<bool> {
        let item = section.table.get(key)?;
        if item.as_bool().is_none() {
            self.wrong(section, key, "true or false", "true");
        }
        item.as_bool()
    }

    fn number<N: TryFrom<i64>>(&mut self, section: &Section<'a>, key: &str) -> Option<N> {
        let item = section.table.get(key)?;
        let Some(number) = item.as_integer() else {
            self.wrong(section, key, "a whole number", "4");
            return None;
        };
        let fits = N::try_from(number).ok();
        if fits.is_none() {
            let message = format!("\"{key}\" cannot be {number}.");
            self.add(self.span(section, key), message, "Use a small number that is not negative.");
        }
        fits
    }

    fn length(&mut self, section: &Section<'a>, key: &str) -> Option<Duration> {
        let text = self.text(section, key)?;
        let length = parse_duration(&text);
        if length.is_err() {
            let message = format!("\"{text}\" is not a length of time.");
            self.add(
                self.span(section, key),
                message,
                "Write it like \"500ms\", \"90s\", \"10m\" or \"1h30m\".",
            );
        }
        length.ok()
    }

    fn choice<T: Copy>(&mut self, section: &Section<'a>, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(section, key)?;
        let found = choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            let message = format!("\"{key}\" cannot be \"{text}\".");
            let near = nearest(&text, choices.iter().map(|(name, _)| *name));
            let hint = near.unwrap_or_else(|| format!("It is one of {}.", names.join(", ")));
            self.add(self.span(section, key), message, hint);
        }
        found
    }

    /// A table of any spelling: `[key]`, `key = { … }` or `key.x = …`.
    fn section(&mut self, parent: &Section<'a>, key: &str, name: &str) -> Option<Section<'a>> {
        let item = parent.table.get(key)?;
        let at = parent.table.key(key).and_then(toml_edit::Key::span);
        let span = item.span().or(at).unwrap_or(parent.span.clone());
        if let Some(table) = item.as_table_like() {
            return Some(Section { table, name: name.to_owned(), span });
        }
        let found = named(item.type_name());
        let path = if parent.name == "Agents" { format!("agents.{key}") } else { key.to_owned() };
        self.add(span, format!("\"{key}\" takes a table, not {found}."), format!("Write it like [{path}]."));
        None
    }

    /// Tables of a list: `[[key]]` or `key = [{ … }]`.
    fn sections(&mut self, parent: &Section<'a>, key: &str, name: &str) -> Vec<Section<'a>> {
        let Some(item) = parent.table.get(key) else { return Vec::new() };
        let named_as = |table: &'a dyn TableLike, span: Option<Range<usize>>| Section {
            table,
            name: name.to_owned(),
            span: span.unwrap_or(parent.span.clone()),
        };
        if let Some(tables) = item.as_array_of_tables() {
            return tables.iter().map(|table| named_as(table, table.span())).collect();
        }
        if let Some(array) = item.as_array()
            && array.iter().all(Value::is_inline_table)
        {
            let tables = array.iter().filter_map(|value| Some((value.as_inline_table()?, value.span())));
            return tables.map(|(table, span)| named_as(table, span)).collect();
        }
        let found = named(item.type_name());
        let span = item.span().or_else(|| parent.table.key(key).and_then(toml_edit::Key::span));
        let message = format!("\"{key}\" takes a list of tables, not {found}.");
        self.add(span.unwrap_or(parent.span.clone()), message, format!("Write it like [[{key}]]."));
        Vec::new()
    }

    /// The place of a fault in the text.
    pub(crate) fn find(&self, place: &[Step]) -> Range<usize> {
        find(self.root, &self.rows, place)
    }
}

/// The parser's name of a type, with its article.
fn named(kind: &str) -> &'static str {
    match kind {
        "string" => "a text",
        "integer" => "a whole number",
        "float" => "a number with a fraction",
        "boolean" => "true or false",
        "datetime" => "a date",
        "array" => "a list",
        "inline table" | "table" => "a table",
        "array of tables" => "a list of tables",
        _ => "nothing",
    }
}
