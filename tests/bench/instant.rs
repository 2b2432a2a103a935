//! A repository that answers at once: what is left is the engine's own work.

use std::time::{SystemTime, UNIX_EPOCH};

use engine::decide::PORT_BASE;
use engine::ids::{PlanId, ProjectId};
use engine::turn::{Advanced, Built, Effect, Input, Inspected, Outside, Tidied};
use engine::world::{Candidate, Millis, Project, Size};
use plan::CommitId;

use crate::Result;

pub(crate) struct Instantly {
    base: CommitId,
    head: CommitId,
}

impl Instantly {
    pub(crate) fn new() -> Result<Instantly> {
        Ok(Instantly { base: CommitId::new(&"1".repeat(40))?, head: CommitId::new(&"2".repeat(40))? })
    }

    /// What git would have answered. `None`: the effect is no work of git's.
    pub(crate) fn answer(&self, effect: &Effect) -> Option<Input> {
        Some(match effect {
            Effect::Cut { at, .. } => Input::WorktreeCut { at: at.clone(), result: Ok(()) },
            Effect::Inspect { at, .. } => Input::Inspected { at: at.clone(), result: Ok(self.inspected()) },
            Effect::CommitLeftovers { at, .. } => {
                Input::LeftoversCommitted { at: at.clone(), result: Ok((Vec::new(), self.head.clone())) }
            }
            Effect::Tidy { at, .. } => {
                let tidied = Tidied { head: self.head.clone(), kept: None };
                Input::Tidied { at: at.clone(), result: Ok(tidied) }
            }
            Effect::BuildCandidate { at, .. } => {
                Input::CandidateBuilt { at: at.clone(), result: Built::Clean(self.candidate()) }
            }
            Effect::PrepareLane { at, .. } => {
                Input::LanePrepared { at: at.clone(), result: Ok(String::new()) }
            }
            Effect::Advance { at, .. } => Input::Advanced { at: at.clone(), result: Advanced::Moved },
            Effect::Remove { at, .. } => Input::Removed { at: at.clone(), result: Ok(Vec::new()) },
            Effect::RemoveLane { plan, .. } => Input::LaneRemoved { plan: plan.clone(), result: Ok(()) },
            Effect::SetView { at, .. } => Input::ViewSet { at: at.clone(), result: Ok(()) },
            Effect::StartRun { .. }
            | Effect::Adopt { .. }
            | Effect::EndRun { .. }
            | Effect::ReadReport { .. }
            | Effect::Take { .. }
            | Effect::SetJudgesView { .. }
            | Effect::ReadOpinion { .. }
            | Effect::WritePlanFile { .. } => return None,
        })
    }

    fn inspected(&self) -> Inspected {
        Inspected {
            head: self.head.clone(),
            descends: true,
            size: Size { files: 1, added: 1, deleted: 0 },
            out_of_scope: Vec::new(),
            dirty_inside: Vec::new(),
            dirty_outside: Vec::new(),
            in_progress: None,
            apart: None,
        }
    }

    /// With the tree that was checked, so that nothing is checked twice.
    fn candidate(&self) -> Candidate {
        Candidate { commit: self.head.clone(), onto: self.base.clone(), same_tree: true }
    }
}

impl Outside for Instantly {
    fn now(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
    }

    fn engine_pid(&self) -> u32 {
        std::process::id()
    }

    fn tip(&self, _: &Project, _: &str) -> std::result::Result<CommitId, String> {
        Ok(self.base.clone())
    }

    fn free_ports(&self, stride: u16, taken: &[u16]) -> Option<u16> {
        (PORT_BASE..u16::MAX - stride).step_by(usize::from(stride)).find(|first| !taken.contains(first))
    }
}

/// A project in a folder of its own.
pub(crate) fn project(folder: &std::path::Path) -> Project {
    Project {
        id: ProjectId::new("bench"),
        root: folder.to_owned(),
        common_dir: folder.join(".git"),
        place: folder.to_owned(),
        trusted: false,
        demo: false,
    }
}

/// The commands that open a plan in a project and start it.
pub(crate) fn begin(project: &Project, id: &str, toml: &str) -> [engine::decide::Command; 3] {
    use engine::decide::{Command, Opened};
    let opened = Opened {
        project: project.id.clone(),
        id: PlanId::new(id),
        file: None,
        toml: toml.to_owned(),
        target: "main".to_owned(),
        branch_prefix: "coppice".to_owned(),
    };
    [
        Command::OpenProject { project: project.clone() },
        Command::OpenPlan { opened: Box::new(opened) },
        Command::Start { plan: PlanId::new(id), again: false },
    ]
}
