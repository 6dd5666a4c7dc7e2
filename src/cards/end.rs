//! Ending a conversation, to be confirmed.

use super::element::{Button, TextBlock};
use super::parts::header;
use super::submit::Action;
use super::text::{Text, name};
use super::view::{Head, Reader};
use crate::bridge::{Post, ThreadId};
use crate::texts::{labels, participants as words};

/// What is asked.
#[derive(Clone, Debug)]
pub struct EndForm {
    pub thread: ThreadId,
    pub head: Head,
    /// Messages that wait, and would be withdrawn.
    pub held: usize,
}

/// The question.
pub fn end_form(reader: &Reader<'_>, view: &EndForm) -> Post {
    let client = name(&view.head.client);
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(TextBlock::new(Text::plain(words::END_HEADING)).bold().spaced());
    card.push(TextBlock::new(Text::plain(words::ending(&client, view.held))));
    card.actions([
        Button::new(words::END, &Action::End { thread: view.thread }).positive(),
        Button::new(labels::CANCEL, &Action::Details { thread: view.thread }),
    ]);
    card.post(labels::about(&client, words::END_HEADING))
}
