//! The wire: every message that crosses between the engine and its clients (window, command line,
//! hooks, MCP server), and nothing else.
//!
//! Deliberately absent: logic, IO and any type of the engine's own. The page's TypeScript is
//! generated from these types by this crate's `bindings` test.
//!
//! One connection carries newline-separated JSON. The client says [`Hello`], the engine answers
//! [`Welcome`] (or an [`Error`] and hangs up); after that the client sends [`Call`]s and the engine
//! sends [`Message`]s: replies by `id`, and, once subscribed, notices.

mod compare;
mod diff;
mod edit;
mod error;
mod event;
mod landing;
mod request;
mod review;
mod run;
mod view;

pub use compare::*;
pub use diff::*;
pub use edit::*;
pub use error::*;
pub use event::*;
pub use landing::*;
pub use request::*;
pub use review::*;
pub use run::*;
pub use view::*;

/// Raised when a message changes its meaning; a client and an engine of different versions refuse
/// each other in the handshake instead of misreading.
pub const VERSION: u32 = 1;

/// Milliseconds: since the Unix epoch for a time, plain for a duration.
pub type Millis = i64;
