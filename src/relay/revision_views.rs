//! A client's message that was changed or deleted, as colleagues read it.

use super::desk::{Case, Desk, Listener, SERVER};
use super::revisions::{self, Revised};
use super::{media_views, quotes, render};
use crate::bridge::{Content, Media, MessageId, Post, PostBody, split};
use crate::markup;
use crate::store::{Message, Purpose, Result};
use crate::texts::{media, revisions as words, sentences, when};

/// Earlier texts that are shown, the latest ones: a post must not grow beyond what Teams takes (100 KB).
const MOST_EARLIER: usize = 4;
/// Characters shown of each: as much as a text of ours can have.
const EARLIER: usize = 4_096;

/// The message as it is now, with what it said before; in as many posts as Teams needs.
pub fn posts(desk: &Desk<'_>, listener: &Listener, case: &Case, message: &Message) -> Result<Vec<Post>> {
    let revised = revisions::of(desk, &case.contact.line, message)?.unwrap_or_default();
    let zone = desk.reader_for(listener, Some(&case.contact.line)).zone;
    let time = |at| when(at, zone, desk.now);
    let client = markup::contained(&case.contact.name);
    if let (true, Some(at)) = (revised.hidden, revised.deleted) {
        let html = format!("<em>{}</em>", markup::escape_html(&words::hidden(&client, &time(at))));
        return Ok(vec![Post { summary: sentences::new_message(&client), body: PostBody::Html { html } }]);
    }
    if let Some(card) = media_views::post(desk, listener, message)? {
        return Ok(vec![card]);
    }
    let text = text(desk, listener, case, message, &revised)?;
    let referral = desk.tx.referral(message.id)?;
    let above = quotes::above(desk, case, message, &listener.place)?;
    let mut posts = render::client_posts(desk, case, &text, &above, message.rule.is_some(), referral.as_ref());
    if let Some(Post { body: PostBody::Html { html }, .. }) = posts.last_mut() {
        for (at, before) in revised.earlier.iter().rev().take(MOST_EARLIER) {
            let said = markup::escape_html(&words::edited(&time(*at)));
            html.push_str(&format!("<br><em>{said}</em> {}", markup::whatsapp_to_teams(split::beginning(before, EARLIER))));
        }
        let more = revised.earlier.len().saturating_sub(MOST_EARLIER);
        let more = (more > 0).then(|| words::edited_more(more));
        for said in more.into_iter().chain(revised.deleted.map(|at| words::deleted(&client, &time(at)))) {
            html.push_str(&format!("<br><em>{}</em>", markup::escape_html(&said)));
        }
    }
    Ok(posts)
}

fn text(desk: &Desk<'_>, listener: &Listener, case: &Case, message: &Message, revised: &Revised) -> Result<String> {
    let now = revised.text.clone();
    Ok(match (message.inbound()?, now) {
        (Content::Media(file), caption) => media::at_first(&Media { caption, ..file }),
        (_, Some(text)) => text,
        (content, None) => render::content_at(desk, &content, case, &listener.place, message.id)?,
    })
}

/// What is posted because of a change, where the message itself does not stand or cannot be changed: a message that came after its own
/// change as it is now, else a line that says what changed. `by` is what a quote of it means.
pub fn instead(desk: &Desk<'_>, listener: &Listener, message: MessageId, by: MessageId) -> Result<Vec<Post>> {
    let Some(found) = desk.tx.message(by)? else { return Ok(Vec::new()) };
    let Some(case) = desk.case(found.thread)? else { return Ok(Vec::new()) };
    if message == by {
        return posts(desk, listener, &case, &found);
    }
    let text = render::content_at(desk, &found.inbound()?, &case, &listener.place, by)?;
    Ok(render::client_posts(desk, &case, &text, &[], found.rule.is_some(), None))
}

/// A message, of either side, as it is shown now that what it quotes is shown no more; `None`: it stands nowhere by our hand.
pub fn quoting(desk: &Desk<'_>, listener: &Listener, case: &Case, message: &Message) -> Result<Option<Post>> {
    if message.purpose == Purpose::Client {
        return Ok(posts(desk, listener, case, message)?.into_iter().next());
    }
    let Some(author) = message.author.as_deref().filter(|author| *author != SERVER) else { return Ok(None) };
    if let Some(card) = media_views::post(desk, listener, message)? {
        return Ok(Some(card));
    }
    let author = desk.person(&author.into())?.map_or_else(|| author.to_owned(), |person| person.name);
    let above = quotes::above(desk, case, message, &listener.place)?;
    Ok(Some(render::colleague_post(desk, case, &author, &message.outgoing()?, &above)))
}
