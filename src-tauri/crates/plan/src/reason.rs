//! Why a task left the path: what a person is needed for, and how it failed.
//!
//! An approval is not among them: awaiting approval is a stage on the path.

use serde::{Deserialize, Serialize};

/// What a person is asked to decide. Paths are shown as text: invalid UTF-8 is replaced before it
/// comes here, because these are words for a screen and not names to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NeedsYou {
    /// Ended badly as often as the plan allows. `last` says how it ended the last time.
    FailedTwice { attempts: u32, last: Failure },
    /// Ended well but left work uncommitted.
    Uncommitted { paths: Vec<String> },
    /// Committed outside its scope.
    OutOfScope { paths: Vec<String> },
    /// A check is red at the attempt's head; `code` is None when it was ended by a signal.
    CheckFailed { name: String, code: Option<i32> },
    /// A check ran into its time limit at the attempt's head.
    CheckTimedOut { name: String },
    /// A check is red on the merged tree although it was green alone.
    MergedCheckFailed { name: String, code: Option<i32> },
    /// Does not merge with the target.
    Conflict { paths: Vec<String> },
    /// The user's checkout of the target has local changes where the landing would write.
    CheckoutBlocked { paths: Vec<String> },
    /// Ended well without any commit.
    NoCommit,
    /// The agent asks something and waits for the answer.
    Question { text: String },
    /// The agent asks to be allowed something and waits.
    Permission { what: String },
    /// The agent stopped at its prompt before its work was done, and lives.
    Stopped { why: String },
    /// Preparing the worktree failed.
    SetupFailed { code: Option<i32> },
    /// The review gave no verdict that could be read.
    ReviewFailed { why: String },
    /// The same finding came back too often, or the rounds are used up.
    FindingsRemain { rounds: u32, open: u32 },
    /// Points that no fixer can settle: defects of the spec, or not verifiable.
    Undecided { points: u32 },
    /// A limit of tokens, money or time is reached.
    OutOfBudget { what: String },
    /// Anything else that git or the system refuses and a person can mend.
    Blocked { why: String },
}

/// How an attempt ended badly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Failure {
    /// The agent ended with a code that is not 0.
    AgentExited {
        code: i32,
    },
    /// The agent was ended by a signal.
    AgentKilled {
        signal: i32,
    },
    /// The agent's process is gone and left no exit status.
    AgentLost,
    SetupFailed {
        code: Option<i32>,
    },
    SetupTimedOut,
    CheckFailed {
        name: String,
        code: Option<i32>,
    },
    /// It could not even be started.
    NotStarted {
        why: String,
    },
    /// A person ended it.
    Stopped,
    /// The repository refused something that the attempt cannot do without.
    Repository {
        why: String,
    },
}

impl NeedsYou {
    /// The agent's process lives and goes on by itself after the answer, so the slot stays taken.
    pub fn agent_lives(&self) -> bool {
        matches!(self, NeedsYou::Question { .. } | NeedsYou::Permission { .. } | NeedsYou::Stopped { .. })
    }

    /// The word that the event log and scripts see.
    pub fn code(&self) -> &'static str {
        match self {
            NeedsYou::FailedTwice { .. } => "failed_twice",
            NeedsYou::Uncommitted { .. } => "uncommitted",
            NeedsYou::OutOfScope { .. } => "out_of_scope",
            NeedsYou::CheckFailed { .. } => "check_failed",
            NeedsYou::CheckTimedOut { .. } => "check_timed_out",
            NeedsYou::MergedCheckFailed { .. } => "merged_check_failed",
            NeedsYou::Conflict { .. } => "conflict",
            NeedsYou::CheckoutBlocked { .. } => "checkout_blocked",
            NeedsYou::NoCommit => "no_commit",
            NeedsYou::Question { .. } => "question",
            NeedsYou::Permission { .. } => "permission",
            NeedsYou::Stopped { .. } => "stopped",
            NeedsYou::SetupFailed { .. } => "setup_failed",
            NeedsYou::ReviewFailed { .. } => "review_failed",
            NeedsYou::FindingsRemain { .. } => "findings_remain",
            NeedsYou::Undecided { .. } => "undecided",
            NeedsYou::OutOfBudget { .. } => "out_of_budget",
            NeedsYou::Blocked { .. } => "blocked",
        }
    }

    /// One sentence for the screen.
    pub fn describe(&self) -> String {
        match self {
            NeedsYou::FailedTwice { attempts: 0 | 1, last } => format!("Failed: {}", lower(&last.describe())),
            NeedsYou::FailedTwice { attempts, last } => {
                format!("Failed {} times; the last time: {}", attempts, lower(&last.describe()))
            }
            NeedsYou::Uncommitted { paths } => {
                format!("The agent ended but left {} uncommitted.", files(paths))
            }
            NeedsYou::OutOfScope { paths } => format!("It changed {} outside its scope.", files(paths)),
            NeedsYou::CheckFailed { name, code } => format!("Check {name} {}.", ended(*code)),
            NeedsYou::CheckTimedOut { name } => format!("Check {name} ran into its time limit."),
            NeedsYou::MergedCheckFailed { name, code } => {
                format!("Check {name} {} on the merged tree; nothing was landed.", ended(*code))
            }
            NeedsYou::Conflict { paths } => format!("It conflicts with the target in {}.", files(paths)),
            NeedsYou::CheckoutBlocked { paths } => format!(
                "Your checkout has changes in {} that the landing would overwrite: commit or move them.",
                files(paths)
            ),
            NeedsYou::NoCommit => "The agent ended without a commit.".to_owned(),
            NeedsYou::Question { text } => format!("The agent asks: {text}"),
            NeedsYou::Permission { what } => format!("The agent asks for permission: {what}"),
            NeedsYou::Stopped { why } => format!("The agent stopped: {why}"),
            NeedsYou::SetupFailed { code } => format!("Setup of its worktree {}.", ended(*code)),
            NeedsYou::ReviewFailed { why } => format!("The review failed: {why}"),
            NeedsYou::FindingsRemain { rounds, open } => {
                let open = count(*open, "finding is", "findings are");
                format!("{open} still open after {}.", count(*rounds, "round", "rounds"))
            }
            NeedsYou::Undecided { points } => {
                format!("{} for you to decide.", count(*points, "point is", "points are"))
            }
            NeedsYou::OutOfBudget { what } => format!("Its budget is used up: {what}"),
            NeedsYou::Blocked { why } => why.clone(),
        }
    }
}

impl Failure {
    /// The word that the event log and scripts see.
    pub fn code(&self) -> &'static str {
        match self {
            Failure::AgentExited { .. } => "agent_exited",
            Failure::AgentKilled { .. } => "agent_killed",
            Failure::AgentLost => "agent_lost",
            Failure::SetupFailed { .. } => "setup_failed",
            Failure::SetupTimedOut => "setup_timed_out",
            Failure::CheckFailed { .. } => "check_failed",
            Failure::NotStarted { .. } => "not_started",
            Failure::Stopped => "stopped",
            Failure::Repository { .. } => "repository",
        }
    }

    /// One sentence for the screen.
    pub fn describe(&self) -> String {
        match self {
            Failure::AgentExited { code } => format!("The agent ended with code {code}."),
            Failure::AgentKilled { signal } => format!("The agent was ended by signal {signal}."),
            Failure::AgentLost => "The agent's process is gone without an exit status.".to_owned(),
            Failure::SetupFailed { code } => format!("Setup of its worktree {}.", ended(*code)),
            Failure::SetupTimedOut => "Setup of its worktree ran into its time limit.".to_owned(),
            Failure::CheckFailed { name, code } => format!("Check {name} {}.", ended(*code)),
            Failure::NotStarted { why } => format!("It could not be started: {why}"),
            Failure::Stopped => "It was stopped.".to_owned(),
            Failure::Repository { why } => format!("The repository refused: {why}"),
        }
    }
}

fn ended(code: Option<i32>) -> String {
    match code {
        Some(code) => format!("failed with code {code}"),
        None => "was ended by a signal".to_owned(),
    }
}

/// At most three names, then a count: a sentence stays a sentence.
fn files(paths: &[String]) -> String {
    match paths {
        [] => "files".to_owned(),
        [a] => a.clone(),
        [a, b] => format!("{a} and {b}"),
        [a, b, c] => format!("{a}, {b} and {c}"),
        [a, b, rest @ ..] => format!("{a}, {b} and {} more", rest.len()),
    }
}

fn count(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn lower(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
