//! *Send* and *Cancel* of files that were posted for a client.

use crate::bridge::{Decision, LONGEST_CAPTION, MessageId, Outgoing, OutgoingFile, ParcelId, Post, Sending, Wamid, signature_length};
use crate::cards::Style;
use crate::markup;
use crate::relay::desk::{Case, Desk, Listener, Person};
use crate::relay::send::{self as way_out, Wish};
use crate::relay::{parcels, render, standing, tell, views, whom, write};
use crate::store::{Parcel, ParcelFileState, ParcelState, Purpose, Result, Subject};
use crate::texts::media as words;

/// *Send*: each file is a message of its own, decided about like any other.
pub fn send(desk: &Desk<'_>, person: &Person, id: ParcelId) -> Result<Post> {
    let (parcel, case) = match mine(desk, person, id)? {
        Ok(found) => found,
        Err(post) => return Ok(post),
    };
    let files: Vec<OutgoingFile> = parcel
        .files
        .iter()
        .filter_map(|file| match &file.state {
            ParcelFileState::Ready(file) => Some(file.clone()),
            ParcelFileState::Waiting | ParcelFileState::Impossible(_) => None,
        })
        .collect();
    let waits = parcel.files.iter().any(|file| file.state == ParcelFileState::Waiting);
    if files.is_empty() || waits {
        return shown(desk, person, id);
    }
    let ruling = way_out::decide(desk, &case, Some(person), Sending::Free)?;
    if !matches!(ruling.decision, Decision::Send | Decision::Hold { .. }) {
        // The files stay where they are, to be sent when that is possible.
        if let Some(post) = tell::verdict(desk, person, &case, ruling.verdict(), None, &markup::plain(&parcel.text))? {
            desk.post(Some(case.thread.id), person, post, None)?;
        }
        return shown(desk, person, id);
    }
    if !desk.tx.settle_parcel(id, true, desk.now)? {
        return shown(desk, person, id);
    }
    let last = send_all(desk, person, &case, &parcel, files)?;
    if let Some(last) = last {
        desk.tx.assign_posting(&parcel.written.conversation, &parcel.written.activity, case.thread.id, Some(last))?;
    }
    standing::update(desk, Subject::Parcel(id), case.thread.id)?;
    shown(desk, person, id)
}

fn send_all(desk: &Desk<'_>, person: &Person, case: &Case, parcel: &Parcel, mut files: Vec<OutgoingFile>) -> Result<Option<MessageId>> {
    whom::wrote(desk, person, case.thread.id)?;
    let person = &person.writing(&parcel.written);
    let answered = parcel.answers.map(|id| desk.tx.message(id)).transpose()?.flatten();
    let mut reply_to: Option<Wamid> = answered.filter(|message| message.thread == case.thread.id).and_then(|message| message.wamid);
    let text = parcel.text.trim();
    let mut last = None;
    if !text.is_empty() {
        let signature = signature_length(&person.name);
        let fits = text.chars().count() + signature <= LONGEST_CAPTION;
        match files.iter_mut().find(|file| file.form.has_caption()).filter(|_| fits) {
            Some(first) => first.caption = Some(text.to_owned()),
            None => last = Some(write::text(desk, person, case, text, reply_to.take().as_ref())?),
        }
    }
    for file in files {
        let content = Outgoing::Media(file);
        let reply_to = reply_to.take();
        let wish = Wish { author: Some(person), purpose: Purpose::Free, content: &content, reply_to: reply_to.as_ref(), retry_of: None };
        let submitted = way_out::submit(desk, case, &wish)?;
        last = Some(submitted.message);
        let text = render::shown(&content);
        if let Some(post) = tell::verdict(desk, person, case, submitted.verdict, Some(submitted.message), &text)? {
            desk.post(Some(case.thread.id), person, post, Some(submitted.message))?;
        }
    }
    Ok(last)
}

/// *Cancel*.
pub fn cancel(desk: &Desk<'_>, person: &Person, id: ParcelId) -> Result<Post> {
    let (parcel, _) = match mine(desk, person, id)? {
        Ok(found) => found,
        Err(post) => return Ok(post),
    };
    parcels::give_up(desk, person, &parcel)?;
    shown(desk, person, id)
}

/// An open parcel of the colleague, whose thread they take part in; else what to show instead.
fn mine(desk: &Desk<'_>, person: &Person, id: ParcelId) -> Result<std::result::Result<(Parcel, Case), Post>> {
    let Some(parcel) = desk.tx.parcel(id)? else { return Ok(Err(views::gone(desk, person))) };
    let Some(case) = desk.own_case(person, parcel.thread)? else { return Ok(Err(views::gone(desk, person))) };
    if parcel.colleague != *person.id() {
        return Ok(Err(desk.notice(person, None, Style::Warning, words::NOT_YOURS.to_owned())));
    }
    if parcel.state != ParcelState::Open {
        return shown(desk, person, id).map(Err);
    }
    Ok(Ok((parcel, case)))
}

fn shown(desk: &Desk<'_>, person: &Person, id: ParcelId) -> Result<Post> {
    let listener = Listener { place: person.spot(), person: Some(person.clone()) };
    Ok(parcels::card(desk, &listener, id)?.unwrap_or_else(|| views::gone(desk, person)))
}
