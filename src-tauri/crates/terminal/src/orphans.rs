//! Cleaning up after a shim that died.

use crate::claim;
use crate::exit::Leftover;
use crate::spec::RUN_VARIABLE;
use crate::tree::{self, Kin};
use crate::{Identity, os};
use std::io;
use std::path::Path;
use std::time::Duration;

/// Ends what a dead shim's run left running: its session, and its processes at work in the worktree. Returns those
/// that live on. Blocks until they have ended, at most the run's grace and a little. Does nothing while the shim
/// lives, and may be repeated.
pub fn end_orphans(run_dir: &Path) -> io::Result<Vec<Leftover>> {
    let Some(held) = claim::held(run_dir)? else { return Ok(Vec::new()) };
    // After a new boot the numbers belong to others, and the run's processes are gone anyway.
    if held.shim.is_alive() || held.shim.boot != os::boot_id()? {
        return Ok(Vec::new());
    }
    let child = claim::child(run_dir)?.unwrap_or(Identity { pid: 0, start: 0, boot: held.shim.boot });
    let kin = Kin {
        root: None,
        child: child.pid,
        child_start: child.start,
        mark: format!("{RUN_VARIABLE}={}", held.run_id).into_bytes(),
        home: std::fs::canonicalize(&held.home).unwrap_or(held.home),
    };
    tree::end(kin.clone(), Duration::from_millis(held.grace_ms))?;
    tree::leftovers(&kin)
}
