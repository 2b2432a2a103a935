//! The house's rules, as tests: which crate may depend on which, where each foreign library lives, and what
//! no source may contain.

mod arrows;
mod manifest;
mod purity;
mod sources;
mod window;
