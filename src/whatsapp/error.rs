//! What a refusal of the Graph API means: the table of codes, as data.
//!
//! The decision is taken on the **code**; words change, the HTTP status is often 400 for everything. A code marked as worth another try
//! proves that the message was not accepted, for the Graph API answered instead of accepting, so that trying again cannot send it twice.
//! There is no idempotency key: a 5xx without a code we know stays uncertain.
//!
//! | codes | meaning | class | again? |
//! | --- | --- | --- | --- |
//! | 0, 102, 104, 190, 3, 10, 200-299, 131005 | token or permission | configuration | no |
//! | 1, 2, 131000, 131016, 131057, 133004, 2494100 | WhatsApp has a problem or is being maintained | unavailable | yes |
//! | 4, 17, 32, 613, 80007, 130429, 131048, 131056 | too fast: app, account, number, spam, pair | rate limited | yes |
//! | 33, 803, 368, 131031, 131037, 131042, 131044, 131045, 131063, 131064, 133xxx, 134011, 147xxx | number, account or billing | configuration | no |
//! | 131026, 131021, 130497 | this recipient cannot be reached | unreachable | no |
//! | 131047 | customer service window closed | window closed | no |
//! | 131050 | the client stopped marketing | marketing stopped | no |
//! | 131049, 130472 | marketing withheld | marketing withheld | no |
//! | 132xxx (132069 later) | template | template | no |
//! | 131052, 131053 | file | media | no |
//! | 100, 131008, 131009, the rest | the request | invalid | no |

use super::json::{integer, text};
use crate::bridge::{Failure, FailureClass, Outcome};
use serde_json::Value;
use std::time::Duration;

/// Longest detail kept, in characters.
const DETAIL_LIMIT: usize = 300;

/// Whether another try can end differently.
#[derive(Clone, Copy)]
enum Verdict {
    /// Certainly not accepted, and worth another try; after so many seconds where Meta names a time.
    Again(Option<u64>),
    /// Certainly not accepted, and another try would end the same.
    Never,
}

struct Row {
    first: i64,
    last: i64,
    verdict: Verdict,
    class: FailureClass,
}

const fn never(first: i64, last: i64, class: FailureClass) -> Row {
    Row { first, last, verdict: Verdict::Never, class }
}

const fn again(code: i64, seconds: Option<u64>, class: FailureClass) -> Row {
    Row { first: code, last: code, verdict: Verdict::Again(seconds), class }
}

/// The first row that holds a code decides: single codes stand before the ranges around them.
const TABLE: &[Row] = {
    use FailureClass::*;
    &[
        // Token invalid, expired, missing; session invalid.
        never(0, 0, Configuration),
        never(102, 102, Configuration),
        never(104, 104, Configuration),
        never(190, 190, Configuration),
        // Permission missing.
        never(3, 3, Configuration),
        never(10, 10, Configuration),
        never(200, 299, Configuration),
        never(131_005, 131_005, Configuration),
        // Unknown error, service down.
        again(1, None, Unavailable),
        again(2, None, Unavailable),
        // Calls of the app, the user, the page, the account: counted over an hour, so a minute is soon enough.
        again(4, Some(60), RateLimited),
        again(17, Some(60), RateLimited),
        again(32, Some(60), RateLimited),
        again(613, Some(60), RateLimited),
        again(80_007, Some(60), RateLimited),
        // The number, account or other object is gone or not visible to this token.
        never(33, 33, Configuration),
        never(803, 803, Configuration),
        // A parameter of ours is wrong.
        never(100, 100, Invalid),
        // Restricted for a policy violation.
        never(368, 368, Configuration),
        // Throughput of the number (80 messages a second, 20 in coexistence).
        again(130_429, None, RateLimited),
        // The client takes part in an experiment of Meta.
        never(130_472, 130_472, MarketingWithheld),
        // This business may not write to that country.
        never(130_497, 130_497, Unreachable),
        // Something went wrong; service unavailable.
        again(131_000, None, Unavailable),
        again(131_016, None, Unavailable),
        // Sender and recipient are the same.
        never(131_021, 131_021, Unreachable),
        // Not on WhatsApp, an old app, terms not accepted, or blocked us: Meta does not say which.
        never(131_026, 131_026, Unreachable),
        // A test number may write to listed recipients only.
        never(131_030, 131_030, Configuration),
        // Account locked; display name not approved; billing; number not registered.
        never(131_031, 131_031, Configuration),
        never(131_037, 131_037, Configuration),
        never(131_042, 131_042, Configuration),
        never(131_044, 131_044, Configuration),
        never(131_045, 131_045, Configuration),
        // More than 24 hours since the client's last message.
        never(131_047, 131_047, WindowClosed),
        // Too many messages of this number were blocked or reported: lifts after hours.
        again(131_048, Some(3_600), RateLimited),
        // Withheld for the ecosystem's health: trying again within 24 hours makes it last longer.
        never(131_049, 131_049, MarketingWithheld),
        never(131_050, 131_050, MarketingStopped),
        // A file could not be fetched, or is not accepted.
        never(131_052, 131_053, Media),
        // For the Marketing Messages API only; the Cloud API is closed for marketing; limited after misclassified templates.
        never(131_055, 131_055, Configuration),
        never(131_063, 131_064, Configuration),
        // One pair of number and client: 1 message in 6 seconds, burst 45.
        again(131_056, None, RateLimited),
        // Maintenance, such as a throughput upgrade: about a minute.
        again(131_057, Some(60), Unavailable),
        again(2_494_100, Some(60), Unavailable),
        // A flow in the template is throttled: 10 an hour.
        again(132_069, Some(3_600), Template),
        // Count, existence, length, policy, format, paused, disabled, flow blocked.
        never(132_000, 132_999, Template),
        // The registration server is away; everything else about registration is for an administrator.
        again(133_004, Some(60), Unavailable),
        never(133_000, 133_999, Configuration),
        // Payment terms; marketing templates still syncing (10 minutes) or not available.
        never(134_011, 134_011, Configuration),
        again(134_101, Some(600), Unavailable),
        never(134_100, 134_102, Configuration),
        // Usernames of the business.
        never(147_001, 147_005, Configuration),
        // The rest of the messaging, group, identity, calling and block-list codes: missing or invalid values, unsupported kinds.
        never(130_000, 139_999, Invalid),
    ]
};

/// What one answer that was not an acceptance means. `status` is the HTTP status, `retry_after` the header if there was one.
///
/// Lenient: a code spelled as a string, `error_data` as text, HTML from a gateway. Without a code we know the status decides: 429 is
/// throttled, other 4xx and 3xx are rejected, 5xx is uncertain, for nobody says whether the request had already been taken.
pub fn outcome(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Outcome {
    let error = GraphError::read(body).unwrap_or_default();
    let code = error.code.unwrap_or(i64::from(status));
    let detail = error.detail.unwrap_or_else(|| format!("HTTP {status}"));
    if let Some((verdict, class)) = error.code.and_then(|code| look_up(code, error.subcode)) {
        let failure = Failure::with_code(class, code, detail);
        return match verdict {
            Verdict::Again(after) => Outcome::Throttled { after: retry_after.or(after.map(Duration::from_secs)), failure },
            Verdict::Never => Outcome::Rejected(failure),
        };
    }
    let failure = |class| Failure::with_code(class, code, detail);
    match status {
        429 => Outcome::Throttled { after: retry_after, failure: failure(FailureClass::RateLimited) },
        500.. => Outcome::Uncertain(failure(FailureClass::Unavailable)),
        400..=499 if error.transient => Outcome::Throttled { after: retry_after, failure: failure(FailureClass::Unavailable) },
        // A redirect is never followed: the token would go with it.
        300..=399 | 401 | 403 | 404 => Outcome::Rejected(failure(FailureClass::Configuration)),
        400..=499 => Outcome::Rejected(failure(FailureClass::Invalid)),
        // An error inside a success: refused, if the answer says so; otherwise nobody knows.
        _ if error.code.is_some() => Outcome::Rejected(failure(FailureClass::Invalid)),
        _ => Outcome::Uncertain(failure(FailureClass::Unavailable)),
    }
}

/// The failure that a `failed` status reports. `detail` is Meta's `error_data.details`.
pub fn failure(code: i64, detail: &str) -> Failure {
    let class = look_up(code, None).map_or(FailureClass::Invalid, |(_, class)| class);
    Failure::with_code(class, code, clean(detail))
}

/// An error body, reduced to what decides and what is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GraphError {
    pub(super) code: Option<i64>,
    pub(super) subcode: Option<i64>,
    pub(super) detail: Option<String>,
    pub(super) transient: bool,
    /// Meta's support asks for it.
    pub(super) trace: Option<String>,
}

impl GraphError {
    /// `None` when the body holds no error object.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let error = body.get("error").or_else(|| body.get("errors")?.get(0))?;
        Some(Self {
            code: integer(error, "code"),
            subcode: integer(error, "error_subcode"),
            detail: details(error).or_else(|| error.as_str().map(clean)),
            transient: error.get("is_transient") == Some(&Value::Bool(true)),
            trace: text(error, "fbtrace_id"),
        })
    }
}

/// The words that explain best: `error_data.details`, `error_data` as text, `details` (older shape), then the message and title.
pub(super) fn details(error: &Value) -> Option<String> {
    let data = error.get("error_data").unwrap_or(&Value::Null);
    let told = text(data, "details").or_else(|| text(error, "error_data")).or_else(|| text(error, "details"));
    told.or_else(|| text(error, "error_user_msg"))
        .or_else(|| text(error, "message"))
        .or_else(|| text(error, "title"))
        .map(|told| clean(&told))
}

fn look_up(code: i64, subcode: Option<i64>) -> Option<(Verdict, FailureClass)> {
    // "Object does not exist or is not visible": the parameter that is wrong is the configured number.
    if (code, subcode) == (100, Some(33)) {
        return Some((Verdict::Never, FailureClass::Configuration));
    }
    TABLE.iter().find(|row| (row.first..=row.last).contains(&code)).map(|row| (row.verdict, row.class))
}

/// One line of bounded length without access tokens: Graph repeats a malformed token in its message.
fn clean(detail: &str) -> String {
    let is_token = |word: &str| word.contains("EAA") && word.len() > 16;
    let words = detail.split_whitespace().map(|word| if is_token(word) { "[token]" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(DETAIL_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use FailureClass::*;
    use rstest::rstest;
    use serde_json::json;

    fn body(code: impl Into<Value>) -> Vec<u8> {
        json!({"error": {"message": "m", "code": code.into(), "error_data": {"details": "d"}}}).to_string().into_bytes()
    }

    fn kind(outcome: &Outcome) -> (&'static str, FailureClass, Option<i64>) {
        match outcome {
            Outcome::Sent(_) => panic!("an error was taken for an acceptance"),
            Outcome::Throttled { failure, .. } => ("throttled", failure.class, failure.code),
            Outcome::Rejected(failure) => ("rejected", failure.class, failure.code),
            Outcome::Uncertain(failure) => ("uncertain", failure.class, failure.code),
        }
    }

    #[rstest]
    #[case(0, "rejected", Configuration)]
    #[case(190, "rejected", Configuration)]
    #[case(200, "rejected", Configuration)]
    #[case(299, "rejected", Configuration)]
    #[case(1, "throttled", Unavailable)]
    #[case(2, "throttled", Unavailable)]
    #[case(4, "throttled", RateLimited)]
    #[case(80007, "throttled", RateLimited)]
    #[case(33, "rejected", Configuration)]
    #[case(100, "rejected", Invalid)]
    #[case(368, "rejected", Configuration)]
    #[case(130429, "throttled", RateLimited)]
    #[case(130472, "rejected", MarketingWithheld)]
    #[case(130497, "rejected", Unreachable)]
    #[case(131000, "throttled", Unavailable)]
    #[case(131008, "rejected", Invalid)]
    #[case(131021, "rejected", Unreachable)]
    #[case(131026, "rejected", Unreachable)]
    #[case(131031, "rejected", Configuration)]
    #[case(131042, "rejected", Configuration)]
    #[case(131047, "rejected", WindowClosed)]
    #[case(131048, "throttled", RateLimited)]
    #[case(131049, "rejected", MarketingWithheld)]
    #[case(131050, "rejected", MarketingStopped)]
    #[case(131051, "rejected", Invalid)]
    #[case(131053, "rejected", Media)]
    #[case(131056, "throttled", RateLimited)]
    #[case(131057, "throttled", Unavailable)]
    #[case(131062, "rejected", Invalid)]
    #[case(132001, "rejected", Template)]
    #[case(132015, "rejected", Template)]
    #[case(132069, "throttled", Template)]
    #[case(133004, "throttled", Unavailable)]
    #[case(133010, "rejected", Configuration)]
    #[case(134101, "throttled", Unavailable)]
    #[case(137000, "rejected", Invalid)]
    #[case(138006, "rejected", Invalid)]
    fn the_code_decides_whatever_the_status(#[case] code: i64, #[case] expected: &str, #[case] class: FailureClass) {
        for status in [400, 429, 500, 200] {
            assert_eq!(kind(&outcome(status, None, &body(code))), (expected, class, Some(code)), "HTTP {status}");
        }
        assert_eq!(kind(&outcome(400, None, &body(code.to_string()))), (expected, class, Some(code)), "as text");
        assert_eq!(failure(code, "d"), Failure::with_code(class, code, "d"));
    }

    #[rstest]
    #[case(502, "<html><h1>502 Bad Gateway</h1></html>", "uncertain", Unavailable)]
    #[case(504, "", "uncertain", Unavailable)]
    #[case(500, r#"{"error":{"code":987654,"is_transient":true}}"#, "uncertain", Unavailable)]
    #[case(400, r#"{"error":{"code":987654,"is_transient":true}}"#, "throttled", Unavailable)]
    #[case(400, r#"{"error":{"code":987654}}"#, "rejected", Invalid)]
    #[case(400, "{", "rejected", Invalid)]
    #[case(401, "", "rejected", Configuration)]
    #[case(302, "", "rejected", Configuration)]
    #[case(429, "", "throttled", RateLimited)]
    #[case(200, "<html>", "uncertain", Unavailable)]
    fn without_a_known_code_the_status_decides(
        #[case] status: u16,
        #[case] body: &str,
        #[case] expected: &str,
        #[case] class: FailureClass,
    ) {
        let (kind, found, _) = kind(&outcome(status, None, body.as_bytes()));
        assert_eq!((kind, found), (expected, class));
    }

    #[test]
    fn a_retry_after_header_wins_over_the_table() {
        let after = |retry_after| match outcome(429, retry_after, &body(131_057)) {
            Outcome::Throttled { after, .. } => after,
            other => panic!("{other:?}"),
        };
        assert_eq!(after(None), Some(Duration::from_secs(60)));
        assert_eq!(after(Some(Duration::from_secs(7))), Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_number_that_is_gone_is_configuration_although_the_code_is_a_bad_parameter() {
        let body = json!({"error": {"code": 100, "error_subcode": 33}}).to_string();
        assert_eq!(kind(&outcome(400, None, body.as_bytes())).1, Configuration);
    }

    #[rstest]
    #[case(json!({"error": {"code": 100, "error_data": {"details": "d"}, "message": "m"}}), "d")]
    #[case(json!({"error": {"code": 100, "error_data": "d", "message": "m"}}), "d")]
    #[case(json!({"error": {"code": 100, "message": "two\nlines"}}), "two lines")]
    #[case(json!({"error": {"code": 190, "message": "Malformed access token EAABsbCS1iHgBAAAAAAAAA"}}), "Malformed access token [token]")]
    #[case(json!({"error": "bad gateway"}), "bad gateway")]
    #[case(json!({"error": {}}), "HTTP 400")]
    fn the_details_are_shown_without_tokens(#[case] body: Value, #[case] expected: &str) {
        match outcome(400, None, body.to_string().as_bytes()) {
            Outcome::Rejected(failure) => assert_eq!(failure.detail, expected),
            other => panic!("{other:?}"),
        }
    }
}
