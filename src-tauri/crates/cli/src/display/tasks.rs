//! Where every task of one run stands, folded from a snapshot and the events after it.

use protocol::{Event, EventBody, Millis, PlanView, StageKind, TaskView};

use crate::display::text::{millis, printable, short};

#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) kind: StageKind,
    /// "Checking 1 of 2", "Landed 3f2a91c".
    pub(crate) word: String,
    /// When the stage began.
    pub(crate) since_ms: Option<Millis>,
    /// The latest action of its agent, or why it stands still.
    pub(crate) note: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Tasks {
    pub(crate) title: String,
    pub(crate) target: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) began_ms: Millis,
}

impl Tasks {
    pub(crate) fn new(view: &PlanView, began_ms: Millis) -> Self {
        Self {
            title: printable(&view.title),
            target: printable(&view.target),
            lines: view.tasks.iter().map(line).collect(),
            began_ms,
        }
    }

    /// After an edit: new titles, new tasks; what is known of the others stays.
    pub(crate) fn refresh(&mut self, view: &PlanView) {
        let fresh = Tasks::new(view, self.began_ms);
        *self = fresh;
    }

    fn change(&mut self, id: &str, at: &str, change: impl FnOnce(&mut Line)) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.id == id) {
            let before = line.kind;
            change(line);
            if line.kind != before {
                line.since_ms = millis(at);
            }
        }
    }

    pub(crate) fn action(&mut self, task: &str, action: &str) {
        if let Some(line) = self.lines.iter_mut().find(|line| line.id == task)
            && is_working(line.kind)
        {
            line.note = Some(printable(action.trim()));
        }
    }

    pub(crate) fn event(&mut self, event: &Event) {
        match &event.body {
            EventBody::TaskStage { task, attempt, stage, word } => {
                if let Some(kind) = kind(stage) {
                    self.change(task, &event.at, |line| {
                        if line.kind != kind && !matches!(kind, StageKind::NeedsYou | StageKind::Failed) {
                            line.note = None;
                        }
                        line.kind = kind;
                        // Of several side by side, the one that moved last is named.
                        line.word = match attempt {
                            Some(number) => format!("{} ({number})", printable(word)),
                            None => printable(word),
                        };
                    });
                }
            }
            // The stage says it already: awaiting approval is on the path.
            EventBody::NeedsYou { code, .. } if code == "approval" || code == "compare" => {}
            EventBody::NeedsYou { task, reason, .. } => self.change(task, &event.at, |line| {
                line.kind = StageKind::NeedsYou;
                line.word = "Needs you".into();
                line.note = Some(printable(reason));
            }),
            EventBody::TaskFailed { task, reason, .. } => self.change(task, &event.at, |line| {
                line.kind = StageKind::Failed;
                line.word = "Failed".into();
                line.note = Some(printable(reason));
            }),
            EventBody::Landed { task, commit, .. } => self.change(task, &event.at, |line| {
                line.kind = StageKind::Landed;
                line.word = format!("Landed {}", short(commit));
                line.note = None;
            }),
            EventBody::TaskCancelled { task } => {
                self.over(task, &event.at, StageKind::Cancelled, "Cancelled")
            }
            EventBody::TaskDiscarded { task } => {
                self.over(task, &event.at, StageKind::Discarded, "Discarded")
            }
            EventBody::CheckFinished { task, name, code, .. } if *code != Some(0) => {
                let note = format!("check {} failed", printable(name));
                self.change(task, &event.at, |line| line.note = Some(note));
            }
            _ => {}
        }
    }

    fn over(&mut self, task: &str, at: &str, kind: StageKind, word: &str) {
        self.change(task, at, |line| {
            line.kind = kind;
            line.word = word.into();
            line.note = None;
        });
    }

    pub(crate) fn count(&self, wanted: impl Fn(StageKind) -> bool) -> usize {
        self.lines.iter().filter(|line| wanted(line.kind)).count()
    }
}

fn line(task: &TaskView) -> Line {
    let reason = task.stage.reason.as_ref().map(|reason| reason.text.clone());
    Line {
        id: printable(&task.id),
        title: printable(if task.title.is_empty() { &task.id } else { &task.title }),
        kind: task.stage.kind,
        word: printable(&task.stage.word),
        since_ms: task.since_ms,
        note: reason.or_else(|| task.action.clone()).map(|note| printable(&note)),
    }
}

pub(crate) fn is_working(kind: StageKind) -> bool {
    match kind {
        StageKind::Preparing
        | StageKind::Implementing
        | StageKind::Checking
        | StageKind::Reviewing
        | StageKind::Fixing
        | StageKind::Queued
        | StageKind::Landing => true,
        StageKind::Draft
        | StageKind::Waiting
        | StageKind::AwaitingApproval
        | StageKind::Landed
        | StageKind::NeedsYou
        | StageKind::Failed
        | StageKind::Cancelled
        | StageKind::Discarded => false,
    }
}

pub(crate) fn needs_person(kind: StageKind) -> bool {
    matches!(kind, StageKind::AwaitingApproval | StageKind::NeedsYou)
}

/// The stage behind the name that events carry.
fn kind(name: &str) -> Option<StageKind> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn tasks(ids: &[(&str, StageKind, &str)]) -> Tasks {
        let lines = ids
            .iter()
            .map(|(id, kind, word)| Line {
                id: (*id).into(),
                title: format!("The {id}"),
                kind: *kind,
                word: (*word).into(),
                since_ms: Some(0),
                note: None,
            })
            .collect();
        Tasks { title: "Plan".into(), target: "main".into(), lines, began_ms: 0 }
    }

    fn event(body: EventBody) -> Event {
        Event { seq: 1, at: "1970-01-01T00:00:05.000Z".into(), project: None, plan: None, body }
    }

    #[test]
    fn events_move_a_task_through_its_life() {
        let mut tasks = tasks(&[("a", StageKind::Waiting, "Waiting")]);
        let stage = |stage: &str, word: &str| {
            event(EventBody::TaskStage {
                task: "a".into(),
                attempt: None,
                stage: stage.into(),
                word: word.into(),
            })
        };
        tasks.event(&stage("implementing", "Implementing"));
        tasks.action("a", "editing\x1b[2J src/a.rs");
        assert_eq!(tasks.lines[0].since_ms, Some(5000));
        assert_eq!(tasks.lines[0].note.as_deref(), Some("editing\u{fffd}[2J src/a.rs"));
        tasks.event(&stage("checking", "Checking 1 of 1"));
        assert_eq!(tasks.lines[0].note, None, "the agent's last line is old news");
        tasks.event(&stage("needs_you", "Needs you"));
        tasks.event(&event(EventBody::NeedsYou {
            task: "a".into(),
            attempt: Some(1),
            reason: "Check test failed.".into(),
            code: "check_failed".into(),
        }));
        tasks.action("a", "a late line");
        assert_eq!(tasks.lines[0].note.as_deref(), Some("Check test failed."));
        tasks.event(&event(EventBody::Landed {
            task: "a".into(),
            attempt: 2,
            commit: "0123456789".into(),
            previous: String::new(),
        }));
        assert_eq!(
            (tasks.lines[0].kind, tasks.lines[0].word.as_str()),
            (StageKind::Landed, "Landed 0123456")
        );
    }
}
