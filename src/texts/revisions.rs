//! What is said about messages that were changed or deleted after they were said.

/// Beside the text as it is now; the earlier text follows.
pub fn edited(at: &str) -> String {
    format!("Edited {at}. Before:")
}

/// There were more changes than are shown.
pub fn edited_more(n: usize) -> String {
    let times = if n == 1 { "once".to_owned() } else { format!("{n} times") };
    format!("Edited {times} before that; the record has every text.")
}

/// Beside a message that is kept.
pub fn deleted(client: &str, at: &str) -> String {
    format!("{client} deleted this {at}. It is kept here for the record.")
}

/// In the place of a message that is not.
pub fn hidden(client: &str, at: &str) -> String {
    format!("{client} deleted this message {at}.")
}

/// The same in a list of messages.
pub const HIDDEN: &str = "[Deleted by the client]";
