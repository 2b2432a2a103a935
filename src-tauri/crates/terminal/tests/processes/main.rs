//! The shim and its client with real processes.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod common;
mod death;
mod fence;
mod leftovers;
mod life;
mod output;
mod secrets;
