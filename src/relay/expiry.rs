//! What time does to held messages: when one expires, and what its author is told. Which may go, and who may change them, is decided in
//! [`crate::bridge::held`].

use super::desk::{Case, Desk, SERVER};
use super::tell;
use crate::bridge::{MessageState, held};
use crate::store::{Message, Result};
use serde_json::json;

/// Expires what is due in a thread. Before anything of it is released, shown or changed: housekeeping may come a moment later, and
/// an expired message must not leave in that moment.
pub fn expire_due(desk: &Desk<'_>, case: &Case) -> Result<()> {
    let hours = desk.held_hours(&case.contact.line);
    for message in desk.tx.held(case.thread.id)? {
        if held::is_expired(message.created_at, hours, desk.now) {
            expire(desk, case, &message, hours)?;
        }
    }
    Ok(())
}

/// T-25: held for longer than the line's policy allows. The text comes back to its author.
pub fn expire(desk: &Desk<'_>, case: &Case, message: &Message, hours: u32) -> Result<()> {
    if !desk.tx.set_state(message.id, MessageState::Held, MessageState::Expired, desk.now)? {
        return Ok(());
    }
    desk.journal("message.expired", SERVER, Some(message.thread), Some(message.id), &json!({ "hours": hours }))?;
    desk.tx.refresh_cards(message.thread, desk.now)?;
    let Some(person) = message.author.as_deref().map(|id| desk.person(&id.into())).transpose()?.flatten() else { return Ok(()) };
    let post = tell::expired(desk, &person, case, message)?;
    desk.post(Some(message.thread), &person, post, Some(message.id))
}
