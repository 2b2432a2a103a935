//! What people see of a run: a model of its tasks, folded from events, and three ways to show it.

pub(crate) mod json;
pub(crate) mod live;
pub(crate) mod paint;
pub(crate) mod plain;
pub(crate) mod rows;
pub(crate) mod summary;
pub(crate) mod tasks;
pub(crate) mod text;
