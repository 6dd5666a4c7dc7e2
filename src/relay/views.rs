//! Cards filled from the store.

use super::desk::{Case, Desk, Person, SERVER};
use super::find;
use super::render::{self, shown};
use crate::bridge::{self, ClientFirst, ConsentState, ContactQuery, MessageId, MessageState, Post, ThreadId, Time, phone};
use crate::cards::submit::Action;
use crate::cards::{
    self, ConsentView, ContactCard, ContactChoice, ContactError, ContactRow, Contacts, FreeTime, HeldEdit, HeldList, HeldRow, History,
    HistoryLine, HistoryList, HistoryRow, LineChoice, NewConversation, Notice, Reader, RouteProblem, Speaker, Style, TextError, ThreadCard,
    TypedContact,
};
use crate::markup;
use crate::store::{Contact, Draft, Message, Purpose, Result};
use crate::texts::{labels, sentences};

/// Rows read for a list; what does not fit a card is counted there.
const MANY: u32 = 200;
/// Messages on one page of history.
const PAGE: u32 = 20;

pub fn new_conversation(desk: &Desk<'_>, person: &Person, typed: TypedContact, errors: Vec<ContactError>) -> Result<Post> {
    let lines = desk.office.lines_of(&person.known);
    let mut contacts = Vec::new();
    for line in &lines {
        contacts
            .extend(desk.tx.find_contacts(&line.id, &ContactQuery::default(), MANY)?.iter().map(|contact| contact_choice(desk, contact)));
    }
    let lines = lines.into_iter().map(|line| LineChoice { id: line.id.clone(), name: line.name.clone() }).collect();
    Ok(cards::new_conversation(&desk.reader(person, None), &NewConversation { contacts, lines, typed, errors }))
}

pub fn contact_choice(desk: &Desk<'_>, contact: &Contact) -> ContactChoice {
    let line = desk.line(&contact.line).map(|line| line.name.clone()).unwrap_or_default();
    ContactChoice { id: contact.id, phone: shown_phone(contact), name: contact.name.clone(), line }
}

pub fn no_conversation(desk: &Desk<'_>, person: &Person) -> Result<Post> {
    let notice =
        Notice { text: labels::NO_THREADS.to_owned(), actions: vec![(labels::NEW_CONVERSATION, Action::New {})], ..Notice::default() };
    Ok(cards::notice(&desk.reader(person, None), &notice))
}

fn shown_phone(contact: &Contact) -> Option<String> {
    contact.number().map(|number| phone::display(&number))
}

fn consent(contact: &Contact, now: Time) -> ConsentView {
    let state = contact.consent.state(now);
    let since = matches!(state, ConsentState::Pending | ConsentState::Lapsed).then_some(contact.consent.requested_at).flatten();
    ConsentView { state, since }
}

pub fn contacts(desk: &Desk<'_>, person: &Person, query: &str) -> Result<Post> {
    let mut rows = Vec::new();
    for line in desk.office.lines_of(&person.known) {
        for contact in desk.tx.find_contacts(&line.id, &ContactQuery::read(query, line.region.as_deref()), MANY)? {
            let (consent, phone) = (consent(&contact, desk.now), shown_phone(&contact));
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
    let thread = desk.tx.threads_with(contact.id)?.into_iter().next();
    let own = match &thread {
        Some(thread) => desk.tx.participants(thread.id)?.contains(person.id()),
        None => false,
    };
    let added_by = match &contact.added_by {
        Some(id) => desk.person(id)?.map(|person| person.name),
        None => None,
    };
    let mut head = desk.head(contact, thread.as_ref());
    if head.number.is_empty() {
        head.number = desk.number_for(&contact.line, person).map(|number| number.display.clone()).unwrap_or_default();
    }
    Ok(ContactCard {
        id: contact.id,
        head,
        phone: shown_phone(contact),
        consent: consent(contact, desk.now),
        marketing_stopped: contact.marketing_stopped,
        language: contact.language.clone().unwrap_or_default(),
        added_by,
        added_at: Some(contact.added_at),
        thread: thread.filter(|_| own).map(|thread| thread.id),
    })
}

/// A thread's card as it stands, for who reads it.
pub fn thread(desk: &Desk<'_>, reader: &Reader<'_>, case: &Case) -> Result<Post> {
    let mut participants = Vec::new();
    for id in desk.tx.participants(case.thread.id)? {
        participants.push(desk.person(&id)?.map_or(id.0, |person| person.name));
    }
    let last = desk.tx.last_sent(case.thread.id)?;
    let answers = desk.line(&case.contact.line).is_some_and(|line| line.policy.client_first == ClientFirst::Answer);
    let view = ThreadCard {
        thread: case.thread.id,
        head: desk.head(&case.contact, Some(&case.thread)),
        consent: consent(&case.contact, desk.now),
        window_until: case.thread.window.closes_at().or(case.thread.window.refused_at),
        may_answer: answers && case.contact.consent.stored == ConsentState::None && case.thread.window.last_inbound.is_some(),
        participants,
        held: usize::try_from(desk.tx.held_count(case.thread.id)?).unwrap_or(usize::MAX),
        why: last.as_ref().map(|message| message.id),
        last: last.map(|message| (message.state, message.state_at)),
        free: free_time(case, desk.now),
        revocation_due: desk.tx.open_revocation(case.contact.id)?.map(|open| open.due_at),
    };
    Ok(cards::thread(reader, &view))
}

/// What the client's coming through an ad means now.
fn free_time(case: &Case, now: Time) -> Option<FreeTime> {
    let entry = case.thread.entry;
    entry.free_until(now).map(FreeTime::Until).or_else(|| entry.answer_by(now).map(FreeTime::IfAnsweredBefore))
}

/// The held messages of all of a colleague's conversations.
pub fn held_list(desk: &Desk<'_>, person: &Person) -> Result<Post> {
    let mut rows = Vec::new();
    for thread in desk.tx.open_threads(person.id())? {
        if let Some(contact) = desk.tx.contact(thread.contact)? {
            rows.extend(held_rows(desk, person, &Case { thread, contact })?);
        }
    }
    Ok(cards::held_list(&desk.reader(person, None), &HeldList { head: None, rows, more: 0 }))
}

/// The held messages of one conversation.
pub fn held_in_thread(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<Post> {
    let head = Some(desk.head(&case.contact, Some(&case.thread)));
    let view = HeldList { head, rows: held_rows(desk, person, case)?, more: 0 };
    Ok(cards::held_list(&desk.reader(person, Some(&case.contact.line)), &view))
}

fn held_rows(desk: &Desk<'_>, person: &Person, case: &Case) -> Result<Vec<HeldRow>> {
    let hours = desk.held_hours(&case.contact.line);
    let head = desk.head(&case.contact, Some(&case.thread));
    let mut rows = Vec::new();
    for message in desk.tx.held(case.thread.id)? {
        // Due, and told by T-25 in a moment.
        if bridge::held::is_expired(message.created_at, hours, desk.now) {
            continue;
        }
        let author = match bridge::held::access(message.author.as_deref(), message.state, person.id()) {
            bridge::held::Access::Author => None,
            _ => Some(author_name(desk, &message)?),
        };
        rows.push(HeldRow {
            message: message.id,
            client: head.client.clone(),
            line: head.line.clone(),
            author,
            text: markup::plain(&shown(&message.outgoing()?)),
            written: message.created_at,
            expires: bridge::held::expires_at(message.created_at, hours),
        });
    }
    Ok(rows)
}

fn author_name(desk: &Desk<'_>, message: &Message) -> Result<String> {
    let id = message.author.clone().unwrap_or_default();
    Ok(desk.person(&id.as_str().into())?.map_or(id, |person| person.name))
}

pub fn held_edit(desk: &Desk<'_>, person: &Person, case: &Case, message: MessageId, text: String, error: Option<TextError>) -> Post {
    let view = HeldEdit { head: desk.head(&case.contact, Some(&case.thread)), message, text, error };
    cards::held_edit(&desk.reader(person, Some(&case.contact.line)), &view)
}

pub fn history_list(desk: &Desk<'_>, person: &Person) -> Result<Post> {
    let mut threads = Vec::new();
    for thread in desk.tx.open_threads(person.id())? {
        if let Some(contact) = desk.tx.contact(thread.contact)? {
            let last = desk.tx.messages_before(thread.id, None, 1)?.first().map(|message| message.created_at);
            let head = desk.head(&contact, Some(&thread));
            threads.push(HistoryRow { thread: thread.id, client: head.client, line: head.line, last });
        }
    }
    threads.sort_by_key(|row| std::cmp::Reverse(row.last));
    Ok(cards::history_list(&desk.reader(person, None), &HistoryList { threads, more: 0 }))
}

pub fn history(desk: &Desk<'_>, person: &Person, case: &Case, before: Option<MessageId>) -> Result<Post> {
    let mut found = desk.tx.messages_before(case.thread.id, before, PAGE + 1)?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let older = found.last().map(|message| message.id).filter(|_| more);
    let mut messages = Vec::with_capacity(found.len());
    // What a colleague was refused is theirs to see.
    let shows = |message: &&Message| message.state != MessageState::Refused || message.author.as_deref() == Some(person.id().as_str());
    for message in found.iter().rev().filter(shows) {
        messages.push(history_line(desk, message)?);
    }
    let view = History { head: desk.head(&case.contact, Some(&case.thread)), thread: case.thread.id, messages, older };
    Ok(cards::history(&desk.reader(person, Some(&case.contact.line)), &view))
}

fn history_line(desk: &Desk<'_>, message: &Message) -> Result<HistoryLine> {
    let speaker = match message.author.as_deref() {
        None => Speaker::Client,
        Some(SERVER) => Speaker::System,
        Some(id) => {
            let name = desk.person(&id.into())?.map_or_else(|| id.to_owned(), |person| person.name);
            if message.is_note() { Speaker::Note(name) } else { Speaker::Colleague(name) }
        }
    };
    Ok(HistoryLine {
        id: message.id,
        at: message.created_at,
        speaker,
        text: markup::plain(&render::message(desk, message)?),
        state: (!matches!(message.purpose, Purpose::Client | Purpose::Note)).then_some(message.state),
        before_consent: message.purpose == Purpose::Client && message.rule.is_some(),
    })
}

/// "Who is this for?" with the colleague's open threads.
pub fn ask_whom(desk: &Desk<'_>, person: &Person, draft: i64, words: &Draft, problem: Option<RouteProblem>) -> Result<Post> {
    let threads = find::threads(desk, person, "")?;
    let (text, files) = (markup::plain(&words.text), words.file_names());
    let view = cards::Route { draft, text, note: words.note, files, threads, problem };
    Ok(cards::route(&desk.reader(person, None), &view))
}

/// What a stale or foreign card becomes: nothing but the truth.
pub fn gone(desk: &Desk<'_>, person: &Person) -> Post {
    desk.notice(person, None, Style::Warning, sentences::NOT_YOURS.to_owned())
}

/// A thread that a colleague may see, by id, or the card that says why not.
pub fn own(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<std::result::Result<Case, Post>> {
    Ok(desk.own_case(person, thread)?.ok_or_else(|| gone(desk, person)))
}
