//! Cards filled from the store.

use super::desk::{Case, Desk, Person, Seat};
use super::render::shown;
use super::sight::shows_held;
use super::{chat_orders, find};
use crate::bridge::{self, ClientFirst, ConsentState, ContactQuery, MessageId, Place, Post, ThreadId, Time, phone};
use crate::cards::submit::Action;
use crate::cards::{
    self, ConsentView, ContactChoice, ContactError, FreeTime, HeldEdit, HeldList, HeldRow, HomeView, LineChoice, NewConversation, Notice,
    Reader, RouteProblem, Style, TextError, ThreadCard, TypedContact,
};
use crate::markup;
use crate::store::{Contact, Draft, Message, Result};
use crate::texts::{labels, sentences};

/// Rows read for a list; what does not fit a card is counted there.
const MANY: u32 = 200;

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

pub fn shown_phone(contact: &Contact) -> Option<String> {
    contact.number().map(|number| phone::display(&number))
}

/// Consent as it stands now.
pub fn consent(contact: &Contact, now: Time) -> ConsentView {
    let state = contact.consent.state(now);
    let since = matches!(state, ConsentState::Pending | ConsentState::Lapsed).then_some(contact.consent.requested_at).flatten();
    ConsentView { state, since }
}

/// A thread's card as it stands, for who reads it in a place.
pub fn thread(desk: &Desk<'_>, reader: &Reader<'_>, case: &Case, place: &Place) -> Result<Post> {
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
        unowned: participants.is_empty() && desk.tx.owners(case.contact.id)?.is_empty(),
        participants,
        home: home_view(desk, case, place)?,
        held: desk.held_at(place, &case.thread)?,
        why: last.as_ref().map(|message| message.id),
        last: last.map(|message| (message.state, message.state_at)),
        free: free_time(case, desk.now),
        revocation_due: desk.tx.open_revocation(case.contact.id)?.map(|open| open.due_at),
        away: desk.away(&desk.tx.participants(case.thread.id)?)?,
    };
    Ok(cards::thread(reader, &view))
}

/// Where the thread lives, as its card in a place says it.
fn home_view(desk: &Desk<'_>, case: &Case, place: &Place) -> Result<HomeView> {
    let Some(home) = desk.tx.home(case.thread.id)? else {
        return Ok(if chat_orders::is_on_order(desk, case)? { HomeView::Opening } else { HomeView::Own });
    };
    let hears_all = desk.tx.conversation(&home.base)?.is_some_and(|known| known.hears_all);
    let here = *place == Place::Home;
    Ok(HomeView::Shared { must_mention: here && !hears_all, files_elsewhere: here && !desk.office.reads_files() })
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
    let Some(sight) = desk.view_of(person, &case.thread)? else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for message in desk.tx.held(case.thread.id)?.into_iter().filter(|message| shows_held(&sight, person.id(), message)) {
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

/// "Who is this for?" with the colleague's open threads; in a shared conversation with the one that lives there, for others are nobody
/// else's business.
pub fn ask_whom(desk: &Desk<'_>, person: &Person, draft: i64, words: &Draft, problem: Option<RouteProblem>) -> Result<Post> {
    let mut threads = find::threads(desk, person, "")?;
    let shared = matches!(person.seat, Seat::Shared { .. });
    if let Seat::Shared { thread, .. } = &person.seat {
        threads.retain(|choice| Some(choice.thread) == *thread);
    }
    let (text, files) = (markup::plain(&words.text), words.file_names());
    let view = cards::Route { draft, text, note: words.note, files, threads, shared, problem };
    Ok(cards::route(&desk.reader(person, None), &view))
}

/// What a stale or foreign card becomes: nothing but the truth.
pub fn gone(desk: &Desk<'_>, person: &Person) -> Post {
    desk.notice(person, None, Style::Warning, sentences::NOT_YOURS.to_owned())
}

/// A thread that a colleague takes part in, by id, or the card that says why not.
pub fn own(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<std::result::Result<Case, Post>> {
    if let Some(case) = desk.own_case(person, thread)? {
        return Ok(Ok(case));
    }
    let takes_part = desk.tx.participation(thread, person.id())?.is_some_and(|part| part.left_at.is_none());
    let case = desk.case(thread)?.filter(|_| takes_part);
    Ok(Err(match case {
        // It is theirs; the line was switched off.
        Some(case) => desk.notice(
            person,
            Some((&case.contact, Some(&case.thread))),
            Style::Attention,
            desk.why_not_enabled(person, Some(&case.contact.line)),
        ),
        None => gone(desk, person),
    }))
}
