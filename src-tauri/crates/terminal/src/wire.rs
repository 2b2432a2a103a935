//! The language between a shim and those who look at its run.
//!
//! A frame is `length: u32 LE` (of what follows), `kind: u8`, payload. Numbers are little endian. What may grow is
//! JSON whose unknown fields are ignored; what is frequent is binary. The client speaks first (`Hello`), the shim
//! answers `Welcome` once the run's process lives. A shim outlives the program that started it, so a newer client
//! speaks the version that an older shim names in its `Welcome`; a shim refuses nothing for its version.
//!
//! | kind | from | name | payload |
//! |---|---|---|---|
//! | 1 | client | Hello | JSON `{version}` |
//! | 2 | client | Attach | `offset: u64`, `window: u32`; again = go on from there |
//! | 3 | client | Ack | `bytes: u64` seen since the last one |
//! | 4 | client | Input | bytes |
//! | 5 | client | Resize | `cols: u16`, `rows: u16` |
//! | 6 | client | Kill | `0` polite, `1` now |
//! | 7 | client | Status | – |
//! | 8 | client | Detach | – |
//! | 64 | shim | Welcome | JSON [`Welcome`] |
//! | 65 | shim | Output | `offset: u64`, bytes |
//! | 66 | shim | Gap | `from: u64`, `to: u64` |
//! | 67 | shim | Exited | JSON [`Exit`]; the last frame. What wasn't sent is in the log files |
//! | 68 | shim | Status | JSON [`Status`] |
//! | 69 | shim | Refused | JSON text: input that found no room |
//!
//! After `Attach` at most `window` bytes of output are on their way unacknowledged. A gap counts as nothing.

use crate::claim::Identity;
use crate::exit::Exit;
use serde::{Deserialize, Serialize};
use std::io;

/// The version this program speaks.
pub(crate) const VERSION: u32 = 1;

/// Longer frames end a connection.
pub(crate) const MAX_FRAME: usize = 1 << 20;

/// How a run is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kill {
    /// SIGHUP and SIGTERM to the whole tree, and SIGKILL after the grace.
    Polite,
    /// SIGKILL to the whole tree.
    Now,
}

/// What a shim says about itself when greeted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The shim's version of the protocol.
    pub version: u32,
    /// The run's process.
    pub child: i32,
    /// The shim.
    pub shim: Identity,
    /// When the process was started, in milliseconds since 1970.
    pub started_at: u64,
    /// From the first byte the log holds to the end of the output.
    pub log: (u64, u64),
}

/// How a live run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The run's process.
    pub child: i32,
    /// Whether that process still lives; while leftovers are being ended it doesn't.
    pub child_alive: bool,
    /// The process group that has the terminal's keyboard.
    pub foreground: Option<i32>,
    /// Width and height in cells.
    pub size: (u16, u16),
    /// From the first byte the log holds to the end of the output.
    pub log: (u64, u64),
    /// Bytes of output that could not be written to disk.
    pub log_lost: u64,
    /// Bytes of input the process has not taken yet.
    pub input_waiting: u64,
    /// Connections, this one included.
    pub viewers: u32,
    /// The run is being ended.
    pub ending: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hello {
    pub(crate) version: u32,
}

/// One message, in either direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    Hello(Hello),
    Attach { offset: u64, window: u32 },
    Ack(u64),
    Input(Vec<u8>),
    Resize { cols: u16, rows: u16 },
    Kill(Kill),
    AskStatus,
    Detach,
    Welcome(Welcome),
    Output { offset: u64, bytes: Vec<u8> },
    Gap { from: u64, to: u64 },
    Exited(Exit),
    Status(Status),
    Refused(String),
}

impl Frame {
    /// Appends the frame's bytes.
    pub(crate) fn encode(&self, into: &mut Vec<u8>) -> io::Result<()> {
        let start = into.len();
        into.extend([0; 5]);
        into[start + 4] = match self {
            Frame::Hello(hello) => json(1, hello, into)?,
            Frame::Attach { offset, window } => {
                into.extend(offset.to_le_bytes());
                into.extend(window.to_le_bytes());
                2
            }
            Frame::Ack(bytes) => {
                into.extend(bytes.to_le_bytes());
                3
            }
            Frame::Input(bytes) => {
                into.extend(bytes);
                4
            }
            Frame::Resize { cols, rows } => {
                into.extend(cols.to_le_bytes());
                into.extend(rows.to_le_bytes());
                5
            }
            Frame::Kill(kill) => {
                into.push(u8::from(*kill == Kill::Now));
                6
            }
            Frame::AskStatus => 7,
            Frame::Detach => 8,
            Frame::Welcome(welcome) => json(64, welcome, into)?,
            Frame::Output { offset, bytes } => {
                into.extend(offset.to_le_bytes());
                into.extend(bytes);
                65
            }
            Frame::Gap { from, to } => {
                into.extend(from.to_le_bytes());
                into.extend(to.to_le_bytes());
                66
            }
            Frame::Exited(exit) => json(67, exit, into)?,
            Frame::Status(status) => json(68, status, into)?,
            Frame::Refused(message) => json(69, message, into)?,
        };
        let length = into.len() - start - 4;
        if length > MAX_FRAME {
            return Err(invalid(format!("A frame of {length} bytes is longer than {MAX_FRAME}.")));
        }
        into[start..start + 4].copy_from_slice(&(length as u32).to_le_bytes());
        Ok(())
    }

    /// Reads what follows the length. `None`: a kind this version doesn't know, to be passed over.
    pub(crate) fn decode(body: &[u8]) -> io::Result<Option<Frame>> {
        let (kind, mut payload) = body.split_first().ok_or_else(|| invalid("An empty frame.".into()))?;
        let rest = &mut payload;
        Ok(Some(match kind {
            1 => Frame::Hello(serde_json::from_slice(rest)?),
            2 => Frame::Attach {
                offset: u64::from_le_bytes(take(rest)?),
                window: u32::from_le_bytes(take(rest)?),
            },
            3 => Frame::Ack(u64::from_le_bytes(take(rest)?)),
            4 => Frame::Input(rest.to_vec()),
            5 => {
                Frame::Resize { cols: u16::from_le_bytes(take(rest)?), rows: u16::from_le_bytes(take(rest)?) }
            }
            6 => Frame::Kill(if take::<1>(rest)? == [0] { Kill::Polite } else { Kill::Now }),
            7 => Frame::AskStatus,
            8 => Frame::Detach,
            64 => Frame::Welcome(serde_json::from_slice(rest)?),
            65 => Frame::Output { offset: u64::from_le_bytes(take(rest)?), bytes: rest.to_vec() },
            66 => Frame::Gap { from: u64::from_le_bytes(take(rest)?), to: u64::from_le_bytes(take(rest)?) },
            67 => Frame::Exited(serde_json::from_slice(rest)?),
            68 => Frame::Status(serde_json::from_slice(rest)?),
            69 => Frame::Refused(serde_json::from_slice(rest)?),
            _ => return Ok(None),
        }))
    }
}

/// The length that stands before a frame, checked.
pub(crate) fn length(prefix: [u8; 4]) -> io::Result<usize> {
    let length = u32::from_le_bytes(prefix) as usize;
    if (1..=MAX_FRAME).contains(&length) {
        Ok(length)
    } else {
        Err(invalid(format!("A frame of {length} bytes is not between 1 and {MAX_FRAME}.")))
    }
}

fn json<T: Serialize>(kind: u8, value: &T, into: &mut Vec<u8>) -> io::Result<u8> {
    serde_json::to_writer(into, value)?;
    Ok(kind)
}

fn take<const N: usize>(from: &mut &[u8]) -> io::Result<[u8; N]> {
    let (head, rest) = from
        .split_first_chunk::<N>()
        .ok_or_else(|| invalid("A frame is shorter than its kind asks.".into()))?;
    *from = rest;
    Ok(*head)
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Reason;
    use proptest::prelude::*;

    #[test]
    fn every_frame_comes_back_as_it_went() {
        let identity = Identity { pid: 1, start: 2, boot: "b".into() };
        let status = Status {
            child: 4,
            child_alive: true,
            foreground: None,
            size: (80, 24),
            log: (0, 9),
            log_lost: 0,
            input_waiting: 1,
            viewers: 2,
            ending: false,
        };
        for frame in [
            Frame::Hello(Hello { version: VERSION }),
            Frame::Attach { offset: u64::MAX, window: 7 },
            Frame::Ack(5),
            Frame::Input(vec![0, 255]),
            Frame::Resize { cols: 1, rows: 65535 },
            Frame::Kill(Kill::Polite),
            Frame::Kill(Kill::Now),
            Frame::AskStatus,
            Frame::Detach,
            Frame::Welcome(Welcome { version: 1, child: 3, shim: identity, started_at: 4, log: (5, 6) }),
            Frame::Output { offset: 3, bytes: b"x".to_vec() },
            Frame::Gap { from: 1, to: 2 },
            Frame::Exited(Exit::without_status(Reason::StartFailed { message: "no".into() }, 1, Vec::new())),
            Frame::Status(status),
            Frame::Refused("full".into()),
        ] {
            let mut bytes = Vec::new();
            frame.encode(&mut bytes).unwrap();
            let length = length(*bytes.first_chunk().unwrap()).unwrap();
            assert_eq!(length, bytes.len() - 4);
            assert_eq!(Frame::decode(&bytes[4..]).unwrap(), Some(frame));
        }
    }

    #[test]
    fn too_long_is_refused_on_both_ends() {
        assert!(Frame::Input(vec![0; MAX_FRAME]).encode(&mut Vec::new()).is_err());
        assert!(length(u32::MAX.to_le_bytes()).is_err() && length([0; 4]).is_err());
    }

    proptest! {
        #[test]
        fn nonsense_is_an_error_or_unknown(body in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = Frame::decode(&body);
        }
    }
}
