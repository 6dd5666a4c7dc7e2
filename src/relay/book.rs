//! A leaver's whole book: every client whom somebody has goes to one colleague, at an administrator's word. Each client in a transaction
//! of its own, so that a server beside us goes on; broken off, it is simply done again.

use super::desk::{Case, Desk, Person};
use super::office::Office;
use super::preflight::{Unanswered, colleague, lines};
use super::transfer::{Handover, Terms, hand_over};
use super::{leftovers, mates};
use crate::bridge::{ColleagueId, HistoryChoice, LineId, ThreadId, Time, held};
use crate::cards::submit::Action;
use crate::cards::{self, Notice, Style};
use crate::store::{Left, Participant, Result, Tx};
use crate::texts::{TextId, labels, transfer as words};
use serde::Serialize;
use serde_json::json;

/// What is asked for, as typed.
#[derive(Clone, Debug)]
pub struct BookOrder {
    /// Whose clients go: UPN, Entra object id, or name if only one is called so.
    pub from: String,
    pub to: String,
    /// By id or name. `None`: all lines.
    pub line: Option<String>,
    pub history: HistoryChoice,
    /// What becomes of held messages.
    pub held: held::Fate,
}

/// One client of the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BookEntry {
    pub thread: ThreadId,
    pub client: String,
    /// The line's name.
    pub line: String,
    /// Held messages of who gives.
    pub held: usize,
    /// Why the client does not go over; absent: they do.
    pub stays_because: Option<String>,
}

/// Somebody's clients and to whom they go.
#[derive(Clone, Debug)]
pub struct BookPlan {
    pub from: Named,
    pub to: Named,
    pub entries: Vec<BookEntry>,
}

/// A colleague of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    pub id: ColleagueId,
    pub name: String,
}

impl From<Person> for Named {
    fn from(person: Person) -> Self {
        Self { id: person.id().clone(), name: person.name }
    }
}

/// Which clients would go, and which would not.
///
/// # Errors
/// Somebody or something is not known, or more than one is meant.
pub fn plan(tx: &Tx<'_>, office: &Office, now: Time, order: &BookOrder) -> std::result::Result<BookPlan, Unanswered> {
    let desk = &Desk { tx, office, now, links: None };
    let (from, to) = (colleague(desk, &order.from)?, colleague(desk, &order.to)?);
    if from.id() == to.id() {
        return Err(Unanswered::Unclear(words::same_person(&from.name)));
    }
    let line: Option<LineId> = match &order.line {
        Some(wanted) => lines(desk, &from, Some(wanted))?.first().map(|line| line.id.clone()),
        None => None,
    };
    let mut entries = Vec::new();
    for (thread, part) in tx.parts_of(from.id())? {
        if let Some(case) = desk.case(thread)?.filter(|case| line.as_ref().is_none_or(|line| case.thread.line == *line))
            && is_theirs(desk, &case, &part)?
        {
            entries.push(entry(desk, &case, &from, &to)?);
        }
    }
    entries.sort_by(|one, other| (&one.line, one.client.to_lowercase()).cmp(&(&other.line, other.client.to_lowercase())));
    Ok(BookPlan { from: from.into(), to: to.into(), entries })
}

/// Whether somebody has the client, or had them when they were switched off and nobody has had them since.
fn is_theirs(desk: &Desk<'_>, case: &Case, part: &Participant) -> Result<bool> {
    Ok(part.left_at.is_none() || (part.left == Some(Left::SwitchedOff) && desk.tx.owners(case.contact.id)?.is_empty()))
}

fn entry(desk: &Desk<'_>, case: &Case, from: &Person, to: &Person) -> Result<BookEntry> {
    let head = desk.head(&case.contact, Some(&case.thread));
    let stays_because = if case.contact.merged_into.is_some() {
        Some(words::GOES_ON_ELSEWHERE.to_owned())
    } else if !desk.is_of_line(to, &case.contact.line) {
        Some(words::not_of_line(&to.name, &head.line))
    } else if mates::reach(desk, case.thread.id, to)?.is_none() {
        Some(words::has_no_app(&to.name))
    } else {
        None
    };
    let held = desk.tx.held(case.thread.id)?;
    let held = held.iter().filter(|message| message.author.as_deref() == Some(from.id().as_str())).count();
    Ok(BookEntry { thread: case.thread.id, client: head.client, line: head.line, held, stays_because })
}

/// Moves one client, if the rules still allow it and they have not gone meanwhile. `who`: for the journal.
pub fn move_one(
    tx: &Tx<'_>,
    office: &Office,
    now: Time,
    plan: &BookPlan,
    order: &BookOrder,
    thread: ThreadId,
    who: &str,
) -> Result<Option<BookEntry>> {
    let desk = &Desk { tx, office, now, links: None };
    let (Some(from), Some(to)) = (desk.person(&plan.from.id)?, desk.person(&plan.to.id)?) else { return Ok(None) };
    let (Some(case), Some(part)) = (desk.case(thread)?, tx.participation(thread, from.id())?) else { return Ok(None) };
    if !is_theirs(desk, &case, &part)? {
        return Ok(None);
    }
    let entry = entry(desk, &case, &from, &to)?;
    if entry.stays_because.is_none() {
        let terms = Terms { note: String::new(), history: order.history, stays: false, held: order.held };
        let handover = Handover { givers: vec![from.id().clone()], receiver: &to, by: who, terms: &terms, in_bulk: true };
        if part.left_at.is_some() {
            // Who has gone gives nothing any more; what they had written waits all the same.
            leftovers::settle(desk, &case, from.id(), order.held, Some(&to), who)?;
        }
        hand_over(desk, &case, &handover)?;
        tx.book_moved(from.id(), to.id(), thread)?;
    }
    Ok(Some(entry))
}

/// Tells both of everything that went over and that they have not been told of; how many clients that were.
pub fn tell_of_book(tx: &Tx<'_>, office: &Office, now: Time, plan: &BookPlan, who: &str) -> Result<usize> {
    let desk = &Desk { tx, office, now, links: None };
    let threads = tx.take_book_moves(&plan.from.id, &plan.to.id)?;
    if threads.is_empty() {
        return Ok(0);
    }
    let body = json!({ "from": plan.from.id, "to": plan.to.id, "threads": threads });
    desk.journal("book.transferred", who, None, None, &body)?;
    let n = threads.len().to_string();
    for (id, text) in [(&plan.to.id, TextId::T55), (&plan.from.id, TextId::T55b)] {
        let Some(person) = desk.person(id)? else { continue };
        let reader = desk.reader(&person, None);
        let values = [("n", n.as_str()), ("giver", plan.from.name.as_str()), ("receiver", plan.to.name.as_str())];
        let actions = if text == TextId::T55 { vec![(labels::HISTORY, Action::History {})] } else { Vec::new() };
        let notice = Notice { text: reader.voice.say(text, &values), style: Style::Good, actions, ..Notice::default() };
        desk.post(None, &person, cards::notice(&reader, &notice), None)?;
    }
    Ok(threads.len())
}
