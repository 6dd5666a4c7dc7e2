//! A colleague changes or deletes a message in Teams that has left. The client keeps what they were sent; what it should have said can be
//! sent as a message that quotes it.

use super::desk::{Case, Desk, Person};
use super::{note, write};
use crate::bridge::{MessageId, MessageState, Outgoing};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, Style};
use crate::markup;
use crate::store::{Message, Result};
use crate::texts::{labels, sentences};
use serde_json::json;

/// Tells the author how it stands, with the way to send what the message says now. A note is for nobody but colleagues, so a message that
/// has become one is not offered.
pub fn offer(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message, text: Option<&str>) -> Result<()> {
    desk.tx.drop_corrections(message.id, desk.now)?;
    let said = match message.outgoing()? {
        Outgoing::Text { body } => Some(body),
        Outgoing::Media(file) => file.caption,
        _ => None,
    };
    // Teams tells of a change too when it has only put the preview of a link below.
    if text.is_some() && text == said.as_deref() {
        return Ok(());
    }
    let failed = message.state == MessageState::Failed;
    let kept = text.filter(|text| !text.is_empty() && note::read(text).is_none());
    let correction = kept.map(|text| desk.tx.keep_correction(message.id, text, desk.now)).transpose()?;
    let notice = Notice {
        head: Some(desk.head(&case.contact, Some(&case.thread))),
        text: match (text, failed) {
            (Some(_), false) => sentences::EDIT_TOO_LATE,
            (Some(_), true) => sentences::EDIT_OF_FAILED,
            (None, false) => sentences::DELETE_TOO_LATE,
            (None, true) => sentences::DELETE_OF_FAILED,
        }
        .to_owned(),
        style: Style::Warning,
        kept: kept.map(markup::plain),
        quotes_message: false,
        actions: correction
            .map(|correction| (labels::SEND_CORRECTION, Action::SendCorrection { message: message.id, correction }))
            .into_iter()
            .collect(),
    };
    let post = cards::notice(&desk.reader(person, Some(&case.contact.line)), &notice);
    desk.post(Some(case.thread.id), person, post, None)
}

/// *Send correction*, by the message's author: once, and by the same rules as anything they type. `None`: it was sent before, or the
/// message was changed again.
pub fn send(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message, correction: i64) -> Result<Option<(MessageId, String)>> {
    let Some(text) = desk.tx.correction(correction, message.id)? else { return Ok(None) };
    if !desk.tx.take_correction(correction, desk.now)? {
        return Ok(None);
    }
    let sent = write::text(desk, person, case, &text, message.wamid.as_ref())?;
    let body = json!({ "corrects": message.id, "text": text });
    desk.journal("message.corrected", person.id().as_str(), Some(case.thread.id), Some(sent), &body)?;
    Ok(Some((sent, text)))
}
