//! The real outside of a turn: the clock, the tips of branches, free ports.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use plan::CommitId;
use tokio::runtime::Handle;

use crate::act::{Actor, commit_id, sentence};
use crate::decide::PORT_BASE;
use crate::turn::Outside;
use crate::world::{Millis, Project};

/// Leases end below the range from which systems choose ports for clients (32768 on Linux).
const PORT_END: u16 = 32_700;

#[derive(Debug)]
pub(crate) struct Real {
    pub(crate) actor: Arc<Actor>,
    pub(crate) handle: Handle,
}

impl Outside for Real {
    fn now(&self) -> Millis {
        now()
    }

    fn engine_pid(&self) -> u32 {
        std::process::id()
    }

    fn tip(&self, project: &Project, branch: &str) -> Result<CommitId, String> {
        let repo = self.actor.repo(project)?;
        let tip = self.handle.block_on(repo.branch(branch)).map_err(|error| sentence(&error))?;
        let tip = tip.ok_or_else(|| format!("There is no branch {branch} in {}.", project.root.display()))?;
        commit_id(tip)
    }

    fn free_ports(&self, stride: u16, taken: &[u16]) -> Option<u16> {
        let bindable = |first: u16| {
            (first..first.saturating_add(4))
                .all(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
        };
        (PORT_BASE..PORT_END - stride)
            .step_by(usize::from(stride))
            .find(|first| !taken.contains(first) && bindable(*first))
    }
}

pub(crate) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
