//! Internal notes, by a button or the command.

use super::allowed::with_case;
use crate::bridge::{Post, Quote, Route, ThreadId};
use crate::cards::{self, NOTE_LIMIT, NoteAbout, NoteError, NoteForm};
use crate::relay::desk::{Case, Desk, Person};
use crate::relay::{find, note, views, whom};
use crate::store::Result;
use crate::texts::notes;

/// The input, about the conversation that a text typed now would go to; where that is not certain, with a choice.
pub fn form(desk: &Desk<'_>, person: &Person) -> Result<Post> {
    match whom::route(desk, person, Quote::Nothing)? {
        Route::To(thread) => with_case(desk, person, thread, |case| Ok(form_about(desk, person, case))),
        Route::Ask => form_that_asks(desk, person, "", None),
        Route::Nowhere => views::no_conversation(desk, person),
    }
}

/// The input, about a certain conversation.
pub fn form_about(desk: &Desk<'_>, person: &Person, case: &Case) -> Post {
    shown(desk, person, case, "", None)
}

/// The input with a choice of conversations.
pub fn form_that_asks(desk: &Desk<'_>, person: &Person, text: &str, error: Option<NoteError>) -> Result<Post> {
    let about = NoteAbout::Ask { threads: find::threads(desk, person, "")? };
    Ok(cards::note(&desk.reader(person, None), &NoteForm { about, text: text.to_owned(), error }))
}

fn shown(desk: &Desk<'_>, person: &Person, case: &Case, text: &str, error: Option<NoteError>) -> Post {
    let about = NoteAbout::Thread { thread: case.thread.id, head: desk.head(&case.contact, Some(&case.thread)) };
    cards::note(&desk.reader(person, Some(&case.contact.line)), &NoteForm { about, text: text.to_owned(), error })
}

/// Keeps what was typed.
pub fn save(desk: &Desk<'_>, person: &Person, thread: ThreadId, text: &str) -> Result<Post> {
    with_case(desk, person, thread, |case| {
        if !desk.is_of_line(person, &case.contact.line) {
            return Ok(views::gone(desk, person));
        }
        let text = text.trim();
        if text.is_empty() || text.chars().count() > NOTE_LIMIT {
            return Ok(shown(desk, person, case, text, Some(NoteError::Length)));
        }
        note::keep(desk, person, case, text)?;
        Ok(desk.receipt(person, &case.contact, Some(&case.thread), notes::KEPT, Some(text.to_owned())))
    })
}
