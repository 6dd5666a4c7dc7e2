//! T-09: a client's message that may ask to stop. A colleague decides; the first decision counts for all.

use super::element::{Button, Container, TextBlock};
use super::parts::{QUOTE_LIMIT, header, paragraph};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Head, Reader, Style};
use crate::bridge::{DECIDE_WITHIN, Post, REMIND_AFTER, RevocationId, Time, Urgency};
use crate::texts::{TextId, labels};

/// A client's message that may ask to stop.
#[derive(Clone, Debug)]
pub struct PerhapsStop {
    pub revocation: RevocationId,
    pub head: Head,
    /// The client's words.
    pub words: String,
    pub at: Time,
    /// The words of the last such message, when there were several.
    pub again: Option<String>,
    /// How many there were.
    pub messages: u32,
    pub due: Time,
    pub urgency: Urgency,
}

/// The client's words, until when to decide, and both decisions.
pub fn revocation(reader: &Reader<'_>, view: &PerhapsStop) -> Post {
    let client = name(&view.head.client);
    let (text, days, style) = match view.urgency {
        Urgency::New => (TextId::T09, 0, Style::Warning),
        Urgency::Reminder => (TextId::T09b, REMIND_AFTER, Style::Warning),
        Urgency::Overdue => (TextId::T09c, DECIDE_WITHIN, Style::Attention),
    };
    let values = [("client", client.as_str()), ("days", &days.to_string()), ("date", &reader.when(view.due))];
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(&reader.say(text, &values)).style(style));
    card.push(Container::quote(&clip(&view.words, QUOTE_LIMIT)));
    card.push(TextBlock::new(Text::plain(labels::WRITTEN).then(Text::moment(view.at))).subtle().small());
    if let Some(again) = &view.again {
        card.push(paragraph(&labels::said_again(view.messages)));
        card.push(Container::quote(&clip(again, QUOTE_LIMIT)));
    }
    card.push(TextBlock::new(Text::plain(labels::REVOCATION_MEANWHILE)).small());
    card.actions([
        Button::new(labels::RECORD_OPT_OUT, &Action::RecordOptOut { revocation: view.revocation }).positive(),
        Button::new(labels::NOT_AN_OPT_OUT, &Action::NotAnOptOut { revocation: view.revocation }),
    ]);
    card.post(labels::about(&client, labels::MAY_ASK_TO_STOP))
}
