//! Clients that are offered to a colleague: whether an offer still stands, and its two cards, which say how it stands when they are sent.

use super::desk::{Case, Desk, Listener, SERVER};
use super::{standing, views};
use crate::bridge::{ColleagueId, Post, ThreadId, TransferId, TransferOffer, TransferOutcome};
use crate::cards::{self, OfferedTransfer, Reader, Receipt};
use crate::store::{Result, Subject, Transfer, TransferSide};
use crate::texts::transfer as words;
use serde_json::json;

/// Whether somebody is enabled for a thread's line now.
fn is_enabled(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId) -> Result<bool> {
    Ok(desk.person(colleague)?.is_some_and(|person| desk.is_of_line(&person, &case.contact.line)))
}

/// An offer with the facts that it stands or falls with.
pub fn standing<'a>(desk: &Desk<'_>, case: &Case, transfer: &'a Transfer) -> Result<TransferOffer<'a>> {
    let takes_part = desk.tx.participants(case.thread.id)?.contains(&transfer.giver);
    Ok(TransferOffer {
        giver: &transfer.giver,
        receiver: &transfer.receiver,
        due_at: transfer.due_at,
        outcome: transfer.decided.as_ref().map(|decided| decided.outcome),
        giver_has_client: takes_part && case.contact.merged_into.is_none() && is_enabled(desk, case, &transfer.giver)?,
        receiver_enabled: is_enabled(desk, case, &transfer.receiver)?,
    })
}

/// The offer is over; false when it was already, which changes nothing. Both cards say so.
pub fn decide(desk: &Desk<'_>, transfer: &Transfer, outcome: TransferOutcome, by: &str) -> Result<bool> {
    if !desk.tx.decide_transfer(transfer.id, outcome, by, desk.now)? {
        return Ok(false);
    }
    let body = json!({ "transfer": transfer.id, "giver": transfer.giver, "receiver": transfer.receiver });
    desk.journal(&format!("transfer.{}", outcome.as_str()), by, Some(transfer.thread), None, &body)?;
    update_cards(desk, transfer)?;
    Ok(true)
}

/// Somebody takes part no longer: what they have offered is not theirs to give any more.
pub fn on_left(desk: &Desk<'_>, thread: ThreadId, colleague: &ColleagueId, by: &str) -> Result<()> {
    match desk.tx.open_transfer(thread)? {
        Some(open) if open.giver == *colleague => decide(desk, &open, TransferOutcome::Superseded, by).map(drop),
        _ => Ok(()),
    }
}

/// The client goes to somebody in another way.
pub fn supersede(desk: &Desk<'_>, thread: ThreadId, by: &str) -> Result<()> {
    match desk.tx.open_transfer(thread)? {
        Some(open) => decide(desk, &open, TransferOutcome::Superseded, by).map(drop),
        None => Ok(()),
    }
}

fn update_cards(desk: &Desk<'_>, transfer: &Transfer) -> Result<()> {
    let sides = [TransferSide::Giver, TransferSide::Receiver];
    sides.into_iter().try_for_each(|side| standing::update(desk, Subject::Transfer(transfer.id, side), transfer.thread))
}

/// A card at the moment it is sent.
pub fn card(desk: &Desk<'_>, listener: &Listener, id: TransferId, side: TransferSide) -> Result<Option<Post>> {
    let Some(transfer) = desk.tx.transfer(id)? else { return Ok(None) };
    let Some(case) = desk.case(transfer.thread)? else { return Ok(None) };
    let reader = desk.reader_for(listener, Some(&case.contact.line));
    view(desk, &reader, &case, &transfer, side).map(Some)
}

/// The card as it stands: the offer, or the receipt of what became of it.
pub fn view(desk: &Desk<'_>, reader: &Reader<'_>, case: &Case, transfer: &Transfer, side: TransferSide) -> Result<Post> {
    let head = desk.head(&case.contact, Some(&case.thread));
    let (giver, receiver) = (name(desk, transfer.giver.as_str())?, name(desk, transfer.receiver.as_str())?);
    if let Some(decided) = &transfer.decided {
        let what = words::decided(&giver, &receiver, decided.outcome);
        let text = Some(transfer.note.clone()).filter(|note| !note.is_empty());
        return Ok(cards::receipt(reader, &Receipt { head: Some(head), what, who: name(desk, &decided.by)?, at: decided.at, text }));
    }
    let offered = OfferedTransfer {
        transfer: transfer.id,
        head,
        giver,
        receiver,
        note: transfer.note.clone(),
        history: transfer.history,
        stays: transfer.stays,
        due: transfer.due_at,
        window_until: case.thread.window.closes_at().or(case.thread.window.refused_at),
        consent: views::consent(&case.contact, desk.now),
    };
    Ok(match side {
        TransferSide::Giver => cards::transfer_offered(reader, &offered),
        TransferSide::Receiver => cards::transfer_asked(reader, &offered),
    })
}

/// Who did something, by name; nobody for the server.
pub fn name(desk: &Desk<'_>, id: &str) -> Result<String> {
    if id == SERVER {
        return Ok(String::new());
    }
    Ok(desk.person(&id.into())?.map_or_else(|| id.to_owned(), |person| person.name))
}
