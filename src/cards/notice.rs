//! One plain sentence, perhaps with buttons: acceptances, refusals, warnings.

use super::element::{Button, Container, TextBlock};
use super::parts::{header, paragraph};
use super::text::{Text, clip, name};
use super::view::{Notice, Reader};
use crate::bridge::Post;
use crate::texts::labels;

/// Longest sentence in characters. T-25 holds a message's text.
const SENTENCE_LIMIT: usize = 2_000;

/// The sentence, coloured by its style; the colleague's own text below it where it was handed back.
pub fn notice(reader: &Reader<'_>, view: &Notice) -> Post {
    let mut card = reader.card();
    card.extend(view.head.iter().flat_map(header));
    card.push(paragraph(&clip(&view.text, SENTENCE_LIMIT)).style(view.style));
    if let Some(kept) = &view.kept {
        card.push(TextBlock::new(Text::plain(labels::KEPT)).subtle().small());
        card.push(Container::quote(&clip(kept, SENTENCE_LIMIT)));
    }
    card.actions(view.actions.iter().enumerate().map(|(at, (title, action))| {
        let button = Button::new(*title, action);
        if at == 0 { button.positive() } else { button }
    }));
    card.post(summary(view))
}

/// The sentence itself, unless it quotes a message.
fn summary(view: &Notice) -> String {
    match &view.head {
        _ if !view.quotes_message => view.text.clone(),
        Some(head) => labels::about(&name(&head.client), labels::NEWS),
        None => labels::NEWS.to_owned(),
    }
}
