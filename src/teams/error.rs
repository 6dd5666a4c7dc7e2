//! What an answer of the Connector, or of Graph, means for what was asked.
//!
//! Creating an activity has no idempotency key, and repeating it after an ambiguous answer has shown people the same message
//! three times. So a POST is repeated only when non-acceptance is proven; PUT, DELETE and GET may be repeated freely.

use std::time::Duration;

use chrono::DateTime;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use crate::bridge::{Failure, FailureClass, Outcome, Receipt, Time};

/// Longest text of the other side that is kept (characters).
const MAX_DETAIL: usize = 300;

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// POST of an activity or a conversation: never repeated on doubt.
    Create,
    /// POST of something that can be there only once (a member, an installed app): 409 says that it is there.
    Ensure,
    /// PUT of an activity.
    Update,
    /// PATCH.
    Patch,
    /// DELETE of an activity; one that is gone already is a success.
    Delete,
    /// GET.
    Read,
}

impl Operation {
    /// Whether doing it twice does what doing it once does.
    pub(super) fn is_idempotent(self) -> bool {
        !matches!(self, Self::Create)
    }

    /// Perhaps done: whether that is harmless to repeat.
    pub(super) fn doubtful(self, failure: Failure, after: Option<Duration>) -> Outcome {
        if self.is_idempotent() { Outcome::Throttled { after, failure } } else { Outcome::Uncertain(failure) }
    }
}

/// The outcome that an answer stands for. `body` is `None` when it could not be read.
pub(super) fn outcome(operation: Operation, status: StatusCode, headers: &HeaderMap, body: Option<&[u8]>, now: Time) -> Outcome {
    let answer: Value = body.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
    if status.is_success() {
        let id = answer.get("id").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned);
        return Outcome::Sent(Receipt { id, ..Receipt::default() });
    }
    let code = error_code(&answer);
    let failure = |class| Failure::with_code(class, i64::from(status.as_u16()), detail(status, &answer));
    let after = retry_after(headers, now);
    match status.as_u16() {
        // Followed nowhere: the bearer token would go along.
        300..=399 => Outcome::Rejected(failure(FailureClass::Configuration)),
        401 => Outcome::Rejected(failure(FailureClass::Configuration)),
        403 => Outcome::Rejected(failure(forbidden(&code, &answer))),
        404 if operation == Operation::Delete && code.eq_ignore_ascii_case("ActivityNotFoundInConversation") => {
            Outcome::Sent(Receipt::default())
        }
        404 => Outcome::Rejected(failure(not_found(operation, &code))),
        409 if operation == Operation::Ensure => Outcome::Sent(Receipt::default()),
        408 => operation.doubtful(failure(FailureClass::Unavailable), after),
        412 => Outcome::Throttled { after, failure: failure(FailureClass::Unavailable) },
        429 => Outcome::Throttled { after, failure: failure(FailureClass::RateLimited) },
        400..=499 => Outcome::Rejected(failure(FailureClass::Invalid)),
        _ => operation.doubtful(failure(FailureClass::Unavailable), after),
    }
}

/// `Retry-After` as seconds or as an HTTP date, which counts from `now`; a date that has passed means at once.
pub fn retry_after(headers: &HeaderMap, now: Time) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(u64::from(seconds)));
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.to_utc() - now).to_std().unwrap_or_default())
}

fn forbidden(code: &str, answer: &Value) -> FailureClass {
    // Blocked or uninstalled by the user comes as errorCode 209 with JSON inside the message.
    let writes_blocked = answer.get("errorCode").and_then(Value::as_i64) == Some(209) || message(answer).contains("MessageWritesBlocked");
    match code {
        "BotNotInConversationRoster"
        | "ConversationBlockedByUser"
        | "MessageWritesBlocked"
        | "BotDisabledByAdmin"
        | "ForbiddenOperationException" => FailureClass::ConversationGone,
        "NotEnoughPermissions" => FailureClass::Invalid,
        _ if writes_blocked => FailureClass::ConversationGone,
        _ => FailureClass::Configuration,
    }
}

fn not_found(operation: Operation, code: &str) -> FailureClass {
    match code {
        "ConversationNotFound" => FailureClass::ConversationGone,
        "ActivityNotFoundInConversation" => FailureClass::Invalid,
        // Without a code we know, what the address names is missing: the conversation, or the activity in it.
        _ if matches!(operation, Operation::Update | Operation::Delete) => FailureClass::Invalid,
        _ => FailureClass::ConversationGone,
    }
}

/// `error.code`, or the same at the top, as some front ends send it.
fn error_code(answer: &Value) -> String {
    let code = answer.pointer("/error/code").or_else(|| answer.get("code")).and_then(Value::as_str);
    code.unwrap_or_default().to_owned()
}

fn message(answer: &Value) -> &str {
    answer.pointer("/error/message").or_else(|| answer.get("message")).and_then(Value::as_str).unwrap_or_default()
}

fn detail(status: StatusCode, answer: &Value) -> String {
    let code = error_code(answer);
    let text = match (code.as_str(), message(answer)) {
        ("", "") => format!("HTTP {}", status.as_u16()),
        ("", message) => message.to_owned(),
        (code, "") => code.to_owned(),
        (code, message) => format!("{code}: {message}"),
    };
    text.chars().take(MAX_DETAIL).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use rstest::rstest;
    use serde_json::json;

    fn now() -> Time {
        chrono::Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).single().expect("a time")
    }

    fn answered(operation: Operation, status: u16, body: &Value) -> Outcome {
        let status = StatusCode::from_u16(status).expect("a status");
        outcome(operation, status, &HeaderMap::new(), Some(body.to_string().as_bytes()), now())
    }

    #[rstest]
    #[case("120", Some(120))]
    #[case(" 0 ", Some(0))]
    #[case("Fri, 20 Nov 2026 12:00:30 GMT", Some(30))]
    #[case("Fri, 20 Nov 2026 11:00:00 GMT", Some(0))]
    #[case("-1", None)]
    #[case("soon", None)]
    #[case("99999999999999999999", None)]
    fn retry_after_is_seconds_or_a_date(#[case] value: &str, #[case] seconds: Option<u64>) {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().expect("a header value"));
        assert_eq!(retry_after(&headers, now()), seconds.map(Duration::from_secs));
    }

    #[test]
    fn retry_after_may_be_missing() {
        assert_eq!(retry_after(&HeaderMap::new(), now()), None);
    }

    #[rstest]
    #[case(403, "BotNotInConversationRoster", FailureClass::ConversationGone)]
    #[case(403, "ConversationBlockedByUser", FailureClass::ConversationGone)]
    #[case(403, "MessageWritesBlocked", FailureClass::ConversationGone)]
    #[case(403, "BotDisabledByAdmin", FailureClass::ConversationGone)]
    #[case(403, "ForbiddenOperationException", FailureClass::ConversationGone)]
    #[case(403, "InvalidBotApiHost", FailureClass::Configuration)]
    #[case(403, "NotEnoughPermissions", FailureClass::Invalid)]
    #[case(404, "ConversationNotFound", FailureClass::ConversationGone)]
    #[case(404, "ActivityNotFoundInConversation", FailureClass::Invalid)]
    #[case(400, "BadArgument", FailureClass::Invalid)]
    #[case(413, "MessageSizeTooBig", FailureClass::Invalid)]
    #[case(401, "BotNotRegistered", FailureClass::Configuration)]
    #[case(302, "", FailureClass::Configuration)]
    fn what_will_never_be_accepted_is_rejected(#[case] status: u16, #[case] code: &str, #[case] class: FailureClass) {
        let answer = answered(Operation::Create, status, &json!({"error": {"code": code, "message": "m"}}));
        assert!(
            matches!(&answer, Outcome::Rejected(failure) if failure.class == class && failure.code == Some(status.into())),
            "{answer:?}"
        );
    }

    #[test]
    fn a_user_who_blocked_the_bot_is_a_conversation_that_is_gone() {
        let answer = answered(Operation::Create, 403, &json!({"errorCode": 209, "message": "{ \"subCode\": \"MessageWritesBlocked\" }"}));
        assert!(matches!(answer, Outcome::Rejected(failure) if failure.class == FailureClass::ConversationGone));
    }

    #[rstest]
    #[case(408)]
    #[case(500)]
    #[case(502)]
    #[case(503)]
    #[case(504)]
    fn a_doubtful_post_is_uncertain_and_a_doubtful_put_is_repeated(#[case] status: u16) {
        assert!(matches!(answered(Operation::Create, status, &json!({})), Outcome::Uncertain(_)));
        for operation in [Operation::Ensure, Operation::Update, Operation::Patch, Operation::Delete, Operation::Read] {
            assert!(matches!(answered(operation, status, &json!({})), Outcome::Throttled { .. }));
        }
    }

    #[rstest]
    #[case(412, FailureClass::Unavailable)]
    #[case(429, FailureClass::RateLimited)]
    fn what_was_surely_not_accepted_is_throttled(#[case] status: u16, #[case] class: FailureClass) {
        let answer = answered(Operation::Create, status, &json!({}));
        assert!(matches!(answer, Outcome::Throttled { failure, .. } if failure.class == class));
    }

    #[test]
    fn what_is_there_already_is_a_success_where_it_can_be_there_once() {
        let there = json!({"error": {"code": "Conflict"}});
        assert!(matches!(answered(Operation::Ensure, 409, &there), Outcome::Sent(_)));
        assert!(matches!(answered(Operation::Create, 409, &there), Outcome::Rejected(failure) if failure.class == FailureClass::Invalid));
    }

    #[test]
    fn deleting_what_is_gone_is_a_success() {
        let gone = json!({"error": {"code": "ActivityNotFoundInConversation"}});
        assert!(matches!(answered(Operation::Delete, 404, &gone), Outcome::Sent(_)));
    }

    #[rstest]
    #[case(json!({"id": "17"}), Some("17"))]
    #[case(json!({"id": ""}), None)]
    #[case(json!({}), None)]
    #[case(json!(null), None)]
    fn accepted_without_an_id_is_still_accepted(#[case] body: Value, #[case] id: Option<&str>) {
        assert_eq!(answered(Operation::Create, 202, &body), Outcome::Sent(Receipt { id: id.map(str::to_owned), ..Receipt::default() }));
    }
}
