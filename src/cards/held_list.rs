//! All held messages of the reader.

use super::element::{Button, ColumnSet, TextBlock, list};
use super::parts::{excerpt, told_apart};
use super::submit::Action;
use super::text::{Text, name};
use super::view::{HeldList, HeldRow, Reader};
use crate::bridge::Post;
use crate::texts::labels;

/// Each with when it was written and when it expires. Edit opens it; Withdraw stands there.
pub fn held_list(reader: &Reader<'_>, view: &HeldList) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(labels::HELD_MESSAGES)));
    if view.rows.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NO_HELD)));
    }
    card.extend(list(view.rows.iter().map(|held| row(held).into()).collect(), view.more, labels::more));
    card.post(labels::HELD_MESSAGES)
}

fn row(held: &HeldRow) -> ColumnSet {
    let shown = name(&held.client);
    let times = Text::plain(labels::WRITTEN).then(Text::moment(held.written)).and(labels::EXPIRES_AT).then(Text::moment(held.expires));
    ColumnSet::row(
        [
            TextBlock::new(Text::plain(told_apart(&[&held.client, &held.line]))).bold().into(),
            TextBlock::new(Text::plain(excerpt(&held.text))).close().into(),
            TextBlock::new(times).subtle().small().close().into(),
        ],
        Button::new(labels::EDIT, &Action::EditHeld { message: held.message }).tooltip(labels::with_name(labels::EDIT, &shown)),
    )
}
