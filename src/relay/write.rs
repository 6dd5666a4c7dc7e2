//! A colleague writes to a client, or a note to their colleagues: the way of every typed text, whether its thread was known or chosen.

use super::desk::{Case, Desk, Person};
use super::send::{self, Wish};
use super::{note, parcels, tell, whom};
use crate::bridge::{MessageId, Outgoing, ThreadId, Wamid};
use crate::cards::Style;
use crate::store::{Draft, Purpose, Result};
use crate::texts::{self, media};

/// The thread and message that an activity turned out to belong to.
pub type Belongs = (Option<ThreadId>, Option<MessageId>);

/// A colleague's words about a thread: a note for colleagues, or a text for the client.
pub fn words(desk: &Desk<'_>, person: &Person, case: &Case, draft: &Draft) -> Result<Belongs> {
    let thread = case.thread.id;
    if draft.note {
        let kept = note::keep(desk, person, case, &draft.text)?;
        if !draft.files.is_empty() {
            let said = media::not_in_a_note(&texts::names(&draft.file_names()));
            let about = Some((&case.contact, Some(&case.thread)));
            desk.post(Some(thread), person, desk.notice(person, about, Style::Warning, said), None)?;
        }
        return Ok((Some(thread), Some(kept)));
    }
    if !draft.files.is_empty() && parcels::open(desk, person, case, draft)?.is_some() {
        return Ok((Some(thread), None));
    }
    if draft.text.is_empty() {
        return Ok((Some(thread), None));
    }
    let person = &person.writing(&draft.written);
    let answered = draft.answers.map(|id| desk.tx.message(id)).transpose()?.flatten();
    let wamid = answered.filter(|message| message.thread == thread).and_then(|message| message.wamid);
    Ok((Some(thread), Some(text(desk, person, case, &draft.text, wamid.as_ref())?)))
}

/// A colleague's text for a thread: decided, recorded, and answered where it did not go out.
pub fn text(desk: &Desk<'_>, person: &Person, case: &Case, text: &str, reply_to: Option<&Wamid>) -> Result<MessageId> {
    let thread = case.thread.id;
    whom::wrote(desk, person, thread)?;
    let content = Outgoing::Text { body: text.to_owned() };
    let wish = Wish { author: Some(person), purpose: Purpose::Free, content: &content, reply_to, retry_of: None };
    let submitted = send::submit(desk, case, &wish)?;
    if let Some(post) = tell::verdict(desk, person, case, submitted.verdict, Some(submitted.message), text)? {
        desk.post(Some(thread), person, post, Some(submitted.message))?;
    }
    Ok(submitted.message)
}
