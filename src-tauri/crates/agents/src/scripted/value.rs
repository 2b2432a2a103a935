//! Values of a script with the place where they stand, so that a wrong one is named with its line.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::usage::micros;

/// A fault at a place of the text; it becomes a line at the end.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: Range<usize>,
    pub(super) message: String,
}

pub(super) type Parsed<T> = Result<T, Fault>;

pub(super) fn fault<T>(at: Range<usize>, message: impl Into<String>) -> Parsed<T> {
    Err(Fault { at, message: message.into() })
}

/// A table that knows what it is called and where it stands.
#[derive(Debug)]
pub(super) struct Table<'a> {
    what: &'static str,
    pub(super) at: Range<usize>,
    table: &'a DeTable<'a>,
}

impl<'a> Table<'a> {
    pub(super) fn new(what: &'static str, at: Range<usize>, table: &'a DeTable<'a>) -> Self {
        Table { what, at, table }
    }

    pub(super) fn of(what: &'static str, value: &'a Spanned<DeValue<'a>>) -> Parsed<Self> {
        match value.get_ref().as_table() {
            Some(table) => Ok(Table::new(what, value.span(), table)),
            None => fault(value.span(), format!("{what} is a table: write `{{ … }}`.")),
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    pub(super) fn key_span(&self, key: &str) -> Range<usize> {
        let found = self.table.iter().find(|(name, _)| name.get_ref() == key);
        found.map_or(self.at.clone(), |(name, _)| name.span())
    }

    /// A text that the table cannot do without.
    pub(super) fn text(&self, key: &str) -> Parsed<String> {
        match self.get(key) {
            Some(value) => string(value),
            None => fault(self.at.clone(), format!("`{key}` is missing in {}.", self.what)),
        }
    }

    /// Refuses every key that is not among the known ones.
    pub(super) fn finish(&self, known: &[&str]) -> Parsed<()> {
        // The keys are sorted by name; the first in the text is the one to report.
        let unknown = self.table.iter().filter(|(name, _)| !known.contains(&name.get_ref().as_ref()));
        match unknown.min_by_key(|(name, _)| name.span().start) {
            None => Ok(()),
            Some((name, _)) => {
                let (name, at) = (name.get_ref(), name.span());
                fault(
                    at,
                    format!("`{name}` is not known in {}. Known here: {}.", self.what, known.join(", ")),
                )
            }
        }
    }
}

pub(super) fn string(value: &Spanned<DeValue<'_>>) -> Parsed<String> {
    match value.get_ref().as_str() {
        Some(text) => Ok(text.to_owned()),
        None => fault(value.span(), format!("A text is needed here, not {}.", kind(value))),
    }
}

pub(super) fn boolean(value: &Spanned<DeValue<'_>>) -> Parsed<bool> {
    match value.get_ref().as_bool() {
        Some(truth) => Ok(truth),
        None => fault(value.span(), format!("`true` or `false` is needed here, not {}.", kind(value))),
    }
}

pub(super) fn integer(value: &Spanned<DeValue<'_>>) -> Parsed<i64> {
    let number = value.get_ref().as_integer().map(|n| i64::from_str_radix(n.as_str(), n.radix()));
    match number {
        Some(Ok(number)) => Ok(number),
        Some(Err(_)) => fault(value.span(), "This number is too large."),
        None => fault(value.span(), format!("A whole number is needed here, not {}.", kind(value))),
    }
}

/// A list of at least one text.
pub(super) fn some_strings(value: &Spanned<DeValue<'_>>, what: &str) -> Parsed<Vec<String>> {
    match value.get_ref().as_array() {
        Some(list) if !list.is_empty() => list.iter().map(string).collect(),
        _ => fault(value.span(), format!("A list of texts is needed here: {what}.")),
    }
}

pub(super) fn exit_code(value: &Spanned<DeValue<'_>>) -> Parsed<u8> {
    match u8::try_from(integer(value)?) {
        Ok(code) => Ok(code),
        Err(_) => fault(value.span(), "An exit code lies between 0 and 255."),
    }
}

pub(super) fn dollars(value: &Spanned<DeValue<'_>>) -> Parsed<u64> {
    let text = match value.get_ref() {
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) => number.as_str(),
        _ => return fault(value.span(), format!("A price in dollars is needed here, not {}.", kind(value))),
    };
    match text.parse().ok().and_then(micros) {
        Some(micros) => Ok(micros),
        None => fault(value.span(), "A price is 0 or more."),
    }
}

/// `"250ms"`, `"2s"`, `"1.5m"`, `"1h"`.
pub(super) fn duration(value: &Spanned<DeValue<'_>>) -> Parsed<Duration> {
    let text = string(value)?;
    let units = [("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let seconds = quantity(&text, &units);
    match seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(duration) => Ok(duration),
        None => fault(
            value.span(),
            format!("\"{text}\" is no duration. Write \"250ms\", \"2s\", \"5m\" or \"1h\"."),
        ),
    }
}

/// `"64KiB"`, `"10MiB"`, `"1GiB"`, `"500B"`; `None` is `"forever"`.
pub(super) fn size(value: &Spanned<DeValue<'_>>) -> Parsed<Option<u64>> {
    let text = string(value)?;
    if text == "forever" {
        return Ok(None);
    }
    let units = [("KiB", 1024.0), ("MiB", 1_048_576.0), ("GiB", 1_073_741_824.0), ("B", 1.0)];
    match quantity(&text, &units) {
        Some(bytes) if bytes <= 1e15 => Ok(Some(bytes as u64)),
        _ => fault(
            value.span(),
            format!("\"{text}\" is no size. Write \"64KiB\", \"10MiB\", \"1GiB\" or \"forever\"."),
        ),
    }
}

/// A number before one of the units; the first unit that fits the end counts.
fn quantity(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let (number, factor) =
        units.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?.trim(), factor)))?;
    let plain = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    plain.then(|| number.parse::<f64>().ok()).flatten().map(|number| number * factor)
}

fn kind(value: &Spanned<DeValue<'_>>) -> &'static str {
    match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
