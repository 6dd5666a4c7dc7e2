//! What one can type, and what the buttons do.

use super::element::{Button, FactSet, TextBlock};
use super::submit::Action;
use super::text::Text;
use super::view::Reader;
use crate::bridge::Post;
use crate::texts::{absence, labels};

/// The commands, with buttons for the first three.
pub fn help(reader: &Reader<'_>) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(labels::COMMANDS)));
    card.push(TextBlock::new(Text::plain(labels::HELP_INTRO)));
    card.push(FactSet::new(labels::COMMAND_HELP.iter().map(|(command, what)| (*command, Text::plain(what)))));
    card.actions(entrances().into_iter().chain([Button::new(absence::AWAY, &Action::Away {})]));
    card.post(labels::HELP)
}

/// Where one begins.
pub fn entrances() -> [Button; 4] {
    [
        Button::new(labels::NEW_CONVERSATION, &Action::New {}).positive(),
        Button::new(labels::CONTACTS, &Action::Contacts { query: String::new() }),
        Button::new(labels::HELD, &Action::HeldList {}),
        Button::new(labels::HISTORY, &Action::History {}),
    ]
}
