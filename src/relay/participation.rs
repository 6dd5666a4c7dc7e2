//! Who takes part in a thread: every coming and going passes here, is journalled, and shows on the thread cards.

use super::desk::{Case, Desk, Person};
use super::opening;
use crate::bridge::{ColleagueId, MessageId, Place};
use crate::store::{Left, Result};
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
    if !desk.tx.join(thread, colleague, came.visible_from, came.cover_for, desk.now)? {
        return Ok(false);
    }
    let body = json!({
        "contact": case.contact.id, "colleague": colleague, "how": came.how, "visible_from": came.visible_from, "cover_for": came.cover_for,
    });
    desk.journal("participant.joined", came.by, Some(thread), None, &body)?;
    opening::settle(desk, case)?;
    desk.ensure_cards(thread)?;
    desk.tx.refresh_cards(thread, desk.now)?;
    Ok(true)
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
