//! Sentences about group chats that are made through Microsoft Graph (product.md 7): how it stands, what went wrong, what to do next.

use crate::bridge::{Failure, FailureClass};

pub const TRY_AGAIN: &str = "Try again";
/// On the conversation's card.
pub const OPENING: &str = "A group chat is being opened for this conversation.";
pub const ORDERED: &str =
    "A group chat is being opened for this conversation. It goes on there as soon as the chat is ready, and here until then.";
pub const ORDERED_ALREADY: &str =
    "A group chat is being opened for this conversation already. It goes on there as soon as the chat is ready, and here until then.";
pub const READY: &str = "The conversation goes on in its group chat.";

/// The title of a client's chat.
pub fn topic(client: &str, line: &str) -> String {
    format!("{client} · {line}")
}

pub fn lives_already(client: &str, place: &str) -> String {
    format!("The conversation with {client} lives in {place} already.")
}

/// Microsoft made no chat. `by_hand`: how colleagues make one themselves.
pub fn not_made(why: &Failure, by_hand: &str) -> String {
    let cause = match why.class {
        FailureClass::ConversationGone => "Microsoft does not know one of its colleagues.",
        _ => cause(why),
    };
    format!("No group chat was opened for this conversation: {cause} It goes on as before. Try again, or do it yourselves: {by_hand}")
}

/// The server may not make chats any more.
pub fn not_configured(by_hand: &str) -> String {
    format!(
        "No group chat was opened for this conversation: this is switched off by now. It goes on as before. Do it yourselves: {by_hand}"
    )
}

/// Microsoft did not say whether it made a chat.
pub fn not_known(topic: &str, looked: bool) -> String {
    let searched = if looked { "We looked for it and found none." } else { "We are not allowed to look for it." };
    format!(
        "Microsoft did not tell whether a group chat was opened for this conversation. {searched} Look in Teams: if there is a chat \
         “{topic}”, add the app Switchboard to it and choose this client on the card that appears there. If there is none, try again."
    )
}

/// The chat is there, and the app is not. `why`: what Microsoft answered; `None`: that it is there, but nothing is heard of it.
pub fn without_app(topic: &str, why: Option<&Failure>) -> String {
    let why = why.map_or("nothing was heard of it there.", cause);
    format!(
        "The group chat “{topic}” was made for this conversation, but the app is not in it: {why} The conversation goes on as before. Try \
         again, or add the app Switchboard to that chat in Teams."
    )
}

/// The chat was made, and deleted before the conversation moved there.
pub fn not_there(topic: &str) -> String {
    format!("The group chat “{topic}” that was made for this conversation is not there any more. The conversation goes on as before.")
}

/// To administrators, about a line whose chats cannot be made.
pub fn to_administrators(line: &str, why: &Failure) -> String {
    format!(
        "Group chats for conversations of {line} cannot be made: Microsoft Graph answered “{}”. Check [teams.graph] in the configuration, \
         the app's Graph permissions and an administrator's consent to them. Until then the conversations live in the colleagues' own chats.",
        why.detail
    )
}

/// Somebody takes part, and Microsoft did not put them into the chat.
pub fn add_by_hand(who: &str) -> String {
    format!(
        "{who} takes part now, and could not be added to this group chat. Add {who} in Teams, so that they follow the conversation here."
    )
}

/// Somebody takes part no more, and is in the chat.
pub fn remove_by_hand(who: &str) -> String {
    format!("{who} takes part no more. Remove {who} from this group chat in Teams: until then they read along.")
}

/// Said in a conversation's home.
pub fn out_of_reach(who: &str) -> String {
    format!(
        "{who} takes part, but is not a member here and cannot be reached in their own chat: the app is not installed there. What they miss waits for them."
    )
}

fn cause(why: &Failure) -> &'static str {
    match why.class {
        FailureClass::Configuration => "Microsoft does not allow it, so an administrator must check the app's permissions.",
        FailureClass::RateLimited => "Microsoft was asked too often.",
        FailureClass::Unavailable => "Microsoft could not be reached several times.",
        FailureClass::ConversationGone => "Microsoft does not know the chat.",
        _ => "Microsoft refused it.",
    }
}
