//! Whom to add to a conversation, and what they may see of the time before. Nothing changes before it is sent.

use super::add_inputs::AddInputs;
use super::element::{Button, Choices, Element, TextBlock, TextInput};
use super::parts::{error, header};
use super::submit::Action;
use super::text::{Text, name};
use super::transfer_form::ColleagueChoice;
use super::typeahead::Dataset;
use super::view::{Head, Reader};
use crate::bridge::{HistoryChoice, Post, ThreadId};
use crate::texts::{labels, participants as words, transfer};

/// More colleagues than these are found by typing, one at a time.
const MOST_AT_ONCE: usize = 50;
/// Colleagues that stand there before anybody types.
const MOST_COLLEAGUES: usize = 100;

/// Which input an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddField {
    Colleagues,
    History,
    HowMany,
}

/// The form as it stands.
#[derive(Clone, Debug)]
pub struct AddForm {
    pub thread: ThreadId,
    pub head: Head,
    /// Who can be added, by name.
    pub colleagues: Vec<ColleagueChoice>,
    pub inputs: AddInputs,
    pub errors: Vec<(AddField, String)>,
}

/// The form.
pub fn add_form(reader: &Reader<'_>, view: &AddForm) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(TextBlock::new(Text::plain(words::ADD_HEADING)).bold().spaced());
    if view.colleagues.is_empty() {
        card.push(TextBlock::new(Text::plain(words::NOBODY_TO_ADD)));
    } else {
        card.extend(inputs(view));
        let add = Action::AddColleagues { thread: view.thread, inputs: AddInputs::default() };
        card.actions([Button::with_inputs(words::ADD, &add, &AddInputs::IDS).positive()]);
    }
    card.actions([Button::new(labels::CANCEL, &Action::Details { thread: view.thread })]);
    card.post(labels::about(&name(&view.head.client), words::ADD_HEADING))
}

fn inputs(view: &AddForm) -> Vec<Element> {
    let typed = &view.inputs;
    let chosen = |value: &String| Some(value.clone()).filter(|value| !value.is_empty());
    let mut elements = Vec::new();
    let mut add = |input: Element, field| {
        elements.push(input);
        elements.extend(view.errors.iter().filter(|(about, _)| *about == field).map(|(_, text)| error(text)));
    };
    let colleagues = view.colleagues.iter().take(MOST_COLLEAGUES).map(|one| (name(&one.name), one.id.clone()));
    let whom = Choices::new("colleagues", words::WHOM, transfer::NOBODY_CHOSEN, colleagues).required();
    let whom = whom.value(chosen(&typed.colleagues)).placeholder(words::WHOM_BY);
    let many = view.colleagues.len() > MOST_AT_ONCE;
    add(if many { whom.typeahead(Dataset::Addable(view.thread)) } else { whom.several() }.into(), AddField::Colleagues);
    let history = [(transfer::HISTORY_ALL, "all"), (transfer::HISTORY_LAST, HistoryChoice::LAST), (transfer::HISTORY_NONE, "none")];
    let history = history.map(|(title, value)| (title.to_owned(), value.to_owned()));
    let history = Choices::new("history", transfer::HISTORY, transfer::HISTORY_MISSING, history).required();
    add(history.value(chosen(&typed.history)).into(), AddField::History);
    let last = TextInput::new("last", transfer::HOW_MANY, transfer::HOW_MANY_WRONG, 3);
    add(last.value(&typed.last).into(), AddField::HowMany);
    elements
}
