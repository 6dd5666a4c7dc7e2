//! Who takes part in a thread: every coming and going passes here, is journalled, and shows on the thread cards.

use super::desk::{Case, Desk, Person, SERVER};
use super::{chat_mirror, chat_orders, mates, offers, opening, send, unowned};
use crate::bridge::{ActivityId, ColleagueId, HistoryChoice, IntakeOutcome, MessageId, Place, ThreadId};
use crate::store::{Envelope, Left, Participant, Result};
use crate::texts::participants as words;
use serde_json::json;

/// How somebody came to take part.
#[derive(Clone, Debug)]
pub struct Came<'a> {
    /// Who brought it about: the colleague themselves, who added them, the server.
    pub by: &'a str,
    /// `started`, `took`, `added`, `asked`, `transferred`, `returned`, `joined_chat`, `covers`
    pub how: &'static str,
    /// The first message they may see; 0: all.
    pub visible_from: MessageId,
    pub cover_for: Option<&'a ColleagueId>,
}

/// The colleague takes part from now on; false when they did already, which changes nothing.
pub fn join(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId, came: &Came<'_>) -> Result<bool> {
    let joined = join_quietly(desk, case, colleague, came)?;
    if joined {
        desk.ensure_cards(case.thread.id)?;
    }
    Ok(joined)
}

/// The same without a card of the thread: it comes with the client's next message. For many threads at once.
pub fn join_quietly(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId, came: &Came<'_>) -> Result<bool> {
    let thread = case.thread.id;
    let before = desk.tx.participations(thread)?;
    if !desk.tx.join(thread, colleague, came.visible_from, came.cover_for, desk.now)? {
        return Ok(false);
    }
    let body = json!({
        "contact": case.contact.id, "colleague": colleague, "how": came.how, "visible_from": came.visible_from, "cover_for": came.cover_for,
    });
    desk.journal("participant.joined", came.by, Some(thread), None, &body)?;
    opening::settle(desk, case)?;
    chat_mirror::came(desk, case, colleague)?;
    if before.iter().all(|part| part.left_at.is_some()) {
        chat_orders::by_itself(desk, case)?;
        withdraw_farewell(desk, case, &before)?;
    }
    unowned::settle(desk, case, IntakeOutcome::Taken, colleague.as_str())?;
    desk.tx.refresh_cards(thread, desk.now)?;
    Ok(true)
}

/// K-36 that still waits for the window is not true any more once somebody takes part again: nothing else is said after an end.
fn withdraw_farewell(desk: &Desk<'_>, case: &Case, before: &[Participant]) -> Result<()> {
    let Some(ended) = last_to_go(before).filter_map(|part| part.visible_until).max() else { return Ok(()) };
    for notice in desk.tx.held_notices(case.thread.id)?.into_iter().filter(|notice| notice.id > ended) {
        send::withdraw(desk, &notice, SERVER, "goes_on")?;
    }
    Ok(())
}

/// Who takes part; where nobody does, those who were there when the conversation was ended. Whom an administrator switched off, or who
/// left before, is not among them.
pub fn last_to_go(parts: &[Participant]) -> impl Iterator<Item = &Participant> {
    let present = parts.iter().any(|part| part.left_at.is_none());
    let last = parts.iter().filter_map(|part| part.left_at).max();
    parts.iter().filter(move |part| match part.left_at {
        None => true,
        at => !present && at == last && part.left == Some(Left::Ended),
    })
}

/// Whether a colleague can follow a conversation with this client: enabled for the line, and with the app or in the thread's shared home.
pub fn can_follow(desk: &Desk<'_>, case: &Case, person: &Person) -> Result<bool> {
    Ok(desk.is_of_line(person, &case.contact.line) && mates::reach(desk, case.thread.id, person)?.is_some())
}

/// The colleague takes part no longer; false when they did not, which changes nothing. Their own card of the thread is one no more: it
/// becomes a receipt, and if they come back they get a new one.
pub fn leave(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId, how: Left, by: &str) -> Result<bool> {
    let thread = case.thread.id;
    if !desk.tx.leave(thread, colleague, how, desk.now)? {
        return Ok(false);
    }
    let body = json!({ "contact": case.contact.id, "colleague": colleague, "how": how });
    desk.journal("participant.left", by, Some(thread), None, &body)?;
    close_card(desk, case, colleague)?;
    offers::on_left(desk, thread, colleague, by)?;
    chat_mirror::went(desk, case, colleague, how)?;
    desk.tx.refresh_cards(thread, desk.now)?;
    Ok(true)
}

/// The thread's card in somebody's own chat becomes its own receipt.
fn close_card(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId) -> Result<()> {
    let place = Place::Own(colleague.clone());
    let card = desk.tx.thread_card(case.thread.id, &place)?;
    desk.tx.forget_thread_card(case.thread.id, &place)?;
    card.map_or(Ok(()), |activity| close(desk, case, colleague, activity))
}

/// Makes a receipt of a thread's card: its reader takes part no more.
pub fn close(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId, activity: ActivityId) -> Result<()> {
    let Some(person) = desk.person(colleague)? else { return Ok(()) };
    let post = desk.receipt(&person, &case.contact, Some(&case.thread), words::NO_PART, None);
    let (thread, place) = (Some(case.thread.id), Place::Own(colleague.clone()));
    desk.tx.enqueue_post(thread, &place, &Envelope::Update { activity, post }, desk.now).map(drop)
}

/// Somebody who takes part may see more of what was written before they came.
pub fn show_more(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId, visible_from: MessageId, by: &str) -> Result<()> {
    desk.tx.show_from(case.thread.id, colleague, visible_from)?;
    let body = json!({ "contact": case.contact.id, "colleague": colleague, "visible_from": visible_from });
    desk.journal("participant.sees_more", by, Some(case.thread.id), None, &body)
}

/// The names of those who take part now, in the order they joined.
pub fn names(desk: &Desk<'_>, case: &Case) -> Result<Vec<String>> {
    let ids = desk.tx.participants(case.thread.id)?;
    ids.into_iter().map(|id| Ok(desk.person(&id)?.map_or(id.0, |person: Person| person.name))).collect()
}

/// The first message that somebody sees who comes now, by what was chosen for them; 0: all.
pub fn visible_from(desk: &Desk<'_>, thread: ThreadId, choice: HistoryChoice) -> Result<MessageId> {
    Ok(match choice {
        HistoryChoice::None => MessageId(desk.tx.last_message(thread)?.0 + 1),
        HistoryChoice::Last(count) => desk.tx.first_of_last(thread, count)?.unwrap_or(MessageId(0)),
        HistoryChoice::All => MessageId(0),
    })
}
