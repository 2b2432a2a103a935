//! What a section found, as lines for people.

use std::fmt;
use std::time::Duration;

/// A ratio's goal.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
    None,
}

#[derive(Debug)]
struct Row {
    what: String,
    figure: String,
    /// To what the section measures beside it.
    ratio: Option<(f64, Target)>,
}

#[derive(Debug, Default)]
pub(crate) struct Table {
    title: String,
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Table {
    pub(crate) fn new(title: impl Into<String>) -> Table {
        Table { title: title.into(), ..Table::default() }
    }

    /// A figure that others are compared with.
    pub(crate) fn figure(&mut self, what: impl Into<String>, figure: impl Into<String>) {
        self.rows.push(Row { what: what.into(), figure: figure.into(), ratio: None });
    }

    pub(crate) fn ratio(
        &mut self,
        what: impl Into<String>,
        figure: impl Into<String>,
        ratio: f64,
        target: Target,
    ) {
        self.rows.push(Row { what: what.into(), figure: figure.into(), ratio: Some((ratio, target)) });
    }

    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for Row { what, figure, ratio } in &self.rows {
            write!(f, "  {what:<44} {figure:>14}")?;
            match ratio {
                Some((ratio, target)) => writeln!(f, "  {ratio:>7.3} ×  {target}{}", target.word(*ratio))?,
                None => writeln!(f)?,
            }
        }
        for note in &self.notes {
            writeln!(f, "  {note}")?;
        }
        Ok(())
    }
}

impl Target {
    fn word(self, ratio: f64) -> &'static str {
        let met = match self {
            Target::AtMost(most) => ratio <= most,
            Target::AtLeast(least) => ratio >= least,
            Target::None => return "",
        };
        if met { "" } else { "  missed" }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::AtMost(most) => write!(f, "(≤ {most})"),
            Target::AtLeast(least) => write!(f, "(≥ {least})"),
            Target::None => Ok(()),
        }
    }
}

/// The middle one; zero of nothing.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Seconds for what takes long, else milliseconds or microseconds.
pub(crate) fn shown(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1e3;
    if ms >= 1000.0 {
        format!("{:.3} s", ms / 1e3)
    } else if ms >= 1.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{:.1} µs", ms * 1e3)
    }
}

/// How often `beside` goes into `time`.
pub(crate) fn over(time: Duration, beside: Duration) -> f64 {
    time.as_secs_f64() / beside.as_secs_f64().max(f64::MIN_POSITIVE)
}
