//! Between a run's output and any emulator: what may reach it, and in which measure.
//!
//! Output is whatever a program prints: a `cat` of a hostile file is enough to hang an emulator for minutes, to put
//! text on the clipboard or to type answers into the terminal. The sanitizer passes text unchanged, passes the
//! sequences that draw, bounds their numbers, and drops the rest. Its output is always valid UTF-8 with whole
//! sequences in their seven-bit form, so that no two emulators read it differently; and it depends on the bytes
//! alone, never on how they were cut into chunks.
//!
//! Deliberately absent: time. What has to be limited by the second (bells, titles, notifications) is taken out and
//! counted in [`Heard`]; whoever has a clock decides.

mod csi;
mod strings;

use std::mem;
use unicode_width::UnicodeWidthChar;

const ESC: u8 = 0x1b;
/// Longer control sequences mean nothing to anybody.
const MOST_CSI: usize = 256;
/// Emulators hold a string in memory until it ends.
const MOST_STRING: usize = 4 << 10;
/// Accents on one character; more are an attack on the one who draws them.
const MOST_COMBINING: u8 = 16;
/// Work that sequences may cause without being backed by bytes: at most this much at once …
const MOST_CREDIT: u32 = 64 << 10;
/// … and this much more for every byte of output. A line of 200 repeated characters pays for itself.
const CREDIT_PER_BYTE: u32 = 32;

/// Whether somebody is there to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Output that is shown as it comes: questions to the emulator pass, and its answers are real.
    Live,
    /// Output that was shown before: questions are dropped, or the answers would be typed into the run again.
    Replay,
}

/// What was taken out of the output since the last look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// Bells rung.
    pub bells: u32,
    /// Desktop notifications wanted.
    pub notifications: u32,
    /// Attempts to write to or read from the clipboard that were dropped.
    pub clipboard: u32,
    /// The latest window title, as plain text of at most 256 characters.
    pub title: Option<String>,
}

/// A filter for one stream of output. Keeps its state between chunks.
#[derive(Debug, Clone)]
pub struct Sanitizer {
    mode: Mode,
    clipboard: bool,
    state: State,
    /// The sequence or character under way.
    held: Vec<u8>,
    /// The string under way is too long to be kept.
    overlong: bool,
    combining: u8,
    credit: u32,
    heard: Heard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Ground,
    /// In the middle of a UTF-8 character, of which the first bytes are held.
    Character,
    /// After ESC; intermediates are held.
    Escape,
    /// After `ESC [`; everything since is held.
    Csi,
    /// In a string; what is kept of it is held.
    Text(Kind),
}

/// The strings a terminal knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Osc,
    Dcs,
    /// SOS, PM and APC, which nobody here wants to hear.
    Other,
}

impl Sanitizer {
    /// A filter at the beginning of a stream. The clipboard stays out of reach.
    pub fn new(mode: Mode) -> Sanitizer {
        Sanitizer {
            mode,
            clipboard: false,
            state: State::Ground,
            held: Vec::new(),
            overlong: false,
            combining: 0,
            credit: MOST_CREDIT,
            heard: Heard::default(),
        }
    }

    /// Lets live writes to the clipboard pass (up to 4 KiB each), where the person has allowed it. Reads never pass.
    pub fn allow_clipboard(mut self) -> Sanitizer {
        self.clipboard = true;
        self
    }

    /// From now on output is live, or replayed. The state is kept: the streams are one.
    pub fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
    }

    /// Appends what may pass of the next chunk to `out`.
    pub fn feed(&mut self, mut chunk: &[u8], out: &mut Vec<u8>) {
        while let Some(first) = chunk.first() {
            if self.state == State::Ground {
                let plain = plain_prefix(chunk);
                if plain > 0 {
                    out.extend_from_slice(&chunk[..plain]);
                    self.combining = 0;
                    self.earn(plain);
                    chunk = &chunk[plain..];
                    continue;
                }
                if *first >= 0x80 {
                    let taken = self.characters(chunk, out);
                    self.earn(taken);
                    chunk = &chunk[taken..];
                    continue;
                }
            }
            self.earn(1);
            self.byte(*first, out);
            chunk = &chunk[1..];
        }
    }

    /// What was taken out since the last call.
    pub fn heard(&mut self) -> Heard {
        mem::take(&mut self.heard)
    }

    fn earn(&mut self, bytes: usize) {
        let more = u32::try_from(bytes).unwrap_or(MOST_CREDIT).saturating_mul(CREDIT_PER_BYTE);
        self.credit = self.credit.saturating_add(more).min(MOST_CREDIT);
    }

    /// Passes the valid characters at the start of a chunk that begins with a byte of more than seven bits. Returns
    /// the bytes taken, at least one.
    fn characters(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> usize {
        // No further than this at once: after each broken byte the look begins anew.
        const LOOK: usize = 256;
        let near = &chunk[..chunk.len().min(LOOK)];
        let end = near.iter().position(|byte| *byte < 0x80).unwrap_or(near.len());
        let valid = match std::str::from_utf8(&near[..end]) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&near[..error.valid_up_to()]).unwrap_or_default(),
        };
        if valid.is_empty() {
            self.byte(chunk[0], out);
            return 1;
        }
        // Copied in stretches: what is dropped is rare.
        let mut from = 0;
        for (at, character) in valid.char_indices() {
            if self.is_drawn(character) {
                continue;
            }
            out.extend_from_slice(&valid.as_bytes()[from..at]);
            from = at + character.len_utf8();
            if self.eight_bit_control(character, out) {
                return from;
            }
        }
        out.extend_from_slice(&valid.as_bytes()[from..]);
        valid.len()
    }

    /// Whether a character passes as it is.
    fn is_drawn(&mut self, character: char) -> bool {
        match character {
            '\u{80}'..='\u{9f}' => return false,
            // Nothing combines below the first of these ranges and in the second, which holds most of what is
            // written in East Asia.
            '\u{0}'..'\u{300}' | '\u{30a0}'..'\u{a66f}' => self.combining = 0,
            _ if character.width() == Some(0) => {
                if self.combining >= MOST_COMBINING {
                    return false;
                }
                self.combining += 1;
            }
            _ => self.combining = 0,
        }
        true
    }

    /// Acts on the eight-bit form of `ESC @` … `ESC _`; of these on the ones that anybody uses. Whether it began a
    /// sequence.
    fn eight_bit_control(&mut self, character: char, out: &mut Vec<u8>) -> bool {
        if let '\u{80}'..='\u{9f}' = character {
            self.combining = 0;
            let seven_bit = (character as u32 - 0x40) as u8;
            if matches!(seven_bit, b'D' | b'E' | b'H' | b'M' | b'P' | b'X' | b'Z'..=b'_') {
                self.escape();
                self.byte(seven_bit, out);
            }
        }
        self.state != State::Ground
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<u8>) {
        match self.state {
            State::Ground => match byte {
                ESC => self.escape(),
                0x80.. => {
                    self.held.clear();
                    self.held.push(byte);
                    self.state = State::Character;
                    self.complete_character(out);
                }
                _ => self.control(byte, out),
            },
            State::Character if byte < 0x80 => {
                self.replace_held(out);
                self.byte(byte, out);
            }
            State::Character => {
                self.held.push(byte);
                self.complete_character(out);
            }
            State::Escape => self.in_escape(byte, out),
            State::Csi => self.in_csi(byte, out),
            State::Text(kind) => self.in_text(kind, byte, out),
        }
    }

    fn escape(&mut self) {
        self.state = State::Escape;
        self.held.clear();
        self.overlong = false;
    }

    /// Ends the character under way if its last byte has come, or can't come any more.
    fn complete_character(&mut self, out: &mut Vec<u8>) {
        match std::str::from_utf8(&self.held) {
            Ok(text) => {
                let character = text.chars().next();
                self.state = State::Ground;
                self.held.clear();
                if let Some(character) = character {
                    if self.is_drawn(character) {
                        out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    } else {
                        self.eight_bit_control(character, out);
                    }
                }
            }
            Err(error) => {
                if error.error_len().is_some() {
                    // The byte that made it impossible may begin something itself.
                    let last = if self.held.len() > 1 { self.held.pop() } else { None };
                    self.replace_held(out);
                    if let Some(last) = last {
                        self.byte(last, out);
                    }
                }
            }
        }
    }

    /// Bytes that are no character become the sign for that, as in every emulator.
    fn replace_held(&mut self, out: &mut Vec<u8>) {
        self.state = State::Ground;
        self.held.clear();
        self.combining = 0;
        out.extend_from_slice("\u{fffd}".as_bytes());
    }

    /// A control byte outside of strings.
    fn control(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            0x07 => self.heard.bells = self.heard.bells.saturating_add(1),
            // "Who are you?"
            0x05 if self.mode == Mode::Replay => {}
            _ => {
                self.combining = 0;
                out.push(byte);
            }
        }
    }

    fn in_escape(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            ESC => self.escape(),
            0x18 | 0x1a => self.state = State::Ground,
            0x00..=0x1f => self.control(byte, out),
            0x20..=0x2f => {
                if self.held.len() < 4 {
                    self.held.push(byte);
                } else {
                    self.overlong = true;
                }
            }
            b'[' if self.held.is_empty() => self.state = State::Csi,
            b']' if self.held.is_empty() => self.state = State::Text(Kind::Osc),
            b'P' if self.held.is_empty() => self.state = State::Text(Kind::Dcs),
            b'X' | b'^' | b'_' if self.held.is_empty() => self.state = State::Text(Kind::Other),
            0x30..=0x7e => {
                self.state = State::Ground;
                let held = mem::take(&mut self.held);
                if !self.overlong && self.may_escape(&held, byte) {
                    out.push(ESC);
                    out.extend_from_slice(&held);
                    out.push(byte);
                }
            }
            0x7f => {}
            0x80.. => {
                self.state = State::Ground;
                self.byte(byte, out);
            }
        }
    }

    fn may_escape(&mut self, held: &[u8], last: u8) -> bool {
        match (held, last) {
            // The end of a string that has ended.
            (b"", b'\\') => false,
            // "Who are you?"
            (b"", b'Z') => self.mode == Mode::Live,
            // A reset and a screenful of `E` cost far more than their bytes.
            (b"", b'c') | (b"#", b'8') => self.spend(1000),
            _ => true,
        }
    }

    /// Pays for work that was not paid for by bytes.
    fn spend(&mut self, cost: u32) -> bool {
        let enough = self.credit >= cost;
        if enough {
            self.credit -= cost;
        }
        enough
    }

    fn in_csi(&mut self, byte: u8, out: &mut Vec<u8>) {
        match byte {
            ESC => self.escape(),
            0x18 | 0x1a => self.state = State::Ground,
            0x00..=0x1f => self.control(byte, out),
            0x20..=0x3f => {
                if self.held.len() < MOST_CSI {
                    self.held.push(byte);
                } else {
                    self.overlong = true;
                }
            }
            0x40..=0x7e => {
                self.state = State::Ground;
                let held = mem::take(&mut self.held);
                if !self.overlong {
                    self.csi(&held, byte, out);
                }
                self.overlong = false;
                self.held = held;
            }
            0x7f => {}
            0x80.. => {
                self.state = State::Ground;
                self.byte(byte, out);
            }
        }
    }

    fn in_text(&mut self, kind: Kind, byte: u8, out: &mut Vec<u8>) {
        match byte {
            // ESC ends the string and begins what follows, in most cases `ESC \`.
            ESC => {
                self.end_text(kind, out);
                self.escape();
            }
            0x07 if kind == Kind::Osc => self.end_text(kind, out),
            0x18 | 0x1a => {
                self.state = State::Ground;
                self.held.clear();
                self.overlong = false;
            }
            // The eight-bit end, which is `C2 9C` in UTF-8.
            0x9c if self.held.last() == Some(&0xc2) => {
                self.held.pop();
                self.end_text(kind, out);
            }
            0x00..=0x1f => {}
            _ => {
                if kind != Kind::Other && self.held.len() < MOST_STRING && !self.overlong {
                    self.held.push(byte);
                } else {
                    // Only the byte before matters from here on.
                    self.overlong = true;
                    self.held.clear();
                    self.held.push(byte);
                }
            }
        }
    }

    fn end_text(&mut self, kind: Kind, out: &mut Vec<u8>) {
        self.state = State::Ground;
        let text = mem::take(&mut self.held);
        let whole = !mem::take(&mut self.overlong);
        match kind {
            Kind::Osc => self.osc(&text, whole, out),
            Kind::Dcs if whole => self.dcs(&text, out),
            Kind::Dcs | Kind::Other => {}
        }
    }
}

/// The bytes at the start of a chunk that mean nothing but themselves.
fn plain_prefix(chunk: &[u8]) -> usize {
    // In blocks without a branch inside, which the compiler turns into vector instructions.
    const BLOCK: usize = 64;
    let mut plain = 0;
    for block in chunk.chunks_exact(BLOCK) {
        if block.iter().fold(false, |any, byte| any | is_special(*byte)) {
            break;
        }
        plain += BLOCK;
    }
    plain + chunk[plain..].iter().position(|byte| is_special(*byte)).unwrap_or(chunk.len() - plain)
}

/// ENQ, BEL, ESC, and everything of more than seven bits.
fn is_special(byte: u8) -> bool {
    (byte >= 0x80) | (byte == ESC) | (byte == 0x07) | (byte == 0x05)
}

#[cfg(test)]
mod tests;
