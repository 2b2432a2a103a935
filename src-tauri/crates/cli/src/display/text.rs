//! Text that is safe and fits: names, messages and an agent's last line are written by others.

use protocol::Millis;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Without anything that a terminal obeys or that changes the order of what is read.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            // Direction overrides and isolates: they make a line read as something that it isn't.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// The same for text of several lines.
pub(crate) fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Columns on the terminal.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// At most `columns` columns, cut with an ellipsis.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if taken + wide + 1 > columns {
            break;
        }
        kept.push(c);
        taken += wide;
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

/// Exactly `columns` columns.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let cut = cut(text, columns);
    let gap = columns.saturating_sub(width(&cut));
    cut + &" ".repeat(gap)
}

/// `0:42`, `12:03`, `1:02:03`.
pub(crate) fn elapsed(ms: Millis) -> String {
    let seconds = ms.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// The first seven digits of a commit.
pub(crate) fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

/// An event's time in milliseconds since the epoch.
pub(crate) fn millis(at: &str) -> Option<Millis> {
    at.parse::<jiff::Timestamp>().ok().map(|at| at.as_millisecond())
}

/// "1 task", "2 tasks".
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_passes() {
        assert_eq!(printable("a\x1b[31mb\u{202e}c\r\n\td\u{9b}"), "a\u{fffd}[31mb\u{fffd}c   d\u{fffd}");
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(cut("日本語テキスト", 7), "日本語…");
        assert_eq!(pad("日本", 6), "日本  ");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("abcd", 0), "");
    }

    #[test]
    fn times_read_like_a_clock() {
        assert_eq!(elapsed(42_000), "0:42");
        assert_eq!(elapsed(723_000), "12:03");
        assert_eq!(elapsed(3_723_999), "1:02:03");
        assert_eq!(elapsed(-5), "0:00");
        assert_eq!(millis("1970-01-01T00:00:01.500Z"), Some(1500));
    }
}
