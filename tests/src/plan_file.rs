//! A plan file in the making. What it writes is what a user would type.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone)]
pub struct PlanFile {
    head: String,
    setup: String,
    checks: String,
    agents: String,
    tasks: Vec<Task>,
}

#[derive(Debug, Clone)]
pub struct Task {
    text: String,
}

fn quoted(text: &str) -> String {
    // JSON's strings are TOML's basic strings.
    serde_json::to_string(text).unwrap()
}

fn list(items: &[&str]) -> String {
    format!("[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", "))
}

impl Task {
    pub fn new(id: &str) -> Self {
        let mut text = String::new();
        writeln!(text, "id = {}\ntitle = {}", quoted(id), quoted(&format!("The {id}"))).unwrap();
        Self { text }
    }

    fn line(mut self, key: &str, value: String) -> Self {
        writeln!(self.text, "{key} = {value}").unwrap();
        self
    }

    pub fn after(self, tasks: &[&str]) -> Self {
        self.line("after", list(tasks))
    }

    pub fn scope(self, globs: &[&str]) -> Self {
        self.line("scope", list(globs))
    }

    pub fn agent(self, name: &str) -> Self {
        self.line("agent", quoted(name))
    }

    /// Agents that try it side by side.
    pub fn attempts(self, names: &[&str]) -> Self {
        self.line("attempts", list(names))
    }

    pub fn spec(self, text: &str) -> Self {
        self.line("spec", quoted(text))
    }
}

impl PlanFile {
    /// Onto `main`, approved by itself when every gate is green.
    pub fn auto(title: &str) -> Self {
        Self::with(title, "auto")
    }

    /// Onto `main`, approved by a person.
    pub fn manual(title: &str) -> Self {
        Self::with(title, "manual")
    }

    fn with(title: &str, approve: &str) -> Self {
        let head =
            format!("version = 1\ntitle = {}\ntarget = \"main\"\napprove = \"{approve}\"\n", quoted(title));
        Self { head, setup: String::new(), checks: String::new(), agents: String::new(), tasks: Vec::new() }
    }

    /// One more key of the plan itself, such as `slots = 1`.
    pub fn key(mut self, line: &str) -> Self {
        writeln!(self.head, "{line}").unwrap();
        self
    }

    pub fn without_target(mut self) -> Self {
        self.head = self.head.replace("target = \"main\"\n", "");
        self
    }

    pub fn setup(mut self, lines: &str) -> Self {
        self.setup = format!("\n[setup]\n{lines}\n");
        self
    }

    pub fn check(self, name: &str, command: &str) -> Self {
        self.check_within(name, command, "5m")
    }

    pub fn check_within(mut self, name: &str, command: &str, timeout: &str) -> Self {
        let (name, command) = (quoted(name), quoted(command));
        writeln!(self.checks, "\n[[check]]\nname = {name}\ncommand = {command}\ntimeout = \"{timeout}\"")
            .unwrap();
        self
    }

    /// An agent of the adapter `command`: a shell script at a path.
    pub fn agent(mut self, name: &str, script: &Path) -> Self {
        let command = list(&["sh", script.to_str().unwrap()]);
        writeln!(self.agents, "\n[agents.{name}]\nadapter = \"command\"\ncommand = {command}").unwrap();
        self
    }

    /// An agent of the adapter `scripted`, with a script beside the plan.
    pub fn scripted(mut self, name: &str, script: &str) -> Self {
        writeln!(self.agents, "\n[agents.{name}]\nadapter = \"scripted\"\nscript = {}", quoted(script))
            .unwrap();
        self
    }

    /// Tables of the plan, such as `[review]`.
    pub fn tables(mut self, lines: &str) -> Self {
        writeln!(self.agents, "\n{lines}").unwrap();
        self
    }

    pub fn task(mut self, task: Task) -> Self {
        self.tasks.push(task);
        self
    }

    pub fn text(&self) -> String {
        let mut text = format!("{}{}{}{}", self.head, self.setup, self.checks, self.agents);
        for task in &self.tasks {
            write!(text, "\n[[task]]\n{}", task.text).unwrap();
        }
        text
    }

    pub fn save(&self, path: &Path) -> PathBuf {
        fs::write(path, self.text()).unwrap();
        path.to_owned()
    }
}
