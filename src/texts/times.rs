//! Times and lengths of time in words, in the reader's zone.

use crate::bridge::Time;
use chrono::{Datelike, Duration};
use chrono_tz::Tz;

/// How a date and time are typed.
const TYPED: &str = "%Y-%m-%d %H:%M";

/// A moment as a reader in `zone` (IANA; an unknown one counts as UTC) says it: `today at 14:05`, `Sat 21 Nov at 14:05`, with the
/// year where it is another one.
pub fn when(at: Time, zone: &str, now: Time) -> String {
    let zone: Tz = zone.trim().parse().unwrap_or(Tz::UTC);
    let (at, now) = (at.with_timezone(&zone), now.with_timezone(&zone));
    let days = at.date_naive().signed_duration_since(now.date_naive()).num_days();
    match days {
        0 => at.format("today at %H:%M").to_string(),
        1 => at.format("tomorrow at %H:%M").to_string(),
        -1 => at.format("yesterday at %H:%M").to_string(),
        _ if at.year() == now.year() => at.format("%a %-d %b at %H:%M").to_string(),
        _ => at.format("%a %-d %b %Y at %H:%M").to_string(),
    }
}

/// Reads a moment as somebody in `zone` types it: `2026-11-30 18:00`, or RFC 3339 with its own offset. `None` also for a time that
/// the change of clocks skips.
pub fn read_moment(text: &str, zone: &str) -> Option<Time> {
    let zone: Tz = zone.trim().parse().unwrap_or(Tz::UTC);
    let text = text.trim();
    let local = || {
        let typed = chrono::NaiveDateTime::parse_from_str(&text.replace('T', " "), TYPED).ok()?;
        Some(typed.and_local_timezone(zone).earliest()?.to_utc())
    };
    text.parse().ok().or_else(local)
}

/// A moment as [`read_moment`] reads it.
pub fn typed_moment(at: Time, zone: &str) -> String {
    let zone: Tz = zone.trim().parse().unwrap_or(Tz::UTC);
    at.with_timezone(&zone).format(TYPED).to_string()
}

/// A length of time: `2 h 5 min`, `3 days`. Rounded down, so that nobody is promised time they do not have.
pub fn span(length: Duration) -> String {
    let minutes = length.num_minutes();
    match (minutes / 60, minutes % 60) {
        _ if minutes < 1 => "less than a minute".to_owned(),
        (0, minutes) => format!("{minutes} min"),
        (hours, _) if hours >= 48 => format!("{} days", hours / 24),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// How long something is past: `2 h 5 min ago`, `just now`.
pub fn ago(length: Duration) -> String {
    if length.num_minutes() < 1 { "just now".to_owned() } else { format!("{} ago", span(length)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn time(text: &str) -> Time {
        text.parse().expect("a time of this table")
    }

    #[rstest]
    #[case("2026-11-30 18:00", "Europe/Berlin", Some("2026-11-30T17:00:00Z"))]
    #[case(" 2026-07-01T09:30 ", "Europe/Berlin", Some("2026-07-01T07:30:00Z"))]
    #[case("2026-11-30T18:00:00+05:30", "Europe/Berlin", Some("2026-11-30T12:30:00Z"))]
    #[case("2026-03-29 02:30", "Europe/Berlin", None)]
    #[case("2026-10-25 02:30", "Europe/Berlin", Some("2026-10-25T00:30:00Z"))]
    #[case("30.11.2026 18:00", "Europe/Berlin", None)]
    #[case("2026-02-30 18:00", "UTC", None)]
    fn a_typed_moment_is_read_in_the_readers_zone(#[case] text: &str, #[case] zone: &str, #[case] expected: Option<&str>) {
        let read = read_moment(text, zone);
        assert_eq!(read, expected.map(time));
        if let Some(read) = read {
            assert_eq!(read_moment(&typed_moment(read, "UTC"), "UTC"), Some(read));
        }
    }

    #[rstest]
    #[case::today("2026-11-20T13:05:00Z", "Europe/Berlin", "today at 14:05")]
    #[case::tomorrow_there("2026-11-20T23:30:00Z", "Europe/Berlin", "tomorrow at 00:30")]
    #[case::tomorrow("2026-11-21T11:00:00Z", "UTC", "tomorrow at 11:00")]
    #[case::yesterday("2026-11-19T11:00:00Z", "UTC", "yesterday at 11:00")]
    #[case::week("2026-11-28T13:05:00Z", "Europe/Berlin", "Sat 28 Nov at 14:05")]
    #[case::summer_time("2026-07-01T12:00:00Z", "Europe/Berlin", "Wed 1 Jul at 14:00")]
    #[case::next_year("2027-01-02T12:00:00Z", "UTC", "Sat 2 Jan 2027 at 12:00")]
    #[case::half_hours("2026-11-20T12:00:00Z", "Asia/Kolkata", "today at 17:30")]
    #[case::unknown_zone("2026-11-20T12:00:00Z", "Mars/Olympus", "today at 12:00")]
    #[case::no_zone("2026-11-20T12:00:00Z", "", "today at 12:00")]
    fn a_moment_is_said_in_the_readers_zone(#[case] at: &str, #[case] zone: &str, #[case] expected: &str) {
        assert_eq!(when(time(at), zone, time("2026-11-20T12:00:00Z")), expected);
    }

    #[rstest]
    #[case(-5, "less than a minute")]
    #[case(59, "less than a minute")]
    #[case(60, "1 min")]
    #[case(3_599, "59 min")]
    #[case(3_600, "1 h")]
    #[case(7_500, "2 h 5 min")]
    #[case(47 * 3_600, "47 h")]
    #[case(48 * 3_600, "2 days")]
    #[case(95 * 3_600, "3 days")]
    fn a_length_is_rounded_down(#[case] seconds: i64, #[case] expected: &str) {
        assert_eq!(span(Duration::seconds(seconds)), expected);
    }

    #[test]
    fn the_past_is_said_as_the_past() {
        assert_eq!(ago(Duration::seconds(7_500)), "2 h 5 min ago");
        assert_eq!(ago(Duration::seconds(-1)), "just now");
    }
}
