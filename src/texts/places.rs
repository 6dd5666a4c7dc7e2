//! Sentences about where conversations live in Teams (product.md 7): chats, channels, notes, moves.

// A group chat without a client.
pub const WHICH_CLIENT: &str = "Which client is this chat for?";
pub const LINK_WHY: &str = "Choose one of your own conversations. What its colleagues write here then goes to the client, and everybody in this chat reads what the client answers.";
pub const LINK: &str = "Link this chat";
pub const LINKED: &str = "This chat is linked to the conversation.";
pub const NOT_A_CHAT: &str = "Only a group chat can be linked. Nothing was done.";
pub const TAKEN_CHAT: &str = "This chat is about another client already. A chat is for one client only: use another one.";
pub const NO_CLIENT_HERE: &str =
    "Nothing was sent: no client is linked to this place. Write in the post or chat of your client, or to me in your own chat.";

// Moves.
pub const MOVED_OUT: &str = "This conversation goes on in your own chats with the app.";
pub const MOVED_BACK: &str = "This conversation lives there again.";
pub const NO_WAY_BACK: &str =
    "This conversation cannot move back: the place is gone, or another conversation has it now. Nothing was done.";

pub const MENTION_TO_SEND: &str = "Mention @Switchboard to send: only messages that do reach the client from here.";

pub const ELSEWHERE: &str = "This conversation goes on elsewhere.";

/// What a chat or channel is called in a sentence.
pub fn named(chat: bool, name: Option<&str>) -> String {
    match (chat, name) {
        (true, Some(name)) => format!("the group chat “{name}”"),
        (true, None) => "a group chat".to_owned(),
        (false, Some(name)) => format!("the channel “{name}”"),
        (false, None) => "the channel".to_owned(),
    }
}

/// Said where a conversation lived until now.
pub fn goes_on_in(client: &str, place: &str) -> String {
    format!("The conversation with {client} goes on in {place}.")
}

/// The same to somebody who is no member there, as far as we know.
pub fn lives_in(client: &str, place: &str) -> String {
    format!("The conversation with {client} lives in {place} now. You are not a member there, so you follow it here.")
}

/// Said where a conversation lives from now on.
pub fn lives_here(client: &str) -> String {
    format!(
        "This is the conversation with {client} now. What its colleagues write here goes to {client}; begin with // to write a note instead."
    )
}

/// A conversation that was gone is there again.
pub fn home_back(client: &str) -> String {
    format!("The Teams conversation about {client} can be reached again. Until you move back, it goes on here.")
}

/// Somebody writes who has nothing to do with the line.
pub fn stranger(who: &str, line: &str) -> String {
    format!("{who} is not enabled for {line}. What {who} writes here is not sent to the client, but {who} can read this conversation.")
}

/// Somebody of whom that is known as soon as the conversation comes there.
pub fn strangers(who: &[String], line: &str) -> String {
    match who {
        [one] => stranger(one, line),
        several => format!(
            "{} are not enabled for {line}. What they write here is not sent to the client, but they can read this conversation.",
            super::names::names(several)
        ),
    }
}

pub fn outsider(who: &str, client: &str) -> String {
    format!("{who}, you do not take part in the conversation with {client}, so nothing was sent.")
}

pub fn unowned(who: &str, client: &str) -> String {
    format!("{who}, nobody has taken {client} yet, so nothing was sent. Take the conversation to answer.")
}

/// In a shared conversation, a text answers something that is no message of this conversation about its client.
pub const ROUTE_WHY: &str =
    "This answers something that is not part of the conversation with this client. Nothing was sent; your text is kept until you choose.";

/// Somebody came to the chat by themselves.
pub fn joined(who: &str) -> String {
    format!("{who} joined the conversation.")
}

pub fn moved_out(client: &str) -> String {
    format!("The conversation with {client} goes on here.")
}

/// How colleagues make a group chat for a client themselves.
pub fn open_by_hand(participants: &[String]) -> String {
    format!(
        "Make a group chat in Teams with {}, add the app Switchboard to it, and choose this client on the card that appears there.",
        super::names::names(participants)
    )
}

/// To administrators: the app is not where a line's conversations are to live.
pub fn channel_missing(line: &str) -> String {
    format!(
        "Conversations of {line} are to live in its Teams channel, but the app cannot post there: it is not installed in that team, or the \
         directory names another channel. Until then they live in the colleagues' own chats."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stranger_and_several_are_spoken_of_as_such() {
        let names = ["Eva".to_owned(), "Zoe".to_owned()];
        assert!(strangers(&names, "Advice").starts_with("Eva and Zoe are not enabled for Advice."));
        assert_eq!(strangers(&names[..1], "Advice"), stranger("Eva", "Advice"));
    }
}
