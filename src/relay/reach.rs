//! A colleague's own chat with the app, where Teams allows us to open it. Whether somebody can be reached: see [`super::mates::reach`].

use super::desk::{Desk, SERVER};
use crate::bridge::{ColleagueId, ConversationReference, Place, ThreadId};
use crate::cards::{self, Notice, Style};
use crate::store::{ChatTask, Result};
use crate::texts::group_chat;
use chrono::Duration;
use serde_json::json;

/// A home is told again of a colleague who still cannot be reached.
const TOLD_AGAIN_AFTER: Duration = Duration::days(1);

/// Tries to open the colleague's own chat soon, where Teams allows it. Who cannot be reached now may be reached a moment later.
pub fn try_soon(desk: &Desk<'_>, colleague: &ColleagueId) -> Result<()> {
    let known = desk.tx.colleague(colleague)?;
    if known.is_some_and(|known| !known.installed && !known.user_id.is_empty()) {
        desk.tx.order(&ChatTask::Reach { colleague: colleague.clone() }, desk.now)?;
    }
    Ok(())
}

/// Somebody who follows a thread in their own chat cannot be posted to there: those in its shared home are told, once a day, for they think
/// that their colleague knows.
pub fn out_of_reach(desk: &Desk<'_>, thread: Option<ThreadId>, colleague: &ColleagueId) -> Result<()> {
    let Some(thread) = thread else { return Ok(()) };
    let takes_part = desk.tx.participants(thread)?.contains(colleague);
    let (Some(home), Some(case), true) = (desk.tx.home(thread)?, desk.case(thread)?, takes_part) else { return Ok(()) };
    let subject = format!("out_of_reach:{thread}:{colleague}");
    if desk.tx.members(&home.base)?.contains(colleague) || !desk.tx.news_is_due(&subject, desk.now - TOLD_AGAIN_AFTER, desk.now)? {
        return Ok(());
    }
    desk.journal("colleague.out_of_reach", SERVER, Some(thread), None, &json!({ "colleague": colleague }))?;
    let name = desk.person(colleague)?.map_or_else(|| colleague.0.clone(), |person| person.name);
    let head = Some(desk.head(&case.contact, Some(&case.thread)));
    let notice = Notice { head, text: group_chat::out_of_reach(&name), style: Style::Warning, ..Notice::default() };
    let reader = desk.reader_of_all(Some(&case.contact.line));
    desk.post_to(Some(thread), &Place::Home, cards::notice(&reader, &notice), None)
}

/// Teams has opened the colleague's own chat.
pub fn opened(desk: &Desk<'_>, colleague: &ColleagueId, chat: ConversationReference) -> Result<()> {
    let Some(mut known) = desk.tx.colleague(colleague)?.filter(|known| !known.installed) else { return Ok(()) };
    (known.home, known.installed) = (chat, true);
    desk.tx.save_colleague(&known)?;
    desk.tx.wake_lanes(&Place::Own(colleague.clone()), desk.now)?;
    desk.journal("app.reached", SERVER, None, None, &json!({ "colleague": colleague }))
}
