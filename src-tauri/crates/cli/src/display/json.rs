//! Events as JSON Lines: the protocol's own form, one line each, on its way before the next is made.

use std::io::{self, Write};

use serde::Serialize;

pub(crate) fn line(value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&line)?;
    out.flush()
}
