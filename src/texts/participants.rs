//! Sentences and labels about the colleagues in a conversation that product.md 10 does not number.

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
