//! What a client sent, as text a colleague can read (in WhatsApp's markup, so that one conversion makes HTML of it).

use super::desk::{Case, Desk};
use super::revisions;
use crate::bridge::{Content, MessageId, Outgoing, Place, Post, PostBody, Referral, Sight, ThreadId, Wamid, split};
use crate::markup;
use crate::store::{Message, Purpose, Result};
use crate::texts::{kinds, media, participants, revisions as changes, sentences};

/// The longest excerpt in a notification.
const SUMMARY: usize = 120;
/// How much of a quoted message is repeated.
const EXCERPT: usize = 80;

/// A client's message as it is posted to a colleague, in as many posts as Teams needs. `text` is its readable form, `above` what it
/// belongs to.
pub fn client_posts(
    desk: &Desk<'_>,
    case: &Case,
    text: &str,
    above: &[String],
    before_consent: bool,
    referral: Option<&Referral>,
) -> Vec<Post> {
    let below = before_consent.then(|| sentences::BEFORE_CONSENT.to_owned()).into_iter().chain(referral.map(self::referral));
    said_by(&case.contact.name, text, &summary(desk, case, text), above, &below.collect::<Vec<_>>())
}

/// What somebody said, as posts; above the first of them what it belongs to, below the last what else is to be known.
pub fn said_by(who: &str, text: &str, summary: &str, above: &[String], below: &[String]) -> Vec<Post> {
    let mut parts = markup::whatsapp_to_teams_posts(text);
    if let Some(last) = parts.last_mut() {
        below.iter().for_each(|line| last.push_str(&format!("<br><em>{}</em>", markup::escape_html(line))));
    }
    let who = markup::escape_html(who);
    let mut above = lines_above(above);
    let mut post = |html| {
        let html = format!("{}<strong>{who}</strong>: {html}", std::mem::take(&mut above));
        Post { summary: summary.to_owned(), body: PostBody::Html { html } }
    };
    parts.into_iter().map(&mut post).collect()
}

fn lines_above(lines: &[String]) -> String {
    lines.iter().map(|line| format!("<em>{}</em><br>", markup::escape_html(line))).collect()
}

/// What the notification of a client's message says: it names the client, and the message only where the line allows it.
pub fn summary(desk: &Desk<'_>, case: &Case, text: &str) -> String {
    let client = markup::contained(&case.contact.name);
    if is_private(desk, case) { sentences::new_message(&client) } else { format!("{client}: {}", beginning(text)) }
}

/// What a colleague wrote to the client, as the others in the chat read it; `above`: what it belongs to.
pub fn colleague_post(desk: &Desk<'_>, case: &Case, author: &str, content: &Outgoing, above: &[String]) -> Post {
    let (client, text) = (case.contact.name.as_str(), shown(content));
    let [who, whom] = [author, client].map(markup::escape_html);
    let html = format!("{}<strong>{who}</strong> {} {whom}: {}", lines_above(above), participants::TO, markup::whatsapp_to_teams(&text));
    let said = participants::wrote_to(&markup::contained(author), &markup::contained(client));
    let summary = if is_private(desk, case) { said } else { format!("{said}: {}", beginning(&text)) };
    Post { summary, body: PostBody::Html { html } }
}

/// Whether notifications name nobody but people, never what was written.
fn is_private(desk: &Desk<'_>, case: &Case) -> bool {
    desk.line(&case.contact.line).is_none_or(|line| line.policy.private_notifications)
}

fn beginning(text: &str) -> String {
    markup::contained(split::beginning(&markup::plain(text), SUMMARY))
}

/// Says on the post itself that it may be there twice: Teams has no way to ask whether the first one arrived, and a client's
/// message must not be lost.
pub fn marked_repeated(mut post: Post) -> Post {
    if let PostBody::Html { html } = &mut post.body {
        html.push_str("<br><em>");
        html.push_str(&markup::escape_html(sentences::POSTED_AGAIN));
        html.push_str("</em>");
    }
    post
}

/// What an ad said, on one line of bearable length: the words come from outside.
pub fn referral(referral: &Referral) -> String {
    let shown = |c: &char| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let one_line = |text: &String| {
        let plain: String = text.chars().filter(shown).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        words.chars().take(SUMMARY).collect::<String>()
    };
    let said = [&referral.headline, &referral.body].into_iter().flatten().map(one_line).find(|said| !said.is_empty());
    let link = referral.source_url.as_ref().map(one_line).filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    sentences::through_ad(referral.source_type.as_deref() == Some("post"), said.as_deref(), link.as_deref())
}

/// The readable form of anything a client can send.
pub fn content(desk: &Desk<'_>, content: &Content) -> Result<String> {
    content_seen(desk, content, None, None)
}

/// The same as it is shown in a place: what it is about is repeated there only where it may be seen.
pub fn content_at(desk: &Desk<'_>, content: &Content, case: &Case, place: &Place, id: MessageId) -> Result<String> {
    // Most messages are about none, and then nobody's sight need be looked up.
    let is_about_another = matches!(content, Content::Reaction { .. } | Content::Edit { .. } | Content::Revoke { .. });
    let sight = is_about_another.then(|| desk.view_at(place, &case.thread, id)).transpose()?;
    content_seen(desk, content, Some(case.thread.id), sight.as_ref())
}

/// The same for somebody who may see only this of the thread: what it is about is not repeated where it lies outside.
fn content_seen(desk: &Desk<'_>, content: &Content, thread: Option<ThreadId>, sight: Option<&Sight>) -> Result<String> {
    let excerpt = |target: &Wamid| excerpt(desk, target, thread, sight);
    Ok(match content {
        Content::Text { body } | Content::Choice { title: body, .. } if body.trim().is_empty() => kinds::EMPTY.to_owned(),
        Content::Text { body } => body.clone(),
        Content::Media(media) => media::line(media),
        Content::Location { latitude, longitude, name, address } => {
            kinds::location(name.as_deref(), address.as_deref(), *latitude, *longitude)
        }
        Content::Contacts { people } => kinds::contacts(people),
        Content::Reaction { target, emoji } if emoji.is_empty() => sentences::took_back_reaction(&excerpt(target)?),
        Content::Reaction { target, emoji } => sentences::reacted_to(emoji, &excerpt(target)?),
        Content::Choice { title, .. } => title.clone(),
        Content::Form { name, body } => kinds::form(name, body),
        Content::Order { summary } => kinds::order(summary),
        Content::Edit { target, body } => sentences::edited(&excerpt(target)?, body),
        Content::Revoke { target } => sentences::deleted(&excerpt(target)?),
        Content::System { event, body } => kinds::system(event, body),
        Content::Call { event } => kinds::called(event).to_owned(),
        Content::Unsupported { what, .. } => kinds::unsupported(what),
    })
}

/// The text that a phone shows for a message of ours.
pub fn shown(content: &Outgoing) -> String {
    match content {
        Outgoing::Text { body } => body.clone(),
        Outgoing::Buttons { body, buttons } => buttons.iter().fold(body.clone(), |text, button| format!("{text}\n[ {} ]", button.title)),
        Outgoing::Template(template) => template.preview.clone(),
        Outgoing::Media(file) => media::outgoing_line(file),
        Outgoing::Reaction { emoji, .. } => sentences::reacted(emoji),
    }
}

/// A stored message of either side, as one text.
pub fn message(desk: &Desk<'_>, message: &Message) -> Result<String> {
    text(desk, message, None)
}

/// The same for somebody who may see only this of the thread.
pub fn message_seen(desk: &Desk<'_>, message: &Message, sight: &Sight) -> Result<String> {
    text(desk, message, Some(sight))
}

fn text(desk: &Desk<'_>, message: &Message, sight: Option<&Sight>) -> Result<String> {
    match message.purpose {
        Purpose::Client if revisions::is_hidden(desk, message)? => Ok(changes::HIDDEN.to_owned()),
        Purpose::Client => content_seen(desk, &message.inbound()?, Some(message.thread), sight),
        _ => Ok(match message.outgoing()? {
            Outgoing::Text { body } | Outgoing::Buttons { body, .. } => body,
            Outgoing::Template(template) => template.preview,
            Outgoing::Media(file) => media::outgoing_line(&file),
            Outgoing::Reaction { emoji, .. } => sentences::reacted(&emoji),
        }),
    }
}

/// The beginning of the message that another one is about; of another thread's nothing is repeated, whatever a webhook names.
fn excerpt(desk: &Desk<'_>, target: &Wamid, thread: Option<ThreadId>, sight: Option<&Sight>) -> Result<String> {
    let is_shown = |found: &Message| thread.is_none_or(|thread| thread == found.thread) && sight.is_none_or(|sight| sight.shows(found.id));
    let found = desk.tx.message_by_wamid(target)?.filter(is_shown);
    let Some(found) = found else { return Ok(sentences::EARLIER_MESSAGE.to_owned()) };
    if revisions::is_hidden(desk, &found)? {
        return Ok(sentences::EARLIER_MESSAGE.to_owned());
    }
    // Only texts are repeated: a reaction to a reaction to a reaction must not recurse.
    let text = match found.purpose {
        Purpose::Client => match found.inbound()? {
            Content::Text { body } => body,
            Content::Choice { title, .. } => title,
            _ => return Ok(sentences::EARLIER_MESSAGE.to_owned()),
        },
        _ => shown(&found.outgoing()?),
    };
    let plain = markup::plain(&text);
    let short = split::beginning(&plain, EXCERPT);
    let mark = if short.len() < plain.len() { "…" } else { "" };
    Ok(format!("“{}{mark}”", markup::contained(short)))
}
