//! Clients go from colleague to colleague: offered and accepted, or given by a supervisor (product.md 6).
//!
//! Every decision is one transaction, in which the rules are asked again: of two answers at once, or an answer and the end of the time,
//! one counts and the other sees what was decided.

use super::desk::{Case, Desk, Person, SERVER, Seat};
use super::mates::{self, Mate};
use super::participation::{self, Came};
use super::{leftovers, notices, offers, past, standing};
use crate::bridge::{
    ColleagueId, HistoryChoice, MessageId, NotAnswered, NotOffered, Place, Post, ThreadId, TransferAnswer, TransferId, TransferOutcome,
    TransferWish, held, may_transfer, transfer_due,
};
use crate::cards::{self, Notice, Receipt, Style};
use crate::store::{Envelope, Left, NewTransfer, Result, StoreError, Subject, Transfer, TransferSide};
use crate::texts::TextId;
use serde_json::json;

/// Offers that run out in one round of housekeeping.
const BATCH: u32 = 100;

/// On what terms a client goes to another.
#[derive(Clone, Debug)]
pub struct Terms {
    /// To the receiver. Empty: none.
    pub note: String,
    pub history: HistoryChoice,
    /// Who gives goes on taking part.
    pub stays: bool,
    pub held: held::Fate,
}

/// Somebody wants to give this client to a colleague.
pub struct Giving<'a> {
    pub case: &'a Case,
    pub by: &'a Person,
    pub receiver: &'a Mate,
    /// Whose place the receiver takes.
    pub givers: Vec<ColleagueId>,
}

impl Giving<'_> {
    /// Whether the rules allow it, and where the receiver is told.
    fn allowed(&self, desk: &Desk<'_>, now: bool) -> Result<std::result::Result<Place, NotOffered>> {
        let thread = self.case.thread.id;
        let participants = desk.tx.participants(thread)?;
        let place = self.receiver.person.as_ref().map(|person| mates::reach(desk, thread, person)).transpose()?.flatten();
        let line = &self.case.contact.line;
        let wish = TransferWish {
            now,
            takes_part: participants.contains(self.by.id()) && desk.is_of_line(self.by, line),
            supervises: desk.supervises(self.by, line),
            somebody_gives: self.givers.iter().any(|giver| participants.contains(giver) && giver.as_str() != self.receiver.id),
            to_themselves: self.by.id().as_str() == self.receiver.id,
            receiver_enabled: mates::of_line(desk, line)?.iter().any(|mate| mate.id == self.receiver.id),
            receiver_reachable: place.is_some(),
            number_active: desk.office.number_is_active(&self.case.thread.number) && self.case.contact.merged_into.is_none(),
            offered: desk.tx.open_transfer(thread)?.is_some(),
        };
        Ok(may_transfer(&wish).and_then(|()| place.ok_or(NotOffered::Unreachable)))
    }
}

/// Offers a client to a colleague, who is asked; nothing else changes. The giver's card is the caller's to place.
pub fn offer(desk: &Desk<'_>, giving: &Giving<'_>, terms: &Terms) -> Result<std::result::Result<Transfer, NotOffered>> {
    let (case, Some(receiver)) = (giving.case, &giving.receiver.person) else { return Ok(Err(NotOffered::Unreachable)) };
    let place = match giving.allowed(desk, false)? {
        Ok(place) => place,
        Err(refused) => return Ok(Err(refused)),
    };
    let hours = desk.line(&case.contact.line).map(|line| line.policy.transfer_hours).unwrap_or_default();
    let new = NewTransfer {
        thread: case.thread.id,
        giver: giving.by.id(),
        receiver: receiver.id(),
        note: &terms.note,
        history: terms.history,
        stays: terms.stays,
        held: terms.held,
        due_at: transfer_due(desk.now, hours),
    };
    let Some(id) = desk.tx.insert_transfer(&new, desk.now)? else { return Ok(Err(NotOffered::OfferedAlready)) };
    let body = json!({
        "transfer": id, "contact": case.contact.id, "receiver": receiver.id(), "note": terms.note, "history": terms.history,
        "stays": terms.stays, "held": terms.held, "due_at": new.due_at,
    });
    desk.journal("transfer.offered", &giving.by.id().0, Some(case.thread.id), None, &body)?;
    let transfer = desk.tx.transfer(id)?.ok_or(StoreError::Panicked)?;
    standing::give(desk, Subject::Transfer(id, TransferSide::Receiver), case.thread.id, &place)?;
    Ok(Ok(transfer))
}

/// Somebody answers an offer. `None`: it is none of theirs. Else how it stands now, whoever decides it.
pub fn answer(desk: &Desk<'_>, person: &Person, id: TransferId, answer: TransferAnswer) -> Result<Option<(Case, Transfer)>> {
    let Some(transfer) = desk.tx.transfer(id)? else { return Ok(None) };
    let Some(case) = desk.case(transfer.thread)? else { return Ok(None) };
    match offers::standing(desk, &case, &transfer)?.answered(person.id(), answer, desk.now) {
        Err(NotAnswered::NotAsked) if !may_read(desk, person, &case, &transfer)? => return Ok(None),
        Err(NotAnswered::NotAsked) => {}
        Err(NotAnswered::Over(over)) if transfer.decided.is_none() => end(desk, &case, &transfer, over)?,
        Err(NotAnswered::Over(_)) => {}
        Ok(outcome) => {
            if offers::decide(desk, &transfer, outcome, &person.id().0)? {
                match outcome {
                    TransferOutcome::Accepted => accepted(desk, &case, &transfer, person)?,
                    TransferOutcome::Declined => tell_giver(desk, &case, &transfer, TextId::T53b, Style::Warning)?,
                    _ => {}
                }
            }
        }
    }
    Ok(desk.tx.transfer(id)?.map(|transfer| (case, transfer)))
}

/// Who gives, who is to receive, and those who have the card before their eyes in the thread's shared home.
fn may_read(desk: &Desk<'_>, person: &Person, case: &Case, transfer: &Transfer) -> Result<bool> {
    let here = matches!(&person.seat, Seat::Shared { thread: Some(thread), .. } if *thread == case.thread.id);
    let concerned = [&transfer.giver, &transfer.receiver].contains(&person.id());
    Ok(concerned || (here && desk.tx.participants(case.thread.id)?.contains(person.id())))
}

fn accepted(desk: &Desk<'_>, case: &Case, transfer: &Transfer, receiver: &Person) -> Result<()> {
    let terms = Terms { note: transfer.note.clone(), history: transfer.history, stays: transfer.stays, held: transfer.held };
    let handover = Handover { givers: vec![transfer.giver.clone()], receiver, by: receiver.id().as_str(), terms: &terms, in_bulk: false };
    hand_over(desk, case, &handover)
}

/// An offer has come to nothing by itself; who waits for it is told.
fn end(desk: &Desk<'_>, case: &Case, transfer: &Transfer, over: TransferOutcome) -> Result<()> {
    if !offers::decide(desk, transfer, over, SERVER)? {
        return Ok(());
    }
    if over == TransferOutcome::Expired {
        tell_giver(desk, case, transfer, TextId::T54, Style::Warning)?;
        let giver = offers::name(desk, transfer.giver.as_str())?;
        if let Some(receiver) = desk.person(&transfer.receiver)? {
            let reader = desk.reader(&receiver, Some(&case.contact.line));
            let said = reader.voice.say(TextId::T54b, &[("client", &case.contact.name), ("giver", &giver)]);
            tell(desk, case, &receiver, desk.notice(&receiver, Some((&case.contact, Some(&case.thread))), Style::Default, said))?;
        }
        return Ok(());
    }
    // A giver who has gone has been told of that.
    if desk.tx.participants(case.thread.id)?.contains(&transfer.giver) {
        tell_giver(desk, case, transfer, TextId::T54c, Style::Warning)?;
    }
    Ok(())
}

fn tell_giver(desk: &Desk<'_>, case: &Case, transfer: &Transfer, text: TextId, style: Style) -> Result<()> {
    let Some(giver) = desk.person(&transfer.giver)? else { return Ok(()) };
    let receiver = offers::name(desk, transfer.receiver.as_str())?;
    let reader = desk.reader(&giver, Some(&case.contact.line));
    let said = reader.voice.say(text, &[("client", &case.contact.name), ("receiver", &receiver)]);
    desk.post(Some(case.thread.id), &giver, desk.notice(&giver, Some((&case.contact, Some(&case.thread))), style, said), None)
}

/// What time alone makes due.
pub fn expire(desk: &Desk<'_>) -> Result<()> {
    desk.tx.transfers_due(desk.now, BATCH)?.iter().try_for_each(|transfer| end_if_over(desk, transfer))
}

/// Another directory is in force: who is not enabled any more neither gives nor takes.
pub fn on_directory(desk: &Desk<'_>) -> Result<()> {
    desk.tx.open_transfers()?.iter().try_for_each(|transfer| end_if_over(desk, transfer))
}

fn end_if_over(desk: &Desk<'_>, transfer: &Transfer) -> Result<()> {
    let Some(case) = desk.case(transfer.thread)? else { return Ok(()) };
    match offers::standing(desk, &case, transfer)?.over(desk.now) {
        Some(over) => end(desk, &case, transfer, over),
        None => Ok(()),
    }
}

/// A supervisor gives a client to a colleague without asking them (absence, leavers).
pub fn give(desk: &Desk<'_>, giving: &Giving<'_>, terms: &Terms) -> Result<std::result::Result<(), NotOffered>> {
    let (case, Some(receiver)) = (giving.case, &giving.receiver.person) else { return Ok(Err(NotOffered::Unreachable)) };
    if let Err(refused) = giving.allowed(desk, true)? {
        return Ok(Err(refused));
    }
    if receiver.id() != giving.by.id() {
        let reader = desk.reader(receiver, Some(&case.contact.line));
        let view = Receipt {
            head: Some(desk.head(&case.contact, Some(&case.thread))),
            what: reader.voice.say(TextId::T53c, &[("giver", &giving.by.name), ("client", &case.contact.name)]),
            who: giving.by.name.clone(),
            at: desk.now,
            text: Some(terms.note.clone()),
        };
        tell(desk, case, receiver, cards::receipt(&reader, &view))?;
    }
    let handover = Handover { givers: giving.givers.clone(), receiver, by: giving.by.id().as_str(), terms, in_bulk: false };
    hand_over(desk, case, &handover).map(Ok)
}

/// To somebody who may take no part, where they can be reached.
fn tell(desk: &Desk<'_>, case: &Case, person: &Person, post: Post) -> Result<()> {
    let place = mates::reach(desk, case.thread.id, person)?.unwrap_or_else(|| Place::Own(person.id().clone()));
    let envelope = Envelope::Post { post, thread: None, message: None, repeated: false };
    desk.tx.enqueue_post(Some(case.thread.id), &place, &envelope, desk.now).map(drop)
}

/// A client goes to another.
pub struct Handover<'a> {
    /// Whose place the receiver takes. The receiver among them stays.
    pub givers: Vec<ColleagueId>,
    pub receiver: &'a Person,
    /// Who brings it about, for the journal: a colleague, or who works at the command line.
    pub by: &'a str,
    pub terms: &'a Terms,
    /// One of many: givers and receiver are told of all at once, by the caller.
    pub in_bulk: bool,
}

/// The client goes to the receiver: what they see, what becomes of held messages, who goes, and who is told.
pub fn hand_over(desk: &Desk<'_>, case: &Case, handover: &Handover<'_>) -> Result<()> {
    let &Handover { receiver, by, terms, in_bulk, .. } = handover;
    let thread = case.thread.id;
    offers::supersede(desk, thread, by)?;
    let participants = desk.tx.participants(thread)?;
    let givers: Vec<&ColleagueId> = handover.givers.iter().filter(|id| *id != receiver.id() && participants.contains(id)).collect();
    let from = participation::visible_from(desk, thread, terms.history)?;
    let before = desk.tx.participation(thread, receiver.id())?.filter(|part| part.left_at.is_none());

    let came = Came { by, how: "transferred", visible_from: from, cover_for: None };
    match &before {
        Some(part) if from < part.visible_from => participation::show_more(desk, case, receiver.id(), from, by)?,
        Some(_) => {}
        None if in_bulk => participation::join_quietly(desk, case, receiver.id(), &came).map(drop)?,
        None => participation::join(desk, case, receiver.id(), &came).map(drop)?,
    }
    for giver in &givers {
        leftovers::settle(desk, case, giver, terms.held, Some(receiver), by)?;
        if !terms.stays {
            participation::leave(desk, case, giver, Left::Transferred, by)?;
            // What they type next was perhaps meant for the client who has just gone.
            desk.tx.lose_focus(giver, thread)?;
        }
    }
    let body = json!({
        "contact": case.contact.id, "from": givers, "to": receiver.id(), "history": terms.history, "visible_from": from,
        "stays": terms.stays, "held": terms.held,
    });
    desk.journal("thread.transferred", by, Some(thread), None, &body)?;

    notices::tell_client(desk, case, TextId::K52, &[("receiver", &receiver.name)])?;
    tell_others(desk, case, receiver, &givers, in_bulk)?;
    if !in_bulk && before.is_none() {
        shown(desk, case, receiver, from)?;
    }
    desk.tx.refresh_cards(thread, desk.now)
}

/// What was written before, in the receiver's own chat; in a shared home it stands already.
fn shown(desk: &Desk<'_>, case: &Case, receiver: &Person, from: MessageId) -> Result<()> {
    if desk.audience(case.thread.id)?.contains(&Place::Own(receiver.id().clone())) {
        past::show(desk, case, receiver, from)?;
        // Whoever is about to write to another client now sees this one's words: in doubt they are asked.
        desk.tx.disturb_focus(receiver.id(), case.thread.id)?;
    }
    Ok(())
}

/// T-53, to all whom it concerns but the receiver.
fn tell_others(desk: &Desk<'_>, case: &Case, receiver: &Person, givers: &[&ColleagueId], in_bulk: bool) -> Result<()> {
    let (thread, contact): (ThreadId, _) = (case.thread.id, &case.contact);
    let head = desk.head(contact, Some(&case.thread));
    let said = |reader: &cards::Reader<'_>| {
        let text = reader.voice.say(TextId::T53, &[("client", &contact.name), ("receiver", &receiver.name)]);
        cards::notice(reader, &Notice { head: Some(head.clone()), text, style: Style::Good, ..Notice::default() })
    };
    let mut told = Vec::new();
    for listener in desk.listeners(thread)? {
        let one_of_many = |id: &ColleagueId| in_bulk && givers.contains(&id);
        match &listener.place {
            Place::Own(id) if id == receiver.id() || one_of_many(id) => {}
            place => desk.post_to(Some(thread), place, said(&desk.reader_for(&listener, Some(&contact.line))), None)?,
        }
        told.push(listener.place);
    }
    // Who has gone and does not read it with the others.
    let members = match desk.tx.home(thread)?.filter(|_| told.contains(&Place::Home)) {
        Some(home) => desk.tx.members(&home.base)?,
        None => Vec::new(),
    };
    for id in givers.iter().filter(|id| !in_bulk && !members.contains(id) && !told.contains(&Place::Own((**id).clone()))) {
        if let Some(giver) = desk.person(id)? {
            leftovers::tell_gone(desk, case, &giver, said(&desk.reader(&giver, Some(&contact.line))))?;
        }
    }
    Ok(())
}
