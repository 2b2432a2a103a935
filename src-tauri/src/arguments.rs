//! What the program is started with.

use std::{
    ffi::OsString,
    path::{PathBuf, absolute},
};

pub(crate) const USAGE: &str = "\
Usage: coppice-desktop [--home DIR]

  --home DIR   the data directory (otherwise COPPICE_HOME, otherwise the system's place)
  --version    says the version
  --help       says this";

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) home: Option<PathBuf>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Open(Arguments),
    Say(String),
}

pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Asked, String> {
    let mut words = words.into_iter();
    let mut arguments = Arguments::default();
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--help" | "-h") => return Ok(Asked::Say(USAGE.into())),
            Some("--version" | "-V") => {
                return Ok(Asked::Say(format!("coppice-desktop {}", env!("CARGO_PKG_VERSION"))));
            }
            Some("--home") => {
                let named =
                    words.next().filter(|named| !named.is_empty()).ok_or("--home needs a directory.")?;
                arguments.home = Some(absolute(&named).unwrap_or_else(|_| named.into()));
            }
            _ => return Err(format!("“{}” is not understood.", word.to_string_lossy())),
        }
    }
    Ok(Asked::Open(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Asked, String> {
        parse(words.iter().map(OsString::from))
    }

    #[test]
    fn a_home_is_taken_and_nothing_else_is_guessed() {
        let home = Some(PathBuf::from("/data"));
        assert_eq!(parsed(&["--home", "/data"]), Ok(Asked::Open(Arguments { home })));
        assert_eq!(parsed(&[]), Ok(Asked::Open(Arguments::default())));
        assert_eq!(parsed(&["--home"]), Err("--home needs a directory.".into()));
        assert_eq!(parsed(&["--homer"]), Err("“--homer” is not understood.".into()));
        assert!(matches!(parsed(&["--help"]), Ok(Asked::Say(text)) if text.starts_with("Usage")));
    }
}
