//! Threads to look into: what the command `history` shows to somebody with several.

use super::element::{Button, ColumnSet, Element, TextBlock, list};
use super::submit::Action;
use super::text::{Text, name};
use super::view::Reader;
use super::{HistoryList, HistoryRow};
use crate::bridge::Post;
use crate::texts::labels;

/// Every thread of the reader, latest first.
pub fn history_list(reader: &Reader<'_>, view: &HistoryList) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(labels::HISTORY)));
    if view.threads.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NO_THREADS)));
    }
    card.extend(list(view.threads.iter().map(|thread| row(thread).into()).collect(), view.more, labels::more));
    card.post(labels::HISTORY)
}

fn row(thread: &HistoryRow) -> ColumnSet {
    let shown = name(&thread.client);
    let line = Text::plain(name(&thread.line));
    let details = thread.last.map_or_else(|| line.clone(), |at| line.clone().and(" · ").then(Text::moment(at)));
    let items: [Element; 2] = [TextBlock::new(Text::plain(&shown)).bold().into(), TextBlock::new(details).subtle().small().close().into()];
    let open = Button::new(labels::OPEN, &Action::OpenHistory { thread: thread.thread, before: None });
    ColumnSet::row(items, open.tooltip(labels::with_name(labels::OPEN, &shown)))
}
