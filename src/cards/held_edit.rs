//! A held message, to be changed.

use super::element::{Button, TextInput};
use super::parts::{error, header};
use super::submit::Action;
use super::text::{clip, name};
use super::view::{HeldEdit, Reader, TextError};
use crate::bridge::Post;
use crate::texts::{labels, notes};

/// WhatsApp's limit for a text, in characters.
const TEXT_LIMIT: usize = 4_096;

/// The text in an input, with Save and Withdraw.
pub fn held_edit(reader: &Reader<'_>, view: &HeldEdit) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    let input = TextInput::new("text", labels::MESSAGE, labels::NO_TEXT, TEXT_LIMIT).required().multiline();
    card.push(input.value(clip(&view.text, TEXT_LIMIT)));
    card.extend(view.error.map(|found| {
        error(match found {
            TextError::Empty => labels::NO_TEXT,
            TextError::TooLong => labels::TEXT_TOO_LONG,
            TextError::Note => notes::NOT_HERE,
        })
    }));
    card.actions([
        Button::with_inputs(labels::SAVE, &Action::SaveHeld { message: view.message, text: String::new() }, &["text"]).positive(),
        Button::new(labels::WITHDRAW, &Action::WithdrawHeld { message: view.message }),
    ]);
    card.post(labels::about(&name(&view.head.client), labels::STATE_HELD))
}
