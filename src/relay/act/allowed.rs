//! What a colleague may touch: contacts of their lines, threads they take part in, held messages of their own. Everything else
//! is answered with the truth and nothing is done.

use crate::bridge::{ContactId, MessageId, MessageState, Post, RevocationId, Sight, Template, ThreadId, Urgency, held};
use crate::cards::Style;
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::render::shown;
use crate::relay::{expiry, find, revocation, template_views, views};
use crate::store::{Contact, Message, Result, Revocation};
use crate::texts::{labels, sentences};

/// A contact of one of the colleague's lines.
pub fn with_contact(desk: &Desk<'_>, person: &Person, id: ContactId, then: impl FnOnce(&Contact) -> Result<Post>) -> Result<Post> {
    let found = desk.tx.contact(id)?;
    // Who turned out to be another contact is opened there.
    let found = match found.as_ref().and_then(|contact| contact.merged_into) {
        Some(goes_on) => desk.tx.contact(goes_on)?,
        None => found,
    };
    match found {
        Some(contact) if desk.office.lines_of(&person.known).iter().any(|line| line.id == contact.line) => then(&contact),
        _ => Ok(views::gone(desk, person)),
    }
}

/// A thread that the colleague takes part in.
pub fn with_case(desk: &Desk<'_>, person: &Person, id: ThreadId, then: impl FnOnce(&Case) -> Result<Post>) -> Result<Post> {
    match views::own(desk, person, id)? {
        Ok(case) => then(&case),
        Err(gone) => Ok(gone),
    }
}

/// A thread that the colleague takes part in, or whose line they supervise.
pub fn with_overseen(desk: &Desk<'_>, person: &Person, id: ThreadId, then: impl FnOnce(&Case) -> Result<Post>) -> Result<Post> {
    match desk.case(id)? {
        Some(case) if find::may_transfer(desk, person, &case)? => then(&case),
        _ => Ok(views::gone(desk, person)),
    }
}

/// A thread that the colleague may read, with what of it.
pub fn with_readable(desk: &Desk<'_>, person: &Person, id: ThreadId, then: impl FnOnce(&Case, &Sight) -> Result<Post>) -> Result<Post> {
    match desk.readable(person, id)? {
        Some((case, sight)) => then(&case, &sight),
        None => Ok(views::gone(desk, person)),
    }
}

pub fn with_template(
    desk: &Desk<'_>,
    person: &Person,
    thread: ThreadId,
    name: &str,
    language: &str,
    then: impl FnOnce(&Case, &Template) -> Result<Post>,
) -> Result<Post> {
    with_case(desk, person, thread, |case| match template_views::template(desk, case, name, language)? {
        Some(template) => then(case, &template),
        None => Ok(desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Attention, sentences::TEMPLATE_GONE.to_owned())),
    })
}

/// A possible wish to stop that the colleague may decide; what was decided when it is not open any more.
pub fn with_revocation(
    desk: &Desk<'_>,
    person: &Person,
    id: RevocationId,
    then: impl FnOnce(&Case, &Revocation) -> Result<Post>,
) -> Result<Post> {
    let Some(found) = desk.tx.revocation(id)? else { return Ok(views::gone(desk, person)) };
    let Some(case) = desk.case(found.thread)? else { return Ok(views::gone(desk, person)) };
    if !revocation::may_decide(desk, person, &case.contact)? {
        return Ok(views::gone(desk, person));
    }
    match found.decided {
        None => then(&case, &found),
        Some(_) => revocation::view(desk, person, &case, &found, Urgency::New),
    }
}

/// A held message of the colleague's own; what became of it when it is not held any more.
pub fn with_held(desk: &Desk<'_>, person: &Person, id: MessageId, then: impl FnOnce(&Case, &Message) -> Result<Post>) -> Result<Post> {
    with_held_or(desk, person, id, then, |case, message| {
        let text = shown(&message.outgoing()?);
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), became(desk, message)?, Some(text)))
    })
}

/// The same, with something else to show when it came too late.
pub fn with_held_or(
    desk: &Desk<'_>,
    person: &Person,
    id: MessageId,
    then: impl FnOnce(&Case, &Message) -> Result<Post>,
    too_late: impl FnOnce(&Case, &Message) -> Result<Post>,
) -> Result<Post> {
    let Some(thread) = desk.tx.message(id)?.map(|message| message.thread) else { return Ok(views::gone(desk, person)) };
    with_case(desk, person, thread, |case| {
        expiry::expire_due(desk, case)?;
        match desk.tx.message(id)? {
            Some(message) if message.author.as_deref() == Some(person.id().0.as_str()) => {
                match held::access(message.author.as_deref(), message.state, person.id()) {
                    held::Access::Author => then(case, &message),
                    held::Access::Reader | held::Access::Over => too_late(case, &message),
                }
            }
            _ => Ok(views::gone(desk, person)),
        }
    })
}

/// What became of a message, on a card that came too late. A withdrawn one may have gone out again as another.
pub fn became(desk: &Desk<'_>, message: &Message) -> Result<&'static str> {
    let again = message.state == MessageState::Withdrawn && desk.tx.retry_of(message.id)?.is_some();
    Ok(if again { sentences::SENT_AGAIN } else { labels::state(message.state) })
}
