//! Buttons about one message: send again, say that it arrived, say whom it is for.

use super::allowed::{became, with_case};
use super::conversation::start;
use crate::bridge::{MessageId, MessageState, Post, ThreadId};
use crate::cards::{RouteProblem, Style};
use crate::markup;
use crate::relay::desk::{Desk, Person};
use crate::relay::render::shown;
use crate::relay::send::{self, Wish};
use crate::relay::{corrections, tell, views, whom, write};
use crate::store::{Purpose, Result};
use crate::texts::{notes, sentences};
use serde_json::json;

/// Sends a failed, uncertain, refused or expired message again, as a new one that names the old.
pub fn retry(desk: &Desk<'_>, person: &Person, id: MessageId) -> Result<Post> {
    let Some(message) = desk.tx.message(id)? else { return Ok(views::gone(desk, person)) };
    with_case(desk, person, message.thread, |case| {
        let retryable = matches!(message.state, MessageState::Failed | MessageState::Uncertain | MessageState::Expired);
        let content = message.outgoing()?;
        let text = shown(&content);
        let own = message.author.as_deref() == Some(person.id().0.as_str());
        if message.purpose == Purpose::Request {
            return start(desk, person, &case.contact);
        }
        // Marked before sending: a second click finds nothing to retry.
        if !own || !retryable || !desk.tx.set_state(id, message.state, MessageState::Withdrawn, desk.now)? {
            return Ok(desk.receipt(person, &case.contact, Some(&case.thread), became(desk, &message)?, Some(text)));
        }
        let wish = Wish {
            author: Some(person),
            purpose: message.purpose,
            content: &content,
            reply_to: message.reply_to.as_ref(),
            retry_of: Some(id),
        };
        let submitted = send::submit(desk, case, &wish)?;
        match tell::verdict(desk, person, case, submitted.verdict, Some(submitted.message), &text)? {
            Some(post) => Ok(post),
            None => Ok(desk.receipt_of(person, case, submitted.message, sentences::SENT_AGAIN, Some(text))),
        }
    })
}

/// Sends what a message should have said, as one that quotes it.
pub fn correct(desk: &Desk<'_>, person: &Person, id: MessageId, correction: i64) -> Result<Post> {
    let Some(message) = desk.tx.message(id)? else { return Ok(views::gone(desk, person)) };
    if message.author.as_deref() != Some(person.id().as_str()) {
        return Ok(views::gone(desk, person));
    }
    with_case(desk, person, message.thread, |case| match corrections::send(desk, person, case, &message, correction)? {
        None => {
            let about = Some((&case.contact, Some(&case.thread)));
            Ok(desk.notice(person, about, Style::Default, sentences::CORRECTION_SETTLED.to_owned()))
        }
        Some((sent, text)) => {
            let went = desk.tx.message(sent)?.is_some_and(|sent| sent.state == MessageState::Queued);
            let what = if went { sentences::CORRECTION_SENT } else { sentences::CORRECTION_NOT_SENT };
            Ok(desk.receipt_of(person, case, sent, what, Some(markup::plain(&text))))
        }
    })
}

pub fn arrived(desk: &Desk<'_>, person: &Person, id: MessageId) -> Result<Post> {
    let Some(message) = desk.tx.message(id)? else { return Ok(views::gone(desk, person)) };
    with_case(desk, person, message.thread, |case| {
        let settled = desk.tx.set_state(id, MessageState::Uncertain, MessageState::Accepted, desk.now)?;
        let text = shown(&message.outgoing()?);
        if !settled {
            return Ok(desk.receipt(person, &case.contact, Some(&case.thread), became(desk, &message)?, Some(text)));
        }
        desk.journal("message.arrived_says_colleague", &person.id().0, Some(case.thread.id), Some(id), &json!({}))?;
        desk.tx.refresh_cards(case.thread.id, desk.now)?;
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::ARRIVED, Some(text)))
    })
}

/// "Who is this for?" answered.
pub fn choose(desk: &Desk<'_>, person: &Person, draft: i64, thread: ThreadId) -> Result<Post> {
    let Some(words) = desk.tx.draft(draft, person.id())? else { return Ok(settled_draft(desk, person)) };
    let Some(case) = whom::chosen(desk, person, &words, thread)? else {
        return views::ask_whom(desk, person, draft, &words, Some(RouteProblem::NotOpen));
    };
    if !desk.tx.settle_draft(draft, desk.now)? {
        return Ok(settled_draft(desk, person));
    }
    if let (Some(thread), message) = write::words(desk, person, &case, &words)? {
        desk.tx.assign_posting(&words.written.conversation, &words.written.activity, thread, message)?;
    }
    let what = if words.note { notes::KEPT } else { sentences::ROUTED };
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), what, Some(markup::plain(&words.text))))
}

pub fn discard(desk: &Desk<'_>, person: &Person, draft: i64) -> Result<Post> {
    if desk.tx.draft(draft, person.id())?.is_some() && desk.tx.settle_draft(draft, desk.now)? {
        desk.journal("message.discarded", &person.id().0, None, None, &json!({ "draft": draft }))?;
        return Ok(desk.notice(person, None, Style::Default, sentences::DISCARDED.to_owned()));
    }
    Ok(settled_draft(desk, person))
}

pub fn settled_draft(desk: &Desk<'_>, person: &Person) -> Post {
    desk.notice(person, None, Style::Default, sentences::DRAFT_SETTLED.to_owned())
}
