//! What is wrong with a configuration: where it stands, which key, and why, as one plain sentence a problem.
//!
//! Invariant: a problem never quotes the value of a key, only its name, so that no secret put into a wrong place is printed.

use std::fmt;
use std::path::PathBuf;

/// Where a value came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody set it.
    #[default]
    Default,
    /// The configuration file.
    File(PathBuf),
    /// This environment variable.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file or variable it was found in; `Default` for what nobody has set.
    pub origin: Origin,
    /// The key (`teams.app_id`), or the line of a file that is not TOML (`line 3`). Empty when the file itself is the problem.
    pub key: String,
    /// Why, without the value.
    pub reason: String,
}

impl Problem {
    pub(super) fn new(origin: Origin, key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { origin, key: key.into(), reason: reason.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.origin, self.key.as_str()) {
            (Origin::Default, key) => write!(f, "{key} {}", self.reason),
            (origin, "") => write!(f, "{origin} {}", self.reason),
            (origin, key) => write!(f, "{origin}: {key} {}", self.reason),
        }
    }
}

/// A configuration that the server does not start with. Its text has one sentence a line and every problem that was found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration is not usable:\n{}", .problems.iter().map(|problem| format!("  {problem}.")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError {
    /// Never empty.
    pub problems: Vec<Problem>,
}
