//! News of a shared conversation (`conversationUpdate`): who came, who left, what it is called now and whether it is still there;
//! and where in a team an activity belongs. Pure.

use serde_json::Value;

use super::activity::{Account, Activity};
use crate::bridge::{ChannelPlace, Closure, ConversationId, Scope, TeamsEventKind, TeamsMember};

/// What a `conversationUpdate` says. `None` for everything that needs no action of ours.
pub(super) fn kind(activity: &Activity) -> Option<TeamsEventKind> {
    if is_bot_among(activity, &activity.members_added) {
        return Some(TeamsEventKind::Installed);
    }
    if is_bot_among(activity, &activity.members_removed) {
        return Some(TeamsEventKind::Uninstalled);
    }
    let (added, removed) = (people(activity, &activity.members_added), people(activity, &activity.members_removed));
    if !added.is_empty() {
        return Some(TeamsEventKind::MembersAdded { members: added });
    }
    if !removed.is_empty() {
        return Some(TeamsEventKind::MembersRemoved { members: removed });
    }
    let renamed = |name: Option<String>| name.map(|name| TeamsEventKind::Renamed { name });
    let closed = |why| Some(TeamsEventKind::Closed { why });
    match activity.event_type() {
        Some("channelRenamed") => renamed(text(activity, "/channel/name")),
        Some("teamRenamed") => renamed(text(activity, "/team/name")),
        Some("channelDeleted") => closed(Closure::ChannelDeleted),
        Some("teamDeleted" | "teamHardDeleted") => closed(Closure::TeamDeleted),
        Some("teamArchived") => closed(Closure::TeamArchived),
        Some("channelRestored" | "teamRestored" | "teamUnarchived") => Some(TeamsEventKind::Reopened),
        _ => renamed(topic(activity)),
    }
}

/// The title of a group chat. Teams says it when it changes, and only then.
pub(super) fn topic(activity: &Activity) -> Option<String> {
    activity.rest.get("topicName").and_then(Value::as_str).filter(|topic| !topic.trim().is_empty()).map(str::to_owned)
}

/// The channel that an activity is about.
pub(super) fn channel(activity: &Activity, scope: Scope) -> Option<ChannelPlace> {
    if scope != Scope::Channel {
        return None;
    }
    let base = |id: String| ConversationId(id).base().0;
    let happened_in = || activity.conversation.as_ref().map(|conversation| conversation.id.clone());
    // Whoever adds the app to a team picks the channel for it.
    let channel = text(activity, "/teamsChannelId")
        .or_else(|| text(activity, "/channel/id"))
        .or_else(|| text(activity, "/settings/selectedChannel/id"))
        .or_else(happened_in)?;
    Some(ChannelPlace {
        team: text(activity, "/teamsTeamId").or_else(|| text(activity, "/team/id")).map(base)?,
        channel: base(channel),
        team_name: text(activity, "/team/name"),
        channel_name: text(activity, "/channel/name").or_else(|| text(activity, "/settings/selectedChannel/name")),
        whole_team: activity.kind == "installationUpdate" || activity.event_type().is_some_and(|event| event.starts_with("team")),
    })
}

fn text(activity: &Activity, path: &str) -> Option<String> {
    activity.channel_data.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn is_bot_among(activity: &Activity, members: &[Account]) -> bool {
    activity.recipient.as_ref().is_some_and(|bot| members.iter().any(|member| member.id == bot.id))
}

fn people(activity: &Activity, members: &[Account]) -> Vec<TeamsMember> {
    let person = |member: &&Account| !member.is_bot() && activity.recipient.as_ref().is_none_or(|bot| bot.id != member.id);
    let named = |member: &Account| TeamsMember {
        user_id: member.id.clone(),
        object_id: member.object_id.clone(),
        name: member.name.clone().filter(|name| !name.is_empty()),
    };
    members.iter().filter(person).map(named).collect()
}

#[cfg(test)]
#[path = "updates_tests.rs"]
mod tests;
