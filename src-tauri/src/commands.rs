//! What the page may ask of the program. Each command parses, calls once, and converts.

use std::sync::Arc;

use protocol::{Error, ErrorCode, Notice, Reply, Request};
use tauri::{
    AppHandle, State, WebviewWindow, command,
    ipc::{Channel, InvokeResponseBody},
};

use crate::{
    editor,
    engine_link::{EngineLink, EngineState},
    os,
    terminal_stream::{Attached, Terminals},
};

type Answer<T> = Result<T, Error>;

/// Asks the engine. Notices have a way of their own: [`subscribe`].
#[command]
pub(crate) async fn request(link: State<'_, Arc<EngineLink>>, request: Request) -> Answer<Reply> {
    if let Request::Subscribe { .. } = request {
        return Err(Error::new(ErrorCode::Refused, "Notices come through `subscribe`."));
    }
    link.request(request).await
}

/// Sends the stored events later than `since`, and then every notice, into the channel. An earlier
/// subscription ends.
#[command]
pub(crate) fn subscribe(
    app: AppHandle,
    link: State<'_, Arc<EngineLink>>,
    since: u64,
    channel: Channel<Notice>,
) {
    link.subscribe(app, since, channel);
}

/// Whether the engine answers; waits for one that is being started.
#[command]
pub(crate) async fn engine_state(link: State<'_, Arc<EngineLink>>) -> Answer<EngineState> {
    Ok(link.state().await)
}

/// Streams a run's terminal into the channel: with `replay` its output from `offset` on, otherwise its screen
/// and what follows.
#[command]
pub(crate) async fn attach_terminal(
    terminals: State<'_, Arc<Terminals>>,
    dir: String,
    offset: u64,
    replay: bool,
    channel: Channel<InvokeResponseBody>,
) -> Answer<Attached> {
    terminals.attach(&dir, offset, replay, channel).await
}

/// The page has dealt with so many bytes of payload.
#[command]
pub(crate) fn ack_terminal(terminals: State<'_, Arc<Terminals>>, id: u32, bytes: usize) {
    terminals.acknowledge(id, bytes);
}

#[command]
pub(crate) fn terminal_input(terminals: State<'_, Arc<Terminals>>, id: u32, data: String) -> Answer<()> {
    terminals.input(id, data.as_bytes())
}

#[command]
pub(crate) fn terminal_resize(
    terminals: State<'_, Arc<Terminals>>,
    id: u32,
    cols: u16,
    rows: u16,
) -> Answer<()> {
    terminals.resize(id, cols, rows)
}

/// Ends a stream. The run goes on.
#[command]
pub(crate) fn detach_terminal(terminals: State<'_, Arc<Terminals>>, id: u32) {
    terminals.detach(id);
}

/// Asks the person for a folder; none when they think better of it.
#[command]
pub(crate) async fn pick_folder(window: WebviewWindow) -> Option<String> {
    let dialog = rfd::AsyncFileDialog::new().set_title("Open a git repository").set_parent(&window);
    let folder = dialog.pick_folder().await?;
    Some(folder.path().display().to_string())
}

/// Opens a web address in the person's browser.
#[command]
pub(crate) fn open_external(app: AppHandle, url: String) -> Answer<()> {
    let url = editor::web_address(&url)?;
    os::open_outside(&app, url.as_str())
}

/// Opens a file of a project or worktree in the person's editor.
#[command]
pub(crate) async fn open_in_editor(
    app: AppHandle,
    link: State<'_, Arc<EngineLink>>,
    path: String,
    line: Option<u32>,
) -> Answer<()> {
    let place = editor::place(&link, &path).await?;
    match editor::command(&link, &place, line).await? {
        Some(command) => os::start_detached(command).map_err(|error| editor::not_started(&error)),
        None => os::open_outside(&app, &place.display().to_string()),
    }
}

#[command]
pub(crate) fn window_title(window: WebviewWindow, title: String) -> Answer<()> {
    window.set_title(&title).map_err(|error| Error::new(ErrorCode::Internal, error.to_string()))
}
