//! The configuration: one typed tree, read as defaults < TOML file < environment.
//!
//! A variable is `SWITCHBOARD__`, then the key with two underscores per level (`SWITCHBOARD__TEAMS__APP_ID`); lists are written
//! `["a", "b"]` or `a,b`; an empty variable is one that is not set. Unknown keys are refused in both. Every secret can be given as a
//! file instead (`*_file`), but not both ways. All problems are told at once, each with its origin, its key and the reason, and never
//! with a value. This is a leaf: it knows no room, the rooms' own settings are made from it by `app`.

mod check;
mod keys;
mod layers;
mod problem;
mod secret;
mod table;
#[cfg(test)]
mod tests;
mod tree;

pub use keys::all as all_keys;
pub use problem::{ConfigError, Origin, Problem};
pub use table::Row;
pub use tree::{Config, Files, Graph, Limits, Log, LogFormat, Server, Store, Teams, WhatsApp};

use std::ffi::OsString;
use std::path::Path;

impl Config {
    /// Reads and checks the configuration; `env` is `std::env::vars_os()`.
    ///
    /// # Errors
    /// Everything that is wrong, together.
    pub fn load(path: Option<&Path>, env: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, ConfigError> {
        let (config, problems) = Self::inspect(path, env);
        if problems.is_empty() { Ok(config) } else { Err(ConfigError { problems }) }
    }

    /// What [`Config::load`] would see, wrong or not, for `check-config`: a value that cannot be used stays at its default.
    pub fn inspect(path: Option<&Path>, env: impl IntoIterator<Item = (OsString, OsString)>) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut config = layers::read(path, env, &mut problems);
        secret::resolve(&mut config, &mut problems);
        check::check(&mut config, &mut problems);
        (config, problems)
    }
}
