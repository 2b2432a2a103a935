//! A process began, ended, or can't begin any more: what that means for the step that waits for it.

use plan::Failure;

use crate::fact::Fact;
use crate::ids::RunId;
use crate::turn::{At, Turn};
use crate::world::{Outcome, RunKind, RunState, Step};

impl Turn<'_> {
    pub(super) fn run_started(&mut self, run: &RunId, pid: u32, shim_pid: u32) {
        let Some(known) = self.world.runs.get(run) else { return };
        if known.state == RunState::Planned {
            let (plan, of) = (known.plan.clone(), known.into());
            self.record(&plan, Fact::RunStarted { run: run.clone(), of, pid, shim_pid });
        }
    }

    pub(super) fn run_ended(
        &mut self,
        run: &RunId,
        outcome: Outcome,
        code: Option<i32>,
        signal: Option<i32>,
        detail: Option<String>,
    ) {
        let Some(known) = self.world.runs.get(run).filter(|known| !known.is_over()).cloned() else { return };
        let at = At { plan: known.plan.clone(), task: known.task.clone(), attempt: known.attempt };
        self.record(
            &at.plan,
            Fact::RunEnded { run: run.clone(), of: (&known).into(), outcome, code, detail: detail.clone() },
        );
        if known.kind == RunKind::Judge {
            self.judge_ended(&at, run, outcome, code, detail);
            return self.settle(&at.plan);
        }
        let awaited = self
            .attempt(&at)
            .filter(|attempt| attempt.ended_ms.is_none() && Self::awaited(&attempt.step) == Some(run))
            .map(|attempt| attempt.step.clone());
        let ok = outcome == Outcome::Exited && code == Some(0);
        match awaited {
            Some(Step::Setup { .. }) => match outcome {
                _ if ok => self.begin_implement(&at),
                Outcome::TimedOut => self.fail(&at, Failure::SetupTimedOut),
                Outcome::Ended => self.ended_by_person(&at),
                Outcome::StartFailed => self.fail(&at, not_started(detail)),
                Outcome::Exited | Outcome::Signalled | Outcome::Lost | Outcome::Voided => {
                    self.fail(&at, Failure::SetupFailed { code });
                }
            },
            Some(Step::Leave { .. }) => self.begin_inspect(&at),
            Some(Step::Implement { .. } | Step::Stopped { .. })
                if matches!(outcome, Outcome::Signalled | Outcome::Lost) && self.can_resume(&known) =>
            {
                self.resume_agent(&at, &known);
            }
            Some(Step::Implement { .. } | Step::Stopped { .. }) => match outcome {
                _ if ok => self.begin_inspect(&at),
                Outcome::Exited => self.fail(&at, Failure::AgentExited { code: code.unwrap_or(-1) }),
                Outcome::Signalled | Outcome::TimedOut => {
                    self.fail(&at, Failure::AgentKilled { signal: signal.unwrap_or(9) });
                }
                Outcome::Ended => self.ended_by_person(&at),
                Outcome::StartFailed => self.fail(&at, not_started(detail)),
                Outcome::Lost | Outcome::Voided => self.fail(&at, Failure::AgentLost),
            },
            Some(Step::Check { index, .. }) => self.check_ended(&at, index, &known, outcome, code),
            Some(Step::Review { reviewer, again, .. }) => {
                self.reviewer_ended(&at, reviewer, again, run, outcome, code, detail);
            }
            Some(Step::Fix { .. }) => self.fixer_ended(&at, outcome, detail),
            Some(Step::LaneSetup { .. }) => self.lane_setup_ended(&at, outcome, code),
            Some(Step::LaneCheck { index, .. }) => self.lane_check_ended(&at, index, &known, outcome, code),
            Some(_) | None => {}
        }
        self.settle(&at.plan);
    }

    /// A run that an engine intended before it died, and that can't begin any more, is intended anew.
    pub(super) fn run_voided(&mut self, run: &RunId) {
        let Some(known) = self.world.runs.get(run).filter(|known| !known.is_over()).cloned() else { return };
        let at = At { plan: known.plan.clone(), task: known.task.clone(), attempt: known.attempt };
        let (of, outcome) = ((&known).into(), Outcome::Voided);
        self.record(&at.plan, Fact::RunEnded { run: run.clone(), of, outcome, code: None, detail: None });
        if known.kind == RunKind::Judge {
            self.judge_ended(&at, run, outcome, None, None);
            return self.settle(&at.plan);
        }
        let step = self
            .attempt(&at)
            .filter(|attempt| Self::awaited(&attempt.step) == Some(run))
            .map(|a| a.step.clone());
        match step {
            Some(Step::Setup { .. }) => self.begin_setup(&at),
            Some(Step::Implement { .. } | Step::Stopped { .. } | Step::Leave { .. }) => {
                self.begin_implement(&at)
            }
            Some(Step::Check { index, .. }) => self.begin_check(&at, index),
            Some(Step::Review { reviewer, again, .. }) => {
                self.launch_reviewer(&at, reviewer, again, Vec::new())
            }
            Some(Step::Fix { .. }) => self.launch_fixer(&at),
            Some(Step::LaneSetup { .. }) => self.begin_lane_setup(&at),
            Some(Step::LaneCheck { index, .. }) => self.prepare_lane(&at, index),
            Some(_) | None => {}
        }
        self.settle(&at.plan);
    }
}

fn not_started(detail: Option<String>) -> Failure {
    Failure::NotStarted { why: detail.unwrap_or_else(|| "the process did not start".to_owned()) }
}
