//! Whom a client reaches who writes while nobody has the conversation.

use super::desk::{Case, Desk, SERVER};
use super::participation::{self, Came};
use crate::bridge::{ColleagueId, MessageId};
use crate::cards::Style;
use crate::store::{Participant, Result};
use crate::texts::participants as words;

/// Gives the client to those who had them last, where the conversation was ended, or who have them on another number of the line: they take
/// part without a new request, for the client has come back by themselves. Empty: there is nobody left to give them to.
pub fn owners_for(desk: &Desk<'_>, case: &Case) -> Result<Vec<ColleagueId>> {
    let mut came = Vec::new();
    for colleague in last_owners(desk, case)? {
        // Who was shown a part of the history only is shown no more of it now.
        let before = desk.tx.participation(case.thread.id, &colleague)?;
        let visible_from = before.map_or(MessageId(0), |part| part.visible_from);
        if participation::join(desk, case, &colleague, &Came { by: SERVER, how: "returned", visible_from, cover_for: None })? {
            came.push(colleague);
        }
    }
    if !came.is_empty() {
        desk.tell(case, Style::Default, |_| words::came_back(&case.contact.name))?;
    }
    Ok(came)
}

fn last_owners(desk: &Desk<'_>, case: &Case) -> Result<Vec<ColleagueId>> {
    let mut parts: Vec<Participant> = Vec::new();
    for thread in desk.tx.threads_with(case.contact.id)? {
        parts.extend(desk.tx.participations(thread.id)?);
    }
    let mut found = Vec::new();
    for part in participation::last_to_go(&parts) {
        if let Some(person) = desk.person(&part.colleague)?
            && !found.contains(&part.colleague)
            && participation::can_follow(desk, case, &person)?
        {
            found.push(part.colleague.clone());
        }
    }
    Ok(found)
}
