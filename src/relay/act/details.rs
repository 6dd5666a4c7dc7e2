//! *Details*: who takes part since when; and which conversation a command is about.

use super::allowed::with_overseen;
use crate::bridge::{Post, ThreadId};
use crate::cards::{self, Details, ParticipantRow, ThreadCommand, WhichThread};
use crate::relay::desk::{Desk, Person};
use crate::relay::{find, offers, views, way_back};
use crate::store::Result;

pub fn details(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    with_overseen(desk, person, thread, |case| {
        let (mut participants, mut takes_part) = (Vec::new(), false);
        for part in desk.tx.participations(thread)?.into_iter().filter(|part| part.left_at.is_none()) {
            takes_part |= part.colleague == *person.id();
            participants.push(ParticipantRow {
                name: offers::name(desk, part.colleague.as_str())?,
                away: desk.away(std::slice::from_ref(&part.colleague))?.pop(),
                since: part.joined_at,
                cover_for: part.cover_for.map(|id| offers::name(desk, id.as_str())).transpose()?,
            });
        }
        let in_own_chats = desk.tx.home(thread)?.is_none();
        let way_back = way_back::of(desk, thread)?.is_some();
        let head = desk.head(&case.contact, Some(&case.thread));
        let view = Details { thread, head, participants, takes_part, in_own_chats, way_back };
        Ok(cards::details(&desk.reader(person, Some(&case.contact.line)), &view))
    })
}

/// "Which conversation?"
pub fn ask_which(desk: &Desk<'_>, person: &Person, command: ThreadCommand, nothing_chosen: bool) -> Result<Post> {
    let threads = find::threads(desk, person, "")?;
    if threads.is_empty() {
        return views::no_conversation(desk, person);
    }
    Ok(cards::which_thread(&desk.reader(person, None), &WhichThread { command, threads, nothing_chosen }))
}
