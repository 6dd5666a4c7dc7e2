//! The held messages of the reader's conversations, or of one.

use super::element::{ActionSet, Button, Container, Element, TextBlock, list};
use super::parts::{excerpt, header, told_apart};
use super::submit::Action;
use super::text::{Text, name};
use super::view::{HeldList, HeldRow, Reader};
use crate::bridge::Post;
use crate::texts::labels;

/// Each with when it was written and when it expires. The reader's own can be changed and withdrawn, the others' only read.
pub fn held_list(reader: &Reader<'_>, view: &HeldList) -> Post {
    let mut card = reader.card();
    match &view.head {
        Some(head) => card.extend(header(head)),
        None => card.push(TextBlock::heading(Text::plain(labels::HELD_MESSAGES))),
    }
    if view.rows.is_empty() {
        let none = if view.head.is_some() { labels::NO_HELD_HERE } else { labels::NO_HELD };
        card.push(TextBlock::new(Text::plain(none)));
    }
    card.extend(list(view.rows.iter().map(|held| row(view, held)).collect(), view.more, labels::more));
    let client = view.head.as_ref().map(|head| name(&head.client)).unwrap_or_default();
    card.post(labels::about(&client, labels::HELD_MESSAGES))
}

fn row(view: &HeldList, held: &HeldRow) -> Element {
    let mut items: Vec<Element> = Vec::new();
    if view.head.is_none() {
        items.push(TextBlock::new(Text::plain(told_apart(&[&held.client, &held.line]))).bold().into());
    }
    items.push(TextBlock::new(Text::plain(excerpt(&held.text))).close().into());
    let times = Text::plain(labels::WRITTEN).then(Text::moment(held.written)).and(labels::EXPIRES_AT).then(Text::moment(held.expires));
    let by = held.author.as_deref().map(|who| Text::plain(labels::written_by(&name(who)))).unwrap_or_default();
    items.push(TextBlock::new(by.then(times)).subtle().small().close().into());
    let message = held.message;
    let button = |title, action: Action| Button::new(title, &action).tooltip(labels::with_name(title, &excerpt(&name(&held.text))));
    let why = button(labels::WHY, Action::Why { message });
    let own = [button(labels::OPEN, Action::ShowMessage { message }), button(labels::WITHDRAW, Action::WithdrawHeld { message })];
    let own = own.into_iter().filter(|_| held.author.is_none());
    items.push(ActionSet::new(own.chain([why])).into());
    Container::new(items).separated().into()
}
