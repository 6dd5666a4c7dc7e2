//! What happens when a shared conversation in which threads live is gone, and when it is there again.

use super::desk::{Desk, SERVER};
use crate::bridge::{ColleagueId, ConversationId, Place, ThreadId};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, Style};
use crate::store::{Envelope, Result};
use crate::texts::{labels, places, sentences};
use serde_json::json;

/// Nothing can be posted in a shared conversation any more: what lived there lives in its participants' own chats again, and they are
/// told so. What was on its way there follows, in order.
pub fn on_gone(desk: &Desk<'_>, base: &ConversationId) -> Result<()> {
    if let Some(mut known) = desk.tx.conversation(base)?.filter(|known| known.installed) {
        known.installed = false;
        desk.tx.save_conversation(&known)?;
        desk.journal("conversation.gone", "teams", None, None, &json!({ "conversation": base, "name": known.name }))?;
    }
    for home in desk.tx.homes_in(base)? {
        lose(desk, home.thread)?;
    }
    Ok(())
}

/// A thread's shared home cannot be reached.
pub fn lose(desk: &Desk<'_>, thread: ThreadId) -> Result<()> {
    if !desk.tx.lose_home(thread)? {
        return Ok(());
    }
    let base = desk.tx.lost_home(thread)?;
    desk.tx.forget_thread_card(thread, &Place::Home)?;
    desk.journal("thread.moved", SERVER, Some(thread), None, &json!({ "from": base, "to": "personal" }))?;
    if let Some(case) = desk.case(thread)? {
        desk.tell(&case, Style::Warning, |_| sentences::home_gone(&case.contact.name))?;
        desk.ensure_cards(thread)?;
    }
    // What is with Teams at this moment has hardly arrived. It does not wait for the answer: what is said next would overtake it.
    follow_with(desk, thread, true)
}

/// What waits for a shared home that a thread has no more goes to the own chats of those who would have seen it there, in order.
pub fn follow(desk: &Desk<'_>, thread: ThreadId) -> Result<()> {
    follow_with(desk, thread, false)
}

fn follow_with(desk: &Desk<'_>, thread: ThreadId, handed_over: bool) -> Result<()> {
    let Some(base) = desk.tx.lost_home(thread)? else { return Ok(()) };
    let members = desk.tx.members(&base)?;
    for waiting in desk.tx.waiting(thread, &Place::Home)? {
        if handed_over || !waiting.handed_over {
            desk.tx.take_out(waiting.delivery)?;
            give(desk, thread, waiting.envelope().as_ref(), |id| members.contains(id))?;
        }
    }
    Ok(())
}

/// A thread moves from one shared home to another, and what waits moves with it. Who would have seen it in the old one and is not in the
/// new one reads it in their own chat.
pub fn catch_up(desk: &Desk<'_>, thread: ThreadId, from: &ConversationId, to: &ConversationId) -> Result<()> {
    let (old, new) = (desk.tx.members(from)?, desk.tx.members(to)?);
    for waiting in desk.tx.waiting(thread, &Place::Home)? {
        give(desk, thread, waiting.envelope().as_ref(), |id| old.contains(id) && !new.contains(id))?;
    }
    Ok(())
}

/// Puts a post for a shared home into the own chats of some participants. Cards that show how things stand are given to everybody anew;
/// an update has nothing to change elsewhere.
fn give(desk: &Desk<'_>, thread: ThreadId, envelope: Option<&Envelope>, to: impl Fn(&ColleagueId) -> bool) -> Result<()> {
    let Some(envelope @ Envelope::Post { message, .. }) = envelope else { return Ok(()) };
    for id in desk.tx.participants(thread)?.into_iter().filter(to) {
        if message.is_some() {
            desk.tx.disturb_focus(&id, thread)?;
        }
        desk.tx.enqueue_post(Some(thread), &Place::Own(id), envelope, desk.now)?;
    }
    Ok(())
}

/// A conversation can be posted to again: the participants of the threads that were lost with it may move back.
pub fn on_back(desk: &Desk<'_>, base: &ConversationId) -> Result<()> {
    desk.journal("conversation.back", "teams", None, None, &json!({ "conversation": base }))?;
    desk.tx.wake_lanes(&Place::Conversation(base.clone()), desk.now)?;
    for home in desk.tx.lost_homes_in(base)? {
        let Some(case) = desk.case(home.thread)? else { continue };
        let head = desk.head(&case.contact, Some(&case.thread));
        desk.tell_all(&case, None, |reader| {
            let notice = Notice {
                head: Some(head.clone()),
                text: places::home_back(&case.contact.name),
                style: Style::Good,
                actions: vec![(labels::MOVE_BACK, Action::MoveBack { thread: home.thread })],
                ..Notice::default()
            };
            cards::notice(reader, &notice)
        })?;
    }
    Ok(())
}
