//! What a card becomes after an action: who, what, when. No buttons, so that nothing is pressed twice.

use super::element::{Container, TextBlock};
use super::parts::{QUOTE_LIMIT, header, paragraph};
use super::text::{Text, clip, name};
use super::view::{Reader, Receipt};
use crate::bridge::Post;
use crate::texts::labels;

/// The receipt.
pub fn receipt(reader: &Reader<'_>, view: &Receipt) -> Post {
    let mut card = reader.card();
    card.extend(view.head.iter().flat_map(header));
    card.push(paragraph(&clip(&view.what, QUOTE_LIMIT)));
    if let Some(text) = view.text.as_deref().filter(|text| !text.is_empty()) {
        card.push(Container::quote(&clip(text, QUOTE_LIMIT)));
    }
    let who = name(&view.who);
    let who = if who.is_empty() { Text::default() } else { Text::plain(who).and(" · ") };
    card.push(TextBlock::new(who.then(Text::moment(view.at))).subtle().small());
    let client = view.head.as_ref().map(|head| name(&head.client)).unwrap_or_default();
    card.post(labels::about(&client, &view.what))
}
