//! When a message is counted towards the month's bill (whatsapp.md 4): per delivered message, by what WhatsApp says it cost.
//!
//! Invariant: a message is counted once, as soon as it is known to have arrived and its price is known, in whatever order and
//! however often its statuses come. WhatsApp names the same price in every status that names one; the first is kept.

use super::{MessageState, PriceCategory, PriceType, Pricing, Time};

/// The month a count belongs to, in UTC: `2026-11`.
pub fn billing_month(at: Time) -> String {
    at.format("%Y-%m").to_string()
}

/// How many messages of one kind arrived in a month.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BilledCount {
    pub category: PriceCategory,
    #[serde(rename = "type")]
    pub kind: PriceType,
    pub count: u64,
}

/// What is known of one message's price, as stored with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Billing {
    pub pricing: Option<Pricing>,
    /// It is in the month's count.
    pub counted: bool,
}

impl Billing {
    /// What a status changes: `state` is the message's with the status applied, `told` the status's own price. `None`: nothing.
    pub fn after(&self, state: MessageState, told: Option<&Pricing>) -> Option<Self> {
        let pricing = self.pricing.as_ref().or(told);
        let arrived = matches!(state, MessageState::Delivered | MessageState::Read | MessageState::Played);
        let next = Self { pricing: pricing.cloned(), counted: self.counted || (arrived && pricing.is_some()) };
        (next != *self).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{DeliveryStatus, StatusState};
    use proptest::prelude::*;

    fn price() -> Pricing {
        Pricing { category: Some(PriceCategory::Service), kind: Some(PriceType::Regular), model: None }
    }

    #[test]
    fn months_are_those_of_utc() {
        let at: Time = "2026-11-30T23:59:59Z".parse().expect("a time");
        assert_eq!(billing_month(at), "2026-11");
        assert_eq!(billing_month(at + chrono::Duration::seconds(1)), "2026-12");
    }

    /// One status of a message, with or without its price.
    fn statuses() -> impl Strategy<Value = Vec<(StatusState, Option<Pricing>)>> {
        let state = prop_oneof![
            Just(StatusState::Reached(DeliveryStatus::Sent)),
            Just(StatusState::Reached(DeliveryStatus::Delivered)),
            Just(StatusState::Reached(DeliveryStatus::Read)),
            Just(StatusState::Reached(DeliveryStatus::Played)),
            Just(StatusState::Unknown("warning".into())),
        ];
        prop::collection::vec((state, prop::option::of(Just(price()))), 0..12)
    }

    proptest! {
        /// Whatever order, repeats and gaps: counted exactly once when it arrived and the price is known, else not at all.
        #[test]
        fn a_message_is_counted_once_when_it_has_arrived_and_its_price_is_known(told in statuses()) {
            let (mut state, mut billing, mut counted) = (MessageState::Accepted, Billing::default(), 0);
            for (news, pricing) in &told {
                state = state.after(news).unwrap_or(state);
                if let Some(next) = billing.after(state, pricing.as_ref()) {
                    counted += u32::from(next.counted && !billing.counted);
                    billing = next;
                }
            }
            let arrived = told.iter().any(|(news, _)| {
                matches!(news, StatusState::Reached(status) if *status != DeliveryStatus::Sent)
            });
            let priced = told.iter().any(|(_, pricing)| pricing.is_some());
            prop_assert_eq!(counted, u32::from(arrived && priced));
            prop_assert_eq!(billing.counted, counted == 1);
        }
    }
}
