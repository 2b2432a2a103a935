use std::process::ExitCode;

use client::{Client, Error};
use protocol::Request;

use super::print;
use crate::args::OnePlan;
use crate::engine::Engine;
use crate::failure::{DONE, Failure};
use crate::find;

pub(crate) async fn pause(words: OnePlan) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let plan = find::plan(&engine, &words.which).await?;
    engine.ask(Request::PausePlan { plan: plan.id }).await?;
    print("Paused: no further task starts; running agents go on. `coppice run` goes on with it.\n")?;
    Ok(DONE)
}

pub(crate) async fn stop(words: OnePlan) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let plan = find::plan(&engine, &words.which).await?;
    engine.ask(Request::StopPlan { plan: plan.id }).await?;
    print("Stopped: running agents are ended; their work is kept. `coppice run` goes on with it.\n")?;
    Ok(DONE)
}

/// Ends the engine if one runs; never starts one to do so.
pub(crate) async fn shutdown() -> Result<ExitCode, Failure> {
    let client = match Client::connect(&client::home(), "cli").await {
        Ok(client) => client,
        Err(Error::NotRunning { .. }) => {
            print("No engine runs.\n")?;
            return Ok(DONE);
        }
        Err(other) => return Err(other.into()),
    };
    let pid = client.welcome().engine_pid;
    match client.request(Request::Shutdown {}).await {
        // It may be gone before its answer is.
        Ok(_) | Err(Error::Gone) => {}
        Err(other) => return Err(other.into()),
    }
    print(&format!("Engine {pid} ends. Agents live on, and the next engine takes them up.\n"))?;
    Ok(DONE)
}
