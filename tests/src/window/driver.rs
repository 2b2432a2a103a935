//! The window's program under a driver.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::screen::{Group, Screen};
use super::{Page, Result, Trouble};

/// How long a driver may take until it listens, or a program until its window is there.
const START: Duration = Duration::from_secs(30);

/// A program with a web view, under a driver of its own; both end with this value. What the program
/// itself started to live longer (the engine, agents) stays.
#[derive(Debug)]
pub struct Window {
    page: Page,
    _driver: Group,
}

impl Window {
    /// Starts `program` on the screen, with this environment and no other.
    pub async fn open(
        screen: &Screen,
        program: &Path,
        words: &[&str],
        environment: &[(String, String)],
    ) -> Result<Self> {
        let port = free_port();
        let mut driver = Group::start(
            Command::new("WebKitWebDriver")
                .arg(format!("--port={port}"))
                .env_clear()
                .envs(environment.iter().map(|(name, value)| (name, value)))
                .env("DISPLAY", screen.name())
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        await_listener(&mut driver, port)?;
        let options = json!({ "binary": program, "args": words });
        let capabilities = [("webkitgtk:browserOptions".to_owned(), options)].into_iter().collect();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await?;
        Ok(Self { page: Page::new(client), _driver: driver })
    }

    pub fn page(&self) -> &Page {
        &self.page
    }

    /// Closes the window as a person does who is done; the driver waits for its end.
    pub async fn close(self) -> Result<()> {
        self.page.close().await
    }
}

fn free_port() -> u16 {
    let asked = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    asked.local_addr().unwrap().port()
}

/// The driver says nothing when it listens.
fn await_listener(driver: &mut Group, port: u16) -> Result<()> {
    let deadline = Instant::now() + START;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        let ended = !matches!(driver.leader.try_wait(), Ok(None));
        if ended || Instant::now() >= deadline {
            return Err(Trouble::Ended("WebKitWebDriver"));
        }
        std::thread::yield_now();
    }
    Ok(())
}
