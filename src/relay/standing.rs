//! Cards that show how something stands: one way for the first post and for every change. The lane keeps their order, and each shows
//! what is when it is sent.

use super::desk::Desk;
use crate::bridge::{Place, ThreadId};
use crate::store::{Envelope, Result, Subject};

/// Gives the card to a place that has none; false when it has one.
pub fn give(desk: &Desk<'_>, subject: Subject, thread: ThreadId, place: &Place) -> Result<bool> {
    let given = desk.tx.give_card(subject, place)?;
    if given {
        send(desk, subject, thread, place)?;
    }
    Ok(given)
}

/// Everywhere the card shows how it stands now.
pub fn update(desk: &Desk<'_>, subject: Subject, thread: ThreadId) -> Result<()> {
    desk.tx.change_cards(subject)?.iter().try_for_each(|place| send(desk, subject, thread, place))
}

fn send(desk: &Desk<'_>, subject: Subject, thread: ThreadId, place: &Place) -> Result<()> {
    desk.tx.enqueue_post(Some(thread), place, &Envelope::Standing { subject }, desk.now).map(drop)
}
