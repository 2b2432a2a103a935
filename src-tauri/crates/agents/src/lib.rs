//! What Coppice knows about agent programs: how each is started, what it is told, what it used.
//!
//! An [`Adapter`] is data plus a few functions, one file per program; the shared part is this list and
//! [`launch`]. Nothing here starts an agent or decides anything: the engine starts what [`launch`] describes, in a
//! terminal of its own, in the environment that [`Environment`] holds. Deliberately absent: plans, tasks as data
//! (plain values come in), git, terminals, an async runtime. The one program that runs here is our own: the
//! interpreter of [`scripted`] agents.

mod adapter;
mod brief;
mod capture;
mod claude;
mod codex;
mod command;
mod environment;
mod launch;
mod os;
mod parts;
mod program;
pub mod scripted;
mod signal;
mod transcript;
mod usage;
mod words;

pub use adapter::{ADAPTERS, Adapter, AgentError, AgentSpec, adapter, check, launch};
pub use brief::{Brief, Check, Contract, Neighbour, Tried};
pub use capture::capture;
pub use environment::{Environment, Source};
pub use launch::{Context, Launch, Resume, Stage};
pub use program::{Program, Reading};
pub use signal::{Answer, FailCode, Heard, Keys, Presence, Signal};
pub use transcript::{Place, Transcript};
pub use usage::{Ledger, Usage};
