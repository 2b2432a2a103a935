//! The screen of one run: what an emulator would show, at a fraction of the cost.
//!
//! It holds one screenful and no history; history is the log. Feed it bytes that went through the
//! [`Sanitizer`](crate::Sanitizer): this is an emulator like any other.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// More cells than anybody's monitor shows; bounds the memory at a few megabytes.
const MOST: u16 = 1000;

/// A run's screen.
pub struct Screen {
    parser: vt100::Parser,
    cols: u16,
    rows: u16,
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").field("cols", &self.cols).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Screen {
    /// An empty screen of this many cells.
    pub fn new(cols: u16, rows: u16) -> Screen {
        let (cols, rows) = bounded(cols, rows);
        Screen { parser: vt100::Parser::new(rows, cols, 0), cols, rows }
    }

    /// Shows sanitised output.
    pub fn feed(&mut self, bytes: &[u8]) {
        let parser = &mut self.parser;
        // Output is hostile until proven otherwise, and an emulator has many corners. A corner that panics costs
        // this screen its content, never the process.
        if catch_unwind(AssertUnwindSafe(|| parser.process(bytes))).is_err() {
            self.clear();
        }
    }

    /// Changes the size, in cells.
    pub fn resize(&mut self, cols: u16, rows: u16) {
        (self.cols, self.rows) = bounded(cols, rows);
        let (cols, rows, parser) = (self.cols, self.rows, &mut self.parser);
        if catch_unwind(AssertUnwindSafe(|| parser.screen_mut().set_size(rows, cols))).is_err() {
            self.clear();
        }
    }

    /// Width and height in cells.
    pub fn size(&self) -> (u16, u16) {
        (self.cols, self.rows)
    }

    /// The visible text, row by row, without spaces at the ends of rows.
    pub fn text(&self) -> Vec<String> {
        self.parser.screen().rows(0, self.cols).map(|row| row.trim_end().to_owned()).collect()
    }

    /// The lowest row with text in it, trimmed: what a card shows. Empty while the screen is.
    pub fn last_line(&self) -> String {
        let rows: Vec<String> = self.parser.screen().rows(0, self.cols).collect();
        rows.iter().rev().map(|row| row.trim()).find(|row| !row.is_empty()).unwrap_or_default().to_owned()
    }

    /// Bytes that make an emulator of the same size show this screen: content, colours, cursor, modes.
    pub fn snapshot(&self) -> Vec<u8> {
        let screen = self.parser.screen();
        // A full reset first: the emulator may show anything.
        let mut bytes = b"\x1bc".to_vec();
        if screen.alternate_screen() {
            bytes.extend(b"\x1b[?1049h");
        }
        bytes.extend(screen.state_formatted());
        bytes
    }

    /// Bytes that paint this screen over whatever an emulator of the same size shows, its scrollback left alone,
    /// wherever in the output it stopped: in the middle of a sequence or of a picture held back (mode 2026).
    pub fn repaint(&self) -> Vec<u8> {
        let screen = self.parser.screen();
        let mut bytes = b"\x18".to_vec();
        bytes.extend(if screen.alternate_screen() { b"\x1b[?1049h" } else { b"\x1b[?1049l" });
        // Margins, origin, charset and attributes as in the beginning; no mouse unless the state below says so.
        bytes.extend(b"\x1b[!p\x1b[r\x1b[?6l\x1b[4l\x1b[?7h\x1b(B\x0f\x1b[m");
        bytes.extend(b"\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l");
        bytes.extend(b"\x1b[?2026h");
        bytes.extend(screen.state_formatted());
        bytes.extend(b"\x1b[?2026l");
        bytes
    }

    /// Whether a full-screen program has taken the terminal over.
    pub fn is_full_screen(&self) -> bool {
        self.parser.screen().alternate_screen()
    }

    fn clear(&mut self) {
        self.parser = vt100::Parser::new(self.rows, self.cols, 0);
    }
}

/// At least two columns: a wide character has no place in one.
fn bounded(cols: u16, rows: u16) -> (u16, u16) {
    (cols.clamp(2, MOST), rows.clamp(1, MOST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shows_text_and_the_last_line() {
        let mut screen = Screen::new(20, 4);
        screen.feed(b"one\r\n\x1b[31mtwo\x1b[0m\r\n\r\n");
        assert_eq!(screen.text(), ["one", "two", "", ""]);
        assert_eq!(screen.last_line(), "two");
    }

    #[test]
    fn a_snapshot_repaints_the_same_screen() {
        let mut screen = Screen::new(20, 5);
        screen.feed(
            "plain\r\n\x1b[1;32mgrün 漢字\x1b[0m\x1b[?1049h\x1b[2;3Hfull\x1b[?25l\x1b[?2004h".as_bytes(),
        );
        let mut other = Screen::new(20, 5);
        other.feed(b"old junk\x1b[7m everywhere");
        other.feed(&screen.snapshot());
        assert_eq!(other.text(), screen.text());
        assert!(other.is_full_screen());
        assert_eq!(other.snapshot(), screen.snapshot());
    }

    #[test]
    fn a_repaint_covers_what_was_there_and_its_modes() {
        let mut screen = Screen::new(20, 5);
        screen.feed("plain\r\n\x1b[1;32mgrün 漢字\x1b[0m\x1b[3;2Hhere".as_bytes());
        for before in [
            "junk\r\n\x1b[7meverywhere\x1b[?25l\x1b[?1000h\x1b[?1006h\x1b[?2004h",
            "\x1b[?1049h\x1b[2;4r\x1b[?6hfull",
            "cut short \x1b[38;5",
            "cut short \x1b]0;title",
        ] {
            let mut other = Screen::new(20, 5);
            other.feed(before.as_bytes());
            other.feed(&screen.repaint());
            assert_eq!(other.snapshot(), screen.snapshot(), "{before:?}");
        }
        screen.feed(b"\x1b[?1049hfull\x1b[?1002h");
        let mut other = Screen::new(20, 5);
        other.feed(&screen.repaint());
        assert_eq!(other.snapshot(), screen.snapshot());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn anything_may_be_fed(
            bytes in proptest::collection::vec(any::<u8>(), 0..2000),
            escapes in "(\x1b\\[[0-9;?]{0,8}[@-~]|[a-z漢\u{301}]){0,60}",
            size in (0u16..40, 0u16..12),
            next in (0u16..40, 0u16..12),
        ) {
            let mut screen = Screen::new(size.0, size.1);
            screen.feed(escapes.as_bytes());
            screen.resize(next.0, next.1);
            screen.feed(&bytes);
            screen.feed(escapes.as_bytes());
            prop_assert_eq!(screen.text().len(), usize::from(screen.size().1));
            let _ = (screen.last_line(), screen.snapshot());
        }
    }
}
