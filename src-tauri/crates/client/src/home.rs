//! Where a data directory is and what lies in it that a client needs.

use std::{
    env,
    path::{Path, PathBuf, absolute},
};

use crate::{Error, os};

/// Names the data directory; wins over the system's own place.
pub const HOME_VARIABLE: &str = "COPPICE_HOME";

/// The data directory: `COPPICE_HOME`, else the system's place for a program's data. It need not exist.
pub fn home() -> PathBuf {
    match env::var_os(HOME_VARIABLE).filter(|value| !value.is_empty()) {
        Some(named) => absolute(&named).unwrap_or_else(|_| PathBuf::from(named)),
        None => os::data_directory(|name| env::var_os(name).filter(|value| !value.is_empty())),
    }
}

/// Creates a data directory that nobody else may look into. One that exists stays as it is.
pub fn create_home(home: &Path) -> Result<(), Error> {
    os::create_private_directory(home).map_err(|source| Error::Home { path: home.to_owned(), source })
}

/// Where the engine of a data directory listens.
pub fn socket(home: &Path) -> PathBuf {
    home.join("engine.sock")
}

/// What an engine started by a client says on its standard error.
pub fn engine_log(home: &Path) -> PathBuf {
    home.join("engine.log")
}
