//! What colleagues read when one asks to join those who talk with a client. product.md 10 numbers T-10 only.

use crate::bridge::{JoiningOutcome, WhomToAsk};

// Buttons.
pub const ASK_TO_JOIN: &str = "Ask to join";
pub const ASK_ADMINISTRATOR: &str = "Ask administrator";
pub const ACCEPT: &str = "Accept";
pub const DECLINE: &str = "Decline";
/// An administrator's.
pub const LET_THEM_JOIN: &str = "Let them join";
pub const DISMISS: &str = "Dismiss";

// The card.
pub const HEADING: &str = "A colleague asks to join";
pub const COLLEAGUES: &str = "Talking with the client";
pub const ANSWER_BY: &str = "Answer by";
pub const FIRST_COUNTS: &str = "The first answer counts for everybody.";

pub const NOT_ENABLED: &str = "You are not enabled for this line of business any more. Nothing was asked.";
pub const TAKES_PART: &str = "You take part in this conversation already.";

/// The question, to those who talk with the client.
pub fn asks(asker: &str, client: &str) -> String {
    format!("{asker} asks to join the conversation with {client}.")
}

/// The same to supervisors and administrators, who may not know who has the client.
pub fn asks_about(asker: &str, client: &str, line: &str) -> String {
    format!("{asker} asks to join the conversation with {client} ({line}).")
}

/// What the card with the question becomes.
pub fn decided(asker: &str, outcome: JoiningOutcome) -> String {
    match outcome {
        JoiningOutcome::Accepted => format!("{asker} has joined."),
        JoiningOutcome::Declined => format!("{asker} was not let in."),
        JoiningOutcome::Expired => format!("{asker} asked to join. Nobody answered in time."),
        JoiningOutcome::Settled => format!("{asker} asked to join. There is nothing to answer any more."),
    }
}

/// To the asker: what happens now.
pub fn asked(whom: WhomToAsk, due: &str) -> String {
    match whom {
        WhomToAsk::Owners => format!("You asked to join. Your colleagues can answer until {due}."),
        WhomToAsk::Administrators => format!("You asked your administrators to let you join. They can answer until {due}."),
    }
}

/// To the asker: nobody is asked twice at once.
pub fn asked_already(due: &str) -> String {
    format!("You have asked already. An answer is possible until {due}.")
}

/// To the asker: not so soon after an answer.
pub fn too_soon(next: &str) -> String {
    format!("You were answered not long ago. You can ask again {next}.")
}

/// To the asker, or to who presses an old button: nobody has the client.
pub fn free(client: &str) -> String {
    format!("Nobody talks with {client} any more. You can start a conversation yourself.")
}

/// To the asker. `next`: when they can ask again.
pub fn declined(who: &str, client: &str, next: &str) -> String {
    format!("{who} did not let you join the conversation with {client}. You can ask again {next}.")
}

/// To the asker.
pub fn expired(client: &str) -> String {
    format!("Nobody answered in time whether you can join the conversation with {client}. You can ask again.")
}

/// To the asker: nobody of the administrators can be told in Teams.
pub fn nobody_to_ask(names: &[String]) -> String {
    match names {
        [] => "Your organization has named no administrator who could be asked here. Contact the people who run this app.".to_owned(),
        names => format!("No administrator can be reached here. Contact {} directly.", names.join(" or ")),
    }
}

/// To who accepts: the asker would not see what the client writes.
pub fn unreachable(asker: &str) -> String {
    format!("{asker} has no chat with the app in Teams any more and cannot take part. Nothing was changed. Ask them to install the app.")
}
