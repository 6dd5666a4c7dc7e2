//! What a search in the messages found, each with the way to the messages around it.

use super::element::{Button, ColumnSet, Element, TextBlock, list};
use super::history::speaker;
use super::history_list::search;
use super::parts::{error, excerpt};
use super::submit::Action;
use super::text::{Text, name};
use super::view::Reader;
use super::{Found, FoundRow};
use crate::bridge::Post;
use crate::texts::labels;

/// The messages with the searched words, newest first.
pub fn found(reader: &Reader<'_>, view: &Found) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(labels::HISTORY)));
    card.extend(search(&view.query));
    if view.nothing_typed {
        card.push(error(labels::NO_WORDS));
    } else if view.rows.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NOTHING_FOUND)));
    }
    let rows: Vec<Element> = view.rows.iter().map(|found| row(found).into()).collect();
    card.extend(list(rows, 0, labels::more_to_find));
    if !view.complete && !view.nothing_typed {
        card.push(TextBlock::new(Text::plain(labels::SEARCH_INCOMPLETE)).subtle().small());
    }
    card.actions([Button::new(labels::BACK, &Action::History {})]);
    card.post(labels::HISTORY)
}

fn row(found: &FoundRow) -> ColumnSet {
    let client = name(&found.client);
    let said = Text::plain(speaker(&found.speaker, &found.client)).and(": ").and(excerpt(&found.excerpt));
    let below = Text::plain(name(&found.line)).and(" · ").then(Text::moment(found.at));
    let items: [Element; 3] = [
        TextBlock::new(Text::plain(&client)).bold().into(),
        TextBlock::new(said).close().into(),
        TextBlock::new(below).subtle().small().close().into(),
    ];
    let open = Button::new(labels::OPEN, &Action::OpenHistory { thread: found.thread, before: found.before });
    ColumnSet::row(items, open.tooltip(labels::with_name(labels::OPEN, &client)))
}
