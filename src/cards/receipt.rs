//! What a card becomes after an action: who, what, when. No buttons, so that nothing is pressed twice.

use super::element::{Button, Card, Container, TextBlock};
use super::parts::{QUOTE_LIMIT, header, paragraph};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Reader, Receipt};
use crate::bridge::{MessageId, Post};
use crate::texts::labels;

/// The receipt.
pub fn receipt(reader: &Reader<'_>, view: &Receipt) -> Post {
    card(reader, view).post(summary(view))
}

/// The receipt of something sent, with the way to why it could be. The one button that can be pressed twice: it only shows.
pub fn receipt_with_why(reader: &Reader<'_>, view: &Receipt, message: MessageId) -> Post {
    let mut card = card(reader, view);
    card.actions([Button::new(labels::WHY, &Action::Why { message })]);
    card.post(summary(view))
}

fn card(reader: &Reader<'_>, view: &Receipt) -> Card {
    let mut card = reader.card();
    card.extend(view.head.iter().flat_map(header));
    card.push(paragraph(&clip(&view.what, QUOTE_LIMIT)));
    if let Some(text) = view.text.as_deref().filter(|text| !text.is_empty()) {
        card.push(Container::quote(&clip(text, QUOTE_LIMIT)));
    }
    let who = name(&view.who);
    let who = if who.is_empty() { Text::default() } else { Text::plain(who).and(" · ") };
    card.push(TextBlock::new(who.then(Text::moment(view.at))).subtle().small());
    card
}

fn summary(view: &Receipt) -> String {
    let client = view.head.as_ref().map(|head| name(&head.client)).unwrap_or_default();
    labels::about(&client, &view.what)
}
