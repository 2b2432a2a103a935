//! The words of the command line. They are a public contract; CONTRACT.md beside this crate describes them.

use std::path::PathBuf;

use clap::{Args as Words, Parser, Subcommand, ValueEnum};

/// Runs many coding agents on one git repository, and lands only what is proven.
#[derive(Debug, Parser)]
#[command(name = "coppice", version, propagate_version = false, arg_required_else_help = true)]
#[command(after_help = "Exit status: 0 all landed; 1 something failed or waits for a person; \
                        2 bad usage, plan or repository.\nCOPPICE_HOME names the data directory.")]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a plan, or go on with what an earlier run left
    Run(Run),
    /// Validate a plan file; print its waves, critical path and lower bound
    Check(Check),
    /// Show where every task stands
    Status(Status),
    /// Print what happened
    Events(Events),
    /// Approve a task's work; it lands, and what depends on it starts
    Approve(Approve),
    /// Take an approval back while it has not landed
    Unapprove(OneTask),
    /// Put a task's work away for good reason; it is kept under a keep ref
    Discard(OneAttempt),
    /// Try a task again in a fresh attempt
    Retry(OneAttempt),
    /// Run the checks of a task's work again
    Recheck(OneAttempt),
    /// End a task; its work is kept under a keep ref
    Cancel(OneTask),
    /// Decide what happens to work that an agent left uncommitted
    Leftovers(Leftovers),
    /// Print what reviewers said of a task's work: requirements with verdicts, findings
    Report(Report),
    /// Send a task's open findings, and what you say, to its fixer
    Change(Change),
    /// Answer what a task's agent asks: allow, deny, or words
    Answer(SayTo),
    /// Say something to a task's agent
    Message(SayTo),
    /// Start one more attempt of a task, beside those there are
    Try(Try),
    /// Show two attempts of a task side by side
    Compare(Compare),
    /// Ask a judge, blind and in either order, which of two attempts is better; it only advises
    Judge(Judge),
    /// Bring a file of one attempt into another, which goes through its gates again
    Take(Take),
    /// Choose one of several attempts; what the others did is kept under refs
    Adopt(Adopt),
    /// Do without an open finding (F1) or an unmet requirement (2)
    Waive(Waive),
    /// Start no further task; running agents go on
    Pause(OnePlan),
    /// Start no further task, and end running agents; their work is kept
    Stop(OnePlan),
    /// Print the output of a run, or of a task's newest run
    Log(Log),
    /// List, restore or empty the trash of a repository
    Trash(Trash),
    /// Say what is missing on this machine, and how to get it
    Doctor(Doctor),
    /// Show the whole flow on a small repository with scripted agents
    Demo(Demo),
    /// Be the engine of a data directory (started on demand by the other commands)
    Engine(Engine),
    /// End the engine; agents live on and are taken up by the next one
    Shutdown,
    /// Take the word of an agent program's hook
    #[command(hide = true)]
    Hook(Hook),
    /// Follow an agent script
    #[command(hide = true)]
    Scripted(Scripted),
}

#[derive(Debug, Words)]
pub(crate) struct Run {
    /// The plan file
    pub(crate) plan: PathBuf,
    /// The repository, or a folder in it
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) repo: PathBuf,
    /// Print events as JSON Lines
    #[arg(long)]
    pub(crate) json: bool,
    /// Start a finished plan from the beginning
    #[arg(long)]
    pub(crate) again: bool,
}

#[derive(Debug, Words)]
pub(crate) struct Check {
    /// The plan file
    pub(crate) plan: PathBuf,
    /// The repository, or a folder in it
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which plans are meant. Without words: those of the repository around the current folder, else all.
#[derive(Debug, Clone, Default, Words)]
pub(crate) struct Which {
    /// The repository, or a folder in it
    #[arg(long, value_name = "DIR")]
    pub(crate) repo: Option<PathBuf>,
    /// The plan: its id, its title or its file
    #[arg(long, value_name = "PLAN")]
    pub(crate) plan: Option<String>,
}

#[derive(Debug, Words)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Print one JSON object per plan
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Words)]
pub(crate) struct Events {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Only what came after the event of this number
    #[arg(long, value_name = "SEQ", default_value_t = 0)]
    pub(crate) since: u64,
    /// Print events as JSON Lines
    #[arg(long)]
    pub(crate) json: bool,
    /// Go on with what happens from now on
    #[arg(long, short)]
    pub(crate) follow: bool,
}

#[derive(Debug, Words)]
pub(crate) struct OneTask {
    /// The task's id
    pub(crate) task: String,
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Words)]
pub(crate) struct OneAttempt {
    #[command(flatten)]
    pub(crate) task: OneTask,
    /// Which of several attempts side by side
    #[arg(long, value_name = "N")]
    pub(crate) attempt: Option<u32>,
}

#[derive(Debug, Words)]
pub(crate) struct Try {
    #[command(flatten)]
    pub(crate) task: OneTask,
    /// An agent of the plan [default: the one that tries it already]
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

#[derive(Debug, Words)]
pub(crate) struct Compare {
    #[command(flatten)]
    pub(crate) task: OneTask,
    #[command(flatten)]
    pub(crate) pair: Pair,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which two. Without words: the two that stand side by side.
#[derive(Debug, Clone, Copy, Words)]
pub(crate) struct Pair {
    /// The first attempt's number
    #[arg(requires = "b")]
    pub(crate) a: Option<u32>,
    /// The second attempt's number
    pub(crate) b: Option<u32>,
}

#[derive(Debug, Words)]
pub(crate) struct Judge {
    #[command(flatten)]
    pub(crate) task: OneTask,
    #[command(flatten)]
    pub(crate) pair: Pair,
    /// An agent of the plan [default: the one that would review]
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,
}

#[derive(Debug, Words)]
pub(crate) struct Take {
    #[command(flatten)]
    pub(crate) task: OneTask,
    /// The receiving attempt's number
    #[arg(long, value_name = "N")]
    pub(crate) into: u32,
    /// The other attempt's number
    #[arg(long, value_name = "N")]
    pub(crate) from: u32,
    /// Files, relative to the repository
    #[arg(required = true)]
    pub(crate) files: Vec<String>,
}

#[derive(Debug, Words)]
pub(crate) struct Adopt {
    #[command(flatten)]
    pub(crate) task: OneTask,
    /// The attempt's number
    pub(crate) attempt: u32,
    /// Why this one; kept with what the others did
    pub(crate) reason: Vec<String>,
}

#[derive(Debug, Words)]
pub(crate) struct OnePlan {
    #[command(flatten)]
    pub(crate) which: Which,
}

#[derive(Debug, Words)]
pub(crate) struct Approve {
    #[command(flatten)]
    pub(crate) what: OneAttempt,
    /// The commit that was looked at (may be abbreviated); refused if the work has moved since
    #[arg(long, value_name = "COMMIT")]
    pub(crate) head: Option<String>,
}

#[derive(Debug, Words)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) what: OneAttempt,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Words)]
pub(crate) struct Change {
    #[command(flatten)]
    pub(crate) what: OneAttempt,
    /// What is to change
    pub(crate) text: Vec<String>,
    /// The file it is about
    #[arg(long, value_name = "PATH", requires = "text")]
    pub(crate) file: Option<String>,
    /// The line it is about, counted from 1
    #[arg(long, value_name = "N", requires = "file")]
    pub(crate) line: Option<u32>,
}

#[derive(Debug, Words)]
pub(crate) struct Hook {
    /// Its program waits for an answer: wait for an engine that has it
    #[arg(long)]
    pub(crate) wait: bool,
}

#[derive(Debug, Words)]
pub(crate) struct SayTo {
    #[command(flatten)]
    pub(crate) what: OneAttempt,
    /// The words
    #[arg(required = true)]
    pub(crate) text: Vec<String>,
}

#[derive(Debug, Words)]
pub(crate) struct Waive {
    #[command(flatten)]
    pub(crate) what: OneAttempt,
    /// The finding or the requirement
    pub(crate) id: String,
    /// Why it is not needed; kept with the work
    #[arg(required = true)]
    pub(crate) reason: Vec<String>,
}

#[derive(Debug, Words)]
pub(crate) struct Leftovers {
    #[command(flatten)]
    pub(crate) what: OneAttempt,
    #[command(flatten)]
    pub(crate) then: LeftoversWhat,
}

#[derive(Debug, Words)]
#[group(required = true, multiple = false)]
pub(crate) struct LeftoversWhat {
    /// Commit the paths inside the task's scope
    #[arg(long)]
    pub(crate) commit: bool,
    /// Put them away under a keep ref
    #[arg(long)]
    pub(crate) put_away: bool,
}

#[derive(Debug, Words)]
pub(crate) struct Log {
    /// A run's or a task's id
    pub(crate) what: String,
    #[command(flatten)]
    pub(crate) which: Which,
    /// Of a task: its newest run of this kind
    #[arg(long)]
    pub(crate) kind: Option<Kind>,
    /// How much of its end to print
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    pub(crate) tail: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Setup,
    Implement,
    Check,
    Review,
    Fix,
    Judge,
    Shell,
}

#[derive(Debug, Words)]
pub(crate) struct Trash {
    #[command(subcommand)]
    pub(crate) what: Option<TrashWhat>,
    /// The repository, or a folder in it
    #[arg(long, value_name = "DIR", default_value = ".", global = true)]
    pub(crate) repo: PathBuf,
    /// Print one JSON object per entry
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrashWhat {
    /// Show what is in it
    List,
    /// Put an entry's worktree back where it was
    Restore {
        /// The entry's id
        entry: String,
    },
    /// Remove its folders from the disk; keep refs stay
    Empty,
}

#[derive(Debug, Words)]
pub(crate) struct Doctor {
    /// Fold all events again and compare with the stored state
    #[arg(long)]
    pub(crate) rebuild: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Words)]
pub(crate) struct Demo {
    /// Where to put the demo repository [default: in the data directory]
    pub(crate) folder: Option<PathBuf>,
    /// Print events as JSON Lines
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Words)]
pub(crate) struct Engine {
    /// The data directory
    #[arg(long, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
}

#[derive(Debug, Words)]
pub(crate) struct Scripted {
    /// The script
    pub(crate) file: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_words_hold_together() {
        Args::command().debug_assert();
    }
}
