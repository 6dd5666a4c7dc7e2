//! Whether a colleague can be reached in person, and how: in their own chat with the app, or where the thread lives.

use super::desk::{Desk, SERVER};
use crate::bridge::{ColleagueId, ConversationReference, Place, ThreadId};
use crate::store::{ChatTask, Result};
use serde_json::json;

/// Where somebody sees what happens in a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// In their own chat with the app.
    Own,
    /// In the shared conversation in which the thread lives.
    Home,
    /// Nowhere: they have no chat with the app.
    Nowhere,
}

/// How a colleague would see what happens in a thread.
pub fn reach(desk: &Desk<'_>, thread: ThreadId, colleague: &ColleagueId) -> Result<Reach> {
    if let Some(home) = desk.tx.home(thread)?
        && desk.tx.members(&home.base)?.contains(colleague)
    {
        return Ok(Reach::Home);
    }
    let own = desk.tx.colleague(colleague)?.is_some_and(|known| known.installed);
    Ok(if own { Reach::Own } else { Reach::Nowhere })
}

/// Tries to open the colleague's own chat soon, where Teams allows it. Who cannot be reached now may be reached a moment later.
pub fn try_soon(desk: &Desk<'_>, colleague: &ColleagueId) -> Result<()> {
    let known = desk.tx.colleague(colleague)?;
    if known.is_some_and(|known| !known.installed && !known.user_id.is_empty()) {
        desk.tx.order(&ChatTask::Reach { colleague: colleague.clone() }, desk.now)?;
    }
    Ok(())
}

/// Teams has opened the colleague's own chat.
pub fn opened(desk: &Desk<'_>, colleague: &ColleagueId, chat: ConversationReference) -> Result<()> {
    let Some(mut known) = desk.tx.colleague(colleague)?.filter(|known| !known.installed) else { return Ok(()) };
    (known.home, known.installed) = (chat, true);
    desk.tx.save_colleague(&known)?;
    desk.tx.wake_lanes(&Place::Own(colleague.clone()), desk.now)?;
    desk.journal("app.reached", SERVER, None, None, &json!({ "colleague": colleague }))
}
