//! Who is in a conversation, and what channels a team has.

use std::sync::Arc;

use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::rooms::{RoomKind, Team};
use super::super::state::{TeamsUser, World};
use super::call::{GONE, NOT_IN_ROSTER, Refusal};
use crate::simulator::line::Line;

type Shared = State<Arc<World>>;
type On = ConnectInfo<Line>;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/teams/v3/conversations/{conversation}/pagedmembers", get(paged_members))
        .route("/teams/v3/conversations/{conversation}/members", get(members))
        .route("/teams/v3/conversations/{conversation}/members/{member}", get(member))
        .route("/teams/v3/teams/{team}", get(team))
        .route("/teams/v3/teams/{team}/conversations", get(channels))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Paging {
    page_size: Option<usize>,
    continuation_token: Option<String>,
}

fn member_json(user: &TeamsUser, tenant: &str) -> Value {
    let (given, surname) = user.name.split_once(' ').unwrap_or((&user.name, ""));
    json!({"id": user.user_id, "name": user.name, "objectId": user.object_id, "givenName": given, "surname": surname,
        "userPrincipalName": user.upn, "email": user.upn, "tenantId": tenant, "userRole": "user"})
}

async fn paged_members(
    State(world): Shared,
    ConnectInfo(line): On,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
    headers: HeaderMap,
) -> Response {
    world
        .call(&line, &headers, || {
            let people = world.people_in(&id)?;
            let from: usize = paging.continuation_token.and_then(|token| token.parse().ok()).unwrap_or(0);
            let size = paging.page_size.unwrap_or(50).clamp(50, 500);
            let page: Vec<Value> = people.iter().skip(from).take(size).map(|user| member_json(user, &world.tenant_id)).collect();
            let mut answer = json!({"members": page});
            if from + size < people.len() {
                answer["continuationToken"] = json!((from + size).to_string());
            }
            Ok(Json(answer).into_response())
        })
        .await
}

async fn members(State(world): Shared, ConnectInfo(line): On, Path(id): Path<String>, headers: HeaderMap) -> Response {
    world
        .call(&line, &headers, || {
            let people: Vec<Value> = world.people_in(&id)?.iter().map(|user| member_json(user, &world.tenant_id)).collect();
            Ok(Json(people).into_response())
        })
        .await
}

async fn member(State(world): Shared, ConnectInfo(line): On, Path((id, one)): Path<(String, String)>, headers: HeaderMap) -> Response {
    world
        .call(&line, &headers, || {
            let people = world.people_in(&id)?;
            let found = people.iter().find(|user| [&user.user_id, &user.object_id, &user.upn].iter().any(|key| **key == one));
            let missing = Refusal(StatusCode::NOT_FOUND, "MemberNotFoundInConversation", "Member not found.");
            found.map(|user| Json(member_json(user, &world.tenant_id)).into_response()).ok_or(missing)
        })
        .await
}

impl World {
    fn in_team<T>(&self, id: &str, look: impl FnOnce(&Team) -> T) -> Result<T, Refusal> {
        let state = self.lock();
        let team = state.shared.team(id).filter(|team| !team.deleted).ok_or(GONE)?;
        if team.roster.bot { Ok(look(team)) } else { Err(NOT_IN_ROSTER) }
    }
}

async fn team(State(world): Shared, ConnectInfo(line): On, Path(id): Path<String>, headers: HeaderMap) -> Response {
    world
        .call(&line, &headers, || {
            let about = world.in_team(&id, |team| json!({"id": team.id, "name": team.name, "aadGroupId": team.group_id}))?;
            Ok(Json(about).into_response())
        })
        .await
}

async fn channels(State(world): Shared, ConnectInfo(line): On, Path(id): Path<String>, headers: HeaderMap) -> Response {
    world
        .call(&line, &headers, || {
            world.in_team(&id, |_| ())?;
            let state = world.lock();
            let of_team =
                state.shared.rooms.iter().filter(|room| !room.deleted && matches!(&room.kind, RoomKind::Channel(team) if *team == id));
            // General has no name here.
            let list: Vec<Value> =
                of_team.map(|room| json!({"id": room.id, "name": room.name.as_ref().filter(|_| room.id != id)})).collect();
            Ok(Json(json!({"conversations": list})).into_response())
        })
        .await
}
