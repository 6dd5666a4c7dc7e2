//! Internal notes: for the colleagues of a conversation, kept with it, and never sent to the client (product.md 7).

use super::desk::{Case, Desk, Person};
use crate::bridge::{Post, PostBody};
use crate::cards::Style;
use crate::markup;
use crate::store::{Envelope, Result};
use crate::texts::{places, sentences};
use serde_json::json;

/// Marks a text that is for colleagues only.
const MARK: &str = "//";

/// The note in a text, when it is one.
pub fn read(text: &str) -> Option<&str> {
    text.trim().strip_prefix(MARK).map(str::trim)
}

/// Keeps a note with its thread, and shows it to everybody who follows the thread and does not see it where it was written.
pub fn keep(desk: &Desk<'_>, person: &Person, case: &Case, text: &str) -> Result<()> {
    let thread = case.thread.id;
    desk.journal("note", &person.id().0, Some(thread), None, &json!({ "text": text, "contact": case.contact.id }))?;
    let here = desk.place_of(Some(thread), person)?;
    for place in desk.audience(thread)?.into_iter().filter(|place| *place != here) {
        // Of no thread: who answers it by a quote answers a colleague, and is asked before anything goes to the client.
        let envelope = Envelope::Post { post: post(person, case, text), thread: None, message: None, repeated: false };
        desk.tx.enqueue_post(Some(thread), &place, &envelope, desk.now)?;
    }
    Ok(())
}

/// What its author is told.
pub fn kept(desk: &Desk<'_>, person: &Person, case: Option<&Case>) -> Post {
    desk.notice(person, case.map(|case| (&case.contact, Some(&case.thread))), Style::Default, sentences::NOTE_KEPT.to_owned())
}

fn post(person: &Person, case: &Case, text: &str) -> Post {
    let (by, about) = (places::note_by(&person.name), places::note_about(&case.contact.name));
    let (by, about) = (markup::escape_html(&by), markup::escape_html(&about));
    let html = format!("<strong>{by}</strong>: {}<br><em>{about}</em>", markup::whatsapp_to_teams(text));
    Post { summary: places::note_news(&case.contact.name), body: PostBody::Html { html } }
}
