/// Every command the page may call. Shared with the build script, which makes a permission of each; a test
/// compares it with what is registered, with the capability file and with what the page calls.
const COMMANDS: &[&str] = &[
    "request",
    "subscribe",
    "engine_state",
    "attach_terminal",
    "ack_terminal",
    "terminal_input",
    "terminal_resize",
    "detach_terminal",
    "pick_folder",
    "open_external",
    "open_in_editor",
    "window_title",
];
