//! Help in a conversation: may I write to this client now, how, why, until when and at what price; then the commands.

use super::element::{Button, FactSet, TextBlock};
use super::parts::{header, paragraph};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Reader, ThreadHelp};
use crate::bridge::Post;
use crate::texts::{labels, preflight};

/// Longest sentence that holds a client's name, in characters.
const SENTENCE: usize = 300;

/// How a conversation stands for the reader, and what one can type.
pub fn thread_help(reader: &Reader<'_>, view: &ThreadHelp) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(&clip(&view.answer, SENTENCE)).style(view.style));
    card.push(TextBlock::new(Text::plain(&view.why)).close());
    let mut facts = Vec::new();
    if let Some(until) = view.until {
        facts.push((preflight::UNTIL, Text::moment(until)));
    }
    if let Some(again) = view.ask_again {
        facts.push((preflight::ASK_AGAIN, Text::moment(again)));
    }
    if let Some(template) = &view.template {
        facts.push((preflight::TEMPLATE, Text::plain(template)));
    }
    facts.extend(view.prices.iter().map(|(what, price)| (preflight::PRICE, Text::plain(preflight::price(what, price)))));
    if !facts.is_empty() {
        card.push(FactSet::new(facts));
    }
    card.push(TextBlock::new(Text::plain(labels::COMMANDS)).bold().spaced());
    card.push(TextBlock::new(Text::plain(labels::HELP_INTRO)).close());
    card.push(FactSet::new(labels::COMMAND_HELP.iter().map(|(command, what)| (*command, Text::plain(what)))));
    card.actions([
        Button::new(labels::TEMPLATE, &Action::Templates { thread: view.thread, query: String::new() }),
        Button::new(labels::HELD, &Action::HeldInThread { thread: view.thread }),
        Button::new(labels::HISTORY, &Action::OpenHistory { thread: view.thread, before: None }),
    ]);
    card.post(labels::about(&name(&view.head.client), labels::HELP))
}
