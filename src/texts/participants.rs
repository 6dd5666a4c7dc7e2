//! Sentences and labels about the colleagues in a conversation that product.md 10 does not number.

// Buttons.
pub const ADD: &str = "Add";
pub const REMOVE: &str = "Remove";
pub const LEAVE: &str = "Leave";
pub const END: &str = "End";
pub const DONE: &str = "Done";
pub const YES: &str = "Yes";
pub const NO: &str = "No";
pub const START_AGAIN: &str = "Start again";

// The details of a conversation.
pub const NOBODY: &str = "Nobody takes part in this conversation now.";
/// Before the time since when a colleague takes part.
pub const SINCE: &str = "Since ";

/// For whom a colleague stands in.
pub fn covers_for(name: &str) -> String {
    format!("Stands in for {name}")
}

// Adding.
pub const ADD_HEADING: &str = "Add colleagues";
pub const WHOM: &str = "Whom?";
/// Placeholders repeat the label: some clients read them out instead of it.
pub const WHOM_BY: &str = "Whom? Type a name";
pub const NOBODY_TO_ADD: &str = "Everybody who is enabled for this line of business takes part already.";

/// Somebody who was chosen takes part already.
pub fn takes_part_already(name: &str) -> String {
    format!("{name} takes part already.")
}

/// The receipt of who adds colleagues.
pub fn added(names: &str) -> String {
    format!("{names} added.")
}

/// What somebody who was added may see of the time before, as a sentence. `sees` as in the form of a transfer.
pub fn you_see(sees: &str) -> String {
    format!("What you can read from before: {}.", sees.to_lowercase())
}

// Leaving.
pub const LEAVE_HEADING: &str = "Leave this conversation?";
pub const LAST_ONE: &str =
    "You are the only colleague in this conversation, and a client is not left alone. Transfer the client, or end the conversation.";
pub const HELD_TO_NOBODY: &str = "Choose what becomes of your held messages.";
pub const WITHDRAW_HELD: &str = "They are withdrawn, and their texts come back to me";

/// What leaving means.
pub fn leaving(client: &str, remaining: &str) -> String {
    format!("{client} is told that you are no longer available, and that {remaining} will continue.")
}

/// A colleague goes on with held messages.
pub fn go_on_as(name: &str) -> String {
    format!("They go on as messages of {name}")
}

/// To who goes on with held messages of a colleague who left.
pub fn held_are_yours(count: usize) -> String {
    match count {
        1 => "1 held message goes on as yours.".to_owned(),
        count => format!("{count} held messages go on as yours."),
    }
}

// Removing.
pub const REMOVE_HEADING: &str = "Remove a colleague";
pub const WHO_GOES: &str = "Who is to go?";
pub const NOBODY_TO_REMOVE: &str = "No other colleague takes part in this conversation.";

/// The question before somebody is removed.
pub fn remove(colleague: &str) -> String {
    format!("Remove {colleague} from this conversation?")
}

/// What removing means.
pub fn removing(colleague: &str, client: &str, remaining: &str) -> String {
    format!(
        "{colleague} no longer sees or sends messages here, and held messages of theirs are withdrawn. \
         {client} is told that {remaining} will continue."
    )
}

/// Nobody would be left with the client.
pub fn only_one(colleague: &str) -> String {
    format!("{colleague} is the only colleague in this conversation, and a client is not left alone. Transfer the client instead.")
}

/// Somebody who was to be removed takes no part any more.
pub fn gone_already(colleague: &str) -> String {
    format!("{colleague} takes no part in this conversation any more.")
}

// Ending.
pub const END_HEADING: &str = "End this conversation?";

/// What ending means.
pub fn ending(client: &str, held: usize) -> String {
    let told = format!("{client} is told, and may write again at any time. No colleague has the client any more.");
    match held {
        0 => told,
        1 => format!("{told} 1 held message is withdrawn."),
        held => format!("{told} {held} held messages are withdrawn."),
    }
}

// Others.
/// The card of a thread, once its reader takes no part any more.
pub const NO_PART: &str = "You take no part in this conversation any more.";
pub const WHICH: &str = "Which conversation?";
pub const WHICH_WHY: &str = "Several conversations are open. Nothing was done; choose the one you mean.";

/// Between author and client above what a colleague wrote.
pub const TO: &str = "to";

/// Notification of what a colleague wrote to the client.
pub fn wrote_to(author: &str, client: &str) -> String {
    format!("{author} wrote to {client}")
}

/// Those who had a client when the conversation was ended, when the client writes again.
pub fn came_back(client: &str) -> String {
    format!("{client} wrote again. The conversation goes on with you.")
}
