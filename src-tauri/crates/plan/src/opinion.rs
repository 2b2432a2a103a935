//! A judge's opinion on two attempts that it knows only as the first and the second.
//!
//! The text comes from an agent and is read as strictly as a report. It advises a person; nothing follows from it.

use serde::{Deserialize, Serialize};

use crate::report::unfenced;

/// The schema that an opinion follows, as JSON Schema.
pub const SCHEMA: &str = include_str!("../schema/opinion.json");

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opinion {
    pub better: Better,
    /// In a few sentences, for the person who chooses.
    pub why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    First,
    Second,
    /// As good, or as bad, as each other.
    Neither,
}

impl Opinion {
    /// Reads an opinion. A fence of Markdown around the JSON is taken off; prose around it is not.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Opinion, String> {
        let text = text.trim().trim_start_matches('\u{feff}');
        if text.is_empty() {
            return Err("There is no opinion.".to_owned());
        }
        let opinion: Opinion = serde_json::from_str(unfenced(text))
            .map_err(|error| format!("The opinion is not as the schema says: {error}."))?;
        match opinion.why.trim() {
            "" => Err("The opinion does not say why.".to_owned()),
            _ => Ok(opinion),
        }
    }

    /// The attempt that is meant, where `order` is what the judge read first and second.
    pub fn preferred(&self, order: [u32; 2]) -> Option<u32> {
        match self.better {
            Better::First => Some(order[0]),
            Better::Second => Some(order[1]),
            Better::Neither => None,
        }
    }
}
