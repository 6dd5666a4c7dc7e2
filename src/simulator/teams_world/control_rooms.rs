//! The control surface of shared conversations. `{place}` is the id of a group chat, a team or one of its channels.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::deliver::Posted;
use super::organize::Fate;
use super::rooms::RoomKind;
use super::state::World;
use crate::simulator::common::ControlError;

type Shared = State<Arc<World>>;
type Did<T> = Result<Json<T>, ControlError>;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/_sim/group-chats", post(create_group_chat))
        .route("/_sim/teams", post(create_team))
        .route("/_sim/teams/{place}/channels", post(create_channel))
        .route("/_sim/rooms/{place}/bot", post(set_bot))
        .route("/_sim/rooms/{place}/rsc", post(set_rsc))
        .route("/_sim/rooms/{place}/members", post(set_member))
        .route("/_sim/rooms/{place}/name", post(rename))
        .route("/_sim/rooms/{place}/fate", post(decide_fate))
        .route("/_sim/rooms/{place}/other-bot", post(other_bot))
}

impl World {
    /// Group chats and channels with their last messages, and teams, as `/_sim/state` shows them.
    pub(super) fn shared_state(&self) -> (Vec<Value>, Vec<Value>) {
        let state = self.lock();
        let room = |room: &super::rooms::Room| {
            let items = room.chat.items();
            let views = |activity: &str| -> serde_json::Map<String, Value> {
                let of_activity = room.chat.views().filter(|(other, _, _)| *other == activity);
                of_activity.map(|(_, user, card)| (user.to_owned(), card.clone())).collect()
            };
            let chat: Vec<Value> = items[items.len().saturating_sub(300)..]
                .iter()
                .map(|item| {
                    let mut shown = json!(item);
                    shown["views"] = json!(views(&item.activity_id));
                    shown
                })
                .collect();
            json!({
                "id": room.id,
                "name": room.name,
                "kind": if matches!(room.kind, RoomKind::GroupChat(_)) { "group_chat" } else { "channel" },
                "team": state.shared.team_of(room).map(|team| &team.id),
                "roster": state.shared.roster(&room.id),
                "deleted": room.deleted,
                "typing_at": room.chat.typing_at,
                "chat": chat,
            })
        };
        (state.shared.rooms.iter().map(room).collect(), state.shared.teams.iter().map(|team| json!(team)).collect())
    }
}

#[derive(Deserialize)]
struct NewGroupChat {
    topic: Option<String>,
    members: Vec<String>,
}

async fn create_group_chat(State(world): Shared, Json(request): Json<NewGroupChat>) -> Did<Value> {
    let members: Vec<&str> = request.members.iter().map(String::as_str).collect();
    let id = world.create_group_chat(request.topic.as_deref(), &members)?;
    Ok(Json(json!({"conversation": id})))
}

#[derive(Deserialize)]
struct NewTeam {
    name: String,
    members: Vec<String>,
}

async fn create_team(State(world): Shared, Json(request): Json<NewTeam>) -> Did<Value> {
    let members: Vec<&str> = request.members.iter().map(String::as_str).collect();
    let id = world.create_team(&request.name, &members)?;
    Ok(Json(json!({"team": id})))
}

#[derive(Deserialize)]
struct Named {
    by: String,
    name: String,
}

async fn create_channel(State(world): Shared, Path(team): Path<String>, Json(request): Json<Named>) -> Did<Value> {
    let id = world.create_channel(&team, &request.by, &request.name).await?;
    Ok(Json(json!({"conversation": id})))
}

async fn rename(State(world): Shared, Path(place): Path<String>, Json(request): Json<Named>) -> Did<Vec<Posted>> {
    world.tell(world.rename(&place, Some(&request.by), &request.name)?).await.map(Json)
}

#[derive(Deserialize)]
struct SetBot {
    by: String,
    #[serde(default)]
    remove: bool,
}

async fn set_bot(State(world): Shared, Path(place): Path<String>, Json(request): Json<SetBot>) -> Did<Vec<Posted>> {
    world.tell(world.set_bot(&place, Some(&request.by), !request.remove)?).await.map(Json)
}

#[derive(Deserialize)]
struct Enabled {
    enabled: bool,
}

async fn set_rsc(State(world): Shared, Path(place): Path<String>, Json(request): Json<Enabled>) -> Did<Value> {
    world.set_rsc(&place, request.enabled)?;
    Ok(Json(json!({"enabled": request.enabled})))
}

#[derive(Deserialize)]
struct SetMember {
    by: String,
    user: String,
    #[serde(default)]
    remove: bool,
}

async fn set_member(State(world): Shared, Path(place): Path<String>, Json(request): Json<SetMember>) -> Did<Vec<Posted>> {
    let SetMember { by, user, remove } = request;
    let events = if remove { world.remove_member(&place, Some(&by), &user)? } else { world.add_member(&place, Some(&by), &user, None)? };
    world.tell(events).await.map(Json)
}

#[derive(Deserialize)]
struct Decided {
    by: String,
    fate: Fate,
}

async fn decide_fate(State(world): Shared, Path(place): Path<String>, Json(request): Json<Decided>) -> Did<Vec<Posted>> {
    world.tell(world.decide_fate(&place, &request.by, request.fate)?).await.map(Json)
}

#[derive(Deserialize)]
struct OtherBot {
    name: String,
    text: String,
}

async fn other_bot(State(world): Shared, Path(place): Path<String>, Json(request): Json<OtherBot>) -> Did<Posted> {
    world.other_bot_says(&place, &request.name, &request.text).await.map(Json)
}
