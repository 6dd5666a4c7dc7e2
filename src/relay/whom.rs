//! Whom a colleague's words are for (product.md 7). The rule is [`bridge::route`]; here are its facts. Where it is not certain nothing is
//! sent: the words are kept as they were written, and their author is asked.

use super::desk::{Case, Desk, Person, Seat};
use super::views;
use crate::bridge::{self, ActivityId, ConversationId, MessageId, Quote, Route, ThreadId};
use crate::store::{Draft, Result};
use serde_json::json;

/// What a text quotes, by our own store, and the message that it so answers. A note is nothing of the client's: who quotes one answers
/// their colleagues, and only another note is certainly about the same thread.
pub fn quote(
    desk: &Desk<'_>,
    conversation: &ConversationId,
    quoted: Option<&ActivityId>,
    note: bool,
) -> Result<(Quote, Option<MessageId>)> {
    let Some(activity) = quoted else { return Ok((Quote::Nothing, None)) };
    let Some((Some(thread), message)) = desk.tx.posting(conversation, activity)? else { return Ok((Quote::Unknown, None)) };
    let stored = message.map(|id| desk.tx.message(id)).transpose()?.flatten();
    let internal = stored.is_some_and(|stored| stored.is_note());
    Ok(if internal && !note { (Quote::Unknown, None) } else { (Quote::Of(thread), message) })
}

/// Where words with this quote go that somebody typed where they sit.
pub fn route(desk: &Desk<'_>, person: &Person, quote: Quote) -> Result<Route> {
    let mine = desk.tx.open_threads_by_home(person.id())?;
    let threads = |found: &dyn Fn(&(ThreadId, bool)) -> bool| -> Vec<ThreadId> {
        mine.iter().filter(|thread| found(thread)).map(|(thread, _)| *thread).collect()
    };
    Ok(match &person.seat {
        // Everybody there sees what becomes of it: no other thread is written to from there.
        Seat::Shared { thread: here, .. } => {
            let here = threads(&|(thread, _)| Some(*thread) == *here);
            bridge::route(quote, &here, &here, None)
        }
        Seat::Own | Seat::Nowhere => {
            let focus = person.known.focus.map(|focus| focus.for_typed(person.at));
            bridge::route(quote, &threads(&|_| true), &threads(&|(_, own)| *own), focus)
        }
    })
}

/// Somebody wrote to this thread's client: what they write next in the same chat goes there too. What is written in a shared conversation
/// says nothing about their own chat.
pub fn wrote(desk: &Desk<'_>, person: &Person, thread: ThreadId) -> Result<()> {
    match person.seat {
        Seat::Shared { .. } => Ok(()),
        Seat::Own | Seat::Nowhere => desk.tx.focus_on(person.id(), thread, person.at),
    }
}

/// Nothing is sent: the words are kept, and the colleague is asked.
pub fn ask(desk: &Desk<'_>, person: &Person, words: &Draft) -> Result<()> {
    let draft = desk.tx.keep_draft(person.id(), words, desk.now)?;
    let body = json!({
        "draft": draft, "text": words.text, "note": words.note, "answers": words.answers, "files": words.file_names(),
        "conversation": words.written.conversation, "activity": words.written.activity,
    });
    desk.journal("message.kept", person.id().as_str(), None, None, &body)?;
    desk.post(None, person, views::ask_whom(desk, person, draft, words, None)?, None)
}

/// The thread that a kept text may be given to when its author chooses it, everything checked anew: they take part in it and are enabled
/// for its line, the client is reached there, and what was written in a shared conversation is for the client of that conversation only.
pub fn chosen(desk: &Desk<'_>, person: &Person, words: &Draft, thread: ThreadId) -> Result<Option<Case>> {
    let Some(case) = desk.own_case(person, thread)? else { return Ok(None) };
    let written = &words.written.conversation;
    let own_chat = written.as_str().is_empty() || *written == person.known.home.conversation;
    let fits = own_chat || desk.tx.home_at(written)?.is_some_and(|home| home.thread == thread);
    let enabled = desk.is_of_line(person, &case.contact.line);
    Ok(Some(case).filter(|case| fits && enabled && case.contact.merged_into.is_none()))
}
