//! A terminal with the barest of readers: what the kernel gives, nothing kept.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::Result;

/// What the command takes, and the bytes that came out of its terminal.
pub(crate) fn drain(argv: &[&str]) -> Result<(Duration, u64)> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let name = ptsname(&master, Vec::new())?;
    let slave = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let began = Instant::now();
    let mut command = Command::new(argv[0]);
    command
        .args(&argv[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::from(slave.try_clone()?))
        .stderr(Stdio::from(slave));
    let mut child = command.spawn()?;
    // It holds the other end too, and the reader would wait for itself.
    drop(command);
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    loop {
        match rustix::io::read(&master, &mut buffer[..]) {
            // What Linux says when the last one at the other end has gone.
            Ok(0) | Err(rustix::io::Errno::IO) => break,
            Ok(read) => bytes += read as u64,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    child.wait()?;
    Ok((began.elapsed(), bytes))
}
