//! A client's message that was changed or deleted, as colleagues read it.

use super::desk::{Case, Desk, Listener};
use super::revisions::{self, Revised};
use super::{media_views, render};
use crate::bridge::{Content, Media, MessageId, Post, PostBody};
use crate::markup;
use crate::store::{Message, Result};
use crate::texts::{media, revisions as words, sentences, when};

/// Earlier texts that are shown, the latest ones: a post must not grow beyond what Teams takes (100 KB).
const MOST_EARLIER: usize = 4;
/// Characters shown of each: as much as a text of ours can have.
const EARLIER: usize = 4_096;

/// The message as it is now, with what it said before.
pub fn post(desk: &Desk<'_>, listener: &Listener, case: &Case, message: &Message) -> Result<Post> {
    let revised = revisions::of(desk, &case.contact.line, message)?.unwrap_or_default();
    if !revised.hidden
        && let Some(card) = media_views::post(desk, listener, message)?
    {
        return Ok(card);
    }
    let zone = desk.reader_for(listener, Some(&case.contact.line)).zone;
    let time = |at| when(at, zone, desk.now);
    let client = case.contact.name.as_str();
    if let (true, Some(at)) = (revised.hidden, revised.deleted) {
        let html = format!("<em>{}</em>", markup::escape_html(&words::hidden(client, &time(at))));
        return Ok(Post { summary: sentences::new_message(client), body: PostBody::Html { html } });
    }
    let text = text(desk, listener, case, message, &revised)?;
    let mut post = render::client_post(desk, case, &text, message.rule.is_some());
    if let Some(referral) = desk.tx.referral(message.id)? {
        post = render::with_referral(post, &referral);
    }
    if let PostBody::Html { html } = &mut post.body {
        for (at, before) in revised.earlier.iter().rev().take(MOST_EARLIER) {
            let before: String = before.chars().take(EARLIER).collect();
            let said = markup::escape_html(&words::edited(&time(*at)));
            html.push_str(&format!("<br><em>{said}</em> {}", markup::whatsapp_to_teams(&before)));
        }
        let more = revised.earlier.len().saturating_sub(MOST_EARLIER);
        let more = (more > 0).then(|| words::edited_more(more));
        for said in more.into_iter().chain(revised.deleted.map(|at| words::deleted(client, &time(at)))) {
            html.push_str(&format!("<br><em>{}</em>", markup::escape_html(&said)));
        }
    }
    Ok(post)
}

fn text(desk: &Desk<'_>, listener: &Listener, case: &Case, message: &Message, revised: &Revised) -> Result<String> {
    let now = revised.text.clone();
    Ok(match (message.inbound()?, now) {
        (Content::Media(file), caption) => media::at_first(&Media { caption, ..file }),
        (_, Some(text)) => text,
        (content, None) => render::content_at(desk, &content, case, &listener.place, message.id)?,
    })
}

/// A change where what it changes cannot be found, or not be changed: a line of its own.
pub fn line(desk: &Desk<'_>, listener: &Listener, case: &Case, by: &Message) -> Result<Post> {
    let text = render::content_at(desk, &by.inbound()?, case, &listener.place, by.id)?;
    Ok(render::client_post(desk, case, &text, by.rule.is_some()))
}

/// What is posted because of a change, where the message itself does not stand: a message that came after its own change as it is now,
/// else a line. With the message that a quote of it means.
pub fn instead(desk: &Desk<'_>, listener: &Listener, message: MessageId, by: MessageId) -> Result<Option<Post>> {
    let Some(found) = desk.tx.message(by)? else { return Ok(None) };
    let Some(case) = desk.case(found.thread)? else { return Ok(None) };
    Ok(Some(if message == by { post(desk, listener, &case, &found)? } else { line(desk, listener, &case, &found)? }))
}
