//! The window's link to the engine: one connection for requests, one for what happens.
//!
//! Both start the engine again when it is gone. Requests and notices have connections of their own,
//! so that a burst of one never delays the other.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use client::{Client, Error, Feed, Heard, Starter};
use protocol::{Event, Notice, Reply, Request};
use serde::Serialize;
use tauri::{AppHandle, Emitter, Manager, async_runtime::JoinHandle, ipc::Channel};
use tokio::time::sleep;

use crate::{
    notify::{Told, notification},
    os,
};

/// The event under which the page hears of [`EngineState`].
const ENGINE_STATE: &str = "engine-state";

/// Between attempts to start an engine that doesn't start: the first, and the longest pause.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(10));

/// So long a failed start answers for everybody who asks: a page asks twenty things at once.
const FAILURE: Duration = Duration::from_secs(1);

/// Whether the engine answers, for the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct EngineState {
    connected: bool,
    engine_pid: Option<u32>,
    /// The data directory.
    home: String,
    /// A sentence while it is not connected.
    message: Option<String>,
    /// The newest event's number when the connection was made.
    seq: Option<u64>,
}

#[derive(Debug, Default)]
enum Line {
    #[default]
    Never,
    Open(Client),
    Failed(Instant, protocol::Error),
}

#[derive(Debug)]
pub(crate) struct EngineLink {
    starter: Starter,
    requests: tokio::sync::Mutex<Line>,
    subscription: Mutex<Option<JoinHandle<()>>>,
    told: Mutex<Told>,
}

impl EngineLink {
    pub(crate) fn new(starter: Starter) -> Self {
        Self {
            starter,
            requests: tokio::sync::Mutex::default(),
            subscription: Mutex::default(),
            told: Mutex::default(),
        }
    }

    /// Asks the engine, which is started when it isn't there.
    pub(crate) async fn request(&self, request: Request) -> Result<Reply, protocol::Error> {
        self.client().await?.request(request).await.map_err(Error::into_wire)
    }

    /// Whether the engine answers; waits for one that is being started.
    pub(crate) async fn state(&self) -> EngineState {
        match self.client().await {
            Ok(client) => self.connected(&client),
            Err(error) => self.disconnected(explained(error)),
        }
    }

    async fn client(&self) -> Result<Client, protocol::Error> {
        let mut line = self.requests.lock().await;
        match &*line {
            Line::Open(client) if !client.is_gone() => return Ok(client.clone()),
            Line::Failed(when, error) if when.elapsed() < FAILURE => return Err(error.clone()),
            Line::Never | Line::Open(_) | Line::Failed(..) => {}
        }
        match self.starter.connect().await {
            Ok(client) => {
                *line = Line::Open(client.clone());
                Ok(client)
            }
            Err(error) => {
                let error = error.into_wire();
                *line = Line::Failed(Instant::now(), error.clone());
                Err(error)
            }
        }
    }

    /// Sends the page what happens after event `since`, until it is loaded again or asks anew.
    pub(crate) fn subscribe(self: &Arc<Self>, app: AppHandle, since: u64, page: Channel<Notice>) {
        let link = Arc::clone(self);
        let following = tauri::async_runtime::spawn(async move { link.follow(app, since, page).await });
        self.replace_subscription(Some(following));
    }

    pub(crate) fn unsubscribe(&self) {
        self.replace_subscription(None);
    }

    fn replace_subscription(&self, next: Option<JoinHandle<()>>) {
        let mut subscription = self.subscription.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = std::mem::replace(&mut *subscription, next) {
            before.abort();
        }
    }

    async fn follow(&self, app: AppHandle, since: u64, page: Channel<Notice>) {
        let mut pause = PAUSE.0;
        let mut feed: Option<Feed> = None;
        loop {
            let heard = match &mut feed {
                Some(feed) => feed.next().await,
                None => Feed::open(self.starter.clone(), since).await.map(|opened| {
                    let heard = Heard::Reconnected(opened.client().welcome().clone());
                    feed = Some(opened);
                    heard
                }),
            };
            let sent = match heard {
                Ok(Heard::Notice(notice)) => {
                    if let Notice::Event { event } = &notice {
                        self.tell(&app, event);
                    }
                    page.send(notice)
                }
                Ok(Heard::Lost) => {
                    self.announce(&app, self.disconnected("The engine went away. Starting it again.".into()))
                }
                Ok(Heard::Reconnected(welcome)) => {
                    pause = PAUSE.0;
                    self.told().known(welcome.seq);
                    let seq = feed.as_ref().map_or(since, Feed::seq);
                    // What isn't stored (latest actions, trouble) may have been missed, and what was asked
                    // meanwhile has failed: the page reads again.
                    self.announce(&app, self.connected_to(&welcome))
                        .and_then(|()| page.send(Notice::Lagged { seq }))
                }
                Err(error) => {
                    let said = self.announce(&app, self.disconnected(explained(error.into_wire())));
                    sleep(pause).await;
                    pause = (pause * 2).min(PAUSE.1);
                    said
                }
            };
            if sent.is_err() {
                // The page is gone; the next one subscribes for itself.
                return;
            }
        }
    }

    fn tell(&self, app: &AppHandle, event: &Event) {
        if !self.told().is_news(event) {
            return;
        }
        let looked_at = app.webview_windows().values().any(|window| window.is_focused().unwrap_or(false));
        if let Some((title, text)) = notification(event).filter(|_| !looked_at) {
            os::show_notification(&title, &text);
        }
    }

    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self, app: &AppHandle, state: EngineState) -> tauri::Result<()> {
        app.emit(ENGINE_STATE, state)
    }

    fn connected(&self, client: &Client) -> EngineState {
        self.connected_to(client.welcome())
    }

    fn connected_to(&self, welcome: &protocol::Welcome) -> EngineState {
        EngineState {
            connected: true,
            engine_pid: Some(welcome.engine_pid),
            home: welcome.home.clone(),
            message: None,
            seq: Some(welcome.seq),
        }
    }

    fn disconnected(&self, message: String) -> EngineState {
        let home = self.starter.home.display().to_string();
        EngineState { connected: false, engine_pid: None, home, message: Some(message), seq: None }
    }
}

fn explained(error: protocol::Error) -> String {
    match error.hint {
        Some(hint) => format!("{} {hint}", error.message),
        None => error.message,
    }
}
