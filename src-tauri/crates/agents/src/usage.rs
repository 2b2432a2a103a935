//! What a run used: tokens and money.
//!
//! Any agent can report it by printing a line of its own:
//!
//! ```text
//! coppice-usage {"id":"m1","model":"some-model","input":1200,"output":300,"cached":0,"cost":0.0123}
//! ```
//!
//! `input` and `output` are tokens and needed; `cached` are input tokens served from a cache (not in `input`);
//! `cost` is in US dollars; `id` names the message, and the last line with an id replaces those before it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const WORD: &str = "coppice-usage ";

/// One record of use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The message that was paid for; repeated records of one message count once.
    pub id: Option<String>,
    pub model: Option<String>,
    pub input: u64,
    pub output: u64,
    pub cached: u64,
    /// Millionths of a US dollar; `None` where the agent names no price.
    pub cost_micros: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    input: u64,
    output: u64,
    #[serde(default)]
    cached: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost: Option<f64>,
}

impl Usage {
    /// The record in a line of terminal output, if it is one. Surrounding blanks and a carriage return are ignored.
    pub fn from_line(line: &[u8]) -> Option<Usage> {
        let text = std::str::from_utf8(line).ok()?.trim();
        let line: Line = serde_json::from_str(text.strip_prefix(WORD)?).ok()?;
        let cost_micros = match line.cost {
            None => None,
            Some(cost) => Some(micros(cost)?),
        };
        let Line { id, model, input, output, cached, .. } = line;
        Some(Usage { id, model, input, output, cached, cost_micros })
    }

    /// The line that reports this record, without a line break.
    pub fn to_line(&self) -> String {
        let line = Line {
            id: self.id.clone(),
            model: self.model.clone(),
            input: self.input,
            output: self.output,
            cached: self.cached,
            cost: self.cost_micros.map(|micros| micros as f64 / 1e6),
        };
        let json = serde_json::to_string(&line).unwrap_or_default();
        format!("{WORD}{json}")
    }
}

/// Dollars as millionths; `None` for what is no price.
pub(crate) fn micros(dollars: f64) -> Option<u64> {
    let micros = (dollars * 1e6).round();
    (0.0..=9e15).contains(&micros).then_some(micros as u64)
}

/// Sums records, each message once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    by_message: BTreeMap<String, Usage>,
    without_id: Vec<Usage>,
}

impl Ledger {
    pub fn add(&mut self, usage: Usage) {
        match &usage.id {
            Some(id) => {
                self.by_message.insert(id.clone(), usage);
            }
            None => self.without_id.push(usage),
        }
    }

    /// The sum; its `id` and `model` are empty, its cost is `None` where no record has one.
    pub fn total(&self) -> Usage {
        let mut total = Usage::default();
        for usage in self.by_message.values().chain(&self.without_id) {
            total.input += usage.input;
            total.output += usage.output;
            total.cached += usage.cached;
            if let Some(cost) = usage.cost_micros {
                total.cost_micros = Some(total.cost_micros.unwrap_or(0) + cost);
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_is_written() {
        let usage = Usage {
            id: Some("m1".into()),
            model: Some("small".into()),
            input: 1200,
            output: 300,
            cached: 5,
            cost_micros: Some(12_345),
        };
        let line = usage.to_line();
        assert_eq!(
            line,
            r#"coppice-usage {"id":"m1","model":"small","input":1200,"output":300,"cached":5,"cost":0.012345}"#
        );
        assert_eq!(Usage::from_line(format!("  {line}\r").as_bytes()), Some(usage));
    }

    #[test]
    fn what_is_no_record_is_none() {
        for line in [
            &b"coppice-usage {}"[..],
            b"coppice-usage {\"input\":1}",
            b"coppice-usage {\"input\":-1,\"output\":2}",
            b"coppice-usage {\"input\":1,\"output\":2,\"price\":3}",
            b"coppice-usage {\"input\":1,\"output\":2,\"cost\":-0.5}",
            b"say coppice-usage {\"input\":1,\"output\":2}",
            b"\xff",
        ] {
            assert_eq!(Usage::from_line(line), None, "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn a_message_counts_once() {
        let record = |id: Option<&str>, input, cost_micros| Usage {
            id: id.map(str::to_owned),
            input,
            output: 1,
            cost_micros,
            ..Usage::default()
        };
        let mut ledger = Ledger::default();
        ledger.add(record(Some("a"), 10, Some(5)));
        ledger.add(record(Some("a"), 12, Some(7)));
        ledger.add(record(Some("b"), 1, None));
        ledger.add(record(None, 100, Some(1)));
        let total = ledger.total();
        assert_eq!((total.input, total.output, total.cost_micros), (113, 3, Some(8)));
    }
}
