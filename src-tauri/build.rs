//! Tells Tauri which commands exist, so that the capability file can name each of them, and sees to it
//! that a clean clone builds before the page has been built.

use std::{fs, io, path::Path};

include!("src/command_names.rs");

const PAGE: &str = "../ui/dist";

const UNBUILT: &str = "<!doctype html><title>Coppice</title><p>The page is not built yet. \
                       <code>make run</code> builds it.</p>";

fn main() {
    if let Err(error) = stand_in(Path::new(PAGE)) {
        println!("cargo::error=The page's folder {PAGE} can't be written: {error}");
    }
    // The page is inside the binary: another page is another binary.
    println!("cargo::rerun-if-changed={PAGE}");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={error:#}");
    }
}

/// The folder must exist for the program to compile.
fn stand_in(page: &Path) -> io::Result<()> {
    let index = page.join("index.html");
    if index.exists() {
        return Ok(());
    }
    fs::create_dir_all(page)?;
    fs::write(index, UNBUILT)
}
