//! What became of one attempt to hand something to the other side.
//!
//! A timeout is not a failure: [`Outcome::Uncertain`] says that the other side may have accepted, and is never answered by
//! sending again blindly. Everything that proves non-acceptance is [`Outcome::Throttled`] (try again) or
//! [`Outcome::Rejected`] (do not).

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The result of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Accepted by the other side.
    Sent(Receipt),
    /// Certainly not accepted, and worth another try: 429, a connection that was never made, a retryable Graph code.
    Throttled { after: Option<Duration>, failure: Failure },
    /// Certainly not accepted, and another try would end the same.
    Rejected(Failure),
    /// Perhaps accepted: a timeout or reset after the request was written, an ambiguous 5xx.
    Uncertain(Failure),
}

/// What the other side said when it accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// `wamid.…` or the activity id. Absent when Teams answers 2xx without one.
    pub id: Option<String>,
    /// Teams only: the conversation that was opened with it (`19:…@thread.tacv2;messageid=…`, `19:…@thread.v2`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// WhatsApp only: the `wa_id` that Meta resolved the recipient to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<String>,
    /// WhatsApp only: the business-scoped user id that Meta resolved the recipient to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bsuid: Option<String>,
}

/// Why an attempt did not end in acceptance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub class: FailureClass,
    /// Graph error code, or the HTTP status where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// The other side's own words (`error_data.details`), for the journal and administrators. No message text, no token.
    pub detail: String,
}

/// What a failure asks for. The table in the crate docs of `whatsapp::error` maps Graph codes to these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// The other side or the way to it has a problem that passes by itself.
    Unavailable,
    /// Too fast: the pair, number, conversation or account limit.
    RateLimited,
    /// Configuration or account: a token, permission, payment or registration that an administrator must fix.
    Configuration,
    /// The customer service window is closed (131047).
    WindowClosed,
    /// The recipient cannot be reached (131026): not on WhatsApp, blocked us, an old app.
    Unreachable,
    /// The recipient stopped marketing messages (131050).
    MarketingStopped,
    /// WhatsApp withheld a marketing message (131049, 130472).
    MarketingWithheld,
    /// The template is missing, paused, disabled or its parameters do not fit (132xxx).
    Template,
    /// A file was not accepted (131052, 131053).
    Media,
    /// Teams: the conversation is gone, or the app was removed or blocked there.
    ConversationGone,
    /// The request itself was wrong: a bug on our side, or content that cannot be sent.
    Invalid,
}

impl Failure {
    /// A failure without a code of its own.
    pub fn new(class: FailureClass, detail: impl Into<String>) -> Self {
        Self { class, code: None, detail: detail.into() }
    }

    /// The same with the other side's code.
    pub fn with_code(class: FailureClass, code: i64, detail: impl Into<String>) -> Self {
        Self { class, code: Some(code), detail: detail.into() }
    }
}
