//! A thread moves to another place in Teams. Whoever followed it where it was is told where it goes on, and its card there is one no
//! more.

use super::desk::{Case, Desk};
use super::{homes, way_back};
use crate::bridge::{ActivityId, ColleagueId, ConversationId, Place, Post, Scope, ThreadId};
use crate::cards::{self, Notice, Style};
use crate::store::{Envelope, Result, SharedConversation};
use crate::texts::places;
use serde_json::json;

/// A place that a thread was followed in, and its card there.
struct Old {
    place: Place,
    card: Option<ActivityId>,
}

/// The thread lives in a shared conversation from now on: a chat, or a chain of a channel. `None`: a chain that is opened with the
/// first post.
pub fn into_shared(desk: &Desk<'_>, case: &Case, by: &str, to: &SharedConversation, conversation: Option<&ConversationId>) -> Result<()> {
    let thread = case.thread.id;
    let old = old_places(desk, case)?;
    if let Some(conversation) = conversation {
        desk.tx.unclaim(conversation)?;
    }
    let before = desk.tx.home(thread)?;
    desk.tx.settle_in(thread, &to.reference.conversation, conversation)?;
    if let Some(before) = before {
        homes::catch_up(desk, thread, &before.base, &to.reference.conversation)?;
    }
    journal(desk, case, by, &old, conversation.unwrap_or(&to.reference.conversation).as_str())?;
    forget_cards(desk, case, &old)?;
    let name = place_name(to);
    let now = desk.audience(thread)?;
    for old in &old {
        let stays = now.contains(&old.place);
        let said = if stays { places::lives_in(&case.contact.name, &name) } else { places::goes_on_in(&case.contact.name, &name) };
        leave_behind(desk, case, old, &said)?;
    }
    // First the card, which opens a chain; then what it means.
    desk.ensure_cards(thread)?;
    let notice = Notice {
        head: Some(desk.head(&case.contact, Some(&case.thread))),
        text: places::lives_here(&case.contact.name),
        style: Style::Good,
        ..Notice::default()
    };
    let reader = desk.reader_of_all(Some(&case.contact.line));
    desk.post_to(Some(thread), &Place::Home, cards::notice(&reader, &notice), None)
}

/// The thread lives in its participants' own chats from now on; false when it did.
pub fn into_own(desk: &Desk<'_>, case: &Case, by: &str) -> Result<bool> {
    let thread = case.thread.id;
    let old = old_places(desk, case)?;
    if !desk.tx.move_out(thread)? {
        return Ok(false);
    }
    journal(desk, case, by, &old, "personal")?;
    let now = desk.audience(thread)?;
    for old in old.iter().filter(|old| !now.contains(&old.place)) {
        forget_card(desk, case, old)?;
        leave_behind(desk, case, old, places::MOVED_OUT)?;
    }
    way_back::tell_moved_out(desk, case)?;
    desk.ensure_cards(thread)?;
    homes::follow(desk, thread)?;
    Ok(true)
}

/// Somebody who followed a thread in their own chat came into its shared home: they follow it there from now on. Said whether or not its
/// card stands in their chat yet: they heard there that they take part.
pub fn follows_there(desk: &Desk<'_>, case: &Case, colleague: &ColleagueId, to: &SharedConversation) -> Result<()> {
    let place = Place::Own(colleague.clone());
    let card = desk.tx.thread_card(case.thread.id, &place)?;
    desk.tx.forget_thread_card(case.thread.id, &place)?;
    leave_behind(desk, case, &Old { place, card }, &places::goes_on_in(&case.contact.name, &place_name(to)))
}

/// Whether a thread is followed in this place, and there in this conversation.
pub fn is_followed_at(desk: &Desk<'_>, thread: ThreadId, place: &Place, conversation: &ConversationId) -> Result<bool> {
    Ok(desk.audience(thread)?.contains(place)
        && match place {
            Place::Home => desk.tx.home(thread)?.is_some_and(|home| home.conversation.as_ref() == Some(conversation)),
            Place::Own(_) | Place::Conversation(_) => true,
        })
}

/// A thread's card was on its way when the thread moved. Whoever reads it there was told already.
pub fn card_came_late(desk: &Desk<'_>, case: &Case, place: &Place, conversation: &ConversationId, activity: ActivityId) -> Result<()> {
    let home = desk.tx.home(case.thread.id)?.map(|home| desk.tx.conversation(&home.base)).transpose()?.flatten();
    let said = home.map_or_else(|| places::MOVED_OUT.to_owned(), |home| places::goes_on_in(&case.contact.name, &place_name(&home)));
    let place = match place {
        Place::Home => Place::Conversation(conversation.clone()),
        place => place.clone(),
    };
    let post = left_behind(desk, case, &place, &said)?;
    let envelope = Envelope::Update { activity, post };
    desk.tx.enqueue_post(Some(case.thread.id), &place, &envelope, desk.now).map(drop)
}

/// Where the thread is followed now. Its home by the name that stays the same when it moves.
fn old_places(desk: &Desk<'_>, case: &Case) -> Result<Vec<Old>> {
    let thread = case.thread.id;
    let mut old = Vec::new();
    for place in desk.audience(thread)? {
        let card = desk.tx.thread_card(thread, &place)?;
        match place {
            // A chain that is still being opened has nobody to tell.
            Place::Home => {
                let conversation = desk.tx.home(thread)?.and_then(|home| home.conversation);
                old.extend(conversation.map(|conversation| Old { place: Place::Conversation(conversation), card }));
            }
            place => old.push(Old { place, card }),
        }
    }
    Ok(old)
}

fn forget_cards(desk: &Desk<'_>, case: &Case, old: &[Old]) -> Result<()> {
    let now = desk.audience(case.thread.id)?;
    // The next home has a card of its own.
    desk.tx.forget_thread_card(case.thread.id, &Place::Home)?;
    old.iter().filter(|old| !now.contains(&old.place)).try_for_each(|old| forget_card(desk, case, old))
}

fn forget_card(desk: &Desk<'_>, case: &Case, old: &Old) -> Result<()> {
    match &old.place {
        Place::Own(_) => desk.tx.forget_thread_card(case.thread.id, &old.place),
        Place::Home | Place::Conversation(_) => desk.tx.forget_thread_card(case.thread.id, &Place::Home),
    }
}

/// Says in an old place where the thread goes on. Its card there says so too, and has no buttons any more, unless it is followed there
/// still.
fn leave_behind(desk: &Desk<'_>, case: &Case, old: &Old, said: &str) -> Result<()> {
    let thread = case.thread.id;
    let post = left_behind(desk, case, &old.place, said)?;
    if let (Some(activity), false) = (&old.card, desk.audience(thread)?.contains(&old.place)) {
        let envelope = Envelope::Update { activity: activity.clone(), post: post.clone() };
        desk.tx.enqueue_post(Some(thread), &old.place, &envelope, desk.now)?;
    }
    // An edit notifies nobody. Of no thread: a quote of it is no answer to the client there.
    let envelope = Envelope::Post { post, thread: None, message: None, repeated: false };
    desk.tx.enqueue_post(Some(thread), &old.place, &envelope, desk.now).map(drop)
}

fn left_behind(desk: &Desk<'_>, case: &Case, place: &Place, said: &str) -> Result<Post> {
    let person = match place {
        Place::Own(id) => desk.person(id)?,
        Place::Home | Place::Conversation(_) => None,
    };
    let line = Some(&case.contact.line);
    let reader = person.as_ref().map_or_else(|| desk.reader_of_all(line), |person| desk.reader(person, line));
    let head = Some(desk.head(&case.contact, Some(&case.thread)));
    Ok(cards::notice(&reader, &Notice { head, text: said.to_owned(), ..Notice::default() }))
}

fn journal(desk: &Desk<'_>, case: &Case, by: &str, old: &[Old], to: &str) -> Result<()> {
    let from: Vec<&str> = old.iter().map(|old| old.place.key()).collect();
    desk.journal("thread.moved", by, Some(case.thread.id), None, &json!({ "from": from, "to": to }))
}

/// What a conversation is called in a sentence.
pub fn place_name(known: &SharedConversation) -> String {
    places::named(known.scope == Scope::GroupChat, known.name.as_deref())
}

/// The group chat in which a thread lives.
pub fn chat(desk: &Desk<'_>, thread: ThreadId) -> Result<Option<ConversationId>> {
    let Some(home) = desk.tx.home(thread)? else { return Ok(None) };
    let known = desk.tx.conversation(&home.base)?.filter(|known| known.scope == Scope::GroupChat);
    Ok(known.map(|_| home.base))
}
