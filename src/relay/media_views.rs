//! How a client's file is shown to colleagues: a line at first, a card when it is here.

use super::desk::{Case, Desk, Listener, Person};
use super::links::Link;
use super::{render, views};
use crate::bridge::{Content, KeptFile, LostFile, MediaForm, MediaState, MessageId, Outgoing, Post, Time};
use crate::cards::{self, MediaCard};
use crate::markup;
use crate::store::{Message, Purpose, Result};
use crate::texts::{media as words, participants, sentences};
use serde_json::json;

/// The card of a message whose file is here, or never will be; `None` as long as neither is known.
pub fn post(desk: &Desk<'_>, listener: &Listener, message: &Message) -> Result<Option<Post>> {
    let Some(case) = desk.case(message.thread)? else { return Ok(None) };
    card(desk, listener, &case, message, None)
}

fn card(desk: &Desk<'_>, listener: &Listener, case: &Case, message: &Message, page: Option<(String, Time)>) -> Result<Option<Post>> {
    let Some(Shown { form, caption, file, line }) = what_it_shows(desk, message)? else { return Ok(None) };
    let mut remarks = Vec::new();
    let mut summary = render::summary(desk, case, &line);
    match message.author.as_deref() {
        None => {
            remarks.extend(message.rule.as_ref().map(|_| sentences::BEFORE_CONSENT.to_owned()));
            remarks.extend(desk.tx.media_remark(message.id)?);
        }
        Some(author) => {
            let author = desk.person(&author.into())?.map_or_else(|| author.to_owned(), |person| person.name);
            summary = participants::wrote_to(&author, &case.contact.name);
            remarks.push(summary.clone());
        }
    }
    let view = MediaCard {
        message: message.id,
        head: desk.head(&case.contact, Some(&case.thread)),
        form,
        caption: caption.as_deref().map(markup::plain),
        file,
        remarks,
        page,
        can_open: desk.links.is_some_and(super::links::Links::reach_us),
        summary,
    };
    let reader = desk.reader_for(listener, Some(&case.contact.line));
    Ok(Some(cards::media(&reader, &view)))
}

/// A message's file, whoever sent it.
struct Shown {
    form: MediaForm,
    caption: Option<String>,
    file: std::result::Result<KeptFile, LostFile>,
    /// What stands for it in a notification.
    line: String,
}

/// `None`: it has none, or it is not here yet.
fn what_it_shows(desk: &Desk<'_>, message: &Message) -> Result<Option<Shown>> {
    if message.purpose != Purpose::Client {
        let Outgoing::Media(outgoing) = message.outgoing()? else { return Ok(None) };
        let line = words::outgoing_line(&outgoing);
        return Ok(Some(Shown { form: outgoing.form, caption: outgoing.caption, file: Ok(outgoing.file), line }));
    }
    let Content::Media(media) = message.inbound()? else { return Ok(None) };
    let file = match desk.tx.media_state(message.id)? {
        None | Some(MediaState::Waiting) => return Ok(None),
        Some(MediaState::Kept(file)) => Ok(file),
        Some(MediaState::Lost(why)) => Err(why),
    };
    let line = words::line(&media);
    Ok(Some(Shown { form: media.form, caption: media.caption, file, line }))
}

/// Somebody wants to see the original: the card with a link for them alone. That they were given one is recorded.
pub fn open(desk: &Desk<'_>, person: &Person, id: MessageId) -> Result<Post> {
    let Some((case, message, _)) = desk.readable_message(person, id)? else { return Ok(views::gone(desk, person)) };
    if what_it_shows(desk, &message)?.is_none_or(|shown| shown.file.is_err()) {
        return Ok(views::gone(desk, person));
    }
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
    Ok(match what_it_shows(desk, &message)? {
        Some(Shown { form, file: Ok(file), .. }) => Some(OpenedFile { file, form, client: case.contact.name }),
        _ => None,
    })
}
