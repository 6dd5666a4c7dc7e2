//! What is said above a message about what it belongs to.

/// The client passed on what somebody else wrote.
pub const FORWARDED: &str = "Forwarded";
/// What is answered is not for everybody who reads the answer, or stands nowhere any more.
pub const ANSWERS_EARLIER: &str = "In answer to an earlier message";
/// What is answered was never seen here: it is older than this server, or went another way.
pub const ANSWERS_UNKNOWN: &str = "In answer to a message that is not known here";

/// `who` wrote what is answered; nobody: the server did. `what`: its first words, or what stands for a file.
pub fn answers(who: Option<&str>, what: &str) -> String {
    format!("In answer to {}: {what}", who.unwrap_or("an automatic message"))
}

/// The client asks about a product of the business's catalogue, by its number there.
pub fn about_product(number: &str) -> String {
    format!("About the product {number} of your catalogue")
}
