//! A client may have asked to stop in their own words: who is asked to decide, what is decided, and the supervisors' reminders.

use super::desk::{Case, Desk, Person, SERVER};
use super::render;
use crate::bridge::{
    ActivityId, ColleagueId, ConsentState, Meaning, MessageId, Place, Post, RevocationId, RevocationOutcome, Role, Time, Urgency,
    needs_decision, revocation_limits,
};
use crate::cards::{self, PerhapsStop, Receipt};
use crate::markup;
use crate::store::{Contact, Envelope, Result, Revocation};
use crate::texts::sentences;
use chrono::Duration;
use serde_json::json;

/// Supervisors who could not be told, because none has a chat with the app, are looked for again after this time.
const TELL_AGAIN: Duration = Duration::minutes(10);
/// Told in one round.
const BATCH: u32 = 100;

/// A client's message, after it was shown. `before`: their consent when they wrote it; `at`: when.
pub fn on_message(desk: &Desk<'_>, case: &Case, message: MessageId, meaning: Meaning, before: ConsentState, at: Time) -> Result<()> {
    if meaning != Meaning::PerhapsStop || !needs_decision(before) {
        return Ok(());
    }
    let (thread, contact) = (case.thread.id, &case.contact);
    if let Some(open) = desk.tx.open_revocation(contact.id)? {
        desk.tx.repeat_revocation(open.id, message)?;
        desk.journal(
            "revocation.repeated",
            "client",
            Some(thread),
            Some(message),
            &json!({ "contact": contact.id, "revocation": open.id }),
        )?;
        return update_cards(desk, &open);
    }
    let limits = revocation_limits(at, &desk.office.directory.organization.time_zone);
    let id = desk.tx.insert_revocation(contact.id, thread, message, limits, desk.now)?;
    let body =
        json!({ "contact": contact.id, "revocation": id, "consent": before, "remind_at": limits.remind_at, "due_at": limits.due_at });
    desk.journal("revocation.suspected", "client", Some(thread), Some(message), &body)?;
    if let Some(revocation) = desk.tx.revocation(id)? {
        give(desk, &revocation, contact)?;
    }
    Ok(())
}

/// The client stopped in a way that needs no decision, or their consent ended otherwise: nothing is left to decide.
pub fn settle(desk: &Desk<'_>, contact: &Contact, by: &str, message: Option<MessageId>) -> Result<()> {
    let Some(open) = desk.tx.open_revocation(contact.id)? else { return Ok(()) };
    if desk.tx.decide_revocation(open.id, RevocationOutcome::Stopped, by, desk.now)? {
        let body = json!({ "contact": contact.id, "revocation": open.id, "outcome": RevocationOutcome::Stopped });
        desk.journal("revocation.settled", by, Some(open.thread), message, &body)?;
        update_cards(desk, &open)?;
    }
    Ok(())
}

/// Two contacts turned out to be one client: an open question goes on with `kept`, which it keeps from being written to. Where both
/// have one, each is decided by itself.
pub fn follow(desk: &Desk<'_>, gone: &Contact, kept: &Contact) -> Result<()> {
    let (Some(open), None) = (desk.tx.open_revocation(gone.id)?, desk.tx.open_revocation(kept.id)?) else { return Ok(()) };
    let Some(old) = desk.tx.thread(open.thread)? else { return Ok(()) };
    let thread = desk.tx.open_thread(&kept.line, &old.number, kept.id, desk.now)?;
    desk.tx.move_revocation(open.id, kept.id, thread.id)?;
    let body = json!({ "contact": kept.id, "revocation": open.id, "from": gone.id });
    desk.journal("revocation.moved", SERVER, Some(thread.id), Some(open.message), &body)?;
    match desk.tx.revocation(open.id)? {
        Some(moved) => give(desk, &moved, kept),
        None => Ok(()),
    }
}

/// Who is asked: the participants; where there are none, the line's supervisors; where there are none either, everybody of the
/// line. Only who is enabled now, and of the supervisors and the others only who has the app.
fn deciders(desk: &Desk<'_>, contact: &Contact) -> Result<Vec<Person>> {
    let owners = desk.tx.owners(contact.id)?;
    let mut found = Vec::new();
    for id in owners {
        found.extend(desk.person(&id)?.filter(|person| of_line(desk, person, contact)));
    }
    if found.is_empty() {
        found = supervisors(desk, contact)?;
    }
    if found.is_empty() {
        found = everybody(desk, contact)?;
    }
    Ok(found)
}

fn everybody(desk: &Desk<'_>, contact: &Contact) -> Result<Vec<Person>> {
    let mut found = Vec::new();
    for id in desk.tx.colleagues()? {
        found.extend(desk.person(&id)?.filter(|person| of_line(desk, person, contact)));
    }
    Ok(found)
}

fn supervisors(desk: &Desk<'_>, contact: &Contact) -> Result<Vec<Person>> {
    let mut found = everybody(desk, contact)?;
    found.retain(|person| is_supervisor(desk, person));
    Ok(found)
}

fn of_line(desk: &Desk<'_>, person: &Person, contact: &Contact) -> bool {
    desk.office.lines_of(&person.known).iter().any(|line| line.id == contact.line)
}

fn is_supervisor(desk: &Desk<'_>, person: &Person) -> bool {
    desk.office.entry(&person.known).is_some_and(|entry| entry.roles.contains(&Role::Supervisor))
}

/// Whether a colleague may decide about this client: who is asked, and the line's supervisors.
pub fn may_decide(desk: &Desk<'_>, person: &Person, contact: &Contact) -> Result<bool> {
    let supervises = of_line(desk, person, contact) && is_supervisor(desk, person);
    Ok(supervises || deciders(desk, contact)?.iter().any(|decider| decider.id() == person.id()))
}

/// Gives the card to everybody who is to decide and has none.
fn give(desk: &Desk<'_>, revocation: &Revocation, contact: &Contact) -> Result<()> {
    for person in deciders(desk, contact)? {
        give_card(desk, revocation, &person, Urgency::New)?;
    }
    for thread in desk.tx.threads_with(contact.id)? {
        desk.tx.refresh_cards(thread.id, desk.now)?;
    }
    Ok(())
}

fn give_card(desk: &Desk<'_>, revocation: &Revocation, person: &Person, urgency: Urgency) -> Result<()> {
    if desk.tx.give_revocation_card(revocation.id, person.id(), urgency)? {
        send_card(desk, revocation, person.id(), urgency)?;
    }
    Ok(())
}

/// One way for the first post and for every change: the lane keeps their order, and each shows how it stands when it is sent.
fn send_card(desk: &Desk<'_>, revocation: &Revocation, colleague: &ColleagueId, urgency: Urgency) -> Result<()> {
    let envelope = Envelope::Revocation { revocation: revocation.id, urgency };
    desk.tx.enqueue_post(Some(revocation.thread), &Place::Own(colleague.clone()), &envelope, desk.now).map(drop)
}

/// Every card about it shows how it stands now, and so do the thread cards.
pub fn update_cards(desk: &Desk<'_>, revocation: &Revocation) -> Result<()> {
    for card in desk.tx.revocation_cards(revocation.id)? {
        send_card(desk, revocation, &card.colleague, card.urgency)?;
    }
    for thread in desk.tx.threads_with(revocation.contact)? {
        desk.tx.refresh_cards(thread.id, desk.now)?;
    }
    Ok(())
}

/// A card at the moment it is sent: the activity to change, or `None` for a new post, and the post. What is open is shown to who
/// may decide it now, what was decided to who has the card.
pub fn card_now(desk: &Desk<'_>, person: &Person, id: RevocationId, urgency: Urgency) -> Result<Option<(Option<ActivityId>, Post)>> {
    let Some(revocation) = desk.tx.revocation(id)? else { return Ok(None) };
    let Some(case) = desk.case(revocation.thread)? else { return Ok(None) };
    let cards = desk.tx.revocation_cards(id)?;
    let activity = cards.into_iter().find(|card| card.colleague == *person.id() && card.urgency == urgency).and_then(|card| card.activity);
    let wanted = match revocation.decided {
        None => may_decide(desk, person, &case.contact)?,
        Some(_) => activity.is_some(),
    };
    Ok(if wanted { Some((activity, view(desk, person, &case, &revocation, urgency)?)) } else { None })
}

/// The card as it stands: the question, or the receipt of what was decided.
pub fn view(desk: &Desk<'_>, person: &Person, case: &Case, revocation: &Revocation, urgency: Urgency) -> Result<Post> {
    let reader = desk.reader(person, Some(&case.contact.line));
    let head = desk.head(&case.contact, Some(&case.thread));
    let words = |id: MessageId| -> Result<String> {
        let message = desk.tx.message(id)?;
        Ok(message.map(|message| render::message(desk, &message)).transpose()?.map(|text| markup::plain(&text)).unwrap_or_default())
    };
    let said = words(revocation.message)?;
    let Some(decided) = &revocation.decided else {
        let again = (revocation.messages > 1).then(|| words(revocation.last_message)).transpose()?;
        let at = desk.tx.message(revocation.message)?.map_or(desk.now, |message| message.created_at);
        let (id, messages, due) = (revocation.id, revocation.messages, revocation.due_at);
        return Ok(cards::revocation(&reader, &PerhapsStop { revocation: id, head, words: said, at, again, messages, due, urgency }));
    };
    let who = match decided.by.as_str() {
        "client" => case.contact.name.clone(),
        SERVER => String::new(),
        id => desk.person(&id.into())?.map_or_else(|| id.to_owned(), |person| person.name),
    };
    let what = sentences::revocation_decided(decided.outcome).to_owned();
    Ok(cards::receipt(&reader, &Receipt { head: Some(head), what, who, at: decided.at, text: Some(said) }))
}

/// What time alone makes due: cards for those who came later, and the supervisors' reminders.
pub fn remind(desk: &Desk<'_>) -> Result<()> {
    for revocation in desk.tx.revocations_not_given()? {
        if let Some(contact) = desk.tx.contact(revocation.contact)? {
            for person in deciders(desk, &contact)? {
                let known = desk.tx.revocation_cards(revocation.id)?.iter().any(|card| card.colleague == *person.id());
                if !known {
                    give_card(desk, &revocation, &person, Urgency::New)?;
                }
            }
        }
    }
    for revocation in desk.tx.revocations_to_tell(desk.now, BATCH)? {
        let Some(contact) = desk.tx.contact(revocation.contact)? else { continue };
        if !needs_decision(contact.consent.state(desk.now)) {
            settle(desk, &contact, SERVER, None)?;
            continue;
        }
        tell_supervisors(desk, &revocation, &contact)?;
    }
    Ok(())
}

/// Once for each limit; one that passed while nobody could be told is made up for by the later one.
fn tell_supervisors(desk: &Desk<'_>, revocation: &Revocation, contact: &Contact) -> Result<()> {
    let urgency = if desk.now >= revocation.due_at { Urgency::Overdue } else { Urgency::Reminder };
    let told = supervisors(desk, contact)?;
    if told.is_empty() {
        tracing::warn!(line = %contact.line, revocation = %revocation.id, ?urgency, "no supervisor of the line has the app; looking again");
        return desk.tx.revocation_told(revocation.id, revocation.urgency, Some(desk.now + TELL_AGAIN));
    }
    for person in &told {
        give_card(desk, revocation, person, urgency)?;
    }
    let next = (urgency < Urgency::Overdue).then_some(revocation.due_at);
    desk.tx.revocation_told(revocation.id, urgency, next)?;
    let to: Vec<&str> = told.iter().map(|person| person.id().0.as_str()).collect();
    let body = json!({ "contact": contact.id, "revocation": revocation.id, "urgency": urgency, "due_at": revocation.due_at, "to": to });
    desk.journal("revocation.escalated", SERVER, Some(revocation.thread), Some(revocation.message), &body)
}
