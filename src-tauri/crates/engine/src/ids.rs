//! Names of things that only the engine knows. Text, so that logs, paths and refs can carry them.

use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A repository, by a hash of its common git folder's path.
    ProjectId
}
text_id! {
    /// A plan; also the second part of its branches, `coppice/<plan>/<task>/<attempt>`.
    PlanId
}
text_id! {
    /// One process in one terminal; also the name of its folder.
    RunId
}
