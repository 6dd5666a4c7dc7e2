//! Who takes part in a thread: every coming and going passes here, is journalled, and shows on the thread cards.

use super::desk::{Case, Desk, Person, SERVER};
use super::send;
use crate::bridge::{ColleagueId, MessageId, Place};
use crate::store::{Left, Participant, Result};
use serde_json::json;

/// How somebody came to take part.
#[derive(Clone, Debug)]
pub struct Came<'a> {
    /// Who brought it about: the colleague themselves, who added them, the server.
    pub by: &'a str,
    /// `started`, `took`, `added`, `asked`, `transferred`, `returned`, `joined_chat`, `covers`
    pub how: &'static str,
    /// The first message they may see; 0: all.
    pub visible_from: MessageId,
    pub cover_for: Option<&'a ColleagueId>,
}

/// The colleague takes part from now on; false when they did already, which changes nothing.
pub fn join(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId, came: &Came<'_>) -> Result<bool> {
    let thread = case.thread.id;
    let before = desk.tx.participations(thread)?;
    if !desk.tx.join(thread, colleague, came.visible_from, came.cover_for, desk.now)? {
        return Ok(false);
    }
    let body = json!({
        "contact": case.contact.id, "colleague": colleague, "how": came.how, "visible_from": came.visible_from, "cover_for": came.cover_for,
    });
    desk.journal("participant.joined", came.by, Some(thread), None, &body)?;
    if before.iter().all(|part| part.left_at.is_some()) {
        withdraw_farewell(desk, case, &before)?;
    }
    desk.ensure_cards(thread)?;
    desk.tx.refresh_cards(thread, desk.now)?;
    Ok(true)
}

/// K-36 that still waits for the window is not true any more once somebody takes part again: nothing else is said after an end.
fn withdraw_farewell(desk: &Desk<'_>, case: &Case, before: &[Participant]) -> Result<()> {
    let Some(ended) = last_to_go(before).filter_map(|part| part.visible_until).max() else { return Ok(()) };
    for notice in desk.tx.held_notices(case.thread.id)?.into_iter().filter(|notice| notice.id > ended) {
        send::withdraw(desk, &notice, SERVER, "goes_on")?;
    }
    Ok(())
}

/// Who takes part; where nobody does, those who were there when the conversation was ended. Whom an administrator switched off, or who
/// left before, is not among them.
pub fn last_to_go(parts: &[Participant]) -> impl Iterator<Item = &Participant> {
    let present = parts.iter().any(|part| part.left_at.is_none());
    let last = parts.iter().filter_map(|part| part.left_at).max();
    parts.iter().filter(move |part| match part.left_at {
        None => true,
        at => !present && at == last && part.left == Some(Left::Ended),
    })
}

/// Whether a colleague can follow a conversation with this client: enabled for the line, and with the app or in the thread's shared home.
pub fn can_follow(desk: &Desk<'_>, case: &Case, person: &Person) -> Result<bool> {
    if !desk.is_of_line(person, &case.contact.line) {
        return Ok(false);
    }
    let in_home = || -> Result<bool> {
        let Some(home) = desk.tx.home(case.thread.id)? else { return Ok(false) };
        Ok(desk.tx.members(&home.base)?.contains(person.id()))
    };
    Ok(person.known.installed || in_home()?)
}

/// The colleague takes part no longer; false when they did not, which changes nothing. Their own card of the thread is one no more: its
/// buttons answer with the truth, and if they come back they get a new one.
pub fn leave(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId, how: Left, by: &str) -> Result<bool> {
    let thread = case.thread.id;
    if !desk.tx.leave(thread, colleague, how, desk.now)? {
        return Ok(false);
    }
    let body = json!({ "contact": case.contact.id, "colleague": colleague, "how": how });
    desk.journal("participant.left", by, Some(thread), None, &body)?;
    desk.tx.forget_thread_card(thread, &Place::Own(colleague.clone()))?;
    desk.tx.refresh_cards(thread, desk.now)?;
    Ok(true)
}

/// The names of those who take part now, in the order they joined.
pub fn names(desk: &Desk<'_>, case: &Case) -> Result<Vec<String>> {
    let ids = desk.tx.participants(case.thread.id)?;
    ids.into_iter().map(|id| Ok(desk.person(&id)?.map_or(id.0, |person: Person| person.name))).collect()
}
