//! The brief: the one page that an agent is given, as Markdown. Pure: values in, text out.
//!
//! Texts of people and of other agents are set as they are, except that control characters go and that a log
//! cannot leave its fence.

use std::fmt::Write;

/// Lines of an earlier attempt's log that are worth an agent's attention.
const LOG_LINES: usize = 60;
const LOG_BYTES: usize = 8 * 1024;

/// All that the brief of one attempt says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brief {
    pub task: String,
    pub title: String,
    /// The plan's goal, so that the task is seen as part of it.
    pub goal: String,
    /// One sentence: who the agent is here.
    pub role: String,
    pub deliverable: String,
    /// The numbered requirements, as written.
    pub spec: String,
    pub attempt: u32,
    /// The commit that the attempt was cut from, and the branch it works on.
    pub base: String,
    pub branch: String,
    /// Globs. An empty list of what may change means that nothing is said about it.
    pub may_change: Vec<String>,
    pub may_not_change: Vec<String>,
    pub contracts: Vec<Contract>,
    /// What this task itself promises to those after it.
    pub promises: Option<String>,
    pub checks: Vec<Check>,
    /// Tasks at work at the same time.
    pub neighbours: Vec<Neighbour>,
    /// Earlier attempts, the oldest first.
    pub tried: Vec<Tried>,
}

/// What a dependency promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    pub task: String,
    pub title: String,
    pub text: String,
}

/// A check that will be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub name: String,
    pub command: String,
}

/// A task that runs beside this one, and what it may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    pub title: String,
    pub scope: Vec<String>,
}

/// An earlier attempt and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    pub attempt: u32,
    /// One sentence.
    pub failure: String,
    /// The end of its log, as the terminal got it.
    pub log: Vec<u8>,
}

impl Brief {
    /// The page.
    pub fn render(&self) -> String {
        let mut page = Page::default();
        page.line(&format!("# {}", one_line(&self.title)));
        page.blank();
        page.line(&format!("Task `{}`, attempt {}.", one_line(&self.task), self.attempt));
        if !self.goal.is_empty() {
            page.line(&format!("It is part of: {}", one_line(&self.goal)));
        }
        page.section("Your role", &self.role);
        page.section("Deliverable", &self.deliverable);
        page.section("Spec", &self.spec);
        self.scope(&mut page);
        self.contracts(&mut page);
        if let Some(promises) = &self.promises {
            page.section("What others will rely on", promises);
            page.blank();
            page.line(
                "Deliver exactly these names, signatures and paths: other tasks are written against them.",
            );
        }
        self.rules(&mut page);
        self.checks(&mut page);
        self.tried(&mut page);
        page.text
    }

    fn scope(&self, page: &mut Page) {
        if self.may_change.is_empty() && self.may_not_change.is_empty() {
            return;
        }
        page.head("Scope");
        if !self.may_change.is_empty() {
            page.line("You may change only:");
            page.blank();
            page.globs(&self.may_change);
        }
        if !self.may_not_change.is_empty() {
            if !self.may_change.is_empty() {
                page.blank();
            }
            page.line("You may not change:");
            page.blank();
            page.globs(&self.may_not_change);
        }
        page.blank();
        page.line("What lies outside does not land. If the task cannot be done inside, stop and say so.");
    }

    fn contracts(&self, page: &mut Page) {
        if self.contracts.is_empty() {
            return;
        }
        page.head("What you can rely on");
        page.line("These tasks have landed and are in your worktree. They promise:");
        for contract in &self.contracts {
            page.blank();
            page.line(&format!("### {} (`{}`)", one_line(&contract.title), one_line(&contract.task)));
            page.blank();
            page.line(&clean(&contract.text));
        }
    }

    fn rules(&self, page: &mut Page) {
        page.head("Rules of parallel work");
        page.line(&format!(
            "- You work alone in this worktree, on branch `{}`, cut from `{}`. Stay in it: other worktrees, the \
             main checkout and other branches belong to others.",
            one_line(&self.branch),
            one_line(&self.base)
        ));
        page.line("- Stage files by name: `git add path/to/file`. Never `git add -A`, `git add .` or `git commit -a`.");
        page.line(
            "- Do not merge, rebase, push, stash, reset or switch branches. Coppice lands your commits.",
        );
        page.line("- You are done when everything is committed and `git status` is clean. Work that is not committed is not delivered.");
        page.line("- Do not weaken, skip or delete a check or a test to make it pass.");
        page.line("- If something is missing or contradictory, stop and say what, rather than guess.");
        if !self.neighbours.is_empty() {
            page.blank();
            page.line("At work at the same time:");
            page.blank();
            for neighbour in &self.neighbours {
                let scope: Vec<_> = neighbour.scope.iter().map(|glob| code(glob)).collect();
                let scope = if scope.is_empty() { "scope not declared".to_owned() } else { scope.join(", ") };
                page.line(&format!("- {}: {scope}", one_line(&neighbour.title)));
            }
        }
    }

    fn checks(&self, page: &mut Page) {
        page.head("Checks");
        if self.checks.is_empty() {
            page.line("This plan has no checks. Show in your commits that each requirement is met.");
            return;
        }
        page.line("Coppice runs these itself, at your last commit and again on the merged result:");
        page.blank();
        for check in &self.checks {
            page.line(&format!("- {}: {}", one_line(&check.name), code(&one_line(&check.command))));
        }
        page.blank();
        page.line("Run them yourself before you finish.");
    }

    fn tried(&self, page: &mut Page) {
        if self.tried.is_empty() {
            return;
        }
        page.head("Already tried");
        page.line("Do not repeat what failed; find out why it failed first.");
        for tried in &self.tried {
            page.blank();
            page.line(&format!("### Attempt {}", tried.attempt));
            page.blank();
            page.line(&one_line(&tried.failure));
            let log = log_tail(&tried.log);
            if !log.is_empty() {
                page.blank();
                page.fenced(&log);
            }
        }
    }
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn head(&mut self, title: &str) {
        // Writing to a string does not fail.
        let _ = write!(self.text, "\n## {title}\n\n");
    }

    fn section(&mut self, title: &str, text: &str) {
        let text = clean(text);
        if !text.is_empty() {
            self.head(title);
            self.line(&text);
        }
    }

    fn globs(&mut self, globs: &[String]) {
        for glob in globs {
            self.line(&format!("- {}", code(glob)));
        }
    }

    /// A fence longer than any run of backticks inside.
    fn fenced(&mut self, text: &str) {
        let fence = "`".repeat(longest_run(text).max(2) + 1);
        self.line(&format!("{fence}text\n{text}\n{fence}"));
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Inline code that survives backticks in it.
fn code(text: &str) -> String {
    match longest_run(text) {
        0 => format!("`{text}`"),
        run => {
            let fence = "`".repeat(run + 1);
            format!("{fence} {text} {fence}")
        }
    }
}

fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without control characters and without blank ends.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .collect::<String>()
        .trim_end()
        .trim_start_matches('\n')
        .to_owned()
}

/// The last lines of a terminal's log as plain text: escape sequences gone, of a line that was redrawn with
/// carriage returns only its last state.
fn log_tail(log: &[u8]) -> String {
    let text = String::from_utf8_lossy(log);
    let plain = without_escapes(&text);
    let lines: Vec<&str> =
        plain.lines().map(|line| line.trim_end().rsplit('\r').next().unwrap_or_default()).collect();
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    let from = lines.len().saturating_sub(LOG_LINES);
    let tail = clean(&lines[from..].join("\n"));
    let mut cut = tail.len().saturating_sub(LOG_BYTES);
    while !tail.is_char_boundary(cut) {
        cut += 1;
    }
    tail[cut..].to_owned()
}

fn without_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            plain.push(c);
            continue;
        }
        match chars.next() {
            // CSI: up to a final byte.
            Some('[') => while chars.next().is_some_and(|c| !('\u{40}'..='\u{7e}').contains(&c)) {},
            // OSC, DCS and the like: up to BEL or ST.
            Some(']' | 'P' | '_' | '^' | 'X') => {
                while let Some(c) = chars.next() {
                    if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            // A two-character sequence, or one with a designator.
            Some('(' | ')' | '#' | '%') => {
                chars.next();
            }
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests;
