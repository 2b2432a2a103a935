//! Notices across the deaths of engines: when one goes away the next is found or started, and the
//! story goes on after the last event that was heard.

use protocol::{Notice, Welcome};

use crate::{Client, Error, Notices, Starter};

/// What a [`Feed`] hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Notice(Notice),
    /// The engine went away and another one answers. Every event comes once all the same; requests
    /// that were under way failed with [`Error::Gone`].
    Reconnected(Welcome),
}

/// A subscription that starts the engine again when it dies.
#[derive(Debug)]
pub struct Feed {
    starter: Starter,
    client: Client,
    notices: Notices,
    seq: u64,
}

impl Feed {
    /// Finds or starts the engine and hears the events later than `since`.
    pub async fn open(starter: Starter, since: u64) -> Result<Self, Error> {
        let client = starter.connect().await?;
        let notices = client.subscribe(since).await?;
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
            match self.notices.next().await {
                Some(Notice::Event { event }) => {
                    if event.seq <= self.seq {
                        continue;
                    }
                    self.seq = event.seq;
                    return Ok(Heard::Notice(Notice::Event { event }));
                }
                Some(other) => return Ok(Heard::Notice(other)),
                None => {
                    let client = self.starter.connect().await?;
                    let notices = client.subscribe(self.seq).await?;
                    self.client = client;
                    self.notices = notices;
                    return Ok(Heard::Reconnected(self.client.welcome().clone()));
                }
            }
        }
    }
}
