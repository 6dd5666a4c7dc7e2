//! Who is in the shared conversations. In a chat that is a thread's home, being there is taking part: whoever comes and is enabled for
//! the line takes part, whoever goes leaves. Anybody else is named, and never relayed.

use super::comings::{self, Coming};
use super::conversations::{self, Known};
use super::desk::{Case, Desk, Person, SERVER};
use super::participation::{self, Came};
use super::sender::{Seen, seen};
use super::{chat_mirror, goings, leftovers, moving, notices};
use crate::bridge::{ColleagueId, ConversationId, HistoryChoice, Scope, TeamsEvent, TeamsMember};
use crate::cards::Style;
use crate::store::{ChatTask, Result, SharedConversation};
use crate::teams::Member;
use crate::texts::{TextId, places};
use serde_json::json;

/// A chat became a thread's home: the colleagues in it take part. `by`: who linked it; `None`: we made it.
pub fn gather(desk: &Desk<'_>, case: &Case, chat: &SharedConversation, by: Option<&Person>) -> Result<()> {
    let base = &chat.reference.conversation;
    if let Some(by) = by {
        desk.tx.add_member(base, by.id())?;
    }
    for id in desk.tx.members(base)? {
        if desk.tx.participation(case.thread.id, &id)?.is_none() {
            come(desk, case, &id, by.map(Person::id))?;
        }
    }
    desk.tx.order(&ChatTask::Roster { conversation: base.clone() }, desk.now)
}

/// Somebody came to a chat or team.
pub fn added(desk: &Desk<'_>, event: &TeamsEvent, known: &Known, members: &[TeamsMember]) -> Result<()> {
    let by = event.sender.object_id.as_ref().map(|id| ColleagueId(id.to_lowercase()));
    for one in conversations::all(desk, event, &known.now)? {
        let base = &one.reference.conversation;
        for member in members {
            let Some(id) = colleague_of(member) else { continue };
            let seen_there = Seen {
                id: id.clone(),
                user_id: &member.user_id,
                upn: None,
                name: member.name.as_deref(),
                locale: None,
                time_zone: None,
                reference: &event.reference,
            };
            let person = seen(desk, &seen_there, desk.tx.colleague(&id)?)?;
            if desk.office.entry(&person).is_none() {
                continue;
            }
            let new = desk.tx.add_member(base, &id)?;
            let Some(case) = chat_home(desk, &one)? else { continue };
            if !desk.tx.participants(case.thread.id)?.contains(&id) {
                come(desk, &case, &id, by.as_ref())?;
            } else if new {
                moving::follows_there(desk, &case, &id, &one)?;
            }
        }
        // Names, strangers and whoever Teams did not name fully.
        desk.tx.order(&ChatTask::Roster { conversation: base.clone() }, desk.now)?;
    }
    Ok(())
}

/// Somebody left a chat or team, or was removed there.
pub fn removed(desk: &Desk<'_>, event: &TeamsEvent, known: &Known, members: &[TeamsMember]) -> Result<()> {
    let by = event.sender.object_id.as_ref().map(|id| ColleagueId(id.to_lowercase()));
    for one in conversations::all(desk, event, &known.now)? {
        for id in members.iter().filter_map(colleague_of) {
            let base = &one.reference.conversation;
            desk.tx.remove_member(base, &id)?;
            let Some(case) = chat_home(desk, &one)? else { continue };
            // Removed by nobody who is named, they were removed by us, perhaps before they came back: whether that is right is read anew.
            if by.is_none() && desk.tx.chat_order_of(base)?.is_some() {
                chat_mirror::keep(desk, base, &id)?;
            } else {
                go(desk, &case, &id, by.as_ref())?;
            }
        }
    }
    Ok(())
}

/// Who is in a conversation, as Teams lists them all.
pub fn roster(desk: &Desk<'_>, conversation: &ConversationId, members: &[Member]) -> Result<()> {
    let Some(known) = desk.tx.conversation(conversation)? else { return Ok(()) };
    let case = chat_home(desk, &known)?;
    let (mut here, mut strangers) = (Vec::new(), Vec::new());
    for member in members {
        let Some(id) = member.object_id.as_ref().map(|id| ColleagueId(id.to_lowercase())) else { continue };
        let seen_there = Seen {
            id: id.clone(),
            user_id: &member.user_id,
            upn: member.upn.as_deref(),
            name: member.name.as_deref(),
            locale: None,
            time_zone: None,
            reference: &known.reference,
        };
        let person = desk.as_person(seen(desk, &seen_there, desk.tx.colleague(&id)?)?);
        let mut new = false;
        if desk.office.entry(&person.known).is_some() {
            new = desk.tx.add_member(conversation, &id)?;
            here.push(id.clone());
        }
        let Some(case) = &case else { continue };
        if !desk.is_of_line(&person, &case.contact.line) {
            if desk.tx.first_time(&format!("stranger:{conversation}:{id}"), desk.now)? {
                strangers.push(person.name);
            }
            continue;
        }
        match desk.tx.participation(case.thread.id, &id)? {
            None => come(desk, case, &id, None)?,
            Some(part) if new && part.left_at.is_none() => moving::follows_there(desk, case, &id, &known)?,
            Some(_) => {}
        }
    }
    for id in desk.tx.members(conversation)?.into_iter().filter(|id| !here.contains(id)) {
        desk.tx.remove_member(conversation, &id)?;
    }
    let Some(case) = case else { return Ok(()) };
    chat_mirror::keep_all(desk, &case, conversation)?;
    if strangers.is_empty() { Ok(()) } else { name_strangers(desk, &case, &strangers) }
}

fn colleague_of(member: &TeamsMember) -> Option<ColleagueId> {
    member.object_id.as_ref().map(|id| ColleagueId(id.to_lowercase()))
}

/// The thread whose home a group chat is. In a channel everybody of the team reads along: being there is no taking part.
fn chat_home(desk: &Desk<'_>, known: &SharedConversation) -> Result<Option<Case>> {
    if known.scope != Scope::GroupChat {
        return Ok(None);
    }
    match desk.tx.home_at(&known.reference.conversation)? {
        Some(home) => desk.case(home.thread),
        None => Ok(None),
    }
}

/// A colleague who came to the chat takes part from now on, when they are enabled for the line. `by`: who added them.
fn come(desk: &Desk<'_>, case: &Case, id: &ColleagueId, by: Option<&ColleagueId>) -> Result<()> {
    let Some(person) = desk.person(id)?.filter(|person| desk.is_of_line(person, &case.contact.line)) else { return Ok(()) };
    let (how, history) = ("joined_chat", HistoryChoice::None);
    if let Some(adder) = by.filter(|by| *by != id).map(|by| desk.person(by)).transpose()?.flatten() {
        return comings::add(desk, case, &person, &Coming { by: &adder, how, history }).map(drop);
    }
    let visible_from = participation::visible_from(desk, case.thread.id, history)?;
    if participation::join(desk, case, id, &Came { by: id.as_str(), how, visible_from, cover_for: None })? {
        goings::tell_others(desk, case, &person, &[id], Style::Default, |_| places::joined(&person.name))?;
        notices::tell_client(desk, case, TextId::K33, &[("colleague", &person.name)])?;
    }
    Ok(())
}

/// A colleague who is in the chat no more takes part no more; `by`: who removed them. The last one does not leave the client without
/// anybody: the conversation goes on in their own chat.
fn go(desk: &Desk<'_>, case: &Case, id: &ColleagueId, by: Option<&ColleagueId>) -> Result<()> {
    let participants = desk.tx.participants(case.thread.id)?;
    let (true, Some(person)) = (participants.contains(id), desk.person(id)?) else { return Ok(()) };
    if participants.len() == 1 {
        return moving::into_own(desk, case, SERVER).map(drop);
    }
    match by.filter(|by| *by != id && participants.contains(by)).map(|by| desk.person(by)).transpose()?.flatten() {
        Some(remover) => goings::remove(desk, case, &remover, &person).map(drop)?,
        None => {
            // Nobody can be asked what becomes of what waits: it comes back to its author.
            goings::leave(desk, case, &person, None)?;
            let farewell = goings::farewell(desk, case, &person, TextId::T30, TextId::T32)?;
            leftovers::tell_gone(desk, case, &person, farewell)?;
            // What they type next was perhaps meant for the client who has just gone.
            desk.tx.lose_focus(id, case.thread.id)?;
        }
    }
    chat_mirror::leave_if_empty(desk, case).map(drop)
}

fn name_strangers(desk: &Desk<'_>, case: &Case, names: &[String]) -> Result<()> {
    let line = desk.head(&case.contact, None).line;
    desk.journal("strangers.named", SERVER, Some(case.thread.id), None, &json!({ "names": names }))?;
    desk.tell(case, Style::Warning, |_| places::strangers(names, &line))
}
