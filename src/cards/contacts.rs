//! The contacts, found by part of a name or number.

use super::element::{ActionSet, Button, ColumnSet, TextBlock, TextInput, list};
use super::parts::{consent, phone, told_apart};
use super::submit::Action;
use super::text::{Text, name};
use super::view::Reader;
use super::{ContactRow, Contacts};
use crate::bridge::Post;
use crate::texts::labels;

/// A list to search, each contact with its state of consent.
pub fn contacts(reader: &Reader<'_>, view: &Contacts) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(labels::CONTACTS)));
    card.push(TextInput::new("query", labels::FIND_CONTACT, labels::SEARCH_TOO_LONG, 80).value(&view.query));
    let search = Action::Contacts { query: String::new() };
    card.push(ActionSet::new([Button::with_inputs(labels::SEARCH, &search, &["query"])]));
    if view.contacts.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NO_CONTACTS)));
    }
    card.extend(list(view.contacts.iter().map(|contact| row(contact).into()).collect(), view.more, labels::more_to_find));
    card.actions([Button::new(labels::NEW_CONVERSATION, &Action::New {})]);
    card.post(labels::CONTACTS)
}

fn row(contact: &ContactRow) -> ColumnSet {
    let details = told_apart(&[phone(contact.phone.as_ref()), &contact.line]);
    let open = Button::new(labels::OPEN, &Action::OpenContact { contact: contact.id });
    let shown = name(&contact.name);
    ColumnSet::row(
        [
            TextBlock::new(Text::plain(&shown)).bold().into(),
            TextBlock::new(Text::plain(details)).subtle().small().close().into(),
            TextBlock::new(consent(&contact.consent)).small().close().into(),
        ],
        open.tooltip(labels::with_name(labels::OPEN, &shown)),
    )
}
