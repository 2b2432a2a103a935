//! Files of a folder, reached without ever following a link on the way: what a hostile tree puts
//! in the path cannot make us write or remove anywhere else.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

/// An open folder.
#[derive(Debug)]
pub(crate) struct Beneath {
    root: OwnedFd,
}

const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

impl Beneath {
    pub(crate) fn open(root: &Path) -> io::Result<Beneath> {
        Ok(Beneath { root: rustix::fs::openat(CWD, root, FOLDER | OFlags::RDONLY, Mode::empty())? })
    }

    /// The folder that holds `path`, and the last part of it.
    fn parent<'p>(&self, path: &'p [u8], create: bool) -> io::Result<(OwnedFd, &'p [u8])> {
        let mut parts: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
        let bad = |part: &&[u8]| {
            part.is_empty() || *part == b"." || *part == b".." || part.eq_ignore_ascii_case(b".git")
        };
        let last = parts.pop().unwrap_or_default();
        if parts.iter().any(bad) || bad(&last) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leaves the worktree"));
        }
        let mut folder = rustix::io::fcntl_dupfd_cloexec(&self.root, 0)?;
        for part in parts {
            let open = || rustix::fs::openat(&folder, part, FOLDER | OFlags::RDONLY, Mode::empty());
            let next = match open() {
                Err(Errno::NOENT) if create => {
                    match rustix::fs::mkdirat(&folder, part, Mode::from_raw_mode(0o777)) {
                        Ok(()) | Err(Errno::EXIST) => {}
                        Err(error) => return Err(error.into()),
                    }
                    open()
                }
                other => other,
            };
            folder = next.map_err(|error| match error {
                Errno::LOOP | Errno::NOTDIR => {
                    io::Error::new(io::ErrorKind::InvalidInput, "a folder on the way is a link or a file")
                }
                other => other.into(),
            })?;
        }
        Ok((folder, last))
    }

    /// Whether anything, even a dangling link, has that name.
    pub(crate) fn exists(&self, path: &[u8]) -> io::Result<bool> {
        match self.parent(path, false) {
            Ok((folder, name)) => match rustix::fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(_) => Ok(true),
                Err(Errno::NOENT) => Ok(false),
                Err(error) => Err(error.into()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Puts a copy of `source` at `path`, whole or not at all, sharing its blocks where the file
    /// system can. Never replaces anything.
    pub(crate) fn copy_in(&self, source: &mut File, mode: u32, path: &[u8]) -> io::Result<()> {
        let (folder, name) = self.parent(path, true)?;
        let draft = [b".", name, b".coppice-copy"].concat();
        match rustix::fs::unlinkat(&folder, draft.as_slice(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let target = rustix::fs::openat(&folder, draft.as_slice(), flags, Mode::from_raw_mode(0o600))?;
        let mut target = File::from(target);
        let written = fill(source, &mut target)
            .and_then(|()| Ok(rustix::fs::fchmod(&target, Mode::from_raw_mode(mode & 0o777))?))
            .and_then(|()| Ok(rename_new(&folder, &draft, name)?));
        if written.is_err() {
            let _ = rustix::fs::unlinkat(&folder, draft.as_slice(), AtFlags::empty());
        }
        written
    }

    /// Removes a file or link, and then the folders above it that this leaves empty.
    pub(crate) fn remove(&self, path: &[u8]) -> io::Result<()> {
        match self.parent(path, false) {
            Ok((folder, name)) => match rustix::fs::unlinkat(&folder, name, AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(error) => return Err(error.into()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let mut above = path;
        while let Some(end) = above.iter().rposition(|byte| *byte == b'/') {
            above = &above[..end];
            let Ok((folder, name)) = self.parent(above, false) else { break };
            if rustix::fs::unlinkat(&folder, name, AtFlags::REMOVEDIR).is_err() {
                break;
            }
        }
        Ok(())
    }
}

#[cfg(target_os = "linux")]
fn fill(source: &mut File, target: &mut File) -> io::Result<()> {
    if rustix::fs::ioctl_ficlone(&*target, &*source).is_ok() {
        return Ok(());
    }
    io::copy(source, target).map(|_| ())
}

#[cfg(not(target_os = "linux"))]
fn fill(source: &mut File, target: &mut File) -> io::Result<()> {
    io::copy(source, target).map(|_| ())
}

fn rename_new(folder: &OwnedFd, from: &[u8], to: &[u8]) -> Result<(), Errno> {
    match rustix::fs::renameat_with(folder, from, folder, to, RenameFlags::NOREPLACE) {
        // Not every file system knows that flag; a hard link refuses to replace just as well.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            rustix::fs::linkat(folder, from, folder, to, AtFlags::empty())?;
            rustix::fs::unlinkat(folder, from, AtFlags::empty())
        }
        other => other,
    }
}
