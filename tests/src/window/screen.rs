//! A display that nobody looks at.

use std::fs;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use super::{Result, Trouble};

/// A program with all that it starts; ended together.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) leader: Child,
}

impl Group {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let leader = command
            .process_group(0)
            .stdin(Stdio::null())
            .spawn()
            .map_err(|source| Trouble::Start { program: command.get_program().into(), source })?;
        Ok(Self { leader })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = i32::try_from(self.leader.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            // Gone already is as good.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.leader.wait();
    }
}

/// A virtual display, which ends with this value.
#[derive(Debug)]
pub struct Screen {
    number: u32,
    _server: Group,
    /// Where the server keeps what is on it.
    picture: TempDir,
}

impl Screen {
    /// In pixels. The server chooses a number that is free and says it when it is ready.
    pub fn open(width: u32, height: u32) -> Result<Self> {
        let size = format!("{width}x{height}x24");
        let picture =
            tempfile::tempdir().map_err(|source| Trouble::Start { program: "Xvfb".into(), source })?;
        let mut server = Group::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-fbdir"])
                .arg(picture.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        )?;
        let mut said = String::new();
        if let Some(output) = server.leader.stdout.take() {
            // What can't be read is no number either.
            let _ = BufReader::new(output).read_line(&mut said);
        }
        let number = said.trim().parse().map_err(|_| Trouble::Ended("Xvfb"))?;
        Ok(Self { number, _server: server, picture })
    }

    /// For `DISPLAY`.
    pub fn name(&self) -> String {
        format!(":{}", self.number)
    }

    /// What is to be seen in a part of the screen now, as the server's bytes: for comparing, when no driver
    /// can be asked. Empty when it can't be read.
    pub fn picture(&self, rows: Range<usize>, columns: Range<usize>) -> Vec<u8> {
        // The format is xwd's: numbers of four bytes, then colours of twelve, then rows of pixels of four.
        let file = fs::read(self.picture.path().join("Xvfb_screen0")).unwrap_or_default();
        let number = |nth: usize| {
            let bytes = file.get(nth * 4..nth * 4 + 4).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(0, u32::from_be_bytes) as usize
        };
        let (header, row, colours) = (number(0), number(12), number(19));
        let begin = header + colours * 12;
        let part = |at: usize| {
            let from = begin + at * row;
            file.get(from + columns.start * 4..from + columns.end * 4).unwrap_or_default()
        };
        rows.map(part).collect::<Vec<_>>().concat()
    }
}
