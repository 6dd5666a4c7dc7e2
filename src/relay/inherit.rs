//! What somebody had written who was switched off, and what still waits, when another goes on with the client.

use super::desk::{Case, Desk};
use super::leftovers;
use crate::bridge::{ColleagueId, held};
use crate::store::{Left, Participant, Result};

/// It goes on as the heir's: else it would keep everything behind it from going out. `before`: who took part until now.
pub fn inherit(desk: &Desk<'_>, case: &Case, before: &[Participant], heir: &ColleagueId, by: &str) -> Result<()> {
    for part in before.iter().filter(|part| part.left == Some(Left::SwitchedOff) && part.colleague != *heir) {
        if let Some(heir) = desk.person(heir)? {
            leftovers::settle(desk, case, &part.colleague, held::Fate::HandOver, Some(&heir), by)?;
        }
    }
    Ok(())
}
