//! Who of some colleagues is away, as cards say it.

use super::desk::Desk;
use crate::bridge::{Absences, ColleagueId};
use crate::cards::AwayNow;
use crate::store::Result;

impl Desk<'_> {
    /// Those of them who are away, in their order.
    pub fn away(&self, colleagues: &[ColleagueId]) -> Result<Vec<AwayNow>> {
        let all = self.tx.absences()?;
        let absences = Absences { all: &all, now: self.now };
        let name = |id: &ColleagueId| -> Result<String> { Ok(self.person(id)?.map_or_else(|| id.0.clone(), |person| person.name)) };
        let mut found = Vec::new();
        for absence in colleagues.iter().filter_map(|id| absences.of(id)) {
            let cover = absence.cover.as_ref().map(name).transpose()?;
            found.push(AwayNow { name: name(&absence.colleague)?, until: absence.until, cover });
        }
        Ok(found)
    }
}
