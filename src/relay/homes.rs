//! What happens when a shared conversation in which threads live is gone, and when it is there again.

use super::desk::{Desk, SERVER};
use crate::bridge::{ConversationId, Place, ThreadId};
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
    follow(desk, thread)
}

/// What waits for a shared home that a thread has no more goes to the own chats of those who would have seen it there, in order.
pub fn follow(desk: &Desk<'_>, thread: ThreadId) -> Result<()> {
    for body in desk.tx.take_waiting(thread, &Place::Home)? {
        match serde_json::from_str(&body) {
            Ok(envelope) => redistribute(desk, thread, &envelope)?,
            Err(error) => tracing::error!(%thread, %error, "a post cannot be read and is set aside"),
        }
    }
    Ok(())
}

/// One post for a shared home that the thread has no more.
pub fn redistribute(desk: &Desk<'_>, thread: ThreadId, envelope: &Envelope) -> Result<()> {
    // Cards that show how things stand are given to everybody anew; an update has nothing to change elsewhere.
    let Envelope::Post { message, .. } = envelope else { return Ok(()) };
    let members = match desk.tx.lost_home(thread)? {
        Some(base) => desk.tx.members(&base)?,
        None => Vec::new(),
    };
    for id in desk.tx.participants(thread)?.into_iter().filter(|id| members.contains(id)) {
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
