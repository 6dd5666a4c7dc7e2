//! Why somebody may not use the product, in a sentence (product.md 9: who asks gets a clear reason).

use super::desk::{Desk, Person};
use crate::bridge::{Line, LineId};
use crate::texts::{labels, names, switched_off as words};

impl Desk<'_> {
    /// Whether a line is known and switched off, by itself or with the whole.
    pub fn is_switched_off(&self, line: &LineId) -> bool {
        self.line(line).is_some_and(|line| !line.enabled || !self.office.directory.organization.enabled)
    }

    /// The reason for who is not enabled: for this line, or for any where none is meant.
    pub fn why_not_enabled(&self, person: &Person, line: Option<&LineId>) -> String {
        let directory = &self.office.directory;
        if !directory.organization.enabled && !directory.organization.name.is_empty() {
            return words::for_what(&directory.organization.name);
        }
        let Some(entry) = self.office.entry(&person.known) else { return labels::NOT_ENABLED.to_owned() };
        if !entry.enabled {
            return words::FOR_YOU.to_owned();
        }
        let name = |id: &LineId| self.line(id).map_or_else(|| id.0.clone(), |line| line.name.clone());
        let is_off = |id: &&LineId| self.line(id).is_some_and(|line: &Line| !line.enabled);
        match line {
            Some(id) if !entry.lines.contains(id) => words::not_of_line(&name(id)),
            Some(id) => words::for_what(&name(id)),
            None => {
                let off: Vec<String> = entry.lines.iter().filter(is_off).map(name).collect();
                if off.is_empty() { labels::NOT_ENABLED.to_owned() } else { words::for_what(&names(&off)) }
            }
        }
    }
}
