//! Sentences about internal notes, and about words of which it is not certain whom they are for.

pub const NOTE: &str = "Note";
pub const WHY: &str = "For the colleagues of this conversation only. It is never sent to the client.";
pub const ERROR: &str = "Enter between 1 and 4,000 characters.";
pub const SAVE: &str = "Keep note";
pub const KEPT: &str = "Kept as an internal note. Nothing was sent.";
pub const CHANGED: &str = "The internal note was changed. Nothing was sent.";
/// A note that was deleted in Teams, or is not marked as one any more.
pub const STAYS: &str = "This stays an internal note as it was. Nothing was sent. To write to the client, write a new message.";
/// A held message that was changed to one.
pub const INSTEAD_OF_HELD: &str = "The held message was withdrawn and kept as an internal note. Nothing was sent.";
/// In the card that changes a held message.
pub const NOT_HERE: &str = "A text that begins with // is an internal note and cannot be sent. Withdraw this message and write the note.";

pub const NOWHERE: &str = "You have no open conversation, so this note was kept with none. Start one with a contact.";
pub const WHICH: &str = "Which conversation is this note about?";
pub const ROUTE_WHY: &str = "Your note is kept until you choose. It is never sent to the client.";
pub const NOT_OPEN: &str = "This conversation is not open to you any more. Nothing was sent. Choose another one.";
pub const CHANGED_MEANWHILE: &str = "You changed this message, so you are asked again below. Nothing was sent.";

/// Who wrote a note, in front of it.
pub fn by(who: &str, changed: bool) -> String {
    if changed { format!("Note by {who}, changed") } else { format!("Note by {who}") }
}

/// Below a note.
pub fn about(client: &str) -> String {
    format!("Internal, about {client}. Not sent to the client.")
}

/// The notification.
pub fn news(client: &str) -> String {
    format!("New note about {client}")
}

/// Below a kept text: what came with it.
pub fn with_files(names: &[String]) -> String {
    format!("With {}", super::names::names(names))
}
