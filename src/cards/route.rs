//! "Who is this for?": nothing goes to a client as long as it is not certain which one is meant.

use super::choices_data::fitting_choices;
use super::element::{Button, Choices, Container, TextBlock};
use super::parts::{QUOTE_LIMIT, error, paragraph, told_apart};
use super::submit::Action;
use super::text::{Text, clip};
use super::typeahead::Dataset;
use super::view::{Reader, Route, RouteProblem, Style, ThreadChoice};
use crate::bridge::{Post, ThreadId};
use crate::texts::{labels, notes, places};

/// The kept text, and the open threads to choose from. None is chosen beforehand.
pub fn route(reader: &Reader<'_>, view: &Route) -> Post {
    let (heading, why, send) = match view.note {
        true => (notes::WHICH, paragraph(notes::ROUTE_WHY), notes::SAVE),
        false => (
            labels::WHO_IS_THIS_FOR,
            paragraph(if view.shared { places::ROUTE_WHY } else { labels::ROUTE_WHY }).style(Style::Warning),
            labels::SEND,
        ),
    };
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(heading)));
    card.push(why);
    card.push(Container::quote(&clip(&view.text, QUOTE_LIMIT)));
    if !view.files.is_empty() {
        card.push(TextBlock::new(Text::plain(clip(&notes::with_files(&view.files), QUOTE_LIMIT))).subtle().small());
    }
    if !view.threads.is_empty() {
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
    }
    card.extend(view.problem.map(|problem| {
        error(match problem {
            RouteProblem::NothingChosen => labels::NO_CLIENT_CHOSEN,
            RouteProblem::NotOpen => notes::NOT_OPEN,
        })
    }));
    let give = Button::with_inputs(send, &Action::Choose { draft: view.draft, thread: ThreadId(0) }, &["thread"]).positive();
    card.actions(Some(give).filter(|_| !view.threads.is_empty()));
    card.actions([Button::new(labels::DISCARD, &Action::DiscardDraft { draft: view.draft })]);
    card.post(heading)
}

/// A thread as a choice's title.
pub fn thread_title(choice: &ThreadChoice) -> String {
    told_apart(&[&choice.client, &choice.line, &choice.number])
}
