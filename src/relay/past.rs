//! What was written before somebody came, as far as they may see it: posted in order, with times and senders.

use super::desk::{Case, Desk, Person, SERVER};
use super::{quotes, render};
use crate::bridge::{Content, MessageId, Outgoing, Place, Post, PostBody, Sight};
use crate::cards::Reader;
use crate::markup;
use crate::store::{Envelope, Message, Purpose, Result};
use crate::texts::{labels, notes, sentences, transfer as words, when};

/// The most messages and notes that are posted; older ones are in the history.
const MOST: u32 = 20;

/// Posts it to somebody's own chat. Each message is a post of its own, so that it can be quoted and answered.
pub fn show(desk: &Desk<'_>, case: &Case, person: &Person, from: MessageId) -> Result<()> {
    let place = Place::Own(person.id().clone());
    let reader = desk.reader(person, Some(&case.contact.line));
    let Some(sight) = desk.view_of(person, &case.thread)? else { return Ok(()) };
    for message in desk.tx.exchanged_and_noted(case.thread.id, from, MOST)?.iter().rev() {
        for post in posts(desk, case, &reader, message, &sight, &place)? {
            desk.post_to(Some(case.thread.id), &place, post, Some(message.id))?;
            if has_file(message)? {
                // The line becomes the file's card.
                let envelope = Envelope::Media { message: message.id };
                desk.tx.enqueue_post(Some(case.thread.id), &place, &envelope, desk.now)?;
            }
        }
    }
    Ok(())
}

fn has_file(message: &Message) -> Result<bool> {
    Ok(match message.purpose {
        Purpose::Client => matches!(message.inbound()?, Content::Media(_)),
        _ => matches!(message.outgoing()?, Outgoing::Media(_)),
    })
}

/// A message that is quoted in it is named only as far as it may be seen, too.
fn posts(desk: &Desk<'_>, case: &Case, reader: &Reader<'_>, message: &Message, sight: &Sight, place: &Place) -> Result<Vec<Post>> {
    let who = match message.author.as_deref() {
        None => case.contact.name.clone(),
        Some(SERVER) => labels::SYSTEM.to_owned(),
        Some(id) => desk.person(&id.into())?.map_or_else(|| id.to_owned(), |person| person.name),
    };
    let who = if message.is_note() { notes::by(&who, false) } else { who };
    let at = markup::escape_html(&when(message.created_at, reader.zone, desk.now));
    let text = render::message_seen(desk, message, sight)?;
    let mut below = Vec::new();
    if message.purpose == Purpose::Client && message.rule.is_some() {
        below.push(sentences::BEFORE_CONSENT.to_owned());
    }
    if message.is_note() {
        below.push(notes::about(&case.contact.name));
    }
    let above = quotes::above(desk, case, message, place)?;
    let mut posts = render::said_by(&who, &text, &words::earlier_message(&case.contact.name), &above, &below);
    for post in &mut posts {
        if let PostBody::Html { html } = &mut post.body {
            html.insert_str(0, &format!("<em>{at}</em><br>"));
        }
    }
    Ok(posts)
}
