//! What the outside answers: by chance, in any order.

use std::collections::{BTreeMap, BTreeSet};

use engine::turn::{Advanced, At, Built, Effect, Input, Inspected, ReportRead, Tidied};
use engine::world::{Candidate, Outcome, RunKind, RunState, Size};
use plan::opinion::Better;
use plan::report::{Addressed, Answer, Kind, Reported, Severity, Status, Verdict};
use plan::{CommitId, Report};

use crate::scene::{Scene, candidate, commit};

impl Scene {
    pub(crate) fn answer(&mut self, effect: Effect) {
        match effect {
            Effect::Cut { at, .. } => {
                let result = if self.dice.roll(20) == 0 { Err("no space".to_owned()) } else { Ok(()) };
                self.input(Input::WorktreeCut { at, result });
            }
            Effect::StartRun { launch } => {
                let run = launch.run.id.clone();
                if launch.run.kind == RunKind::Implement {
                    self.commits += 1;
                }
                self.live.insert(run.clone());
                self.input(Input::RunStarted { run, pid: 10, shim_pid: 11 });
            }
            Effect::Adopt { run } => {
                let planned = self.world.runs.get(&run).is_some_and(|known| known.state == RunState::Planned);
                if self.live.contains(&run) {
                    self.input(Input::RunStarted { run, pid: 10, shim_pid: 11 });
                } else if planned {
                    self.input(Input::RunVoided { run });
                } else {
                    let ended = self.ended(run);
                    self.input(ended);
                }
            }
            Effect::EndRun { run } => {
                if self.live.remove(&run) {
                    self.input(Input::RunEnded {
                        run,
                        outcome: Outcome::Ended,
                        code: None,
                        signal: None,
                        detail: None,
                    });
                }
            }
            Effect::Inspect { at, base, .. } => {
                let seen = self.world.plans[&self.plan].attempts[&(at.task.clone(), at.attempt)].head.clone();
                let head = match self.dice.roll(12) {
                    0 => base,
                    // A fixer committed something.
                    1..=4 if self.reviewed => self.fresh(),
                    _ => seen.unwrap_or_else(|| self.fresh()),
                };
                let inspected = Inspected {
                    head,
                    descends: true,
                    size: Size::default(),
                    out_of_scope: if self.dice.roll(25) == 0 { vec!["x".into()] } else { vec![] },
                    dirty_inside: if self.dice.roll(25) == 0 { vec!["y".into()] } else { vec![] },
                    dirty_outside: if self.dice.roll(8) == 0 { vec!["z".into()] } else { vec![] },
                    in_progress: None,
                    apart: None,
                };
                self.input(Input::Inspected { at, result: Ok(inspected) });
            }
            Effect::CommitLeftovers { at, .. } => {
                let head = self.fresh();
                self.input(Input::LeftoversCommitted { at, result: Ok((vec!["y".into()], head)) });
            }
            Effect::Tidy { at, .. } => {
                let head = self.head(&at).unwrap_or_else(|| commit(0));
                self.input(Input::Tidied { at, result: Ok(Tidied { head, kept: None }) });
            }
            Effect::SetView { at, .. } => {
                let result = if self.dice.roll(30) == 0 { Err("no space".to_owned()) } else { Ok(()) };
                self.input(Input::ViewSet { at, result });
            }
            Effect::ReadReport { at, run, .. } => {
                let result = self.report(&at);
                self.input(Input::ReportRead { at, run, result });
            }
            Effect::Take { at, .. } => {
                let result = match self.dice.roll(8) {
                    0 => Advanced::Stale,
                    1 => Advanced::Blocked { paths: vec!["local".into()] },
                    2 => Advanced::Failed { why: "odd".into() },
                    _ => Advanced::Moved,
                };
                self.input(Input::Taken { at, result });
            }
            Effect::SetJudgesView { at, .. } => {
                let result = if self.dice.roll(20) == 0 { Err("no space".to_owned()) } else { Ok(()) };
                self.input(Input::JudgesViewSet { at, result });
            }
            Effect::ReadOpinion { at, run, .. } => {
                let better = match self.dice.roll(3) {
                    0 => Better::First,
                    1 => Better::Second,
                    _ => Better::Neither,
                };
                let said = plan::Opinion { better, why: "by chance".into() };
                let result = if self.dice.roll(8) == 0 { Err("Prose.".to_owned()) } else { Ok(said) };
                self.input(Input::OpinionRead { at, run, result });
            }
            Effect::BuildCandidate { at, build } => {
                let onto = commit(self.clock.1.get());
                let result = match self.dice.roll(12) {
                    0 => Built::Conflict { paths: vec!["a".into()] },
                    1 => Built::Failed { why: "odd".into() },
                    2 => Built::HeadMoved { head: self.fresh() },
                    roll => Built::Clean(Candidate {
                        commit: candidate(&build.head, &onto),
                        onto,
                        same_tree: roll % 2 == 0,
                    }),
                };
                self.input(Input::CandidateBuilt { at, result });
            }
            Effect::PrepareLane { at, .. } => {
                self.input(Input::LanePrepared { at, result: Ok("locks".into()) })
            }
            Effect::Advance { at, old, new, .. } => self.advance(at, &old, &new),
            Effect::Remove { at, .. } => {
                let living = self.live.iter().filter(|run| {
                    let known = &self.world.runs[*run];
                    (known.task.clone(), known.attempt) == (at.task.clone(), at.attempt)
                        && !known.worktree.ends_with("lane")
                });
                assert_eq!(living.count(), 0, "a worktree is removed under a living process");
                self.input(Input::Removed { at, result: Ok(vec![]) });
            }
            Effect::RemoveLane { plan, .. } => self.input(Input::LaneRemoved { plan, result: Ok(()) }),
            Effect::WritePlanFile { .. } => {}
        }
    }

    /// What a reviewer says: mostly that all is well, sometimes nothing that can be read.
    fn report(&self, at: &At) -> Result<ReportRead, String> {
        let attempt = &self.world.plans[&self.plan].attempts[&(at.task.clone(), at.attempt)];
        let status = match self.dice.roll(8) {
            0 => Status::Unmet,
            1 => Status::Unverifiable,
            _ => Status::Met,
        };
        let findings = match self.dice.roll(5) {
            0 => vec![Kind::Missing],
            1 => vec![Kind::SpecDefect, Kind::Quality],
            _ => vec![],
        };
        let place = u32::from(self.dice.roll(4)) * 20 + 1;
        let findings = findings.into_iter().map(|kind| Reported {
            kind,
            severity: if self.dice.roll(3) == 0 { Severity::Minor } else { Severity::Critical },
            file: Some("a".into()),
            line: Some(place),
            why: "by chance".into(),
            verify: String::new(),
        });
        let answer = |id: &String| Answer {
            id: id.clone(),
            status: if self.dice.roll(4) == 0 { Addressed::NotAddressed } else { Addressed::Addressed },
        };
        let report = Report {
            requirements: vec![Verdict { id: "1".into(), status, evidence: vec![] }],
            findings: findings.collect(),
            addressed: attempt.review.gaps.open().map(|open| answer(&open.id)).collect(),
        };
        let lines =
            if self.dice.roll(15) == 0 { BTreeMap::new() } else { [("a".to_owned(), Some(100))].into() };
        if self.dice.roll(15) == 0 { Err("Looks good!".to_owned()) } else { Ok(ReportRead { report, lines }) }
    }

    fn advance(&mut self, at: At, old: &CommitId, new: &CommitId) {
        let names: BTreeSet<String> = ["test".to_owned(), "lint".to_owned()].into();
        assert_eq!(
            self.green.get(new),
            Some(&names),
            "the target would move to what was not checked as merged"
        );
        assert!(!self.world.plans[&self.plan].tasks[&at.task].is_contest(), "nobody chose it");
        let attempt = &self.world.plans[&self.plan].attempts[&(at.task.clone(), at.attempt)];
        let approval = attempt.approval.as_ref().expect("approved");
        assert_eq!(approval.void, None, "a void approval lands");
        if self.reviewed {
            let gaps = &attempt.review.gaps;
            let last = attempt.review.last.as_ref().expect("reviewed");
            assert_eq!((&last.failed, Some(&last.head)), (&None, attempt.head.as_ref()), "not reviewed");
            assert_eq!(gaps.next(5), plan::Next::Pass, "lands with gaps: {gaps:?}");
            assert!(gaps.rounds <= 5 + self.asked, "more rounds than anybody asked for");
        }
        let result = match self.dice.roll(10) {
            0 => {
                let moved = self.commits + 1;
                self.commits = moved;
                self.clock.1.set(moved);
                Advanced::Stale
            }
            1 => Advanced::Blocked { paths: vec!["local".into()] },
            _ if *old == commit(self.clock.1.get()) || *new == commit(self.clock.1.get()) => {
                self.clock.1.set(u64::from_str_radix(&new.as_str()[24..], 16).expect("hexadecimal"));
                Advanced::Moved
            }
            _ => Advanced::Stale,
        };
        self.input(Input::Advanced { at, result });
    }
}
