//! Leaving a conversation, to be confirmed; and what becomes of what one has written and what still waits.

use super::element::{Button, Choices, TextBlock};
use super::parts::{error, header, paragraph};
use super::submit::Action;
use super::text::{Text, name};
use super::transfer_form::ColleagueChoice;
use super::transfer_inputs::TransferInputs;
use super::view::{Head, Reader, Style};
use crate::bridge::{Post, ThreadId};
use crate::texts::{self, labels, participants as words, transfer};

/// What is asked.
#[derive(Clone, Debug)]
pub struct LeaveForm {
    pub thread: ThreadId,
    pub head: Head,
    /// Who goes on, in the order they joined. Empty: the reader is the last one, and cannot leave.
    pub remaining: Vec<ColleagueChoice>,
    /// The reader's messages that wait.
    pub held: usize,
    /// Nothing usable was chosen for them.
    pub held_missing: bool,
}

/// The question.
pub fn leave_form(reader: &Reader<'_>, view: &LeaveForm) -> Post {
    let thread = view.thread;
    let client = name(&view.head.client);
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(TextBlock::new(Text::plain(words::LEAVE_HEADING)).bold().spaced());
    if view.remaining.is_empty() {
        card.push(paragraph(words::LAST_ONE).style(Style::Warning));
        card.actions([
            Button::new(transfer::TRANSFER, &Action::TransferForm { thread }).positive(),
            Button::new(words::END, &Action::EndForm { thread }),
        ]);
    } else {
        let names: Vec<_> = view.remaining.iter().map(|one| name(&one.name)).collect();
        card.push(TextBlock::new(Text::plain(words::leaving(&client, &texts::names(&names)))));
        if view.held > 0 {
            card.push(fate(view));
        }
        if view.held_missing {
            card.push(error(words::HELD_TO_NOBODY));
        }
        let leave = Action::Leave { thread, held: String::new() };
        let button = if view.held > 0 { Button::with_inputs(words::LEAVE, &leave, &["held"]) } else { Button::new(words::LEAVE, &leave) };
        card.actions([button.positive()]);
    }
    card.actions([Button::new(labels::CANCEL, &Action::Details { thread })]);
    card.post(labels::about(&client, words::LEAVE_HEADING))
}

fn fate(view: &LeaveForm) -> Choices {
    let others = view.remaining.iter().map(|one| (words::go_on_as(&name(&one.name)), one.id.clone()));
    let back = (words::WITHDRAW_HELD.to_owned(), TransferInputs::WITHDRAW.to_owned());
    let first = view.remaining.first().map(|one| one.id.clone());
    Choices::new("held", transfer::held(view.held), words::HELD_TO_NOBODY, others.chain([back]))
        .value(first)
        .placeholder(words::HELD_TO_NOBODY)
        .required()
}
