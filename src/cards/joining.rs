//! A colleague asks to join those who talk with a client. One answer counts for all who were asked.

use super::element::{Button, Choices, Element, TextBlock, TextInput};
use super::parts::{self, error, header, paragraph};
use super::submit::Action;
use super::text::{Text, clip, name};
use super::view::{Head, Reader};
use crate::bridge::{HistoryChoice, JoiningId, Post, Time, WhomToAsk};
use crate::texts::{joining as words, labels, transfer};

/// The inputs of the question: what the newcomer sees of the past.
pub const JOINING_INPUTS: [&str; 2] = ["history", "last"];

/// A question that nobody has answered yet.
#[derive(Clone, Debug)]
pub struct AskedToJoin {
    pub joining: JoiningId,
    pub head: Head,
    pub asker: String,
    /// Who talks with the client.
    pub owners: Vec<String>,
    pub whom: WhomToAsk,
    pub due: Time,
    pub refused: Option<RefusedAnswer>,
}

/// What was chosen and typed for an answer that could not be taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedAnswer {
    pub history: String,
    pub last: String,
    pub error: String,
}

/// The question, what the newcomer would see, and both answers.
pub fn joining(reader: &Reader<'_>, view: &AskedToJoin) -> Post {
    let (client, asker) = (name(&view.head.client), name(&view.asker));
    let said = match view.whom {
        WhomToAsk::Owners => words::asks(&asker, &client),
        WhomToAsk::Administrators => words::asks_about(&asker, &client, &name(&view.head.line)),
    };
    let mut card = reader.card();
    card.extend(header(&view.head));
    card.push(paragraph(&said));
    let owners: Vec<String> = view.owners.iter().map(|owner| name(owner)).collect();
    card.extend(parts::facts(vec![
        (words::COLLEAGUES, Text::plain(clip(&owners.join(", "), 400))),
        (words::ANSWER_BY, Text::moment(view.due)),
    ]));
    card.push(TextBlock::new(Text::plain(words::FIRST_COUNTS)).subtle().small());
    card.extend(history(view.refused.as_ref()));
    let accept = Action::AcceptJoining { joining: view.joining, history: String::new(), last: String::new() };
    let (yes, no) = match view.whom {
        WhomToAsk::Owners => (words::ACCEPT, words::DECLINE),
        WhomToAsk::Administrators => (words::LET_THEM_JOIN, words::DISMISS),
    };
    card.actions([
        Button::with_inputs(yes, &accept, &JOINING_INPUTS).positive(),
        Button::new(no, &Action::DeclineJoining { joining: view.joining }),
    ]);
    card.post(labels::about(&client, words::HEADING))
}

/// What they may see of what was written before.
fn history(refused: Option<&RefusedAnswer>) -> Vec<Element> {
    let (chosen, typed) = refused.map_or(("all", "10"), |refused| (&refused.history, &refused.last));
    let choices = [(transfer::HISTORY_ALL, "all"), (transfer::HISTORY_LAST, HistoryChoice::LAST), (transfer::HISTORY_NONE, "none")];
    let choices = choices.map(|(title, value)| (title.to_owned(), value.to_owned()));
    let history = Choices::new("history", transfer::HISTORY, transfer::HISTORY_MISSING, choices).required();
    let last = TextInput::new("last", transfer::HOW_MANY, transfer::HOW_MANY_WRONG, 3);
    let history = history.value(Some(chosen.to_owned()).filter(|chosen| !chosen.is_empty()));
    let error = refused.map(|refused| error(&refused.error));
    [history.into(), last.value(typed).into()].into_iter().chain(error).collect()
}
