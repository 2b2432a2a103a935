//! The word of an agent program's hook: read from standard input, passed to the engine, its answer printed.
//!
//! A hook must never hold its program up or fail it: without an engine, or with one that does not answer in time, it
//! says nothing and succeeds.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use client::Client;
use protocol::{Reply, Request};

/// More than any hook says; what is longer is not from a program we know.
const MOST: u64 = 16 << 20;

/// How long the engine may take to be there.
const CONNECT: Duration = Duration::from_secs(2);

pub(crate) fn hook() -> ExitCode {
    let mut said = String::new();
    let read = std::io::stdin().take(MOST).read_to_string(&mut said);
    let variable = |name| std::env::var(name).unwrap_or_default();
    let (run, token) = (variable("COPPICE_RUN"), variable("COPPICE_HOOK_TOKEN"));
    if read.is_ok() && !run.is_empty() && !token.is_empty() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let answer =
            runtime.ok().and_then(|runtime| runtime.block_on(tell(Request::Hook { run, token, said })));
        // A program that hung up does not want the answer.
        let _ = std::io::stdout().write_all(answer.unwrap_or_default().as_bytes());
    }
    ExitCode::SUCCESS
}

async fn tell(request: Request) -> Option<String> {
    let home = client::home();
    let connect = Client::connect(&home, "hook");
    let client = tokio::time::timeout(CONNECT, connect).await.ok()?.ok()?;
    match client.request(request).await.ok()? {
        Reply::Text(answer) => Some(answer),
        _ => None,
    }
}
