//! The pure heart: what a plan is, what may happen to it, what is to be done next.
//!
//! Deliberately absent: files, processes, async, clocks and randomness. Everything that this crate
//! decides follows from its arguments.

mod bits;
pub mod contest;
pub mod cycle;
pub mod diff;
pub mod document;
pub mod duration;
pub mod edit;
pub mod explain;
pub mod fault;
pub mod file;
pub mod forecast;
pub mod gaps;
pub mod graph;
pub mod id;
pub mod opinion;
pub mod overlap;
pub mod paste;
mod place;
mod reader;
pub mod ready;
pub mod reason;
pub mod report;
pub mod requirement;
pub mod schedule;
pub mod scope;
pub mod stage;
mod value;
pub mod warning;
mod writer;

#[cfg(test)]
mod tests;

pub use cycle::Cycle;
pub use diff::diff;
pub use document::{
    Adapter, Agent, Approve, Check, CommitPolicy, Fix, Land, PlanDoc, Position, Review, Settings, Setup, Task,
};
pub use edit::{Edit, Refused, apply_edit};
pub use explain::{Unblocks, unblocks, why_waiting};
pub use fault::{Fault, faults};
pub use file::{Problem, parse, parse_accepted, render, write};
pub use forecast::{Forecast, Work, forecast};
pub use gaps::{Finding, Gaps, Judged, Next};
pub use graph::{Graph, TaskIdx};
pub use id::{BadId, CommitId, TaskId};
pub use opinion::Opinion;
pub use paste::paste;
pub use ready::{lengths, priorities, ready};
pub use reason::{Failure, NeedsYou};
pub use report::Report;
pub use requirement::{Requirement, requirements};
pub use schedule::{Schedule, Status};
pub use scope::{BadGlob, Scope};
pub use stage::{Stage, StageKind};
pub use warning::{Warning, warnings};
