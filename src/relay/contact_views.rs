//! Cards about contacts, filled from the store. Everybody of the line sees who talks with a client; what was said only who may.

use super::desk::{Desk, Person};
use super::views;
use crate::bridge::{ContactQuery, Post, phone};
use crate::cards::{self, ContactCard, ContactEdit, ContactError, ContactRow, ContactThread, Contacts, ThreadStands, TypedContact};
use crate::store::{Contact, Participant, Result, Thread};

/// Rows read for a list; what does not fit a card is counted there.
const MANY: u32 = 200;

pub fn contacts(desk: &Desk<'_>, person: &Person, query: &str) -> Result<Post> {
    let mut rows = Vec::new();
    for line in desk.office.lines_of(&person.known) {
        for contact in desk.tx.find_contacts(&line.id, &ContactQuery::read(query, line.region.as_deref()), MANY)? {
            let (consent, phone) = (views::consent(&contact, desk.now), views::shown_phone(&contact));
            rows.push(ContactRow { id: contact.id, name: contact.name, phone, line: line.name.clone(), consent });
        }
    }
    let view = Contacts { query: query.to_owned(), contacts: rows, more: 0 };
    Ok(cards::contacts(&desk.reader(person, None), &view))
}

pub fn contact(desk: &Desk<'_>, person: &Person, contact: &Contact) -> Result<Post> {
    Ok(cards::contact(&desk.reader(person, Some(&contact.line)), &contact_card(desk, person, contact)?))
}

pub fn contact_card(desk: &Desk<'_>, person: &Person, contact: &Contact) -> Result<ContactCard> {
    let added_by = match &contact.added_by {
        Some(id) => desk.person(id)?.map(|person| person.name),
        None => None,
    };
    let mut head = desk.head(contact, None);
    head.number = desk.number_for(&contact.line, person).map(|number| number.display.clone()).unwrap_or_default();
    let threads = threads(desk, person, contact)?;
    let active = threads.iter().find(|thread| matches!(thread.stands, ThreadStands::Active { .. })).map(|thread| thread.thread);
    Ok(ContactCard {
        transfer: active.filter(|_| desk.supervises(person, &contact.line)),
        id: contact.id,
        head,
        consent: views::consent(contact, desk.now),
        marketing_stopped: contact.marketing_stopped,
        language: contact.language.clone().unwrap_or_default(),
        added_by,
        added_at: Some(contact.added_at),
        numbers: numbers(desk, contact)?,
        notes: contact.notes.clone(),
        threads,
    })
}

/// Every thread with the client: those of contacts that turned out to be this one as well.
fn threads(desk: &Desk<'_>, person: &Person, contact: &Contact) -> Result<Vec<ContactThread>> {
    let mut found = desk.tx.threads_with(contact.id)?;
    for other in desk.tx.merged_contacts(contact.id)? {
        found.extend(desk.tx.threads_with(other)?);
    }
    found.into_iter().map(|thread| contact_thread(desk, person, &thread)).collect()
}

fn contact_thread(desk: &Desk<'_>, person: &Person, thread: &Thread) -> Result<ContactThread> {
    let number = desk.office.directory.number(&thread.number).map_or_else(|| thread.number.0.clone(), |number| number.display.clone());
    let all = desk.tx.participations(thread.id)?;
    let present: Vec<&Participant> = all.iter().filter(|part| part.left_at.is_none()).collect();
    let ended = all.iter().filter_map(|part| part.left_at).max();
    let (stands, shown) = match (present.iter().map(|part| part.joined_at).min(), ended) {
        (Some(since), _) => (ThreadStands::Active { since }, present),
        (None, Some(until)) => (ThreadStands::Past { until }, all.iter().filter(|part| part.left_at == ended).collect()),
        (None, None) => (ThreadStands::Waiting, Vec::new()),
    };
    let mut colleagues = Vec::with_capacity(shown.len());
    for part in shown {
        colleagues.push(desk.person(&part.colleague)?.map_or_else(|| part.colleague.0.clone(), |person| person.name));
    }
    let readable = desk.view_of(person, thread)?.is_some();
    Ok(ContactThread { thread: thread.id, number, colleagues, stands, readable })
}

/// Every number of the client, as people read it: first the one that messages go to. Two spellings of one number are one.
fn numbers(desk: &Desk<'_>, contact: &Contact) -> Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    let told = contact.wa_id.as_ref().map(|wa_id| format!("+{wa_id}"));
    // As it was entered, where that is what WhatsApp calls them in its own spelling.
    let entered = contact.phone.clone().filter(|entered| told.as_ref().is_none_or(|told| is_same(told, entered)));
    let known = desk.tx.numbers_of(contact.id)?.into_iter().map(|digits| {
        let spellings = phone::variants(&digits).into_iter().map(|digits| format!("+{digits}"));
        spellings.clone().find(|number| phone::parse(number, None).is_ok()).or_else(|| spellings.into_iter().next()).unwrap_or(digits)
    });
    for number in entered.into_iter().chain(told).chain(contact.phone.clone()).chain(known) {
        if !found.iter().any(|listed| is_same(listed, &number)) {
            found.push(number);
        }
    }
    Ok(found.iter().map(|number| phone::display(number)).collect())
}

fn is_same(one: &str, other: &str) -> bool {
    phone::variants(one).contains(&other.trim_start_matches('+').to_owned())
}

/// The contact's form. `typed`: what stands in it after an error; else what is stored.
pub fn contact_edit(
    desk: &Desk<'_>,
    person: &Person,
    contact: &Contact,
    typed: Option<(TypedContact, String)>,
    errors: Vec<ContactError>,
    taken_by: Option<&Contact>,
) -> Result<Post> {
    let stored = || {
        let language = contact.language.clone().unwrap_or_default();
        (TypedContact { name: contact.name.clone(), language, ..TypedContact::default() }, contact.notes.clone())
    };
    let (typed, notes) = typed.unwrap_or_else(stored);
    let view = ContactEdit {
        contact: contact.id,
        head: desk.head(contact, None),
        numbers: numbers(desk, contact)?,
        unconfirmed: contact.is_unconfirmed(),
        typed,
        notes,
        taken_by: taken_by.map(|other| other.name.clone()).unwrap_or_default(),
        errors,
    };
    Ok(cards::contact_edit(&desk.reader(person, Some(&contact.line)), &view))
}
