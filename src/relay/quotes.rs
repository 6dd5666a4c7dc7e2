//! What a message belongs to, in a line above its words: what it answers, that it was forwarded, which product it is about.
//!
//! Always in words, never by Teams' own quotation: that shows nothing of a card, and only what stands in the same conversation. The
//! quoted words are repeated for nobody who may not read them where they stand.

use super::desk::{Case, Desk, SERVER};
use super::{render, revisions};
use crate::bridge::{Content, Media, MessageId, Outgoing, Place, Wamid, split};
use crate::markup;
use crate::store::{Envelope, Message, Purpose, Result};
use crate::texts::{media, quotes as words};

/// Characters of a quoted message that are repeated.
const EXCERPT: usize = 80;
/// Characters of a product's number that are shown.
const PRODUCT: usize = 60;

/// The lines above a message, for who reads in a place.
pub fn above(desk: &Desk<'_>, case: &Case, message: &Message, place: &Place) -> Result<Vec<String>> {
    let origin = match message.purpose {
        Purpose::Client => desk.tx.origin(message.id)?,
        _ => None,
    };
    let origin = origin.unwrap_or_default();
    let mut lines: Vec<String> = origin.forwarded.then(|| words::FORWARDED.to_owned()).into_iter().collect();
    if let Some(quoted) = &message.reply_to {
        match answered(desk, case, quoted, message.id, place)? {
            // The message with which WhatsApp itself asks about a product is none of ours.
            None if origin.product.is_some() => {}
            None => lines.push(words::ANSWERS_UNKNOWN.to_owned()),
            Some(line) => lines.push(line),
        }
    }
    lines.extend(origin.product.map(|number| words::about_product(&short(&number, PRODUCT))));
    Ok(lines)
}

/// What a message answers; `None`: nobody here knows it.
pub fn answered(desk: &Desk<'_>, case: &Case, quoted: &Wamid, by: MessageId, place: &Place) -> Result<Option<String>> {
    let Some(found) = desk.tx.message_by_wamid(quoted)? else { return Ok(None) };
    let is_own = matches!(place, Place::Own(reader) if found.author.as_deref() == Some(reader.as_str()));
    let readable = found.thread == case.thread.id && (is_own || desk.view_at(place, &case.thread, by)?.shows(found.id));
    let excerpt = if readable { excerpt(desk, case, &found)? } else { None };
    let Some(excerpt) = excerpt else { return Ok(Some(words::ANSWERS_EARLIER.to_owned())) };
    let who = match found.author.as_deref() {
        None => Some(case.contact.name.clone()),
        Some(SERVER) => None,
        Some(id) => Some(desk.person(&id.into())?.map_or_else(|| id.to_owned(), |person| person.name)),
    };
    Ok(Some(words::answers(who.as_deref().map(markup::contained).as_deref(), &excerpt)))
}

/// The first words of a message, or what stands for it; `None`: nothing of it is to be repeated.
fn excerpt(desk: &Desk<'_>, case: &Case, message: &Message) -> Result<Option<String>> {
    let in_quotes = |text: &str| format!("“{}”", short(text, EXCERPT));
    if message.purpose != Purpose::Client {
        return Ok(match message.outgoing()? {
            Outgoing::Text { body } | Outgoing::Buttons { body, .. } => Some(in_quotes(&body)),
            Outgoing::Template(template) => Some(in_quotes(&template.preview)),
            Outgoing::Media(file) => Some(short(&media::outgoing_line(&file), EXCERPT)),
            Outgoing::Reaction { .. } => None,
        });
    }
    let revised = revisions::of(desk, &case.contact.line, message)?.unwrap_or_default();
    if revised.hidden || revisions::is_hidden(desk, message)? {
        return Ok(None);
    }
    let content = message.inbound()?;
    Ok(match (content, revised.text) {
        (Content::Text { body: text }, revised) => Some(in_quotes(&revised.unwrap_or(text))),
        (Content::Choice { title, .. }, _) => Some(in_quotes(&title)),
        (Content::Media(file), caption) => {
            let caption = if caption.is_some() { caption } else { file.caption.clone() };
            Some(short(&media::line(&Media { caption, ..file }), EXCERPT))
        }
        // What is itself about another message is not repeated: that one might not be for everybody.
        (Content::Reaction { .. } | Content::Edit { .. } | Content::Revoke { .. }, _) => None,
        (other, _) => Some(short(&render::content(desk, &other)?, EXCERPT)),
    })
}

/// A text on one line, without markup, cut between words where it is too long.
fn short(text: &str, limit: usize) -> String {
    let plain = markup::plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let cut = split::beginning(&plain, limit);
    if cut.len() == plain.len() {
        return markup::contained(&plain);
    }
    // Not where that would leave next to nothing: some languages have no spaces.
    let between = cut.rfind(' ').filter(|at| at * 2 > cut.len()).unwrap_or(cut.len());
    let cut = if plain[cut.len()..].starts_with(' ') { cut } else { &cut[..between] };
    markup::contained(&format!("{}…", cut.trim_end_matches([' ', ',', ';', ':'])))
}

/// The client deleted a message. Where nothing of it is shown any more, its words go, too, from whatever repeats them.
pub fn forget(desk: &Desk<'_>, case: &Case, deleted: MessageId) -> Result<()> {
    let Some(target) = desk.tx.message(deleted)? else { return Ok(()) };
    let Some(wamid) = &target.wamid else { return Ok(()) };
    if !revisions::is_hidden(desk, &target)? {
        return Ok(());
    }
    let audience = desk.audience(case.thread.id)?;
    for message in desk.tx.messages_about(case.thread.id, target.id, wamid)? {
        let about = match message.purpose {
            Purpose::Client => matches!(message.inbound()?, Content::Reaction { target, .. } if target == *wamid),
            _ => false,
        };
        if !about && message.reply_to.as_ref() != Some(wamid) {
            continue;
        }
        for place in &audience {
            desk.tx.enqueue_post(Some(case.thread.id), place, &Envelope::Quoting { message: message.id }, desk.now)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::fits("See you *then*", 80, "See you then")]
    #[case::lines("[Picture]\nThe  old\nmeter", 80, "[Picture] The old meter")]
    #[case::between_words("one two three four", 15, "one two three…")]
    #[case::at_a_word("one two three four", 13, "one two three…")]
    #[case::comma("one two, three", 10, "one two…")]
    #[case::no_spaces("今天天气很好，我们去公园", 5, "今天天气很…")]
    #[case::one_long_word("a bcdefghijklmnop", 10, "a bcdefghi…")]
    #[case::family("👨‍👩‍👧‍👦👨‍👩‍👧‍👦", 10, "👨‍👩‍👧‍👦…")]
    #[case::turned("\u{202e}abc def ghi", 8, "\u{202e}abc def…\u{202c}")]
    fn what_is_repeated_is_one_short_line(#[case] text: &str, #[case] limit: usize, #[case] expected: &str) {
        assert_eq!(short(text, limit), expected);
    }
}
