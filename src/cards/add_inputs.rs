//! The inputs of the card that asks whom to add. All of them come from outside, as text.

use serde::{Deserialize, Serialize};

/// What was typed and chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddInputs {
    /// Colleagues' ids, with commas between them.
    pub colleagues: String,
    /// `none`, `all` or `last`.
    pub history: String,
    /// How many, where `history` is `last`.
    pub last: String,
}

impl AddInputs {
    /// The ids of the inputs.
    pub const IDS: [&'static str; 3] = ["colleagues", "history", "last"];

    /// A form that nobody has filled in yet.
    pub fn proposed() -> Self {
        Self { colleagues: String::new(), history: "all".to_owned(), last: "10".to_owned() }
    }
}
