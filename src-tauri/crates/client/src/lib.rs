//! The client half of the engine's socket: find the data directory, start the engine when it isn't
//! there, ask it things and hear what happens. The window and the command line share it.
//!
//! Deliberately absent: any knowledge of plans or tasks, and any retrying of a request. A request
//! that was cut off may have been carried out, and only the caller can tell whether asking again
//! is harmless.

mod connection;
mod error;
mod feed;
mod home;
mod notices;
mod os;
mod start;

pub use connection::Client;
pub use error::Error;
pub use feed::{Feed, Heard};
pub use home::{HOME_VARIABLE, create_home, engine_log, home, socket};
pub use notices::Notices;
pub use os::leave_session;
pub use start::{Starter, sibling};
