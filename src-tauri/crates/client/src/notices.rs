//! What the engine tells a subscriber, held until the subscriber takes it.
//!
//! The queue never makes the connection wait: replies travel on the same socket, and a subscriber
//! that asks something while its queue is full would wait for ever. Instead the queue is bounded,
//! and a subscriber that fell behind is told so and reads again.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::Notice;
use tokio::sync::Notify;

/// About 20 MB of ordinary events; a minute of a very busy plan.
const LIMIT: usize = 65_536;

#[derive(Debug, Default)]
struct Held {
    queue: VecDeque<Notice>,
    /// The newest event that the subscriber took (or subscribed after).
    taken: u64,
    ended: bool,
}

#[derive(Debug, Default)]
struct Shared {
    held: Mutex<Held>,
    changed: Notify,
}

impl Shared {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A subscription: notices in order, `None` once the connection ended.
#[derive(Debug)]
pub struct Notices(Arc<Shared>);

/// The connection's end of a subscription. Dropping it ends the subscription.
#[derive(Debug)]
pub(crate) struct Inlet(Arc<Shared>);

pub(crate) fn subscription(since: u64) -> (Inlet, Notices) {
    let shared = Arc::new(Shared::default());
    shared.held().taken = since;
    (Inlet(Arc::clone(&shared)), Notices(shared))
}

impl Inlet {
    pub(crate) fn push(&self, notice: Notice) {
        let mut held = self.0.held();
        if held.queue.len() >= LIMIT {
            held.queue.clear();
            let seq = held.taken;
            held.queue.push_back(Notice::Lagged { seq });
        }
        held.queue.push_back(notice);
        drop(held);
        self.0.changed.notify_one();
    }
}

impl Drop for Inlet {
    fn drop(&mut self) {
        self.0.held().ended = true;
        self.0.changed.notify_one();
    }
}

impl Notices {
    /// The next notice. Safe to cancel: nothing is taken until it is returned.
    pub async fn next(&mut self) -> Option<Notice> {
        loop {
            {
                let mut held = self.0.held();
                if let Some(notice) = held.queue.pop_front() {
                    if let Notice::Event { event } = &notice {
                        held.taken = event.seq;
                    }
                    return Some(notice);
                }
                if held.ended {
                    return None;
                }
            }
            self.0.changed.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::{Event, EventBody};

    fn event(seq: u64) -> Notice {
        let body = EventBody::PlanPaused {};
        Notice::Event { event: Event { seq, at: String::new(), project: None, plan: None, body } }
    }

    #[tokio::test]
    async fn a_slow_subscriber_learns_from_where_to_read_again() {
        let (inlet, mut notices) = subscription(0);
        inlet.push(event(1));
        assert_eq!(notices.next().await, Some(event(1)));
        let last = LIMIT as u64 + 2;
        for seq in 2..=last {
            inlet.push(event(seq));
        }
        assert_eq!(notices.next().await, Some(Notice::Lagged { seq: 1 }));
        assert_eq!(notices.next().await, Some(event(last)));
        drop(inlet);
        assert_eq!(notices.next().await, None);
    }
}
