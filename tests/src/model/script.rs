//! Scripts: what the model says and does, and what of a request decides which turn it is.

use std::time::Duration;

use serde_json::Value;

/// One answer of the model.
#[derive(Debug, Clone, Default)]
pub struct Turn {
    pub text: String,
    pub calls: Vec<Call>,
    /// Before the first byte.
    pub delay: Duration,
    /// Waits until this gate is open.
    pub gate: Option<&'static str>,
    /// Refuses instead of answering.
    pub refusal: Option<Refusal>,
    /// Drops the connection in the middle of the text.
    pub cut: bool,
    pub tokens: Tokens,
}

impl Turn {
    pub fn say(text: &str) -> Turn {
        let tokens = Tokens { input: 1000, cached: 0, output: 50 };
        Turn { text: text.to_owned(), tokens, ..Turn::default() }
    }

    pub fn call(text: &str, call: Call) -> Turn {
        Turn { calls: vec![call], ..Turn::say(text) }
    }

    pub fn refuse(refusal: Refusal) -> Turn {
        Turn { refusal: Some(refusal), ..Turn::say("") }
    }

    pub fn gate(self, gate: &'static str) -> Turn {
        Turn { gate: Some(gate), ..self }
    }

    pub fn cut(self) -> Turn {
        Turn { cut: true, ..self }
    }

    pub fn tokens(self, input: u64, cached: u64, output: u64) -> Turn {
        Turn { tokens: Tokens { input, cached, output }, ..self }
    }
}

/// A tool that the model calls, by the name and in the form that the asking program has for it.
#[derive(Debug, Clone)]
pub enum Call {
    Write {
        path: &'static str,
        content: &'static str,
    },
    Shell(&'static str),
    /// A command for which a person has to be asked.
    Unusual(&'static str),
    /// Questions, each with its options.
    Ask(&'static [(&'static str, &'static [&'static str])]),
    /// Has a sub-agent do something, where the program has them.
    Delegate(&'static str),
}

/// Why the endpoint does not answer.
#[derive(Debug, Clone, Copy)]
pub enum Refusal {
    /// 401.
    Login,
    /// 429, with the second since 1970 at which the account may go on.
    Limit { until: i64 },
}

/// Tokens that an answer says it used. `cached` are not in `input`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    pub input: u64,
    pub cached: u64,
    pub output: u64,
}

/// Who said a part of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Person,
    Model,
    /// Tools and the program itself.
    Other,
}

/// A request, without its format.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub model: String,
    pub said: Vec<(Role, String)>,
    pub offers_tools: bool,
}

impl Request {
    /// The script that the newest marker names, and how often the model has spoken since; the one without a name where
    /// there is no marker.
    pub(super) fn place(&self) -> (String, usize) {
        let marked = self.said.iter().enumerate().rev().find_map(|(place, (role, text))| {
            let (_, rest) = text.rsplit_once("[[script:")?;
            let (name, _) = rest.split_once("]]")?;
            (*role == Role::Person).then(|| (place, name.to_owned()))
        });
        let (start, name) = marked.unwrap_or_default();
        let roles: Vec<Role> = self.said[start..].iter().map(|(role, _)| *role).collect();
        let turns = roles.windows(2).filter(|pair| pair[0] != Role::Model && pair[1] == Role::Model).count();
        (name, turns)
    }

    pub(super) fn last(&self) -> String {
        self.said.last().map(|(_, text)| text.clone()).unwrap_or_default()
    }
}

/// All text inside a part of a request.
pub(super) fn flat(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(flat).collect::<Vec<_>>().join("\n"),
        Value::Object(parts) => {
            let texts = ["text", "content", "output"].iter().filter_map(|key| parts.get(*key));
            texts.map(flat).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
