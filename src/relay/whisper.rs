//! Words for one person's eyes where others look on: as a targeted message of Teams, and where Teams does not take it in the person's own
//! chat.

use super::desk::{Desk, Person, Seat};
use crate::bridge::{ColleagueId, Outcome, Place, Post};
use crate::store::{Envelope, Result};

/// Tells somebody where they act, so that nobody else reads it.
pub fn to(desk: &Desk<'_>, person: &Person, post: Post) -> Result<()> {
    let Seat::Shared { .. } = person.seat else { return in_own_chat(desk, person.id(), post) };
    let envelope = Envelope::Whisper { to: person.id().clone(), post };
    desk.tx.enqueue_post(None, &person.spot(), &envelope, desk.now).map(drop)
}

/// What becomes of it. Whatever is not known to have arrived is told in their own chat: twice is better than never.
pub fn outcome(desk: &Desk<'_>, to: &ColleagueId, post: &Post, outcome: &Outcome) -> Result<()> {
    match outcome {
        Outcome::Sent(_) => Ok(()),
        Outcome::Rejected(_) | Outcome::Uncertain(_) | Outcome::Throttled { .. } => in_own_chat(desk, to, post.clone()),
    }
}

/// Who has no chat with the bot learns nothing: nothing of theirs was sent, and nobody else is to read why.
pub fn in_own_chat(desk: &Desk<'_>, to: &ColleagueId, post: Post) -> Result<()> {
    let installed = desk.tx.colleague(to)?.is_some_and(|known| known.installed);
    if installed { desk.post_to(None, &Place::Own(to.clone()), post, None) } else { Ok(()) }
}
