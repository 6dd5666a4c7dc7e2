//! News of WhatsApp for administrators: what happened, to what, what it means, what to do.

use super::element::TextBlock;
use super::parts::{QUOTE_LIMIT, facts, paragraph};
use super::text::{Text, clip, name};
use super::view::{Reader, Style};
use crate::bridge::Post;
use crate::texts::labels;

/// News of WhatsApp, for administrators.
#[derive(Clone, Debug)]
pub struct News {
    /// What happened.
    pub what: String,
    pub meaning: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// Title and value; empty values are left out.
    pub facts: Vec<(&'static str, String)>,
    pub style: Style,
}

/// No buttons: what there is to do is done elsewhere.
pub fn news(reader: &Reader<'_>, view: &News) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(labels::WHATSAPP_NEWS)));
    card.push(paragraph(&clip(&view.what, QUOTE_LIMIT)).style(view.style));
    card.push(paragraph(view.meaning));
    card.push(paragraph(view.advice));
    let filled = view.facts.iter().filter(|(_, value)| !value.trim().is_empty());
    card.extend(facts(filled.map(|(title, value)| (*title, Text::plain(clip(value, QUOTE_LIMIT)))).collect()));
    card.post(name(&view.what))
}
