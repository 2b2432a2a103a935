//! Notices across the deaths of engines: when one goes away the next is found or started, and the
//! story goes on after the last event that was heard.

use protocol::{Notice, Welcome};

use crate::{Client, Error, Notices, Starter};

/// What a [`Feed`] hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Notice(Notice),
    /// The engine went away. Requests that were under way failed with [`Error::Gone`]. The next call
    /// of [`Feed::next`] finds or starts another.
    Lost,
    /// Another engine answers. Every event comes once all the same.
    Reconnected(Welcome),
}

/// A subscription that starts the engine again when it dies.
#[derive(Debug)]
pub struct Feed {
    starter: Starter,
    client: Client,
    /// `None` between one engine and the next.
    notices: Option<Notices>,
    seq: u64,
}

impl Feed {
    /// Finds or starts the engine and hears the events later than `since`.
    pub async fn open(starter: Starter, since: u64) -> Result<Self, Error> {
        let client = starter.connect().await?;
        let notices = Some(client.subscribe(since).await?);
        Ok(Self { starter, client, notices, seq: since })
    }

    /// The connection of the moment.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The newest event heard.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The next thing heard. After an error (no engine can be started) it may be called again, which
    /// tries again. Safe to cancel.
    pub async fn next(&mut self) -> Result<Heard, Error> {
        loop {
            let Some(notices) = &mut self.notices else { return self.reconnect().await };
            match notices.next().await {
                Some(Notice::Event { event }) if event.seq <= self.seq => {}
                Some(notice) => {
                    if let Notice::Event { event } = &notice {
                        self.seq = event.seq;
                    }
                    return Ok(Heard::Notice(notice));
                }
                None => {
                    self.notices = None;
                    return Ok(Heard::Lost);
                }
            }
        }
    }

    async fn reconnect(&mut self) -> Result<Heard, Error> {
        let client = self.starter.connect().await?;
        // A store that was put back to an earlier day counts from there again.
        self.seq = self.seq.min(client.welcome().seq);
        self.notices = Some(client.subscribe(self.seq).await?);
        self.client = client;
        Ok(Heard::Reconnected(self.client.welcome().clone()))
    }
}
