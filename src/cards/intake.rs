//! A client wrote whom nobody can answer: the first colleague to take them does.

use super::element::{Button, Container, TextBlock};
use super::parts::{QUOTE_LIMIT, header, paragraph, phone};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Head, Reader, Style};
use crate::bridge::{Post, ThreadId, Time};
use crate::texts::labels;

/// A client to be taken.
#[derive(Clone, Debug)]
pub struct Intake {
    pub head: Head,
    pub thread: ThreadId,
    pub phone: Option<String>,
    /// The client's last message, and when it came.
    pub text: String,
    pub at: Time,
    /// How many there were.
    pub messages: u32,
    /// The colleague who has the client and is away.
    pub cover_for: Option<String>,
    /// Nobody has taken them since: a supervisor reads.
    pub waiting_since: Option<Time>,
}

/// The client's last message, with Take.
pub fn intake(reader: &Reader<'_>, view: &Intake) -> Post {
    let why = view.cover_for.as_deref().map(name).map_or_else(|| labels::NO_OWNER.to_owned(), |away| labels::owner_away(&away));
    let mut card = reader.card();
    card.extend(header(&view.head));
    match view.waiting_since {
        Some(since) => {
            let words = Text::plain(labels::NOT_TAKEN_SINCE).then(Text::moment(since)).and(". ").and(&why);
            card.push(TextBlock::new(words).style(Style::Warning).spaced());
        }
        None => card.push(paragraph(&why)),
    }
    if view.messages > 1 {
        card.push(TextBlock::new(Text::plain(labels::messages_so_far(view.messages))).subtle().small());
    }
    card.push(Container::quote(&clip(&view.text, QUOTE_LIMIT)));
    let from = name(phone(view.phone.as_ref()));
    let from = if from.is_empty() { Text::default() } else { Text::plain(from).and(" · ") };
    card.push(TextBlock::new(from.then(Text::moment(view.at))).subtle().small());
    card.actions([Button::new(labels::TAKE, &Action::Take { thread: view.thread }).positive()]);
    let client = name(&view.head.client);
    card.post(labels::about(&client, if view.waiting_since.is_some() { labels::NOT_TAKEN } else { &why }))
}
