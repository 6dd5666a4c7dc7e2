//! Which client a colleague's message is for, in a chat that holds several threads (product.md 7).
//!
//! Invariant: nothing is ever sent to the wrong client; in doubt the colleague is asked.

use super::{ThreadId, Time};

/// Where a typed message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    To(ThreadId),
    /// Ask "Who is this for?" and keep the text.
    Ask,
    /// The colleague has no open thread.
    Nowhere,
}

/// What a message quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    Nothing,
    /// A message that our own store knows, of this thread. A quote is client-authored: only our store says what it is.
    Of(ThreadId),
    /// Something we never posted here, or that belongs to no thread, or that is for colleagues only.
    Unknown,
}

/// What the chat last was about, from the colleague's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Focus {
    /// The thread the colleague last wrote in.
    pub thread: ThreadId,
    /// Something of another thread has been posted in this chat since, or the thread was taken away.
    pub disturbed: bool,
    /// When they wrote there, by Teams' clock where it was typed.
    pub at: Time,
}

impl Focus {
    /// As far as it counts for a message that was typed at this moment. Teams delivers again what we did not take, so an older message may
    /// come after a newer one: what its author had in mind then, nobody knows.
    pub fn for_typed(self, at: Time) -> Self {
        Self { disturbed: self.disturbed || at < self.at, ..self }
    }
}

/// Decides where a message goes. `mine`: the threads that the colleague takes part in and may write to from this chat; `here`: those of
/// them that live in it.
pub fn route(quote: Quote, mine: &[ThreadId], here: &[ThreadId], focus: Option<Focus>) -> Route {
    if mine.is_empty() {
        return Route::Nowhere;
    }
    match (quote, focus) {
        (Quote::Of(thread), _) if mine.contains(&thread) => Route::To(thread),
        (Quote::Of(_) | Quote::Unknown, _) => Route::Ask,
        (Quote::Nothing, Some(Focus { thread, disturbed: false, .. })) if here.contains(&thread) => Route::To(thread),
        // Also with one thread open: whoever last wrote in another one that lives elsewhere may mean that one, and whoever last read of
        // another client may not know that somebody else has taken them away.
        (Quote::Nothing, Some(Focus { thread, disturbed, .. })) if disturbed || mine.contains(&thread) => Route::Ask,
        (Quote::Nothing, _) => match here {
            [only] => Route::To(*only),
            _ => Route::Ask,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;
    use proptest::prelude::*;
    use rstest::rstest;

    const A: ThreadId = ThreadId(1);
    const B: ThreadId = ThreadId(2);
    const C: ThreadId = ThreadId(3);

    fn focus(thread: ThreadId, disturbed: bool) -> Option<Focus> {
        Some(Focus { thread, disturbed, at: Time::UNIX_EPOCH })
    }

    #[rstest]
    #[case::the_quoted_one(Quote::Of(B), &[A, B], &[A, B], focus(A, false), Route::To(B))]
    #[case::the_quoted_one_that_lives_elsewhere(Quote::Of(C), &[A, C], &[A], focus(A, false), Route::To(C))]
    #[case::a_closed_one_is_not_guessed(Quote::Of(C), &[A, B], &[A, B], focus(A, false), Route::Ask)]
    #[case::a_closed_one_even_with_one_open(Quote::Of(C), &[A], &[A], focus(A, false), Route::Ask)]
    #[case::a_forged_quote_is_asked(Quote::Unknown, &[A, B], &[A, B], focus(A, false), Route::Ask)]
    #[case::a_forged_quote_even_with_one_open(Quote::Unknown, &[A], &[A], None, Route::Ask)]
    #[case::the_only_one(Quote::Nothing, &[A], &[A], None, Route::To(A))]
    #[case::the_only_one_again(Quote::Nothing, &[A], &[A], focus(A, false), Route::To(A))]
    #[case::the_only_one_here(Quote::Nothing, &[A, C], &[A], None, Route::To(A))]
    #[case::last_written_was_taken_away(Quote::Nothing, &[A], &[A], focus(C, true), Route::Ask)]
    #[case::last_written_was_given_up(Quote::Nothing, &[A], &[A], focus(C, false), Route::To(A))]
    #[case::the_only_one_after_another_clients_message(Quote::Nothing, &[A], &[A], focus(A, true), Route::Ask)]
    #[case::the_only_one_here_after_one_that_lives_elsewhere(Quote::Nothing, &[A, C], &[A], focus(C, false), Route::Ask)]
    #[case::the_last_written(Quote::Nothing, &[A, B], &[A, B], focus(B, false), Route::To(B))]
    #[case::another_client_wrote_since(Quote::Nothing, &[A, B], &[A, B], focus(B, true), Route::Ask)]
    #[case::never_wrote(Quote::Nothing, &[A, B], &[A, B], None, Route::Ask)]
    #[case::last_written_is_closed_now(Quote::Nothing, &[A, B], &[A, B], focus(C, false), Route::Ask)]
    #[case::what_lives_elsewhere_is_not_guessed(Quote::Nothing, &[A], &[], None, Route::Ask)]
    #[case::nothing_open(Quote::Nothing, &[], &[], focus(A, false), Route::Nowhere)]
    #[case::a_quote_and_nothing_open(Quote::Of(A), &[], &[], None, Route::Nowhere)]
    fn never_the_wrong_client(
        #[case] quote: Quote,
        #[case] mine: &[ThreadId],
        #[case] here: &[ThreadId],
        #[case] focus: Option<Focus>,
        #[case] route_: Route,
    ) {
        assert_eq!(route(quote, mine, here, focus), route_);
    }

    #[rstest]
    #[case::typed_after(1, false, false)]
    #[case::typed_in_the_same_moment(0, false, false)]
    #[case::typed_before_and_delivered_late(-1, false, true)]
    #[case::another_client_wrote(1, true, true)]
    fn what_was_typed_before_one_wrote_elsewhere_is_not_guessed(#[case] seconds: i64, #[case] disturbed: bool, #[case] asked: bool) {
        let typed = Time::UNIX_EPOCH + Duration::seconds(seconds);
        let found = focus(A, disturbed).map(|focus| focus.for_typed(typed));
        assert_eq!(route(Quote::Nothing, &[A, B], &[A, B], found) == Route::Ask, asked);
    }

    fn threads() -> impl Strategy<Value = Vec<ThreadId>> {
        prop::collection::btree_set(1i64..5, 0..4).prop_map(|ids| ids.into_iter().map(ThreadId).collect())
    }

    fn quotes() -> impl Strategy<Value = Quote> {
        prop_oneof![3 => Just(Quote::Nothing), 2 => (1i64..5).prop_map(|id| Quote::Of(ThreadId(id))), 1 => Just(Quote::Unknown)]
    }

    fn foci() -> impl Strategy<Value = Option<Focus>> {
        prop::option::of((1i64..5, any::<bool>()).prop_map(|(id, disturbed)| Focus {
            thread: ThreadId(id),
            disturbed,
            at: Time::UNIX_EPOCH,
        }))
    }

    proptest! {
        /// "a message goes to the thread it quotes; without a quote, to the only open thread, or to the thread the colleague last wrote in,
        /// provided that no other client's message has been posted in that chat since. Otherwise nothing is sent"
        #[test]
        fn only_what_was_quoted_or_is_alone_or_was_written_to_undisturbed(
            quote in quotes(), mine in threads(), elsewhere in threads(), focus in foci(),
        ) {
            let here: Vec<ThreadId> = mine.iter().copied().filter(|thread| !elsewhere.contains(thread)).collect();
            if let Route::To(thread) = route(quote, &mine, &here, focus) {
                let quoted = quote == Quote::Of(thread);
                let alone = here == [thread];
                let undisturbed = focus.is_some_and(|focus| focus.thread == thread && !focus.disturbed);
                prop_assert!(mine.contains(&thread));
                prop_assert!(quoted || quote == Quote::Nothing && here.contains(&thread) && (alone || undisturbed));
            }
        }
    }
}
