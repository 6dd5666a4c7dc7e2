//! Who acts, and where: in their own chat with the bot, in a group chat, or in a channel.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::chat::{Author, ChatItem, Timeline};
use super::rooms::{RoomKind, chain_of};
use super::state::{TeamsUser, World};
use crate::simulator::common::ControlError;

/// A person in a conversation. A name alone means their own chat with the bot, a pair the shared conversation with this id: a group
/// chat's, a channel's, or that of a channel's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat<'a> {
    pub user: &'a str,
    pub conversation: Option<&'a str>,
}

impl<'a> From<&'a str> for Seat<'a> {
    fn from(user: &'a str) -> Self {
        Self { user, conversation: None }
    }
}

impl<'a> From<&'a String> for Seat<'a> {
    fn from(user: &'a String) -> Self {
        Self::from(user.as_str())
    }
}

impl<'a> From<(&'a str, &'a str)> for Seat<'a> {
    fn from((user, conversation): (&'a str, &'a str)) -> Self {
        Self { user, conversation: Some(conversation) }
    }
}

/// Where somebody acts, as far as their activities tell.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Own,
    GroupChat {
        id: String,
    },
    Channel {
        id: String,
        team: String,
        group_id: String,
        /// The message that opened the chain; `None` = a new one.
        root: Option<String>,
    },
}

/// A seat that exists.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub(super) user: TeamsUser,
    pub(super) place: Place,
    /// The bot is here.
    pub(super) bot: bool,
    /// The bot hears messages that do not mention it.
    pub(super) rsc: bool,
}

impl Actor {
    pub(super) fn own(user: TeamsUser) -> Self {
        Self { user, place: Place::Own, bot: true, rsc: true }
    }

    pub(super) fn is_own(&self) -> bool {
        matches!(self.place, Place::Own)
    }

    /// Moves into a chain of the channel; elsewhere nothing changes.
    pub(super) fn into_chain(mut self, of: Option<&str>) -> Self {
        if let (Place::Channel { root, .. }, Some(of)) = (&mut self.place, of) {
            *root = Some(of.to_owned());
        }
        self
    }

    /// The chain, in a channel.
    pub(super) fn root(&self) -> Option<&str> {
        match &self.place {
            Place::Channel { root, .. } => root.as_deref(),
            _ => None,
        }
    }

    /// A message of this person, here, with nothing in it yet.
    pub(super) fn writes(&self, id: &str, now: DateTime<Utc>) -> ChatItem {
        let root = self.root().map(str::to_owned);
        ChatItem { root, ..ChatItem::new(id, Author::User, (&self.user.user_id, &self.user.name), now) }
    }

    /// `conversation.id` of activities from here.
    pub(super) fn conversation(&self) -> String {
        match &self.place {
            Place::Own => self.user.conversation_id.clone(),
            Place::GroupChat { id } => id.clone(),
            Place::Channel { id, root: Some(root), .. } => format!("{id};messageid={root}"),
            Place::Channel { id, root: None, .. } => id.clone(),
        }
    }

    /// `conversation` of activities from here.
    pub(super) fn conversation_json(&self, tenant: &str) -> Value {
        match &self.place {
            Place::Own => json!({"conversationType": "personal", "tenantId": tenant, "id": self.conversation()}),
            Place::GroupChat { .. } => {
                json!({"isGroup": true, "conversationType": "groupChat", "tenantId": tenant, "id": self.conversation()})
            }
            Place::Channel { .. } => json!({"isGroup": true, "conversationType": "channel", "tenantId": tenant, "id": self.conversation()}),
        }
    }

    /// `channelData` of activities from here.
    pub(super) fn channel_data(&self, tenant: &str) -> Value {
        match &self.place {
            Place::Channel { id, team, group_id, .. } => json!({
                "teamsChannelId": id, "teamsTeamId": team, "channel": {"id": id}, "team": {"id": team, "aadGroupId": group_id},
                "tenant": {"id": tenant}}),
            _ => json!({"tenant": {"id": tenant}}),
        }
    }
}

impl World {
    /// The person at this seat, the current time and a fresh message id.
    pub(super) fn begin(&self, seat: Seat<'_>) -> Result<(Actor, DateTime<Utc>, String), ControlError> {
        let now = self.common.now();
        let actor = self.actor(seat)?;
        Ok((actor, now, self.next_id(now)))
    }

    /// The person at this seat. Nobody acts where they are no member, nor in what is archived or deleted.
    pub(super) fn actor(&self, seat: Seat<'_>) -> Result<Actor, ControlError> {
        let user = self.with_user(seat.user, |state| state.user.clone())?;
        let Some(conversation) = seat.conversation else { return Ok(Actor::own(user)) };
        let state = self.lock();
        let shared = &state.shared;
        let unknown = || ControlError::Unknown("conversation", conversation.to_owned());
        let room = shared.room(conversation).filter(|room| !room.deleted).ok_or_else(unknown)?;
        let roster = shared.roster(conversation).ok_or_else(unknown)?;
        if !roster.has(&user.key) {
            return Err(ControlError::Impossible(format!("{} is not in this conversation", user.name)));
        }
        let (id, root) = chain_of(conversation);
        let place = match (&room.kind, shared.team_of(room)) {
            (RoomKind::GroupChat(_), _) => Place::GroupChat { id: id.to_owned() },
            (RoomKind::Channel(_), Some(team)) if team.archived => {
                return Err(ControlError::Impossible("this team is archived".to_owned()));
            }
            (RoomKind::Channel(_), Some(team)) if !team.deleted => {
                if root.is_some_and(|root| !room.chat.has_chain(root)) {
                    return Err(unknown());
                }
                let (team, group_id) = (team.id.clone(), team.group_id.clone());
                Place::Channel { id: id.to_owned(), team, group_id, root: root.map(str::to_owned) }
            }
            _ => return Err(unknown()),
        };
        Ok(Actor { user, place, bot: roster.bot, rsc: roster.rsc })
    }

    /// The messages where this person acts.
    pub(super) fn with_chat<T>(&self, actor: &Actor, act: impl FnOnce(&mut Timeline) -> T) -> Result<T, ControlError> {
        let mut state = self.lock();
        let chat = match &actor.place {
            Place::Own => state.user(&actor.user.key).map(|user| &mut user.chat),
            Place::GroupChat { id } | Place::Channel { id, .. } => state.shared.room_mut(id).map(|room| &mut room.chat),
        };
        Ok(act(chat.ok_or_else(|| ControlError::Unknown("conversation", actor.conversation()))?))
    }

    /// A message as this person sees it.
    pub(super) fn item(&self, actor: &Actor, activity_id: &str) -> Result<ChatItem, ControlError> {
        let found = self.with_chat(actor, |chat| chat.seen(&actor.user.key, activity_id))?;
        found.filter(|item| item.is_in(actor.root())).ok_or_else(|| ControlError::Unknown("activity", activity_id.to_owned()))
    }

    /// Changes a message, if it is there.
    pub(super) fn change(&self, actor: &Actor, activity_id: &str, act: impl FnOnce(&mut ChatItem)) -> Result<(), ControlError> {
        self.with_chat(actor, |chat| chat.item(activity_id).map(act))?;
        self.common.signal();
        Ok(())
    }

    /// Everything that somebody sees, oldest first. They need not be able to act there.
    pub(super) fn seen(&self, seat: Seat<'_>) -> Result<Vec<ChatItem>, ControlError> {
        let Some(conversation) = seat.conversation else {
            return self.with_user(seat.user, |state| state.chat.seen_by(&state.user.key, None));
        };
        let user = self.with_user(seat.user, |state| state.user.key.clone())?;
        let found = self.lock().shared.seen_in(conversation, &user);
        found.ok_or_else(|| ControlError::Unknown("conversation", conversation.to_owned()))
    }

    /// Everything in a shared conversation as it was posted, oldest first.
    pub(super) fn posted_in(&self, conversation: &str) -> Result<Vec<ChatItem>, ControlError> {
        let (_, root) = chain_of(conversation);
        let state = self.lock();
        let room = state.shared.room(conversation).ok_or_else(|| ControlError::Unknown("conversation", conversation.to_owned()))?;
        Ok(room.chat.items().iter().filter(|item| item.is_in(root)).cloned().collect())
    }
}
