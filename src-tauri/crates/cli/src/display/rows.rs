//! One task in one line, for the live display and for `status`.

use protocol::Millis;

use crate::display::paint::{Paint, Tone, stage_tone};
use crate::display::tasks::{Line, is_working};
use crate::display::text::{cut, elapsed, pad, width};

/// How wide the columns are, from what stands in them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    title: usize,
    word: usize,
    total: usize,
}

const TIME: usize = 7;
/// Below this a note says nothing.
const LEAST_NOTE: usize = 12;

impl Columns {
    /// `total`: the width of the terminal.
    pub(crate) fn of<'a>(lines: impl Iterator<Item = &'a Line> + Clone, total: usize) -> Self {
        let longest = |of: fn(&Line) -> &str| lines.clone().map(|line| width(of(line))).max().unwrap_or(0);
        let title = longest(|line| &line.title).min((total / 3).max(8));
        let word = longest(|line| &line.word).min((total / 4).max(10));
        Self { title, word, total }
    }

    /// The line, and how many columns it takes.
    pub(crate) fn row(&self, paint: &Paint, line: &Line, now_ms: Millis) -> (String, usize) {
        let tone = stage_tone(line.kind);
        let time = match line.since_ms {
            Some(since) if is_working(line.kind) => elapsed(now_ms - since),
            _ => String::new(),
        };
        // One column stays free: a terminal that is filled to its edge wraps early.
        let head =
            [paint.mark(line.kind).to_owned(), pad(&line.title, self.title), pad(&line.word, self.word)];
        let plain = format!("{} {}  {}  {time:>TIME$}", head[0], head[1], head[2]);
        let room = self.total.saturating_sub(1);
        if width(&plain) > room {
            let cut = cut(&plain, room);
            let taken = width(&cut);
            return (paint.tone(tone, &cut), taken);
        }
        let mut text = format!(
            "{} {}  {}  {}",
            paint.tone(tone, &head[0]),
            if tone == Tone::Dim { paint.tone(Tone::Dim, &head[1]) } else { head[1].clone() },
            paint.tone(tone, &head[2]),
            paint.tone(Tone::Dim, &format!("{time:>TIME$}")),
        );
        let mut taken = width(&plain);
        if let Some(note) = &line.note
            && room >= taken + 2 + LEAST_NOTE
        {
            let note = cut(note, room - taken - 2);
            taken += 2 + width(&note);
            text.push_str("  ");
            text.push_str(&paint.tone(Tone::Dim, &note));
        }
        (text, taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::tasks::tests::tasks;
    use protocol::StageKind;

    #[test]
    fn a_row_never_reaches_the_edge() {
        let mut tasks = tasks(&[
            ("model", StageKind::Implementing, "Implementing"),
            ("b", StageKind::Waiting, "Waiting"),
        ]);
        tasks.lines[0].note = Some("writing src/模型/retry.rs and a lot more than fits".into());
        for total in 0..120 {
            let columns = Columns::of(tasks.lines.iter(), total);
            for line in &tasks.lines {
                let (text, taken) = columns.row(&Paint::bare(), line, 61_000);
                assert_eq!(width(&text), taken);
                assert!(taken < total.max(1), "{taken} columns of {total}: {text}");
            }
        }
        let (text, _) = Columns::of(tasks.lines.iter(), 60).row(&Paint::bare(), &tasks.lines[0], 61_000);
        assert_eq!(text, "● The model  Implementing     1:01  writing src/模型/retry…");
    }
}
