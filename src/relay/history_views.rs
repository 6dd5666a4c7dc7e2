//! Cards about earlier messages, filled from the store: nobody is shown or told the number of what they may not see.

use super::desk::{Case, Desk, Person, SERVER};
use super::media_views;
use super::render;
use super::revisions;
use super::search;
use super::sight::is_told_to;
use crate::bridge::{MessageId, Post, SearchHits, SearchedWords, Sight};
use crate::cards::{self, Found, FoundRow, History, HistoryLine, HistoryList, HistoryRow, Speaker, Style};
use crate::markup;
use crate::store::{Message, Purpose, Result};
use crate::texts::sentences;

/// Messages on one page of history.
const PAGE: u32 = 20;
/// Threads listed at most; the rest is counted.
const MANY: usize = 200;
/// Messages shown behind the one that was found.
const FOLLOWING: u32 = 2;

/// Every thread that somebody takes or took part in and may still read, latest first.
pub fn history_list(desk: &Desk<'_>, person: &Person) -> Result<Post> {
    let mut found = Vec::new();
    for (thread, sight) in desk.own_threads(person)? {
        found.push((desk.tx.last_seen(thread.id, &sight)?, thread, sight));
    }
    found.sort_by_key(|(last, thread, _)| std::cmp::Reverse((*last, thread.id)));
    let more = found.len().saturating_sub(MANY);
    let mut threads = Vec::new();
    for (last, thread, sight) in found.into_iter().take(MANY) {
        if let Some(contact) = desk.tx.contact(thread.contact)? {
            let head = desk.head(&contact, Some(&thread));
            threads.push(HistoryRow { thread: thread.id, client: head.client, line: head.line, last, active: sight.takes_part });
        }
    }
    Ok(cards::history_list(&desk.reader(person, None), &HistoryList { threads, more }))
}

/// A page of a thread.
pub fn history(desk: &Desk<'_>, person: &Person, case: &Case, sight: &Sight, before: Option<MessageId>) -> Result<Post> {
    let thread = case.thread.id;
    let mut found = desk.tx.page_seen(thread, sight, before, PAGE + 1)?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let older = found.last().map(|message| message.id).filter(|_| more);
    let newest = found.first().map(|message| message.id).or_else(|| before.map(|before| MessageId(before.0.saturating_sub(1))));
    let newer = match newest.filter(|_| before.is_some()) {
        Some(newest) => desk.tx.newer_seen(thread, sight, newest, PAGE)?.map(behind),
        None => None,
    };
    let mut messages = Vec::with_capacity(found.len());
    for message in found.iter().rev().filter(|message| is_told_to(person, message)) {
        messages.push(line(desk, message, sight)?);
    }
    let view = History {
        head: desk.head(&case.contact, Some(&case.thread)),
        thread,
        messages,
        older,
        newer,
        contact: case.contact.id,
        takes_part: sight.takes_part,
    };
    Ok(cards::history(&desk.reader(person, Some(&case.contact.line)), &view))
}

/// What a page ends before, so that its last message is this one.
fn behind(message: MessageId) -> MessageId {
    MessageId(message.0.saturating_add(1))
}

fn line(desk: &Desk<'_>, message: &Message, sight: &Sight) -> Result<HistoryLine> {
    Ok(HistoryLine {
        id: message.id,
        at: message.created_at,
        speaker: speaker(desk, message)?,
        text: markup::plain(&render::message_seen(desk, message, sight)?),
        state: (!matches!(message.purpose, Purpose::Client | Purpose::Note)).then_some(message.state),
        before_consent: message.purpose == Purpose::Client && message.rule.is_some(),
        file: media_views::file_of(desk, message)?,
    })
}

fn speaker(desk: &Desk<'_>, message: &Message) -> Result<Speaker> {
    Ok(match message.author.as_deref() {
        None => Speaker::Client,
        Some(SERVER) => Speaker::System,
        Some(id) => {
            let name = desk.person(&id.into())?.map_or_else(|| id.to_owned(), |person| person.name);
            if message.is_note() { Speaker::Note(name) } else { Speaker::Colleague(name) }
        }
    })
}

/// What a search found; `None`: it could not be made. Each message is looked at anew: who was let go meanwhile sees it no more.
pub fn found(desk: &Desk<'_>, person: &Person, query: &str, hits: Option<&SearchHits>) -> Result<Post> {
    let words = SearchedWords::read(query);
    let none = SearchHits::default();
    let hits = match hits {
        None if words.is_some() => return Ok(desk.notice(person, None, Style::Warning, sentences::SEARCH_FAILED.to_owned())),
        hits => hits.unwrap_or(&none),
    };
    let mut view = Found { query: query.trim().to_owned(), complete: hits.complete, nothing_typed: words.is_none(), ..Found::default() };
    if let Some(words) = words {
        for id in &hits.messages {
            let Some((case, message, sight)) = desk.readable_message(person, *id)? else { continue };
            if revisions::is_hidden(desk, &message)? {
                continue;
            }
            let text = search::text(&message)?;
            if !words.are_in(&text) {
                continue;
            }
            let head = desk.head(&case.contact, Some(&case.thread));
            view.rows.push(FoundRow {
                thread: case.thread.id,
                before: desk.tx.newer_seen(case.thread.id, &sight, *id, FOLLOWING)?.or(Some(*id)).map(behind),
                client: head.client,
                line: head.line,
                at: message.created_at,
                speaker: speaker(desk, &message)?,
                excerpt: words.excerpt(&markup::plain(&text)),
            });
        }
    }
    Ok(cards::found(&desk.reader(person, None), &view))
}
