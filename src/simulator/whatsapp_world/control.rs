//! The control surface of the WhatsApp world: every act of a client as `POST` with JSON.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::phone::WINDOW;
use super::state::{PhoneItem, Picture, World};
use super::webhooks::Handshake;
use crate::simulator::common::ControlError;

type Shared = State<Arc<World>>;
type Did<T> = Result<Json<T>, ControlError>;

/// The largest file that WhatsApp takes, in base64.
const FILE_LIMIT: usize = 150 * 1024 * 1024;

pub(super) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/_sim/state", get(state))
        .route("/_sim/webhook", post(set_webhook))
        .route("/_sim/webhooks", get(outbox).post(set_outbox))
        .route("/_sim/webhooks/verify", post(verify))
        .route("/_sim/webhooks/raw", post(raw))
        .route("/_sim/webhooks/announce", post(announce))
        .route("/_sim/options", post(options))
        .route("/_sim/templates", get(templates).post(set_template))
        .route("/_sim/templates/status", post(template_status))
        .route("/_sim/phones/{client}", get(phone).post(set_phone))
        .route("/_sim/phones/{client}/type", post(type_text))
        .route("/_sim/phones/{client}/tap", post(tap))
        .route("/_sim/phones/{client}/react", post(react))
        .route("/_sim/phones/{client}/file", post(file).layer(DefaultBodyLimit::max(FILE_LIMIT)))
        .route("/_sim/phones/{client}/message", post(message))
}

async fn state(State(world): Shared) -> Json<Value> {
    let mut state = world.common.state();
    let inner = world.lock();
    let clients: Vec<Value> = inner
        .clients
        .iter()
        .map(|client| {
            let from = client.items.len().saturating_sub(300);
            let windows: serde_json::Map<String, Value> =
                client.wrote_at.iter().map(|(number, at)| (number.clone(), json!(*at + WINDOW))).collect();
            json!({"client": client.client, "online": client.online, "open": client.open, "blocked": client.blocked, "typing_until": client.typing_until,
                "windows_close": windows, "items": &client.items[from..]})
        })
        .collect();
    state["world"] = json!("whatsapp");
    state["webhook"] = json!(world.webhook.read().expect("no panic happens under this lock").as_ref().map(url::Url::as_str));
    state["numbers"] = json!(world.numbers);
    state["outbox"] = json!({"pending": world.outbox.pending(), "batch": world.outbox.batch(), "hold": world.outbox.is_held()});
    state["clients"] = json!(clients);
    Json(state)
}

#[derive(Deserialize)]
struct Address {
    url: String,
}

async fn set_webhook(State(world): Shared, Json(request): Json<Address>) -> Did<Value> {
    let url = url::Url::parse(&request.url).map_err(|error| ControlError::Impossible(error.to_string()))?;
    *world.webhook.write().expect("no panic happens under this lock") = Some(url);
    Ok(Json(json!({"url": request.url})))
}

async fn outbox(State(world): Shared) -> Json<Value> {
    Json(json!({"pending": world.outbox.pending(), "batch": world.outbox.batch(), "hold": world.outbox.is_held()}))
}

#[derive(Deserialize)]
struct SetOutbox {
    batch: Option<usize>,
    hold: Option<bool>,
}

async fn set_outbox(State(world): Shared, Json(request): Json<SetOutbox>) -> Json<Value> {
    world.outbox.set(request.batch, request.hold);
    outbox(State(world)).await
}

#[derive(Deserialize)]
struct Verify {
    verify_token: Option<String>,
}

async fn verify(State(world): Shared, Json(request): Json<Verify>) -> Did<Handshake> {
    world.verify(request.verify_token.as_deref()).await.map(Json)
}

#[derive(Deserialize)]
struct Raw {
    /// A string is sent as it stands, anything else as compact JSON.
    body: Value,
    signature: Option<String>,
}

async fn raw(State(world): Shared, Json(request): Json<Raw>) -> Did<Value> {
    let body = match request.body {
        Value::String(text) => text.into_bytes(),
        other => other.to_string().into_bytes(),
    };
    let (status, body) = world.post_once(body, request.signature.as_deref()).await?;
    Ok(Json(json!({"status": status, "body": body})))
}

#[derive(Deserialize)]
struct Announce {
    waba_id: String,
    field: String,
    value: Value,
}

async fn announce(State(world): Shared, Json(request): Json<Announce>) -> Json<Value> {
    world.announce(&request.waba_id, &request.field, request.value);
    Json(json!({"pending": world.outbox.pending()}))
}

#[derive(Deserialize)]
struct Options {
    refuse_closed_window_at_once: bool,
}

async fn options(State(world): Shared, Json(request): Json<Options>) -> Json<Value> {
    world.refuse_closed.store(request.refuse_closed_window_at_once, std::sync::atomic::Ordering::Relaxed);
    Json(json!({"refuse_closed_window_at_once": request.refuse_closed_window_at_once}))
}

async fn templates(State(world): Shared) -> Json<Vec<Value>> {
    Json(world.lock().templates.clone())
}

/// Replaces the template of the same name and language, or adds it.
async fn set_template(State(world): Shared, Json(template): Json<Value>) -> Json<Value> {
    let mut state = world.lock();
    state.templates.retain(|other| other["name"] != template["name"] || other["language"] != template["language"]);
    state.templates.push(template);
    Json(json!({"templates": state.templates.len()}))
}

#[derive(Deserialize)]
struct TemplateStatus {
    name: String,
    language: String,
    /// Meta's event: `PAUSED`, `APPROVED` …
    event: String,
    reason: Option<String>,
}

async fn template_status(State(world): Shared, Json(request): Json<TemplateStatus>) -> Did<Value> {
    world.template_status(&request.name, &request.language, &request.event, request.reason.as_deref())?;
    Ok(Json(json!({"pending": world.outbox.pending()})))
}

async fn phone(State(world): Shared, Path(client): Path<String>) -> Did<Vec<PhoneItem>> {
    world.with_client(&client, |client| Json(client.items.clone()))
}

#[derive(Deserialize)]
struct SetPhone {
    online: Option<bool>,
    open: Option<bool>,
    blocked: Option<bool>,
}

async fn set_phone(State(world): Shared, Path(client): Path<String>, Json(request): Json<SetPhone>) -> Did<Value> {
    world.set_phone(&client, request.online, request.open, request.blocked)?;
    world.with_client(&client, |client| Json(json!({"online": client.online, "open": client.open, "blocked": client.blocked})))
}

fn sent(wamid: String) -> Json<Value> {
    Json(json!({"wamid": wamid}))
}

#[derive(Deserialize)]
struct TypeText {
    text: String,
    number: Option<String>,
    reply_to: Option<String>,
}

async fn type_text(State(world): Shared, Path(client): Path<String>, Json(request): Json<TypeText>) -> Did<Value> {
    let done = match request.reply_to {
        Some(wamid) => world.replies(&client, &wamid, &request.text),
        None => world.receive(&client, request.number.as_deref(), json!({"type": "text", "text": {"body": request.text}})),
    };
    done.map(sent)
}

#[derive(Deserialize)]
struct Tap {
    wamid: String,
    title: String,
}

async fn tap(State(world): Shared, Path(client): Path<String>, Json(request): Json<Tap>) -> Did<Value> {
    world.taps(&client, &request.wamid, &request.title).map(sent)
}

#[derive(Deserialize)]
struct React {
    wamid: String,
    emoji: String,
}

async fn react(State(world): Shared, Path(client): Path<String>, Json(request): Json<React>) -> Did<Value> {
    world.reacts(&client, &request.wamid, &request.emoji).map(sent)
}

async fn file(State(world): Shared, Path(client): Path<String>, Json(picture): Json<Picture>) -> Did<Value> {
    world.sends_file(&client, None, picture).map(sent)
}

#[derive(Deserialize)]
struct RawMessage {
    message: Value,
    number: Option<String>,
}

async fn message(State(world): Shared, Path(client): Path<String>, Json(request): Json<RawMessage>) -> Did<Value> {
    world.receive(&client, request.number.as_deref(), request.message).map(sent)
}
