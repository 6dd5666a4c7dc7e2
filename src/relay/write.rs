//! A colleague writes to a client, or a note to their colleagues: the way of every typed text, whether its thread was known or chosen.

use super::desk::{Case, Desk, Person};
use super::mirror::Queued;
use super::send::{self, Wish};
use super::{note, parcels, tell, whom};
use crate::bridge::{LONGEST_SIGNATURE, MessageId, Outgoing, ThreadId, Wamid, signature_length, split};
use crate::store::{Draft, Purpose, Result};

/// The thread and message that an activity turned out to belong to.
pub type Belongs = (Option<ThreadId>, Option<MessageId>);

/// A colleague's words about a thread: a note for colleagues, or a text for the client.
pub fn words(desk: &Desk<'_>, person: &Person, case: &Case, draft: &Draft) -> Result<Belongs> {
    let thread = case.thread.id;
    if draft.note {
        let kept = note::keep(desk, person, case, &draft.text)?;
        return Ok((Some(thread), Some(kept)));
    }
    if !draft.files.is_empty() && parcels::open(desk, person, case, draft)?.is_some() {
        return Ok((Some(thread), None));
    }
    if draft.text.is_empty() {
        return Ok((Some(thread), None));
    }
    let answered = draft.answers.map(|id| desk.tx.message(id)).transpose()?.flatten();
    let wamid = answered.filter(|message| message.thread == thread).and_then(|message| message.wamid);
    Ok((Some(thread), text(desk, person, case, &draft.text, wamid.as_ref())?))
}

/// A colleague's text for a thread: decided, recorded, and answered where it did not go out. Long texts go in parts, in order.
pub fn text(desk: &Desk<'_>, person: &Person, case: &Case, text: &str, reply_to: Option<&Wamid>) -> Result<Option<MessageId>> {
    let thread = case.thread.id;
    whom::wrote(desk, person, thread)?;
    let mut last = None;
    for part in split::parts_within(text, room(desk, person, case, text)?) {
        let content = Outgoing::Text { body: part.clone() };
        let wish = Wish { author: Some(person), purpose: Purpose::Free, content: &content, reply_to, retry_of: None };
        let submitted = send::submit(desk, case, &wish)?;
        last = Some(submitted.message);
        if let Some(post) = tell::verdict(desk, person, case, submitted.verdict, Some(submitted.message), &part)? {
            desk.post(Some(thread), person, post, Some(submitted.message))?;
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
