//! Why somebody may not use the product, in a sentence (product.md 9: who asks gets a clear reason).

use super::desk::{Desk, Person};
use crate::bridge::{Line, LineId};
use crate::texts::{labels, sentences};

impl Desk<'_> {
    /// The reason for who is not enabled: for this line, or for any where none is meant.
    pub fn why_not_enabled(&self, person: &Person, line: Option<&LineId>) -> String {
        let directory = &self.office.directory;
        if !directory.organization.enabled && !directory.organization.name.is_empty() {
            return sentences::switched_off_for(&directory.organization.name);
        }
        let Some(entry) = self.office.entry(&person.known) else { return labels::NOT_ENABLED.to_owned() };
        if !entry.enabled {
            return sentences::SWITCHED_OFF_FOR_YOU.to_owned();
        }
        let name = |id: &LineId| self.line(id).map_or_else(|| id.0.clone(), |line| line.name.clone());
        let is_off = |id: &&LineId| self.line(id).is_some_and(|line: &Line| !line.enabled);
        match line {
            Some(id) if !entry.lines.contains(id) => sentences::not_of_line(&name(id)),
            Some(id) => sentences::switched_off_for(&name(id)),
            None => {
                let off: Vec<String> = entry.lines.iter().filter(is_off).map(name).collect();
                if off.is_empty() { labels::NOT_ENABLED.to_owned() } else { sentences::switched_off_for(&off.join(", ")) }
            }
        }
    }
}
