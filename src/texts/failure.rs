//! T-26: why a message was not delivered, and the next step, in plain words.

use crate::bridge::FailureClass;

/// The cause, to stand after a colon, and the next step as a sentence; both without a full stop. Keyed on the code (Graph's) where a
/// code has a story of its own, on the class for the rest.
pub fn failure(class: FailureClass, code: Option<i64>) -> (&'static str, &'static str) {
    code.and_then(by_code).unwrap_or_else(|| by_class(class))
}

fn by_class(class: FailureClass) -> (&'static str, &'static str) {
    match class {
        FailureClass::Unavailable => ("WhatsApp could not be reached", "Try again in a few minutes"),
        FailureClass::RateLimited => ("too many messages in a short time", "Wait a few minutes, then try again"),
        FailureClass::Configuration => ("WhatsApp refused our account", "Tell your administrator, then try again"),
        FailureClass::WindowClosed => {
            ("more than 24 hours have passed since the client last wrote", "Choose a template to restart the conversation")
        }
        FailureClass::Unreachable => {
            ("the number may not use WhatsApp, or has blocked us", "Check the number, or reach the client in another way")
        }
        FailureClass::MarketingStopped => ("the client has stopped marketing messages", "Do not send marketing to this client"),
        FailureClass::MarketingWithheld => {
            ("WhatsApp withheld this marketing message", "Wait at least a day, or choose a template that is not marketing")
        }
        FailureClass::Template => ("WhatsApp did not accept the template", "Choose another template, or tell your administrator"),
        FailureClass::Media => ("WhatsApp did not accept the file", "Send it in another format or a smaller size"),
        FailureClass::ConversationGone => ("the Teams conversation is gone, or the app was removed from it", "Open the app in Teams again"),
        FailureClass::Invalid => ("WhatsApp cannot send this content", "Change the message, or tell your administrator"),
    }
}

fn by_code(code: i64) -> Option<(&'static str, &'static str)> {
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
        let told_by_code = (0..=200).chain(130_000..140_000).filter_map(by_code);
        for (cause, step) in classes.map(by_class).into_iter().chain(told_by_code) {
            assert!(!cause.ends_with('.') && !step.ends_with('.'), "{cause} / {step}");
            assert!(cause.starts_with("WhatsApp") || cause.starts_with(char::is_lowercase), "{cause}");
            assert!(step.starts_with(char::is_uppercase), "{step}");
        }
    }

    #[test]
    fn a_code_with_a_story_of_its_own_is_told_before_its_class() {
        assert_eq!(failure(FailureClass::Configuration, Some(131_042)).0, "there is a billing problem at WhatsApp");
        assert_eq!(failure(FailureClass::WindowClosed, Some(131_047)).1, "Choose a template to restart the conversation");
        assert_eq!(failure(FailureClass::Unavailable, None).0, "WhatsApp could not be reached");
    }
}
