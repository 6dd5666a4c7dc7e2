//! The details of a conversation: who takes part since when, and what can be done about it.

use super::away_now::AwayNow;
use super::element::{ActionSet, Button, Container, Element, TextBlock, list};
use super::parts::header;
use super::submit::Action;
use super::text::{Text, name};
use super::view::{Head, Reader};
use crate::bridge::{Post, ThreadId, Time};
use crate::texts::{absence, labels, notes, participants as words, transfer};

/// A conversation and its colleagues.
#[derive(Clone, Debug)]
pub struct Details {
    pub thread: ThreadId,
    pub head: Head,
    /// In the order they joined.
    pub participants: Vec<ParticipantRow>,
    /// The reader takes part; else they supervise the line.
    pub takes_part: bool,
    /// It lives in its participants' own chats; else in a shared conversation.
    pub in_own_chats: bool,
    /// The shared conversation in which it lived before is still there for it.
    pub way_back: bool,
}

/// A colleague in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParticipantRow {
    pub name: String,
    pub since: Time,
    /// For whom they stand in, by name.
    pub cover_for: Option<String>,
    pub away: Option<AwayNow>,
}

/// The card.
pub fn details(reader: &Reader<'_>, view: &Details) -> Post {
    let mut card = reader.card();
    card.extend(header(&view.head));
    if view.participants.is_empty() {
        card.push(TextBlock::new(Text::plain(words::NOBODY)).spaced());
    }
    card.extend(list(view.participants.iter().map(row).collect(), 0, labels::more));
    if view.takes_part {
        card.push(ActionSet::new(ways(view)));
    }
    card.actions(buttons(view));
    card.post(labels::about(&name(&view.head.client), labels::DETAILS))
}

fn row(participant: &ParticipantRow) -> Element {
    let since = Text::plain(words::SINCE).then(Text::moment(participant.since));
    let below = match &participant.cover_for {
        Some(other) => since.and(" · ").and(words::covers_for(&name(other))),
        None => since,
    };
    let below = participant.away.iter().fold(below, |below, away| below.and(absence::ALSO).then(away.until()));
    let who = TextBlock::new(Text::plain(name(&participant.name))).bold();
    Container::new([who.into(), TextBlock::new(below).subtle().small().close().into()]).separated().into()
}

/// Where else the conversation is found, or could be.
fn ways(view: &Details) -> Vec<Button> {
    let thread = view.thread;
    let home = if view.in_own_chats {
        Button::new(labels::OPEN_AS_CHAT, &Action::OpenChat { thread })
    } else {
        Button::new(labels::USE_OWN_CHATS, &Action::UnlinkChat { thread })
    };
    let back = view.way_back.then(|| Button::new(labels::MOVE_BACK, &Action::MoveBack { thread }));
    [Button::new(labels::HISTORY, &Action::OpenHistory { thread, before: None })].into_iter().chain(back).chain([home]).collect()
}

/// What can be done, the likely first. A supervisor who takes no part can hand the client over and remove colleagues.
fn buttons(view: &Details) -> Vec<Button> {
    let thread = view.thread;
    let button = |title, action: Action| Button::new(title, &action);
    let transfer = button(transfer::TRANSFER, Action::TransferForm { thread });
    let remove = button(words::REMOVE, Action::RemoveForm { thread });
    if !view.takes_part {
        return vec![transfer.positive(), remove];
    }
    vec![
        button(words::ADD, Action::AddForm { thread }).positive(),
        transfer,
        button(words::LEAVE, Action::LeaveForm { thread }),
        remove,
        button(words::END, Action::EndForm { thread }),
        button(notes::NOTE, Action::NoteForm { thread }),
    ]
}
