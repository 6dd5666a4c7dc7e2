//! Threads to look into: what the command `history` shows; past ones included.

use super::element::{ActionSet, Button, ColumnSet, Element, TextBlock, TextInput, list};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::Reader;
use super::{HistoryList, HistoryRow};
use crate::bridge::Post;
use crate::texts::labels;

/// Every thread of the reader, latest first, below a search in all of them.
pub fn history_list(reader: &Reader<'_>, view: &HistoryList) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(labels::HISTORY)));
    if view.threads.is_empty() {
        card.push(TextBlock::new(Text::plain(labels::NO_THREADS)));
    }
    card.extend(search(""));
    card.extend(list(view.threads.iter().map(|thread| row(thread).into()).collect(), view.more, labels::more));
    card.post(labels::HISTORY)
}

/// An input for words, and the button that looks for them.
pub fn search(query: &str) -> [Element; 2] {
    let search = Action::SearchHistory { query: String::new(), found: None };
    let input = TextInput::new("query", labels::FIND_WORDS, labels::SEARCH_TOO_LONG, QUERY_LIMIT).value(clip(query, QUERY_LIMIT));
    [input.into(), ActionSet::new([Button::with_inputs(labels::SEARCH, &search, &["query"])]).into()]
}

/// Longest search, in characters.
const QUERY_LIMIT: usize = 80;

fn row(thread: &HistoryRow) -> ColumnSet {
    let shown = name(&thread.client);
    let mut details = Text::plain(name(&thread.line));
    if !thread.active {
        details = details.and(" · ").and(labels::PAST);
    }
    if let Some(at) = thread.last {
        details = details.and(" · ").then(Text::moment(at));
    }
    let items: [Element; 2] = [TextBlock::new(Text::plain(&shown)).bold().into(), TextBlock::new(details).subtle().small().close().into()];
    let open = Button::new(labels::OPEN, &Action::OpenHistory { thread: thread.thread, before: None });
    ColumnSet::row(items, open.tooltip(labels::with_name(labels::OPEN, &shown)))
}
