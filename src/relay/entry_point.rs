//! Clients who come through an ad: the free entry point of their thread.

use super::desk::{Case, Desk, SERVER};
use crate::bridge::{ClientMessage, MessageId, ThreadId};
use crate::store::Result;
use serde_json::json;

/// A client's message that was recorded now. Free time begins with our answer, not yet.
pub fn on_message(desk: &Desk<'_>, mut case: Case, id: MessageId, message: &ClientMessage) -> Result<Case> {
    if let Some(referral) = &message.referral {
        case.thread.entry = case.thread.entry.after_ad(message.at, desk.now);
        desk.tx.save_entry_point(case.thread.id, case.thread.entry)?;
        desk.tx.save_referral(id, referral)?;
    }
    Ok(case)
}

/// WhatsApp accepted a message of ours, whoever wrote it: the first one after an ad opens the free time.
pub fn on_accepted(desk: &Desk<'_>, thread: ThreadId, message: MessageId) -> Result<()> {
    let Some(entry) = desk.tx.entry_point(thread)?.and_then(|entry| entry.after_answer(desk.now)) else { return Ok(()) };
    desk.tx.save_entry_point(thread, entry)?;
    let body = json!({ "came_at": entry.came_at, "free_until": entry.free_until });
    desk.journal("price.free_entry_point", SERVER, Some(thread), Some(message), &body)
}
