//! What differs by operating system. Linux is complete; macOS lacks only long socket paths; Windows
//! has its places, and its pipe is still to be written.

use std::{ffi::OsString, io, path::Path, path::PathBuf};

/// Where programs keep data, from the environment that `variable` looks up.
pub(crate) fn data_directory(variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let under = |name: &str, rest: &str| variable(name).map(|base| PathBuf::from(base).join(rest));
    let place = if cfg!(target_os = "macos") {
        under("HOME", "Library/Application Support/coppice")
    } else if cfg!(windows) {
        under("LOCALAPPDATA", "Coppice")
    } else {
        // A relative XDG_DATA_HOME is invalid by the specification and counts as unset.
        under("XDG_DATA_HOME", "coppice")
            .filter(|path| path.is_absolute())
            .or_else(|| under("HOME", ".local/share/coppice"))
    };
    place.unwrap_or_else(|| PathBuf::from(".coppice"))
}

/// Leaves the terminal's session, so that Ctrl-C and a closing terminal don't end this process. To be
/// called by `coppice engine` first of all. Harmless when the process leads a session already.
pub fn leave_session() {
    #[cfg(unix)]
    {
        // It fails only for a process that leads a group, which nobody else's Ctrl-C reaches.
        let _ = rustix::process::setsid();
    }
}

#[cfg(unix)]
mod socket {
    use std::os::{fd::AsRawFd, unix::fs::DirBuilderExt};

    use super::{Path, PathBuf, io};

    pub(crate) type Stream = tokio::net::UnixStream;

    /// The kernel's limit is 108 bytes on Linux and 104 on macOS, with the closing zero.
    const PATH_LIMIT: usize = 100;

    pub(crate) async fn connect(path: &Path) -> io::Result<Stream> {
        if path.as_os_str().len() <= PATH_LIMIT {
            return Stream::connect(path).await;
        }
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        };
        if !cfg!(target_os = "linux") {
            return Err(io::Error::new(
                io::ErrorKind::InvalidFilename,
                "the path is too long for a socket; choose a shorter data directory",
            ));
        }
        use rustix::fs::{Mode, OFlags};
        let open =
            rustix::fs::open(directory, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let short = PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd())).join(name);
        Stream::connect(short).await
    }

    pub(crate) fn same_user(stream: &Stream) -> io::Result<bool> {
        Ok(stream.peer_cred()?.uid() == rustix::process::geteuid().as_raw())
    }

    pub(crate) fn create_private_directory(path: &Path) -> io::Result<()> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
    }

    pub(crate) fn is_alive(pid: u32) -> bool {
        i32::try_from(pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
    }
}

#[cfg(not(unix))]
mod socket {
    use super::{Path, io};

    pub(crate) type Stream = tokio::io::DuplexStream;

    pub(crate) async fn connect(_path: &Path) -> io::Result<Stream> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "the engine's pipe is not supported on this system yet",
        ))
    }

    pub(crate) fn same_user(_stream: &Stream) -> io::Result<bool> {
        Ok(false)
    }

    pub(crate) fn create_private_directory(path: &Path) -> io::Result<()> {
        std::fs::create_dir_all(path)
    }

    pub(crate) fn is_alive(_pid: u32) -> bool {
        true
    }
}

pub(crate) use socket::{Stream, connect, create_private_directory, is_alive, same_user};

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_data_directory_follows_xdg() {
        let data = |pairs| data_directory(with(pairs));
        assert_eq!(data(&[("HOME", "/h")]), Path::new("/h/.local/share/coppice"));
        assert_eq!(data(&[("HOME", "/h"), ("XDG_DATA_HOME", "/d")]), Path::new("/d/coppice"));
        assert_eq!(data(&[("HOME", "/h"), ("XDG_DATA_HOME", "d")]), Path::new("/h/.local/share/coppice"));
    }
}
