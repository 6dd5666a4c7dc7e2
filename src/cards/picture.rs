//! A picture in a card, and a way out of a card to a page: the two elements that name addresses.

use serde::Serialize;
use serde_json::{Value, json};

/// What the address of a kept picture begins with until the card leaves: there the picture itself takes its place, so that no card
/// that waits holds one.
pub const KEPT_PICTURE: &str = "kept:";

/// A picture that travels inside the card.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    #[serde(rename = "type")]
    kind: &'static str,
    url: String,
    #[serde(rename = "altText")]
    alt_text: String,
    size: &'static str,
    msteams: Value,
}

impl Picture {
    /// The small picture of the file with this hash. `alt_text` is what a screen reader says.
    pub fn kept(blob: &str, alt_text: String) -> Self {
        // Teams: a press shows it in the whole window.
        Self { kind: "Image", url: format!("{KEPT_PICTURE}{blob}"), alt_text, size: "Auto", msteams: json!({ "allowExpand": true }) }
    }
}

/// A button that opens a page in the browser.
#[derive(Clone, Debug, Serialize)]
pub struct PageButton {
    #[serde(rename = "type")]
    kind: &'static str,
    actions: [OpenUrl; 1],
}

#[derive(Clone, Debug, Serialize)]
struct OpenUrl {
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    url: String,
    style: &'static str,
}

impl PageButton {
    /// `url` is one of our own.
    pub fn new(title: &str, url: &str) -> Self {
        let action = OpenUrl { kind: "Action.OpenUrl", title: title.to_owned(), url: url.to_owned(), style: "positive" };
        Self { kind: "ActionSet", actions: [action] }
    }
}
