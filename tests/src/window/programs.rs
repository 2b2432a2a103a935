//! What is needed to see a window: the program itself, a display and a driver.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The page, as it is built into the window.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/dist/assets");

/// What this machine lacks to drive the window, as a sentence; none when it can be driven.
pub fn missing() -> Option<String> {
    for (program, package) in [("Xvfb", "xvfb"), ("WebKitWebDriver", "webkit2gtk-driver")] {
        if !on_path(program) {
            return Some(format!("{program} is not installed (Debian: {package})"));
        }
    }
    if env::var_os("COPPICE_BIN").is_none() && !Path::new(PAGE).is_dir() {
        return Some("the page is not built (cd ui && npm ci && npm run build)".into());
    }
    None
}

fn on_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The window's program, with the page as it is. `COPPICE_BIN` names another folder.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        if let Some(folder) = env::var_os("COPPICE_BIN") {
            return PathBuf::from(folder).join("coppice-desktop");
        }
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--package", "coppice-desktop", "--bins"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(built.success(), "the window doesn't build");
        // target/debug/deps/window-… → target/debug
        let here = env::current_exe().unwrap();
        here.parent().and_then(Path::parent).unwrap().join("coppice-desktop")
    })
}
