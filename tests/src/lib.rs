//! What the tests of the whole program share: a real repository, a real `coppice` in a data
//! directory of its own, and small agents written as shell scripts.
//!
//! Deliberately absent: any knowledge of Coppice's own code. These tests see what a user sees: the
//! command line, its exit statuses, its JSON, and git.

#![expect(clippy::unwrap_used, reason = "a harness fails like the test that uses it")]

mod agents;
mod coppice;
pub mod model;
mod plan_file;
mod process;
mod repo;
mod run;
mod scene;
mod terminal;
pub mod window;

pub use agents::{Gate, Ledger};
pub use coppice::{Coppice, Output};
pub use plan_file::{PlanFile, Task};
pub use process::{Signal, is_alive, send};
pub use repo::TempRepo;
pub use run::{Event, Finished, LIMIT, Run};
pub use scene::Scene;
pub use terminal::on_terminal;
