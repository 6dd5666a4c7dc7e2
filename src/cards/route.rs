//! "Who is this for?": nothing goes to a client as long as it is not certain which one is meant.

use super::element::{Button, Choices, Container, TextBlock, fitting_choices};
use super::parts::{QUOTE_LIMIT, error, paragraph, told_apart};
use super::submit::Action;
use super::text::{Text, clip};
use super::typeahead::Dataset;
use super::view::{Reader, Route, Style, ThreadChoice};
use crate::bridge::{Post, ThreadId};
use crate::texts::{labels, places};

/// The kept text, and the open threads to choose from. None is chosen beforehand.
pub fn route(reader: &Reader<'_>, view: &Route) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(labels::WHO_IS_THIS_FOR)));
    card.push(paragraph(if view.shared { places::ROUTE_WHY } else { labels::ROUTE_WHY }).style(Style::Warning));
    card.push(Container::quote(&clip(&view.text, QUOTE_LIMIT)));
    if !view.files.is_empty() {
        card.push(TextBlock::new(Text::plain(clip(&places::with_files(&view.files), QUOTE_LIMIT))).subtle().small());
    }
    let choices: Vec<_> = view.threads.iter().map(|choice| (thread_title(choice), choice.thread.to_string())).collect();
    let fit = fitting_choices(&choices);
    let more = choices.len() - fit;
    let chosen = Choices::new("thread", labels::CHOOSE_A_CLIENT, labels::NO_CLIENT_CHOSEN, choices.into_iter().take(fit))
        .placeholder(labels::CHOOSE_A_CLIENT_BY)
        .required();
    card.push(if view.shared { chosen } else { chosen.typeahead(Dataset::Threads) });
    if more > 0 {
        card.push(TextBlock::new(Text::plain(labels::more_threads(more))).subtle().small());
    }
    if view.nothing_chosen {
        card.push(error(labels::NO_CLIENT_CHOSEN));
    }
    card.actions([
        Button::with_inputs(labels::SEND, &Action::Choose { draft: view.draft, thread: ThreadId(0) }, &["thread"]).positive(),
        Button::new(labels::DISCARD, &Action::DiscardDraft { draft: view.draft }),
    ]);
    card.post(labels::WHO_IS_THIS_FOR)
}

/// A thread as a choice's title.
pub fn thread_title(choice: &ThreadChoice) -> String {
    told_apart(&[&choice.client, &choice.line, &choice.number])
}
