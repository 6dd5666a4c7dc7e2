//! Cards about messages that were changed after they had left, for the snapshots and for the browser test.

use super::samples::{Words, head};
use super::submit::Action;
use super::{Notice, Reader, Style, notice};
use crate::bridge::{MessageId, Post};
use crate::texts::{labels, sentences};

pub fn all(reader: &Reader<'_>, words: &Words) -> Vec<(&'static str, Post)> {
    let offered = Notice {
        head: Some(head(words)),
        text: sentences::EDIT_TOO_LATE.to_owned(),
        style: Style::Warning,
        kept: Some(words.text.clone()),
        quotes_message: false,
        actions: vec![(labels::SEND_CORRECTION, Action::SendCorrection { message: MessageId(41), correction: 3 })],
    };
    vec![("correction", notice(reader, &offered))]
}
