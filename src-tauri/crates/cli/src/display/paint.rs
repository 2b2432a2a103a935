//! Colours and marks. A status is always a shape and a word; colour only adds to them.

use std::env;
use std::io::{IsTerminal, stdout};

use protocol::StageKind;

/// What the output can show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    colour: bool,
    unicode: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Dim,
    Bold,
    Good,
    Busy,
    Asking,
    Bad,
}

fn set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Standard output is a terminal that can move its cursor.
pub(crate) fn is_live() -> bool {
    stdout().is_terminal() && env::var_os("TERM").is_some_and(|term| term != "dumb")
}

impl Paint {
    /// By standard output and the environment: `NO_COLOR` and `TERM=dumb` forbid colour, `CLICOLOR_FORCE`
    /// demands it; marks beyond ASCII only in a UTF-8 locale.
    pub(crate) fn new() -> Self {
        let forced = env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(|name| env::var(name).ok().filter(|v| !v.is_empty()));
        let unicode = locale.is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self { colour: !set("NO_COLOR") && (forced || is_live()), unicode }
    }

    #[cfg(test)]
    pub(crate) fn bare() -> Self {
        Self { colour: false, unicode: true }
    }

    pub(crate) fn tone(&self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Dim => "2",
            Tone::Bold => "1",
            Tone::Good => "32",
            Tone::Busy => "36",
            Tone::Asking => "33",
            Tone::Bad => "31",
        };
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    /// One column that tells the stage by its shape.
    pub(crate) fn mark(&self, kind: StageKind) -> &'static str {
        let (fine, ascii) = match kind {
            StageKind::Draft => ("◌", "."),
            StageKind::Waiting => ("○", "."),
            StageKind::Preparing
            | StageKind::Implementing
            | StageKind::Checking
            | StageKind::Reviewing
            | StageKind::Fixing => ("●", "*"),
            StageKind::AwaitingApproval => ("◆", "?"),
            StageKind::Queued | StageKind::Landing => ("▲", "^"),
            StageKind::Landed => ("✓", "+"),
            StageKind::NeedsYou => ("!", "!"),
            StageKind::Failed => ("✗", "x"),
            StageKind::Cancelled | StageKind::Discarded => ("–", "-"),
        };
        if self.unicode { fine } else { ascii }
    }
}

/// How a stage is coloured.
pub(crate) fn stage_tone(kind: StageKind) -> Tone {
    match kind {
        StageKind::Draft | StageKind::Waiting | StageKind::Cancelled | StageKind::Discarded => Tone::Dim,
        StageKind::Preparing
        | StageKind::Implementing
        | StageKind::Checking
        | StageKind::Reviewing
        | StageKind::Fixing
        | StageKind::Queued
        | StageKind::Landing => Tone::Busy,
        StageKind::AwaitingApproval | StageKind::NeedsYou => Tone::Asking,
        StageKind::Landed => Tone::Good,
        StageKind::Failed => Tone::Bad,
    }
}
