//! Inputs for a day and for a time of day. Clients show them as calendars and clocks, and send `2026-12-31` and `18:00`.

use serde::Serialize;

/// A day or a time of day.
#[derive(Clone, Debug, Serialize)]
pub struct MomentInput {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'static str,
    label: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<String>,
    #[serde(rename = "errorMessage")]
    error_message: &'static str,
    #[serde(rename = "isRequired")]
    required: bool,
}

impl MomentInput {
    /// A day from `min` on. Both as `2026-12-31`; an empty `value` shows none.
    pub fn date(id: &'static str, label: &'static str, error_message: &'static str, value: &str, min: &str) -> Self {
        Self { kind: "Input.Date", id, label, value: value.to_owned(), min: Some(min.to_owned()), error_message, required: true }
    }

    /// A time of day, as `18:00`.
    pub fn time(id: &'static str, label: &'static str, error_message: &'static str, value: &str) -> Self {
        Self { kind: "Input.Time", id, label, value: value.to_owned(), min: None, error_message, required: true }
    }
}
