use super::super::convert::{Inbound, inbound};
use super::*;
use crate::bridge::TeamsEvent;
use chrono::TimeZone;
use rstest::rstest;
use serde_json::json;

fn event(body: Value) -> TeamsEvent {
    let now = chrono::Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).single().expect("a time");
    match inbound(&Activity::from_value(body).expect("an activity"), now) {
        Inbound::Event(event) => event,
        other => panic!("{other:?}"),
    }
}

/// An activity of a channel, with some fields exchanged.
fn in_channel(kind: &str, channel_data: Value, fields: Value) -> TeamsEvent {
    let mut body = json!({
        "type": kind, "id": "f:1", "channelId": "msteams", "serviceUrl": "https://smba.trafficmanager.net/amer/",
        "from": {"id": "29:ann", "aadObjectId": "ABC"}, "recipient": {"id": "28:bot", "name": "Switchboard"},
        "conversation": {"isGroup": true, "conversationType": "channel", "id": "19:general@thread.tacv2"},
        "channelData": channel_data,
    });
    body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
    event(body)
}

/// A `conversationUpdate` of a team.
fn told(event_type: &str, channel_data: Value) -> TeamsEvent {
    let mut data = json!({"team": {"id": "19:general@thread.tacv2", "name": "Sales"}, "tenant": {"id": "T"}, "eventType": event_type});
    data.as_object_mut().expect("an object").extend(channel_data.as_object().expect("an object").clone());
    in_channel("conversationUpdate", data, json!({}))
}

/// A `conversationUpdate` of a group chat.
fn in_chat(fields: Value) -> TeamsEvent {
    let mut body = json!({
        "type": "conversationUpdate", "id": "f:1", "channelId": "msteams", "from": {"id": "29:ann"}, "recipient": {"id": "28:bot"},
        "conversation": {"id": "19:x@thread.v2", "conversationType": "groupChat", "isGroup": true},
    });
    body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
    event(body)
}

fn member(user_id: &str, object_id: Option<&str>, name: Option<&str>) -> TeamsMember {
    TeamsMember { user_id: user_id.to_owned(), object_id: object_id.map(str::to_owned), name: name.map(str::to_owned) }
}

#[rstest]
#[case::activities_spelling(json!([{"id": "29:x", "aadObjectId": "ABC"}]), vec![member("29:x", Some("abc"), None)])]
#[case::lists_spelling(json!([{"id": "29:x", "objectId": "ABC", "name": "Bob"}]), vec![member("29:x", Some("abc"), Some("Bob"))])]
#[case::several(json!([{"id": "29:x"}, {"id": "29:y", "name": ""}]), vec![member("29:x", None, None), member("29:y", None, None)])]
#[case::not_the_other_bots(json!([{"id": "28:other"}, {"id": "29:x"}, {"id": "z", "role": "bot"}, 7]), vec![member("29:x", None, None)])]
fn people_who_come_and_go_are_named(#[case] list: Value, #[case] members: Vec<TeamsMember>) {
    assert_eq!(in_chat(json!({"membersAdded": list})).kind, TeamsEventKind::MembersAdded { members: members.clone() });
    assert_eq!(in_chat(json!({"membersRemoved": list})).kind, TeamsEventKind::MembersRemoved { members: members.clone() });
    let team = in_channel("conversationUpdate", json!({"eventType": "teamMemberAdded"}), json!({"membersAdded": list}));
    assert_eq!(team.kind, TeamsEventKind::MembersAdded { members });
}

#[rstest]
#[case::the_bot_comes(json!({"membersAdded": [{"id": "29:x"}, {"id": "28:bot"}]}), TeamsEventKind::Installed)]
#[case::the_bot_goes(json!({"membersRemoved": [{"id": "28:bot"}]}), TeamsEventKind::Uninstalled)]
#[case::another_bot_comes(json!({"membersAdded": [{"id": "28:other"}]}), TeamsEventKind::Other { name: "conversationUpdate".into() })]
#[case::nobody(json!({"membersAdded": []}), TeamsEventKind::Other { name: "conversationUpdate".into() })]
fn bots_are_no_members(#[case] fields: Value, #[case] kind: TeamsEventKind) {
    assert_eq!(in_chat(fields).kind, kind);
}

#[rstest]
#[case("channelRenamed", json!({"channel": {"id": "19:wa@thread.tacv2", "name": "WhatsApp"}}), TeamsEventKind::Renamed { name: "WhatsApp".into() })]
#[case("channelRenamed", json!({"channel": {"id": "19:wa@thread.tacv2"}}), TeamsEventKind::Other { name: "conversationUpdate/channelRenamed".into() })]
#[case("teamRenamed", json!({}), TeamsEventKind::Renamed { name: "Sales".into() })]
#[case("channelDeleted", json!({}), TeamsEventKind::Closed { why: Closure::ChannelDeleted })]
#[case("teamDeleted", json!({}), TeamsEventKind::Closed { why: Closure::TeamDeleted })]
#[case("teamHardDeleted", json!({}), TeamsEventKind::Closed { why: Closure::TeamDeleted })]
#[case("teamArchived", json!({}), TeamsEventKind::Closed { why: Closure::TeamArchived })]
#[case("channelRestored", json!({}), TeamsEventKind::Reopened)]
#[case("teamRestored", json!({}), TeamsEventKind::Reopened)]
#[case("teamUnarchived", json!({}), TeamsEventKind::Reopened)]
#[case("channelCreated", json!({}), TeamsEventKind::Other { name: "conversationUpdate/channelCreated".into() })]
#[case("channelShared", json!({}), TeamsEventKind::Other { name: "conversationUpdate/channelShared".into() })]
fn news_of_a_team_have_their_meaning(#[case] event_type: &str, #[case] channel_data: Value, #[case] kind: TeamsEventKind) {
    assert_eq!(told(event_type, channel_data).kind, kind);
}

#[rstest]
#[case(json!({"topicName": "Ann · advice"}), Some("Ann · advice"))]
#[case(json!({"topicName": "Ann", "channelData": {"eventType": "somethingNew"}}), Some("Ann"))]
#[case(json!({"topicName": " "}), None)]
#[case(json!({"topicName": null}), None)]
#[case(json!({"topicName": 7}), None)]
fn a_group_chat_says_its_new_title(#[case] fields: Value, #[case] topic: Option<&str>) {
    let event = in_chat(fields);
    let kind = match topic {
        Some(name) => TeamsEventKind::Renamed { name: name.to_owned() },
        None => TeamsEventKind::Other { name: "conversationUpdate".to_owned() },
    };
    assert_eq!((event.topic.as_deref(), event.kind), (topic, kind));
    assert_eq!(event.channel, None, "a chat is in no channel");
}

fn place(channel: &str, channel_name: Option<&str>, whole_team: bool) -> Option<ChannelPlace> {
    Some(ChannelPlace {
        team: "19:general@thread.tacv2".to_owned(),
        channel: channel.to_owned(),
        team_name: Some("Sales".to_owned()),
        channel_name: channel_name.map(str::to_owned),
        whole_team,
    })
}

#[rstest]
#[case::a_channel_of_the_team("channelRenamed", json!({"channel": {"id": "19:wa@thread.tacv2", "name": "WhatsApp"}}), place("19:wa@thread.tacv2", Some("WhatsApp"), false))]
#[case::the_team("teamArchived", json!({}), place("19:general@thread.tacv2", None, true))]
#[case::somebody_joins_the_team("teamMemberAdded", json!({}), place("19:general@thread.tacv2", None, true))]
#[case::no_team("channelDeleted", json!({"team": null, "channel": {"id": "19:wa@thread.tacv2"}}), None)]
fn news_say_which_channel_they_are_about(#[case] event_type: &str, #[case] channel_data: Value, #[case] place: Option<ChannelPlace>) {
    assert_eq!(told(event_type, channel_data).channel, place);
}

#[test]
fn an_installation_names_the_channel_that_was_picked_for_it() {
    let data =
        json!({"settings": {"selectedChannel": {"id": "19:wa@thread.tacv2"}}, "team": {"id": "19:general@thread.tacv2", "name": "Sales"}});
    let event = in_channel("installationUpdate", data, json!({"action": "add"}));
    assert_eq!((event.kind, event.channel), (TeamsEventKind::Installed, place("19:wa@thread.tacv2", None, true)));
}

#[rstest]
#[case("message", json!({"text": "hi"}))]
#[case("messageUpdate", json!({"text": "hi"}))]
#[case("messageDelete", json!({}))]
fn a_message_in_a_chain_belongs_to_its_channel(#[case] kind: &str, #[case] mut fields: Value) {
    let data = json!({"teamsChannelId": "19:wa@thread.tacv2", "teamsTeamId": "19:general@thread.tacv2",
        "channel": {"id": "19:wa@thread.tacv2"}, "team": {"id": "19:general@thread.tacv2", "aadGroupId": "g"}});
    let chain = "19:wa@thread.tacv2;messageid=1577831200000";
    fields["conversation"] = json!({"isGroup": true, "conversationType": "channel", "id": chain});
    let event = in_channel(kind, data, fields);
    assert_eq!((event.scope, event.reference.conversation.as_str()), (Scope::Channel, chain));
    let place = event.channel.expect("a place");
    assert_eq!((place.team.as_str(), place.channel.as_str(), place.whole_team), ("19:general@thread.tacv2", "19:wa@thread.tacv2", false));
    let without = in_channel(
        kind,
        json!({"team": {"id": "19:general@thread.tacv2"}}),
        json!({"conversation": {"conversationType": "channel", "id": chain}}),
    );
    assert_eq!(without.channel.expect("a place").channel, "19:wa@thread.tacv2", "the conversation's own id says it as well");
}
