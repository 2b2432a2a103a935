// A console window behind the real one helps nobody.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]
//! The window's program.

use std::process::ExitCode;

fn main() -> ExitCode {
    coppice_desktop::run()
}
