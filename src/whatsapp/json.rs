//! Reading JSON whose shape nobody promised: a number where a string stood last year, a field that is gone, a half emoji.
//!
//! Every accessor answers `None` for what it cannot use, so that one odd field never costs the rest of the message.

use crate::bridge::Time;
use chrono::DateTime;
use serde_json::Value;
use serde_json::value::RawValue;

/// Milliseconds since the epoch have been above this since 1973, seconds will not be before 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// The string or number at `key`, as text; `None` when absent, empty or of another type.
pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    plain(value.get(key)?)
}

/// A string or number as text; `None` for anything else and for the empty string.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The integer at `key`, also when it is spelled as a string.
pub(super) fn integer(value: &Value, key: &str) -> Option<i64> {
    match value.get(key)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The number at `key`, also when it is spelled as a string; never NaN or infinite, which JSON could not store again.
pub(super) fn number(value: &Value, key: &str) -> Option<f64> {
    let number = match value.get(key)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// Seconds since the epoch at `key`, string or integer. Milliseconds are recognised, for a time read a thousandfold would lie
/// in the far future and hold a window open for ever.
pub(super) fn time(value: &Value, key: &str) -> Option<Time> {
    let seconds = integer(value, key).filter(|seconds| *seconds > 0)?;
    if seconds >= MILLISECONDS_FROM { DateTime::from_timestamp_millis(seconds) } else { DateTime::from_timestamp(seconds, 0) }
}

/// The items of the array at `key`; none when it is absent or something else.
pub(super) fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The whole value. A lone surrogate escape (`\ud83d` without its mate), which is not a character, is read as U+FFFD instead of
/// losing the message; `None` when it is nested too deep or holds a number outside the range of `f64`.
pub(super) fn parse(raw: &RawValue) -> Option<Value> {
    serde_json::from_str(raw.get()).ok().or_else(|| serde_json::from_str(&mend(raw.get())).ok())
}

/// The elements of a raw array. A bare object counts as one element; anything else as none.
pub(super) fn elements(raw: Option<&RawValue>) -> Vec<&RawValue> {
    let Some(raw) = raw else { return Vec::new() };
    match serde_json::from_str(raw.get()) {
        Ok(elements) => elements,
        Err(_) if raw.get().starts_with('{') => vec![raw],
        Err(_) => Vec::new(),
    }
}

fn mend(json: &str) -> String {
    let unit = |at: usize| -> Option<u32> {
        let escape = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(escape, 16).ok()
    };
    let mut mended = String::with_capacity(json.len());
    let mut at = 0;
    while let Some(next) = json[at..].find('\\').map(|offset| at + offset) {
        mended.push_str(&json[at..next]);
        let (keep, length) = match (unit(next), unit(next + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (true, 12),
            (Some(0xD800..=0xDFFF), _) => (false, 6),
            (Some(_), _) => (true, 6),
            (None, _) => (true, 1 + json[next + 1..].chars().next().map_or(0, char::len_utf8)),
        };
        mended.push_str(if keep { &json[next..next + length] } else { "\\ufffd" });
        at = next + length;
    }
    mended.push_str(&json[at..]);
    mended
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case(json!({"t": "1739321024"}), Some(1_739_321_024))]
    #[case(json!({"t": 1_739_321_024}), Some(1_739_321_024))]
    #[case(json!({"t": 1_739_321_024_000_i64}), Some(1_739_321_024))]
    #[case(json!({"t": "soon"}), None)]
    #[case(json!({"t": 0}), None)]
    #[case(json!({"t": i64::MAX}), None)]
    #[case(json!({"t": null}), None)]
    #[case(json!({}), None)]
    fn a_time_is_read_from_a_string_or_an_integer(#[case] value: Value, #[case] expected: Option<i64>) {
        assert_eq!(time(&value, "t").map(|time| time.timestamp()), expected);
    }

    #[rstest]
    #[case(r#""\ud83c\udf89""#, "🎉")]
    #[case(r#""a\ud83cb""#, "a\u{fffd}b")]
    #[case(r#""\udf89\ud83c""#, "\u{fffd}\u{fffd}")]
    #[case(r#""\\ud83c \ud83c""#, "\\ud83c \u{fffd}")]
    #[case(r#""é\ud83c\n""#, "é\u{fffd}\n")]
    fn half_an_emoji_does_not_lose_the_text(#[case] json: &str, #[case] expected: &str) {
        let raw: &RawValue = serde_json::from_str(json).expect("raw JSON does not look into strings");
        assert_eq!(parse(raw), Some(Value::String(expected.to_owned())));
    }
}
