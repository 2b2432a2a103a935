//! Facts as public events.

use plan::TaskId;
use protocol::EventBody;

use crate::fact::{Entry, Fact};
use crate::wire;
use crate::world::Millis;

impl Fact {
    /// The public event, or `None` for what only the engine needs.
    pub fn to_event(&self) -> Option<EventBody> {
        let text = |task: &TaskId| task.to_string();
        Some(match self.clone() {
            Fact::ProjectOpened { project } => {
                EventBody::ProjectOpened { root: project.root.to_string_lossy().into_owned() }
            }
            Fact::ProjectClosed => EventBody::ProjectClosed {},
            Fact::PlanCreated { head, .. } => EventBody::PlanCreated { title: head.title },
            Fact::PlanEdited { revision, what, .. } => EventBody::PlanEdited { revision, what },
            Fact::PlanDeleted => EventBody::PlanDeleted {},
            Fact::PlanStarted { engine_pid, again } => EventBody::PlanStarted { engine_pid, again },
            Fact::PlanPaused => EventBody::PlanPaused {},
            Fact::PlanStopped => EventBody::PlanStopped {},
            Fact::PlanFinished { landed, failed, waiting, total, .. } => {
                EventBody::PlanFinished { landed, failed, waiting, total }
            }
            Fact::TaskStage { task, attempt, stage } => EventBody::TaskStage {
                task: text(&task),
                attempt,
                stage: wire::stage_name(&stage),
                word: wire::stage(&stage, None).word,
            },
            Fact::TaskRetried { task, .. } => EventBody::TaskRetried { task: text(&task) },
            Fact::AttemptStarted { task, attempt, base, branch, worktree, .. } => EventBody::AttemptStarted {
                task: text(&task),
                attempt,
                base: base.to_string(),
                branch,
                worktree: worktree.to_string_lossy().into_owned(),
            },
            Fact::Joined { task, agent } => EventBody::AttemptJoined { task: text(&task), agent },
            Fact::Adopted { task, attempt } => EventBody::Adopted { task: text(&task), attempt },
            Fact::Taken { task, attempt, from, paths, head } => {
                EventBody::Taken { task: text(&task), attempt, from, paths, head: head.to_string() }
            }
            Fact::Judged { task, judgement } => EventBody::Judged {
                task: text(&task),
                a: judgement.a,
                b: judgement.b,
                better: judgement.better(),
                by: judgement.by,
            },
            Fact::AttemptEnded { task, attempt, reason, will_retry } => {
                EventBody::AttemptEnded { task: text(&task), attempt, reason, will_retry }
            }
            Fact::HeadSeen { task, attempt, head, .. } => {
                EventBody::HeadMoved { task: text(&task), attempt, head: head.to_string() }
            }
            Fact::LeftoversCommitted { task, attempt, paths, head } => {
                EventBody::LeftoversCommitted { task: text(&task), attempt, paths, head: head.to_string() }
            }
            Fact::LeftoversKept { task, attempt, paths, keep_ref } => {
                EventBody::LeftoversKept { task: text(&task), attempt, paths, keep_ref }
            }
            Fact::RunStarted { run, of, pid, shim_pid } => EventBody::ProcessStarted {
                task: text(&of.task),
                attempt: of.attempt,
                run: run.to_string(),
                kind: wire::run_kind(of.kind),
                pid,
                shim_pid,
            },
            Fact::RunEnded { run, of, outcome, code, .. } => EventBody::ProcessExited {
                task: text(&of.task),
                attempt: of.attempt,
                run: run.to_string(),
                kind: wire::run_kind(of.kind),
                code,
                outcome: wire::outcome(outcome)?,
            },
            Fact::PermissionAsked { task, attempt, run, what } => {
                EventBody::PermissionAsked { task: text(&task), attempt, run: run.to_string(), what }
            }
            Fact::UsageSeen { run, of, usage } => EventBody::Usage {
                task: text(&of.task),
                attempt: of.attempt,
                run: run.to_string(),
                model: usage.model.clone(),
                input: usage.input,
                output: usage.output,
                cached: usage.cached,
                cost: wire::dollars(usage.cost_micros),
            },
            Fact::CheckFinished { task, attempt, evidence } => EventBody::CheckFinished {
                task: text(&task),
                attempt,
                name: evidence.check,
                code: evidence.code,
                head: evidence.head.to_string(),
                base: evidence.base.to_string(),
                merged: evidence.merged,
                reused: evidence.reused,
                run: evidence.run.map(|run| run.to_string()),
                duration_ms: evidence.duration_ms,
            },
            Fact::ReviewFinished { task, attempt, reviewed, unmet, findings, unverifiable } => {
                EventBody::ReviewFinished {
                    task: text(&task),
                    attempt,
                    head: reviewed.head.to_string(),
                    base: reviewed.base.to_string(),
                    verdict: wire::verdict(&reviewed, unmet + findings + unverifiable),
                    unmet,
                    findings,
                }
            }
            Fact::FixStarted { task, attempt, round } => {
                EventBody::FixStarted { task: text(&task), attempt, round }
            }
            Fact::ChangesRequested { task, attempt, comments } => {
                EventBody::ChangesRequested { task: text(&task), attempt, comments: comments.len() as u32 }
            }
            Fact::Waived { task, attempt, id, reason } => {
                EventBody::Waived { task: text(&task), attempt, id, reason }
            }
            Fact::NeedsYou { task, attempt, code, reason } => {
                EventBody::NeedsYou { task: text(&task), attempt, reason, code }
            }
            Fact::NeedsYouSettled { task } => EventBody::NeedsYouSettled { task: text(&task) },
            Fact::Approved { task, attempt, approval } => EventBody::Approved {
                task: text(&task),
                attempt,
                head: approval.head.to_string(),
                by: approval.by,
            },
            Fact::ApprovalVoid { task, why, .. } => EventBody::ApprovalVoid { task: text(&task), why },
            Fact::Unqueued { task, attempt, why } => {
                EventBody::LandingHeld { task: text(&task), attempt, reason: why }
            }
            Fact::CandidateBuilt { task, attempt, candidate } => EventBody::LandingStarted {
                task: text(&task),
                attempt,
                candidate: candidate.commit.to_string(),
                onto: candidate.onto.to_string(),
            },
            Fact::Landed { task, attempt, commit, previous } => EventBody::Landed {
                task: text(&task),
                attempt,
                commit: commit.to_string(),
                previous: previous.to_string(),
            },
            Fact::TaskFailed { task, code, reason } => {
                EventBody::TaskFailed { task: text(&task), reason, code }
            }
            Fact::TaskCancelled { task } => EventBody::TaskCancelled { task: text(&task) },
            Fact::TaskDiscarded { task } => EventBody::TaskDiscarded { task: text(&task) },
            Fact::WorktreeRemoved { task, attempt, worktree, keep_refs } => EventBody::WorktreeRemoved {
                task: text(&task),
                attempt,
                worktree: worktree.to_string_lossy().into_owned(),
                keep_refs,
            },
            Fact::RemovalFailed { task, why, .. } => {
                EventBody::Warning { task: Some(text(&task)), message: why }
            }
            Fact::WorktreeRestored { worktree } => {
                EventBody::WorktreeRestored { worktree: worktree.to_string_lossy().into_owned() }
            }
            Fact::Warning { task, message } => {
                EventBody::Warning { task: task.map(|task| task.to_string()), message }
            }
            Fact::AttemptStep { .. }
            | Fact::ProgramsFound { .. }
            | Fact::Dropped { .. }
            | Fact::Judging { .. }
            | Fact::ReviewBegun { .. }
            | Fact::SessionStarted { .. }
            | Fact::ReportTaken { .. }
            | Fact::RunPlanned { .. }
            | Fact::Queued { .. }
            | Fact::LandingBegun { .. }
            | Fact::LaneSet { .. }
            | Fact::RemovalDue { .. } => return None,
        })
    }
}

impl Entry {
    /// The public event, where there is one.
    pub fn to_event(&self) -> Option<protocol::Event> {
        Some(protocol::Event {
            seq: self.seq,
            at: rfc3339(self.at_ms),
            project: self.project.as_ref().map(ToString::to_string),
            plan: self.plan.as_ref().map(ToString::to_string),
            body: self.fact.to_event()?,
        })
    }
}

fn rfc3339(at_ms: Millis) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{at:.3}")
}
