//! How fast we go, per client, number, chat and tenant: within what the providers allow, before they have to say so.

use crate::bridge::retry::{CONVERSATION, NUMBER, PAIR, Rate, TENANT};
use crate::bridge::{Place, Time};
use crate::store::{Claim, Direction};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Idle buckets are dropped when there are more than this.
const MANY: usize = 10_000;

/// The rates of both providers. Providers raise them for some customers; the defaults are theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub pair: Rate,
    pub number: Rate,
    pub conversation: Rate,
    pub tenant: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pair: PAIR, number: NUMBER, conversation: CONVERSATION, tenant: TENANT }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Bucket {
    Pair(i64, String),
    Number(String),
    Conversation(String),
    Tenant,
}

/// The buckets of this process. Lost at a restart, which at worst earns a 429.
#[derive(Debug, Default)]
pub struct Rates {
    limits: Limits,
    spent: Mutex<HashMap<Bucket, Time>>,
}

impl Rates {
    pub fn new(limits: Limits) -> Self {
        Self { limits, spent: Mutex::default() }
    }

    /// Takes one from each bucket of a lane; `Err` says when to come back, and nothing is taken.
    pub fn take(&self, claim: &Claim, now: Time) -> Result<(), Time> {
        let target = match (claim.direction, claim.thread) {
            // Each thread's home is a conversation of its own.
            (Direction::Teams, Some(thread)) if claim.target == Place::Home.key() => format!("{}:{thread}", claim.target),
            _ => claim.target.clone(),
        };
        let buckets = match claim.direction {
            Direction::WhatsApp => {
                let thread = claim.thread.map_or(0, |thread| thread.0);
                [(Bucket::Pair(thread, target.clone()), self.limits.pair), (Bucket::Number(target), self.limits.number)]
            }
            Direction::Teams => [(Bucket::Conversation(target), self.limits.conversation), (Bucket::Tenant, self.limits.tenant)],
        };
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = Vec::with_capacity(buckets.len());
        for (bucket, rate) in buckets {
            let next = rate.take(spent.get(&bucket).copied(), now)?;
            taken.push((bucket, next));
        }
        spent.extend(taken);
        if spent.len() > MANY {
            spent.retain(|_, at| *at > now);
        }
        Ok(())
    }

    /// Takes one for a request outside the lanes (a card's edit); `Err` says when to come back.
    pub fn take_tenant(&self, now: Time) -> Result<(), Time> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let next = self.limits.tenant.take(spent.get(&Bucket::Tenant).copied(), now)?;
        spent.insert(Bucket::Tenant, next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::{LaneId, ThreadId};

    fn claim(thread: i64, target: &str) -> Claim {
        Claim { lane: LaneId(1), lease: 1, direction: Direction::WhatsApp, thread: Some(ThreadId(thread)), target: target.to_owned() }
    }

    #[test]
    fn one_clients_flood_leaves_the_others_alone() {
        let (rates, now) = (Rates::default(), Time::UNIX_EPOCH);
        for _ in 0..45 {
            rates.take(&claim(1, "n"), now).expect("within the burst");
        }
        assert!(rates.take(&claim(1, "n"), now).is_err());
        assert!(rates.take(&claim(2, "n"), now).is_ok());
    }

    #[test]
    fn a_number_sends_80_at_once_and_then_80_a_second() {
        let (rates, now) = (Rates::default(), Time::UNIX_EPOCH);
        let sent = (0..200).filter(|thread| rates.take(&claim(*thread, "n"), now).is_ok()).count();
        assert_eq!(sent, 80);
        assert!(rates.take(&claim(999, "n"), now + chrono::Duration::milliseconds(13)).is_ok());
    }
}
