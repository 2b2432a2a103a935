//! Who may start a run. Exactly one of a shim and an engine that gave the run up can claim a run's folder, so a
//! shim that comes late can never start what nobody waits for.

use crate::os;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

const FILE: &str = "claim";
const CHILD: &str = "child";

/// A process, named so that a later one with the same pid is not mistaken for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Process id.
    pub pid: i32,
    /// Start time, in the system's own unit since boot.
    pub start: u64,
    /// The boot it lives in.
    pub boot: String,
}

impl Identity {
    /// The identity of a living process.
    pub fn of(pid: i32) -> io::Result<Identity> {
        let process = os::process(pid)
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("There is no process {pid}.")))?;
        Ok(Identity { pid, start: process.start, boot: os::boot_id()? })
    }

    /// Whether exactly this process still lives.
    pub fn is_alive(&self) -> bool {
        os::boot_id().is_ok_and(|boot| boot == self.boot)
            && os::process(self.pid).is_some_and(|p| p.start == self.start && !p.zombie)
    }
}

/// Whose a run's folder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Given up: no shim will ever start this run.
    Voided,
    /// A shim started it, or is about to.
    Held(Identity),
}

/// What a shim leaves for those who have to clean up after it. No secrets: this is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    pub(crate) shim: Identity,
    pub(crate) run_id: String,
    #[serde(with = "crate::spec::path")]
    pub(crate) home: PathBuf,
    pub(crate) grace_ms: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entry {
    Held(Held),
    Void,
}

/// Gives a run up before it started. `Held` means that a shim was first.
pub fn void_claim(run_dir: &Path) -> io::Result<Claim> {
    make_private_dir(run_dir)?;
    if enter(run_dir, &Entry::Void)? {
        return Ok(Claim::Voided);
    }
    match entry(run_dir)? {
        Some(Entry::Held(held)) => Ok(Claim::Held(held.shim)),
        Some(Entry::Void) => Ok(Claim::Voided),
        None => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("The claim in {} was removed while it was read.", run_dir.display()),
        )),
    }
}

/// Claims the run for this shim; `false` if it is taken or void.
pub(crate) fn hold(run_dir: &Path, held: Held) -> io::Result<bool> {
    enter(run_dir, &Entry::Held(held))
}

/// What the shim that claimed this run left, if one did.
pub(crate) fn held(run_dir: &Path) -> io::Result<Option<Held>> {
    Ok(match entry(run_dir)? {
        Some(Entry::Held(held)) => Some(held),
        Some(Entry::Void) | None => None,
    })
}

/// Notes the run's own process.
pub(crate) fn note_child(run_dir: &Path, child: &Identity) -> io::Result<()> {
    write_new(&run_dir.join(CHILD), &serde_json::to_vec(child)?)
}

/// The run's own process, if it was started.
pub(crate) fn child(run_dir: &Path) -> io::Result<Option<Identity>> {
    match fs::read(run_dir.join(CHILD)) {
        // A shim that was killed in the middle of writing leaves a part.
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A folder for nobody but us.
pub(crate) fn make_private_dir(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    if fs::metadata(dir)?.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Writes a draft and links it to its name: of two that try, one succeeds, and nobody ever reads half an entry.
fn enter(run_dir: &Path, entry: &Entry) -> io::Result<bool> {
    let draft = run_dir.join(format!("{FILE}.{}", unique()));
    write_new(&draft, &serde_json::to_vec(entry)?)?;
    let linked = fs::hard_link(&draft, run_dir.join(FILE));
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

/// A name no other thread or process uses at this moment.
fn unique() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

fn entry(run_dir: &Path) -> io::Result<Option<Entry>> {
    match fs::read(run_dir.join(FILE)) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?.write_all(bytes)
}
