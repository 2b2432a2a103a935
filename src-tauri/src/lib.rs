//! The window: a thin skin between the page and the engine.
//!
//! It finds or starts the engine, carries requests and notices, and streams terminals straight from
//! the shims. Deliberately absent: every decision about plans, tasks and git (the engine's), and any
//! way for the page to start a process.

mod arguments;
mod commands;
mod editor;
mod engine_link;
mod notify;
mod os;
mod outlet;
mod terminal_stream;
mod window;

use std::{env, process::ExitCode, sync::Arc};

use arguments::{Arguments, Asked};
use client::Starter;
use engine_link::EngineLink;
use tauri::Manager;
use terminal_stream::Terminals;

/// Exit code for what the person who started the program can mend.
const USAGE: u8 = 2;

/// Opens the window and stays until it is closed. The engine and what it runs stay alive after it.
pub fn run() -> ExitCode {
    let arguments = match arguments::parse(env::args_os().skip(1)) {
        Ok(Asked::Open(arguments)) => arguments,
        Ok(Asked::Say(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("{message}\n\n{}", arguments::USAGE);
            return ExitCode::from(USAGE);
        }
    };
    if let Err(why) = os::display() {
        eprintln!(
            "{why}\nWithout one, use the command line: coppice demo, coppice run PLAN.toml --repo DIR."
        );
        return ExitCode::from(USAGE);
    }
    match open(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The window can't be opened: {error}");
            ExitCode::FAILURE
        }
    }
}

fn open(arguments: Arguments) -> tauri::Result<()> {
    let home = arguments.home.unwrap_or_else(client::home);
    tauri::Builder::default()
        .plugin(tauri_plugin_shell::init())
        .manage(Arc::new(Terminals::new(home.clone())))
        .invoke_handler(tauri::generate_handler![
            commands::request,
            commands::subscribe,
            commands::engine_state,
            commands::attach_terminal,
            commands::ack_terminal,
            commands::terminal_input,
            commands::terminal_resize,
            commands::detach_terminal,
            commands::pick_folder,
            commands::open_external,
            commands::open_in_editor,
            commands::window_title,
        ])
        .setup(move |app| {
            let program = os::bundled(app.handle(), "coppice")?;
            let starter = Starter { home: home.clone(), kind: "window".into(), program };
            app.manage(Arc::new(EngineLink::new(starter)));
            window::open(app.handle(), &home)?;
            Ok(())
        })
        .run(tauri::generate_context!())
}

#[cfg(test)]
include!("command_names.rs");

#[cfg(test)]
mod tests;
