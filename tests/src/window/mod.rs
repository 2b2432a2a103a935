//! The real window on a screen of its own, driven through WebDriver.
//!
//! What a person does is done by the driver's pointer and keyboard; what a person sees is read from the
//! page. Deliberately absent: any way around the page, such as calling its functions.

mod driver;
mod page;
mod programs;
mod screen;
mod steps;

use std::path::PathBuf;

pub use driver::Window;
pub use page::{Page, Spot};
pub use programs::{missing, program};
pub use screen::Screen;
pub use steps::{await_stage, begin_task, live_run, next_run, open_plan, open_repository};

/// What keeps the window from being driven.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("{program} can't be started: {source}")]
    Start { program: PathBuf, source: std::io::Error },
    #[error("{0} ends before it is ready")]
    Ended(&'static str),
    #[error("the window opens no session: {0}")]
    Session(#[from] fantoccini::error::NewSessionError),
    #[error("the window refuses a command: {0}")]
    Command(#[from] fantoccini::error::CmdError),
    #[error("“{what}” does not come true.\n{page}")]
    Never { what: String, page: String },
}

pub type Result<T> = std::result::Result<T, Trouble>;
