//! Somebody leaves a conversation, is removed, or the conversation is ended: what becomes of what they wrote, and who is told what
//! (product.md 6 and 10).

use super::desk::{Case, Desk, Person, Seat};
use super::{leftovers, notices, participation};
use crate::bridge::{ColleagueId, Place, Post, held};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, Reader, Style};
use crate::store::{Left, Result};
use crate::texts::{self, TextId, participants as words};

/// A colleague leaves others alone with the client. `held_to`: who goes on with what they have written and what still waits; `None`: it is
/// withdrawn, and they have it back. That somebody is left is the caller's to check.
pub fn leave(desk: &Desk<'_>, case: &Case, person: &Person, held_to: Option<&Person>) -> Result<()> {
    let fate = if held_to.is_some() { held::Fate::HandOver } else { held::Fate::Withdraw };
    let handed = leftovers::settle(desk, case, person.id(), fate, held_to, person.id().as_str())?;
    participation::leave(desk, case, person.id(), Left::Left, person.id().as_str())?;
    let names = [("client", case.contact.name.as_str()), ("colleague", person.name.as_str())];
    tell_others(desk, case, person, &[person.id()], Style::Default, |reader| reader.voice.say(TextId::T32, &names))?;
    if let Some(to) = held_to.filter(|_| handed > 0) {
        let said = desk.notice(to, Some((&case.contact, Some(&case.thread))), Style::Default, words::held_are_yours(handed));
        desk.post(Some(case.thread.id), to, said, None)?;
    }
    let remaining = remaining(desk, case, TextId::K31b)?;
    notices::tell_client(desk, case, TextId::K31b, &[("colleague", &person.name), ("remaining", &remaining)])
}

/// A colleague is removed: what waits of theirs is withdrawn. False when they take no part, which changes nothing. That somebody is left is
/// the caller's to check.
pub fn remove(desk: &Desk<'_>, case: &Case, by: &Person, colleague: &Person) -> Result<bool> {
    leftovers::settle(desk, case, colleague.id(), held::Fate::Withdraw, None, by.id().as_str())?;
    if !participation::leave(desk, case, colleague.id(), Left::Removed, by.id().as_str())? {
        return Ok(false);
    }
    // What they type next was perhaps meant for the client who has just gone.
    desk.tx.lose_focus(colleague.id(), case.thread.id)?;
    let names = [("remover", by.name.as_str()), ("colleague", colleague.name.as_str()), ("client", case.contact.name.as_str())];
    tell_others(desk, case, by, &[by.id(), colleague.id()], Style::Default, |reader| reader.voice.say(TextId::T41, &names))?;
    let reader = desk.reader(colleague, Some(&case.contact.line));
    let said = reader.voice.say(TextId::T43, &names);
    let notice = desk.notice(colleague, Some((&case.contact, Some(&case.thread))), Style::Warning, said);
    leftovers::tell_gone(desk, case, colleague, notice)?;
    let remaining = remaining(desk, case, TextId::K42)?;
    notices::tell_client(desk, case, TextId::K42, &[("colleague", &colleague.name), ("remaining", &remaining)])?;
    Ok(true)
}

/// The conversation is ended: everybody goes, what waits is withdrawn, and the client is free for the line.
pub fn end(desk: &Desk<'_>, case: &Case, by: &Person) -> Result<()> {
    let listeners = desk.listeners(case.thread.id)?;
    for colleague in desk.tx.participants(case.thread.id)? {
        leftovers::settle(desk, case, &colleague, held::Fate::Withdraw, None, by.id().as_str())?;
        participation::leave(desk, case, &colleague, Left::Ended, by.id().as_str())?;
        if colleague != *by.id() {
            desk.tx.lose_focus(&colleague, case.thread.id)?;
        }
    }
    let names = [("client", case.contact.name.as_str()), ("colleague", by.name.as_str())];
    for listener in listeners {
        let reader = desk.reader_for(&listener, Some(&case.contact.line));
        let post = || notice(desk, case, &reader, Style::Default, reader.voice.say(TextId::T37, &names));
        match (&listener.place, &listener.person) {
            (Place::Own(id), _) if id == by.id() => {}
            (Place::Own(_), Some(person)) => leftovers::tell_gone(desk, case, person, post())?,
            (Place::Home, _) if acts_in_home(case, by) => {}
            (place, _) => desk.post_to(Some(case.thread.id), place, post(), None)?,
        }
    }
    notices::tell_client(desk, case, TextId::K36, &[])
}

/// What who goes by their own doing is told, with the way back: T-30 or T-36. Where others read it too, it is said of them (`others`: T-32
/// or T-37), and they are told in their own chat.
pub fn farewell(desk: &Desk<'_>, case: &Case, person: &Person, own: TextId, others: TextId) -> Result<Post> {
    let names = [("client", case.contact.name.as_str()), ("colleague", person.name.as_str())];
    let reader = desk.reader(person, Some(&case.contact.line));
    let view = Notice {
        head: Some(desk.head(&case.contact, Some(&case.thread))),
        text: reader.voice.say(own, &names),
        actions: vec![(words::START_AGAIN, Action::Start { contact: case.contact.id })],
        ..Notice::default()
    };
    let post = cards::notice(&reader, &view);
    if !matches!(person.seat, Seat::Shared { .. }) {
        return Ok(post);
    }
    if person.known.installed {
        leftovers::tell_gone(desk, case, person, post)?;
    }
    Ok(desk.receipt(person, &case.contact, Some(&case.thread), &reader.voice.say(others, &names), None))
}

/// Tells those who follow a conversation, but `told`, who know or hear it otherwise; and not the shared home in which `actor` acts, where
/// the card that they pressed says it.
pub fn tell_others(
    desk: &Desk<'_>,
    case: &Case,
    actor: &Person,
    told: &[&ColleagueId],
    style: Style,
    words: impl Fn(&Reader<'_>) -> String,
) -> Result<()> {
    for listener in desk.listeners(case.thread.id)? {
        match &listener.place {
            Place::Own(id) if told.contains(&id) => continue,
            Place::Home if acts_in_home(case, actor) => continue,
            _ => {}
        }
        let reader = desk.reader_for(&listener, Some(&case.contact.line));
        let post = notice(desk, case, &reader, style, words(&reader));
        desk.post_to(Some(case.thread.id), &listener.place, post, None)?;
    }
    Ok(())
}

fn notice(desk: &Desk<'_>, case: &Case, reader: &Reader<'_>, style: Style, text: String) -> Post {
    cards::notice(reader, &Notice { head: Some(desk.head(&case.contact, Some(&case.thread))), text, style, ..Notice::default() })
}

fn acts_in_home(case: &Case, person: &Person) -> bool {
    matches!(&person.seat, Seat::Shared { thread: Some(thread), .. } if *thread == case.thread.id)
}

/// Who goes on with the client, by name, as a text to the client says it.
pub fn remaining(desk: &Desk<'_>, case: &Case, text: TextId) -> Result<String> {
    let language = desk.client_voice(&case.contact).language_of(text).to_owned();
    Ok(texts::names_in(&language, &participation::names(desk, case)?))
}
