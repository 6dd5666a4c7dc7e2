//! What becomes of a message that a colleague changes or deletes in Teams after they wrote it.

use super::desk::{Desk, Person};
use super::expiry;
use crate::bridge::{MessageId, MessageState, Outgoing, TeamsEvent, signature_length, signing_name, split};
use crate::cards::Style;
use crate::store::{Message, Result};
use crate::texts::sentences;
use serde_json::json;

/// A colleague changed or deleted a message in Teams. What is held changes too; what has left cannot be changed at the client.
pub fn on_edited(desk: &Desk<'_>, person: &Person, event: &TeamsEvent, text: Option<&String>) -> Result<()> {
    let Some((Some(thread), Some(id))) = desk.tx.posting(&event.reference.conversation, &event.activity)? else { return Ok(()) };
    let Some(case) = desk.case(thread)? else { return Ok(()) };
    expiry::expire_due(desk, &case)?;
    let Some(message) = desk.tx.message(id)? else { return Ok(()) };
    if message.author.as_deref() != Some(person.id().0.as_str()) {
        return Ok(());
    }
    let kind = if text.is_some() { "message.edited_in_teams" } else { "message.deleted_in_teams" };
    let body = json!({ "text": text, "state": message.state, "before": message.content });
    desk.journal(kind, &person.id().0, Some(thread), Some(id), &body)?;
    let said = match (message.state, text.map(|text| text.trim())) {
        (MessageState::Held, _) if is_last_of_parts(desk, person, &message)? => sentences::HELD_IN_PARTS,
        (MessageState::Held, Some(text)) if text.is_empty() || split::parts(text).len() > 1 => sentences::HELD_NOT_CHANGED,
        (MessageState::Held, Some(_)) if !matches!(message.outgoing()?, Outgoing::Text { .. }) => sentences::HELD_NOT_TEXT,
        (MessageState::Held, Some(text)) => {
            desk.tx.rewrite_held(id, &serde_json::to_string(&Outgoing::Text { body: text.to_owned() })?)?;
            sentences::HELD_CHANGED
        }
        (MessageState::Held, None) => {
            desk.tx.set_state(id, MessageState::Held, MessageState::Withdrawn, desk.now)?;
            desk.tx.refresh_cards(thread, desk.now)?;
            sentences::HELD_WITHDRAWN
        }
        (MessageState::Withdrawn | MessageState::Expired | MessageState::Refused, _) => return Ok(()),
        (_, Some(_)) => sentences::EDIT_TOO_LATE,
        (_, None) => sentences::DELETE_TOO_LATE,
    };
    let post = desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Warning, said.to_owned());
    desk.post(Some(thread), &person, post, None)
}

/// A long text became several messages, of which its activity names the last. Changing that one to the whole text would show the client
/// the beginning twice.
fn is_last_of_parts(desk: &Desk<'_>, author: &Person, last: &Message) -> Result<bool> {
    let Some(before) = desk.tx.message(MessageId(last.id.0 - 1))? else { return Ok(false) };
    if (before.thread, &before.author, before.created_at, before.purpose) != (last.thread, &last.author, last.created_at, last.purpose) {
        return Ok(false);
    }
    let (Outgoing::Text { body: first }, Outgoing::Text { body: second }) = (before.outgoing()?, last.outgoing()?) else {
        return Ok(false);
    };
    let parts = [first.as_str(), second.as_str()];
    // It was cut with room for a signature where one was due then.
    let limits = [split::LIMIT, split::LIMIT - signing_name(&author.name).as_deref().map_or(0, signature_length)];
    let cut = |gap: &str| limits.iter().any(|limit| split::parts_within(&parts.join(gap), *limit) == parts);
    Ok(["\n\n", "\n", " ", ""].into_iter().any(cut))
}
