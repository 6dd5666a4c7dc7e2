//! A contact, to be changed.

use super::element::{Button, TextBlock, TextInput};
use super::parts::{self, contact_errors, header};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::Reader;
use super::{ContactEdit, ContactError};
use crate::bridge::Post;
use crate::texts::labels;

/// What colleagues wrote about a client, as inputs. A number is only added: what WhatsApp calls a client is not ours to change.
pub fn contact_edit(reader: &Reader<'_>, view: &ContactEdit) -> Post {
    use ContactError::{LanguageUnknown, NameMissing, NameTooLong, NotesTooLong, PhoneInvalid, PhoneTaken, PhoneWithoutCountry};
    let mut card = reader.card();
    card.extend(header(&view.head));
    let typed = &view.typed;
    let errors = |about: &[ContactError]| contact_errors(&view.errors, about);

    card.push(TextInput::new("name", labels::NAME, labels::NO_NAME, 200).value(clip(&typed.name, 200)));
    card.extend(errors(&[NameMissing, NameTooLong]));
    let label = if view.numbers.is_empty() { labels::PHONE_OPTIONAL } else { labels::ANOTHER_PHONE };
    let number = TextInput::new("phone", label, labels::PHONE_WITHOUT_COUNTRY, 40).telephone();
    card.push(number.placeholder(labels::PHONE_EXAMPLE).value(clip(&typed.phone, 40)));
    card.extend(errors(&[PhoneInvalid, PhoneWithoutCountry]));
    card.extend(view.errors.contains(&PhoneTaken).then(|| parts::error(&labels::phone_taken(&name(&view.taken_by)))));
    if !view.numbers.is_empty() {
        let meaning = if view.unconfirmed { labels::NUMBER_REPLACES } else { labels::NUMBER_RECOGNISES };
        let known = Text::plain(labels::KNOWN_NUMBERS).then(parts::numbers(&view.numbers)).and(". ").and(meaning);
        card.push(TextBlock::new(known).subtle().small().close());
    }
    let language = TextInput::new("language", labels::LANGUAGE_OPTIONAL, labels::LANGUAGE_UNKNOWN, 20);
    card.push(language.placeholder(labels::LANGUAGE_EXAMPLE).value(clip(&typed.language, 20)));
    card.extend(errors(&[LanguageUnknown]));
    let notes = TextInput::new("notes", labels::NOTES_INPUT, labels::NOTES_TOO_LONG, parts::NOTES_LIMIT).multiline();
    card.push(notes.value(clip(&view.notes, parts::NOTES_LIMIT)));
    card.extend(errors(&[NotesTooLong]));
    let empty = String::new;
    let save = Action::SaveContact { contact: view.contact, name: empty(), phone: empty(), language: empty(), notes: empty() };
    card.actions([
        Button::with_inputs(labels::SAVE, &save, &["name", "phone", "language", "notes"]).positive(),
        Button::new(labels::BACK, &Action::OpenContact { contact: view.contact }),
    ]);
    card.post(labels::about(&name(&view.head.client), labels::EDIT_CONTACT))
}
