//! What clients changed or deleted after they had said it. The earlier words are never lost: they stand beside the new ones, and every
//! change is a message and entries of the journal of its own. Nothing else follows from one: neither consent nor what is held.

use super::desk::{Case, Desk};
use crate::bridge::{ClientMessage, Content, DeletedByClient, Line, LineId, MessageId, Time, Wamid};
use crate::store::{Message, Purpose, Result};
use serde_json::json;

/// A message as its client has left it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revised {
    /// Its text or caption now; absent: none.
    pub text: Option<String>,
    /// When it was changed, and what it said until then, oldest first.
    pub earlier: Vec<(Time, String)>,
    pub deleted: Option<Time>,
    /// Deleted, on a line that shows nothing of it any more.
    pub hidden: bool,
}

/// The message that this one changes or deletes.
fn target(content: &Content) -> Option<&Wamid> {
    match content {
        Content::Edit { target, .. } | Content::Revoke { target } => Some(target),
        _ => None,
    }
}

/// Records that a message changes or deletes another one.
pub fn on_message(desk: &Desk<'_>, case: &Case, id: MessageId, message: &ClientMessage) -> Result<()> {
    let Some(target) = target(&message.content) else { return Ok(()) };
    desk.tx.record_revision(target, id)?;
    let known = known(desk, case, target)?;
    let about = known.as_ref().map(|known| known.id);
    let (kind, text) = match &message.content {
        Content::Edit { body, .. } => ("message.edited_by_client", Some(body)),
        _ => ("message.deleted_by_client", None),
    };
    let before = known.map(|known| known.content);
    let body = json!({ "wamid": target, "message": about, "text": text, "before": before });
    desk.journal(kind, "client", Some(case.thread.id), Some(id), &body)
}

/// The client's own message that stands under this wamid in their own thread: nobody changes anybody else's words.
fn known(desk: &Desk<'_>, case: &Case, target: &Wamid) -> Result<Option<Message>> {
    let found = desk.tx.message_by_wamid(target)?;
    Ok(found.filter(|found| found.thread == case.thread.id && found.purpose == Purpose::Client))
}

/// Which message is to be shown anew because of this one: the one that it changes, or itself when its change came first. `None`: it is
/// shown as it is.
pub fn shown_anew(desk: &Desk<'_>, case: &Case, id: MessageId, message: &ClientMessage) -> Result<Option<MessageId>> {
    match target(&message.content) {
        Some(target) => Ok(known(desk, case, target)?.map(|known| known.id)),
        None => Ok((!desk.tx.revisions(&message.wamid)?.is_empty()).then_some(id)),
    }
}

/// How a client's message stands; `None`: as it came.
pub fn of(desk: &Desk<'_>, line: &LineId, message: &Message) -> Result<Option<Revised>> {
    let Some(wamid) = message.wamid.as_ref().filter(|_| message.purpose == Purpose::Client) else { return Ok(None) };
    let mut changes = desk.tx.revisions(wamid)?;
    changes.retain(|change| change.thread == message.thread && change.purpose == Purpose::Client);
    if changes.is_empty() {
        return Ok(None);
    }
    let text = match message.inbound()? {
        Content::Text { body } => Some(body),
        Content::Media(media) => media.caption,
        _ => None,
    };
    let mut revised = Revised { text, ..Revised::default() };
    for change in changes {
        match change.inbound()? {
            Content::Edit { body, .. } => {
                let before = revised.text.replace(body).unwrap_or_default();
                revised.earlier.push((change.created_at, before));
            }
            _ => revised.deleted = Some(change.created_at),
        }
    }
    let hides = desk.line(line).is_some_and(|line| line.policy.deleted_by_client == DeletedByClient::Hide);
    revised.hidden = hides && revised.deleted.is_some();
    Ok(Some(revised))
}

/// Whether nothing of a message is shown any more: it was deleted, or it says what a deleted one was to say.
pub fn is_hidden(desk: &Desk<'_>, message: &Message) -> Result<bool> {
    let is_clients = message.purpose == Purpose::Client && message.wamid.is_some();
    let Some(thread) = is_clients.then(|| desk.tx.thread(message.thread)).transpose()?.flatten() else { return Ok(false) };
    let hides = |line: &Line| line.policy.deleted_by_client == DeletedByClient::Hide;
    if !desk.line(&thread.line).is_some_and(hides) {
        return Ok(false);
    }
    let is_deleted = |message: &Message| Ok(of(desk, &thread.line, message)?.is_some_and(|revised| revised.hidden));
    match message.inbound()? {
        Content::Edit { target, .. } => {
            let about = desk.tx.message_by_wamid(&target)?.filter(|about| about.thread == message.thread);
            about.map_or(Ok(false), |about| is_deleted(&about))
        }
        _ => is_deleted(message),
    }
}
