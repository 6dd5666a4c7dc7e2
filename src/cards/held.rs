//! T-21: a message that waits for the client.

use super::element::{Button, Container};
use super::parts::{QUOTE_LIMIT, header, paragraph};
use super::submit::Action;
use super::text::{clip, name};
use super::view::{Held, Reader, Style};
use crate::bridge::Post;
use crate::texts::{TextId, ago, labels};

/// Says what it waits for and until when, with the way out: a template.
pub fn held(reader: &Reader<'_>, view: &Held) -> Post {
    let client = name(&view.head.client);
    let last = view.last_wrote.map_or_else(|| labels::SOME_TIME_AGO.to_owned(), |at| ago(reader.now - at));
    let values = [("client", client.as_str()), ("ago", &last), ("n", &view.waiting.to_string()), ("date", &reader.when(view.expires))];
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(&reader.say(TextId::T21, &values)).style(Style::Warning));
    card.push(Container::quote(&clip(&view.text, QUOTE_LIMIT)));
    card.actions([
        Button::new(labels::CHOOSE_TEMPLATE, &Action::Templates { thread: view.thread, query: String::new() }).positive(),
        Button::new(labels::EDIT, &Action::EditHeld { message: view.message }),
        Button::new(labels::WITHDRAW, &Action::WithdrawHeld { message: view.message }),
    ]);
    card.post(labels::about(&client, labels::STATE_HELD))
}
