//! Which client a colleague's message is for, in a chat that holds several threads (product.md 7).
//!
//! Invariant: nothing is ever sent to the wrong client; in doubt the colleague is asked.

use super::ThreadId;

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
    /// Something we never posted here, or that belongs to no thread.
    Unknown,
}

/// What the chat last was about, from the colleague's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Focus {
    /// The thread the colleague last wrote in.
    pub thread: ThreadId,
    /// Another client's message has been posted in this chat since, or the thread was taken away.
    pub disturbed: bool,
}

/// Decides where a message goes. `open` are the colleague's active threads in this chat.
pub fn route(quote: Quote, open: &[ThreadId], focus: Option<Focus>) -> Route {
    match quote {
        Quote::Of(thread) if open.contains(&thread) => return Route::To(thread),
        Quote::Of(_) | Quote::Unknown => return if open.is_empty() { Route::Nowhere } else { Route::Ask },
        Quote::Nothing => {}
    }
    match (open, focus) {
        ([], _) => Route::Nowhere,
        // Another client took their place, by somebody else's doing, while this was perhaps being typed.
        ([only], Some(Focus { thread, disturbed: true })) if thread != *only => Route::Ask,
        ([only], _) => Route::To(*only),
        (_, Some(Focus { thread, disturbed: false })) if open.contains(&thread) => Route::To(thread),
        _ => Route::Ask,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const A: ThreadId = ThreadId(1);
    const B: ThreadId = ThreadId(2);
    const C: ThreadId = ThreadId(3);

    fn focus(thread: ThreadId, disturbed: bool) -> Option<Focus> {
        Some(Focus { thread, disturbed })
    }

    #[rstest]
    #[case::the_quoted_one(Quote::Of(B), &[A, B], focus(A, false), Route::To(B))]
    #[case::a_closed_one_is_not_guessed(Quote::Of(C), &[A, B], focus(A, false), Route::Ask)]
    #[case::a_closed_one_even_with_one_open(Quote::Of(C), &[A], focus(A, false), Route::Ask)]
    #[case::a_forged_quote_is_asked(Quote::Unknown, &[A, B], focus(A, false), Route::Ask)]
    #[case::the_only_one(Quote::Nothing, &[A], None, Route::To(A))]
    #[case::the_last_written(Quote::Nothing, &[A, B], focus(B, false), Route::To(B))]
    #[case::another_client_wrote_since(Quote::Nothing, &[A, B], focus(B, true), Route::Ask)]
    #[case::never_wrote(Quote::Nothing, &[A, B], None, Route::Ask)]
    #[case::last_written_was_taken_away(Quote::Nothing, &[B], focus(A, true), Route::Ask)]
    #[case::last_written_was_given_up(Quote::Nothing, &[B], focus(A, false), Route::To(B))]
    #[case::last_written_is_closed_now(Quote::Nothing, &[A, B], focus(C, false), Route::Ask)]
    #[case::nothing_open(Quote::Nothing, &[], focus(A, false), Route::Nowhere)]
    #[case::a_quote_and_nothing_open(Quote::Of(A), &[], None, Route::Nowhere)]
    fn never_the_wrong_client(#[case] quote: Quote, #[case] open: &[ThreadId], #[case] focus: Option<Focus>, #[case] route_: Route) {
        assert_eq!(route(quote, open, focus), route_);
    }
}
