use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a request was not carried out: what happened (`message`), what to do (`hint`), and a `code`
/// for the few places where a client branches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub code: ErrorCode,
    pub message: String,
    pub hint: Option<String>,
    /// For `invalid_plan`: every problem, with its place in the plan file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

impl Error {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, problems: Vec::new() }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The project, plan, task, run or file does not exist.
    NotFound,
    /// The plan does not hold together; see `problems`.
    InvalidPlan,
    /// Understood, and not possible now.
    Refused,
    /// What the caller looked at has moved (head, revision); look again.
    Moved,
    /// The repository is not trusted yet; inspect it and open it with `trust`.
    TrustNeeded,
    /// Git or the repository's state prevents it.
    Repository,
    /// The engine's own store prevents it (disk full, damaged, newer).
    Store,
    /// Client and engine are of different versions.
    Version,
    /// This caller may not do that (an agent can't approve).
    Forbidden,
    Internal,
}

/// One thing wrong with a plan file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    /// 1-based; 0 when the problem has no place in a text.
    pub line: u32,
    pub column: u32,
    pub message: String,
    pub hint: Option<String>,
}
