//! Conversations that several people share: group chats, and teams with their channels. Who is in them, whether the bot is, and
//! what it hears.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::chat::{ChatItem, Timeline};

/// Somebody in a group chat or a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Member {
    /// Short name of the person.
    pub(super) user: String,
    /// The first moment whose messages they see; `None` = the whole history.
    pub(super) sees_from: Option<DateTime<Utc>>,
}

/// Who is in a group chat or a team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Roster {
    pub(super) members: Vec<Member>,
    /// The bot is in it: it is told what happens, and may post.
    pub(super) bot: bool,
    /// Resource-specific consent: the bot hears messages that do not mention it. Given when the app is installed with consent, gone with it.
    pub(super) rsc: bool,
}

impl Roster {
    pub(super) fn of(members: &[String]) -> Self {
        Self { members: members.iter().map(|user| Member { user: user.clone(), sees_from: None }).collect(), ..Self::default() }
    }

    pub(super) fn has(&self, user: &str) -> bool {
        self.member(user).is_some()
    }

    pub(super) fn member(&self, user: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.user == user)
    }
}

/// A team.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Team {
    /// `19:…@thread.tacv2`: the id of its General channel.
    pub(super) id: String,
    pub(super) name: String,
    /// Of the group in Entra.
    pub(super) group_id: String,
    pub(super) roster: Roster,
    pub(super) archived: bool,
    pub(super) deleted: bool,
}

/// Where a shared conversation belongs.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RoomKind {
    GroupChat(Roster),
    /// Of the team with this id, which has the roster.
    Channel(String),
}

/// A group chat or a channel.
pub(super) struct Room {
    /// `19:…@thread.v2` or `19:…@thread.tacv2`
    pub(super) id: String,
    /// Topic of the chat, name of the channel.
    pub(super) name: Option<String>,
    pub(super) kind: RoomKind,
    pub(super) deleted: bool,
    /// When it was made; `None`: it was there before the simulation.
    pub(super) made_at: Option<DateTime<Utc>>,
    pub(super) chat: Timeline,
}

/// A channel's id and the chain of an id like `19:…@thread.tacv2;messageid=…`.
pub(super) fn chain_of(conversation: &str) -> (&str, Option<&str>) {
    match conversation.split_once(";messageid=") {
        Some((base, root)) => (base, Some(root)),
        None => (conversation, None),
    }
}

/// Every shared conversation.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) rooms: Vec<Room>,
    pub(super) teams: Vec<Team>,
}

impl Shared {
    /// The room of a conversation, whether or not it names a chain.
    pub(super) fn room(&self, conversation: &str) -> Option<&Room> {
        let (base, _) = chain_of(conversation);
        self.rooms.iter().find(|room| room.id == base)
    }

    pub(super) fn room_mut(&mut self, conversation: &str) -> Option<&mut Room> {
        let (base, _) = chain_of(conversation);
        self.rooms.iter_mut().find(|room| room.id == base)
    }

    pub(super) fn team(&self, id: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id)
    }

    pub(super) fn team_mut(&mut self, id: &str) -> Option<&mut Team> {
        self.teams.iter_mut().find(|team| team.id == id)
    }

    /// The team of a channel.
    pub(super) fn team_of(&self, room: &Room) -> Option<&Team> {
        match &room.kind {
            RoomKind::GroupChat(_) => None,
            RoomKind::Channel(team) => self.team(team),
        }
    }

    /// Who is in a group chat, in a channel's team or in a team.
    pub(super) fn roster(&self, place: &str) -> Option<&Roster> {
        match self.room(place).map(|room| &room.kind) {
            Some(RoomKind::GroupChat(roster)) => Some(roster),
            Some(RoomKind::Channel(team)) => self.team(team).map(|team| &team.roster),
            None => self.team(place).map(|team| &team.roster),
        }
    }

    pub(super) fn roster_mut(&mut self, place: &str) -> Option<&mut Roster> {
        let team = match self.room(place).map(|room| &room.kind) {
            Some(RoomKind::GroupChat(_)) => None,
            Some(RoomKind::Channel(team)) => Some(team.clone()),
            None => Some(place.to_owned()),
        };
        match team {
            Some(team) => self.team_mut(&team).map(|team| &mut team.roster),
            None => self.room_mut(place).and_then(|room| match &mut room.kind {
                RoomKind::GroupChat(roster) => Some(roster),
                RoomKind::Channel(_) => None,
            }),
        }
    }

    /// Adds a team with its General channel.
    pub(super) fn add_team(&mut self, id: &str, name: &str, group_id: &str, roster: Roster) {
        let (name, group_id) = (name.to_owned(), group_id.to_owned());
        self.teams.push(Team { id: id.to_owned(), name, group_id, roster, archived: false, deleted: false });
        self.add_channel(id, id, "General");
    }

    pub(super) fn add_channel(&mut self, team: &str, id: &str, name: &str) {
        let (kind, name) = (RoomKind::Channel(team.to_owned()), Some(name.to_owned()));
        self.rooms.push(Room { id: id.to_owned(), name, kind, deleted: false, made_at: None, chat: Timeline::default() });
    }

    /// Whether the bot shares a group chat or a team with this person: then it may open a personal conversation too.
    pub(super) fn shares_with_bot(&self, user: &str) -> bool {
        let chats = self.rooms.iter().filter_map(|room| match &room.kind {
            RoomKind::GroupChat(roster) => Some(roster),
            RoomKind::Channel(_) => None,
        });
        chats.chain(self.teams.iter().map(|team| &team.roster)).any(|roster| roster.bot && roster.has(user))
    }

    /// What a person sees of a shared conversation: nothing when they are not in it. `None`: there is no such conversation.
    pub(super) fn seen_in(&self, conversation: &str, user: &str) -> Option<Vec<ChatItem>> {
        let (_, root) = chain_of(conversation);
        let room = self.room(conversation)?;
        let Some(member) = self.roster(conversation)?.member(user) else { return Some(Vec::new()) };
        let mut items = room.chat.seen_by(user, root);
        items.retain(|item| member.sees_from.is_none_or(|from| item.at >= from));
        Some(items)
    }
}
