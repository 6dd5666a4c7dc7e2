//! An internal note, to be written.

use super::element::{Button, TextInput};
use super::parts::{error, header, paragraph};
use super::submit::Action;
use super::view::{Head, Reader};
use crate::bridge::{Post, ThreadId};
use crate::texts::{labels, places};

/// The longest note, in characters.
pub const NOTE_LIMIT: usize = 4_000;

/// What is wrong with a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteError {
    Empty,
    /// More than [`NOTE_LIMIT`] characters.
    TooLong,
}

/// A note about a conversation.
#[derive(Clone, Debug)]
pub struct NoteForm {
    pub head: Head,
    pub thread: ThreadId,
    /// What was typed already.
    pub text: String,
    pub error: Option<NoteError>,
}

/// The input, with what becomes of it.
pub fn note(reader: &Reader<'_>, view: &NoteForm) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(places::NOTE_WHY));
    card.push(TextInput::new("text", places::NOTE, places::NOTE_ERROR, NOTE_LIMIT).value(&view.text).multiline().required());
    if view.error.is_some() {
        card.push(error(places::NOTE_ERROR));
    }
    card.actions([
        Button::with_inputs(places::SAVE_NOTE, &Action::SaveNote { thread: view.thread, text: String::new() }, &["text"]).positive()
    ]);
    card.post(labels::about(&super::text::name(&view.head.client), places::NOTE))
}
