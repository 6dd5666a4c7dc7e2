//! What a message would cost, and why it is free where it is.
//!
//! Which messages WhatsApp charges is a rule; how much is a price list that differs by country and changes by the quarter, so
//! no amounts of money stand here. Sources: Meta's pages on pricing (1 July and 5 August 2026) and on non-template messages
//! (25 August 2026); what a status says afterwards ([`super::Pricing`]) is what Meta bills.

use super::{BilledCount, PriceCategory, PriceType, TemplateCategory, Time, Window};
use chrono::{Duration, NaiveDate};

/// A client who came through an ad must be answered within this time for a free entry point.
pub const ENTRY_ANSWER: Duration = Duration::hours(24);
/// Everything is free for this long from that answer.
pub const FREE_ENTRY: Duration = Duration::hours(72);

/// What is charged from a day on. Changes take effect on the first day of a quarter; days begin at 00:00 UTC here.
struct Tariff {
    from: NaiveDate,
    service: Service,
    /// Utility templates inside the open window are free.
    utility_free_in_window: bool,
}

enum Service {
    Free,
    /// So many messages of a number and month are free, the rest is charged at the utility rate.
    FreeUpTo(u64),
}

/// In the order of their days; before the first one its rules hold as well.
const TARIFFS: [Tariff; 2] = [
    Tariff { from: day(2025, 7, 1), service: Service::Free, utility_free_in_window: true },
    Tariff { from: day(2026, 10, 1), service: Service::FreeUpTo(1_000), utility_free_in_window: false },
];

const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

fn tariff(now: Time) -> &'static Tariff {
    TARIFFS.iter().rev().find(|tariff| tariff.from <= now.date_naive()).unwrap_or(&TARIFFS[0])
}

/// The client came through a click-to-WhatsApp ad or a page's call to action. Answered within 24 h, everything is free for
/// 72 h from the answer; free text needs the 24-hour window all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EntryPoint {
    /// The client's last message through an ad, by the webhook's own timestamp.
    pub came_at: Option<Time>,
    /// The end of the free time that the last answer to an ad opened.
    pub free_until: Option<Time>,
}

impl EntryPoint {
    /// After a client's message through an ad at `at`, seen at `now`: never back, nor into the future.
    pub fn after_ad(self, at: Time, now: Time) -> Self {
        let at = at.min(now);
        Self { came_at: Some(self.came_at.map_or(at, |before| before.max(at))), ..self }
    }

    /// After an answer of ours at `now`, when that answer opens free time: the first one in time, and only that.
    pub fn after_answer(self, now: Time) -> Option<Self> {
        self.answer_by(now).map(|_| Self { free_until: Some(now + FREE_ENTRY), ..self })
    }

    /// Until when an answer opens free time; `None` when it would not (any more).
    pub fn answer_by(&self, now: Time) -> Option<Time> {
        let came = self.came_at?;
        // Free time that an answer opened to this arrival or a later one ends 72 h after it at the earliest.
        let answered = self.free_until.is_some_and(|until| until >= came + FREE_ENTRY);
        Some(came + ENTRY_ANSWER).filter(|until| now < *until && !answered)
    }

    /// The end of the free time that holds at `now`.
    pub fn free_until(&self, now: Time) -> Option<Time> {
        self.free_until.filter(|until| now < *until)
    }
}

/// How much of a number's free service messages is used up this month, as far as this server has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceCount {
    /// Service messages that count towards the free ones.
    pub used: u64,
    /// WhatsApp has charged one already: the free ones are gone, whatever we counted (the number may be used elsewhere too).
    pub charged: bool,
}

impl ServiceCount {
    /// From the month's counts of the number. Messages of a free entry point do not use the free ones up.
    pub fn of(counts: &[BilledCount]) -> Self {
        let service = || counts.iter().filter(|count| count.category == PriceCategory::Service);
        let of = |kind: &PriceType| service().filter(|count| count.kind == *kind).map(|count| count.count).sum::<u64>();
        let charged = of(&PriceType::Regular);
        Self { used: of(&PriceType::FreeCustomerService) + charged, charged: charged > 0 }
    }
}

/// Everything a price depends on besides the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriceFacts {
    pub window: Window,
    pub entry: EntryPoint,
    /// This month, this number.
    pub service: ServiceCount,
}

/// Whether a message is charged when it is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    Charged,
    Free(WhyFree),
}

/// Why a message is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyFree {
    /// Inside a free entry point, or the answer that opens one.
    EntryPoint { until: Time },
    /// One of the number's free service messages of the month; `used` are gone already, of `of`.
    Allowance { used: u64, of: u64 },
    /// Service messages are not charged yet.
    Service,
    /// Utility templates inside the open window are not charged yet.
    UtilityInWindow,
}

/// What a message of this category would cost if it were delivered at `now`.
pub fn cost(category: &PriceCategory, facts: &PriceFacts, now: Time) -> Cost {
    let opened = facts.entry.after_answer(now).unwrap_or(facts.entry);
    if let Some(until) = opened.free_until(now) {
        return Cost::Free(WhyFree::EntryPoint { until });
    }
    let tariff = tariff(now);
    match (category, &tariff.service) {
        (PriceCategory::Service, Service::Free) => Cost::Free(WhyFree::Service),
        (PriceCategory::Service, Service::FreeUpTo(of)) if !facts.service.charged && facts.service.used < *of => {
            Cost::Free(WhyFree::Allowance { used: facts.service.used, of: *of })
        }
        (PriceCategory::Utility, _) if tariff.utility_free_in_window && facts.window.is_open(now) => Cost::Free(WhyFree::UtilityInWindow),
        _ => Cost::Charged,
    }
}

impl From<TemplateCategory> for PriceCategory {
    fn from(category: TemplateCategory) -> Self {
        match category {
            TemplateCategory::Utility => Self::Utility,
            TemplateCategory::Authentication => Self::Authentication,
            // What cannot be named is taken for the dearest, as the rules for templates do.
            TemplateCategory::Marketing | TemplateCategory::Unknown => Self::Marketing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn at(text: &str) -> Time {
        text.parse().expect("a time of this table")
    }

    fn hours(hours: i64) -> Time {
        at("2026-11-20T12:00:00Z") + Duration::hours(hours)
    }

    fn count(category: &str, kind: &str, count: u64) -> BilledCount {
        BilledCount { category: category.to_owned().into(), kind: kind.to_owned().into(), count }
    }

    const CHARGED: &str = "charged";

    /// The reason in one word, for the tables.
    fn told(cost: Cost) -> &'static str {
        match cost {
            Cost::Charged => CHARGED,
            Cost::Free(WhyFree::EntryPoint { .. }) => "entry point",
            Cost::Free(WhyFree::Allowance { .. }) => "allowance",
            Cost::Free(WhyFree::Service) => "service",
            Cost::Free(WhyFree::UtilityInWindow) => "utility in window",
        }
    }

    #[rstest]
    #[case::long_ago("2025-01-15T00:00:00Z", "service", true, 5_000, "service")]
    #[case::the_last_second("2026-09-30T23:59:59Z", "service", true, 5_000, "service")]
    #[case::the_first_second("2026-10-01T00:00:00Z", "service", true, 0, "allowance")]
    #[case::the_last_free_one("2026-10-20T00:00:00Z", "service", true, 999, "allowance")]
    #[case::the_first_charged_one("2026-10-20T00:00:00Z", "service", true, 1_000, CHARGED)]
    #[case::utility_inside("2026-09-30T23:59:59Z", "utility", true, 0, "utility in window")]
    #[case::utility_outside("2026-09-30T23:59:59Z", "utility", false, 0, CHARGED)]
    #[case::utility_inside_later("2026-10-01T00:00:00Z", "utility", true, 0, CHARGED)]
    #[case::marketing_inside("2026-09-01T00:00:00Z", "marketing", true, 0, CHARGED)]
    #[case::marketing_later("2026-11-01T00:00:00Z", "marketing", true, 0, CHARGED)]
    #[case::authentication("2026-09-01T00:00:00Z", "authentication", true, 0, CHARGED)]
    #[case::of_tomorrow("2026-11-01T00:00:00Z", "general_purpose_ai", true, 0, CHARGED)]
    fn what_is_charged_from_when(#[case] now: &str, #[case] category: &str, #[case] open: bool, #[case] used: u64, #[case] expected: &str) {
        let now = at(now);
        let wrote = now - Duration::hours(if open { 1 } else { 30 });
        let facts = PriceFacts {
            window: Window { last_inbound: Some(wrote), refused_at: None },
            entry: EntryPoint::default(),
            service: ServiceCount { used, charged: false },
        };
        assert_eq!(told(cost(&category.to_owned().into(), &facts, now)), expected);
    }

    #[rstest]
    #[case::nothing(&[], 0, false)]
    #[case::others_do_not_count(&[("utility", "regular", 7), ("service", "free_entry_point", 5)], 0, false)]
    #[case::free_ones(&[("service", "free_customer_service", 12)], 12, false)]
    #[case::charged_ones_prove_the_free_ones_gone(&[("service", "free_customer_service", 12), ("service", "regular", 1)], 13, true)]
    fn the_months_free_ones(#[case] counts: &[(&str, &str, u64)], #[case] used: u64, #[case] charged: bool) {
        let counts: Vec<_> = counts.iter().map(|(category, kind, n)| count(category, kind, *n)).collect();
        let service = ServiceCount::of(&counts);
        assert_eq!(service, ServiceCount { used, charged });
        let facts = PriceFacts { service, ..PriceFacts::default() };
        assert_eq!(cost(&PriceCategory::Service, &facts, hours(0)) == Cost::Charged, charged);
    }

    #[rstest]
    #[case::no_ad(None, None, 1, CHARGED)]
    #[case::the_answer_itself(Some(0), None, 23, "entry point")]
    #[case::too_late_to_answer(Some(0), None, 24, CHARGED)]
    #[case::free_time(Some(0), Some(2), 73, "entry point")]
    #[case::its_end(Some(0), Some(2), 74, CHARGED)]
    #[case::answered_too_late(Some(0), Some(25), 26, CHARGED)]
    fn a_free_entry_point_lasts_72_hours_from_an_answer_in_time(
        #[case] came: Option<i64>,
        #[case] answered: Option<i64>,
        #[case] now: i64,
        #[case] expected: &str,
    ) {
        let mut entry = EntryPoint::default();
        if let Some(came) = came {
            entry = entry.after_ad(hours(came), hours(came));
        }
        if let Some(answered) = answered {
            entry = entry.after_answer(hours(answered)).unwrap_or(entry);
        }
        let facts = PriceFacts { entry, ..PriceFacts::default() };
        for category in [PriceCategory::Marketing, PriceCategory::Utility, PriceCategory::Authentication] {
            assert_eq!(told(cost(&category, &facts, hours(now))), expected, "{category:?}");
        }
    }

    #[test]
    fn a_second_answer_moves_nothing_and_a_second_ad_opens_anew() {
        let first = EntryPoint::default().after_ad(hours(0), hours(0)).after_answer(hours(1)).expect("opened");
        assert_eq!(first.free_until(hours(2)), Some(hours(73)));
        assert_eq!(first.after_answer(hours(2)), None);
        // Until the second one is answered the first one's time goes on.
        let again = first.after_ad(hours(50), hours(50));
        assert_eq!(again.free_until(hours(60)), Some(hours(73)));
        assert_eq!(again.after_answer(hours(60)).and_then(|entry| entry.free_until(hours(61))), Some(hours(132)));
    }

    #[test]
    fn a_repeated_or_late_webhook_of_an_ad_reopens_nothing() {
        let answered = EntryPoint::default().after_ad(hours(0), hours(0)).after_answer(hours(1)).expect("opened");
        assert_eq!(answered.after_ad(hours(-5), hours(2)), answered);
        assert_eq!(answered.after_ad(hours(0), hours(2)).answer_by(hours(2)), None);
    }

    proptest! {
        /// However ads and answers follow each other: free time never shrinks, and never reaches beyond 72 h from an answer
        /// within 24 h of an ad.
        #[test]
        fn free_time_comes_only_from_an_answer_in_time(steps in prop::collection::vec((any::<bool>(), 0i64..48), 0..20)) {
            let (mut now, mut entry, mut ads) = (hours(0), EntryPoint::default(), Vec::new());
            for (ad, later) in steps {
                now += Duration::hours(later);
                let before = entry.free_until;
                if ad {
                    entry = entry.after_ad(now, now);
                    ads.push(now);
                } else if let Some(next) = entry.after_answer(now) {
                    prop_assert!(ads.iter().any(|came| now - *came < ENTRY_ANSWER));
                    prop_assert_eq!(next.free_until, Some(now + FREE_ENTRY));
                    entry = next;
                }
                prop_assert!(entry.free_until >= before);
            }
        }
    }
}
