//! The shared conversations in which threads live, and what happens when one is gone.

use super::desk::{Desk, SERVER};
use crate::bridge::{ConversationId, Place};
use crate::cards::Style;
use crate::store::Result;
use crate::texts::sentences;
use serde_json::json;

/// Nothing can be posted in a shared conversation any more: what lived there lives in its participants' own chats again, and they are
/// told so.
pub fn on_gone(desk: &Desk<'_>, base: &ConversationId) -> Result<()> {
    if let Some(mut known) = desk.tx.conversation(base)?.filter(|known| known.installed) {
        known.installed = false;
        desk.tx.save_conversation(&known)?;
    }
    for home in desk.tx.homes_in(base)? {
        desk.tx.lose_home(home.thread)?;
        desk.tx.forget_thread_card(home.thread, &Place::Home)?;
        desk.journal("thread.moved", SERVER, Some(home.thread), None, &json!({ "from": base, "to": "personal" }))?;
        if let Some(case) = desk.case(home.thread)? {
            desk.tell(&case, Style::Warning, |_| sentences::home_gone(&case.contact.name))?;
            desk.ensure_cards(home.thread)?;
        }
    }
    Ok(())
}
