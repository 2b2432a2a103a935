//! What differs by operating system: executable files, process groups, the controlling terminal, waiting for bytes.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

/// A regular file that this user may execute.
#[cfg(unix)]
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// The file names that a program of that name can have.
#[cfg(unix)]
pub(crate) fn program_names(program: &str) -> Vec<String> {
    vec![program.to_owned()]
}

#[cfg(not(unix))]
pub(crate) fn program_names(program: &str) -> Vec<String> {
    ["", ".exe", ".cmd", ".bat"].iter().map(|suffix| format!("{program}{suffix}")).collect()
}

/// Makes the child the leader of a process group of its own, so that [`end_group`] reaches all it starts.
#[cfg(unix)]
pub(crate) fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
pub(crate) fn own_group(_command: &mut Command) {}

/// Kills the child's process group and takes its exit status.
pub(crate) fn end_group(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // Gone already is as good as killed.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Whether this process belongs to a terminal.
pub(crate) fn has_terminal() -> bool {
    cfg!(unix) && File::open("/dev/tty").is_ok()
}

/// Waits until `file` has bytes or its end; false when `limit` passes first.
#[cfg(unix)]
pub(crate) fn readable(file: &impl std::os::fd::AsFd, limit: Duration) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let limit = Timespec::try_from(limit).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut files = [PollFd::new(file, PollFlags::IN)];
    match poll(&mut files, Some(&limit)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

/// The user's login shell as the system knows it, for when `SHELL` is not set.
#[cfg(unix)]
pub(crate) fn login_shell() -> Option<std::path::PathBuf> {
    let me = rustix::process::getuid().as_raw().to_string();
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.split(':').nth(2) == Some(me.as_str()))?;
    line.split(':').nth(6).filter(|shell| !shell.is_empty()).map(Into::into)
}

/// Makes this process the leader of a session of its own, without a terminal.
pub(crate) fn own_session() -> io::Result<()> {
    #[cfg(unix)]
    rustix::process::setsid()?;
    Ok(())
}

/// Lets go of the terminal: input, output and errors lead nowhere from here on.
pub(crate) fn close_terminal() -> io::Result<()> {
    #[cfg(unix)]
    {
        let nowhere = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null")?;
        rustix::stdio::dup2_stdin(&nowhere)?;
        rustix::stdio::dup2_stdout(&nowhere)?;
        rustix::stdio::dup2_stderr(&nowhere)?;
        Ok(())
    }
    #[cfg(not(unix))]
    Err(io::ErrorKind::Unsupported.into())
}

/// Lets everybody who may read the file execute it.
pub(crate) fn make_executable(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path)?.permissions().mode();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Replaces this process by `command`; returns only with the reason why that failed.
pub(crate) fn become_program(mut command: Command) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        format!("This program cannot start itself again ({}).", command.exec())
    }
    #[cfg(not(unix))]
    {
        let _ = &mut command;
        "Ignoring signals is not supported on this system yet.".into()
    }
}
