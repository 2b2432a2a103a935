//! The word of an agent program's hook: read from standard input, passed to the engine, its answer printed.
//!
//! A hook must never hold its program up or fail it: without an engine, or with one that does not answer in time, it
//! leaves its word for the next one and succeeds. Only a hook whose program asks a person waits for an engine to come:
//! the program shows its own dialog meanwhile, and ends the hook when that is answered.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use client::{Client, Error};
use protocol::{Reply, Request};

use crate::args::Hook;

/// More than any hook says; what is longer is not from a program we know.
const MOST: u64 = 16 << 20;

/// How long the engine may take to be there.
const CONNECT: Duration = Duration::from_secs(2);

/// How often a hook that waits looks whether there is an engine again. Nothing tells of one: its socket is a new one.
const PACE: Duration = Duration::from_millis(500);

pub(crate) fn hook(words: &Hook) -> ExitCode {
    let mut said = String::new();
    let read = std::io::stdin().take(MOST).read_to_string(&mut said);
    let variable = |name| std::env::var(name).unwrap_or_default();
    let (run, token) = (variable("COPPICE_RUN"), variable("COPPICE_HOOK_TOKEN"));
    if read.is_ok() && !run.is_empty() && !token.is_empty() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let word = Word { run, token, said };
        let answer = runtime.ok().and_then(|runtime| runtime.block_on(word.pass_on(words.wait)));
        // A program that hung up does not want the answer.
        let _ = std::io::stdout().write_all(answer.unwrap_or_default().as_bytes());
    }
    ExitCode::SUCCESS
}

struct Word {
    run: String,
    token: String,
    said: String,
}

impl Word {
    async fn pass_on(self, wait: bool) -> Option<String> {
        let home = client::home();
        match self.tell(&home, false).await {
            Ok(answer) => return Some(answer),
            Err(error) if !error.is_gone() => return None,
            Err(_) => engine::missed::leave(&home, &self.run, &self.said).ok()?,
        }
        // An engine that began meanwhile has looked before the word was there.
        loop {
            match self.tell(&home, true).await {
                Ok(answer) => return Some(answer),
                Err(error) if wait && error.is_gone() => tokio::time::sleep(PACE).await,
                Err(_) => return None,
            }
        }
    }

    async fn tell(&self, home: &Path, again: bool) -> Result<String, Error> {
        let connect = tokio::time::timeout(CONNECT, Client::connect(home, "hook"));
        let client = connect.await.unwrap_or(Err(Error::Gone))?;
        let Word { run, token, said } = self;
        let (run, token, said) = (run.clone(), token.clone(), said.clone());
        match client.request(Request::Hook { run, token, said, again }).await? {
            Reply::Text(answer) => Ok(answer),
            _ => Ok(String::new()),
        }
    }
}
