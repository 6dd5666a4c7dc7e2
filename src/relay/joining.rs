//! A colleague asks to join those who talk with a client (product.md 6): who is asked, who answers, and what becomes of it.
//!
//! Every answer is one transaction, in which the rules are asked again: of two answers at once, or an answer and the end of the time,
//! one counts and the other sees what was decided.

use super::comings::{self, Coming};
use super::desk::{Case, Desk, Listener, Person, SERVER};
use super::{leftovers, mates, offers, participation, past, staff, standing, tell};
use crate::bridge::{
    Absences, Answering, AskedBefore, Asking, HistoryChoice, JOIN_AGAIN_AFTER, JoiningId, JoiningOutcome, MayNotAsk, Place, Policy, Post,
    WhomToAsk, joining_limits, may_answer, may_ask,
};
use crate::cards::submit::Action;
use crate::cards::{self, AskedToJoin, Notice, Reader, Receipt, RefusedAnswer, Style};
use crate::store::{Contact, Joining, Result, StoreError, Subject};
use crate::texts::{joining as words, labels, when};
use serde_json::json;

/// What came of a wish to join.
pub enum Wished {
    Asked(Box<Case>, Joining),
    Not(MayNotAsk),
    /// Nobody who could answer can be told.
    NobodyToAsk,
}

/// Asks those who talk with a client, or the administrators. `asker` learns of the answer in their own chat.
pub fn ask(desk: &Desk<'_>, asker: &Person, contact: &Contact, whom: WhomToAsk) -> Result<Wished> {
    let case = desk.tx.active_thread(contact.id)?.map(|thread| desk.case(thread)).transpose()?.flatten();
    let last = || case.as_ref().map(|case| desk.tx.last_joining(case.thread.id, asker.id(), whom)).transpose().map(Option::flatten);
    // What has run out in the meantime does not stand in the way.
    if let (Some(case), Some(open)) = (&case, last()?.filter(|last| last.decided.is_none())) {
        end_if_over(desk, case, &open)?;
    }
    let before = last()?;
    let asking = Asking {
        enabled: desk.is_of_line(asker, &contact.line),
        takes_part: desk.tx.owners(contact.id)?.contains(asker.id()),
        owned: case.is_some(),
        before: before.map(|before| AskedBefore { due_at: before.due_at, decided: before.decided.map(|(outcome, _, at)| (outcome, at)) }),
    };
    if let Err(not) = may_ask(&asking, desk.now) {
        return Ok(Wished::Not(not));
    }
    let Some(case) = case else { return Ok(Wished::Not(MayNotAsk::NobodyOwns)) };
    if whom == WhomToAsk::Administrators && asked_people(desk, &case, whom, asker)?.is_empty() {
        return Ok(Wished::NobodyToAsk);
    }
    let hours = desk.line(&contact.line).map_or_else(Policy::default, |line| line.policy.clone()).join_hours;
    let mut limits = joining_limits(whom, desk.now, hours);
    // Nobody who has the client is there to answer.
    let (all, owners) = (desk.tx.absences()?, desk.tx.participants(case.thread.id)?);
    if owners.iter().all(|owner| Absences { all: &all, now: desk.now }.is_away(owner)) {
        limits.escalate_at = None;
    }
    let id = desk.tx.insert_joining(case.thread.id, asker.id(), whom, limits, desk.now)?;
    let joining = desk.tx.joining(id)?.ok_or(StoreError::Panicked)?;
    let body = json!({ "contact": contact.id, "joining": id, "asked": whom, "due_at": limits.due_at });
    desk.journal("joining.asked", &asker.id().0, Some(case.thread.id), None, &body)?;
    give_cards(desk, &case, &joining)?;
    Ok(Wished::Asked(Box::new(case), joining))
}

/// Supervisors or administrators who are asked.
fn asked_people(desk: &Desk<'_>, case: &Case, whom: WhomToAsk, asker: &Person) -> Result<Vec<Person>> {
    let mut people = match whom {
        WhomToAsk::Owners => staff::supervisors(desk, &case.contact.line)?,
        WhomToAsk::Administrators => staff::administrators(desk)?,
    };
    people.retain(|person| person.id() != asker.id());
    Ok(people)
}

/// Whether the supervisors have been asked as well.
fn is_escalated(joining: &Joining) -> bool {
    joining.whom == WhomToAsk::Owners && joining.escalate_at.is_none()
}

/// Gives the question to everybody who is to answer and has it not.
fn give_cards(desk: &Desk<'_>, case: &Case, joining: &Joining) -> Result<()> {
    let mut places = match joining.whom {
        WhomToAsk::Owners => desk.audience(case.thread.id)?,
        WhomToAsk::Administrators => Vec::new(),
    };
    if (is_escalated(joining) || joining.whom == WhomToAsk::Administrators)
        && let Some(asker) = desk.person(&joining.asker)?
    {
        let people = asked_people(desk, case, joining.whom, &asker)?;
        places.extend(people.into_iter().map(|person| Place::Own(person.known.id)));
    }
    for place in places {
        standing::give(desk, Subject::Joining(joining.id), case.thread.id, &place)?;
    }
    Ok(())
}

/// What has become of an open question by itself.
fn over(desk: &Desk<'_>, case: &Case, joining: &Joining) -> Result<Option<JoiningOutcome>> {
    let participants = desk.tx.participants(case.thread.id)?;
    let enabled = desk.person(&joining.asker)?.is_some_and(|asker| desk.is_of_line(&asker, &case.contact.line));
    let settled = participants.is_empty() || participants.contains(&joining.asker) || !enabled || case.contact.merged_into.is_some();
    Ok(match settled {
        true => Some(JoiningOutcome::Settled),
        false => (desk.now >= joining.due_at).then_some(JoiningOutcome::Expired),
    })
}

/// Decides, once: the cards say so everywhere. False when it was decided already.
fn decide(desk: &Desk<'_>, joining: &Joining, outcome: JoiningOutcome, by: &str) -> Result<bool> {
    if !desk.tx.decide_joining(joining.id, outcome, by, desk.now)? {
        return Ok(false);
    }
    let body = json!({ "joining": joining.id, "asker": joining.asker, "outcome": outcome });
    desk.journal("joining.decided", by, Some(joining.thread), None, &body)?;
    standing::update(desk, Subject::Joining(joining.id), joining.thread)?;
    Ok(true)
}

/// True when it came to nothing by itself, which is told.
fn end_if_over(desk: &Desk<'_>, case: &Case, joining: &Joining) -> Result<bool> {
    let over = over(desk, case, joining)?;
    if let Some(outcome) = over {
        end(desk, case, joining, outcome)?;
    }
    Ok(over.is_some())
}

/// A question has come to nothing by itself; the asker is told where they do not know.
fn end(desk: &Desk<'_>, case: &Case, joining: &Joining, over: JoiningOutcome) -> Result<()> {
    if !decide(desk, joining, over, SERVER)? {
        return Ok(());
    }
    let Some(asker) = desk.person(&joining.asker)? else { return Ok(()) };
    let contact = case.contact.id;
    match over {
        JoiningOutcome::Expired => {
            let actions = tell::ways_to_join(contact).into();
            tell_asker(desk, case, &asker, words::expired(&case.contact.name), actions)
        }
        _ if desk.tx.participants(case.thread.id)?.is_empty() && desk.is_of_line(&asker, &case.contact.line) => {
            let actions = vec![(labels::MESSAGE_ON_WHATSAPP, Action::Start { contact })];
            tell_asker(desk, case, &asker, words::free(&case.contact.name), actions)
        }
        _ => Ok(()),
    }
}

fn tell_asker(desk: &Desk<'_>, case: &Case, asker: &Person, text: String, actions: Vec<(&'static str, Action)>) -> Result<()> {
    let head = Some(desk.head(&case.contact, Some(&case.thread)));
    let notice = Notice { head, text, style: Style::Warning, actions, ..Notice::default() };
    leftovers::tell_gone(desk, case, asker, cards::notice(&desk.reader(asker, Some(&case.contact.line)), &notice))
}

/// What came of an answer.
pub enum Answered {
    /// It is none of theirs.
    NotAsked,
    /// How it stands now, whoever decided it.
    Stands(Case, Joining),
    /// The asker cannot be reached any more: nothing was changed.
    Unreachable(Case, Joining),
}

/// A question that somebody may answer, open or not.
pub fn answerable(desk: &Desk<'_>, person: &Person, id: JoiningId) -> Result<Option<(Case, Joining)>> {
    let Some(joining) = desk.tx.joining(id)? else { return Ok(None) };
    let Some(case) = desk.case(joining.thread)? else { return Ok(None) };
    Ok(may_decide(desk, person, &case, &joining)?.then_some((case, joining)))
}

/// Somebody answers: with what the asker may see of the past, or no.
pub fn answer(desk: &Desk<'_>, person: &Person, id: JoiningId, lets_see: Option<HistoryChoice>) -> Result<Answered> {
    let Some((case, joining)) = answerable(desk, person, id)? else { return Ok(Answered::NotAsked) };
    if joining.decided.is_none()
        && !end_if_over(desk, &case, &joining)?
        && let Some(asker) = desk.person(&joining.asker)?
    {
        match lets_see {
            Some(_) if mates::reach(desk, case.thread.id, &asker)?.is_none() => return Ok(Answered::Unreachable(case, joining)),
            Some(history) => accept(desk, &case, &joining, person, &asker, history)?,
            None => decline(desk, &case, &joining, person, &asker)?,
        }
    }
    Ok(match desk.tx.joining(id)? {
        Some(joining) => Answered::Stands(case, joining),
        None => Answered::NotAsked,
    })
}

fn may_decide(desk: &Desk<'_>, person: &Person, case: &Case, joining: &Joining) -> Result<bool> {
    let line = &case.contact.line;
    let who = Answering {
        is_asker: *person.id() == joining.asker,
        takes_part: desk.is_of_line(person, line) && desk.tx.participants(case.thread.id)?.contains(person.id()),
        supervises: desk.supervises(person, line),
        administers: staff::administers(desk, person),
        escalated: is_escalated(joining),
    };
    Ok(may_answer(joining.whom, who))
}

fn accept(desk: &Desk<'_>, case: &Case, joining: &Joining, by: &Person, asker: &Person, history: HistoryChoice) -> Result<()> {
    if !decide(desk, joining, JoiningOutcome::Accepted, &by.id().0)? {
        return Ok(());
    }
    let from = participation::visible_from(desk, case.thread.id, history)?;
    let joined = comings::add(desk, case, asker, &Coming { by, how: "asked", history })?;
    if joined && desk.audience(case.thread.id)?.contains(&Place::Own(asker.id().clone())) {
        past::show(desk, case, asker, from)?;
        // Whoever is about to write to another client now sees this one's words: in doubt they are asked.
        desk.tx.disturb_focus(asker.id(), case.thread.id)?;
    }
    Ok(())
}

fn decline(desk: &Desk<'_>, case: &Case, joining: &Joining, by: &Person, asker: &Person) -> Result<()> {
    if decide(desk, joining, JoiningOutcome::Declined, &by.id().0)? {
        let next = when(desk.now + JOIN_AGAIN_AFTER, desk.reader(asker, None).zone, desk.now);
        tell_asker(desk, case, asker, words::declined(&by.name, &case.contact.name, &next), Vec::new())?;
    }
    Ok(())
}

/// What time alone makes due, and cards for those who came later.
pub fn look(desk: &Desk<'_>) -> Result<()> {
    for joining in desk.tx.open_joinings()? {
        let Some(case) = desk.case(joining.thread)? else { continue };
        if end_if_over(desk, &case, &joining)? {
            continue;
        }
        if joining.escalate_at.is_some_and(|at| at <= desk.now) {
            desk.tx.joining_escalated(joining.id)?;
            desk.journal("joining.escalated", SERVER, Some(joining.thread), None, &json!({ "joining": joining.id }))?;
        }
        if let Some(joining) = desk.tx.joining(joining.id)? {
            give_cards(desk, &case, &joining)?;
        }
    }
    Ok(())
}

/// The question as it stands for who reads it. What was decided is shown only to who has the card.
pub fn card(desk: &Desk<'_>, listener: &Listener, id: JoiningId, has_it: bool) -> Result<Option<Post>> {
    let Some(joining) = desk.tx.joining(id)? else { return Ok(None) };
    let Some(case) = desk.case(joining.thread)? else { return Ok(None) };
    if joining.decided.is_some() && !has_it {
        return Ok(None);
    }
    view(desk, &desk.reader_for(listener, Some(&case.contact.line)), &case, &joining, None).map(Some)
}

/// The question, or the receipt of what became of it. `refused`: what could not be taken of an answer.
pub fn view(desk: &Desk<'_>, reader: &Reader<'_>, case: &Case, joining: &Joining, refused: Option<RefusedAnswer>) -> Result<Post> {
    let head = desk.head(&case.contact, Some(&case.thread));
    let asker = offers::name(desk, joining.asker.as_str())?;
    if let Some((outcome, by, at)) = &joining.decided {
        let what = words::decided(&asker, *outcome);
        return Ok(cards::receipt(reader, &Receipt { head: Some(head), what, who: offers::name(desk, by)?, at: *at, text: None }));
    }
    let owners = participation::names(desk, case)?;
    let (whom, due) = (joining.whom, joining.due_at);
    Ok(cards::joining(reader, &AskedToJoin { joining: joining.id, head, asker, owners, whom, due, refused }))
}
