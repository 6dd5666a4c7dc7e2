//! One contact, with the WhatsApp action.

use super::element::Button;
use super::parts::{self, consent, header};
use super::submit::Action;
use super::text::{Text, name};
use super::view::{ContactCard, Reader};
use crate::bridge::Post;
use crate::texts::labels;

/// The contact card.
pub fn contact(reader: &Reader<'_>, view: &ContactCard) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    let mut facts = Vec::new();
    if let Some(phone) = &view.phone {
        facts.push((labels::PHONE, Text::plain(name(phone))));
    }
    facts.push((labels::CONSENT, consent(&view.consent)));
    if view.marketing_stopped {
        facts.push((labels::MARKETING, Text::plain(labels::MARKETING_STOPPED)));
    }
    if !view.language.is_empty() {
        facts.push((labels::LANGUAGE, Text::plain(name(&view.language))));
    }
    let by = view.added_by.as_deref().map_or_else(|| labels::BY_WRITING.to_owned(), |who| labels::added_by(&name(who)));
    facts.push((labels::ADDED, view.added_at.map_or_else(|| Text::plain(&by), |at| Text::plain(&by).and(" · ").then(Text::moment(at)))));
    card.extend(parts::facts(facts));
    card.actions([Button::new(labels::MESSAGE_ON_WHATSAPP, &Action::Start { contact: view.id }).positive()]);
    card.actions(view.thread.map(|thread| Button::new(labels::HISTORY, &Action::OpenHistory { thread, before: None })));
    card.post(labels::about(&name(&view.head.client), labels::CONTACT))
}
