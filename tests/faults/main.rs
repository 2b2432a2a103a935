//! Faults that Coppice survives, as a user sees it: one test per case, named after its number. What a
//! crate's own tests show at its level is not repeated here.

mod agents;
mod crashes;
mod floods;
mod repository;
