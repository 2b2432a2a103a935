//! What a run is started with. It travels to the shim over standard input and is never written down: the
//! environment may hold secrets.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// 256 MiB of output are kept whole.
pub const LOG_LIMIT: u64 = 256 << 20;

/// Five seconds from being asked to end to being ended.
pub const GRACE: Duration = Duration::from_secs(5);

/// The variable that marks every process of a run; its value is the run's id.
pub const RUN_VARIABLE: &str = "COPPICE_RUN";

/// One process to run in a terminal of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSpec {
    /// The run's id, free text without `\0`. Its processes are recognised by `COPPICE_RUN=<run_id>`.
    pub run_id: String,
    /// Program and arguments. A program without a slash is looked up in the `PATH` of `env`.
    #[serde(with = "texts")]
    pub argv: Vec<OsString>,
    /// The complete environment; nothing is inherited. `TERM`, `COLORTERM` and `COPPICE_RUN` are set by the shim.
    #[serde(with = "pairs")]
    pub env: Vec<(OsString, OsString)>,
    /// Where the process starts; absolute.
    #[serde(with = "path")]
    pub cwd: PathBuf,
    /// The worktree the run works in. Processes that still work in there when the run ends are ended with it.
    /// Without one, `cwd` counts.
    #[serde(with = "maybe_path", default)]
    pub worktree: Option<PathBuf>,
    /// Width in cells.
    pub cols: u16,
    /// Height in cells.
    pub rows: u16,
    /// Bytes of output kept on disk. Beyond it the first half and the newest part are kept.
    pub log_limit: u64,
    /// After this many milliseconds the run is ended.
    pub time_limit_ms: Option<u64>,
    /// Milliseconds between being asked to end and being ended.
    pub grace_ms: u64,
}

impl RunSpec {
    /// A run with the usual limits in an 80 × 24 terminal, with an empty environment.
    pub fn new(
        run_id: impl Into<String>,
        argv: impl IntoIterator<Item = impl Into<OsString>>,
        cwd: &Path,
    ) -> RunSpec {
        RunSpec {
            run_id: run_id.into(),
            argv: argv.into_iter().map(Into::into).collect(),
            env: Vec::new(),
            cwd: cwd.to_owned(),
            worktree: None,
            cols: 80,
            rows: 24,
            log_limit: LOG_LIMIT,
            time_limit_ms: None,
            grace_ms: u64::try_from(GRACE.as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// The folder whose processes belong to this run.
    pub(crate) fn home(&self) -> &Path {
        self.worktree.as_deref().unwrap_or(&self.cwd)
    }
}

/// Text where it is text, a list of bytes where it isn't: most of an environment stays readable and short.
struct Text<T>(T);

impl Serialize for Text<&OsStr> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use std::os::unix::ffi::OsStrExt;
        match self.0.to_str() {
            Some(text) => serializer.serialize_str(text),
            None => serializer.collect_seq(self.0.as_bytes()),
        }
    }
}

impl<'de> Deserialize<'de> for Text<OsString> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use std::os::unix::ffi::OsStringExt;
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            Bytes(Vec<u8>),
        }
        Ok(Text(match Either::deserialize(deserializer)? {
            Either::Text(text) => text.into(),
            Either::Bytes(bytes) => OsString::from_vec(bytes),
        }))
    }
}

mod texts {
    use super::*;

    pub(super) fn serialize<S: Serializer>(list: &[OsString], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|item| Text(item.as_os_str())))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<OsString>, D::Error> {
        let list = Vec::<Text<OsString>>::deserialize(deserializer)?;
        if list.is_empty() {
            return Err(de::Error::custom("argv is empty"));
        }
        Ok(list.into_iter().map(|text| text.0).collect())
    }
}

mod pairs {
    use super::*;

    pub(super) fn serialize<S: Serializer>(
        list: &[(OsString, OsString)],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|(k, v)| (Text(k.as_os_str()), Text(v.as_os_str()))))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<(OsString, OsString)>, D::Error> {
        let list = Vec::<(Text<OsString>, Text<OsString>)>::deserialize(deserializer)?;
        Ok(list.into_iter().map(|(k, v)| (k.0, v.0)).collect())
    }
}

pub(crate) mod path {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        if !path.is_absolute() {
            return Err(ser::Error::custom(format!("{} is not an absolute path", path.display())));
        }
        Text(path.as_os_str()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(PathBuf::from(Text::<OsString>::deserialize(deserializer)?.0))
    }
}

mod maybe_path {
    use super::*;

    pub(super) fn serialize<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
        match path {
            Some(path) => super::path::serialize(path, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<PathBuf>, D::Error> {
        Ok(Option::<Text<OsString>>::deserialize(deserializer)?.map(|text| text.0.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt;

    #[test]
    fn bytes_that_are_no_text_survive_the_trip() {
        let odd = OsString::from_vec(vec![b'a', 0xff, 0x80]);
        let mut spec = RunSpec::new("r1", [OsString::from("sh"), odd.clone()], Path::new("/tmp"));
        spec.env = vec![("PLAIN".into(), "ü".into()), (odd.clone(), odd)];
        let json = serde_json::to_vec(&spec).unwrap();
        assert_eq!(serde_json::from_slice::<RunSpec>(&json).unwrap(), spec);
        for cut in 0..json.len() {
            assert!(
                serde_json::from_slice::<RunSpec>(&json[..cut]).is_err(),
                "cut at {cut} was taken for whole"
            );
        }
    }
}
