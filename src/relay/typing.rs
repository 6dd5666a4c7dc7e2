//! Who is typing, on its way to the client. Kept in memory alone: what a stop loses is over by the time it would be told.

use crate::bridge::{PhoneNumberId, ThreadId, Time, Wamid};
use chrono::Duration;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// WhatsApp shows it for 25 seconds: not told more often than this.
const AGAIN: Duration = Duration::seconds(20);
/// What is not told yet; more is let go.
const MOST: usize = 100;

/// A client who is to see that somebody types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub thread: ThreadId,
    pub number: PhoneNumberId,
    /// Their last message, which is shown as read with it.
    pub message: Wamid,
}

/// What is to be told, and when which thread was last told.
#[derive(Debug, Default)]
pub struct Typing {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Told>,
    last: HashMap<ThreadId, Time>,
}

impl Typing {
    /// Whether the client of a thread could be told now.
    pub fn may_tell(&self, thread: ThreadId, now: Time) -> bool {
        self.state().last.get(&thread).is_none_or(|at| now >= *at + AGAIN)
    }

    /// Tells a client, unless they were told a moment ago; false then.
    pub fn tell(&self, told: Told, now: Time) -> bool {
        if !self.may_tell(told.thread, now) {
            return false;
        }
        let mut state = self.state();
        if state.waiting.len() >= MOST {
            return false;
        }
        state.last.retain(|_, at| now < *at + AGAIN);
        state.last.insert(told.thread, now);
        state.waiting.push(told);
        true
    }

    /// Takes what is to be told.
    pub fn take(&self) -> Vec<Told> {
        std::mem::take(&mut self.state().waiting)
    }

    pub fn is_empty(&self) -> bool {
        self.state().waiting.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_is_told_once_in_twenty_seconds() {
        let typing = Typing::default();
        let told = |thread| Told { thread: ThreadId(thread), number: "1".into(), message: "w".into() };
        let at = |seconds| Time::UNIX_EPOCH + Duration::seconds(seconds);
        let said: Vec<bool> = [(1, 0), (1, 1), (2, 1), (1, 19), (1, 20), (1, 21)]
            .into_iter()
            .map(|(thread, when)| typing.tell(told(thread), at(when)))
            .collect();
        assert_eq!(said, [true, false, true, false, true, false]);
        assert_eq!((typing.take().len(), typing.is_empty()), (3, true));
    }
}
