//! What somebody may read of a thread (product.md 6 and 9). Messages outside it are neither shown nor counted for them.

use super::MessageId;

/// A colleague's part in a thread, as far as it says what they may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The first message they may see; 0: all.
    pub from: MessageId,
    pub standing: Standing,
}

/// Whether a colleague still takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Present,
    /// Left, handed the client over, was switched off, or the conversation was ended: `until` is the last message of their time.
    Gone {
        until: MessageId,
    },
    /// A participant removed them.
    Removed,
}

/// What somebody may read: the messages from `from` to `until`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// 0: from the first.
    pub from: MessageId,
    /// `None`: to the newest.
    pub until: Option<MessageId>,
    /// Whether they take part, so that they may also do something.
    pub takes_part: bool,
}

impl Sight {
    const ALL: Self = Self { from: MessageId(0), until: None, takes_part: false };

    /// Whether a message may be read.
    pub fn shows(&self, message: MessageId) -> bool {
        self.from <= message && self.until.is_none_or(|until| message <= until)
    }
}

/// The rule. `enabled`: for the thread's line, now. A supervisor of the line reads all of it, as long as they are enabled; whoever takes
/// part in spite of that acts as a participant.
pub fn sight(enabled: bool, supervises: bool, part: Option<Part>) -> Option<Sight> {
    if !enabled {
        return None;
    }
    let takes_part = part.is_some_and(|part| part.standing == Standing::Present);
    if supervises {
        return Some(Sight { takes_part, ..Sight::ALL });
    }
    let Part { from, standing } = part?;
    match standing {
        Standing::Present => Some(Sight { from, until: None, takes_part }),
        Standing::Gone { until } => Some(Sight { from, until: Some(until), takes_part }),
        Standing::Removed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const FIVE: MessageId = MessageId(5);
    const GONE: Standing = Standing::Gone { until: MessageId(8) };

    /// Of the messages 1 to 10: the first and the last that are shown.
    fn shown(sight: Option<Sight>) -> Option<(i64, i64)> {
        let seen: Vec<i64> = (1..=10).filter(|id| sight.is_some_and(|sight| sight.shows(MessageId(*id)))).collect();
        Some((*seen.first()?, *seen.last()?))
    }

    #[rstest]
    #[case::takes_part(Some((MessageId(0), Standing::Present)), false, Some((1, 10)), true)]
    #[case::takes_part_and_was_shown_no_history(Some((FIVE, Standing::Present)), false, Some((5, 10)), true)]
    #[case::has_left(Some((MessageId(0), GONE)), false, Some((1, 8)), false)]
    #[case::has_left_and_was_shown_no_history(Some((FIVE, GONE)), false, Some((5, 8)), false)]
    #[case::has_left_before_anything_was_written(Some((MessageId(9), GONE)), false, None, false)]
    #[case::was_removed(Some((MessageId(0), Standing::Removed)), false, None, false)]
    #[case::nobody(None, false, None, false)]
    #[case::supervisor(None, true, Some((1, 10)), false)]
    #[case::supervisor_who_takes_part(Some((FIVE, Standing::Present)), true, Some((1, 10)), true)]
    #[case::supervisor_who_was_removed(Some((FIVE, Standing::Removed)), true, Some((1, 10)), false)]
    fn who_may_see_what(
        #[case] part: Option<(MessageId, Standing)>,
        #[case] supervises: bool,
        #[case] seen: Option<(i64, i64)>,
        #[case] acts: bool,
    ) {
        let part = part.map(|(from, standing)| Part { from, standing });
        let found = sight(true, supervises, part);
        assert_eq!(shown(found), seen);
        assert_eq!(found.is_some_and(|sight| sight.takes_part), acts);
        assert_eq!(sight(false, supervises, part), None, "who is not enabled for the line sees nothing of it");
    }

    proptest! {
        /// Whatever their part was: who takes no part now cannot act, and sees nothing that was written after their time.
        #[test]
        fn the_past_does_not_reach_into_the_present(from in 0i64..20, until in 0i64..20, message in 1i64..30, supervises: bool) {
            let part = Part { from: MessageId(from), standing: Standing::Gone { until: MessageId(until) } };
            let found = sight(true, supervises, Some(part)).expect("a former participant reads");
            prop_assert!(!found.takes_part);
            prop_assert_eq!(found.shows(MessageId(message)), supervises || (from <= message && message <= until));
        }
    }
}
