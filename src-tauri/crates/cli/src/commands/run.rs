use std::process::ExitCode;

use protocol::{PlanRef, Request};

use crate::args::Run;
use crate::engine::{Engine, reply};
use crate::failure::{DONE, Failure, open, say};
use crate::find::{folder, text};
use crate::follow::{AllLanded, Nobody, follow};
use crate::plan_file;
use crate::signals::Interrupts;

/// Nothing is created, not even an engine, before the plan file and the folder are found good.
pub(crate) async fn run(words: Run) -> Result<ExitCode, Failure> {
    let file = plan_file::read(&words.plan)?;
    if file.doc.tasks.is_empty() {
        return Err(Failure::usage(format!("The plan {} has no tasks.", words.plan.display())));
    }
    let repo = text(&folder(&words.repo)?)?;
    let file = text(&file.path)?;
    let mut signals = Interrupts::listen()?;
    let (engine, plan) = tokio::select! {
        opened = open_plan(repo, file) => opened?,
        () = signals.next() => return Err(Failure::Interrupted),
    };
    let landed = follow(engine, &plan, words.again, words.json, signals, &mut Nobody).await;
    outcome(landed)
}

/// The exit status of a run. A reader that went away leaves the plan running and its outcome unknown.
pub(crate) fn outcome(landed: Result<AllLanded, Failure>) -> Result<ExitCode, Failure> {
    match landed {
        Ok(AllLanded(true)) => Ok(DONE),
        Ok(AllLanded(false)) => Ok(open()),
        Err(Failure::Closed) => {
            say("coppice: The output is closed; the plan goes on. `coppice status` shows how far it is.\n");
            Ok(open())
        }
        Err(other) => Err(other),
    }
}

async fn open_plan(repo: String, file: String) -> Result<(Engine, PlanRef), Failure> {
    let mut engine = Engine::find().await?;
    // The command itself is the user's word that this repository may run its checks and hooks.
    engine.insist(Request::OpenProject { path: repo.clone(), trust: true }).await?;
    let plan = reply!(engine.insist(Request::OpenPlanFile { repo, file }).await?, PlanRef)?;
    Ok((engine, plan))
}
