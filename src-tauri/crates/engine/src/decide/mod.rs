//! What happens next. Each input is matched against the step that its attempt waits for, facts are
//! recorded, effects ordered; then the plan is settled: whoever can start, land or be cleared away
//! does.

mod attempt;
mod command;
mod contest;
mod edits;
mod judge;
mod landing;
mod launch;
mod person;
mod restart;
mod review;
mod runs;
mod setback;
mod settle;
mod signals;

pub use command::{Command, Opened};
pub use launch::{PORT_BASE, PORT_STRIDE};

use crate::turn::{Effect, Input, Turn};
use crate::world::{RunState, Step};

impl Turn<'_> {
    pub fn handle(&mut self, input: Input) {
        match input {
            Input::WorktreeCut { at, result } => {
                self.worktree_cut(&at, result);
                self.settle(&at.plan);
            }
            Input::RunStarted { run, pid, shim_pid } => self.run_started(&run, pid, shim_pid),
            Input::RunEnded { run, outcome, code, signal, detail } => {
                self.run_ended(&run, outcome, code, signal, detail);
            }
            Input::Heard { run, signal } => self.heard(&run, signal),
            Input::Unproven { run, look_at } => self.unproven(&run, &look_at),
            Input::Used { run, usage } => self.used(&run, usage),
            Input::RunVoided { run } => self.run_voided(&run),
            Input::Inspected { at, result } => {
                self.inspected(&at, result);
                self.settle(&at.plan);
            }
            Input::LeftoversCommitted { at, result } => {
                self.leftovers_committed(&at, result);
                self.settle(&at.plan);
            }
            Input::Tidied { at, result } => {
                self.tidied(&at, result);
                self.settle(&at.plan);
            }
            Input::ViewSet { at, result } => {
                self.view_set(&at, result);
                self.settle(&at.plan);
            }
            Input::ReportRead { at, run, result } => {
                self.report_read(&at, &run, result);
                self.settle(&at.plan);
            }
            Input::CandidateBuilt { at, result } => {
                self.candidate_built(&at, result);
                self.settle(&at.plan);
            }
            Input::LanePrepared { at, result } => {
                self.lane_prepared(&at, result);
                self.settle(&at.plan);
            }
            Input::Advanced { at, result } => {
                self.advanced(&at, result);
                self.settle(&at.plan);
            }
            Input::Taken { at, result } => {
                self.taken(&at, result);
                self.settle(&at.plan);
            }
            Input::JudgesViewSet { at, result } => {
                self.judges_view_set(&at, result);
                self.settle(&at.plan);
            }
            Input::OpinionRead { at, run, result } => {
                self.opinion_read(&at, &run, result);
                self.settle(&at.plan);
            }
            Input::Removed { at, result } => {
                self.removed(&at, result);
                self.settle(&at.plan);
            }
            Input::LaneRemoved { plan, result } => {
                self.lane_removed(&plan, result);
                self.settle(&plan);
            }
            Input::PlanFileLeft { plan, message } => {
                self.record(&plan, crate::fact::Fact::Warning { task: None, message });
            }
            Input::RefsMoved { project } => self.refs_moved(&project),
        }
    }

    /// The run that a step waits for.
    fn awaited(step: &Step) -> Option<&crate::ids::RunId> {
        match step {
            Step::Setup { run }
            | Step::Implement { run }
            | Step::Stopped { run }
            | Step::Leave { run }
            | Step::Check { run, .. }
            | Step::Review { run, .. }
            | Step::Fix { run }
            | Step::LaneSetup { run }
            | Step::LaneCheck { run, .. } => Some(run),
            Step::Cut
            | Step::View
            | Step::Report { .. }
            | Step::Inspect
            | Step::CommitLeftovers
            | Step::Tidy { .. }
            | Step::Take { .. }
            | Step::Rest
            | Step::Candidate
            | Step::LanePrepare { .. }
            | Step::Advance => None,
        }
    }

    /// Orders the end of everything that lives in a folder. True when something did.
    fn end_runs_in(&mut self, plan: &crate::ids::PlanId, worktree: &std::path::Path) -> bool {
        let runs = self.lives_in(plan, worktree);
        for run in &runs {
            self.effect(Effect::EndRun { run: run.clone() });
        }
        !runs.is_empty()
    }

    fn is_live(&self, run: &crate::ids::RunId) -> bool {
        self.world.runs.get(run).is_some_and(|run| !matches!(run.state, RunState::Ended { .. }))
    }
}
