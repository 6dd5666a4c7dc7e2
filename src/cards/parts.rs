//! What several cards share: the header, consent and delivery in words, and the reader's way of saying things.

use super::contact_view::ContactError;
use super::element::{Card, Element, FactSet, TextBlock};
use super::text::{Text, clip, name};
use super::view::{ConsentView, Head, Reader, Style};
use crate::bridge::{ConsentState, Time};
use crate::texts::{TextId, labels, when};

/// Longest text of a message that a card quotes, in characters.
pub const QUOTE_LIMIT: usize = 1_000;
/// Longest notes about a contact, in characters.
pub const NOTES_LIMIT: usize = 1_000;
/// Longest text of a message in a list, in characters.
pub const EXCERPT_LIMIT: usize = 200;

impl Reader<'_> {
    pub(super) fn card(&self) -> Card {
        Card::new()
    }

    pub(super) fn say(&self, id: TextId, values: &[(&str, &str)]) -> String {
        self.voice.say(id, values)
    }

    pub(super) fn when(&self, at: Time) -> String {
        when(at, self.zone, self.now)
    }
}

/// The client's name, and the line and number below it. A client without a name is known by the number or not at all.
pub fn header(head: &Head) -> Vec<Element> {
    let (client, line, number) = (name(&head.client), name(&head.line), name(&head.number));
    let below: Vec<_> = [line, number].into_iter().filter(|part| !part.is_empty()).collect();
    let mut elements = vec![TextBlock::heading(Text::plain(client)).into()];
    if !below.is_empty() {
        elements.push(TextBlock::new(Text::plain(below.join(" · "))).subtle().small().close().into());
    }
    elements
}

/// A sentence as a paragraph of its own.
pub fn paragraph(text: &str) -> TextBlock {
    TextBlock::new(Text::plain(text)).spaced()
}

/// What a card says under an input that the server refused. The words "attention" colours stand for themselves.
pub fn error(text: &str) -> Element {
    TextBlock::new(Text::plain(text)).style(Style::Attention).small().into()
}

/// Those of the errors that are about an input, to stand below it.
pub fn contact_errors(errors: &[ContactError], about: &[ContactError]) -> Vec<Element> {
    errors.iter().filter(|found| about.contains(found)).map(|found| error(what_is_wrong(*found))).collect()
}

fn what_is_wrong(found: ContactError) -> &'static str {
    match found {
        ContactError::NothingChosen => labels::NO_CONTACT_CHOSEN,
        ContactError::NameMissing => labels::NO_NAME,
        ContactError::NameTooLong => labels::NAME_TOO_LONG,
        ContactError::PhoneMissing => labels::NO_PHONE,
        ContactError::PhoneInvalid => labels::PHONE_INVALID,
        ContactError::PhoneWithoutCountry => labels::PHONE_WITHOUT_COUNTRY,
        ContactError::LanguageUnknown => labels::LANGUAGE_UNKNOWN,
        ContactError::LineMissing => labels::NO_LINE,
        ContactError::PhoneTaken => labels::PHONE_TAKEN,
        ContactError::NotesTooLong => labels::NOTES_TOO_LONG,
    }
}

/// Phone numbers, side by side.
pub fn numbers(numbers: &[String]) -> Text {
    let shown: Vec<String> = numbers.iter().take(MOST_NUMBERS).map(|number| name(number)).collect();
    Text::plain(shown.join(", "))
}

/// Consent in words, with the time of the request where it matters.
pub fn consent(view: &ConsentView) -> Text {
    let words = Text::plain(labels::consent(view.state));
    match view.since {
        Some(since) if view.state != ConsentState::None => words.and(labels::SINCE_OPEN).then(Text::moment(since)).and(")"),
        _ => words,
    }
}

pub fn consent_style(state: ConsentState) -> Style {
    match state {
        ConsentState::Granted => Style::Good,
        ConsentState::None | ConsentState::Pending | ConsentState::Lapsed => Style::Warning,
        ConsentState::Declined | ConsentState::Revoked => Style::Attention,
    }
}

/// Numbers of one client that are shown.
const MOST_NUMBERS: usize = 5;

/// The longest word that fits beside a title on a narrow screen, in characters.
const FACT_WORD_LIMIT: usize = 20;

/// Names and values. Clients draw a table of them and cut words that are wider than its column: with one of those (the name of a
/// template may have 512 characters and no space) each value stands below its name instead.
pub fn facts(facts: Vec<(&'static str, Text)>) -> Vec<Element> {
    if facts.is_empty() {
        return Vec::new();
    }
    if facts.iter().all(|(_, value)| value.longest_word() <= FACT_WORD_LIMIT) {
        return vec![FactSet::new(facts).into()];
    }
    let pair = |(title, value)| [TextBlock::new(Text::plain(title)).bold().into(), TextBlock::new(value).close().into()];
    facts.into_iter().flat_map(pair).collect()
}

/// A message's text in a list: one line, short.
pub fn excerpt(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    clip(&words.join(" "), EXCERPT_LIMIT)
}

/// "Ana Silva · +49 30 1": what tells one choice from another.
pub fn told_apart(parts: &[&str]) -> String {
    let parts: Vec<_> = parts.iter().map(|part| name(part)).filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// The parts of an optional phone.
pub fn phone(phone: Option<&String>) -> &str {
    phone.map_or("", String::as_str)
}
