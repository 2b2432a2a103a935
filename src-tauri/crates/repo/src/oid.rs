//! The id of an object, so that no other crate needs git2 to hold one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// A full object id; as text, 40 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Oid(pub(crate) git2::Oid);

impl Oid {
    /// The id that stands for "no object" in git's own output.
    pub(crate) const ZERO: &'static str = "0000000000000000000000000000000000000000";

    pub(crate) fn parse(bytes: &[u8]) -> Option<Oid> {
        let text = std::str::from_utf8(bytes).ok()?;
        text.parse().ok()
    }

    /// The first twelve digits, for people.
    pub fn short(&self) -> String {
        let mut text = self.0.to_string();
        text.truncate(12);
        text
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Oid {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = || Error::NotFound { what: format!("The object `{text}`") };
        if text.len() != Self::ZERO.len() {
            return Err(bad());
        }
        let oid = git2::Oid::from_str(text).map_err(|_| bad())?;
        if oid.is_zero() { Err(bad()) } else { Ok(Oid(oid)) }
    }
}

impl TryFrom<String> for Oid {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Oid> for String {
    fn from(oid: Oid) -> String {
        oid.to_string()
    }
}
