//! T-21: a message that waits for the client.

use super::element::{Button, Container, TextBlock};
use super::parts::{QUOTE_LIMIT, header, paragraph};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Held, Reader, Style};
use crate::bridge::Post;
use crate::texts::{TextId, ago, labels};

/// Says what it waits for and until when, with the ways out: ask the client to write, once, or choose a template.
pub fn held(reader: &Reader<'_>, view: &Held) -> Post {
    let client = name(&view.head.client);
    let last = view.last_wrote.map_or_else(|| labels::SOME_TIME_AGO.to_owned(), |at| ago(reader.now - at));
    let values = [("client", client.as_str()), ("ago", &last), ("n", &view.waiting.to_string()), ("date", &reader.when(view.expires))];
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(&reader.say(TextId::T21, &values)).style(Style::Warning));
    card.push(Container::quote(&clip(&view.text, QUOTE_LIMIT)));
    if let Some(asked) = view.asked {
        card.push(TextBlock::new(Text::plain(labels::ASKED_TO_REPLY).then(Text::moment(asked)).and(".")).subtle().small());
    }
    if let Some(note) = &view.note {
        card.push(paragraph(note).style(Style::Attention));
    }
    let message = view.message;
    let ask = view.asked.is_none().then(|| Button::new(labels::ASK_TO_REPLY, &Action::AskToReply { message }));
    // What was just refused is not the likely action, but may be possible later.
    let (ask, later) = if view.note.is_none() { (ask.map(Button::positive), None) } else { (None, ask) };
    let edit = view.editable.then(|| Button::new(labels::EDIT, &Action::EditHeld { message }));
    let rest = [
        Button::new(labels::WITHDRAW, &Action::WithdrawHeld { message }),
        Button::new(labels::CHOOSE_TEMPLATE, &Action::TemplateForHeld { message }),
        Button::new(labels::WHY, &Action::Why { message }),
    ];
    card.actions(ask.into_iter().chain(edit).chain(rest).chain(later));
    card.post(labels::about(&client, labels::STATE_HELD))
}
