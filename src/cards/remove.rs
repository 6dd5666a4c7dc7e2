//! Removing a colleague from a conversation: pick, Done, and confirm with Yes.

use super::element::{Button, Choices, TextBlock};
use super::parts::{error, header, paragraph};
use super::submit::Action;
use super::text::{Text, name};
use super::transfer_form::ColleagueChoice;
use super::view::{Head, Reader, Style};
use crate::bridge::{Post, ThreadId};
use crate::texts::{labels, participants as words, transfer};

/// Who can be removed.
#[derive(Clone, Debug)]
pub struct RemoveForm {
    pub thread: ThreadId,
    pub head: Head,
    pub colleagues: Vec<ColleagueChoice>,
    /// Done was pressed with nobody chosen.
    pub nothing_chosen: bool,
}

/// The question before somebody is removed.
#[derive(Clone, Debug)]
pub struct RemoveConfirm {
    pub thread: ThreadId,
    pub head: Head,
    pub colleague: ColleagueChoice,
    /// Who goes on, by name.
    pub remaining: String,
}

/// The choice.
pub fn remove_form(reader: &Reader<'_>, view: &RemoveForm) -> Post {
    let thread = view.thread;
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(TextBlock::new(Text::plain(words::REMOVE_HEADING)).bold().spaced());
    if view.colleagues.is_empty() {
        card.push(TextBlock::new(Text::plain(words::NOBODY_TO_REMOVE)));
    } else {
        let colleagues = view.colleagues.iter().map(|one| (name(&one.name), one.id.clone()));
        let who = Choices::new("colleague", words::WHO_GOES, transfer::NOBODY_CHOSEN, colleagues);
        card.push(who.placeholder(words::WHO_GOES).required());
        if view.nothing_chosen {
            card.push(error(transfer::NOBODY_CHOSEN));
        }
        let pick = Action::PickRemoved { thread, colleague: String::new() };
        card.actions([Button::with_inputs(words::DONE, &pick, &["colleague"]).positive()]);
    }
    card.actions([Button::new(labels::CANCEL, &Action::Details { thread })]);
    card.post(labels::about(&name(&view.head.client), words::REMOVE_HEADING))
}

/// The question.
pub fn remove_confirm(reader: &Reader<'_>, view: &RemoveConfirm) -> Post {
    let (client, colleague) = (name(&view.head.client), name(&view.colleague.name));
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(&words::remove(&colleague)).style(Style::Warning));
    card.push(TextBlock::new(Text::plain(words::removing(&colleague, &client, &view.remaining))));
    card.actions([
        Button::new(words::YES, &Action::Remove { thread: view.thread, colleague: view.colleague.id.clone() }).positive(),
        Button::new(words::NO, &Action::Details { thread: view.thread }),
    ]);
    card.post(labels::about(&client, words::REMOVE_HEADING))
}
