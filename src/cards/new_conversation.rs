//! "New conversation": choose a contact, or add one.
//!
//! No input is marked as required, because a client checks all inputs of a card for every button: one form would hold up the
//! other. The server checks, and shows the card again with what was typed and what is wrong.

use super::element::{ActionSet, Button, Choices, Container, Element, TextBlock, TextInput, fitting_choices};
use super::parts::{contact_errors, error, phone, told_apart};
use super::submit::Action;
use super::text::{Text, name};
use super::typeahead::Dataset;
use super::view::Reader;
use super::{ContactChoice, ContactError, NewConversation};
use crate::bridge::{ContactId, LineId, Post};
use crate::texts::labels;

/// Choose a contact, or add one.
pub fn new_conversation(reader: &Reader<'_>, view: &NewConversation) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(labels::NEW_CONVERSATION)));
    if view.contacts.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NO_CONTACTS_YET)));
    } else {
        card.extend(choose(view));
    }
    let form = Container::new(add(view));
    card.push(if view.contacts.is_empty() { form } else { form.separated() });
    card.post(labels::NEW_CONVERSATION)
}

/// A contact as a choice's title; `several`: the reader has more than one line.
pub fn contact_title(contact: &ContactChoice, several: bool) -> String {
    told_apart(&[&contact.name, phone(contact.phone.as_ref()), if several { &contact.line } else { "" }])
}

fn choose(view: &NewConversation) -> Vec<Element> {
    let several = view.lines.len() > 1;
    let choices: Vec<_> = view.contacts.iter().map(|contact| (contact_title(contact, several), contact.id.to_string())).collect();
    let fit = fitting_choices(&choices);
    let more = choices.len() - fit;
    let mut elements = vec![
        Choices::new("contact", labels::CHOOSE_A_CONTACT, labels::NO_CONTACT_CHOSEN, choices.into_iter().take(fit))
            .filtered()
            .typeahead(Dataset::Contacts)
            .placeholder(labels::CHOOSE_A_CONTACT_BY)
            .into(),
    ];
    if more > 0 {
        elements.push(TextBlock::new(Text::plain(labels::more_contacts(more))).subtle().small().into());
    }
    elements.extend(contact_errors(&view.errors, &[ContactError::NothingChosen]));
    let open = Action::OpenContact { contact: ContactId(0) };
    let find = Action::Contacts { query: String::new() };
    elements.push(
        ActionSet::new([Button::with_inputs(labels::OPEN, &open, &["contact"]).positive(), Button::new(labels::CONTACTS, &find)]).into(),
    );
    elements
}

fn add(view: &NewConversation) -> Vec<Element> {
    use ContactError::{LanguageUnknown, LineMissing, NameMissing, NameTooLong, PhoneInvalid, PhoneMissing, PhoneWithoutCountry};
    let typed = &view.typed;
    let mut elements = vec![TextBlock::new(Text::plain(labels::ADD_A_CONTACT)).bold().into()];
    elements.push(TextInput::new("name", labels::NAME, labels::NO_NAME, 200).value(&typed.name).into());
    elements.extend(contact_errors(&view.errors, &[NameMissing, NameTooLong]));
    let number = TextInput::new("phone", labels::PHONE_NUMBER, labels::PHONE_WITHOUT_COUNTRY, 40);
    elements.push(number.telephone().placeholder(labels::PHONE_EXAMPLE).value(&typed.phone).into());
    elements.extend(contact_errors(&view.errors, &[PhoneMissing, PhoneInvalid, PhoneWithoutCountry]));
    let language = TextInput::new("language", labels::LANGUAGE_OPTIONAL, labels::LANGUAGE_UNKNOWN, 20);
    elements.push(language.placeholder(labels::LANGUAGE_EXAMPLE).value(&typed.language).into());
    elements.extend(contact_errors(&view.errors, &[LanguageUnknown]));
    let chosen = typed.line.clone().or_else(|| view.lines.first().map(|line| line.id.clone()));
    let several = view.lines.len() > 1;
    if several {
        let lines = view.lines.iter().map(|line| (name(&line.name), line.id.to_string()));
        let value = typed.line.as_ref().map(LineId::to_string);
        elements.push(
            Choices::new("line", labels::LINE_OF_BUSINESS, labels::NO_LINE, lines)
                .placeholder(labels::LINE_OF_BUSINESS)
                .value(value)
                .into(),
        );
        elements.extend(contact_errors(&view.errors, &[LineMissing]));
    }
    if let Some(line) = chosen {
        let action = Action::AddContact { line, name: String::new(), phone: String::new(), language: String::new() };
        let inputs: &[&str] = if several { &["name", "phone", "language", "line"] } else { &["name", "phone", "language"] };
        let button = Button::with_inputs(labels::ADD_CONTACT, &action, inputs);
        elements.push(ActionSet::new([if view.contacts.is_empty() { button.positive() } else { button }]).into());
    } else {
        elements.push(error(labels::NOT_ENABLED));
    }
    elements
}
