//! Buttons about being away: the form, who stands in, and being back.

use super::allowed::with_case;
use crate::bridge::{ABSENCE_NOTE_LIMIT, Absence, Absences, ColleagueId, Post, ThreadId, UntilWrong, check_until};
use crate::cards::{self, AwayField, AwayForm, AwayInputs, ColleagueChoice, Notice, Receipt, Style};
use crate::relay::desk::{Desk, Person};
use crate::relay::mates::{self, Mate};
use crate::relay::{absence, offers};
use crate::store::Result;
use crate::texts::{absence as words, read_moment, typed_moment, when};
use chrono::Duration;

/// At which time of the next day a form proposes the return.
const BACK_AT: &str = "09:00";

/// The form, with what is known already.
pub fn form(desk: &Desk<'_>, person: &Person) -> Result<Post> {
    let reader = desk.reader(person, None);
    let (tomorrow, _) = day_and_time(&typed_moment(desk.now + Duration::days(1), reader.zone));
    let own = desk.tx.absence(person.id())?;
    let inputs = AwayInputs {
        who: AwayInputs::MYSELF.to_owned(),
        date: tomorrow,
        time: BACK_AT.to_owned(),
        cover: AwayInputs::ANYBODY.to_owned(),
        note: String::new(),
    };
    let inputs = own.map_or(inputs, |own| {
        let (date, time) = day_and_time(&typed_moment(own.until, reader.zone));
        let cover = own.cover.map_or_else(|| AwayInputs::ANYBODY.to_owned(), |id| id.0);
        AwayInputs { who: AwayInputs::MYSELF.to_owned(), date, time, cover, note: own.note }
    });
    asked(desk, person, inputs, Vec::new())
}

fn day_and_time(typed: &str) -> (String, String) {
    let (day, time) = typed.split_once(' ').unwrap_or((typed, ""));
    (day.to_owned(), time.to_owned())
}

fn asked(desk: &Desk<'_>, person: &Person, inputs: AwayInputs, errors: Vec<(AwayField, String)>) -> Result<Post> {
    let reader = desk.reader(person, None);
    let all = desk.tx.absences()?;
    let absences = Absences { all: &all, now: desk.now };
    let sentence = |absence: &Absence, name: &str| -> Result<String> {
        let cover = absence.cover.as_ref().map(|id| offers::name(desk, id.as_str())).transpose()?;
        Ok(words::is_away(name, &when(absence.until, reader.zone, desk.now), cover.as_deref()))
    };
    let own = match absences.of(person.id()) {
        Some(own) => {
            let cover = own.cover.as_ref().map(|id| offers::name(desk, id.as_str())).transpose()?;
            Some(words::you_are_away(&when(own.until, reader.zone, desk.now), cover.as_deref()))
        }
        None => None,
    };
    let others = mates::supervised(desk, person)?;
    let mut away = Vec::new();
    for mate in &others {
        if let Some(absence) = mate.person.as_ref().and_then(|other| absences.of(other.id())) {
            away.push(ColleagueChoice { id: mate.id.clone(), name: sentence(absence, &mate.name)? });
        }
    }
    let choice = |mate: Mate| ColleagueChoice { id: mate.id, name: mate.name };
    let covers = mates::of_lines_of(desk, person)?.into_iter().filter(|mate| can_stand_in(mate) && mate.id != person.id().as_str());
    let view = AwayForm {
        own,
        covers: covers.map(choice).collect(),
        colleagues: others.into_iter().filter(|mate| mate.person.is_some()).map(choice).collect(),
        away,
        today: day_and_time(&typed_moment(desk.now, reader.zone)).0,
        inputs,
        errors,
    };
    Ok(cards::away_form(&reader, &view))
}

fn can_stand_in(mate: &Mate) -> bool {
    mate.person.as_ref().is_some_and(|person| person.known.installed)
}

/// Whose absence is meant. `None`: of nobody whom this person may speak for.
fn meant(desk: &Desk<'_>, person: &Person, who: &str) -> Result<Option<Person>> {
    if matches!(who, "" | AwayInputs::MYSELF) || who.eq_ignore_ascii_case(person.id().as_str()) {
        return Ok(Some(person.clone()));
    }
    Ok(mates::supervised(desk, person)?.into_iter().find(|mate| mate.id.eq_ignore_ascii_case(who)).and_then(|mate| mate.person))
}

/// The form becomes the receipt, or says what is wrong with it.
pub fn set(desk: &Desk<'_>, person: &Person, inputs: &AwayInputs) -> Result<Post> {
    let (who, absence) = match read(desk, person, inputs)? {
        Ok(read) => read,
        Err(errors) => return asked(desk, person, inputs.clone(), errors),
    };
    absence::begin(desk, &who, person, &absence)?;
    let reader = desk.reader(person, None);
    let until = when(absence.until, reader.zone, desk.now);
    let cover = absence.cover.as_ref().map(|id| offers::name(desk, id.as_str())).transpose()?;
    let what = match who.id() == person.id() {
        true => words::you_are_away(&until, cover.as_deref()),
        false => words::is_away(&who.name, &until, cover.as_deref()),
    };
    let text = Some(absence.note).filter(|note| !note.is_empty());
    Ok(cards::receipt(&reader, &Receipt { head: None, what, who: person.name.clone(), at: desk.now, text }))
}

type Wrong = Vec<(AwayField, String)>;

fn read(desk: &Desk<'_>, person: &Person, inputs: &AwayInputs) -> Result<std::result::Result<(Person, Absence), Wrong>> {
    let mut errors = Vec::new();
    let chosen = inputs.who.trim();
    let who = if chosen.is_empty() { None } else { meant(desk, person, chosen)? };
    if who.is_none() {
        errors.push((AwayField::Who, if chosen.is_empty() { words::NOBODY_CHOSEN } else { words::NOT_YOURS }.to_owned()));
    }
    let zone = desk.reader(person, None).zone.to_owned();
    let until = read_moment(&format!("{} {}", inputs.date.trim(), inputs.time.trim()), &zone);
    match until.map(|until| check_until(until, desk.now)) {
        // One of the two was left empty, or is none.
        None if read_moment(&format!("{} 12:00", inputs.date.trim()), &zone).is_none() => {
            errors.push((AwayField::Date, words::DATE_WRONG.to_owned()));
        }
        None => errors.push((AwayField::Time, words::TIME_WRONG.to_owned())),
        Some(Err(UntilWrong::Passed)) => errors.push((AwayField::Date, words::UNTIL_PASSED.to_owned())),
        Some(Err(UntilWrong::TooLong)) => errors.push((AwayField::Date, words::UNTIL_TOO_LONG.to_owned())),
        Some(Ok(())) => {}
    }
    let cover = match (inputs.cover.trim(), &who) {
        ("" | AwayInputs::ANYBODY, _) | (_, None) => None,
        (chosen, Some(who)) => match cover(desk, who, chosen)? {
            Ok(cover) => Some(cover),
            Err(wrong) => {
                errors.push((AwayField::Cover, wrong));
                None
            }
        },
    };
    let note = inputs.note.trim();
    if note.chars().count() > ABSENCE_NOTE_LIMIT {
        errors.push((AwayField::Note, words::NOTE_TOO_LONG.to_owned()));
    }
    Ok(match (who, until) {
        (Some(who), Some(until)) if errors.is_empty() => {
            let (colleague, set_by) = (who.id().clone(), person.id().clone());
            Ok((who, Absence { colleague, since: desk.now, until, cover, note: note.to_owned(), set_by }))
        }
        _ => Err(errors),
    })
}

/// Somebody who can stand in: of one of the lines, and with the app.
fn cover(desk: &Desk<'_>, who: &Person, chosen: &str) -> Result<std::result::Result<ColleagueId, String>> {
    if chosen.eq_ignore_ascii_case(who.id().as_str()) {
        return Ok(Err(words::themselves(&who.name)));
    }
    let mates = mates::of_lines_of(desk, who)?;
    let Some(mate) = mates.into_iter().find(|mate| mate.id.eq_ignore_ascii_case(chosen)) else {
        return Ok(Err(words::not_enabled(&offers::name(desk, chosen)?)));
    };
    Ok(match mate.person.as_ref().filter(|_| can_stand_in(&mate)) {
        Some(person) => Ok(person.id().clone()),
        None => Err(words::unreachable(&mate.name)),
    })
}

/// *I am back*, and a supervisor's *Is back*.
pub fn back(desk: &Desk<'_>, person: &Person, who: &str) -> Result<Post> {
    let reader = desk.reader(person, None);
    let say = |text: String, style| Ok(cards::notice(&reader, &Notice { text, style, ..Notice::default() }));
    let Some(meant) = meant(desk, person, who.trim())? else { return say(words::NOT_YOURS.to_owned(), Style::Warning) };
    let own = meant.id() == person.id();
    if !absence::end(desk, meant.id(), person.id().as_str())? {
        let text = if own { words::NOT_AWAY.to_owned() } else { words::was_not_away(&meant.name) };
        return say(text, Style::Default);
    }
    let what = words::is_back(&meant.name);
    Ok(cards::receipt(&reader, &Receipt { head: None, what, who: person.name.clone(), at: desk.now, text: None }))
}

/// *Stay*: who stands in does not leave when the other is back.
pub fn stay(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<Post> {
    with_case(desk, person, thread, |case| {
        if absence::stay(desk, case, person)? {
            return Ok(desk.receipt(person, &case.contact, Some(&case.thread), words::STAYS, None));
        }
        let about = Some((&case.contact, Some(&case.thread)));
        Ok(desk.notice(person, about, Style::Default, words::STANDS_IN_NO_MORE.to_owned()))
    })
}
