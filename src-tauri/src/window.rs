//! The one window: how large it is, what it remembers, and that it shows nothing but the page.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use tauri::{
    AppHandle, LogicalSize, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
    webview::PageLoadEvent,
};

use crate::{engine_link::EngineLink, os, terminal_stream::Terminals};

/// The label that the capability file names.
const LABEL: &str = "main";

const MINIMUM: (f64, f64) = (1024.0, 700.0);

/// In logical pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Size {
    width: f64,
    height: f64,
    maximized: bool,
}

impl Default for Size {
    fn default() -> Self {
        Self { width: 1440.0, height: 900.0, maximized: false }
    }
}

impl Size {
    /// The last size, unless it is lost, unreadable or out of bounds.
    fn remembered(place: &Path) -> Self {
        let read: Option<Self> = fs::read(place).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        read.filter(|size| {
            (MINIMUM.0..=16_384.0).contains(&size.width) && (MINIMUM.1..=16_384.0).contains(&size.height)
        })
        .unwrap_or_default()
    }

    /// No larger than the screen, and no smaller than the page can be drawn.
    fn within(self, screen: Option<LogicalSize<f64>>) -> Self {
        let Some(screen) = screen else { return self };
        Self {
            width: self.width.min(screen.width).max(MINIMUM.0),
            height: self.height.min(screen.height).max(MINIMUM.1),
            ..self
        }
    }

    fn remember(self, place: &Path) -> io::Result<()> {
        let draft = place.with_extension("draft");
        fs::write(&draft, serde_json::to_vec(&self)?)?;
        fs::rename(draft, place)
    }
}

pub(crate) fn open(app: &AppHandle, home: &Path) -> Result<(), Box<dyn std::error::Error>> {
    client::create_home(home)?;
    let place = home.join("window.json");
    let screen = app.primary_monitor()?.map(|screen| screen.size().to_logical(screen.scale_factor()));
    let size = Size::remembered(&place).within(screen);
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Coppice")
        .inner_size(size.width, size.height)
        .min_inner_size(MINIMUM.0, MINIMUM.1)
        .maximized(size.maximized)
        .data_directory(home.join("webview"))
        // The page's own drag and drop.
        .disable_drag_drop_handler()
        .on_navigation(is_page)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Started {
                forget_page(&window);
            }
        })
        .build()?;
    os::suit_graphics(&window)?;
    os::revive_page(&window)?;
    remember_size(&window, place);
    Ok(())
}

/// Links lead out through `open_external`, never the window away from its page.
fn is_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// A page that is loaded again knows nothing of what the one before it listened to.
fn forget_page(window: &WebviewWindow) {
    if let Some(terminals) = window.try_state::<Arc<Terminals>>() {
        terminals.detach_all();
    }
    if let Some(link) = window.try_state::<Arc<EngineLink>>() {
        link.unsubscribe();
    }
}

fn remember_size(window: &WebviewWindow, place: PathBuf) {
    let shown = window.clone();
    window.on_window_event(move |event| {
        if !matches!(event, WindowEvent::CloseRequested { .. }) {
            return;
        }
        let size = || -> tauri::Result<Size> {
            let inner = shown.inner_size()?.to_logical::<f64>(shown.scale_factor()?);
            let maximized = shown.is_maximized()?;
            let before = Size::remembered(&place);
            // The size under "maximized" is the screen's; going back leads to the one before.
            Ok(match maximized {
                true => Size { maximized, ..before },
                false => Size { width: inner.width, height: inner.height, maximized },
            })
        };
        if let Ok(size) = size() {
            // A size that can't be kept is no reason to keep the window open.
            let _ = size.remember(&place);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_stays_on_its_page() {
        let page = |url| is_page(&Url::parse(url).unwrap());
        assert!(page("tauri://localhost/plan/7"));
        assert!(page("http://tauri.localhost/"));
        for other in [
            "https://example.org/",
            "file:///etc/passwd",
            "tauri://evil/",
            "http://app.evil.com/",
            "about:blank",
        ] {
            assert!(!page(other), "{other}");
        }
    }

    #[test]
    fn a_size_is_remembered_and_a_foolish_one_is_not() {
        let home = tempfile::tempdir().unwrap();
        let place = home.path().join("window.json");
        assert_eq!(Size::remembered(&place), Size::default());
        let size = Size { width: 1200.0, height: 800.0, maximized: true };
        size.remember(&place).unwrap();
        assert_eq!(Size::remembered(&place), size);
        fs::write(&place, r#"{"width":3,"height":1e9,"maximized":false}"#).unwrap();
        assert_eq!(Size::remembered(&place), Size::default());
    }

    #[test]
    fn a_small_screen_gets_a_small_window() {
        let on = |width, height| {
            let size = Size::default().within(Some(LogicalSize::new(width, height)));
            (size.width, size.height)
        };
        assert_eq!(on(1280.0, 800.0), (1280.0, 800.0));
        assert_eq!(on(3840.0, 2160.0), (1440.0, 900.0));
        assert_eq!(on(800.0, 600.0), MINIMUM);
    }
}
