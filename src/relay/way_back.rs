//! The way back into the shared conversation in which a thread lived before.

use super::desk::{Case, Desk};
use crate::bridge::{ConversationId, Scope, ThreadId};
use crate::cards::submit::Action;
use crate::cards::{self, Notice};
use crate::store::{Result, SharedConversation};
use crate::texts::{labels, places};

/// Where a thread can move back to: the channel or chat, and there the conversation, which of a channel is `None` when a chain is to be
/// opened. Nowhere for a thread that lives in a shared conversation, or whose last one is gone or another thread's by now.
pub fn of(desk: &Desk<'_>, thread: ThreadId) -> Result<Option<(SharedConversation, Option<ConversationId>)>> {
    let Some(base) = desk.tx.lost_home(thread)? else { return Ok(None) };
    let Some(known) = desk.tx.conversation(&base)?.filter(|known| known.installed) else { return Ok(None) };
    if let Some(lost) = desk.tx.lost_homes_in(&base)?.into_iter().find(|home| home.thread == thread) {
        return Ok(Some((known, lost.conversation)));
    }
    // It was left by choice, or when none of its colleagues was there any more.
    let members = desk.tx.members(&base)?;
    if !desk.tx.participants(thread)?.iter().any(|id| members.contains(id)) {
        return Ok(None);
    }
    Ok(match known.scope {
        Scope::Channel => Some((known, None)),
        _ if desk.tx.home_at(&base)?.is_some() => None,
        _ => Some((known, Some(base))),
    })
}

/// Says in the participants' own chats that a conversation goes on there from now on, with the way back where there is one.
pub fn tell_moved_out(desk: &Desk<'_>, case: &Case) -> Result<()> {
    let thread = case.thread.id;
    let head = desk.head(&case.contact, Some(&case.thread));
    let back = of(desk, thread)?.map(|_| (labels::MOVE_BACK, Action::MoveBack { thread }));
    desk.tell_all(case, None, |reader| {
        let (head, text) = (Some(head.clone()), places::moved_out(&case.contact.name));
        cards::notice(reader, &Notice { head, text, actions: back.clone().into_iter().collect(), ..Notice::default() })
    })
}
