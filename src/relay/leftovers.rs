//! What becomes of the held messages of somebody who goes: another goes on with them, or they are withdrawn and their author has the
//! texts back (product.md 4). Nothing that was written is lost.

use super::desk::{Case, Desk, Person};
use super::expiry;
use super::render::shown;
use crate::bridge::{ColleagueId, MessageState, Place, held};
use crate::cards::{self, Notice, Style};
use crate::store::{Envelope, Message, Result};
use crate::texts::sentences;
use serde_json::json;

/// Settles what somebody has written and what still waits; how many messages that were. `by`: who decided it, for the journal; `to`: who
/// goes on, to whom messages can be handed over.
pub fn settle(desk: &Desk<'_>, case: &Case, author: &ColleagueId, fate: held::Fate, to: Option<&Person>, by: &str) -> Result<usize> {
    // What is due expires first: an expired message is neither handed over nor withdrawn.
    expiry::expire_due(desk, case)?;
    let mut waiting = desk.tx.held(case.thread.id)?;
    waiting.retain(|message| message.author.as_deref() == Some(author.as_str()));
    for message in &waiting {
        match (fate, to) {
            (held::Fate::HandOver, Some(to)) => hand_over(desk, case, message, to, by)?,
            (held::Fate::HandOver, None) | (held::Fate::Withdraw, _) => give_back(desk, case, message, author, by)?,
        }
    }
    if !waiting.is_empty() {
        desk.tx.refresh_cards(case.thread.id, desk.now)?;
    }
    Ok(waiting.len())
}

/// The author changes and nothing else: the place in the queue is by the time of writing.
fn hand_over(desk: &Desk<'_>, case: &Case, message: &Message, to: &Person, by: &str) -> Result<()> {
    if desk.tx.hand_over_held(message.id, to.id(), &to.name)? {
        let body = json!({ "from": message.author, "to": to.id() });
        desk.journal("message.handed_over", by, Some(case.thread.id), Some(message.id), &body)?;
    }
    Ok(())
}

/// Each on a card of its own: a long text must not push another one out of sight.
fn give_back(desk: &Desk<'_>, case: &Case, message: &Message, author: &ColleagueId, by: &str) -> Result<()> {
    if !desk.tx.set_state(message.id, MessageState::Held, MessageState::Withdrawn, desk.now)? {
        return Ok(());
    }
    desk.journal("message.withdrawn", by, Some(case.thread.id), Some(message.id), &json!({ "because": "author_gone" }))?;
    let Some(person) = desk.person(author)? else { return Ok(()) };
    let notice = Notice {
        head: Some(desk.head(&case.contact, Some(&case.thread))),
        text: sentences::HELD_GIVEN_BACK.to_owned(),
        style: Style::Warning,
        kept: Some(shown(&message.outgoing()?)),
        ..Notice::default()
    };
    let post = cards::notice(&desk.reader(&person, Some(&case.contact.line)), &notice);
    tell_gone(desk, case, &person, post)
}

/// Posts to somebody who takes no part any more, in the thread's order: what they see there last is theirs, and no way to the client.
pub fn tell_gone(desk: &Desk<'_>, case: &Case, person: &Person, post: crate::bridge::Post) -> Result<()> {
    let envelope = Envelope::Post { post, thread: None, message: None, repeated: false };
    desk.tx.enqueue_post(Some(case.thread.id), &Place::Own(person.id().clone()), &envelope, desk.now).map(drop)
}
