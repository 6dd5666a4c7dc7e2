//! A template that was chosen in the compose box: it leads on, and sends nothing.

use super::element::{Button, Choices, Container, Element, TextBlock};
use super::parts::{QUOTE_LIMIT, error, header, paragraph};
use super::route::thread_title;
use super::submit::Action;
use super::template_view::TemplateRow;
use super::text::{Text, clip, name};
use super::typeahead::Dataset;
use super::view::{Head, Reader, Style, ThreadChoice};
use crate::bridge::{Post, ThreadId};
use crate::texts::labels;

/// One template, and whom it is for.
#[derive(Clone, Debug)]
pub struct TemplateChoice {
    pub whom: Whom,
    pub template: TemplateRow,
    /// True when something is to be filled in.
    pub has_gaps: bool,
}

/// Which client a chosen template is for.
#[derive(Clone, Debug)]
pub enum Whom {
    /// It is certain.
    Thread { thread: ThreadId, head: Head },
    /// The reader says, before anything else.
    Ask {
        threads: Vec<ThreadChoice>,
        /// The button was pressed with no client chosen.
        nothing_chosen: bool,
    },
}

/// The card that stands in the compose box, and in the chat once it is sent there.
pub fn template_choice(reader: &Reader<'_>, view: &TemplateChoice) -> Post {
    let mut card = reader.card();
    let row = &view.template;
    let title = format!("{} · {} · {}", name(&row.name), name(&row.language), labels::category(row.category));
    let fill = if view.has_gaps { labels::FILL_IN } else { labels::PREVIEW };
    let pick =
        |thread| Action::PickTemplate { thread, name: row.name.clone(), language: row.language.clone(), values: vec![], upload: None };
    match &view.whom {
        Whom::Thread { head, .. } => card.extend(header(head)),
        Whom::Ask { .. } => card.push(TextBlock::heading(Text::plain(labels::WHO_IS_THIS_FOR))),
    }
    card.push(TextBlock::new(Text::plain(title)).subtle().small());
    card.push(Container::quote(&clip(&row.body, QUOTE_LIMIT)));
    if let Some(reason) = &row.refused {
        card.push(paragraph(&labels::not_sendable(&clip(reason, QUOTE_LIMIT))).style(Style::Warning));
    } else {
        card.push(TextBlock::new(Text::plain(labels::NOTHING_SENT_YET)));
    }
    match (&view.whom, row.refused.is_some()) {
        (Whom::Thread { thread, .. }, refused) => {
            let others = Action::Templates { thread: *thread, query: String::new() };
            card.actions((!refused).then(|| Button::new(fill, &pick(*thread)).positive()));
            card.actions([Button::new(labels::OTHER_TEMPLATES, &others)]);
        }
        (Whom::Ask { threads, nothing_chosen }, false) => {
            card.extend(client(threads, *nothing_chosen));
            card.actions([Button::with_inputs(fill, &pick(ThreadId(0)), &["thread"]).positive()]);
        }
        (Whom::Ask { .. }, true) => {}
    }
    let about = match &view.whom {
        Whom::Thread { head, .. } => name(&head.client),
        Whom::Ask { .. } => String::new(),
    };
    card.post(labels::about(&about, &labels::with_name(labels::TEMPLATE, &name(&row.name))))
}

/// The card stands in every row of a list of results, so it holds few; typing finds the others.
const MOST_CLIENTS: usize = 15;

fn client(threads: &[ThreadChoice], nothing_chosen: bool) -> Vec<Element> {
    let choices = threads.iter().take(MOST_CLIENTS).map(|choice| (thread_title(choice), choice.thread.to_string()));
    let input = Choices::new("thread", labels::CHOOSE_A_CLIENT, labels::NO_CLIENT_CHOSEN, choices)
        .placeholder(labels::CHOOSE_A_CLIENT_BY)
        .typeahead(Dataset::Threads)
        .required();
    let more = threads.len().saturating_sub(MOST_CLIENTS);
    let hint = (more > 0).then(|| TextBlock::new(Text::plain(labels::more_to_find(more))).subtle().small().into());
    std::iter::once(input.into()).chain(hint).chain(nothing_chosen.then(|| error(labels::NO_CLIENT_CHOSEN))).collect()
}
