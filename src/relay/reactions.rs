//! A colleague reacts in Teams to something that the client wrote or was sent. The client sees it on the same message, as far as a message
//! may be sent at all: it is never held, for a reaction of yesterday says something else. WhatsApp shows one reaction a side, so of several
//! colleagues' the last one.

use super::desk::{Case, Desk, Person};
use super::send::{self, Wish};
use crate::bridge::{ActivityId, Decision, Outgoing, Sending, TeamsEvent, reaction_emoji};
use crate::cards::Style;
use crate::store::{Message, Purpose, Result};
use crate::texts::kinds;
use serde_json::json;

/// What somebody put on a message, or took from it. On anything but a client's message and an answer to one it says nothing to a client.
pub fn on_reaction(
    desk: &Desk<'_>,
    person: &Person,
    event: &TeamsEvent,
    target: &ActivityId,
    added: &[String],
    removed: &[String],
) -> Result<()> {
    let Some((Some(thread), Some(id))) = desk.tx.posting(&event.reference.conversation, target)? else { return Ok(()) };
    let Some(message) =
        desk.tx.message(id)?.filter(|message| matches!(message.purpose, Purpose::Client | Purpose::Free | Purpose::Template))
    else {
        return Ok(());
    };
    let (Some(_), Some(case)) = (&message.wamid, desk.own_case(person, thread)?) else { return Ok(()) };
    for emoji in removed.iter().filter_map(|kind| reaction_emoji(kind)) {
        if desk.tx.take_back_reaction(id, person.id(), &emoji)? {
            react(desk, person, &case, &message, "")?;
        }
    }
    let Some(kind) = added.last() else { return Ok(()) };
    match reaction_emoji(kind) {
        None => tell(desk, person, &case, kinds::reaction_unknown(&case.contact.name)),
        Some(emoji) => {
            if react(desk, person, &case, &message, &emoji)? {
                return desk.tx.reacted(id, person.id(), &emoji);
            }
            tell(desk, person, &case, kinds::reaction_not_sent(&case.contact.name))
        }
    }
}

/// Sends a reaction, or takes ours back with an empty one; false when nothing may be sent now.
fn react(desk: &Desk<'_>, person: &Person, case: &Case, message: &Message, emoji: &str) -> Result<bool> {
    let Some(target) = message.wamid.clone() else { return Ok(false) };
    let ruling = send::decide(desk, case, Some(person), Sending::Free)?;
    if ruling.decision != Decision::Send {
        let body = json!({ "emoji": emoji, "rule": ruling.rule, "row": ruling.rule.row() });
        desk.journal("reaction.not_sent", person.id().as_str(), Some(case.thread.id), Some(message.id), &body)?;
        return Ok(false);
    }
    let content = Outgoing::Reaction { target, emoji: emoji.to_owned() };
    let wish = Wish { author: Some(person), purpose: Purpose::Free, content: &content, reply_to: None, retry_of: None };
    send::submit(desk, case, &wish).map(|_| true)
}

fn tell(desk: &Desk<'_>, person: &Person, case: &Case, text: String) -> Result<()> {
    desk.post(None, person, desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Default, text), None)
}
