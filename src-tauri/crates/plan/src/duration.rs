//! Lengths of time as people write them: `500ms`, `90s`, `10m`, `1h30m`.
//!
//! Whole milliseconds only; there are no months, no fractions and no clock.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de};

const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Longest length that is understood: 365 days. It keeps every sum of a plan far from overflow.
pub const LONGEST: Duration = Duration::from_secs(365 * 86_400);

/// Why a text is not a length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a length of time: write it like \"500ms\", \"90s\", \"10m\" or \"1h30m\"")]
pub struct BadDuration(pub String);

/// Reads `1h30m` and its like: numbers with units `d`, `h`, `m`, `s`, `ms`, each at most once, the
/// largest first.
pub fn parse_duration(text: &str) -> Result<Duration, BadDuration> {
    let bad = || BadDuration(text.to_owned());
    let mut rest = text.trim();
    let mut units = UNITS.iter();
    let mut total: u64 = 0;
    if rest.is_empty() {
        return Err(bad());
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().map_err(|_| bad())?;
        rest = &rest[digits..];
        let name_len = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (_, size) = units.find(|(name, _)| *name == &rest[..name_len]).ok_or_else(bad)?;
        rest = &rest[name_len..];
        total = number.checked_mul(*size).and_then(|ms| total.checked_add(ms)).ok_or_else(bad)?;
    }
    let length = Duration::from_millis(total);
    if length > LONGEST { Err(bad()) } else { Ok(length) }
}

/// Writes what [`parse_duration`] reads; exact for whole milliseconds. Days are written as hours.
pub fn format_duration(length: Duration) -> String {
    let mut ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    if ms == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (name, size) in &UNITS[1..] {
        if ms >= *size {
            text.push_str(&format!("{}{name}", ms / size));
            ms %= size;
        }
    }
    text
}

pub(crate) fn serialize<S: Serializer>(length: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&format_duration(*length))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    parse_duration(&String::deserialize(from)?).map_err(de::Error::custom)
}

/// The same for a length that may be absent.
pub(crate) mod option {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(length: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
        match length {
            Some(length) => super::serialize(length, to),
            None => to.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
        Option::<String>::deserialize(from)?
            .map(|text| parse_duration(&text).map_err(de::Error::custom))
            .transpose()
    }
}
