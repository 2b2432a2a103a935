//! A log as text: what a person reads in a drawer or on a command line, without an emulator.

/// The text of terminal output: escape sequences and control characters go, a line that was
/// overwritten after a carriage return shows what it showed last, and bytes that are no UTF-8 are
/// replaced.
pub fn plain_text(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let mut plain = String::with_capacity(text.len());
    let mut line = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_sequence(&mut chars),
            '\r' if chars.peek() == Some(&'\n') || chars.peek() == Some(&'\r') => {}
            '\r' => plain.truncate(line),
            '\n' => {
                plain.push('\n');
                line = plain.len();
            }
            '\u{8}' if plain.len() > line => drop(plain.pop()),
            '\t' => plain.push('\t'),
            c if c.is_control() => {}
            c => plain.push(c),
        }
    }
    plain
}

/// Behind an escape character: the rest of the sequence that it begins.
fn skip_sequence(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.next() {
        Some('[') => {
            // Parameters and intermediates lie below `@`; a final byte ends the sequence.
            for c in chars.by_ref() {
                if ('@'..='~').contains(&c) {
                    break;
                }
            }
        }
        Some(']' | 'P' | '_' | '^' | 'X') => {
            while let Some(c) = chars.next() {
                if c == '\u{7}' {
                    break;
                }
                if c == '\u{1b}' {
                    chars.next();
                    break;
                }
            }
        }
        Some(' '..='/') => drop(chars.next()),
        Some(_) | None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    fn check(output: &[u8], expect: &str) {
        assert_eq!(plain_text(output), expect);
    }

    #[test]
    fn colours_titles_and_controls_go() {
        check(
            b"\x1b[31mred\x1b[0m\r\n\x1b]0;title\x07two\x1b]8;;http://x\x1b\\link\x1b(B\x07\n",
            "red\ntwolink\n",
        );
    }

    #[test]
    fn an_overwritten_line_shows_its_last_state() {
        check(b"10%\r50%\r100%\r\ndone\x08\x08ne!\n", "100%\ndone!\n");
    }

    #[test]
    fn broken_bytes_and_sequences_do_no_harm() {
        check(b"a\xffb\x1b[", "a\u{fffd}b");
    }
}
