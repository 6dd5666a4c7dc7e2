//! The inputs of the card about being away. All of them come from outside, as text.

use serde::{Deserialize, Serialize};

/// What was typed and chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AwayInputs {
    /// A colleague's id, or [`AwayInputs::MYSELF`].
    pub who: String,
    /// `2026-12-31`
    pub date: String,
    /// `18:00`
    pub time: String,
    /// A colleague's id; [`AwayInputs::ANYBODY`] or empty: nobody in particular.
    pub cover: String,
    pub note: String,
}

impl AwayInputs {
    /// The ids of the inputs.
    pub const IDS: [&'static str; 5] = ["who", "date", "time", "cover", "note"];
    pub const MYSELF: &'static str = "me";
    pub const ANYBODY: &'static str = "anybody";
}
