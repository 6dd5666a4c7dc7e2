//! A client wrote whom nobody can answer: offered to the line's intake until the first colleague takes them (product.md 6). The cards
//! say how it stands everywhere, to those who come later too; supervisors hear of who waits for long.

use super::desk::{Case, Desk, Listener, Person, SERVER};
use super::{opening, render, staff, standing};
use crate::bridge::{self, Absences, ColleagueId, IntakeOutcome, IntakeTo, MessageId, OnDuty, Place, Policy, Post, Scope};
use crate::cards::{self, Notice, Receipt, Style};
use crate::markup;
use crate::store::{Intake, Result, Subject};
use crate::texts::{labels, sentences};
use chrono::Duration;
use serde_json::json;

/// Colleagues who could take a client since they were offered are looked for this often.
const LOOK_AGAIN: Duration = Duration::minutes(1);
/// Supervisors who could not be reminded, because none has a chat with the app, are looked for again after this time.
const REMIND_AGAIN: Duration = Duration::minutes(10);
/// A channel that cannot be reached is told to administrators at most this often.
const TELL_AGAIN: Duration = Duration::hours(24);
/// Looked at in one round.
const BATCH: u32 = 100;

/// The client wrote and nobody can answer: offered, or told on the cards that are there already. `cover_for`: the colleague who has the
/// client and is away.
pub fn on_message(desk: &Desk<'_>, case: &Case, message: MessageId, cover_for: Option<&ColleagueId>) -> Result<()> {
    let thread = case.thread.id;
    if let Some(open) = desk.tx.open_intake(thread)? {
        desk.tx.repeat_intake(open.id, message)?;
        return standing::update(desk, Subject::Intake(open.id), thread);
    }
    let minutes = desk.line(&case.contact.line).map_or_else(Policy::default, |line| line.policy.clone()).intake_reminder_minutes;
    let remind_at = bridge::remind_at(desk.now, minutes);
    let look_at = remind_at.min(desk.now + LOOK_AGAIN);
    let id = desk.tx.insert_intake(thread, message, cover_for, remind_at, look_at, desk.now)?;
    let Some(intake) = desk.tx.intake(id)? else { return Ok(()) };
    let to = offer(desk, case, &intake)?;
    let keys: Vec<&str> = to.iter().map(Place::key).collect();
    let body = json!({ "contact": case.contact.id, "intake": id, "cover_for": cover_for, "to": keys });
    desk.journal("intake.offered", SERVER, Some(thread), Some(message), &body)
}

/// Somebody takes part in the thread, or there is nothing to take any more: the cards say so.
pub fn settle(desk: &Desk<'_>, case: &Case, outcome: IntakeOutcome, by: &str) -> Result<()> {
    let Some(open) = desk.tx.open_intake(case.thread.id)? else { return Ok(()) };
    if desk.tx.decide_intake(open.id, outcome, by, desk.now)? {
        let body = json!({ "contact": case.contact.id, "intake": open.id, "outcome": outcome });
        desk.journal("intake.settled", by, Some(case.thread.id), None, &body)?;
        for subject in [Subject::Intake(open.id), Subject::IntakeReminder(open.id)] {
            standing::update(desk, subject, case.thread.id)?;
        }
    }
    Ok(())
}

/// What somebody can take who has just got the app, or is back.
pub fn on_duty_again(desk: &Desk<'_>, person: &Person) -> Result<()> {
    for intake in desk.tx.open_intakes()? {
        let Some(case) = desk.case(intake.thread)? else { continue };
        if desk.is_of_line(person, &case.contact.line) {
            offer(desk, &case, &intake)?;
        }
    }
    Ok(())
}

/// What time alone makes due: cards for those who came later, and the supervisors' reminder.
pub fn look(desk: &Desk<'_>) -> Result<()> {
    for intake in desk.tx.intakes_to_look_at(desk.now, BATCH)? {
        let Some(case) = desk.case(intake.thread)? else { continue };
        offer(desk, &case, &intake)?;
        let remind_at = match intake.remind_at {
            Some(at) if at <= desk.now => remind(desk, &case, &intake)?,
            at => at,
        };
        let look_at = remind_at.map_or(desk.now + LOOK_AGAIN, |at| at.min(desk.now + LOOK_AGAIN));
        desk.tx.intake_looked_at(intake.id, look_at, remind_at)?;
    }
    Ok(())
}

/// Tells the line's supervisors that nobody has taken the client. When to try again; `None`: they know.
fn remind(desk: &Desk<'_>, case: &Case, intake: &Intake) -> Result<Option<bridge::Time>> {
    let supervisors = staff::supervisors(desk, &case.contact.line)?;
    if supervisors.is_empty() {
        tracing::warn!(line = %case.contact.line, intake = %intake.id, "nobody has taken a client, and no supervisor of the line has the app");
        return Ok(Some(desk.now + REMIND_AGAIN));
    }
    let mut told = Vec::new();
    for person in &supervisors {
        standing::give(desk, Subject::IntakeReminder(intake.id), intake.thread, &Place::Own(person.id().clone()))?;
        told.push(person.id());
    }
    let body = json!({ "contact": case.contact.id, "intake": intake.id, "to": told });
    desk.journal("intake.escalated", SERVER, Some(intake.thread), Some(intake.message), &body)?;
    Ok(None)
}

/// Gives the card to every place that should have it. Returns them.
fn offer(desk: &Desk<'_>, case: &Case, intake: &Intake) -> Result<Vec<Place>> {
    let places = places(desk, case)?;
    for place in &places {
        standing::give(desk, Subject::Intake(intake.id), intake.thread, place)?;
    }
    Ok(places)
}

/// Where a client of this line is offered now.
fn places(desk: &Desk<'_>, case: &Case) -> Result<Vec<Place>> {
    // Where a thread has a shared home, its members have read the message there. In a channel the thread's own card offers the client.
    if let Some(home) = desk.tx.home(case.thread.id)? {
        let in_channel = desk.tx.conversation(&home.base)?.is_some_and(|known| known.scope == Scope::Channel);
        return Ok(if in_channel { Vec::new() } else { vec![Place::Home] });
    }
    if let Some(line) = desk.line(&case.contact.line).filter(|line| line.intake.to == IntakeTo::Channel) {
        match opening::channel(desk, line)? {
            Some(channel) => return Ok(vec![Place::Conversation(channel.reference.conversation)]),
            None => tell_unreachable(desk, case)?,
        }
    }
    on_duty(desk, case)
}

/// The own chats of those of the line who are there.
fn on_duty(desk: &Desk<'_>, case: &Case) -> Result<Vec<Place>> {
    let (all, line) = (desk.tx.absences()?, &case.contact.line);
    let absences = Absences { all: &all, now: desk.now };
    let participants = desk.tx.participants(case.thread.id)?;
    let mut colleagues = staff::colleagues(desk, line)?;
    // Who is away and has the client has read the message already.
    colleagues.retain(|person| !participants.contains(person.id()));
    let stand = |person: &Person| OnDuty { away: absences.is_away(person.id()), supervises: desk.supervises(person, line) };
    let staff: Vec<OnDuty> = colleagues.iter().map(stand).collect();
    Ok(bridge::on_duty(&staff).into_iter().map(|at| Place::Own(colleagues[at].id().clone())).collect())
}

/// The line's channel cannot be reached: its colleagues are offered the client instead, and administrators told.
fn tell_unreachable(desk: &Desk<'_>, case: &Case) -> Result<()> {
    let line = &case.contact.line;
    if !desk.tx.news_is_due(&format!("intake:{line}"), desk.now - TELL_AGAIN, desk.now)? {
        return Ok(());
    }
    tracing::warn!(%line, "the app is not in the line's channel; its clients are offered to its colleagues");
    let name = desk.head(&case.contact, None).line;
    let mut told = Vec::new();
    for person in staff::administrators(desk)? {
        let notice = Notice { text: sentences::intake_channel_unreachable(&name), style: Style::Warning, ..Notice::default() };
        desk.post(None, &person, cards::notice(&desk.reader(&person, None), &notice), None)?;
        told.push(person.known.id);
    }
    desk.journal(
        "news.told",
        SERVER,
        None,
        None,
        &json!({ "subject": "intake", "what": sentences::intake_channel_unreachable(&name), "to": told }),
    )
}

/// The card as it stands for who reads it. What was decided is shown only to who has the card.
pub fn card(desk: &Desk<'_>, listener: &Listener, subject: Subject, has_it: bool) -> Result<Option<Post>> {
    let (id, reminder) = match subject {
        Subject::Intake(id) => (id, false),
        Subject::IntakeReminder(id) => (id, true),
        Subject::Joining(_) | Subject::Transfer(..) | Subject::Parcel(_) => return Ok(None),
    };
    let Some(intake) = desk.tx.intake(id)? else { return Ok(None) };
    let Some(case) = desk.case(intake.thread)? else { return Ok(None) };
    let reader = desk.reader_for(listener, Some(&case.contact.line));
    let head = desk.head(&case.contact, Some(&case.thread));
    let Some((outcome, by, at)) = &intake.decided else {
        let Some(message) = desk.tx.message(intake.message)? else { return Ok(None) };
        let sight = desk.view_at(&listener.place, &case.thread, message.id)?;
        let text = markup::plain(&render::message_seen(desk, &message, &sight)?);
        let referral = desk.tx.referral(message.id)?;
        let view = cards::Intake {
            head,
            thread: intake.thread,
            phone: case.contact.number(),
            text: referral.iter().fold(text, |text, referral| format!("{text}\n{}", render::referral(referral))),
            at: message.created_at,
            messages: intake.messages,
            cover_for: name(desk, intake.cover_for.as_ref())?,
            waiting_since: reminder.then_some(intake.opened_at),
        };
        return Ok(Some(cards::intake(&reader, &view)));
    };
    if !has_it {
        return Ok(None);
    }
    let taken_by_reader = *outcome == IntakeOutcome::Taken && listener.person.as_ref().is_some_and(|person| person.id().0 == *by);
    let (what, who) = match outcome {
        IntakeOutcome::Taken if taken_by_reader => (sentences::TAKEN, name(desk, Some(&by.as_str().into()))?),
        IntakeOutcome::Taken => (sentences::TAKEN_BY_ANOTHER, name(desk, Some(&by.as_str().into()))?),
        IntakeOutcome::Stopped => (labels::WITHDRAWN_BY_OPT_OUT, Some(case.contact.name.clone())),
        IntakeOutcome::Returned => (sentences::NOTHING_TO_TAKE, name(desk, Some(&by.as_str().into()))?),
    };
    Ok(Some(cards::receipt(
        &reader,
        &Receipt { head: Some(head), what: what.to_owned(), who: who.unwrap_or_default(), at: *at, text: None },
    )))
}

/// A colleague's name. `None` for the server.
fn name(desk: &Desk<'_>, id: Option<&ColleagueId>) -> Result<Option<String>> {
    let Some(id) = id.filter(|id| id.as_str() != SERVER) else { return Ok(None) };
    Ok(Some(desk.person(id)?.map_or_else(|| id.0.clone(), |person| person.name)))
}
