//! Who takes part is a member of the group chat that is their thread's home, and who does not is none: kept through Graph in the chats that
//! we made; in those that colleagues made, and where Graph refuses, the colleagues are asked.
//!
//! Invariant: an order names the person, not what to do with them; what is right is read when it is carried out, so that coming and going
//! in quick succession cannot be done in the wrong order.

use super::desk::{Case, Desk, SERVER};
use super::moving;
use crate::bridge::{ColleagueId, ConversationId, MessageId, Place, ThreadId, Time};
use crate::cards::{self, Notice, Style};
use crate::store::{ChatTask, Left, Result};
use crate::teams::EVERYTHING;
use crate::texts::group_chat as words;
use serde_json::json;

/// Somebody takes part now.
pub fn came(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId) -> Result<()> {
    let Some(chat) = moving::chat(desk, case.thread.id)? else { return Ok(()) };
    if desk.tx.chat_order_of(&chat)?.is_none() {
        return Ok(());
    }
    keep(desk, &chat, colleague)?;
    // Who stayed in the chat when the conversation was ended reads along no more when others go on with it.
    keep_all(desk, case, &chat)
}

/// Somebody takes part no more.
pub fn went(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId, how: Left) -> Result<()> {
    let Some(chat) = moving::chat(desk, case.thread.id)? else { return Ok(()) };
    if how == Left::Ended {
        // The client may write again, and then it goes on with them.
        return Ok(());
    }
    if desk.tx.chat_order_of(&chat)?.is_some() {
        return keep(desk, &chat, colleague);
    }
    if !leave_if_empty(desk, case)? && desk.tx.members(&chat)?.contains(colleague) {
        by_hand(desk, case, colleague, false)?;
    }
    Ok(())
}

/// Orders it for everybody of whom it is not so as far as we know, in a chat that we made.
pub fn keep_all(desk: &Desk<'_>, case: &Case, chat: &ConversationId) -> Result<()> {
    if desk.tx.chat_order_of(chat)?.is_none() {
        return Ok(());
    }
    let members = desk.tx.members(chat)?;
    for part in desk.tx.participations(case.thread.id)? {
        if part.left_at.is_none() != members.contains(&part.colleague) {
            keep(desk, chat, &part.colleague)?;
        }
    }
    Ok(())
}

/// Orders that a chat which we made holds somebody exactly while they take part.
pub fn keep(desk: &Desk<'_>, chat: &ConversationId, colleague: &ColleagueId) -> Result<()> {
    desk.tx.order(&ChatTask::Member { chat: chat.clone(), colleague: colleague.clone() }, desk.now)
}

/// The client has another name: so has the chat that we made for them.
pub fn renamed(desk: &Desk<'_>, thread: ThreadId) -> Result<()> {
    let Some(chat) = moving::chat(desk, thread)? else { return Ok(()) };
    if desk.tx.chat_order_of(&chat)?.is_some() {
        desk.tx.order(&ChatTask::Title { chat }, desk.now)?;
    }
    Ok(())
}

/// A chat of which no participant is a member is no home: the conversation goes on in own chats. True when it does.
pub fn leave_if_empty(desk: &Desk<'_>, case: &Case) -> Result<bool> {
    let Some(home) = desk.tx.home(case.thread.id)? else { return Ok(true) };
    let (members, participants) = (desk.tx.members(&home.base)?, desk.tx.participants(case.thread.id)?);
    if !participants.is_empty() && !participants.iter().any(|id| members.contains(id)) {
        return moving::into_own(desk, case, SERVER);
    }
    Ok(false)
}

/// What is right for somebody in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// They take part: in the chat, where they may read what was written since this moment. `None`: nothing from before they come.
    In(Option<Time>),
    /// They took part.
    Out,
    /// Not ours to decide.
    AsItIs,
}

/// What is right now.
pub fn membership(desk: &Desk<'_>, chat: &ConversationId, colleague: &ColleagueId) -> Result<Membership> {
    let (Some(home), true) = (desk.tx.home_at(chat)?, desk.tx.chat_order_of(chat)?.is_some()) else { return Ok(Membership::AsItIs) };
    let Some(part) = desk.tx.participation(home.thread, colleague)? else { return Ok(Membership::AsItIs) };
    Ok(match part.left {
        _ if part.left_at.is_none() => Membership::In(reads_from(desk, part.visible_from)?),
        Some(Left::Ended) if desk.tx.participants(home.thread)?.is_empty() => Membership::AsItIs,
        _ => Membership::Out,
    })
}

fn reads_from(desk: &Desk<'_>, first: MessageId) -> Result<Option<Time>> {
    if first == MessageId(0) {
        return Ok(Some(EVERYTHING));
    }
    Ok(desk.tx.message(first)?.map(|message| message.created_at))
}

/// Graph did not do it: the colleagues in the chat are asked to, unless they have done so already.
pub fn refused(desk: &Desk<'_>, chat: &ConversationId, colleague: &ColleagueId) -> Result<()> {
    let Some(home) = desk.tx.home_at(chat)? else { return Ok(()) };
    let Some(case) = desk.case(home.thread)? else { return Ok(()) };
    if leave_if_empty(desk, &case)? {
        return Ok(());
    }
    let there = desk.tx.members(chat)?.contains(colleague);
    match membership(desk, chat, colleague)? {
        Membership::In(_) if !there => by_hand(desk, &case, colleague, true),
        Membership::Out if there => by_hand(desk, &case, colleague, false),
        _ => Ok(()),
    }
}

fn by_hand(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId, add: bool) -> Result<()> {
    let name = desk.person(colleague)?.map_or_else(|| colleague.0.clone(), |person| person.name);
    desk.journal("chat.member_by_hand", SERVER, Some(case.thread.id), None, &json!({ "colleague": colleague, "add": add }))?;
    let head = Some(desk.head(&case.contact, Some(&case.thread)));
    let text = if add { words::add_by_hand(&name) } else { words::remove_by_hand(&name) };
    let post =
        cards::notice(&desk.reader_of_all(Some(&case.contact.line)), &Notice { head, text, style: Style::Warning, ..Notice::default() });
    desk.post_to(Some(case.thread.id), &Place::Home, post, None)
}
