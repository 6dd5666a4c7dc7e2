//! A colleague writes to a client: the way of every typed text, whether its thread was known or chosen.

use super::desk::{Case, Desk, Person, Seat};
use super::mirror::Queued;
use super::send::{self, Wish};
use super::{notes, tell, views};
use crate::bridge::{ActivityId, ConversationId, LONGEST_SIGNATURE, MessageId, Outgoing, Quote, ThreadId, Wamid, signature_length, split};
use crate::store::{Draft, Purpose, Result};
use serde_json::json;

/// The thread and message that an activity turned out to belong to.
pub type Belongs = (Option<ThreadId>, Option<MessageId>);

/// What a text quotes, by our own store, and the message of ours that it so answers.
pub fn quote(desk: &Desk<'_>, conversation: &ConversationId, quoted: Option<&ActivityId>) -> Result<(Quote, Option<MessageId>)> {
    let Some(activity) = quoted else { return Ok((Quote::Nothing, None)) };
    Ok(match desk.tx.posting(conversation, activity)? {
        Some((Some(thread), message)) => (Quote::Of(thread), message),
        _ => (Quote::Unknown, None),
    })
}

/// A colleague's words about a thread: a note for colleagues, or a text for the client. A note belongs to nothing, so that nobody who
/// quotes it writes to the client.
pub fn on_words(desk: &Desk<'_>, person: &Person, thread: ThreadId, draft: &Draft) -> Result<Belongs> {
    if let Some(note) = notes::read(&draft.text) {
        if let Some(case) = desk.case(thread)? {
            notes::keep(desk, person, &case, note)?;
            desk.post(Some(thread), person, notes::kept(desk, person, Some(&case)), None)?;
        }
        return Ok((None, None));
    }
    let wamid = match draft.answers {
        Some(message) => desk.tx.message(message)?.filter(|message| message.thread == thread).and_then(|message| message.wamid),
        None => None,
    };
    let message = on_text(desk, person, thread, &draft.text, wamid.as_ref())?;
    Ok((Some(thread), message))
}

/// A colleague's text for a thread: decided, recorded, and answered where it did not go out. Long texts go in parts, in order.
pub fn on_text(desk: &Desk<'_>, person: &Person, thread: ThreadId, text: &str, reply_to: Option<&Wamid>) -> Result<Option<MessageId>> {
    let Some(case) = desk.case(thread)? else { return Ok(None) };
    // What is written elsewhere says nothing about whom the next words in their own chat are for.
    if person.seat == Seat::Own {
        desk.tx.focus_on(person.id(), thread)?;
    }
    let mut last = None;
    for part in split::parts_within(text, room(desk, person, &case, text)?) {
        let content = Outgoing::Text { body: part.clone() };
        let wish = Wish { author: Some(person), purpose: Purpose::Free, content: &content, reply_to, retry_of: None };
        let submitted = send::submit(desk, &case, &wish)?;
        last = Some(submitted.message);
        if let Some(post) = tell::verdict(desk, person, &case, submitted.verdict, Some(submitted.message), &part)? {
            desk.post(Some(thread), person, post, Some(submitted.message))?;
        }
    }
    Ok(last)
}

/// It is not certain whom the words are for: nothing is sent, they are kept, and the colleague is asked.
pub fn ask(desk: &Desk<'_>, person: &Person, words: &Draft) -> Result<Belongs> {
    let draft = desk.tx.keep_draft(person.id(), words, desk.now)?;
    let files: Vec<&str> = words.files.iter().filter_map(|file| file.name.as_deref()).collect();
    let body = json!({ "draft": draft, "text": words.text, "answers": words.answers, "files": files });
    desk.journal("message.kept", &person.id().0, None, None, &body)?;
    desk.post(None, person, views::ask_whom(desk, person, draft, words, false)?, None)?;
    Ok((None, None))
}

/// How long a text may be: what WhatsApp takes, without the signature. What is held and needs more room when it goes is cut then.
fn room(desk: &Desk<'_>, author: &Person, case: &Case, text: &str) -> Result<usize> {
    if text.chars().count() + LONGEST_SIGNATURE <= split::LIMIT {
        return Ok(split::LIMIT);
    }
    let participants = desk.tx.participants(case.thread.id)?;
    let content = Outgoing::Text { body: String::new() };
    let queued = Queued { author, purpose: Purpose::Free, content: &content, participants: &participants };
    Ok(split::LIMIT - queued.signature(desk, case).as_deref().map_or(0, signature_length))
}
