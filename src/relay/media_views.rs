//! How a client's file is shown to colleagues: a line at first, a card when it is here.

use super::desk::{Case, Desk, Listener, Person};
use super::links::Link;
use super::{render, views};
use crate::bridge::{Content, KeptFile, MediaForm, MediaState, MessageId, Post, Time};
use crate::cards::{self, MediaCard};
use crate::markup;
use crate::store::{Message, Purpose, Result};
use crate::texts::{media as words, sentences};
use serde_json::json;

/// The card of a message whose file is here, or never will be; `None` as long as neither is known.
pub fn post(desk: &Desk<'_>, listener: &Listener, message: &Message) -> Result<Option<Post>> {
    let Some(case) = desk.case(message.thread)? else { return Ok(None) };
    card(desk, listener, &case, message, None)
}

fn card(desk: &Desk<'_>, listener: &Listener, case: &Case, message: &Message, page: Option<(String, Time)>) -> Result<Option<Post>> {
    let Content::Media(media) = message.inbound()? else { return Ok(None) };
    let file = match desk.tx.media_state(message.id)? {
        None | Some(MediaState::Waiting) => return Ok(None),
        Some(MediaState::Kept(file)) => Ok(file),
        Some(MediaState::Lost(why)) => Err(why),
    };
    let mut remarks: Vec<String> = message.rule.as_ref().map(|_| sentences::BEFORE_CONSENT.to_owned()).into_iter().collect();
    remarks.extend(desk.tx.media_remark(message.id)?);
    let view = MediaCard {
        message: message.id,
        head: desk.head(&case.contact, Some(&case.thread)),
        form: media.form,
        caption: media.caption.as_deref().map(markup::plain),
        file,
        remarks,
        page,
        can_open: desk.links.is_some_and(super::links::Links::reach_us),
        summary: render::summary(desk, case, &words::line(&media)),
    };
    let reader = desk.reader_for(listener, Some(&case.contact.line));
    Ok(Some(cards::media(&reader, &view)))
}

/// Somebody wants to see the original: the card with a link for them alone. That they were given one is recorded.
pub fn open(desk: &Desk<'_>, person: &Person, id: MessageId) -> Result<Post> {
    let found = desk.readable_message(person, id)?.filter(|(_, message, _)| message.purpose == Purpose::Client);
    let Some((case, message, _)) = found else { return Ok(views::gone(desk, person)) };
    let page = desk.links.and_then(|links| links.to_file(id, person.id(), desk.now));
    if page.is_some() {
        desk.journal("media.opened", person.id().as_str(), Some(case.thread.id), Some(id), &json!({}))?;
    }
    let listener = Listener { place: person.spot(), person: Some(person.clone()) };
    Ok(card(desk, &listener, &case, &message, page)?.unwrap_or_else(|| views::gone(desk, person)))
}

/// A file that somebody may see.
#[derive(Clone, Debug)]
pub struct OpenedFile {
    pub file: KeptFile,
    pub form: MediaForm,
    /// Whose it is.
    pub client: String,
}

/// The file that a link opens, for who may still read its message.
pub fn opened(desk: &Desk<'_>, link: &Link) -> Result<Option<OpenedFile>> {
    let Some(person) = desk.person(&link.colleague)? else { return Ok(None) };
    let Some((case, message, _)) = desk.readable_message(&person, link.message)? else { return Ok(None) };
    Ok(match (message.inbound()?, desk.tx.media_state(message.id)?) {
        (Content::Media(media), Some(MediaState::Kept(file))) => Some(OpenedFile { file, form: media.form, client: case.contact.name }),
        _ => None,
    })
}
