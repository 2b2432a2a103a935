//! A run's terminal: the small process that owns it (`coppice-shim`) and the client half for engine and window.
//!
//! A run lives in a folder of its own (`RUN_DIR`, 0700), which any later program can pick up:
//!
//! | file | holds |
//! |---|---|
//! | `claim` | who may start the run: a shim's identity, or that it was given up |
//! | `child` | identity of the run's process |
//! | `sock` | the shim's socket (0600), while the shim lives |
//! | `log`, `log.<offset>` | the output |
//! | `exit.json` | the end; appears whole |
//! | `panic` | why a shim died, where it could say so |
//!
//! [`start`] and [`Run::adopt`] give a [`Run`]; [`attach`] gives a [`Viewer`] on its output, live or ended, from any
//! offset; [`Sanitizer`] stands before every emulator and [`Screen`] is the emulator that costs little.
//!
//! Deliberately absent: what a run is for, when it starts and what its end means (the engine's), and any state that
//! is not in the folder. Only this crate knows portable-pty and vt100.

mod claim;
mod connect;
mod exit;
mod log;
mod orphans;
mod os;
mod plain;
mod run;
mod sanitizer;
mod screen;
mod shim;
mod spec;
mod tree;
mod view;
mod wire;

pub use claim::{Claim, Identity, void_claim};
pub use connect::{Ended, Line};
pub use exit::{Exit, Leftover, Reason};
pub use log::{Log, Piece};
pub use orphans::end_orphans;
pub use plain::plain_text;
pub use run::{Adopted, Run, StartError, start};
pub use sanitizer::{Heard, Mode, Sanitizer};
pub use screen::Screen;
pub use shim::main as shim_main;
pub use spec::{GRACE, LOG_LIMIT, RUN_VARIABLE, RunSpec};
pub use view::{Seen, View, Viewer, WINDOW, attach};
pub use wire::{Kill, Status, Welcome};
