//! T-50 and T-51: a client is offered to a colleague. Once that is decided, both cards become the receipt of it.

use super::element::{Button, Card, Container, TextBlock};
use super::parts::{self, QUOTE_LIMIT, consent, header, paragraph};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{ConsentView, Head, Reader};
use crate::bridge::{HistoryChoice, Post, Time, TransferId};
use crate::texts::transfer as words;
use crate::texts::{TextId, labels};

/// An offer that nobody has answered yet.
#[derive(Clone, Debug)]
pub struct OfferedTransfer {
    pub transfer: TransferId,
    pub head: Head,
    pub giver: String,
    pub receiver: String,
    /// In the giver's words. Empty: none.
    pub note: String,
    pub history: HistoryChoice,
    /// The giver goes on taking part.
    pub stays: bool,
    pub due: Time,
    /// Until when one can write, or since when no more; `None`: the client has never written.
    pub window_until: Option<Time>,
    pub consent: ConsentView,
}

/// T-50: to whom the client was offered, with the way back.
pub fn transfer_offered(reader: &Reader<'_>, view: &OfferedTransfer) -> Post {
    let said = reader.say(TextId::T50, &[("client", &name(&view.head.client)), ("receiver", &name(&view.receiver))]);
    let mut card = card(reader, view, &said);
    card.extend(parts::facts(vec![(words::SEES, Text::plain(words::sees(view.history))), (words::ANSWER_BY, Text::moment(view.due))]));
    card.actions([Button::new(labels::WITHDRAW, &Action::WithdrawTransfer { transfer: view.transfer })]);
    card.post(labels::about(&name(&view.head.client), words::OFFERED))
}

/// T-51: the receiver decides, knowing how things stand with the client.
pub fn transfer_asked(reader: &Reader<'_>, view: &OfferedTransfer) -> Post {
    let said = reader.say(TextId::T51, &[("client", &name(&view.head.client)), ("giver", &name(&view.giver))]);
    let mut card = card(reader, view, &said);
    let mut facts = vec![
        (labels::WINDOW, window(reader, view.window_until)),
        (labels::CONSENT, consent(&view.consent)),
        (words::SEES, Text::plain(words::sees(view.history))),
        (words::ANSWER_BY, Text::moment(view.due)),
    ];
    if view.stays {
        facts.push((words::STAYS, Text::plain(name(&view.giver))));
    }
    card.extend(parts::facts(facts));
    card.actions([
        Button::new(words::ACCEPT, &Action::AcceptTransfer { transfer: view.transfer }).positive(),
        Button::new(words::DECLINE, &Action::DeclineTransfer { transfer: view.transfer }),
    ]);
    card.post(labels::about(&name(&view.head.client), words::OFFERED_TO_YOU))
}

fn card(reader: &Reader<'_>, view: &OfferedTransfer, said: &str) -> Card {
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(said));
    if !view.note.is_empty() {
        card.push(TextBlock::new(Text::plain(words::NOTE_OF)).subtle().small());
        card.push(Container::quote(&clip(&view.note, QUOTE_LIMIT)));
    }
    card
}

fn window(reader: &Reader<'_>, until: Option<Time>) -> Text {
    match until {
        Some(until) if until > reader.now => Text::plain(labels::WINDOW_WAS_OPEN).then(Text::moment(until)),
        Some(until) => Text::plain(labels::WINDOW_WAS_CLOSED).then(Text::moment(until)),
        None => Text::plain(labels::WINDOW_NEVER_OPENED),
    }
}
