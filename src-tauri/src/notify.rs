//! Which events deserve a notification of the desktop: a person is needed, or everything is done.

use protocol::{Event, EventBody};

/// Title and text, or nothing.
pub(crate) fn notification(event: &Event) -> Option<(String, String)> {
    match &event.body {
        EventBody::NeedsYou { task, reason, .. } => {
            Some((format!("Coppice needs you: {task}"), reason.clone()))
        }
        EventBody::TaskStage { task, stage, word, .. } if stage == "awaiting_approval" => {
            Some((format!("Ready to review: {task}"), word.clone()))
        }
        EventBody::PlanFinished { landed, failed, waiting: 0, total } => {
            let rest = if *failed == 0 { String::new() } else { format!(", {failed} failed") };
            Some(("A plan is finished".into(), format!("{landed} of {total} landed{rest}.")))
        }
        _ => None,
    }
}

/// Each event is told once, also when the page is loaded again and hears it a second time.
#[derive(Debug, Default)]
pub(crate) struct Told(u64);

impl Told {
    /// What happened up to here is no news.
    pub(crate) fn known(&mut self, seq: u64) {
        self.0 = self.0.max(seq);
    }

    pub(crate) fn is_news(&mut self, event: &Event) -> bool {
        let news = event.seq > self.0;
        self.known(event.seq);
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: u64, body: EventBody) -> Event {
        Event { seq, at: String::new(), project: None, plan: None, body }
    }

    #[test]
    fn who_needs_a_person_is_told_once() {
        let needs = EventBody::NeedsYou {
            task: "model".into(),
            attempt: Some(1),
            reason: "It failed twice.".into(),
            code: "failed_twice".into(),
        };
        let event = event(5, needs);
        let expected = ("Coppice needs you: model".to_owned(), "It failed twice.".to_owned());
        assert_eq!(notification(&event), Some(expected));
        let mut told = Told::default();
        told.known(4);
        assert!(told.is_news(&event));
        assert!(!told.is_news(&event));
        told.known(3);
        assert!(!told.is_news(&event));
    }

    #[test]
    fn what_only_moves_on_is_not_told() {
        assert_eq!(notification(&event(1, EventBody::PlanPaused {})), None);
        let working = EventBody::TaskStage {
            task: "model".into(),
            attempt: Some(1),
            stage: "implementing".into(),
            word: "Working".into(),
        };
        assert_eq!(notification(&event(1, working)), None);
    }
}
