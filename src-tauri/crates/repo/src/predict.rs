//! Would these two merge? Asked for many pairs at once, answered by one git process whose objects
//! go to a folder that is thrown away.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use bstr::BString;

use crate::merge::{Fields, conflict};
use crate::{Error, Oid, Repo, Result, os};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prediction {
    Clean {
        /// The merged tree; its objects are not kept.
        tree: Oid,
    },
    Conflict {
        paths: Vec<BString>,
    },
    /// Unrelated histories, or a shallow clone that ends too early.
    NoBase,
}

impl Repo {
    /// One answer per pair, in order. About a millisecond a pair.
    pub async fn predict(&self, pairs: &[(Oid, Oid)]) -> Result<Vec<Prediction>> {
        const DOING: &str = "predict merges";
        let asked = pairs.to_vec();
        // An explicit merge base spares git the look for it; where there are several, git has to
        // merge those first and is not told.
        let bases: Vec<Vec<Oid>> = self
            .read(DOING, move |git| {
                let known = |oid: Oid| {
                    git.find_commit(oid.0).map_err(|_| Error::NotFound { what: format!("The commit {oid}") })
                };
                asked
                    .into_iter()
                    .map(|(a, b)| {
                        known(a)?;
                        known(b)?;
                        match git.merge_bases(a.0, b.0) {
                            Ok(bases) => Ok(bases.iter().map(|base| Oid(*base)).collect()),
                            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(Vec::new()),
                            Err(error) => Err(Error::read(DOING)(error)),
                        }
                    })
                    .collect()
            })
            .await?;
        let mut lines = String::new();
        for ((a, b), bases) in pairs.iter().zip(&bases) {
            match bases.as_slice() {
                [] => {}
                [base] => lines.push_str(&format!("{base} -- {a} {b}\n")),
                _ => lines.push_str(&format!("{a} {b}\n")),
            }
        }
        let quarantine = Quarantine::make()?;
        let config = self.merge_config().await?;
        let output = self
            .git(DOING)
            .configs(&config)
            .env("GIT_OBJECT_DIRECTORY", &quarantine.path)
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", os::os_str(&quoted(&self.common_dir().join("objects"))))
            .args(["merge-tree", "--write-tree", "--stdin"])
            .stdin(lines)
            .ok()
            .await?;
        let mut fields = Fields::of(&output);
        bases
            .iter()
            .map(|bases| {
                if bases.is_empty() {
                    return Ok(Prediction::NoBase);
                }
                let broken = || Error::Git {
                    doing: DOING.to_owned(),
                    code: Some(0),
                    message: "its answer ends early".to_owned(),
                };
                if fields.is_done() {
                    return Err(broken());
                }
                let clean = fields.next() == b"1";
                let tree = Oid::parse(fields.next()).ok_or_else(broken)?;
                if clean {
                    fields.next();
                    Ok(Prediction::Clean { tree })
                } else {
                    Ok(Prediction::Conflict { paths: conflict(&mut fields).0 })
                }
            })
            .collect()
    }
}

/// Quoted, so that a colon in the path is no separator.
fn quoted(path: &std::path::Path) -> Vec<u8> {
    let mut bytes = vec![b'"'];
    for byte in os::path_bytes(path) {
        match byte {
            b'"' | b'\\' => bytes.extend([b'\\', *byte]),
            0..0x20 => bytes.extend(format!("\\{byte:03o}").bytes()),
            _ => bytes.push(*byte),
        }
    }
    bytes.push(b'"');
    bytes
}

#[derive(Debug)]
struct Quarantine {
    path: PathBuf,
}

impl Quarantine {
    fn make() -> Result<Quarantine> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("coppice-quarantine-{}-{count}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).map_err(Error::io("Making a folder for predictions", &path))?;
        Ok(Quarantine { path })
    }
}

impl Drop for Quarantine {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
