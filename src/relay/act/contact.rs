//! Contacts: add one, and change what colleagues wrote about one. Whoever belongs to the line may; the journal says who did.

use super::allowed::with_contact;
use crate::bridge::{Line, LineId, Post, phone};
use crate::cards::{ContactError, TypedContact};
use crate::relay::desk::{Desk, Person};
use crate::relay::{chat_mirror, contact_views, views};
use crate::store::{Contact, NewContact, Result};
use serde_json::{Map, Value, json};

/// The longest name of a contact, in characters.
const LONGEST_NAME: usize = 200;
/// The longest notes, in characters.
const LONGEST_NOTES: usize = 1_000;

pub fn add_contact(desk: &Desk<'_>, person: &Person, line: &LineId, name: &str, typed: &str, language: &str) -> Result<Post> {
    let (name, typed, language) = (name.trim(), typed.trim(), language.trim());
    let lines = desk.office.lines_of(&person.known);
    let known = lines.into_iter().find(|known| known.id == *line);
    let mut errors = Vec::new();
    if known.is_none() {
        errors.push(ContactError::LineMissing);
    }
    errors.extend(wrong_name(name));
    let number = read_number(known, typed).inspect_err(|wrong| errors.push(*wrong));
    errors.extend(wrong_language(language));
    let (Ok(number), true) = (number, errors.is_empty()) else {
        let typed =
            TypedContact { name: name.to_owned(), phone: typed.to_owned(), language: language.to_owned(), line: Some(line.clone()) };
        return views::new_conversation(desk, person, typed, errors);
    };
    let language = (!language.is_empty()).then_some(language);
    let id = match desk.tx.contact_by_phone(line, &number)? {
        // Somebody's contact already: opened, not renamed.
        Some(contact) if contact.added_by.is_some() => contact.id,
        Some(contact) => {
            desk.tx.adopt_contact(contact.id, name, language, person.id())?;
            contact.id
        }
        None => {
            let new = NewContact { line, name, phone: Some(&number), wa_id: None, bsuid: None, language, added_by: Some(person.id()) };
            desk.tx.insert_contact(&new, desk.now)?
        }
    };
    desk.journal("contact.added", &person.id().0, None, None, &json!({ "contact": id, "line": line, "name": name, "phone": number }))?;
    with_contact(desk, person, id, |contact| contact_views::contact(desk, person, contact))
}

/// What stands in the form of a contact.
#[derive(Clone, Copy, Debug)]
pub struct Form<'a> {
    pub name: &'a str,
    /// Another number; empty: none.
    pub phone: &'a str,
    pub language: &'a str,
    pub notes: &'a str,
}

/// Changes a contact. A number is only added, and never taken from another contact; where messages go changes only as long as WhatsApp
/// has told us nothing about the client and nobody has asked them for consent, for that was given by the one who has the number.
pub fn save_contact(desk: &Desk<'_>, person: &Person, contact: &Contact, form: &Form<'_>) -> Result<Post> {
    let (name, typed, language, notes) = (form.name.trim(), form.phone.trim(), form.language.trim(), form.notes.trim());
    let mut errors: Vec<ContactError> = wrong_name(name).into_iter().chain(wrong_language(language)).collect();
    if notes.chars().count() > LONGEST_NOTES {
        errors.push(ContactError::NotesTooLong);
    }
    let (mut number, mut owner) = (None, None);
    if !typed.is_empty() {
        match read_number(desk.line(&contact.line), typed) {
            Ok(found) => {
                owner = desk.tx.contact_by_phone(&contact.line, &found)?;
                number = Some(found);
            }
            Err(wrong) => errors.push(wrong),
        }
    }
    let taken_by = owner.as_ref().filter(|owner| owner.id != contact.id);
    errors.extend(taken_by.map(|_| ContactError::PhoneTaken));
    if !errors.is_empty() {
        let typed = TypedContact { name: name.to_owned(), phone: typed.to_owned(), language: language.to_owned(), line: None };
        return contact_views::contact_edit(desk, person, contact, Some((typed, notes.to_owned())), errors, taken_by);
    }
    let language = (!language.is_empty()).then_some(language);
    let before = (contact.name.as_str(), contact.language.as_deref(), contact.notes.as_str());
    let number = number.filter(|_| owner.is_none());
    if before != (name, language, notes) || number.is_some() {
        desk.tx.change_contact(contact.id, name, language, notes)?;
        if let Some(number) = &number {
            desk.tx.add_number(contact, number)?;
        }
        let changed = desk.tx.contact(contact.id)?;
        let (before, after) = difference(contact, changed.as_ref().unwrap_or(contact));
        let body = json!({ "contact": contact.id, "line": contact.line, "before": before, "after": after, "number_added": number });
        desk.journal("contact.changed", &person.id().0, None, None, &body)?;
        for thread in desk.tx.threads_with(contact.id)? {
            desk.tx.refresh_cards(thread.id, desk.now)?;
            chat_mirror::renamed(desk, thread.id)?;
        }
    }
    with_contact(desk, person, contact.id, |contact| contact_views::contact(desk, person, contact))
}

/// What was and what is, of those members that differ.
fn difference(before: &Contact, after: &Contact) -> (Value, Value) {
    let members = |contact: &Contact| {
        [
            ("name", json!(contact.name)),
            ("language", json!(contact.language)),
            ("notes", json!(contact.notes)),
            ("phone", json!(contact.phone)),
        ]
    };
    let (was, is) = (members(before), members(after));
    let differs = |of: &[(&str, Value); 4]| -> Map<String, Value> {
        let pairs = of.iter().zip(was.iter().zip(&is)).filter(|(_, (was, is))| was != is);
        pairs.map(|((name, value), _)| ((*name).to_owned(), value.clone())).collect()
    };
    (differs(&was).into(), differs(&is).into())
}

fn wrong_name(name: &str) -> Option<ContactError> {
    match name.chars().count() {
        0 => Some(ContactError::NameMissing),
        count if count > LONGEST_NAME => Some(ContactError::NameTooLong),
        _ => None,
    }
}

/// Empty: the line's language.
fn wrong_language(language: &str) -> Option<ContactError> {
    let well_formed =
        language.split(['-', '_']).all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (!language.is_empty() && !well_formed).then_some(ContactError::LanguageUnknown)
}

/// What was typed as E.164.
fn read_number(line: Option<&Line>, typed: &str) -> std::result::Result<String, ContactError> {
    phone::parse(typed, line.and_then(|line| line.region.as_deref())).map_err(|error| match error {
        _ if typed.is_empty() => ContactError::PhoneMissing,
        phone::PhoneError::NoCountryCode => ContactError::PhoneWithoutCountry,
        phone::PhoneError::Invalid => ContactError::PhoneInvalid,
    })
}
