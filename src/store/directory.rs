//! The organization as a versioned document: every version ever applied is kept.

use super::journal::Entry;
use super::tx::{Result, Tx, micros};
use crate::bridge::{Directory, Time};
use serde_json::json;

impl Tx<'_> {
    /// The version in force; 0 when none was applied yet.
    pub fn directory_version(&self) -> Result<i64> {
        Ok(self.first("SELECT max(version) FROM directory_version", [], |row| Ok(row.get::<Option<i64>>(0)?))?.flatten().unwrap_or(0))
    }

    /// The directory in force and its version.
    pub fn directory(&self) -> Result<Option<(i64, Directory)>> {
        self.first("SELECT version, document FROM directory_version ORDER BY version DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, serde_json::from_str(&row.get::<String>(1)?)?))
        })
    }

    /// Puts a new version in force and says so in the journal.
    pub fn apply_directory(&self, directory: &Directory, by: &str, changes: &[String], now: Time) -> Result<i64> {
        let version = self.directory_version()? + 1;
        self.execute(
            "INSERT INTO directory_version (version, applied_at, applied_by, document) VALUES (?1, ?2, ?3, ?4)",
            (version, micros(now), by, serde_json::to_string(directory)?),
        )?;
        let entry = Entry { at: now, kind: "directory.applied", actor: by, thread: None, message: None };
        self.journal(&entry, &json!({ "version": version, "changes": changes }))?;
        Ok(version)
    }
}
