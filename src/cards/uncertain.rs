//! Nobody knows whether a message arrived: it is never sent again without a person saying so.

use super::element::{Button, Container, TextBlock};
use super::parts::{QUOTE_LIMIT, header, paragraph};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Reader, Style, Uncertain};
use crate::bridge::Post;
use crate::texts::labels;

/// Resend, or say that it arrived. Neither is called likely: we do not know.
pub fn uncertain(reader: &Reader<'_>, view: &Uncertain) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(labels::UNCERTAIN).style(Style::Warning));
    card.push(Container::quote(&clip(&view.text, QUOTE_LIMIT)));
    card.push(TextBlock::new(Text::plain(labels::SENT_AT).then(Text::moment(view.sent)).and(". ").and(labels::UNCERTAIN_WHY)).small());
    card.actions([
        Button::new(labels::RESEND, &Action::Retry { message: view.message }),
        Button::new(labels::IT_ARRIVED, &Action::Arrived { message: view.message }),
    ]);
    card.post(labels::about(&name(&view.head.client), labels::STATE_UNCERTAIN))
}
