//! What becomes of a message that a colleague changes or deletes in Teams after they wrote it.

use super::desk::{Case, Desk, Person};
use super::mirror::went_before;
use super::{corrections, expiry, note, parcels, whom};
use crate::bridge::{MessageState, Outgoing, Posted, TeamsEvent, split};
use crate::cards::Style;
use crate::store::{Draft, Message, Result};
use crate::texts::{notes, sentences};
use serde_json::json;

/// A colleague changed or deleted a message in Teams. What is kept or held changes too; what has left cannot be changed at the client.
pub fn on_edited(desk: &Desk<'_>, person: &Person, event: &TeamsEvent, text: Option<&String>) -> Result<()> {
    let written = Posted { conversation: event.reference.conversation.clone(), activity: event.activity.clone() };
    if parcels::on_edited(desk, person, &written, text.map(String::as_str))? {
        return Ok(());
    }
    let (thread, id) = match desk.tx.posting(&event.reference.conversation, &event.activity)? {
        Some((Some(thread), Some(id))) => (thread, id),
        Some((None, None)) => return on_kept(desk, person, event, text),
        _ => return Ok(()),
    };
    let Some(case) = desk.case(thread)? else { return Ok(()) };
    expiry::expire_due(desk, &case)?;
    let Some(message) = desk.tx.message(id)? else { return Ok(()) };
    if message.author.as_deref() != Some(person.id().as_str()) {
        return Ok(());
    }
    let kind = if text.is_some() { "message.edited_in_teams" } else { "message.deleted_in_teams" };
    let body = json!({ "text": text, "state": message.state, "before": message.content });
    desk.journal(kind, person.id().as_str(), Some(thread), Some(id), &body)?;
    let said = match (message.state, text.map(|text| text.trim())) {
        (MessageState::Internal, text) => note_edited(desk, person, &case, &message, text)?,
        (MessageState::Held, _) if is_part(desk, &message)? => sentences::HELD_IN_PARTS,
        (MessageState::Held, Some(text)) if let Some(note) = note::read(text) => into_note(desk, person, &case, &message, &note)?,
        (MessageState::Held, Some("")) => sentences::HELD_NOT_CHANGED,
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
        (_, text) => return corrections::offer(desk, person, &case, &message, text),
    };
    let post = desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Warning, said.to_owned());
    desk.post(Some(thread), person, post, None)
}

/// A note is changed for all who read it. Others have read it, so it is not taken back; and it does not become a message by losing its
/// mark.
fn note_edited(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message, text: Option<&str>) -> Result<&'static str> {
    let changed = text.and_then(note::read).filter(|text| !text.is_empty());
    let Some(text) = changed else { return Ok(notes::STAYS) };
    if !desk.tx.participants(case.thread.id)?.contains(person.id()) {
        return Ok(notes::STAYS);
    }
    note::change(desk, person, case, message, &text)?;
    Ok(notes::CHANGED)
}

/// A held message that is a note from now on: nothing of it may go to the client.
fn into_note(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message, text: &str) -> Result<&'static str> {
    desk.tx.set_state(message.id, MessageState::Held, MessageState::Withdrawn, desk.now)?;
    desk.tx.refresh_cards(case.thread.id, desk.now)?;
    let body = json!({ "because": "note" });
    desk.journal("message.withdrawn", person.id().as_str(), Some(case.thread.id), Some(message.id), &body)?;
    if text.is_empty() {
        return Ok(sentences::HELD_WITHDRAWN);
    }
    note::keep(desk, person, case, text)?;
    Ok(notes::INSTEAD_OF_HELD)
}

/// A text that waits for an answer to "Who is this for?": its author is asked again about what it says now.
fn on_kept(desk: &Desk<'_>, person: &Person, event: &TeamsEvent, text: Option<&String>) -> Result<()> {
    let written = Posted { conversation: event.reference.conversation.clone(), activity: event.activity.clone() };
    let Some((draft, before)) = desk.tx.draft_of(&written, person.id())? else { return Ok(()) };
    desk.tx.settle_draft(draft, desk.now)?;
    let body = json!({ "draft": draft, "text": text, "before": before.text });
    let text = text.map(|text| text.trim()).filter(|text| !text.is_empty());
    let Some(text) = text else {
        desk.journal("message.discarded", person.id().as_str(), None, None, &body)?;
        let post = desk.notice(person, None, Style::Default, sentences::DISCARDED.to_owned());
        return desk.post(None, person, post, None);
    };
    desk.journal("message.edited_in_teams", person.id().as_str(), None, None, &body)?;
    let note = note::read(text);
    whom::ask(desk, person, &Draft { note: note.is_some(), text: note.unwrap_or_else(|| text.to_owned()), ..before })
}

/// A long text went as several messages, of which its activity names one, and WhatsApp refused that one: it waits by itself. Changing it
/// to the whole text would show the client the rest twice.
fn is_part(desk: &Desk<'_>, message: &Message) -> Result<bool> {
    let Outgoing::Text { body } = message.outgoing()? else { return Ok(false) };
    Ok(split::numbered(&body).is_some_and(|(_, of)| of > 1) && went_before(desk, message.id)?)
}
