//! A block of lines that is redrawn in place: one per task, and one that sums up.
//!
//! A frame is one write, made only when it differs from what stands there. Nothing hides the cursor
//! or switches the screen, so a killed `coppice` leaves the terminal as it was.

use std::io::{self, Write};

use protocol::{Millis, StageKind};

use crate::display::paint::{Paint, Tone};
use crate::display::rows::Columns;
use crate::display::tasks::{Line, Tasks, is_working, needs_person};
use crate::display::text::{count, elapsed};

#[derive(Debug)]
pub(crate) struct Live {
    paint: Paint,
    /// Columns that each line of the block takes.
    drawn: Vec<usize>,
    last: String,
}

/// Columns and rows of the terminal.
fn size() -> (usize, usize) {
    let size = rustix::termios::tcgetwinsize(io::stdout());
    match size {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col.into(), size.ws_row.into()),
        _ => (80, 24),
    }
}

impl Live {
    pub(crate) fn new(paint: Paint) -> Self {
        Self { paint, drawn: Vec::new(), last: String::new() }
    }

    pub(crate) fn draw(&mut self, tasks: &Tasks, now_ms: Millis) -> io::Result<()> {
        let (columns, rows) = size();
        let (body, widths) = block(&self.paint, tasks, columns, rows, now_ms);
        if body == self.last {
            return Ok(());
        }
        let frame = format!("{}{body}", self.erase(columns));
        self.last = body;
        self.drawn = widths;
        write(&frame)
    }

    /// A line above the block, which stays.
    pub(crate) fn say(&mut self, text: &str) -> io::Result<()> {
        let (columns, _) = size();
        let frame = format!("{}{text}\n", self.erase(columns));
        self.last.clear();
        self.drawn.clear();
        write(&frame)
    }

    /// Back to the block's first line, and nothing below. A narrower terminal has wrapped its lines.
    fn erase(&self, columns: usize) -> String {
        let rows: usize = self.drawn.iter().map(|width| width.div_ceil(columns.max(1)).max(1)).sum();
        if rows == 0 { String::new() } else { format!("\r\x1b[{rows}A\x1b[J") }
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The block's text with a newline after each line, and the width of each.
fn block(paint: &Paint, tasks: &Tasks, columns: usize, rows: usize, now_ms: Millis) -> (String, Vec<usize>) {
    let room = rows.saturating_sub(3).max(1);
    let shown = choose(&tasks.lines, room);
    let layout = Columns::of(shown.iter().copied(), columns);
    let mut text = String::new();
    let mut widths = Vec::new();
    for line in &shown {
        let (row, width) = layout.row(paint, line, now_ms);
        text.push_str(&row);
        text.push('\n');
        widths.push(width);
    }
    let hidden = tasks.lines.len() - shown.len();
    let footer = footer(tasks, hidden, now_ms);
    let footer = crate::display::text::cut(&footer, columns.saturating_sub(1));
    widths.push(crate::display::text::width(&footer));
    text.push_str(&paint.tone(Tone::Bold, &footer));
    text.push('\n');
    (text, widths)
}

/// All lines where they fit; else those that matter most now, in the plan's order.
fn choose(lines: &[Line], room: usize) -> Vec<&Line> {
    if lines.len() <= room {
        return lines.iter().collect();
    }
    let rank = |line: &Line| match line.kind {
        kind if needs_person(kind) => 0,
        StageKind::Failed => 1,
        kind if is_working(kind) => 2,
        StageKind::Waiting | StageKind::Draft => 3,
        _ => 4,
    };
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by_key(|at| (rank(&lines[*at]), *at));
    order.truncate(room);
    order.sort_unstable();
    order.into_iter().map(|at| &lines[at]).collect()
}

fn footer(tasks: &Tasks, hidden: usize, now_ms: Millis) -> String {
    let landed = tasks.count(|kind| kind == StageKind::Landed);
    let mut parts = vec![format!("{landed} of {} landed", tasks.lines.len())];
    let mut add = |number: usize, word: &str| {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    };
    add(tasks.count(is_working), "running");
    let person = tasks.count(needs_person);
    add(person, if person == 1 { "waits for you" } else { "wait for you" });
    add(tasks.count(|kind| kind == StageKind::Failed), "failed");
    if hidden > 0 {
        parts.push(format!("{} not shown", count(hidden, "task", "tasks")));
    }
    parts.push(elapsed(now_ms - tasks.began_ms));
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::tasks::tests::tasks;

    #[test]
    fn a_small_terminal_shows_what_matters() {
        let tasks = tasks(&[
            ("a", StageKind::Landed, "Landed"),
            ("b", StageKind::Waiting, "Waiting"),
            ("c", StageKind::Implementing, "Implementing"),
            ("d", StageKind::NeedsYou, "Needs you"),
        ]);
        let (text, widths) = block(&Paint::bare(), &tasks, 80, 5, 9000);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(widths.len(), 3);
        assert!(lines[0].contains("The c") && lines[1].contains("The d"), "{text}");
        assert_eq!(lines[2], "1 of 4 landed · 1 running · 1 waits for you · 2 tasks not shown · 0:09");
    }

    #[test]
    fn the_block_is_erased_as_the_terminal_wrapped_it() {
        let live = Live { paint: Paint::bare(), drawn: vec![70, 10, 0], last: String::new() };
        assert_eq!(live.erase(80), "\r\x1b[3A\x1b[J");
        assert_eq!(live.erase(40), "\r\x1b[4A\x1b[J");
    }
}
