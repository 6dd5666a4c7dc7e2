//! *Ask to join* and *Ask administrator* (T-10), and the answers.

use super::allowed::with_contact;
use crate::bridge::{ContactId, HistoryChoice, JoiningId, MayNotAsk, Post, Role, WhomToAsk};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, RefusedAnswer, Style};
use crate::relay::desk::{Desk, Person};
use crate::relay::joining::{self, Answered, Wished};
use crate::relay::{offers, views};
use crate::store::{Contact, Result};
use crate::texts::{joining as words, labels, transfer, when};

/// The card becomes the receipt of the question, or says why nobody was asked.
pub fn ask(desk: &Desk<'_>, person: &Person, contact: ContactId, whom: WhomToAsk) -> Result<Post> {
    with_contact(desk, person, contact, |contact| match joining::ask(desk, person, contact, whom)? {
        Wished::Asked(case, asked) => {
            let due = when(asked.due_at, desk.reader(person, None).zone, desk.now);
            Ok(desk.receipt(person, &case.contact, Some(&case.thread), &words::asked(whom, &due), None))
        }
        Wished::Not(not) => Ok(not_asked(desk, person, contact, not)),
        Wished::NobodyToAsk => {
            let text = words::nobody_to_ask(&administrators(desk));
            Ok(desk.notice(person, Some((contact, None)), Style::Warning, text))
        }
    })
}

fn not_asked(desk: &Desk<'_>, person: &Person, contact: &Contact, not: MayNotAsk) -> Post {
    let reader = desk.reader(person, Some(&contact.line));
    let time = |at| when(at, reader.zone, desk.now);
    let (text, actions) = match not {
        MayNotAsk::NotEnabled => (words::NOT_ENABLED.to_owned(), Vec::new()),
        MayNotAsk::TakesPart => (words::TAKES_PART.to_owned(), Vec::new()),
        MayNotAsk::NobodyOwns => (words::free(&contact.name), vec![(labels::MESSAGE_ON_WHATSAPP, Action::Start { contact: contact.id })]),
        MayNotAsk::Open(due) => (words::asked_already(&time(due)), Vec::new()),
        MayNotAsk::TooSoon(next) => (words::too_soon(&time(next)), Vec::new()),
    };
    cards::notice(&reader, &Notice { head: Some(desk.head(contact, None)), text, style: Style::Warning, actions, ..Notice::default() })
}

/// Whom the directory names, whether or not they can be told in Teams.
fn administrators(desk: &Desk<'_>) -> Vec<String> {
    let colleagues = desk.office.directory.colleagues.iter();
    colleagues.filter(|entry| entry.enabled && entry.roles.contains(&Role::Administrator)).map(|entry| entry.name.clone()).collect()
}

/// *Accept*, with what they may see of the past.
pub fn accept(desk: &Desk<'_>, person: &Person, id: JoiningId, history: &str, last: &str) -> Result<Post> {
    match HistoryChoice::of_form(history, last) {
        Ok(choice) => answer(desk, person, id, Some((choice, refused(history, last, "")))),
        Err(_) => match joining::answerable(desk, person, id)? {
            Some((case, asked)) => {
                let reader = desk.reader(person, Some(&case.contact.line));
                let error = if history.trim() == HistoryChoice::LAST { transfer::HOW_MANY_WRONG } else { transfer::HISTORY_MISSING };
                joining::view(desk, &reader, &case, &asked, Some(refused(history, last, error)))
            }
            None => Ok(views::gone(desk, person)),
        },
    }
}

/// *Decline*.
pub fn decline(desk: &Desk<'_>, person: &Person, id: JoiningId) -> Result<Post> {
    answer(desk, person, id, None)
}

/// Whoever comes too late sees what was decided.
fn answer(desk: &Desk<'_>, person: &Person, id: JoiningId, yes: Option<(HistoryChoice, RefusedAnswer)>) -> Result<Post> {
    let lets_see = yes.as_ref().map(|(choice, _)| *choice);
    let (case, asked, refused) = match joining::answer(desk, person, id, lets_see)? {
        Answered::NotAsked => return Ok(views::gone(desk, person)),
        Answered::Stands(case, asked) => (case, asked, None),
        Answered::Unreachable(case, asked) => {
            let error = words::unreachable(&offers::name(desk, asked.asker.as_str())?);
            (case, asked, yes.map(|(_, typed)| RefusedAnswer { error, ..typed }))
        }
    };
    joining::view(desk, &desk.reader(person, Some(&case.contact.line)), &case, &asked, refused)
}

fn refused(history: &str, last: &str, error: &str) -> RefusedAnswer {
    RefusedAnswer { history: history.to_owned(), last: last.to_owned(), error: error.to_owned() }
}
