//! What of a terminal's output goes to the page, and when: bytes while the page keeps up. When it doesn't, the
//! backlog is forgotten: the page sees screens, each painted over the one before, until a snapshot ends that.
//!
//! Pure: time, bytes and acknowledgements come in, messages go out. Every message has 16 bytes of header
//! (kind, seven zeros, the offset in little endian) and then its payload.

use std::collections::VecDeque;

/// Unacknowledged payload per terminal. 128 KiB cost two thirds of the speed, 1 MiB none (measured with
/// xterm.js in WebKitGTK).
pub(crate) const IN_FLIGHT: usize = 1 << 20;

/// Output waiting for the page beyond this is not sent any more: a quarter of a second at [`MESSAGE`] per frame.
pub(crate) const BACKLOG: usize = 1 << 20;

/// The largest piece of output in one message.
pub(crate) const MESSAGE: usize = 64 << 10;

const HEADER: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// Output; the offset is that of its first byte.
    Output = 0,
    /// Lines of history and the whole screen, for an emulator that starts anew; the offset is where the output
    /// goes on after it.
    Snapshot = 1,
    /// Output that the log doesn't hold; the offset is where it goes on.
    Gap = 2,
    /// The run's end as JSON; the offset is the end of its output.
    Exited = 3,
    /// The screen as it is in the middle of a flood, painted over what is there. Another one or a snapshot follows.
    Screen = 4,
}

pub(crate) fn message(kind: Kind, offset: u64, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + payload.len());
    bytes.push(kind as u8);
    bytes.resize(8, 0);
    bytes.extend(offset.to_le_bytes());
    bytes.extend(payload);
    bytes
}

#[derive(Debug)]
enum Waiting {
    Output { offset: u64, bytes: Vec<u8> },
    Gap { to: u64 },
    Exited { offset: u64, json: Vec<u8> },
}

/// What waits for the page.
#[derive(Debug, Default)]
pub(crate) struct Outlet {
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    in_flight: usize,
    /// Output is skipped, and the page gets screens.
    behind: bool,
    /// The page has not dealt with the last screen yet.
    screen_under_way: bool,
}

impl Outlet {
    /// Nothing waits any more: the page gets screens until it gets a snapshot.
    pub(crate) fn fall_behind(&mut self) {
        self.waiting.clear();
        self.waiting_bytes = 0;
        self.behind = true;
    }

    /// Whether the page gets screens. Until its next snapshot all output that is given here is skipped.
    pub(crate) fn is_behind(&self) -> bool {
        self.behind
    }

    /// Output that the page has not seen. `offset` is its place in the log.
    pub(crate) fn output(&mut self, offset: u64, bytes: &[u8]) {
        self.waiting_bytes += bytes.len();
        if self.behind || self.waiting_bytes > BACKLOG {
            self.fall_behind();
            return;
        }
        match self.waiting.back_mut() {
            // What came in small pieces goes out in large ones.
            Some(Waiting::Output { bytes: before, .. }) if before.len() + bytes.len() <= MESSAGE => {
                before.extend(bytes);
            }
            _ => self.waiting.push_back(Waiting::Output { offset, bytes: bytes.to_vec() }),
        }
    }

    /// The log doesn't hold what comes before `to`.
    pub(crate) fn gap(&mut self, to: u64) {
        if !self.behind {
            self.waiting.push_back(Waiting::Gap { to });
        }
    }

    /// The run has ended, and all its output has been given.
    pub(crate) fn exited(&mut self, offset: u64, json: Vec<u8>) {
        self.waiting.push_back(Waiting::Exited { offset, json });
    }

    /// The page has dealt with so many bytes of payload.
    pub(crate) fn acknowledge(&mut self, bytes: usize) {
        self.in_flight = self.in_flight.saturating_sub(bytes);
        self.screen_under_way &= self.in_flight > 0;
    }

    /// Whether the page takes another message, and there is one: while it is behind there always is. A screen
    /// waits until the one before has been painted, so that a slow page sees fewer of them and none late.
    pub(crate) fn is_ready(&self) -> bool {
        self.in_flight < IN_FLIGHT && !self.screen_under_way && !self.is_empty()
    }

    /// Whether everything has been given.
    pub(crate) fn is_empty(&self) -> bool {
        !self.behind && self.waiting.is_empty()
    }

    /// The next message of what waits.
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        if self.behind || !self.is_ready() {
            return None;
        }
        Some(match self.waiting.pop_front()? {
            Waiting::Output { offset, bytes } => {
                self.waiting_bytes -= bytes.len();
                self.in_flight += bytes.len();
                message(Kind::Output, offset, &bytes)
            }
            Waiting::Gap { to } => message(Kind::Gap, to, &[]),
            Waiting::Exited { offset, json } => message(Kind::Exited, offset, &json),
        })
    }

    /// A screen for a page that stays behind.
    pub(crate) fn screen(&mut self, offset: u64, contents: &[u8]) -> Vec<u8> {
        self.in_flight += contents.len();
        self.screen_under_way = true;
        message(Kind::Screen, offset, contents)
    }

    /// What the page starts anew with: output goes to it again, from `offset` on.
    pub(crate) fn snapshot(&mut self, offset: u64, contents: &[u8]) -> Vec<u8> {
        self.behind = false;
        self.in_flight += contents.len();
        message(Kind::Snapshot, offset, contents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(message: &[u8]) -> (u8, u64, &[u8]) {
        assert_eq!(message[1..8], [0; 7]);
        (message[0], u64::from_le_bytes(message[8..16].try_into().unwrap()), &message[16..])
    }

    #[test]
    fn small_pieces_become_large_messages() {
        let mut outlet = Outlet::default();
        for at in 0..100 {
            outlet.output(at * 10, b"0123456789");
        }
        let message = outlet.next().unwrap();
        assert_eq!(seen(&message), (0, 0, b"0123456789".repeat(100).as_slice()));
        assert!(!outlet.is_ready());

        outlet.output(1000, &[b'a'; MESSAGE]);
        outlet.output(1000 + MESSAGE as u64, b"b");
        assert_eq!(outlet.next().unwrap().len(), HEADER + MESSAGE);
        assert_eq!(seen(&outlet.next().unwrap()), (0, 1000 + MESSAGE as u64, b"b".as_slice()));
    }

    #[test]
    fn what_is_not_acknowledged_stops_the_flow() {
        let mut outlet = Outlet::default();
        let mut sent = 0;
        for at in 0..20 {
            outlet.output(at * MESSAGE as u64, &[b'a'; MESSAGE]);
            while let Some(message) = outlet.next() {
                sent += message.len() - HEADER;
            }
        }
        assert_eq!(sent, IN_FLIGHT);
        outlet.acknowledge(1);
        assert!(outlet.next().is_some());
        assert!(outlet.next().is_none());
    }

    #[test]
    fn a_page_far_behind_gets_screens_until_its_snapshot_and_goes_on_from_there() {
        let mut outlet = Outlet::default();
        let pieces = BACKLOG / MESSAGE + 5;
        for at in 0..pieces {
            outlet.output((at * MESSAGE) as u64, &[b'a'; MESSAGE]);
        }
        assert!(outlet.is_behind() && outlet.is_ready());
        assert!(outlet.next().is_none(), "the backlog is gone");
        let message = outlet.screen(9_000_000, b"screen");
        assert_eq!(seen(&message), (4, 9_000_000, b"screen".as_slice()));
        outlet.output(9_000_000, b"skipped");
        let message = outlet.snapshot(9_000_007, b"history and screen");
        assert_eq!(seen(&message), (1, 9_000_007, b"history and screen".as_slice()));
        outlet.acknowledge(24);
        outlet.output(9_000_007, b"after");
        assert_eq!(seen(&outlet.next().unwrap()), (0, 9_000_007, b"after".as_slice()));
    }

    #[test]
    fn a_screen_waits_for_the_one_before() {
        let mut outlet = Outlet::default();
        outlet.output(0, b"under way");
        outlet.next().unwrap();
        outlet.fall_behind();
        assert!(outlet.is_ready(), "the first screen overtakes the output");
        outlet.screen(20, b"screen");
        assert!(!outlet.is_ready());
        outlet.acknowledge(9);
        assert!(!outlet.is_ready(), "that was the output");
        outlet.acknowledge(6);
        assert!(outlet.is_ready());
    }

    #[test]
    fn the_end_comes_last_even_when_the_page_is_behind() {
        let mut outlet = Outlet::default();
        outlet.fall_behind();
        outlet.gap(3);
        outlet.output(3, b"last words");
        outlet.exited(13, b"{}".to_vec());
        assert!(outlet.next().is_none());
        outlet.snapshot(13, b"screen");
        assert_eq!(seen(&outlet.next().unwrap()), (3, 13, b"{}".as_slice()));
        outlet.gap(20);
        assert_eq!(seen(&outlet.next().unwrap()), (2, 20, b"".as_slice()));
    }
}
