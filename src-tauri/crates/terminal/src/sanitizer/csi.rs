//! Control sequences: bounded numbers, paid-for repetition, no unwanted questions.

use super::{ESC, Mode, Sanitizer};

/// No screen has more rows or columns.
const MOST: u32 = 9999;
/// Repetitions beyond any screen.
const MOST_REPEAT: u32 = 1000;

impl Sanitizer {
    /// Decides about `ESC [ body last`.
    pub(super) fn csi(&mut self, body: &[u8], last: u8, out: &mut Vec<u8>) {
        let (mark, rest) = match body.first() {
            Some(mark @ b'<'..=b'?') => (Some(*mark), &body[1..]),
            _ => (None, body),
        };
        let middle = rest.iter().position(|byte| *byte < 0x30).unwrap_or(rest.len());
        let (params, intermediates) = rest.split_at(middle);
        let malformed =
            params.iter().any(|byte| *byte > b';') || intermediates.iter().any(|byte| *byte >= 0x30);
        if malformed || !self.may_pass(mark, params, intermediates, last) {
            return;
        }
        let start = out.len();
        out.extend([ESC, b'[']);
        out.extend(mark);
        if mark.is_none() && intermediates.is_empty() && repeats(last) {
            let count = number(params).clamp(1, MOST_REPEAT);
            let Some(count) = self.affordable(count, last) else {
                out.truncate(start);
                return;
            };
            out.extend(count.to_string().bytes());
        } else {
            bounded(params, out);
        }
        out.extend_from_slice(intermediates);
        out.push(last);
    }

    fn may_pass(&self, mark: Option<u8>, params: &[u8], intermediates: &[u8], last: u8) -> bool {
        let live = self.mode == Mode::Live;
        match (mark, intermediates, last) {
            // Questions: device attributes and status, terminal parameters, modes, version, keyboard protocol.
            (_, b"", b'c' | b'n' | b'x') | (_, b"$", b'p' | b'u') | (Some(b'>'), b"", b'q') => live,
            (Some(b'?'), b"", b'u') => live,
            // Resources and graphics: `>m` with `?`, XTSMGRAPHICS.
            (Some(b'?'), b"", b'm') => live,
            (Some(b'?'), b"", b'S') => false,
            // The checksum of a rectangle tells its text; rectangles are filled and copied without measure.
            (_, b"*", _) | (_, b"$", b'v' | b'x' | b'z' | b'{' | b'r' | b't' | b'w') => false,
            // Printing.
            (_, b"", b'i') => false,
            // The window: sizes may be asked, its title may be put aside; it is not moved, and its title isn't typed.
            (None, b"", b't') => match number(params) {
                14 | 16 | 18 => live,
                22 | 23 => true,
                _ => false,
            },
            _ => true,
        }
    }

    /// How many of `count` repetitions are paid for; `None` where not even one is.
    fn affordable(&mut self, count: u32, last: u8) -> Option<u32> {
        // A line that moves costs an emulator as much as several characters that are drawn.
        let each = if matches!(last, b'L' | b'M' | b'S' | b'T') { 8 } else { 1 };
        let count = count.min(self.credit / each);
        self.credit -= count * each;
        (count > 0).then_some(count)
    }
}

/// Sequences whose number says how often something is done.
fn repeats(last: u8) -> bool {
    matches!(last, b'@' | b'I' | b'L' | b'M' | b'P' | b'S' | b'T' | b'X' | b'Z' | b'b' | b'^')
}

/// The first number; 0 where there is none.
fn number(params: &[u8]) -> u32 {
    params
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0u32, |number, digit| number.saturating_mul(10).saturating_add(u32::from(digit - b'0')))
}

/// Copies parameters with their numbers bounded. An empty one stays empty: it means its default.
fn bounded(params: &[u8], out: &mut Vec<u8>) {
    let mut rest = params;
    while let Some(first) = rest.first() {
        if first.is_ascii_digit() {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            // Four digits can't be too many, and nearly all have fewer.
            if digits <= 4 {
                out.extend_from_slice(&rest[..digits]);
            } else {
                out.extend(number(rest).min(MOST).to_string().bytes());
            }
            rest = &rest[digits..];
        } else {
            out.push(*first);
            rest = &rest[1..];
        }
    }
}
