//! Internal notes, by a button or the command.

use super::allowed::with_case;
use crate::bridge::{Post, ThreadId};
use crate::cards::{self, NOTE_LIMIT, NoteError, NoteForm};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::notes;
use crate::store::Result;
use crate::texts::sentences;

/// The input for a note.
pub fn form(desk: &Desk<'_>, person: &Person, case: &Case) -> Post {
    shown(desk, person, case, String::new(), None)
}

fn shown(desk: &Desk<'_>, person: &Person, case: &Case, text: String, error: Option<NoteError>) -> Post {
    let view = NoteForm { head: desk.head(&case.contact, Some(&case.thread)), thread: case.thread.id, text, error };
    cards::note(&desk.reader(person, Some(&case.contact.line)), &view)
}

/// Keeps what was typed.
pub fn save(desk: &Desk<'_>, person: &Person, thread: ThreadId, text: &str) -> Result<Post> {
    with_case(desk, person, thread, |case| {
        let text = text.trim();
        let error = match text.chars().count() {
            0 => Some(NoteError::Empty),
            count if count > NOTE_LIMIT => Some(NoteError::TooLong),
            _ => None,
        };
        if error.is_some() {
            return Ok(shown(desk, person, case, text.to_owned(), error));
        }
        notes::keep(desk, person, case, text)?;
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), sentences::NOTE_KEPT, Some(text.to_owned())))
    })
}
