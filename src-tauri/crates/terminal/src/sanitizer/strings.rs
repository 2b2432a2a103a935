//! Strings to the terminal: a short list of what may pass.

use super::{ESC, Mode, Sanitizer};

/// A title longer than this fits nowhere.
const MOST_TITLE: usize = 256;

impl Sanitizer {
    /// Decides about an operating system command. `whole`: it was not too long to be kept.
    pub(super) fn osc(&mut self, text: &[u8], whole: bool, out: &mut Vec<u8>) {
        if !whole {
            return;
        }
        // What is no text is no command either.
        let Ok(text) = std::str::from_utf8(text) else { return };
        if text.chars().any(char::is_control) {
            return;
        }
        let (number, rest) = text.split_once(';').unwrap_or((text, ""));
        let passes = match number {
            "0" | "2" => {
                self.heard.title = Some(rest.chars().take(MOST_TITLE).collect());
                false
            }
            // Colours: setting them draws, asking for them makes the emulator type.
            "4" | "5" | "10" | "11" | "12" | "17" | "19" => {
                self.mode == Mode::Live || !rest.split(';').any(|part| part.trim() == "?")
            }
            "104" | "105" | "110" | "111" | "112" | "117" | "119" => true,
            "8" => return self.link(rest, out),
            // A progress bar speaks the language of notifications.
            "9" if rest.starts_with("4;") => false,
            "9" | "99" | "777" => {
                self.heard.notifications = self.heard.notifications.saturating_add(1);
                false
            }
            "52" => {
                let writes = rest.split_once(';').is_some_and(|(_, data)| data != "?");
                let passes = writes && self.clipboard && self.mode == Mode::Live;
                if !passes {
                    self.heard.clipboard = self.heard.clipboard.saturating_add(1);
                }
                passes
            }
            _ => false,
        };
        if passes {
            string(b']', text, out);
        }
    }

    /// `params ; address`: only what a browser opens. Any other address ends the link before it, so that no text hangs
    /// on the wrong one.
    fn link(&self, rest: &str, out: &mut Vec<u8>) {
        let (params, address) = rest.split_once(';').unwrap_or(("", ""));
        let web = ["http://", "https://"].iter().any(|scheme| {
            address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
        });
        if web {
            string(b']', &format!("8;{params};{address}"), out);
        } else {
            string(b']', "8;;", out);
        }
    }

    /// Decides about a device control string: live questions about settings and capabilities; no images, no keys.
    pub(super) fn dcs(&mut self, text: &[u8], out: &mut Vec<u8>) {
        const MOST_QUESTION: usize = 256;
        let Ok(text) = std::str::from_utf8(text) else { return };
        let question = text.starts_with("$q") || text.starts_with("+q");
        let short = text.len() <= MOST_QUESTION && !text.chars().any(char::is_control);
        if question && short && self.mode == Mode::Live {
            string(b'P', text, out);
        }
    }
}

fn string(kind: u8, text: &str, out: &mut Vec<u8>) {
    out.extend([ESC, kind]);
    out.extend_from_slice(text.as_bytes());
    out.extend([ESC, b'\\']);
}
