//! "Which client is this chat for?": posted in a group chat that the app came to.

use super::element::{Button, Choices, TextBlock};
use super::parts::{error, paragraph};
use super::submit::Action;
use super::text::Text;
use super::typeahead::Dataset;
use super::view::Reader;
use crate::bridge::{Post, ThreadId};
use crate::texts::{labels, places};

/// No client is named beforehand: everybody in the chat sees this card. The choices are the presser's own, found as they type.
pub fn link(reader: &Reader<'_>, nothing_chosen: bool) -> Post {
    let mut card = reader.card();
    card.push(TextBlock::heading(Text::plain(places::WHICH_CLIENT)));
    card.push(paragraph(places::LINK_WHY));
    card.push(
        Choices::new("thread", labels::CHOOSE_A_CLIENT, labels::NO_CLIENT_CHOSEN, [])
            .placeholder(labels::CHOOSE_A_CLIENT_BY)
            .searched(Dataset::Threads)
            .required(),
    );
    if nothing_chosen {
        card.push(error(labels::NO_CLIENT_CHOSEN));
    }
    card.actions([Button::with_inputs(places::LINK, &Action::LinkChat { thread: ThreadId(0) }, &["thread"]).positive()]);
    card.post(places::WHICH_CLIENT)
}
