//! What became of our messages at WhatsApp: statuses in any order, failures, and outcomes that a status settles.

use super::desk::{Desk, SERVER};
use super::{entry_point, marketing, marks, send, tell};
use crate::bridge::{Consent, ConsentState, DeliveryId, Failure, FailureClass, MessageId, MessageState, StatusState, StatusUpdate, Wamid};
use crate::store::{Message, Purpose, Result};

/// What `biz_opaque_callback_data` begins with.
const CALLBACK: &str = "switchboard:";

/// Our delivery id as it travels through WhatsApp.
pub fn callback(delivery: DeliveryId) -> String {
    format!("{CALLBACK}{delivery}")
}

/// The inverse of [`callback`]; anything else that a status carries is not ours.
pub fn read_callback(text: &str) -> Option<DeliveryId> {
    text.strip_prefix(CALLBACK)?.parse().ok().map(DeliveryId)
}

/// A status of a message of ours. Idempotent: states only move forward, so repeats and reordering change nothing.
pub fn on_status(desk: &Desk<'_>, status: &StatusUpdate) -> Result<()> {
    let by_callback = || -> Result<Option<Message>> {
        let delivery = status.callback.as_deref().and_then(read_callback);
        match delivery {
            Some(delivery) => match desk.tx.message_of_delivery(delivery)? {
                Some(id) => desk.tx.message(id),
                None => Ok(None),
            },
            None => Ok(None),
        }
    };
    let found = match desk.tx.message_by_wamid(&status.wamid)? {
        Some(message) => Some(message),
        // Our delivery id comes back even when the answer to the send never reached us: this is what settles an unknown outcome.
        None => by_callback()?,
    };
    let Some(message) = found else {
        let name = match &status.state {
            StatusState::Reached(status) => format!("{status:?}"),
            StatusState::Failed(_) => "Failed".to_owned(),
            StatusState::Unknown(name) => name.clone(),
        };
        return desk.tx.keep_early_status(&status.wamid, &name, &serde_json::to_string(status)?, desk.now);
    };
    if message.wamid.is_none() {
        desk.tx.learn_wamid(message.id, &status.wamid)?;
        entry_point::on_accepted(desk, message.thread, message.id)?;
    }
    apply_status(desk, &message, status)
}

/// Moves a message by a status and lets its people know of a failure.
pub fn apply_status(desk: &Desk<'_>, message: &Message, status: &StatusUpdate) -> Result<()> {
    if !desk.tx.apply_status(message, status, desk.now)? {
        return Ok(());
    }
    desk.tx.refresh_cards(message.thread, desk.now)?;
    marks::changed(desk, message.id)?;
    match &status.state {
        StatusState::Failed(failure) => on_failed(desk, message.id, failure),
        _ => Ok(()),
    }
}

/// WhatsApp did not deliver a message: what follows from it, and the card to its author. The message is in state `failed`.
pub fn on_failed(desk: &Desk<'_>, id: MessageId, failure: &Failure) -> Result<()> {
    let Some(message) = desk.tx.message(id)? else { return Ok(()) };
    let Some(mut case) = desk.case(message.thread)? else { return Ok(()) };
    if failure.class == FailureClass::MarketingStopped {
        marketing::stopped_by_refusal(desk, &case, id)?;
    }
    if message.purpose == Purpose::Request
        && case.contact.request_message == Some(id)
        && case.contact.consent.stored == ConsentState::Pending
    {
        // Nobody was asked: the next try needs no waiting.
        desk.tx.save_consent(case.contact.id, Consent::NONE)?;
        desk.journal("consent.request_failed", "whatsapp", Some(message.thread), Some(id), failure)?;
    }
    if message.purpose.is_template() {
        desk.tx.template_not_sent(message.thread, message.created_at)?;
    }
    let free = message.purpose == Purpose::Free;
    if failure.class == FailureClass::WindowClosed && free {
        desk.tx.window_refused(message.thread, desk.now)?;
        case.thread.window.refused_at = Some(desk.now);
        let content = message.outgoing()?;
        let verdict = send::on_its_way(desk, &case, &message, &content)?;
        return send::stop(desk, &case, &message, verdict);
    }
    desk.tx.refresh_cards(message.thread, desk.now)?;
    // What the server said by itself is in the journal; a colleague could do nothing about it.
    let author = message.author.as_deref().filter(|author| *author != SERVER);
    if let Some(person) = author.map(|id| desk.person(&id.into())).transpose()?.flatten() {
        let post = tell::failed(desk, &person, &case, &message, failure)?;
        desk.post(Some(message.thread), &person, post, Some(id))?;
    }
    Ok(())
}

/// Applies what came before the message's own acceptance.
pub fn apply_early_statuses(desk: &Desk<'_>, id: MessageId, wamid: &Wamid) -> Result<()> {
    for body in desk.tx.take_early_statuses(wamid)? {
        let status: StatusUpdate = serde_json::from_str(&body)?;
        if let Some(message) = desk.tx.message(id)? {
            apply_status(desk, &message, &status)?;
        }
    }
    Ok(())
}

/// Perhaps accepted. A status with our delivery id settles it; without one its author is asked after a minute.
pub fn uncertain(desk: &Desk<'_>, message: &Message, failure: &Failure) -> Result<()> {
    // A status may have overtaken the answer: what is known already is not made unknown again.
    desk.tx.set_state(message.id, MessageState::Queued, MessageState::Uncertain, desk.now)?;
    desk.tx.save_failure(message.id, failure)?;
    desk.journal("message.uncertain", SERVER, Some(message.thread), Some(message.id), failure)?;
    desk.tx.refresh_cards(message.thread, desk.now)
}
