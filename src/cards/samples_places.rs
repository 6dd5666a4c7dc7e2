//! Samples of the cards about where conversations live: see [`super::samples`].

use super::samples::{Words, thread_card};
use super::*;
use crate::bridge::{ConsentState, Post};
use chrono::Duration;

pub fn all(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let open = thread_card(words, ConsentState::Granted, Some(reader.now + Duration::hours(20)));
    let unowned = ThreadCard {
        participants: vec![],
        unowned: true,
        last: None,
        why: None,
        may_answer: true,
        ..thread_card(words, ConsentState::None, Some(reader.now + Duration::hours(20)))
    };
    let asked = thread_card(words, ConsentState::Pending, None);
    let in_home = |must_mention, card: ThreadCard| {
        let home = HomeView::Shared { must_mention, files_elsewhere: must_mention };
        ThreadCard { home, ..card }
    };
    vec![
        ("link", link(reader, false)),
        ("link_nothing_chosen", link(reader, true)),
        ("thread_in_a_chat", thread(reader, &in_home(false, open.clone()))),
        ("thread_in_a_chat_that_needs_mentions", thread(reader, &in_home(true, open))),
        ("thread_whose_chat_is_opened", thread(reader, &ThreadCard { home: HomeView::Opening, ..asked })),
        ("thread_in_a_channel_unowned", thread(reader, &in_home(true, unowned))),
    ]
}
