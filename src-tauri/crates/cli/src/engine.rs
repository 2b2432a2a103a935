//! The command line's end of the engine's socket.

use client::{Client, Starter};
use protocol::{Reply, Request};

use crate::failure::Failure;

/// An engine that answers; started on demand.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) starter: Starter,
    client: Client,
}

pub(crate) fn starter() -> Result<Starter, Failure> {
    let program = client::sibling("coppice")
        .map_err(|source| Failure::System { what: "Finding the program coppice", source })?;
    Ok(Starter { home: client::home(), kind: "cli".into(), program })
}

impl Engine {
    pub(crate) async fn find() -> Result<Self, Failure> {
        let starter = starter()?;
        let client = starter.connect().await?;
        Ok(Self { starter, client })
    }

    pub(crate) async fn ask(&self, request: Request) -> Result<Reply, Failure> {
        Ok(self.client.request(request).await?)
    }

    /// For a request that does no harm when it is carried out twice: asks the next engine when one dies over it.
    pub(crate) async fn insist(&mut self, request: Request) -> Result<Reply, Failure> {
        loop {
            match self.client.request(request.clone()).await {
                Err(error) if error.is_gone() => self.client = self.starter.connect().await?,
                outcome => return Ok(outcome?),
            }
        }
    }
}

/// The reply of one kind, or the failure that says that it is another.
macro_rules! reply {
    ($reply:expr, $kind:ident) => {
        match $reply {
            protocol::Reply::$kind(value) => Ok(value),
            _ => Err($crate::failure::Failure::Unexpected { what: stringify!($kind) }),
        }
    };
}
pub(crate) use reply;
