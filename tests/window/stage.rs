//! What every test here begins with: a repository, a data directory, a screen, and a window when it is asked for.

use std::future::Future;
use std::time::{Duration, Instant};

use coppice_tests::Scene;
use coppice_tests::window::{Screen, Window, missing, program};

/// What one test may take, all in all.
const LIMIT: Duration = Duration::from_secs(150);

/// What one condition may take that is looked at again and again, and how often that is.
const PATIENCE: Duration = Duration::from_secs(40);
const PAUSE: Duration = Duration::from_millis(50);

/// The size that the interface is drawn for.
const SIZE: (u32, u32) = (1440, 900);

pub(crate) struct Stage {
    pub(crate) scene: Scene,
    screen: Screen,
}

/// Plays a test on a stage of its own; says why when this machine has none.
pub(crate) fn play<F: Future<Output = ()>>(test: impl FnOnce(Stage) -> F) {
    if let Some(why) = missing() {
        eprintln!("skipped: {why}");
        return;
    }
    let stage = Stage { scene: Scene::new(), screen: Screen::open(SIZE.0, SIZE.1).unwrap() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        tokio::time::timeout(LIMIT, test(stage)).await.expect("the test ends in time");
    });
}

impl Stage {
    /// Starts the program and waits until its page is there.
    pub(crate) async fn open(&self) -> Window {
        let environment = self.scene.coppice.environment();
        let window = Window::open(&self.screen, program(), &[], &environment).await.unwrap();
        window.page().find("header").await.unwrap();
        window
    }

    /// The window's own process.
    pub(crate) fn window_pid(&self) -> u32 {
        self.scene.coppice.process_of("coppice-desktop").expect("the window lives")
    }

    /// The process that draws the page, if one does.
    pub(crate) fn page_pid(&self) -> Option<u32> {
        self.scene.coppice.process_of("WebKitWebProcess")
    }

    /// The window's upper left corner as it is on the screen: project and plan, and the slots. Not the buttons between
    /// them, which show a pointer's passing.
    pub(crate) fn corner(&self) -> Vec<u8> {
        [self.screen.picture(0..40, 0..280), self.screen.picture(0..40, 470..560)].concat()
    }

    /// Waits for what neither page nor event tells; looks again and again.
    pub(crate) async fn spin(&self, what: &str, holds: impl Fn() -> bool) {
        let mut pause = tokio::time::interval(PAUSE);
        let deadline = Instant::now() + PATIENCE;
        while !holds() {
            assert!(Instant::now() < deadline, "“{what}” does not come true");
            pause.tick().await;
        }
    }
}
