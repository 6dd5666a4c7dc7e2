//! How a client's file is shown to colleagues: a line at first, a card when it is here.

use super::desk::{Case, Desk, Listener, Person};
use super::links::Link;
use super::revisions::{self, Revised};
use super::{quotes, render, views};
use crate::bridge::{Content, KeptFile, LONGEST_CAPTION, LostFile, MediaForm, MediaState, MessageId, Outgoing, Post, Time};
use crate::cards::{self, MediaCard};
use crate::markup;
use crate::store::{Message, Purpose, Result};
use crate::texts::{media as words, participants, revisions as changes, sentences, when};
use chrono::Duration;
use serde_json::json;

/// A card that is shown so long after its message says when that was.
const LATE: Duration = Duration::minutes(10);
/// Earlier captions that a card shows, the latest ones.
const MOST_EARLIER: usize = 3;

/// The card of a message whose file is here, or never will be; `None` as long as neither is known.
pub fn post(desk: &Desk<'_>, listener: &Listener, message: &Message) -> Result<Option<Post>> {
    let Some(case) = desk.case(message.thread)? else { return Ok(None) };
    card(desk, listener, &case, message, None)
}

fn card(desk: &Desk<'_>, listener: &Listener, case: &Case, message: &Message, page: Option<(String, Time)>) -> Result<Option<Post>> {
    let Some(Shown { form, caption, file, line, revised }) = what_it_shows(desk, message)? else { return Ok(None) };
    let reader = desk.reader_for(listener, Some(&case.contact.line));
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
    remarks.extend(quotes::above(desk, case, message, &listener.place)?);
    let time = |at| when(at, reader.zone, desk.now);
    if message.created_at + LATE <= desk.now {
        remarks.push(time(message.created_at));
    }
    let revised = revised.unwrap_or_default();
    for (at, before) in revised.earlier.iter().rev().take(MOST_EARLIER) {
        let before: String = markup::plain(before).chars().take(LONGEST_CAPTION).collect();
        remarks.push(format!("{} {before}", changes::edited(&time(*at))));
    }
    remarks.extend(revised.deleted.map(|at| changes::deleted(&case.contact.name, &time(at))));
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
    Ok(Some(cards::media(&reader, &view)))
}

/// A message's file, whoever sent it.
struct Shown {
    form: MediaForm,
    caption: Option<String>,
    file: std::result::Result<KeptFile, LostFile>,
    /// What stands for it in a notification.
    line: String,
    /// How its client changed it.
    revised: Option<Revised>,
}

/// `None`: it has none, it is not here yet, or it is not to be shown any more.
fn what_it_shows(desk: &Desk<'_>, message: &Message) -> Result<Option<Shown>> {
    if message.purpose != Purpose::Client {
        let Outgoing::Media(outgoing) = message.outgoing()? else { return Ok(None) };
        let line = words::outgoing_line(&outgoing);
        return Ok(Some(Shown { form: outgoing.form, caption: outgoing.caption, file: Ok(outgoing.file), line, revised: None }));
    }
    let Content::Media(media) = message.inbound()? else { return Ok(None) };
    let file = match desk.tx.media_state(message.id)? {
        None | Some(MediaState::Waiting) => return Ok(None),
        Some(MediaState::Kept(file)) => Ok(file),
        Some(MediaState::Lost(why)) => Err(why),
    };
    let line = words::line(&media);
    let Some(thread) = desk.tx.thread(message.thread)? else { return Ok(None) };
    let revised = revisions::of(desk, &thread.line, message)?;
    if revised.as_ref().is_some_and(|revised| revised.hidden) {
        return Ok(None);
    }
    let caption = revised.as_ref().map_or(media.caption, |revised| revised.text.clone());
    Ok(Some(Shown { form: media.form, caption, file, line, revised }))
}

/// What the file of a message is that can be opened; `None`: there is none to open.
pub fn file_of(desk: &Desk<'_>, message: &Message) -> Result<Option<MediaForm>> {
    if message.is_note() || !desk.links.is_some_and(super::links::Links::reach_us) {
        return Ok(None);
    }
    Ok(what_it_shows(desk, message)?.filter(|shown| shown.file.is_ok()).map(|shown| shown.form))
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
