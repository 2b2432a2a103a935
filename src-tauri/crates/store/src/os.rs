//! What differs by operating system: private files, the identity of a file, free space, kinds of file system.

use std::fs;
use std::io;
use std::path::Path;

/// Where a data directory lies, as far as SQLite's locks and shared memory care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileSystem {
    Local,
    /// Works as a rule, without a promise (FUSE, 9p): worth a warning.
    Doubtful(&'static str),
    /// Locks or shared memory between hosts cannot be trusted.
    Network(&'static str),
}

/// Device and inode: the same pair means the same file, whatever its name is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity(u64, u64);

/// The identity of the file at `path`; `None` where there is none.
pub(crate) fn identity(path: &Path) -> io::Result<Option<Identity>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(identity_of(&metadata))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn identity_of(metadata: &fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    Identity(metadata.dev(), metadata.ino())
}

// Elsewhere an open database cannot be deleted or replaced, so that one identity serves for all.
#[cfg(not(unix))]
fn identity_of(_metadata: &fs::Metadata) -> Identity {
    Identity(0, 0)
}

/// Creates the directory if need be and closes it to other users (0700).
pub(crate) fn private_dir(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)?;
    restrict(path, 0o700)
}

/// Creates the file if need be and closes it to other users (0600). A file that exists is never opened: closing
/// it again would drop the locks that SQLite holds on it in this process.
pub(crate) fn private_file(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => restrict(path, 0o600),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let now = fs::metadata(path)?.permissions().mode() & 0o777;
    if now & !mode == 0 { Ok(()) } else { fs::set_permissions(path, fs::Permissions::from_mode(mode & now)) }
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Makes a rename or a new name in this directory survive a power cut.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Whether the file system of `path` is out of blocks or of inodes.
#[cfg(unix)]
pub(crate) fn is_full(path: &Path) -> bool {
    // One WAL frame with its header does not fit in less.
    const LEAST: u64 = 8 * 1024;
    let dir = path.parent().unwrap_or(path);
    rustix::fs::statvfs(dir).is_ok_and(|fs| {
        fs.f_bavail.saturating_mul(fs.f_frsize) < LEAST || (fs.f_files > 0 && fs.f_favail == 0)
    })
}

#[cfg(not(unix))]
pub(crate) fn is_full(_path: &Path) -> bool {
    false
}

/// On what kind of file system `path` lies.
#[cfg(target_os = "linux")]
pub(crate) fn file_system(path: &Path) -> io::Result<FileSystem> {
    let magic = rustix::fs::statfs(path)?.f_type;
    // The kernel's numbers are 32 bits wide; some targets hand them over sign-extended.
    Ok(by_magic((magic as u64 & 0xffff_ffff) as u32))
}

// macOS tells it by name (f_fstypename), Windows by drive type: to be added with the ports.
#[cfg(not(target_os = "linux"))]
pub(crate) fn file_system(_path: &Path) -> io::Result<FileSystem> {
    Ok(FileSystem::Local)
}

/// Numbers from the kernel's `include/uapi/linux/magic.h` and statfs(2).
#[cfg(target_os = "linux")]
pub(crate) fn by_magic(magic: u32) -> FileSystem {
    match magic {
        0x6969 => FileSystem::Network("NFS"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => FileSystem::Network("SMB"),
        0x5346_414f | 0x6b41_4653 => FileSystem::Network("AFS"),
        0x00c3_6400 => FileSystem::Network("Ceph"),
        0x0bd0_0bd0 => FileSystem::Network("Lustre"),
        0x564c => FileSystem::Network("NCP"),
        0x7375_7245 => FileSystem::Network("Coda"),
        0x0102_1997 => FileSystem::Doubtful("9p"),
        0x6573_5546 => FileSystem::Doubtful("FUSE"),
        0x786f_4256 => FileSystem::Doubtful("VirtualBox shared folder"),
        _ => FileSystem::Local,
    }
}
