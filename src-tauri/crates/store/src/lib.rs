//! Where Coppice remembers: one SQLite database per data directory, opened by the engine alone.
//!
//! It holds an append-only table of events and the current state that follows from them, written in the same
//! transaction and on disk before [`Store::commit`] returns. The store knows neither tasks nor plans: bodies are
//! JSON text that the engine reads and writes. Deliberately absent: folding events into state (the engine's
//! `apply`), terminal bytes (their logs are files), secrets, and every type of the SQL library.

mod commit;
mod entities;
mod error;
mod events;
mod mark;
mod migrate;
mod open;
mod os;
mod settings;
#[cfg(test)]
mod tests;

pub use commit::{Batch, Put};
pub use entities::Entity;
pub use error::StoreError;
pub use events::{Event, Filter};
pub use mark::Loss;
pub use open::{Options, Store};
