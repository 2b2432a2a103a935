//! The demo project: a small repository and a plan of scripted agents that shows the whole flow with
//! no account, no key and no network.

use std::path::PathBuf;

use protocol::{Error, ErrorCode, Reply};

use crate::act::sentence;
use crate::ask::{git_error, open_project, open_text};
use crate::ids::ProjectId;
use crate::serve::Engine;

macro_rules! shipped {
    ($path:literal) => {
        ($path, include_str!(concat!("../demo/", $path)))
    };
}

/// The repository's files, by path.
const FILES: &[(&str, &str)] = &[
    shipped!(".gitignore"),
    shipped!("README.md"),
    shipped!("coppice.toml"),
    shipped!("lint.sh"),
    shipped!("setup.sh"),
    shipped!("test.sh"),
    shipped!("agents/cart.toml"),
    shipped!("agents/catalog.toml"),
    shipped!("agents/checkout.toml"),
    shipped!("agents/discount.toml"),
    shipped!("agents/guide.toml"),
    shipped!("agents/ledger.toml"),
    shipped!("agents/mender.toml"),
    shipped!("agents/read.sh"),
    shipped!("agents/reader.toml"),
    shipped!("agents/receipt.toml"),
    shipped!("agents/stock.toml"),
    shipped!("bin/shop"),
    shipped!("data/catalog.txt"),
    shipped!("data/stock.txt"),
    shipped!("lib/address.sh"),
    shipped!("lib/help.sh"),
    shipped!("lib/money.sh"),
    shipped!("tests/address_test.sh"),
    shipped!("tests/cases.sh"),
    shipped!("tests/cases.txt"),
    shipped!("tests/check.sh"),
    shipped!("tests/help_test.sh"),
    shipped!("tests/money_test.sh"),
];

/// The plan, as a file of the repository.
const PLAN: &str = "coppice.toml";

pub(crate) async fn create(engine: &Engine, path: Option<PathBuf>) -> Result<Reply, Error> {
    let folder = match path {
        Some(path) => path,
        None => free_folder(engine),
    };
    let files: Vec<(PathBuf, &[u8])> =
        FILES.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes())).collect();
    repo::Repo::init(&folder, &files, "A small shop").await.map_err(|error| git_error(sentence(&error)))?;
    let path = folder.to_string_lossy().into_owned();
    let Reply::Project(project) = open_project(engine, &path, true, true).await? else {
        return Err(Error::new(ErrorCode::Internal, "Opening the demo gave no project."));
    };
    let file = folder.join(PLAN);
    let text = std::fs::read_to_string(&file)
        .map_err(|error| git_error(format!("The demo's plan can't be read: {error}.")))?;
    open_text(engine, ProjectId::new(project.id), Some(file), text).await
}

fn free_folder(engine: &Engine) -> PathBuf {
    let folder = engine.home.demo();
    (1_u32..)
        .map(|n| folder.join(if n == 1 { "shop".to_owned() } else { format!("shop-{n}") }))
        .find(|folder| !folder.exists())
        .unwrap_or(folder)
}

#[cfg(test)]
mod tests;
