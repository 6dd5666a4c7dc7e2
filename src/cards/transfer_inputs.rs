//! The inputs of the card that asks to whom a client is to go. All of them come from outside, as text.

use serde::{Deserialize, Serialize};

/// What was typed and chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferInputs {
    /// A colleague's id.
    pub receiver: String,
    /// Whose place is taken: a colleague's id, or [`TransferInputs::EVERYBODY`]. Empty: the reader's own.
    pub giver: String,
    pub note: String,
    /// `none`, `all` or `last`.
    pub history: String,
    /// How many, where `history` is `last`.
    pub last: String,
    /// `leave` or `stay`.
    pub afterwards: String,
    /// `hand_over` or `withdraw`; empty where nothing is held.
    pub held: String,
}

impl TransferInputs {
    /// The ids of the inputs.
    pub const IDS: [&'static str; 7] = ["receiver", "giver", "note", "history", "last", "afterwards", "held"];
    pub const EVERYBODY: &'static str = "everybody";
    pub const LEAVE: &'static str = "leave";
    pub const STAY: &'static str = "stay";
    pub const HAND_OVER: &'static str = "hand_over";
    pub const WITHDRAW: &'static str = "withdraw";

    /// A form that nobody has filled in yet.
    pub fn proposed() -> Self {
        Self {
            history: "all".to_owned(),
            last: "10".to_owned(),
            afterwards: Self::LEAVE.to_owned(),
            held: Self::HAND_OVER.to_owned(),
            giver: Self::EVERYBODY.to_owned(),
            ..Self::default()
        }
    }
}
