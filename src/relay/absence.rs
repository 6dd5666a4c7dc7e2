//! Colleagues who are away (product.md 6): who stands in joins a conversation when its client writes, and leaves it when they are back.

use super::desk::{Case, Desk, Person, SERVER};
use super::participation::{self, Came};
use super::{goings, leftovers, notices, offers, unowned};
use crate::bridge::{Absence, Absences, ColleagueId, IntakeOutcome, MessageId, Receiver, Seated, ThreadId, held, uncovered};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, Reader, Receipt, Style};
use crate::store::{Left, Result};
use crate::texts::{TextId, absence as words, labels, when};
use serde_json::json;

/// Absences that end in one round of housekeeping.
const BATCH: u32 = 100;

/// The colleague is away from now on. Who is to stand in is told, and they themselves where somebody else said it.
pub fn begin(desk: &Desk<'_>, colleague: &Person, by: &Person, absence: &Absence) -> Result<()> {
    desk.tx.save_absence(absence)?;
    let body = json!({ "colleague": colleague.id(), "until": absence.until, "cover": absence.cover, "note": absence.note });
    desk.journal("absence.began", &by.id().0, None, None, &body)?;
    refresh_cards(desk, colleague.id())?;
    let until = |reader: &Reader<'_>| when(absence.until, reader.zone, desk.now);
    if let Some(cover) = absence.cover.as_ref().map(|id| desk.person(id)).transpose()?.flatten() {
        let reader = desk.reader(&cover, None);
        let view = Receipt {
            head: None,
            what: words::you_stand_in(&colleague.name, &until(&reader)),
            who: by.name.clone(),
            at: desk.now,
            text: Some(absence.note.clone()),
        };
        desk.post(None, &cover, cards::receipt(&reader, &view), None)?;
    }
    if by.id() != colleague.id() {
        let reader = desk.reader(colleague, None);
        let text = words::set_away_by(&by.name, &until(&reader));
        let actions = vec![(words::BE_BACK, Action::Back { who: String::new() })];
        let notice = Notice { text, style: Style::Warning, actions, ..Notice::default() };
        desk.post(None, colleague, cards::notice(&reader, &notice), None)?;
    }
    Ok(())
}

/// A client wrote: who stands in for those who are away joins. The colleague for whom nobody does, where that leaves nobody to answer.
pub fn on_message(desk: &Desk<'_>, case: &Case) -> Result<Option<ColleagueId>> {
    let all = desk.tx.absences()?;
    if all.is_empty() {
        return Ok(None);
    }
    let absences = Absences { all: &all, now: desk.now };
    let seats = seats(desk, case)?;
    let may_cover = |id: &ColleagueId| -> bool {
        // A cover whom nobody knows any more is none.
        desk.person(id).ok().flatten().is_some_and(|person| participation::can_follow(desk, case, &person).unwrap_or(false))
    };
    let mut alone = None;
    for colleague in uncovered(&seats, absences) {
        match absences.receiver(colleague, may_cover) {
            Receiver::Cover(cover) => {
                if let Some(cover) = desk.person(&cover)? {
                    stand_in(desk, case, &cover, colleague, SERVER)?;
                }
            }
            Receiver::Nobody => alone = alone.or(Some(colleague)),
            Receiver::Themselves => {}
        }
    }
    let present = desk.tx.participants(case.thread.id)?.iter().any(|id| !absences.is_away(id));
    Ok(alone.filter(|_| !present).cloned())
}

fn seats(desk: &Desk<'_>, case: &Case) -> Result<Vec<Seated>> {
    let parts = desk.tx.participations(case.thread.id)?.into_iter().filter(|part| part.left_at.is_none());
    Ok(parts.map(|part| Seated { colleague: part.colleague, cover_for: part.cover_for }).collect())
}

/// For whom somebody may take a client who is offered because their colleagues are away.
pub fn waits_for_cover(desk: &Desk<'_>, thread: ThreadId) -> Result<Option<ColleagueId>> {
    let wanted = desk.tx.open_intake(thread)?.and_then(|open| open.cover_for);
    let Some(away) = wanted else { return Ok(None) };
    Ok(desk.tx.participants(thread)?.contains(&away).then_some(away))
}

/// Somebody takes part for a colleague who is away, and everybody hears of it; false when they take part already.
pub fn stand_in(desk: &Desk<'_>, case: &Case, cover: &Person, away: &ColleagueId, by: &str) -> Result<bool> {
    let came = Came { by, how: "covers", visible_from: MessageId(0), cover_for: Some(away) };
    if !participation::join(desk, case, cover.id(), &came)? {
        return Ok(false);
    }
    let (thread, client, name) = (case.thread.id, &case.contact.name, offers::name(desk, away.as_str())?);
    goings::tell_others(desk, case, cover, &[cover.id()], Style::Default, |_| words::stands_in(&cover.name, &name, client))?;
    let notice = Notice {
        head: Some(desk.head(&case.contact, Some(&case.thread))),
        text: words::you_joined(&name, client),
        actions: vec![(words::STAY, Action::Stay { thread }), (labels::HISTORY, Action::OpenHistory { thread, before: None })],
        ..Notice::default()
    };
    let theirs = Person { seat: Default::default(), ..cover.clone() };
    desk.post(Some(thread), &theirs, cards::notice(&desk.reader(&theirs, Some(&case.contact.line)), &notice), None)?;
    notices::tell_client(desk, case, TextId::K33, &[("colleague", &cover.name)])?;
    Ok(true)
}

/// The colleague is back; false when they were not away. Who stood in for them leaves the conversations, with what they wrote and what
/// still waits left to them.
pub fn end(desk: &Desk<'_>, colleague: &ColleagueId, by: &str) -> Result<bool> {
    if !desk.tx.end_absence(colleague)? {
        return Ok(false);
    }
    desk.journal("absence.ended", by, None, None, &json!({ "colleague": colleague }))?;
    let mut stood_in: Vec<(String, Vec<String>)> = Vec::new();
    if let Some(person) = desk.person(colleague)? {
        for (thread, cover) in desk.tx.covers_for(colleague)? {
            let (Some(case), Some(cover)) = (desk.case(thread)?, desk.person(&cover)?) else { continue };
            // Who has the client for somebody who has gone meanwhile has them in their own right.
            if !desk.tx.participants(thread)?.contains(colleague) {
                desk.tx.stay(thread, cover.id())?;
                continue;
            }
            leave(desk, &case, &cover, &person, by)?;
            match stood_in.iter_mut().find(|(name, _)| *name == cover.name) {
                Some((_, clients)) => clients.push(case.contact.name),
                None => stood_in.push((cover.name, vec![case.contact.name])),
            }
        }
        for intake in desk.tx.open_intakes()?.into_iter().filter(|intake| intake.cover_for.as_ref() == Some(colleague)) {
            if let Some(case) = desk.case(intake.thread)? {
                unowned::settle(desk, &case, IntakeOutcome::Returned, colleague.as_str())?;
            }
        }
        unowned::on_duty_again(desk, &person)?;
        let notice = Notice { text: words::welcome_back(&stood_in), style: Style::Good, ..Notice::default() };
        desk.post(None, &person, cards::notice(&desk.reader(&person, None), &notice), None)?;
    }
    refresh_cards(desk, colleague).map(|()| true)
}

/// Who stood in leaves the client to who is back: K-31b, T-32.
fn leave(desk: &Desk<'_>, case: &Case, cover: &Person, back: &Person, by: &str) -> Result<()> {
    leftovers::settle(desk, case, cover.id(), held::Fate::HandOver, Some(back), by)?;
    if !participation::leave(desk, case, cover.id(), Left::Left, by)? {
        return Ok(());
    }
    // What they type next was perhaps meant for the client who has just gone.
    desk.tx.lose_focus(cover.id(), case.thread.id)?;
    let names = [("client", case.contact.name.as_str()), ("colleague", cover.name.as_str())];
    goings::tell_others(desk, case, back, &[cover.id()], Style::Default, |reader| reader.voice.say(TextId::T32, &names))?;
    let text = words::you_left(&back.name, &case.contact.name);
    let notice = desk.notice(cover, Some((&case.contact, Some(&case.thread))), Style::Default, text);
    leftovers::tell_gone(desk, case, cover, notice)?;
    let remaining = goings::remaining(desk, case, TextId::K31b)?;
    notices::tell_client(desk, case, TextId::K31b, &[("colleague", &cover.name), ("remaining", &remaining)])
}

/// Who stands in takes part in their own right from now on; false when they do not stand in here.
pub fn stay(desk: &Desk<'_>, case: &Case, cover: &Person) -> Result<bool> {
    if !desk.tx.stay(case.thread.id, cover.id())? {
        return Ok(false);
    }
    let body = json!({ "contact": case.contact.id, "colleague": cover.id() });
    desk.journal("participant.stays", &cover.id().0, Some(case.thread.id), None, &body)?;
    desk.tx.refresh_cards(case.thread.id, desk.now)?;
    Ok(true)
}

/// What time alone makes due.
pub fn look(desk: &Desk<'_>) -> Result<()> {
    for over in desk.tx.absences_over(desk.now, BATCH)? {
        end(desk, &over.colleague, SERVER)?;
    }
    Ok(())
}

fn refresh_cards(desk: &Desk<'_>, colleague: &ColleagueId) -> Result<()> {
    desk.tx.open_threads(colleague)?.iter().try_for_each(|thread| desk.tx.refresh_cards(thread.id, desk.now))
}
