//! *Why?* and the way back from it. Both show and change nothing.

use super::allowed::{became, with_contact};
use crate::bridge::{ContactId, Decision, Failure, FailureClass, MessageId, MessageState, Post, Rule, ThreadId, Verdict, held};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::render::shown;
use crate::relay::{expiry, tell, views, why};
use crate::store::{Message, Purpose, Result};

/// A message of ours that the colleague may see; the last of what is given says whether they take part.
fn with_ours(desk: &Desk<'_>, person: &Person, id: MessageId, then: impl FnOnce(&Case, &Message, bool) -> Result<Post>) -> Result<Post> {
    match desk.readable_message(person, id)? {
        Some((case, message, sight)) if message.purpose != Purpose::Client => then(&case, &message, sight.takes_part),
        _ => Ok(views::gone(desk, person)),
    }
}

/// Why a message was sent, held or refused.
pub fn why_message(desk: &Desk<'_>, person: &Person, id: MessageId) -> Result<Post> {
    with_ours(desk, person, id, |case, message, _| why::of_message(desk, person, case, message))
}

/// Why a conversation or a request was refused. `entry` is the place in the journal; only who was refused may ask.
pub fn why_refused(desk: &Desk<'_>, person: &Person, entry: i64) -> Result<Post> {
    let row = desk.tx.journal_entry(entry)?.filter(|row| row.kind == "conversation.refused" && row.actor == person.id().0);
    let contact = row.as_ref().and_then(|row| row.body["contact"].as_i64()).map(ContactId);
    let (Some(row), Some(contact)) = (row, contact) else { return Ok(views::gone(desk, person)) };
    let thread = row.thread.map(|id| desk.tx.thread(ThreadId(id))).transpose()?.flatten();
    with_contact(desk, person, contact, |contact| why::of_refusal(desk, person, contact, thread.as_ref(), &row))
}

/// A message's card as it stands now: what a card about it would say if it were posted at this moment.
pub fn show_message(desk: &Desk<'_>, person: &Person, id: MessageId) -> Result<Post> {
    with_ours(desk, person, id, |case, message, takes_part| {
        expiry::expire_due(desk, case)?;
        let Some(message) = desk.tx.message(message.id)? else { return Ok(views::gone(desk, person)) };
        let text = shown(&message.outgoing()?);
        // Who takes part no longer sees what became of it, and nothing to press.
        let own = takes_part && message.author.as_deref() == Some(person.id().0.as_str());
        let post = match message.state {
            MessageState::Held if own && held::access(message.author.as_deref(), message.state, person.id()) == held::Access::Author => {
                Some(tell::held(desk, person, case, message.id, &text)?)
            }
            MessageState::Expired if own => Some(tell::expired(desk, person, case, &message)?),
            MessageState::Uncertain if own => Some(tell::uncertain(desk, person, case, &message)?),
            MessageState::Failed if own => {
                let unknown = || Failure::new(FailureClass::Unavailable, "");
                Some(tell::failed(desk, person, case, &message, &message.failure.clone().unwrap_or_else(unknown))?)
            }
            MessageState::Refused if own => match refused(&message) {
                Some(verdict) => tell::verdict(desk, person, case, verdict, Some(message.id), &text)?,
                None => None,
            },
            _ => None,
        };
        match post {
            Some(post) => Ok(post),
            None => Ok(desk.receipt(person, &case.contact, Some(&case.thread), became(desk, &message)?, Some(text))),
        }
    })
}

/// The verdict that refused a message, as it was told.
fn refused(message: &Message) -> Option<Verdict> {
    let rule = message.decided_by()?;
    let decision = match rule {
        Rule::TemplateOnly => Decision::HandBack,
        Rule::ConsentNeeded => Decision::AskConsent,
        _ => Decision::Refuse,
    };
    Some(Verdict { decision, rule })
}
