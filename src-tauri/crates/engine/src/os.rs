//! What differs by operating system. Linux is complete; elsewhere the ancestry of a peer is unknown
//! and everybody of the same user counts as a person.

use std::io;
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

/// The kernel's limit is 108 bytes on Linux and 104 on macOS, with the closing zero.
const PATH_LIMIT: usize = 100;

/// Names this boot of the machine.
pub(crate) fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|id| id.trim().to_owned())
        .unwrap_or_default()
}

/// Bytes that nobody can guess.
pub(crate) fn random() -> io::Result<[u8; 16]> {
    use std::io::Read;
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file that nobody else may read.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(bytes)
}

/// Opens a file for reading, but no link, and without waiting for a writer where it is a pipe.
pub(crate) fn open_without_waiting(path: &Path) -> io::Result<std::fs::File> {
    use rustix::fs::{Mode, OFlags, open};
    let how = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match open(path, how, Mode::empty()) {
        Ok(file) => Ok(file.into()),
        Err(rustix::io::Errno::LOOP) => Err(io::Error::other("it is a link")),
        Err(error) => Err(error.into()),
    }
}

/// Listens at a path, which may be longer than a socket's address can be. The directory is private,
/// and so is the socket.
pub(crate) fn listen(path: &Path) -> io::Result<UnixListener> {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = if path.as_os_str().len() <= PATH_LIMIT {
        UnixListener::bind(path)?
    } else {
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let open = std::fs::File::open(directory)?;
        UnixListener::bind(short(&open).join(name))?
    };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

fn short(directory: &std::fs::File) -> PathBuf {
    use std::os::fd::AsRawFd;
    PathBuf::from(format!("/proc/self/fd/{}", directory.as_raw_fd()))
}

/// The peer's process, when it is of our user.
pub(crate) fn peer(stream: &UnixStream) -> io::Result<Option<i32>> {
    let peer = stream.peer_cred()?;
    if peer.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "another user"));
    }
    Ok(peer.pid())
}

/// A process, and the run that its environment names.
#[derive(Debug)]
pub(crate) struct Ancestor {
    pub(crate) pid: u32,
    pub(crate) run: Option<String>,
}

/// A process and those that started it, from itself on.
pub(crate) fn ancestry(pid: i32) -> Vec<Ancestor> {
    let mut found = Vec::new();
    let mut at = Some(pid);
    // Deeper than any real tree; a guard against a loop of reused numbers.
    while let Some(pid) = at.filter(|pid| *pid > 1 && found.len() < 256) {
        found.push(Ancestor { pid: pid.unsigned_abs(), run: named_run(pid) });
        at = parent(pid);
    }
    found
}

/// What a process that left its run behind still carries, unless it hides that.
fn named_run(pid: i32) -> Option<String> {
    let environment = std::fs::read(format!("/proc/{pid}/environ")).ok()?;
    let value =
        environment.split(|byte| *byte == 0).find_map(|variable| variable.strip_prefix(b"COPPICE_RUN="))?;
    String::from_utf8(value.to_vec()).ok()
}

fn parent(pid: i32) -> Option<i32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; what follows the last one is plain.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
