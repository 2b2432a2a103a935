//! What differs by operating system: where the screen is, notifications, and what becomes of a page
//! whose process dies.

use std::{
    io,
    path::PathBuf,
    process::{Command, Stdio},
};

use protocol::{Error, ErrorCode};
use tauri::{AppHandle, WebviewWindow};
use tauri_plugin_shell::ShellExt;

/// A program that came with this one.
pub(crate) fn bundled(app: &AppHandle, name: &str) -> Result<PathBuf, tauri_plugin_shell::Error> {
    let found: Command = app.shell().sidecar(name)?.into();
    Ok(PathBuf::from(found.get_program()))
}

/// Opens an address or a file with what the desktop uses for it.
#[expect(
    deprecated,
    reason = "the plugin that replaces it brings a D-Bus client for what xdg-open does as well"
)]
pub(crate) fn open_outside(app: &AppHandle, what: &str) -> Result<(), Error> {
    app.shell().open(what, None).map_err(|error| {
        Error::new(ErrorCode::Internal, format!("{what} can't be opened: {error}."))
            .hint("Install xdg-utils, or copy it from here.")
    })
}

/// Starts a program that nobody waits for: its end is taken, its words are not heard.
pub(crate) fn start_detached(mut command: Command) -> io::Result<()> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    tauri::async_runtime::spawn_blocking(move || child.wait());
    Ok(())
}

/// Whether there is a screen to open a window on; a sentence when there is none.
#[cfg(target_os = "linux")]
pub(crate) fn display() -> Result<(), String> {
    use std::{env, os::unix::net::UnixStream, path::Path};

    let named = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(wayland) = named("WAYLAND_DISPLAY") {
        let place = named("XDG_RUNTIME_DIR").map_or_else(PathBuf::new, PathBuf::from).join(wayland);
        if UnixStream::connect(place).is_ok() {
            return Ok(());
        }
    }
    let Some(x) = named("DISPLAY") else {
        return Err("There is no display: neither DISPLAY nor WAYLAND_DISPLAY leads to one.".into());
    };
    // Only a local display can be asked without speaking its protocol.
    let local = x.strip_prefix(':').and_then(|rest| rest.split('.').next());
    match local.map(|number| Path::new("/tmp/.X11-unix").join(format!("X{number}"))) {
        Some(socket) if UnixStream::connect(&socket).is_err() => {
            Err(format!("There is no display: DISPLAY is {x}, and nothing answers there."))
        }
        _ => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn display() -> Result<(), String> {
    Ok(())
}

/// Shows the page again when the process that draws it dies. Engine and terminals don't notice.
#[cfg(target_os = "linux")]
pub(crate) fn revive_page(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt;

    window.with_webview(|page| {
        page.inner().connect_web_process_terminated(|page, _why| page.reload());
    })
}

/// The other systems' web views restart their process themselves or end with it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn revive_page(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Has the page painted without layers for a graphics card where there is none: Mesa's software in its place takes
/// both processors of a small machine for one changed line of a terminal (measured: 24 frames in a second with it,
/// 60 without).
#[cfg(target_os = "linux")]
pub(crate) fn suit_graphics(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

    if has_graphics_card() {
        return Ok(());
    }
    window.with_webview(|page| {
        if let Some(settings) = page.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether there is a card that renders: such a one has a node of this name, whatever its driver.
#[cfg(target_os = "linux")]
fn has_graphics_card() -> bool {
    let Ok(nodes) = std::fs::read_dir("/dev/dri") else { return false };
    nodes.flatten().any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
}

/// The other systems' web views know themselves.
#[cfg(not(target_os = "linux"))]
pub(crate) fn suit_graphics(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Shows a notification of the desktop, where there is a program for it.
pub(crate) fn show_notification(title: &str, body: &str) {
    #[cfg(target_os = "linux")]
    {
        let mut command = Command::new("notify-send");
        command.args(["--app-name=Coppice", "--icon=coppice-desktop", "--", title, body]);
        // Without the program there are no notifications, and the window says everything they would.
        let _ = start_detached(command);
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (title, body);
    }
}
