//! Where a thread lives in Teams: link a group chat, leave it, move back.

use super::allowed::with_case;
use crate::bridge::{Post, Scope, ThreadId};
use crate::cards::{self, Style};
use crate::relay::desk::{Desk, Person, Seat};
use crate::relay::{group_chat, members, moving, views, way_back};
use crate::store::Result;
use crate::texts::places;

/// "Which client is this chat for?" answered: one chat, one client.
pub fn link(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    let Seat::Shared { reference, .. } = &person.seat else { return Ok(views::gone(desk, person)) };
    let chat = desk.tx.conversation(&reference.conversation.base())?.filter(|known| known.scope == Scope::GroupChat && known.installed);
    let Some(chat) = chat else { return Ok(desk.notice(person, None, Style::Warning, places::NOT_A_CHAT.to_owned())) };
    with_case(desk, person, thread, |case| {
        match desk.tx.home_at(&chat.reference.conversation)? {
            Some(home) if home.thread != thread => {
                return Ok(desk.notice(person, None, Style::Warning, places::TAKEN_CHAT.to_owned()));
            }
            Some(_) => {}
            None => {
                moving::into_shared(desk, case, person.id().as_str(), &chat, Some(&chat.reference.conversation))?;
                members::gather(desk, case, &chat, Some(person))?;
            }
        }
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), places::LINKED, None))
    })
}

/// "Which client is this chat for?" with nothing chosen.
pub fn link_nothing_chosen(desk: &Desk<'_>, person: &Person) -> Post {
    cards::link(&desk.reader(person, None), true)
}

/// The participants want their own chats.
pub fn unlink(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    with_case(desk, person, thread, |case| {
        let chat = moving::chat(desk, thread)?;
        if moving::into_own(desk, case, person.id().as_str())?
            && let Some(chat) = chat
        {
            // Free for another client.
            group_chat::ask_for_client(desk, &chat)?;
        }
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), places::MOVED_OUT, None))
    })
}

/// What was gone is there again, or is wanted again.
pub fn move_back(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    with_case(desk, person, thread, |case| {
        if desk.tx.home(thread)?.is_none() {
            let Some((known, conversation)) = way_back::of(desk, thread)? else {
                return Ok(desk.notice(person, Some((&case.contact, Some(&case.thread))), Style::Warning, places::NO_WAY_BACK.to_owned()));
            };
            moving::into_shared(desk, case, person.id().as_str(), &known, conversation.as_ref())?;
        }
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), places::MOVED_BACK, None))
    })
}
