//! A conversation as the bot addresses it: whether it may write there, and the messages that stand in it.

use std::collections::VecDeque;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};

use super::super::chat::{Author, ChatItem, Timeline};
use super::super::rooms::{RoomKind, chain_of};
use super::super::state::{State, TeamsUser, World};
use super::call::{GONE, NO_ACTIVITY, NOT_IN_ROSTER, NOT_OURS, Refusal};

/// A conversation that the bot may write to.
pub(super) struct Spot<'s> {
    pub(super) chat: &'s mut Timeline,
    /// Times of recent sends.
    pub(super) sends: &'s mut VecDeque<DateTime<Utc>>,
    pub(super) place: SpotPlace,
    /// Short names of who is in it.
    pub(super) members: Vec<String>,
}

pub(super) enum SpotPlace {
    Personal,
    GroupChat,
    /// A channel, or its chain with this root.
    Channel(Option<String>),
}

impl Spot<'_> {
    /// One of the bot's own messages. A targeted one is found only by who says so.
    pub(super) fn own_item(&mut self, id: &str, targeted: bool) -> Result<&mut ChatItem, Refusal> {
        let root = match &self.place {
            SpotPlace::Channel(root) => root.clone(),
            _ => None,
        };
        let here = |item: &&mut ChatItem| !item.deleted && item.is_in(root.as_deref()) && item.private_to.is_some() == targeted;
        let item = self.chat.item(id).filter(here).ok_or(NO_ACTIVITY)?;
        if item.from == Author::Bot { Ok(item) } else { Err(NOT_OURS) }
    }
}

impl World {
    /// The conversation, if the bot may write there.
    pub(super) fn in_conversation<T>(&self, conversation: &str, act: impl FnOnce(Spot<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut state = self.lock();
        let State { users, shared, sends } = &mut *state;
        let sends = sends.entry(conversation.to_owned()).or_default();
        if let Some(user) = users.iter_mut().find(|user| user.user.conversation_id == conversation) {
            if user.blocked {
                return Err(Refusal(StatusCode::FORBIDDEN, "ConversationBlockedByUser", "User blocked the conversation with the bot."));
            }
            if !user.installed && !user.opened {
                return Err(NOT_IN_ROSTER);
            }
            let members = vec![user.user.key.clone()];
            return act(Spot { chat: &mut user.chat, sends, place: SpotPlace::Personal, members });
        }
        let room = shared.room(conversation).filter(|room| !room.deleted).ok_or(GONE)?;
        let roster = shared.roster(conversation).ok_or(GONE)?;
        if !roster.bot {
            return Err(NOT_IN_ROSTER);
        }
        let team = shared.team_of(room);
        if team.is_some_and(|team| team.deleted) {
            return Err(GONE);
        }
        if team.is_some_and(|team| team.archived) {
            return Err(Refusal(StatusCode::FORBIDDEN, "NotEnoughPermissions", "The team is archived."));
        }
        let (_, root) = chain_of(conversation);
        let place = match &room.kind {
            RoomKind::GroupChat(_) => SpotPlace::GroupChat,
            RoomKind::Channel(_) if root.is_some_and(|root| !room.chat.has_chain(root)) => return Err(GONE),
            RoomKind::Channel(_) => SpotPlace::Channel(root.map(str::to_owned)),
        };
        let members = roster.members.iter().map(|member| member.user.clone()).collect();
        let chat = &mut shared.room_mut(conversation).ok_or(GONE)?.chat;
        act(Spot { chat, sends, place, members })
    }

    /// Who is in a conversation that the bot is in too.
    pub(super) fn people_in(&self, conversation: &str) -> Result<Vec<TeamsUser>, Refusal> {
        let members = self.in_conversation(conversation, |spot| Ok(spot.members))?;
        let mut state = self.lock();
        Ok(members.iter().filter_map(|key| state.user(key).map(|user| user.user.clone())).collect())
    }
}
