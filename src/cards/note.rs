//! An internal note, to be written.

use super::choices_data::fitting_choices;
use super::element::{Button, Choices, TextBlock, TextInput};
use super::parts::{error, header, paragraph};
use super::route::thread_title;
use super::submit::Action;
use super::text::{Text, clip, name};
use super::typeahead::Dataset;
use super::view::{Head, Reader, ThreadChoice};
use crate::bridge::{Post, ThreadId};
use crate::texts::{labels, notes};

/// The longest note that is typed into a card, in characters.
pub const NOTE_LIMIT: usize = 4_000;

/// What a note is about.
#[derive(Clone, Debug)]
pub enum NoteAbout {
    Thread {
        thread: ThreadId,
        head: Head,
    },
    /// It is not certain: the colleague chooses.
    Ask {
        threads: Vec<ThreadChoice>,
    },
}

/// What is wrong with a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteError {
    /// Nothing, or more than [`NOTE_LIMIT`] characters.
    Length,
    NothingChosen,
}

/// A note to be written.
#[derive(Clone, Debug)]
pub struct NoteForm {
    pub about: NoteAbout,
    /// What was typed already.
    pub text: String,
    pub error: Option<NoteError>,
}

/// The input, and who reads what is typed there.
pub fn note(reader: &Reader<'_>, view: &NoteForm) -> Post {
    let mut card = reader.card();
    let (thread, client, inputs): (_, _, &[&str]) = match &view.about {
        NoteAbout::Thread { thread, head } => {
            card.extend(header(head));
            (*thread, name(&head.client), &["text"])
        }
        NoteAbout::Ask { threads } => {
            card.push(TextBlock::heading(Text::plain(notes::WHICH)));
            let choices: Vec<_> = threads.iter().map(|choice| (thread_title(choice), choice.thread.to_string())).collect();
            let fit = fitting_choices(&choices);
            card.push(
                Choices::new("thread", labels::CHOOSE_A_CLIENT, labels::NO_CLIENT_CHOSEN, choices.into_iter().take(fit))
                    .placeholder(labels::CHOOSE_A_CLIENT_BY)
                    .typeahead(Dataset::Threads)
                    .required(),
            );
            if view.error == Some(NoteError::NothingChosen) {
                card.push(error(labels::NO_CLIENT_CHOSEN));
            }
            (ThreadId(0), String::new(), &["thread", "text"])
        }
    };
    card.push(paragraph(notes::WHY));
    card.push(TextInput::new("text", notes::NOTE, notes::ERROR, NOTE_LIMIT).value(clip(&view.text, NOTE_LIMIT)).multiline().required());
    if view.error == Some(NoteError::Length) {
        card.push(error(notes::ERROR));
    }
    card.actions([Button::with_inputs(notes::SAVE, &Action::Note { thread, text: String::new() }, inputs).positive()]);
    card.post(labels::about(&client, notes::NOTE))
}
