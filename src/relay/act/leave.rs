//! *Leave* and *End*: each asked about on a card of its own before anything happens.

use super::allowed::with_case;
use crate::bridge::{ColleagueId, Place, Post, ThreadId};
use crate::cards::{self, ColleagueChoice, EndForm, LeaveForm, TransferInputs};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::{expiry, goings, offers};
use crate::store::Result;
use crate::texts::TextId;

/// Whether to leave, and what becomes of what waits. The last one is told what else there is.
pub fn form(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    with_case(desk, person, thread, |case| asked(desk, person, case, false))
}

fn asked(desk: &Desk<'_>, person: &Person, case: &Case, held_missing: bool) -> Result<Post> {
    let mut remaining = Vec::new();
    for id in others(desk, person, case)? {
        remaining.push(ColleagueChoice { name: offers::name(desk, id.as_str())?, id: id.0 });
    }
    let head = desk.head(&case.contact, Some(&case.thread));
    let view = LeaveForm { thread: case.thread.id, head, remaining, held: held_by(desk, person, case)?, held_missing };
    Ok(cards::leave_form(&desk.reader(person, Some(&case.contact.line)), &view))
}

fn others(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<Vec<ColleagueId>> {
    let mut others = desk.tx.participants(case.thread.id)?;
    others.retain(|id| id != person.id());
    Ok(others)
}

/// How many of their messages wait.
fn held_by(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<usize> {
    expiry::expire_due(desk, case)?;
    let own = |author: Option<&str>| author == Some(person.id().as_str());
    Ok(desk.tx.held(case.thread.id)?.iter().filter(|message| own(message.author.as_deref())).count())
}

/// T-30. `held`: who goes on with what waits, or `withdraw`.
pub fn leave(desk: &Desk<'_>, person: &Person, thread: ThreadId, held: &str) -> Result<Post> {
    with_case(desk, person, thread, |case| {
        let others = others(desk, person, case)?;
        if others.is_empty() {
            return asked(desk, person, case, false);
        }
        let held_to = match held.trim() {
            TransferInputs::WITHDRAW => None,
            _ if held_by(desk, person, case)? == 0 => None,
            // Who was to go on may have gone meanwhile.
            chosen => match others.iter().find(|id| id.as_str() == chosen).map(|id| desk.person(id)).transpose()?.flatten() {
                Some(other) => Some(other),
                None => return asked(desk, person, case, true),
            },
        };
        goings::leave(desk, case, person, held_to.as_ref())?;
        goings::farewell(desk, case, person, TextId::T30, TextId::T32)
    })
}

/// Whether to end the conversation.
pub fn end_form(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    with_case(desk, person, thread, |case| {
        expiry::expire_due(desk, case)?;
        let held = desk.held_at(&Place::Own(person.id().clone()), &case.thread)?;
        let view = EndForm { thread, head: desk.head(&case.contact, Some(&case.thread)), held };
        Ok(cards::end_form(&desk.reader(person, Some(&case.contact.line)), &view))
    })
}

/// T-36.
pub fn end(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    with_case(desk, person, thread, |case| {
        goings::end(desk, case, person)?;
        goings::farewell(desk, case, person, TextId::T36, TextId::T37)
    })
}
