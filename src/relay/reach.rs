//! A colleague's own chat with the app, where Teams allows us to open it. Whether somebody can be reached: see [`super::mates::reach`].

use super::desk::{Desk, SERVER};
use crate::bridge::{ColleagueId, ConversationReference, Place};
use crate::store::{ChatTask, Result};
use serde_json::json;

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
