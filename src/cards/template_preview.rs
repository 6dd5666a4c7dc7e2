//! A template just before it goes out: exactly what the phone will show.

use super::element::{Button, Container, TextBlock};
use super::parts::{header, paragraph};
use super::submit::Action;
use super::template_view::TemplatePreview;
use super::text::{Text, name};
use super::view::Reader;
use crate::bridge::Post;
use crate::texts::{self, labels};

/// Values that the way back takes along, in bytes altogether.
const BACK_LIMIT: usize = 2_000;

/// The preview is never cut: it is what the colleague answers for.
pub fn template_preview(reader: &Reader<'_>, view: &TemplatePreview) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(labels::CHECK_PREVIEW));
    card.push(Container::quote(&view.preview));
    if !view.buttons.is_empty() {
        let titles: Vec<_> = view.buttons.iter().map(|title| name(title)).collect();
        card.push(TextBlock::new(Text::plain(labels::template_buttons(&titles))).subtle().small());
    }
    if let Some((_, called, bytes)) = &view.file {
        card.push(TextBlock::new(Text::plain(texts::file(&name(called), *bytes))).subtle().small());
    }
    let upload = view.file.as_ref().map(|(upload, ..)| *upload);
    let send = Action::SendTemplate {
        thread: view.thread,
        name: view.name.clone(),
        language: view.language.clone(),
        values: view.values.clone(),
        upload,
    };
    let back = if view.values.is_empty() && upload.is_none() {
        Action::Templates { thread: view.thread, query: String::new() }
    } else {
        let (name, language) = (view.name.clone(), view.language.clone());
        // Twice the longest values would not fit into a card.
        let length: usize = view.values.iter().map(String::len).sum();
        let values = if length <= BACK_LIMIT { view.values.clone() } else { vec![] };
        Action::PickTemplate { thread: view.thread, name, language, values, upload }
    };
    card.actions([Button::new(labels::SEND, &send).positive(), Button::new(labels::BACK, &back)]);
    card.post(labels::about(&name(&view.head.client), labels::PREVIEW))
}
