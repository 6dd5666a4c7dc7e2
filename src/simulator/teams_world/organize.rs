//! What people do with shared conversations: make them, add and remove members and the bot, rename, archive, delete. The bot is told of
//! what happens where it is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::chat::{Author, ChatItem, Timeline};
use super::client::fresh_id;
use super::deliver::Posted;
use super::rooms::{Member, Room, RoomKind, Roster, chain_of};
use super::seat::{Actor, Place};
use super::state::{TeamsUser, TeamsWorld, World};
use crate::simulator::common::ControlError;

/// What becomes of a team or a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// A team that nobody writes in any more.
    Archived,
    Unarchived,
    Deleted,
    Restored,
}

impl TeamsWorld {
    /// Makes a group chat of these people; its conversation id. The bot is not in it.
    pub fn create_group_chat(&self, topic: &str, members: &[&str]) -> Result<String, ControlError> {
        self.world.create_group_chat(Some(topic), members)
    }

    /// Makes a team of these people with its General channel; the id of both. The bot is not in it.
    pub fn create_team(&self, name: &str, members: &[&str]) -> Result<String, ControlError> {
        self.world.create_team(name, members)
    }

    /// Makes a channel in a team; its conversation id.
    pub async fn create_channel(&self, team: &str, by: &str, name: &str) -> Result<String, ControlError> {
        self.world.create_channel(team, by, name).await
    }

    /// Adds the bot to a group chat or a team (by the id of one of its channels too): `installationUpdate` and `conversationUpdate`, as
    /// Teams sends them together. It hears only what addresses it, until [`TeamsWorld::set_rsc`].
    pub async fn add_bot(&self, place: &str, by: &str) -> Result<Vec<Posted>, ControlError> {
        self.world.tell(self.world.set_bot(place, Some(by), true)?).await
    }

    /// Removes the bot: the Connector answers 403 from now on.
    pub async fn remove_bot(&self, place: &str, by: &str) -> Result<Vec<Posted>, ControlError> {
        self.world.tell(self.world.set_bot(place, Some(by), false)?).await
    }

    /// Resource-specific consent of a group chat or a team: the bot hears messages that do not mention it too.
    pub fn set_rsc(&self, place: &str, on: bool) -> Result<(), ControlError> {
        self.world.set_rsc(place, on)
    }

    /// Adds somebody to a group chat or a team, with its whole history.
    pub async fn add_member(&self, place: &str, by: &str, user: &str) -> Result<Vec<Posted>, ControlError> {
        self.world.tell(self.world.add_member(place, Some(by), user, None)?).await
    }

    /// Removes somebody from a group chat or a team; who removes themselves leaves.
    pub async fn remove_member(&self, place: &str, by: &str, user: &str) -> Result<Vec<Posted>, ControlError> {
        self.world.tell(self.world.remove_member(place, Some(by), user)?).await
    }

    /// Names a group chat, a channel, or (by its own id, which is its General channel's) a team.
    pub async fn rename(&self, place: &str, by: &str, name: &str) -> Result<Vec<Posted>, ControlError> {
        self.world.tell(self.world.rename(place, Some(by), name)?).await
    }

    /// Archives, deletes or brings back a team, or deletes or restores a channel.
    pub async fn decide_fate(&self, place: &str, by: &str, fate: Fate) -> Result<Vec<Posted>, ControlError> {
        self.world.tell(self.world.decide_fate(place, by, fate)?).await
    }

    /// Another bot writes in a shared conversation.
    pub async fn other_bot_says(&self, conversation: &str, name: &str, text: &str) -> Result<Posted, ControlError> {
        self.world.other_bot_says(conversation, name, text).await
    }
}

pub(super) fn new_id(kind: &str) -> String {
    format!("19:{}@thread.{kind}", uuid::Uuid::new_v4().simple())
}

fn unknown(place: &str) -> ControlError {
    ControlError::Unknown("group chat or team", place.to_owned())
}

impl World {
    pub(super) fn create_group_chat(&self, topic: Option<&str>, members: &[&str]) -> Result<String, ControlError> {
        let roster = Roster::of(&self.keys_of(members)?);
        let id = new_id("v2");
        let name = topic.map(str::to_owned);
        let (kind, made_at) = (RoomKind::GroupChat(roster), Some(self.common.now()));
        let room = Room { id: id.clone(), name, kind, deleted: false, made_at, chat: Timeline::default() };
        self.lock().shared.rooms.push(room);
        self.common.signal();
        Ok(id)
    }

    pub(super) fn create_team(&self, name: &str, members: &[&str]) -> Result<String, ControlError> {
        let (id, group_id, roster) = (new_id("tacv2"), uuid::Uuid::new_v4().to_string(), Roster::of(&self.keys_of(members)?));
        self.lock().shared.add_team(&id, name, &group_id, roster);
        self.common.signal();
        Ok(id)
    }

    pub(super) async fn create_channel(&self, team: &str, by: &str, name: &str) -> Result<String, ControlError> {
        let id = new_id("tacv2");
        let mut event = self.event(team, Some(by), "conversationUpdate")?;
        event["channelData"]["eventType"] = json!("channelCreated");
        event["channelData"]["channel"] = json!({"id": id, "name": name});
        self.lock().shared.add_channel(team, &id, name);
        self.tell(self.if_bot_is_in(team, event)?).await?;
        Ok(id)
    }

    fn keys_of(&self, members: &[&str]) -> Result<Vec<String>, ControlError> {
        members.iter().map(|key| self.with_user(key, |state| state.user.key.clone())).collect()
    }

    /// Consent is given to an app that is there.
    pub(super) fn set_rsc(&self, place: &str, on: bool) -> Result<(), ControlError> {
        let here = self.with_roster(place, |roster| {
            roster.rsc = on && roster.bot;
            roster.bot
        })?;
        if here { Ok(()) } else { Err(ControlError::Impossible("the bot is not here".to_owned())) }
    }

    fn with_roster<T>(&self, place: &str, act: impl FnOnce(&mut Roster) -> T) -> Result<T, ControlError> {
        let done = self.lock().shared.roster_mut(place).map(act);
        self.common.signal();
        done.ok_or_else(|| unknown(place))
    }

    /// An event of a group chat or a team, by a person or (`None`) by an app.
    fn event(&self, place: &str, by: Option<&str>, kind: &str) -> Result<Value, ControlError> {
        let user = match by {
            Some(by) => self.with_user(by, |state| state.user.clone())?,
            None => robot(self.bot_id(), &self.bot_name),
        };
        let state = self.lock();
        let team = state.shared.room(place).and_then(|room| state.shared.team_of(room)).or_else(|| state.shared.team(place));
        let roster = state.shared.roster(place).ok_or_else(|| unknown(place))?;
        let (bot, rsc) = (roster.bot, roster.rsc);
        let place = match team {
            None => Place::GroupChat { id: chain_of(place).0.to_owned() },
            // Events of a team come in its General channel.
            Some(team) => Place::Channel { id: team.id.clone(), team: team.id.clone(), group_id: team.group_id.clone(), root: None },
        };
        let about = team.map(|team| json!({"id": team.id, "name": team.name, "aadGroupId": team.group_id}));
        drop(state);
        let actor = Actor { user, place, bot, rsc };
        let mut event = self.envelope(&actor, kind, &fresh_id(), self.common.now());
        if by.is_none() {
            event["from"] = json!({"id": self.bot_id(), "name": self.bot_name});
        }
        if let Some(team) = about {
            event["channelData"] = json!({"team": team, "tenant": {"id": self.tenant_id}});
        }
        Ok(event)
    }

    /// What the bot is told, if it is there.
    fn if_bot_is_in(&self, place: &str, event: Value) -> Result<Vec<Value>, ControlError> {
        let here = self.with_roster(place, |roster| roster.bot)?;
        Ok(if here { vec![event] } else { Vec::new() })
    }

    /// Tells the bot.
    pub(super) async fn tell(&self, events: Vec<Value>) -> Result<Vec<Posted>, ControlError> {
        let mut told = Vec::new();
        for event in events {
            told.push(self.deliver(event).await?);
        }
        Ok(told)
    }

    /// What the bot is to be told, as of all that follow.
    pub(super) fn set_bot(&self, place: &str, by: Option<&str>, add: bool) -> Result<Vec<Value>, ControlError> {
        self.endpoint()?;
        let mut installation = self.event(place, by, "installationUpdate")?;
        installation["action"] = json!(if add { "add" } else { "remove" });
        installation["channelData"]["source"] = json!({"name": "message"});
        installation["channelData"]["settings"] = json!({"selectedChannel": {"id": chain_of(place).0}});
        let mut update = self.event(place, by, "conversationUpdate")?;
        let is_team = update["channelData"].get("team").is_some();
        update[if add { "membersAdded" } else { "membersRemoved" }] = json!([{"id": self.bot_id(), "name": self.bot_name}]);
        if is_team {
            update["channelData"]["eventType"] = json!(if add { "teamMemberAdded" } else { "teamMemberRemoved" });
        }
        let was = self.with_roster(place, |roster| {
            roster.rsc &= add;
            std::mem::replace(&mut roster.bot, add)
        })?;
        if was == add {
            return Err(ControlError::Impossible(if add { "the bot is here already" } else { "the bot is not here" }.to_owned()));
        }
        Ok(vec![installation, update])
    }

    pub(super) fn add_member(
        &self,
        place: &str,
        by: Option<&str>,
        user: &str,
        sees_from: Option<DateTime<Utc>>,
    ) -> Result<Vec<Value>, ControlError> {
        let user = self.with_user(user, |state| state.user.clone())?;
        let event = self.member_event(place, by, &user, "membersAdded", "teamMemberAdded")?;
        let known = self.with_roster(place, |roster| {
            let known = roster.has(&user.key);
            if !known {
                roster.members.push(Member { user: user.key.clone(), sees_from });
            }
            known
        })?;
        if known {
            return Err(ControlError::Impossible(format!("{} is here already", user.name)));
        }
        self.if_bot_is_in(place, event)
    }

    pub(super) fn remove_member(&self, place: &str, by: Option<&str>, user: &str) -> Result<Vec<Value>, ControlError> {
        let user = self.with_user(user, |state| state.user.clone())?;
        let event = self.member_event(place, by, &user, "membersRemoved", "teamMemberRemoved")?;
        let known = self.with_roster(place, |roster| {
            let before = roster.members.len();
            roster.members.retain(|member| member.user != user.key);
            roster.members.len() < before
        })?;
        if !known {
            return Err(ControlError::Impossible(format!("{} is not here", user.name)));
        }
        self.if_bot_is_in(place, event)
    }

    fn member_event(&self, place: &str, by: Option<&str>, who: &TeamsUser, list: &str, of_team: &str) -> Result<Value, ControlError> {
        let mut event = self.event(place, by, "conversationUpdate")?;
        event[list] = json!([{"id": who.user_id, "aadObjectId": who.object_id}]);
        if event["channelData"].get("team").is_some() {
            event["channelData"]["eventType"] = json!(of_team);
        }
        Ok(event)
    }

    pub(super) fn rename(&self, place: &str, by: Option<&str>, name: &str) -> Result<Vec<Value>, ControlError> {
        let mut event = self.event(place, by, "conversationUpdate")?;
        {
            let mut state = self.lock();
            if let Some(team) = state.shared.team_mut(place) {
                name.clone_into(&mut team.name);
                event["channelData"]["team"]["name"] = json!(name);
                event["channelData"]["eventType"] = json!("teamRenamed");
            } else {
                let room = state.shared.room_mut(place).ok_or_else(|| unknown(place))?;
                room.name = Some(name.to_owned());
                if matches!(room.kind, RoomKind::GroupChat(_)) {
                    event["topicName"] = json!(name);
                } else {
                    event["channelData"]["channel"] = json!({"id": room.id, "name": name});
                    event["channelData"]["eventType"] = json!("channelRenamed");
                }
            }
        }
        self.if_bot_is_in(place, event)
    }

    pub(super) fn decide_fate(&self, place: &str, by: &str, fate: Fate) -> Result<Vec<Value>, ControlError> {
        let mut event = self.event(place, Some(by), "conversationUpdate")?;
        let deleted = fate == Fate::Deleted;
        let impossible = || ControlError::Impossible(format!("this cannot be {fate:?}").to_lowercase());
        {
            let mut state = self.lock();
            let kind = match (state.shared.team_mut(place), fate) {
                (Some(team), Fate::Archived | Fate::Unarchived) => {
                    team.archived = fate == Fate::Archived;
                    if team.archived { "teamArchived" } else { "teamUnarchived" }
                }
                (Some(team), _) => {
                    team.deleted = deleted;
                    if deleted { "teamDeleted" } else { "teamRestored" }
                }
                (None, Fate::Deleted | Fate::Restored) => {
                    let room = state.shared.room_mut(place).filter(|room| matches!(room.kind, RoomKind::Channel(_)));
                    let room = room.ok_or_else(impossible)?;
                    room.deleted = deleted;
                    event["channelData"]["channel"] = json!({"id": room.id, "name": room.name});
                    if deleted { "channelDeleted" } else { "channelRestored" }
                }
                (None, _) => return Err(impossible()),
            };
            event["channelData"]["eventType"] = json!(kind);
        }
        self.if_bot_is_in(place, event)
    }

    pub(super) async fn other_bot_says(&self, conversation: &str, name: &str, text: &str) -> Result<Posted, ControlError> {
        let now = self.common.now();
        let id = self.next_id(now);
        let (base, root) = chain_of(conversation);
        let actor = {
            let state = self.lock();
            let room = state.shared.room(base).ok_or_else(|| unknown(conversation))?;
            let roster = state.shared.roster(base).ok_or_else(|| unknown(conversation))?;
            let place = match state.shared.team_of(room) {
                None => Place::GroupChat { id: base.to_owned() },
                Some(team) => {
                    let (team, group_id) = (team.id.clone(), team.group_id.clone());
                    Place::Channel { id: base.to_owned(), team, group_id, root: Some(root.unwrap_or(&id).to_owned()) }
                }
            };
            let robot = robot("28:0b0c7d1e-0000-4c0f-9a52-0d7c7a5e1b99".to_owned(), name);
            Actor { user: robot, place, bot: roster.bot, rsc: roster.rsc }
        };
        let mut activity = self.envelope(&actor, "message", &id, now);
        activity["from"] = json!({"id": actor.user.user_id, "name": name});
        (activity["text"], activity["textFormat"]) = (json!(text), json!("plain"));
        let item = ChatItem { from: Author::OtherBot, ..actor.writes(&id, now).saying(text.to_owned(), "plain") };
        self.with_chat(&actor, |chat| chat.push(item))?;
        self.finish(&actor, activity, actor.bot && actor.rsc).await
    }
}

/// A bot or an app where activities name who acted.
fn robot(id: String, name: &str) -> TeamsUser {
    TeamsUser {
        key: String::new(),
        name: name.to_owned(),
        upn: String::new(),
        object_id: String::new(),
        user_id: id,
        conversation_id: String::new(),
        locale: "en-US".to_owned(),
        time_zone: "UTC".to_owned(),
    }
}
