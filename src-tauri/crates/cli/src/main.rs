//! `coppice`: the command line, and the engine's own process.
//!
//! Deliberately absent: decisions. A command parses its words, asks the engine once and prints the
//! answer; `check` alone works without an engine, because a plan file needs none to be judged.

mod args;
mod commands;
mod display;
mod engine;
mod failure;
mod find;
mod follow;
mod plan_file;
mod signals;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match commands::run(args.command) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
