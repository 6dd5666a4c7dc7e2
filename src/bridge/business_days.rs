//! Business days: Monday to Friday in the organization's time zone. Public holidays count as business days, for they differ by
//! place: a time limit counted this way ends earlier than one that leaves them out, never later.

use super::Time;
use chrono::{DateTime, Datelike, Days, MappedLocalTime, NaiveDateTime, NaiveTime, TimeZone, Weekday};
use chrono_tz::Tz;

/// The moment `days` business days after `from`, at the same time of day in `zone` (IANA; an unknown one counts as UTC). What
/// falls on a weekend counts from Monday at 00:00.
pub fn business_days_after(from: Time, days: u32, zone: &str) -> Time {
    let zone: Tz = zone.trim().parse().unwrap_or(Tz::UTC);
    let mut local = from.with_timezone(&zone).naive_local();
    while is_weekend(local) {
        local = next_day(local).date().and_time(NaiveTime::MIN);
    }
    for _ in 0..days {
        local = next_day(local);
        while is_weekend(local) {
            local = next_day(local);
        }
    }
    in_zone(zone, local).map_or(from, |at| at.to_utc())
}

fn is_weekend(local: NaiveDateTime) -> bool {
    matches!(local.weekday(), Weekday::Sat | Weekday::Sun)
}

fn next_day(local: NaiveDateTime) -> NaiveDateTime {
    local.checked_add_days(Days::new(1)).unwrap_or(NaiveDateTime::MAX)
}

/// A local time that a change of clocks leaves out is the first moment after the gap; one that it repeats is the earlier one.
fn in_zone(zone: Tz, mut local: NaiveDateTime) -> Option<DateTime<Tz>> {
    // No gap of a zone in use is longer than a day.
    for _ in 0..96 {
        match zone.from_local_datetime(&local) {
            MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => return Some(at),
            MappedLocalTime::None => local += chrono::Duration::minutes(15),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn time(text: &str) -> Time {
        text.parse().expect("a time of this table")
    }

    // 2 March 2026 is a Monday; Berlin is at +01:00, from 29 March at +02:00.
    #[rstest]
    #[case::within_a_week("2026-03-02T11:00:00Z", 4, "2026-03-06T11:00:00Z")]
    #[case::over_a_weekend("2026-03-02T11:00:00Z", 5, "2026-03-09T11:00:00Z")]
    #[case::over_two_weekends("2026-03-02T11:00:00Z", 10, "2026-03-16T11:00:00Z")]
    #[case::friday_to_monday("2026-03-06T11:00:00Z", 1, "2026-03-09T11:00:00Z")]
    #[case::saturday_counts_from_monday("2026-03-07T11:00:00Z", 1, "2026-03-09T23:00:00Z")]
    #[case::sunday_counts_from_monday("2026-03-08T22:00:00Z", 5, "2026-03-15T23:00:00Z")]
    #[case::saturday_there_friday_here("2026-03-06T23:30:00Z", 10, "2026-03-22T23:00:00Z")]
    #[case::monday_there_sunday_here("2026-03-08T23:30:00Z", 1, "2026-03-09T23:30:00Z")]
    #[case::no_days_on_a_weekend("2026-03-07T11:00:00Z", 0, "2026-03-08T23:00:00Z")]
    #[case::no_days("2026-03-04T11:00:00Z", 0, "2026-03-04T11:00:00Z")]
    #[case::into_summer_time("2026-03-20T11:00:00Z", 10, "2026-04-03T10:00:00Z")]
    fn business_days_are_monday_to_friday_in_berlin(#[case] from: &str, #[case] days: u32, #[case] expected: &str) {
        assert_eq!(business_days_after(time(from), days, "Europe/Berlin"), time(expected));
    }

    #[rstest]
    #[case::by_the_zone("America/Sao_Paulo", "2026-03-07T02:00:00Z", "2026-03-10T02:00:00Z")]
    #[case::unknown_zone("Mars/Olympus", "2026-03-07T02:00:00Z", "2026-03-10T00:00:00Z")]
    #[case::no_zone("", "2026-03-06T02:00:00Z", "2026-03-09T02:00:00Z")]
    fn the_zone_says_which_day_it_is(#[case] zone: &str, #[case] from: &str, #[case] expected: &str) {
        assert_eq!(business_days_after(time(from), 1, zone), time(expected));
    }

    #[test]
    fn a_time_of_day_that_the_change_of_clocks_leaves_out_is_the_next_there_is() {
        // Cairo goes from Thursday 23:59 to Friday 01:00 on 24 April 2026.
        let after = business_days_after(time("2026-04-22T22:30:00Z"), 1, "Africa/Cairo");
        assert_eq!(after, time("2026-04-23T22:00:00Z"));
    }

    proptest! {
        #[test]
        fn later_messages_never_have_an_earlier_limit(from in 1_700_000_000i64..1_900_000_000, gap in 0i64..700_000, days in 1u32..15) {
            let at = |seconds| Time::from_timestamp(seconds, 0).expect("a time");
            let limit = |seconds| business_days_after(at(seconds), days, "Europe/Berlin");
            prop_assert!(limit(from) <= limit(from + gap));
            let calendar = (limit(from) - at(from)).num_hours();
            prop_assert!(calendar >= i64::from(days) * 24 - 1 && calendar <= i64::from(days + days / 5 * 2 + 4) * 24 + 1);
        }
    }
}
