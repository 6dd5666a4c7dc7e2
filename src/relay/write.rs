//! A colleague writes to a client: the way of every typed text, whether its thread was known or chosen.

use super::desk::{Case, Desk, Person};
use super::mirror::Queued;
use super::send::{self, Wish};
use super::tell;
use crate::bridge::{LONGEST_SIGNATURE, MessageId, Outgoing, ThreadId, Wamid, signature_length, split};
use crate::store::{Purpose, Result};

/// A colleague's text for a thread: decided, recorded, and answered where it did not go out. Long texts go in parts, in order.
pub fn on_text(desk: &Desk<'_>, person: &Person, thread: ThreadId, text: &str, reply_to: Option<&Wamid>) -> Result<Option<MessageId>> {
    let Some(case) = desk.case(thread)? else { return Ok(None) };
    desk.tx.focus_on(person.id(), thread)?;
    let mut last = None;
    for part in split::parts_within(text, room(desk, person, &case, text)?) {
        let content = Outgoing::Text { body: part.clone() };
        let wish = Wish { author: Some(person), purpose: Purpose::Free, content: &content, reply_to, retry_of: None };
        let submitted = send::submit(desk, &case, &wish)?;
        last = Some(submitted.message);
        if let Some(post) = tell::verdict(desk, person, &case, submitted.verdict, Some(submitted.message), &part)? {
            desk.post(Some(thread), &person, post, Some(submitted.message))?;
        }
    }
    Ok(last)
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
