//! To whom a client is to go, and on what terms. Nothing changes before it is sent; offered, nothing changes before it is accepted.

use super::element::{Button, Choices, Element, TextBlock, TextInput};
use super::parts::{error, header};
use super::submit::Action;
use super::text::{Text, name};
use super::transfer_inputs::TransferInputs;
use super::typeahead::Dataset;
use super::view::{Head, Reader};
use crate::bridge::{HistoryChoice, Post, TRANSFER_NOTE_LIMIT, ThreadId};
use crate::texts::labels;
use crate::texts::transfer as words;

/// Colleagues that stand there before anybody types.
const MOST_COLLEAGUES: usize = 100;

/// The form as it stands.
#[derive(Clone, Debug)]
pub struct TransferForm {
    pub thread: ThreadId,
    pub head: Head,
    /// To whom the client can go, by name.
    pub colleagues: Vec<ColleagueChoice>,
    /// Whose place can be taken, where that is a question. Empty: it is none.
    pub givers: Vec<ColleagueChoice>,
    /// The reader takes part, and can offer the client.
    pub may_offer: bool,
    /// The reader supervises the line, and can give the client without asking.
    pub may_give: bool,
    /// Messages that wait, and of which must be said what becomes of them.
    pub held: usize,
    pub inputs: TransferInputs,
    pub errors: Vec<(TransferField, String)>,
}

/// A colleague to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColleagueChoice {
    pub id: String,
    pub name: String,
}

/// Which input an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferField {
    Receiver,
    Giver,
    Note,
    History,
    HowMany,
    Afterwards,
    Held,
}

/// The form.
pub fn transfer_form(reader: &Reader<'_>, view: &TransferForm) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(TextBlock::new(Text::plain(words::HEADING)).bold().spaced());
    if view.colleagues.is_empty() {
        card.push(TextBlock::new(Text::plain(words::NOBODY_ELSE)));
    } else {
        card.extend(inputs(view));
        let offer = Action::OfferTransfer { thread: view.thread, inputs: TransferInputs::default() };
        let give = Action::TransferNow { thread: view.thread, inputs: TransferInputs::default() };
        let button = |title, action: &Action| Button::with_inputs(title, action, &TransferInputs::IDS);
        card.actions(view.may_offer.then(|| button(words::OFFER, &offer).positive()));
        card.actions(view.may_give.then(|| {
            let give = button(words::TRANSFER_NOW, &give);
            if view.may_offer { give } else { give.positive() }
        }));
    }
    card.actions([Button::new(labels::CANCEL, &Action::CancelTransfer { thread: view.thread })]);
    card.post(labels::about(&name(&view.head.client), words::TRANSFER))
}

fn inputs(view: &TransferForm) -> Vec<Element> {
    let typed = &view.inputs;
    let chosen = |value: &String| Some(value.clone()).filter(|value| !value.is_empty());
    let mut elements = Vec::new();
    let mut add = |input: Element, field| {
        elements.push(input);
        elements.extend(view.errors.iter().filter(|(about, _)| *about == field).map(|(_, text)| error(text)));
    };

    let colleagues = view.colleagues.iter().take(MOST_COLLEAGUES).map(choice);
    let to = Choices::new("receiver", words::TO, words::NOBODY_CHOSEN, colleagues).required();
    let to = to.value(chosen(&typed.receiver)).placeholder(words::TO_BY).typeahead(Dataset::Receivers(view.thread));
    add(to.into(), TransferField::Receiver);
    if !view.givers.is_empty() {
        let everybody = (words::EVERYBODY.to_owned(), TransferInputs::EVERYBODY.to_owned());
        let givers = Choices::new("giver", words::FROM, words::FROM_NOBODY, [everybody].into_iter().chain(view.givers.iter().map(choice)));
        add(givers.value(chosen(&typed.giver)).required().into(), TransferField::Giver);
    }
    let note = TextInput::new("note", words::NOTE, words::NOTE_TOO_LONG, TRANSFER_NOTE_LIMIT).multiline();
    add(note.value(&typed.note).into(), TransferField::Note);

    let history = [(words::HISTORY_ALL, "all"), (words::HISTORY_LAST, HistoryChoice::LAST), (words::HISTORY_NONE, "none")];
    let history = Choices::new("history", words::HISTORY, words::HISTORY_MISSING, history.map(owned)).required();
    add(history.value(chosen(&typed.history)).into(), TransferField::History);
    let last = TextInput::new("last", words::HOW_MANY, words::HOW_MANY_WRONG, 3);
    add(last.value(&typed.last).into(), TransferField::HowMany);

    let afterwards = [(words::LEAVE, TransferInputs::LEAVE), (words::STAY, TransferInputs::STAY)];
    let afterwards = Choices::new("afterwards", words::AFTERWARDS, words::AFTERWARDS_MISSING, afterwards.map(owned)).required();
    add(afterwards.value(chosen(&typed.afterwards)).into(), TransferField::Afterwards);
    if view.held > 0 {
        let fates = [(words::HAND_OVER, TransferInputs::HAND_OVER), (words::WITHDRAW, TransferInputs::WITHDRAW)];
        let held = Choices::new("held", words::held(view.held), words::HELD_MISSING, fates.map(owned)).required();
        add(held.value(chosen(&typed.held)).into(), TransferField::Held);
    }
    elements
}

fn choice(colleague: &ColleagueChoice) -> (String, String) {
    (name(&colleague.name), colleague.id.clone())
}

fn owned((title, value): (&str, &str)) -> (String, String) {
    (title.to_owned(), value.to_owned())
}
