//! A message with a file: what it is, how it looks, and the way to the original.

use super::element::{Button, TextBlock};
use super::parts::{QUOTE_LIMIT, header, paragraph};
use super::picture::{PageButton, Picture};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Head, Reader, Style};
use crate::bridge::{KeptFile, LostFile, MediaForm, MessageId, Post, Time};
use crate::texts::{labels, media as words, when};

/// A client's file.
#[derive(Clone, Debug)]
pub struct MediaCard {
    pub message: MessageId,
    pub head: Head,
    pub form: MediaForm,
    /// Without markup.
    pub caption: Option<String>,
    pub file: Result<KeptFile, LostFile>,
    /// What else is to be said about the message, each on a line of its own.
    pub remarks: Vec<String>,
    /// Our page with the file and until when it opens, for who asked for it.
    pub page: Option<(String, Time)>,
    /// Whether browsers reach our pages at all.
    pub can_open: bool,
    /// What the notification says.
    pub summary: String,
}

pub fn media(reader: &Reader<'_>, view: &MediaCard) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    if let Some(caption) = view.caption.as_deref().filter(|caption| !caption.trim().is_empty()) {
        card.push(paragraph(&clip(caption, QUOTE_LIMIT)));
    }
    match &view.file {
        Ok(file) => {
            if file.preview {
                card.push(Picture::kept(&file.blob, words::picture_of(view.form, &name(&view.head.client))));
            }
            card.push(TextBlock::new(Text::plain(words::described(view.form, file))).subtle().small());
        }
        Err(lost) => card.push(paragraph(&words::lost(view.form, *lost, &name(&view.head.client))).style(Style::Attention)),
    }
    for remark in &view.remarks {
        card.push(TextBlock::new(Text::plain(remark)).subtle().small());
    }
    if view.file.is_ok() {
        if let Some((url, until)) = &view.page {
            card.push(PageButton::new(labels::OPEN_PAGE, url));
            card.push(TextBlock::new(Text::plain(words::page_until(&when(*until, reader.zone, reader.now)))).subtle().small());
        }
        if view.can_open {
            let title = if view.page.is_some() { labels::OPEN_AGAIN } else { words::open(view.form) };
            card.actions([Button::new(title, &Action::OpenMedia { message: view.message })]);
        } else {
            card.push(TextBlock::new(Text::plain(words::NO_PAGES)).subtle().small());
        }
    }
    card.post(view.summary.clone())
}
