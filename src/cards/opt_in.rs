//! T-00: the client has not agreed yet; may we send the opt-in request, and on what basis?

use super::element::{Button, Choices};
use super::parts::{error, header, paragraph};
use super::submit::Action;
use super::text::name;
use super::view::{OptIn, Reader};
use crate::bridge::{Basis, Post};
use crate::texts::{TextId, labels};

/// Asks before anything is sent. Cancel sends nothing.
pub fn opt_in(reader: &Reader<'_>, view: &OptIn) -> Post {
    let client = name(&view.head.client);
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(&reader.say(if view.again { TextId::T00b } else { TextId::T00 }, &[("client", &client)])));
    let bases = [Basis::MetInPerson, Basis::Contract, Basis::WebForm, Basis::Other];
    let choices = bases.map(|basis| {
        let value = serde_json::to_value(basis).ok();
        (labels::basis(basis).to_owned(), value.as_ref().and_then(|value| value.as_str()).unwrap_or_default().to_owned())
    });
    card.push(Choices::new("basis", labels::BASIS, labels::NO_BASIS, choices).required());
    if view.basis_missing {
        card.push(error(labels::NO_BASIS));
    }
    card.actions([
        Button::with_inputs(labels::SEND_REQUEST, &Action::Request { contact: view.contact, basis: None }, &["basis"]).positive(),
        Button::new(labels::CANCEL, &Action::CancelRequest { contact: view.contact }),
    ]);
    card.post(labels::about(&client, labels::CONSENT_NEEDED))
}
