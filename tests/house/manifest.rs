//! The manifests as the rules see them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// One member of the workspace.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// What it is built with, by whatever table and for whatever system.
    pub(crate) needs: BTreeSet<String>,
    /// What only its tests need besides.
    pub(crate) tests_need: BTreeSet<String>,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository").to_owned()
}

/// Every member, by name.
pub(crate) fn members() -> BTreeMap<String, Member> {
    let mut folders = vec![root().join("src-tauri"), root().join("tests")];
    let crates = fs::read_dir(root().join("src-tauri/crates")).expect("the crates are there");
    folders.extend(crates.map(|entry| entry.expect("a crate can be read").path()));
    folders.retain(|folder| folder.join("Cargo.toml").exists());
    folders.iter().map(|folder| member(folder)).map(|member| (member.name.clone(), member)).collect()
}

fn member(folder: &Path) -> Member {
    let place = folder.join("Cargo.toml");
    let text = fs::read_to_string(&place).unwrap_or_else(|error| panic!("{}: {error}", place.display()));
    let manifest: toml::Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", place.display()));
    let name = manifest["package"]["name"].as_str().expect("a package has a name").to_owned();
    let systems = manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten();
    let tables: Vec<&toml::Table> =
        systems.filter_map(|(_, system)| system.as_table()).chain([&manifest]).collect();
    let listed = |kind: &str| -> BTreeSet<String> {
        let found = tables.iter().filter_map(|table| table.get(kind)?.as_table()).flatten();
        found.map(|(name, value)| real_name(name, value)).collect()
    };
    let needs = listed("dependencies").into_iter().chain(listed("build-dependencies")).collect();
    let tests_need = listed("dev-dependencies");
    Member { name, needs, tests_need }
}

/// A dependency under another name is still itself.
fn real_name(name: &str, value: &toml::Value) -> String {
    let renamed = value.get("package").and_then(toml::Value::as_str);
    renamed.unwrap_or(name).to_owned()
}
