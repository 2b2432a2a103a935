//! The real program, as a person uses it: its window on a screen of its own, driven through WebDriver.
//! Where no screen or driver can be had, the tests say so and pass.

#![expect(clippy::unwrap_used, reason = "a test fails where it can't go on")]

mod approvals;
mod compare;
mod contents;
mod deaths;
mod journey;
mod reviews;
mod stage;
