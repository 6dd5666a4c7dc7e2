//! A client wrote whom nobody owns: the first colleague to take it does.

use super::element::{Button, Container, TextBlock};
use super::parts::{QUOTE_LIMIT, header, paragraph, phone};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Intake, Reader};
use crate::bridge::Post;
use crate::texts::labels;

/// The client's message, with Take.
pub fn intake(reader: &Reader<'_>, view: &Intake) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(labels::NO_OWNER));
    card.push(Container::quote(&clip(&view.text, QUOTE_LIMIT)));
    let from = name(phone(view.phone.as_ref()));
    let from = if from.is_empty() { Text::default() } else { Text::plain(from).and(" · ") };
    card.push(TextBlock::new(from.then(Text::moment(view.at))).subtle().small());
    card.actions([
        Button::new(labels::TAKE, &Action::Take { thread: view.thread }).positive(),
        Button::new(labels::HISTORY, &Action::OpenHistory { thread: view.thread, before: None }),
    ]);
    card.post(labels::about(&name(&view.head.client), labels::NO_OWNER))
}
