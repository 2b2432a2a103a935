//! The crate on real temporary repositories. Tests named f…_ are cases of the list of faults.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod changing;
mod grafting;
mod landing;
mod opening;
mod reading;
mod remotes;
mod removing;
mod trusting;
mod worktrees;
mod world;
