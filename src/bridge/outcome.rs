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

    /// What to tell the colleague (T-26): the cause, to stand after a colon, and the next step as a sentence; both without a full stop.
    ///
    /// Keyed on the code where a code has a story of its own, on the class for the rest.
    pub fn plain(&self) -> (&'static str, &'static str) {
        if let Some(told) = self.code.and_then(plain_by_code) {
            return told;
        }
        match self.class {
            FailureClass::Unavailable => ("the other side has problems at the moment", "Try again in a few minutes"),
            FailureClass::RateLimited => ("too many messages in a short time", "Wait a few minutes, then try again"),
            FailureClass::Configuration => {
                ("the connection needs your administrator", "Your text is kept; ask your administrator, then try again")
            }
            FailureClass::WindowClosed => ("more than 24 hours have passed since the client's last message", "Choose a template"),
            FailureClass::Unreachable => {
                ("the number may not use WhatsApp, or has blocked us", "Check the number, or reach the client in another way")
            }
            FailureClass::MarketingStopped => ("the client has stopped marketing messages", "Do not send this template to them again"),
            FailureClass::MarketingWithheld => {
                ("WhatsApp withheld this marketing message", "Wait at least a day, or write without marketing")
            }
            FailureClass::Template => ("WhatsApp did not accept the template", "Choose another template, or tell your administrator"),
            FailureClass::Media => ("WhatsApp did not accept the file", "Send it in another format"),
            FailureClass::ConversationGone => {
                ("the Teams conversation is gone, or the app was removed from it", "Open the app in Teams again")
            }
            FailureClass::Invalid => ("it could not be sent in this form", "Change the message and try again"),
        }
    }
}

fn plain_by_code(code: i64) -> Option<(&'static str, &'static str)> {
    Some(match code {
        0 | 190 => ("the WhatsApp connection needs to be authorised again", "Your text is kept; tell your administrator, then try again"),
        33 | 131_045 | 133_010 => ("the business number is not registered with WhatsApp", "Tell your administrator"),
        368 | 131_031 => ("WhatsApp restricted this business account", "Tell your administrator"),
        130_472 => {
            ("WhatsApp did not deliver it because the client takes part in an experiment of WhatsApp", "Reach the client in another way")
        }
        130_497 => ("WhatsApp does not let this business write to that country", "Reach the client in another way"),
        131_021 => ("this is the business number itself", "Choose another number"),
        131_030 => ("this is a test number, and the client is not on its list", "Tell your administrator"),
        131_037 => ("WhatsApp has not approved the business's display name yet", "Tell your administrator"),
        131_042 | 131_044 => ("there is a billing problem at WhatsApp", "Tell your administrator"),
        131_048 => ("too many messages from this number were blocked or reported", "Send less for some hours, then try again"),
        131_052 => ("the client's file could not be fetched", "Ask the client to send it again"),
        131_056 => ("too many messages to this client in a short time", "Wait a minute, then try again"),
        131_062 => ("WhatsApp needs the client's phone number for this message", "Ask the client for the number"),
        132_000 | 132_012 | 132_018 => ("the values do not fit the template", "Fill in the template again"),
        132_001 => ("the template does not exist in this language, or is not approved", "Choose another template"),
        132_005 => ("the filled template is too long", "Shorten the values"),
        132_015 => ("WhatsApp paused this template", "Choose another template, or wait some hours"),
        132_016 => ("WhatsApp disabled this template", "Choose another template"),
        137_000 => ("the client's WhatsApp identity changed", "Make sure that it is still them, then try again"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_fits_into_the_sentence_around_it() {
        let classes = [
            FailureClass::Unavailable,
            FailureClass::RateLimited,
            FailureClass::Configuration,
            FailureClass::WindowClosed,
            FailureClass::Unreachable,
            FailureClass::MarketingStopped,
            FailureClass::MarketingWithheld,
            FailureClass::Template,
            FailureClass::Media,
            FailureClass::ConversationGone,
            FailureClass::Invalid,
        ];
        let by_class = classes.map(|class| Failure::new(class, "").plain());
        let by_code = (0..=200).chain(130_000..140_000).filter_map(plain_by_code);
        for (cause, step) in by_class.into_iter().chain(by_code) {
            assert!(!cause.ends_with('.') && !step.ends_with('.'), "{cause} / {step}");
            assert!(cause.starts_with("WhatsApp") || cause.starts_with(char::is_lowercase), "{cause}");
            assert!(step.starts_with(char::is_uppercase), "{step}");
        }
    }

    #[test]
    fn a_code_with_a_story_of_its_own_is_told_before_its_class() {
        let failure = Failure::with_code(FailureClass::Configuration, 131_042, "");
        assert_eq!(failure.plain().0, "there is a billing problem at WhatsApp");
        assert_eq!(Failure::with_code(FailureClass::WindowClosed, 131_047, "").plain().1, "Choose a template");
    }
}
