//! The control surface of the Teams world: every act of a colleague as `POST` with JSON, for tests in any language and the page.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::chat::ChatItem;
use super::deliver::Posted;
use super::draft::Draft;
use super::press::ClickAnswer;
use super::seat::Seat;
use super::state::World;
use crate::simulator::common::ControlError;

type Shared = State<Arc<World>>;
type Did<T> = Result<Json<T>, ControlError>;

/// A file of 100 MB in base64, and some words.
const FILE_LIMIT: usize = 150 * 1024 * 1024;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/_sim/state", get(state))
        .route("/_sim/bot", post(set_bot))
        .route("/_sim/limits", post(set_limits))
        .route("/_sim/keys/rotate", post(rotate))
        .route("/_sim/tokens/revoke", post(revoke))
        .route("/_sim/sign", post(sign))
        .route("/_sim/users/{user}/chat", get(chat))
        .route("/_sim/users/{user}/install", post(install))
        .route("/_sim/users/{user}/uninstall", post(uninstall))
        .route("/_sim/users/{user}/block", post(block))
        .route("/_sim/users/{user}/type", post(type_message).layer(DefaultBodyLimit::max(FILE_LIMIT)))
        .route("/_sim/users/{user}/click", post(click))
        .route("/_sim/users/{user}/edit", post(edit))
        .route("/_sim/users/{user}/delete", post(delete))
        .route("/_sim/users/{user}/react", post(react))
        .route("/_sim/users/{user}/resend", post(resend))
        .route("/_sim/users/{user}/typing", post(typing))
        .route("/_sim/users/{user}/read", post(read))
        .route("/_sim/users/{user}/raw", post(raw))
}

async fn state(State(world): Shared) -> Json<Value> {
    let mut state = world.common.state();
    let inner = world.lock();
    let users: Vec<Value> = inner
        .users
        .iter()
        .map(|user| {
            let chat = user.chat.seen_by(&user.user.key, None);
            let from = chat.len().saturating_sub(300);
            json!({"user": user.user, "installed": user.installed, "blocked": user.blocked, "typing_at": user.chat.typing_at,
                "chat": &chat[from..]})
        })
        .collect();
    drop(inner);
    let (rooms, teams) = world.shared_state();
    state["rooms"] = json!(rooms);
    state["teams"] = json!(teams);
    state["world"] = json!("teams");
    state["bot_name"] = json!(world.bot_name);
    state["bot_endpoint"] = json!(world.endpoint().ok().map(String::from));
    state["service_url"] = json!(world.service_url());
    state["users"] = json!(users);
    Json(state)
}

#[derive(Deserialize)]
struct Endpoint {
    endpoint: String,
}

async fn set_bot(State(world): Shared, Json(request): Json<Endpoint>) -> Did<Value> {
    let endpoint = url::Url::parse(&request.endpoint).map_err(|error| ControlError::Impossible(error.to_string()))?;
    *world.bot_endpoint.write().expect("no panic happens under this lock") = Some(endpoint);
    Ok(Json(json!({"endpoint": request.endpoint})))
}

#[derive(Deserialize)]
struct Enabled {
    enabled: bool,
}

async fn set_limits(State(world): Shared, Json(request): Json<Enabled>) -> Json<Value> {
    world.limits.store(request.enabled, std::sync::atomic::Ordering::Relaxed);
    Json(json!({"enabled": request.enabled}))
}

async fn rotate(State(world): Shared) -> Did<Value> {
    world.keys.rotate().await.map_err(|error| ControlError::Impossible(error.to_string()))?;
    Ok(Json(json!({"rotated": true})))
}

async fn revoke(State(world): Shared) -> Json<Value> {
    world.tokens.revoke();
    Json(json!({"revoked": true}))
}

#[derive(Deserialize)]
struct ToSign {
    #[serde(default)]
    header: Value,
    /// Laid over the claims of a good token; a `null` member removes a claim.
    #[serde(default)]
    claims: Value,
}

async fn sign(State(world): Shared, Json(request): Json<ToSign>) -> Json<Value> {
    let mut claims = world.good_claims();
    if let (Some(claims), Value::Object(given)) = (claims.as_object_mut(), request.claims) {
        claims.extend(given);
        claims.retain(|_, value| !value.is_null());
    }
    Json(json!({"token": world.keys.sign(request.header, &claims), "claims": claims}))
}

/// `?conversation=…`: a shared conversation instead of the user's own chat.
#[derive(Deserialize)]
pub(super) struct Where {
    conversation: Option<String>,
}

impl Where {
    pub(super) fn seat<'a>(&'a self, user: &'a str) -> Seat<'a> {
        Seat { user, conversation: self.conversation.as_deref() }
    }
}

async fn chat(State(world): Shared, Path(user): Path<String>, Query(place): Query<Where>) -> Did<Vec<ChatItem>> {
    world.seen(place.seat(&user)).map(Json)
}

async fn install(State(world): Shared, Path(user): Path<String>) -> Did<Vec<Posted>> {
    world.install(&user, true).await.map(Json)
}

async fn uninstall(State(world): Shared, Path(user): Path<String>) -> Did<Vec<Posted>> {
    world.install(&user, false).await.map(Json)
}

#[derive(Deserialize)]
struct Blocked {
    blocked: bool,
}

async fn block(State(world): Shared, Path(user): Path<String>, Json(request): Json<Blocked>) -> Did<Value> {
    world.with_user(&user, |user| user.blocked = request.blocked)?;
    Ok(Json(json!({"blocked": request.blocked})))
}

async fn type_message(State(world): Shared, Path(user): Path<String>, Query(place): Query<Where>, Json(draft): Json<Draft>) -> Did<Posted> {
    world.says(place.seat(&user), draft).await.map(Json)
}

#[derive(Deserialize)]
struct Click {
    activity_id: String,
    #[serde(default)]
    title: String,
    /// Which of the buttons with this title, from 0.
    #[serde(default)]
    nth: usize,
    /// Instead of a title: the action itself.
    action: Option<Value>,
    #[serde(default)]
    inputs: Value,
}

async fn click(State(world): Shared, Path(user): Path<String>, Query(place): Query<Where>, Json(request): Json<Click>) -> Did<ClickAnswer> {
    let Click { activity_id, title, nth, action, inputs } = request;
    match action {
        Some(action) => world.perform(place.seat(&user), &activity_id, &action, inputs).await.map(Json),
        None => world.click(place.seat(&user), &activity_id, &title, nth, inputs).await.map(Json),
    }
}

#[derive(Deserialize)]
struct Edit {
    activity_id: String,
    #[serde(flatten)]
    draft: Draft,
}

async fn edit(State(world): Shared, Path(user): Path<String>, Query(place): Query<Where>, Json(request): Json<Edit>) -> Did<Posted> {
    world.edits(place.seat(&user), &request.activity_id, request.draft).await.map(Json)
}

#[derive(Deserialize)]
struct Target {
    activity_id: String,
}

async fn delete(State(world): Shared, Path(user): Path<String>, Query(place): Query<Where>, Json(request): Json<Target>) -> Did<Posted> {
    world.deletes(place.seat(&user), &request.activity_id).await.map(Json)
}

async fn resend(State(world): Shared, Path(user): Path<String>, Query(place): Query<Where>, Json(request): Json<Target>) -> Did<Posted> {
    world.resends(place.seat(&user), &request.activity_id).await.map(Json)
}

#[derive(Deserialize)]
struct React {
    activity_id: String,
    kind: String,
    #[serde(default)]
    remove: bool,
}

async fn react(State(world): Shared, Path(user): Path<String>, Query(place): Query<Where>, Json(request): Json<React>) -> Did<Posted> {
    world.reacts(place.seat(&user), &request.activity_id, &request.kind, !request.remove).await.map(Json)
}

async fn typing(State(world): Shared, Path(user): Path<String>) -> Did<Posted> {
    world.sends_raw(Seat::from(user.as_str()), json!({"type": "typing"})).await.map(Json)
}

#[derive(Deserialize)]
struct Read {
    /// Absent: everything.
    activity_id: Option<String>,
}

async fn read(State(world): Shared, Path(user): Path<String>, Json(request): Json<Read>) -> Did<Posted> {
    world.reads(&user, request.activity_id.as_deref()).await.map(Json)
}

async fn raw(State(world): Shared, Path(user): Path<String>, Query(place): Query<Where>, Json(members): Json<Value>) -> Did<Posted> {
    world.sends_raw(place.seat(&user), members).await.map(Json)
}
