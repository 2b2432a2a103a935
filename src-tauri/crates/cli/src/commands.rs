//! One file per command: parse, one request, print.

mod check;
mod compare;
mod decide;
mod demo;
mod doctor;
mod engine;
mod events;
mod hook;
mod log;
mod report;
mod run;
mod scripted;
mod status;
mod steer;
mod trash;

use std::future::Future;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::args::{Command, OneAttempt, OneTask};
use crate::failure::Failure;

pub(crate) fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Check(words) => check::check(&words),
        Command::Engine(words) => engine::engine(words),
        Command::Scripted(words) => Ok(scripted::scripted(&words)),
        Command::Run(words) => asking(run::run(words)),
        Command::Status(words) => asking(status::status(words)),
        Command::Events(words) => asking(events::events(words)),
        Command::Approve(words) => asking(decide::approve(words)),
        Command::Unapprove(task) => asking(decide::decide(of_task(task), decide::Decision::Unapprove)),
        Command::Discard(words) => asking(decide::decide(words, decide::Decision::Discard)),
        Command::Retry(words) => asking(decide::decide(words, decide::Decision::Retry)),
        Command::Recheck(words) => asking(decide::decide(words, decide::Decision::Recheck)),
        Command::Cancel(task) => asking(decide::decide(of_task(task), decide::Decision::Cancel)),
        Command::Leftovers(words) => asking(decide::leftovers(words)),
        Command::Report(words) => asking(report::report(words)),
        Command::Change(words) => asking(decide::change(words)),
        Command::Answer(words) => asking(decide::answer(words)),
        Command::Message(words) => asking(decide::message(words)),
        Command::Try(words) => asking(compare::try_beside(words)),
        Command::Compare(words) => asking(compare::compare(words)),
        Command::Judge(words) => asking(compare::judge(words)),
        Command::Take(words) => asking(compare::take(words)),
        Command::Adopt(words) => asking(compare::adopt(words)),
        Command::Hook(words) => Ok(hook::hook(&words)),
        Command::Waive(words) => asking(decide::waive(words)),
        Command::Pause(words) => asking(steer::pause(words)),
        Command::Stop(words) => asking(steer::stop(words)),
        Command::Log(words) => asking(log::log(words)),
        Command::Trash(words) => asking(trash::trash(words)),
        Command::Doctor(words) => asking(doctor::doctor(words)),
        Command::Demo(words) => asking(demo::demo(words)),
        Command::Shutdown => asking(steer::shutdown()),
    }
}

/// Whatever its attempts do.
fn of_task(task: OneTask) -> OneAttempt {
    OneAttempt { task, attempt: None }
}

/// A client needs one thread: it waits.
fn asking(work: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|source| Failure::System { what: "Starting up", source })?;
    let outcome = runtime.block_on(work);
    // The task that takes a started engine's exit status would wait for as long as the engine lives.
    runtime.shutdown_background();
    outcome
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
