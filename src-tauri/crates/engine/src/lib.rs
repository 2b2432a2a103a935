//! The engine: the one process per data directory that decides and acts.
//!
//! A closed set of inputs ([`turn::Input`], [`decide::Command`]) goes through one synchronous turn
//! that records [`fact::Fact`]s and orders [`turn::Effect`]s; the facts are on disk before anybody
//! hears of them and before anything is done because of them; slow work is done aside and comes
//! back as another input. Window, command line, hooks and the MCP server are clients over a socket.

pub mod act;
pub mod apply;
mod ask;
pub mod decide;
mod demo;
mod diffs;
mod doctor;
mod event;
pub mod fact;
mod file_lines;
pub mod home;
pub mod ids;
pub mod keep;
pub mod missed;
pub mod order;
mod os;
mod outside;
mod recent;
pub mod serve;
mod socket;
pub mod turn;
pub mod view;
pub mod wire;
pub mod world;

pub use act::Programs;
pub use home::Home;
pub use serve::{ServeError, Served, serve};
