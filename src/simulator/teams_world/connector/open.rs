//! Opening conversations: the personal one with somebody, or a chain in a channel. A bot cannot open a group chat.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::rooms::chain_of;
use super::super::state::World;
use super::call::{Answer, BAD, Refusal};
use super::posts::read_activity;
use super::spot::SpotPlace;
use crate::simulator::journal::Way;
use crate::simulator::line::Line;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new().route("/teams/v3/conversations", post(create_conversation))
}

async fn create_conversation(
    State(world): State<Arc<World>>,
    ConnectInfo(line): ConnectInfo<Line>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    world
        .call(&line, &headers, || {
            let request: Value = serde_json::from_slice(&body).map_err(|_| BAD)?;
            if request["bot"]["id"].as_str().is_some_and(|id| id != world.bot_id()) {
                return Err(BAD);
            }
            let tenant = request["tenantId"].as_str().or(request["channelData"]["tenant"]["id"].as_str());
            if !tenant.is_some_and(|tenant| tenant.eq_ignore_ascii_case(&world.tenant_id)) {
                return Err(BAD);
            }
            match request["channelData"]["channel"]["id"].as_str() {
                Some(channel) => world.open_chain(channel, &request),
                None => world.open_chat(&request),
            }
        })
        .await
}

impl World {
    fn open_chain(&self, channel: &str, request: &Value) -> Answer {
        if request["isGroup"] != true || chain_of(channel).1.is_some() {
            return Err(BAD);
        }
        let activity = read_activity(request["activity"].to_string().as_bytes())?;
        if activity["type"] != "message" || !self.in_conversation(channel, |spot| Ok(matches!(spot.place, SpotPlace::Channel(_))))? {
            return Err(BAD);
        }
        let id = self.put_down(channel, self.common.now(), None, None, &activity)?;
        self.common.journal.count("connector.chain");
        let body = json!({"id": format!("{channel};messageid={id}"), "activityId": id});
        Ok((StatusCode::CREATED, Json(body)).into_response())
    }

    fn open_chat(&self, request: &Value) -> Answer {
        let (Some(member), None | Some(false)) = (request["members"][0]["id"].as_str(), request["isGroup"].as_bool()) else {
            return Err(BAD);
        };
        let mut state = self.lock();
        let known = state.users.iter().find(|user| user.user.user_id == member || user.user.object_id == member);
        let user = known.map(|user| user.user.clone()).ok_or(BAD)?;
        let shares = state.shared.shares_with_bot(&user.key);
        if let Some(user) = state.user(&user.key).filter(|user| !user.installed) {
            if !shares {
                let words = "The bot is not installed in user's personal scope.";
                return Err(Refusal(StatusCode::FORBIDDEN, "ForbiddenOperationException", words));
            }
            user.opened = true;
        }
        let id = user.conversation_id;
        self.common.journal.record(Way::In, "connector.conversation", self.common.now(), Some(&id), Some(201), || request.clone());
        Ok((StatusCode::CREATED, Json(json!({"id": id}))).into_response())
    }
}
