//! Adaptive Cards: what a colleague sees and presses.

mod element;
pub mod submit;
pub mod view;

pub use element::SIZE_LIMIT;
pub use view::*;

use crate::bridge::Post;
use element::{Card, Text, TextBlock};

pub fn new_conversation(reader: &Reader<'_>, view: &NewConversation) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn contacts(reader: &Reader<'_>, view: &Contacts) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn contact(reader: &Reader<'_>, view: &ContactCard) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn opt_in(reader: &Reader<'_>, view: &OptIn) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn thread(reader: &Reader<'_>, view: &ThreadCard) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn templates(reader: &Reader<'_>, view: &Templates) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn template_fill(reader: &Reader<'_>, view: &TemplateFill) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn template_preview(reader: &Reader<'_>, view: &TemplatePreview) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn held(reader: &Reader<'_>, view: &Held) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn held_edit(reader: &Reader<'_>, view: &HeldEdit) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn held_list(reader: &Reader<'_>, view: &HeldList) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn failed(reader: &Reader<'_>, view: &Failed) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn uncertain(reader: &Reader<'_>, view: &Uncertain) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn route(reader: &Reader<'_>, view: &Route) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn intake(reader: &Reader<'_>, view: &Intake) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn history(reader: &Reader<'_>, view: &History) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn history_list(reader: &Reader<'_>, view: &HistoryList) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn welcome(reader: &Reader<'_>, view: &Welcome) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn notice(reader: &Reader<'_>, view: &Notice) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}

pub fn receipt(reader: &Reader<'_>, view: &Receipt) -> Post {
    let mut card = Card::new(reader.voice.language());
    card.push(TextBlock::heading(Text::plain(format!("{view:?}"))));
    card.post("")
}
pub fn help(reader: &Reader<'_>) -> Post {
    Card::new(reader.voice.language()).post("")
}
