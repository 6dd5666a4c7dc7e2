//! Buttons about a held message: change it, withdraw it, ask the client to write, choose a template instead; and about one that expired:
//! discard it.

use super::allowed::{became, with_case};
use crate::bridge::{MessageId, MessageState, Outgoing, Post};
use crate::cards::TextError;
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::render::shown;
use crate::relay::{tell, views};
use crate::store::{Message, Result};
use crate::texts::{labels, sentences};
use serde_json::json;

/// WhatsApp's limit for a text, in characters.
const LONGEST_TEXT: usize = 4096;

pub fn save_held(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message, text: &str) -> Result<Post> {
    let text = text.trim();
    let error = match text.chars().count() {
        0 => Some(TextError::Empty),
        count if count > LONGEST_TEXT => Some(TextError::TooLong),
        _ => None,
    };
    if error.is_some() {
        return Ok(views::held_edit(desk, person, case, message.id, text.to_owned(), error));
    }
    desk.tx.rewrite_held(message.id, &serde_json::to_string(&Outgoing::Text { body: text.to_owned() })?)?;
    desk.journal(
        "message.held_changed",
        &person.id().0,
        Some(case.thread.id),
        Some(message.id),
        &json!({ "text": text, "before": message.content }),
    )?;
    tell::held(desk, person, case, message.id, text)
}

pub fn withdraw(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message) -> Result<Post> {
    desk.tx.set_state(message.id, MessageState::Held, MessageState::Withdrawn, desk.now)?;
    desk.journal("message.withdrawn", &person.id().0, Some(case.thread.id), Some(message.id), &json!({ "because": "author" }))?;
    desk.tx.refresh_cards(case.thread.id, desk.now)?;
    let text = shown(&message.outgoing()?);
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), labels::state(MessageState::Withdrawn), Some(text)))
}

/// T-25, Discard: the author does not want it sent any more. Only what expired is discarded; anything else is shown as it stands.
pub fn discard_expired(desk: &Desk<'_>, person: &Person, id: MessageId) -> Result<Post> {
    let Some(message) = desk.tx.message(id)? else { return Ok(views::gone(desk, person)) };
    with_case(desk, person, message.thread, |case| {
        let own = message.author.as_deref() == Some(person.id().0.as_str());
        let what = if own && desk.tx.set_state(id, MessageState::Expired, MessageState::Withdrawn, desk.now)? {
            desk.journal("message.discarded", &person.id().0, Some(case.thread.id), Some(id), &json!({}))?;
            sentences::DISCARDED
        } else {
            became(desk, &message)?
        };
        let text = shown(&message.outgoing()?);
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), what, Some(text)))
    })
}
