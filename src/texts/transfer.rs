//! What is written on the cards about a transfer, beside the sentences of product.md 10.

use crate::bridge::{HistoryChoice, TransferOutcome};

// Buttons.
pub const TRANSFER: &str = "Transfer";
pub const OFFER: &str = "Offer";
/// Supervisors only: without asking the receiver.
pub const TRANSFER_NOW: &str = "Transfer now";
pub const ACCEPT: &str = "Accept";
pub const DECLINE: &str = "Decline";

// The form.
pub const HEADING: &str = "Transfer this client";
pub const TO: &str = "To whom?";
/// Placeholders repeat the label: some clients read them out instead of it.
pub const TO_BY: &str = "To whom? Type a name";
pub const NOBODY_CHOSEN: &str = "Choose a colleague first.";
pub const NOBODY_ELSE: &str = "No other colleague is enabled for this line of business.";
pub const FROM: &str = "Who hands over?";
pub const FROM_NOBODY: &str = "Choose who hands over.";
pub const EVERYBODY: &str = "Everybody who takes part now";
pub const NOTE: &str = "Note to your colleague (optional)";
pub const NOTE_TOO_LONG: &str = "Enter a note of at most 500 characters.";
pub const HISTORY: &str = "What may they see of what was written before?";
pub const HISTORY_ALL: &str = "All of it";
pub const HISTORY_LAST: &str = "The last messages";
pub const HISTORY_NONE: &str = "Nothing";
pub const HISTORY_MISSING: &str = "Choose what they may see.";
pub const HOW_MANY: &str = "How many of the last messages?";
pub const HOW_MANY_WRONG: &str = "Enter a number from 1 to 999.";
pub const AFTERWARDS: &str = "And afterwards?";
pub const AFTERWARDS_MISSING: &str = "Choose what happens afterwards.";
pub const LEAVE: &str = "Leave the conversation";
pub const STAY: &str = "Stay in the conversation";
pub const HELD_MISSING: &str = "Choose what becomes of the held messages.";
pub const HAND_OVER: &str = "They go on as your colleague's";
pub const WITHDRAW: &str = "They are withdrawn, and their texts come back";

// Facts of an offer.
pub const NOTE_OF: &str = "Note:";
pub const SEES: &str = "History";
pub const ANSWER_BY: &str = "Answer by";
pub const STAYS: &str = "Stays in the conversation";
pub const OFFERED: &str = "Offered to a colleague";
pub const OFFERED_TO_YOU: &str = "Offered to you";

pub const CANCELLED: &str = "Nothing was changed.";
pub const NOT_YOURS: &str = "Only who takes part in a conversation can offer it, and only a supervisor can hand it over without asking.";
pub const TO_YOURSELF: &str = "You have this client already.";
pub const NOTHING_TO_GIVE: &str = "Nobody else has this client, so there is nothing to hand over.";

/// The label of what becomes of held messages.
pub fn held(count: usize) -> String {
    match count {
        1 => "1 message waits for the client to write. What becomes of it?".to_owned(),
        count => format!("{count} messages wait for the client to write. What becomes of them?"),
    }
}

/// Somebody who was chosen may not have this client.
pub fn not_enabled(name: &str) -> String {
    format!("{name} is not enabled for this line of business. Nothing was changed.")
}

/// Somebody who was chosen cannot be told.
pub fn unreachable(name: &str) -> String {
    format!("{name} has no chat with the app in Teams yet and cannot be told. Nothing was changed. Ask them to install the app.")
}

/// One offer at a time.
pub fn offered_already(giver: &str, receiver: &str) -> String {
    format!("{giver} has offered this client to {receiver} already. Nothing was changed.")
}

/// What a receiver may see, as a fact.
pub fn sees(choice: HistoryChoice) -> String {
    match choice {
        HistoryChoice::None => "Nothing of what was written before".to_owned(),
        HistoryChoice::Last(1) => "The last message".to_owned(),
        HistoryChoice::Last(count) => format!("The last {count} messages"),
        HistoryChoice::All => "Everything".to_owned(),
    }
}

/// What an offer's cards become.
pub fn decided(giver: &str, receiver: &str, outcome: TransferOutcome) -> String {
    let became = match outcome {
        TransferOutcome::Accepted => "Accepted.",
        TransferOutcome::Declined => "Declined.",
        TransferOutcome::Withdrawn => "Taken back.",
        TransferOutcome::Expired => "Nobody answered in time.",
        TransferOutcome::Superseded => {
            "It is over, because the conversation has changed hands since, or a colleague is not enabled any more."
        }
    };
    format!("{giver} offered this client to {receiver}. {became}")
}

// A whole book goes over, as the command says it.
pub const GOES_ON_ELSEWHERE: &str = "the client goes on under another contact";

/// Nobody hands over to themselves.
pub fn same_person(name: &str) -> String {
    format!("{name} cannot hand over to {name}")
}

/// Why a client stays.
pub fn not_of_line(name: &str, line: &str) -> String {
    format!("{name} is not enabled for {line}")
}

/// The same.
pub fn has_no_app(name: &str) -> String {
    format!("{name} has no chat with the app in Teams")
}

/// The notification of a message from before, which says nothing of it.
pub fn earlier_message(client: &str) -> String {
    format!("Earlier message with {client}")
}
