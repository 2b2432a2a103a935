//! The page's types are generated from this crate and committed; this test fails when they differ
//! and says how to write them anew.

use std::path::Path;

use protocol::{Call, Hello, Message, Welcome};
use ts_rs::{Config, TS};

#[test]
fn bindings_match_the_protocol() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/ipc/bindings");
    let fresh = tempfile::tempdir().expect("a temporary folder");
    // JSON numbers are read as numbers by the page; every count and time here stays below 2^53.
    let config = Config::new().with_large_int("number").with_out_dir(fresh.path());
    Hello::export_all(&config).expect("export");
    Welcome::export_all(&config).expect("export");
    Call::export_all(&config).expect("export");
    Message::export_all(&config).expect("export");

    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        let _ = std::fs::remove_dir_all(&committed);
        std::fs::create_dir_all(&committed).expect("bindings folder");
        for (name, text) in read_all(fresh.path()) {
            std::fs::write(committed.join(name), text).expect("write a binding");
        }
        return;
    }
    assert!(
        read_all(fresh.path()) == read_all(&committed),
        "ui/src/ipc/bindings differs from the protocol; run `UPDATE_BINDINGS=1 cargo test -p protocol --test bindings`"
    );
}

fn read_all(dir: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .map(|entries| {
            entries
                .flatten()
                .map(|entry| {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    let text = std::fs::read_to_string(entry.path()).expect("a binding is text");
                    (name, text)
                })
                .collect()
        })
        .unwrap_or_default();
    files.sort();
    files
}
