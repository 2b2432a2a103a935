//! A person who does, by chance, something that may be possible now.

use engine::decide::Command;
use engine::fact::Comment;
use engine::turn::At;
use engine::world::Step;
use plan::{Stage, TaskId};

use crate::scene::Scene;

impl Scene {
    /// A person does something that is possible now.
    pub(crate) fn person(&mut self) {
        let plan = &self.world.plans[&self.plan];
        let waiting: Vec<TaskId> = plan
            .tasks
            .values()
            .filter(|task| {
                matches!(task.stage, Stage::AwaitingApproval | Stage::NeedsYou { .. } | Stage::Queued)
            })
            .map(|task| task.id.clone())
            .collect();
        let Some(task) = waiting.get(usize::from(self.dice.roll(97)) % waiting.len().max(1)).cloned() else {
            return;
        };
        let plan = self.plan.clone();
        let open = self.world.plans[&plan].current(&task).and_then(|attempt| {
            let gaps = &attempt.review.gaps;
            gaps.open()
                .map(|open| open.id.clone())
                .chain(gaps.requirements.iter().map(|r| r.id.clone()))
                .next()
        });
        let state = &self.world.plans[&plan].tasks[&task];
        let numbers: Vec<u32> = state.contenders.iter().filter_map(|one| one.attempt).collect();
        let contest = state.is_contest();
        // Which one is meant is often left open, as people do.
        let some = numbers.get(usize::from(self.dice.roll(5))).copied();
        let attempt = some.filter(|_| contest);
        if self.dice.roll(4) == 0
            && let Some(command) = self.about_several(&task, &numbers, contest)
        {
            let _ = self.turn(|turn| turn.command(command));
            return;
        }
        let command = match self.dice.roll(11) {
            8 => {
                self.asked += 1;
                let comment = Comment { file: None, line: None, end_line: None, text: "Do it so.".into() };
                Command::RequestChanges { plan, task, attempt, comments: vec![comment] }
            }
            9 | 10 if open.is_some() => Command::Waive {
                plan,
                task,
                attempt,
                id: open.unwrap_or_default(),
                reason: "It may be.".into(),
            },
            0 => Command::Retry { plan, task, attempt },
            1 => Command::Recheck { plan, task, attempt },
            2 => Command::RetryLanding { plan, task },
            3 => Command::Leftovers { plan, task, attempt, commit: true },
            4 => Command::Unapprove { plan, task },
            _ => Command::Approve { plan, task, attempt, head: None },
        };
        // Not possible now is an answer, not an error.
        let _ = self.turn(|turn| turn.command(command));
    }

    /// Several attempts side by side: another one joins, one is out, one is chosen, one takes from another.
    fn about_several(&mut self, task: &TaskId, numbers: &[u32], contest: bool) -> Option<Command> {
        let (plan, task) = (self.plan.clone(), task.clone());
        let pick = |roll: u8| numbers.get(usize::from(roll) % numbers.len().max(1)).copied();
        let (one, other) = (pick(self.dice.roll(7))?, pick(self.dice.roll(7))?);
        Some(match self.dice.roll(8) {
            0 => Command::TryBeside { plan, task, agent: Some("other".to_owned()) },
            1 if contest => Command::Discard { plan, task, attempt: Some(one) },
            2 | 3 => Command::Judge { plan, task, pair: [one, other], agent: None },
            4 | 5 => {
                let onto = self.head(&At { plan: plan.clone(), task: task.clone(), attempt: one })?;
                let take = Step::Take { from: other, onto, commit: self.fresh(), paths: vec!["a".into()] };
                Command::Take { plan, task, attempt: one, take }
            }
            _ => Command::Adopt { plan, task, attempt: one, reason: None },
        })
    }
}
