//! Runs a script as `coppice scripted FILE` does: `cargo run -p agents --example scripted -- FILE`.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args_os().nth(1).map(PathBuf::from) {
        Some(file) => agents::scripted::run(&file, |name| std::env::var_os(name)).into(),
        None => {
            eprintln!("Name a script.");
            ExitCode::from(2)
        }
    }
}
